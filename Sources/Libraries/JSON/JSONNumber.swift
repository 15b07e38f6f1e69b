/// Numbers as JSON writes them.
package enum JSONNumber {
    /// A finite number as JSON has it: a whole one without a point.
    package static func digits(
        of value: some BinaryFloatingPoint & CustomStringConvertible
    ) -> Substring {
        let text = value.description
        return text.hasSuffix(".0") ? text.dropLast(2) : text[...]
    }
}

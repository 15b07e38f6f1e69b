/// Numbers as JSON writes them.
package enum JSONNumber {
    /// A finite number as JSON has it: a whole one without a point.
    package static func digits(
        of value: some BinaryFloatingPoint & CustomStringConvertible
    ) -> String {
        var text = value.description
        let end = text.utf8.suffix(2)
        if end.first == UInt8(ascii: "."), end.last == UInt8(ascii: "0") { text.removeLast(2) }
        return text
    }
}

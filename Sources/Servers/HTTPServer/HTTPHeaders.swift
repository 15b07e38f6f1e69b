/// The header lines of a request, in order, looked up without regard to case.
///
/// The lines stay in one byte array; strings are made on demand, which keeps a request cheap.
package struct HTTPHeaders: Sendable {
    /// Where a line's name and value lie in `bytes`.
    struct Field: Sendable {
        var name: Range<Int32>
        var value: Range<Int32>
    }

    /// The head that the fields point into.
    var bytes: [UInt8]
    var fields: [Field]

    init(bytes: [UInt8], fields: [Field]) {
        self.bytes = bytes
        self.fields = fields
    }

    /// Headers from name and value pairs, for tests and for requests made in the process.
    package init(_ pairs: [(String, String)] = []) {
        bytes = []
        fields = []
        for (name, value) in pairs {
            append(name: name, value: value)
        }
    }

    /// Adds a line after the others.
    package mutating func append(name: String, value: String) {
        let start = Int32(bytes.count)
        bytes.append(contentsOf: name.utf8)
        let middle = Int32(bytes.count)
        bytes.append(contentsOf: value.utf8)
        fields.append(Field(name: start..<middle, value: middle..<Int32(bytes.count)))
    }

    /// Number of lines.
    package var count: Int { fields.count }

    /// Every line as name and value; bytes that are no UTF-8 become U+FFFD.
    package var pairs: [(name: String, value: String)] {
        fields.map { (string($0.name), string($0.value)) }
    }

    /// The value of the first line of that name, or nil; bytes that are no UTF-8 become U+FFFD.
    package func first(named name: StaticString) -> String? {
        index(of: name).map { string(fields[$0].value) }
    }

    /// The value bytes of the first line of that name, as they came.
    package func firstBytes(named name: StaticString) -> ArraySlice<UInt8>? {
        index(of: name).map { slice(fields[$0].value) }
    }

    /// The value of the first line of a name known at run time only, or nil.
    package func first(named name: String) -> String? {
        let wanted = Array(name.utf8)
        for field in fields where matches(field.name, wanted.span) {
            return string(field.value)
        }
        return nil
    }

    /// The values of all lines of that name, in order.
    package func all(named name: String) -> [String] {
        let wanted = Array(name.utf8)
        return fields.filter { matches($0.name, wanted.span) }.map { string($0.value) }
    }

    private func index(of name: StaticString) -> Int? {
        for index in fields.indices where matches(fields[index].name, name) {
            return index
        }
        return nil
    }

    private func slice(_ range: Range<Int32>) -> ArraySlice<UInt8> {
        bytes[Int(range.lowerBound)..<Int(range.upperBound)]
    }

    private func string(_ range: Range<Int32>) -> String {
        String(decoding: slice(range), as: UTF8.self)
    }

    private func matches(_ range: Range<Int32>, _ name: StaticString) -> Bool {
        guard range.count == name.utf8CodeUnitCount else { return false }
        return unsafe equalsIgnoringCase(
            bytes.span.extracting(Int(range.lowerBound)..<Int(range.upperBound)),
            Span(_unsafeStart: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    private func matches(_ range: Range<Int32>, _ name: Span<UInt8>) -> Bool {
        guard range.count == name.count else { return false }
        return equalsIgnoringCase(
            bytes.span.extracting(Int(range.lowerBound)..<Int(range.upperBound)), name)
    }
}

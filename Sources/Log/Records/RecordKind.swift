import Conversation
import JSON

/// The name of the case of a record's ``Payload/kindField``, as the first member of its JSON where
/// that field is sealed: `{"kind":"accepted",…}`.
///
/// So whoever counts records, as the ledger does, need not open them. It belongs to the sealed form
/// alone: what is opened is the JSON that was sealed.
package enum RecordKind {
    private static let opening = Array(#"{"kind":""#.utf8)
    /// Longer than any name of a case; what is longer, or no word, is somebody's own.
    private static let longest = 32

    /// The name, of a value as the log keeps it; `nil` where it has none.
    package static func name(in value: [UInt8]) -> String? {
        guard let end = end(in: value) else { return nil }
        return String(decoding: value[opening.count..<end], as: UTF8.self)
    }

    /// The value with the name before all else.
    static func told(in value: [UInt8], by field: FieldPath?) -> [UInt8] {
        guard let field else { return value }
        let json = JSONFields(bytes: value)
        var name: Range<Int>?
        json.visit(json.whole) { member, content in
            guard json.matches(member, field.outermost) else { return true }
            json.visit(content) { first, _ in
                name = first
                return false
            }
            return false
        }
        guard let name, name.count <= longest, value[name].allSatisfy(isLetter) else {
            return value
        }
        return opening + value[name] + Array(#"","#.utf8) + value.dropFirst()
    }

    /// The value without the name.
    static func untold(_ value: [UInt8]) -> [UInt8] {
        guard let end = end(in: value) else { return value }
        return [UInt8(ascii: "{")] + value[(end + 2)...]
    }

    /// Where the name ends.
    private static func end(in value: [UInt8]) -> Int? {
        guard value.starts(with: opening) else { return nil }
        let rest = value[opening.count...].prefix(longest + 1)
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")), end + 1 < value.count,
            value[end + 1] == UInt8(ascii: ",")
        else { return nil }
        return end
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte | 0x20)
    }
}

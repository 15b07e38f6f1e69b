import Conversation
package import JSON

/// What a decision's record holds in place of JSON that stands elsewhere, or is too large.
///
/// - A *mark* `{"omittedBytes":N,"hash":"…","name":"…"}` stands for a call, which a repetition
///   makes again and only has to be compared, or for what is too large for a record.
/// - A *reference* `{"#kept":"HASH"}` stands for a value within an answer that another record
///   holds: one that the decision wrote, or one of the topics that the stage names. Text from
///   outside cannot pass for one: within a string its quotes are escaped.
package enum RecordedJSON {
    private static let markBeginning = #"{"omittedBytes":"#
    private static let referenceBeginning = Array(##"{"#kept":""##.utf8)
    private static let referenceEnd = Array(#""}"#.utf8)
    /// Calls up to this size are recorded as they are, in bytes: a person may want to read them.
    private static let wholeCall = 256
    /// Texts from this length on are looked for in the records that were written, in bytes with
    /// their quotes.
    private static let shortestText = 128
    /// Characters of a call's name in a mark.
    private static let longestName = 40

    // MARK: Marks

    /// What stands for some JSON.
    static func mark(for json: NestedJSON) -> NestedJSON {
        NestedJSON(#"\#(markBeginning)\#(json.bytes.count),"hash":"\#(NameHash.hex(json.bytes))"}"#)
    }

    /// What stands for a call: it tells the call's name too.
    private static func mark(forCall json: NestedJSON) -> NestedJSON {
        let name = beginning(ofCall: json)
        return NestedJSON(
            #"\#(markBeginning)\#(json.bytes.count),"hash":"\#(NameHash.hex(json.bytes))","#
                + #""name":"\#(String(decoding: name, as: UTF8.self))"}"#)
    }

    private static func beginning(ofCall json: NestedJSON) -> ArraySlice<UInt8> {
        json.bytes.drop { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "\"") }
            .prefix(longestName).prefix { $0 >= 0x30 && $0 < 0x7b && $0 != UInt8(ascii: "\\") }
    }

    /// The name of a recorded call, which is its case; `nil` where only its size and hash are left.
    static func name(ofCall recorded: NestedJSON) -> String? {
        guard isMark(recorded) else {
            return String(decoding: beginning(ofCall: recorded), as: UTF8.self)
        }
        let field = Array(#","name":""#.utf8)
        guard let start = find(field, in: recorded.bytes, from: 0) else { return nil }
        let name = recorded.bytes[(start + field.count)...].prefix { $0 != UInt8(ascii: "\"") }
        return String(decoding: name, as: UTF8.self)
    }

    /// The call as it is recorded: itself where it is short, else what stands for it.
    static func call(_ json: NestedJSON) -> NestedJSON {
        json.bytes.count <= wholeCall ? json : mark(forCall: json)
    }

    /// Whether what was recorded only stands for something else.
    static func isMark(_ recorded: NestedJSON) -> Bool {
        recorded.bytes.starts(with: markBeginning.utf8)
    }

    /// Whether what was recorded stands for this call.
    static func stands(_ recorded: NestedJSON, for json: NestedJSON) -> Bool {
        isMark(recorded) && (recorded == mark(forCall: json) || recorded == mark(for: json))
    }

    // MARK: References

    /// An answer without the values that stand elsewhere: `kept`, in their order within it, and its
    /// longer texts that stand in one of the records, whose values are given.
    static func answer(
        _ json: NestedJSON, without kept: [[UInt8]], in records: [[UInt8]]
    ) -> NestedJSON {
        guard json.bytes.count >= shortestText else { return json }
        var bytes = json.bytes
        if !kept.isEmpty { bytes = replacing(kept, in: bytes) }
        guard bytes.count >= shortestText, !records.isEmpty else { return NestedJSON(bytes) }
        let wanted = texts(in: bytes)
        guard !wanted.isEmpty else { return NestedJSON(bytes) }
        var standing: Set<ArraySlice<UInt8>> = []
        for record in records { standing.formUnion(texts(in: record).map { record[$0] }) }
        var result: [UInt8] = []
        var end = 0
        for range in wanted where standing.contains(bytes[range]) {
            result += bytes[end..<range.lowerBound]
            result += reference(to: bytes[range])
            end = range.upperBound
        }
        return NestedJSON(end == 0 ? bytes : result + bytes[end...])
    }

    private static func reference(to value: ArraySlice<UInt8>) -> [UInt8] {
        referenceBeginning + Array(NameHash.hex(Array(value)).utf8) + referenceEnd
    }

    private static func replacing(_ kept: [[UInt8]], in bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var end = 0
        for value in kept {
            guard let start = find(value, in: bytes, from: end) else { continue }
            result += bytes[end..<start]
            result += reference(to: value[...])
            end = start + value.count
        }
        return result + bytes[end...]
    }

    private static func find(_ value: [UInt8], in bytes: [UInt8], from first: Int) -> Int? {
        guard let head = value.first, value.count <= bytes.count - first else { return nil }
        var index = first
        while index <= bytes.count - value.count {
            if bytes[index] == head, bytes[index..<index + value.count].elementsEqual(value) {
                return index
            }
            index += 1
        }
        return nil
    }

    /// Where the longer texts of some JSON stand, quotes included.
    private static func texts(in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var index = 0
        while index < bytes.count {
            defer { index += 1 }
            guard bytes[index] == UInt8(ascii: "\"") else { continue }
            let start = index
            index += 1
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
            }
            if index < bytes.count, index + 1 - start >= shortestText {
                found.append(start..<index + 1)
            }
        }
        return found
    }

    // MARK: Putting back

    /// Whether an answer refers to something.
    package static func refers(_ recorded: NestedJSON) -> Bool {
        reference(in: recorded.bytes, from: 0) != nil
    }

    /// The texts of a record by the name that references give them.
    package static func named(in record: [UInt8]) -> [String: [UInt8]] {
        var named: [String: [UInt8]] = [:]
        for range in texts(in: record) {
            let text = Array(record[range])
            named[NameHash.hex(text)] = text
        }
        return named
    }

    /// An answer with what it refers to in its place; what is not found stays a reference.
    package static func resolved(
        _ recorded: NestedJSON, _ value: (String) -> [UInt8]?
    ) -> NestedJSON {
        let bytes = recorded.bytes
        var result: [UInt8] = []
        var end = 0
        while let reference = reference(in: bytes, from: end) {
            result += bytes[end..<reference.lowerBound]
            let name = reference.dropFirst(referenceBeginning.count).dropLast(referenceEnd.count)
            result += value(String(decoding: bytes[name], as: UTF8.self)) ?? Array(bytes[reference])
            end = reference.upperBound
        }
        return end == 0 ? recorded : NestedJSON(result + bytes[end...])
    }

    /// Where the next reference stands.
    private static func reference(in bytes: [UInt8], from first: Int) -> Range<Int>? {
        guard let start = find(referenceBeginning, in: bytes, from: first) else { return nil }
        let end = start + referenceBeginning.count + 32 + referenceEnd.count
        return end <= bytes.count ? start..<end : nil
    }
}

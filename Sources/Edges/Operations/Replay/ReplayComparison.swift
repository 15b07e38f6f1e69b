import Conversation
import EventLog
import JSON
import Records

/// What repeated records and those that stand in topics are compared by: all that they say.
///
/// Where words are sealed, values are compared opened. A record from before its tenant had a key,
/// or from the time of an older one, is other bytes than what the same decision writes now.
struct ReplayComparison {
    private let envelope: RecordEnvelope

    init(by envelope: RecordEnvelope) { self.envelope = envelope }

    /// A digest of all that a record says.
    func digest(of record: Record) -> MessageKey {
        guard !envelope.sealsNothing else { return RecordDigest.digest(of: record) }
        var opened = record
        // What cannot be opened is compared as it stands.
        if let value = try? envelope.json(of: record) { opened.value = Self.sorted(value) }
        return RecordDigest.digest(of: opened)
    }

    /// Whether the key of a record's words was destroyed.
    func isErased(_ record: Record) -> Bool {
        guard !envelope.sealsNothing else { return false }
        do throws(RecordError) {
            _ = try envelope.json(of: record)
            return false
        } catch {
            return error.kind == .erased
        }
    }

    /// An object with its members in the order of their names: what is sealed stands last.
    private static func sorted(_ value: [UInt8]) -> [UInt8] {
        var members: [(name: Range<Int>, whole: Range<Int>)] = []
        let isObject = JSONFields(bytes: value).visitAll { name, content in
            members.append((name, name.lowerBound - 1..<content.upperBound))
            return true
        }
        guard isObject else { return value }
        members.sort { value[$0.name].lexicographicallyPrecedes(value[$1.name]) }
        var sorted: [UInt8] = []
        sorted.reserveCapacity(value.count)
        for member in members {
            sorted.append(sorted.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
            sorted += value[member.whole]
        }
        return sorted
    }
}

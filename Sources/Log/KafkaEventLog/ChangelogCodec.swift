import EventLog
import Kafka

/// How state and timers are written in a changelog: readable keys, the bytes as they are.
///
/// A piece of state has the key `s/STORE/KEY` and, if it expires, a header; a timer has the key
/// `t/NAME/KEY` and its due time as a header. Tombstones remove. `/` and `%` in STORE and NAME are
/// escaped as in URLs.
enum ChangelogCodec {
    /// An entry of a changelog: a piece of state or a timer, or that it is gone.
    enum Entry: Hashable {
        case state(StateChange)
        case timer(TimerChange)
    }

    /// The header with the time after which a piece of state may be dropped.
    static let expires = "expires"
    /// The header with the time at which a timer is due.
    static let due = "due"

    /// The name of a group's changelog.
    static func topic(of group: String) -> String { "\(group).changelog" }

    static func encode(
        _ change: StateChange, topic: String, at now: Int64
    ) -> OutgoingMessage {
        let headers = change.expires.map { HeaderList([RecordHeader(expires, String($0))]) }
        return OutgoingMessage(
            topic: topic, partition: change.key.partition,
            key: key("s", change.key.store, change.key.key), value: change.value,
            headers: change.value == nil ? [] : headers?.packed ?? [], timestamp: now)
    }

    static func encode(_ change: TimerChange, topic: String, at now: Int64) -> OutgoingMessage {
        let key = key("t", change.key.name, change.key.key)
        var message = OutgoingMessage(
            topic: topic, partition: change.key.partition, key: key, value: nil, timestamp: now)
        if case .set(let timer) = change {
            message.value = timer.payload
            message.headers = HeaderList([RecordHeader(due, String(timer.due))]).packed
        }
        return message
    }

    /// Where the name of the store, still escaped, and the key stand in the key of a piece of
    /// state; `nil` if it is of something else.
    static func partsOfStateKey(
        _ bytes: [UInt8], _ key: Range<Int>
    ) -> (store: Range<Int>, key: Range<Int>)? {
        let slash = UInt8(ascii: "/")
        let start = key.lowerBound
        guard key.count > 2, bytes[start] == UInt8(ascii: "s"), bytes[start + 1] == slash
        else { return nil }
        var end = start + 2
        while end < key.upperBound, bytes[end] != slash { end += 1 }
        return end < key.upperBound ? (start + 2..<end, end + 1..<key.upperBound) : nil
    }

    /// When a piece of state may be dropped, by its packed headers.
    static func expiry(in headers: [UInt8]) -> Int64? { number(expires, in: headers) }

    /// Reads a change of a timer; `nil` if it is none that this version knows.
    static func timer(in entry: MessageRun.Entry, _ bytes: [UInt8]) -> TimerChange? {
        let text = String(decoding: bytes[entry.key], as: UTF8.self)
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "t", let name = unescape(parts[1]) else { return nil }
        let timer = TimerKey(partition: entry.partition, key: String(parts[2]), name: name)
        guard let payload = entry.value else { return .cancel(timer) }
        guard let due = number(due, in: Array(bytes[entry.headers])) else { return nil }
        return .set(DurableTimer(key: timer, due: due, payload: Array(bytes[payload])))
    }

    private static func key(_ kind: String, _ name: String, _ key: String) -> [UInt8] {
        Array("\(kind)/\(escape(name))/\(key)".utf8)
    }

    private static func number(_ name: String, in headers: [UInt8]) -> Int64? {
        HeaderList(packed: headers).text(of: name).flatMap { Int64($0) }
    }

    private static func escape(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "%") })
        else { return name }
        return name.map { $0 == "/" ? "%2F" : $0 == "%" ? "%25" : String($0) }.joined()
    }

    /// The name that was escaped; `nil` if none can have been.
    static func unescape(_ name: Substring) -> String? {
        guard name.contains("%") else { return String(name) }
        var result = ""
        var rest = name
        while let first = rest.popFirst() {
            guard first == "%" else {
                result.append(first)
                continue
            }
            let code = rest.prefix(2)
            guard code == "2F" || code == "25" else { return nil }
            result.append(code == "2F" ? "/" : "%")
            rest = rest.dropFirst(2)
        }
        return result
    }
}

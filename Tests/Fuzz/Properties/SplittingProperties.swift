import Conversation
import EventLog
import Ingester
import TenantKeys

/// Bytes as choices: they make a webhook of known messages and statuses, in any arrangement.
///
/// Each must become one record with its own id, however it is grouped and ordered.
enum SplittingProperties {
    private struct Update: Hashable {
        var number: String
        var id: String
        var isStatus: Bool
        /// Whether it names its sender; what does not is of no conversation.
        var hasSender = true

        var isKnown: Bool { number.hasPrefix("N") }

        /// The id of its record: the name that its tenant's key gives.
        func recordID() throws -> String {
            let name = try WebhookProperties.name(of: id, to: number)
            return isStatus ? "\(name):read" : name
        }
    }

    @Sendable static func check(_ bytes: [UInt8]) throws(PropertyViolation) {
        var choices = bytes[...]
        var updates: [Update] = []
        var entries: [String] = []
        while !choices.isEmpty, updates.count < 60 {
            entries.append(entry(&choices, &updates))
        }
        try WebhookProperties.check(body(entries))
        let forward = try records(entries)
        let known = updates.filter(\.isKnown)
        let named = forward.filter { $0.type != AccountUpdate.type }
        try hold(
            named.map(\.id).sorted() == (try ids(of: known.filter(\.hasSender))).sorted(),
            "\(named) should be \(updates)")
        try hold(
            Set(forward).count == known.count, "\(known.count) updates became \(forward)")
        let backward = try records(entries.reversed())
        try hold(Set(backward) == Set(forward), "backward \(backward), forward \(forward)")
        var apart: [Named] = []
        for entry in entries { apart += try records([entry]) }
        try hold(apart == forward, "apart \(apart), together \(forward)")
    }

    private static func ids(of updates: [Update]) throws(PropertyViolation) -> [String] {
        do {
            return try updates.map { try $0.recordID() }
        } catch {
            throw PropertyViolation(description: "a name cannot be made: \(error)")
        }
    }

    private static func entry(_ choices: inout ArraySlice<UInt8>, _ updates: inout [Update])
        -> String
    {
        var changes: [String] = []
        let choice = choices.popFirst() ?? 0
        for _ in 0...(choice & 3) {
            changes.append(change(&choices, &updates))
        }
        let account = choice & 4 == 0 ? "A1" : "X1"
        return #"{"changes":[\#(changes.joined(separator: ","))],"id":"\#(account)"}"#
    }

    private static func change(_ choices: inout ArraySlice<UInt8>, _ updates: inout [Update])
        -> String
    {
        let number = ["N1", "N2", "N3", "X1"][Int((choices.popFirst() ?? 0) & 3)]
        var messages: [String] = []
        var statuses: [String] = []
        for _ in 0...((choices.popFirst() ?? 0) & 3) {
            let kind = choices.popFirst() ?? 0
            let isStatus = kind.isMultiple(of: 2)
            let update = Update(
                number: number, id: "u\(updates.count)", isStatus: isStatus,
                hasSender: isStatus || kind >> 4 & 3 < 3)
            updates.append(update)
            if update.isStatus {
                statuses.append(#"{"status":"read","id":"\#(update.id)"}"#)
            } else {
                messages.append(message(update.id, kind))
            }
        }
        let parts = [
            #""metadata":{"phone_number_id":"\#(number)"}"#,
            #""messages":[\#(messages.joined(separator: ","))]"#,
            #""statuses":[\#(statuses.joined(separator: ", "))]"#,
        ]
        let turn = Int((choices.popFirst() ?? 0) % 3)
        let value = (parts[turn...] + parts[..<turn]).joined(separator: ",")
        return #"{"value":{\#(value)},"field":"messages"}"#
    }

    private static func message(_ id: String, _ kind: UInt8) -> String {
        let rest = [
            #""type":"text","text":{"body":"a\u0000\"b"}"#, #""type":"text","text":[]"#,
            #""type":"hologram","hologram":{"id":7}"#, #""type":"image","image":{"id":"9"}"#,
            #""type":"location","location":{"latitude":1e400,"longitude":0}"#, #""type":null"#,
            #""type":"edit","edit":{"original_message_id":"u0"}"#, #""errors":[{"code":"x"}]"#,
        ][Int(kind >> 1 & 7)]
        let sender = [#""from":"1""#, #""from_user_id":"US.1""#, #""from":2"#, #""to":"3""#]
        return #"{"id":"\#(id)",\#(sender[Int(kind >> 4 & 3)]),\#(rest)}"#
    }

    private struct Named: Hashable {
        var id: String
        var type: String?
        var key: [UInt8]
    }

    private static func body(_ entries: [String]) -> [UInt8] {
        Array(#"{"entry":[\#(entries.joined(separator: ","))]}"#.utf8)
    }

    private static func records(_ entries: [String]) throws(PropertyViolation) -> [Named] {
        do {
            return try WebhookProperties.read(body(entries)).records.map {
                Named(id: $0.header("ce_id") ?? "", type: $0.header("ce_type"), key: $0.key)
            }
        } catch {
            throw PropertyViolation(description: "a genuine webhook is refused: \(error)")
        }
    }
}

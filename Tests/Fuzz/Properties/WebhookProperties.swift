import Conversation
import EventLog
import Ingester
import JSON
import Records
import TenantKeys

/// What must hold for any body of a webhook.
enum WebhookProperties {
    @Sendable static func check(_ bytes: [UInt8]) throws(PropertyViolation) {
        do {
            let batch = try read(bytes)
            try counts(batch)
            for record in batch.records { try roundTrip(record, bytes) }
            let again = try read(bytes)
            try hold(again.records == batch.records, "a second reading differs")
        } catch let problem as JSONProblem {
            try hold(
                (0...bytes.count).contains(problem.offset), "there is no byte of \(problem)")
        } catch let violation as PropertyViolation {
            throw violation
        } catch {
            throw PropertyViolation(description: "read fails with \(error)")
        }
    }

    /// Our name of a message to a number.
    static func name(of message: String, to number: String) throws -> String {
        let digit = number.utf8.dropFirst().first ?? 0
        return try key(digit % 4).message(WhatsAppMessageID(message)).rawValue
    }

    private static func tenant(_ name: String, _ prefix: String) -> TenantID? {
        let digit = name.utf8.dropFirst().first ?? 0
        return name.hasPrefix(prefix) ? TenantID("t\(digit % 4)") : nil
    }

    private static func key(_ digit: UInt8) throws -> TenantKey {
        try TenantKey(
            id: KeyID("000000000000000\(digit)"), tenant: TenantID("t\(digit)"),
            from: Timestamp(milliseconds: 0), secret: [UInt8](repeating: digit, count: 32))
    }

    /// Numbers N… and accounts A… belong to four tenants, t0 to t3.
    static func read(_ bytes: [UInt8]) throws -> WebhookBatch {
        let keys = KeyTable()
        for digit in 0..<UInt8(4) { keys.put(try key(digit)) }
        return try WebhookPayload(
            tenantOfNumber: { tenant($0.rawValue, "N") }, tenantOfAccount: { tenant($0, "A") },
            receivedAt: Timestamp(seconds: 1_795_000_000), naming: keys, by: .conversation
        ).read(bytes)
    }

    private static func counts(_ batch: WebhookBatch) throws(PropertyViolation) {
        var kinds = [0, 0, 0]
        for record in batch.records {
            switch record.topic {
            case Topic.messagesInbound.rawValue: kinds[0] += 1
            case Topic.messagesHistory.rawValue: kinds[0] += 1
            case Topic.messagesStatus.rawValue: kinds[1] += 1
            case Topic.messagesUnplaced.rawValue: kinds[1] += 1
            case Topic.accountsUpdates.rawValue, Topic.handoffCommands.rawValue: kinds[2] += 1
            default: throw PropertyViolation(description: "a record is for \(record.topic)")
            }
        }
        try hold(
            kinds == [batch.messages, batch.statuses, batch.updates], "\(kinds) are not counted")
    }

    /// A record reads back, is written the same again, and keeps what it does not understand.
    private static func roundTrip(_ record: Record, _ body: [UInt8]) throws(PropertyViolation) {
        let key = String(decoding: record.key, as: UTF8.self)
        let type = record.header("ce_type") ?? ""
        do {
            let payload = try RecordTypes.conversation.read(type, key: key, record.value)
            switch payload {
            case .payload(let message as InboundMessage):
                try same(message, record)
                try RecordProperties.short(message.content.transcript(quoting: nil))
                guard case .other(_, let raw) = message.content else { return }
                try hold(occurs(raw.text, in: body), "\(raw.text) is not what came")
            case .payload(let echo as EchoedMessage): try same(echo, record)
            case .payload(let past as PastMessage): try same(past, record)
            case .payload(let status as MessageStatus): try same(status, record)
            case .payload(let status as UnplacedStatus): try same(status, record)
            case .payload(let update as AccountUpdate):
                try same(update, record)
                try hold(occurs(update.value.text, in: body), "\(update) is not what came")
            default: throw PropertyViolation(description: "\(payload) comes from a webhook")
            }
        } catch let violation as PropertyViolation {
            throw violation
        } catch {
            let value = String(decoding: record.value ?? [], as: UTF8.self)
            throw PropertyViolation(description: "\(type) does not read back: \(error): \(value)")
        }
    }

    private static func same(_ payload: some Payload, _ record: Record) throws {
        try hold(payload.key == String(decoding: record.key, as: UTF8.self), "another key")
        try hold(try payload.json() == record.value, "\(payload) is written otherwise")
    }

    private static func occurs(_ text: String, in body: [UInt8]) -> Bool {
        let part = Array(text.utf8)
        guard let first = part.first else { return true }
        var rest = body[...]
        while let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            if rest.starts(with: part) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}

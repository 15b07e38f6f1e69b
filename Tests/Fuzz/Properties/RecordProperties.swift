import Conversation
import Records

/// What must hold for any record of a topic: a line with its type, then its value.
///
/// A record that ends its reader's process holds up its partition until it is set aside.
enum RecordProperties {
    @Sendable static func check(_ bytes: [UInt8]) throws(PropertyViolation) {
        let end = bytes.firstIndex(of: 10) ?? bytes.endIndex
        let type = String(decoding: bytes[..<end], as: UTF8.self)
        let known = RecordTypes.conversation[type: type]
        do {
            let value = Array(bytes[end...].dropFirst())
            let read = try RecordTypes.conversation.read(type, key: "key", value)
            guard let known else {
                if case .unknown(type) = read { return }
                return try hold(false, "it became \(read)")
            }
            try again(known, value)
            if case .payload(let message as OutboundMessage) = read,
                let content = message.content.message
            {
                try sendable(content)
            }
        } catch let violation as PropertyViolation {
            throw violation
        } catch {
            try hold(known != nil, "the unknown type \(type) is refused: \(error)")
            try hold(error is RecordError, "it is refused with \(error)")
        }
    }

    /// Whatever goes out can be looked at, and what is not known is known to be refused.
    private static func sendable(_ content: OutboundContent) throws(PropertyViolation) {
        let problems = content.problems
        if case .other = content.body {
            try hold(problems.contains { $0.code == .unknownKind }, "\(content) would be sent")
        }
        try short(content.transcript)
    }

    /// The short form of a transcript's line is short, whatever it is made of.
    static func short(_ content: TranscriptContent?) throws(PropertyViolation) {
        // Six bytes of JSON at most for one of text.
        let bytes = (try? RecordCodec.encode(content).count) ?? 0
        try hold(bytes < 20_000, "a line takes \(bytes) bytes")
    }

    /// What was read is written, and what was written reads as the same.
    private static func again<Known: Payload>(
        _ type: Known.Type, _ value: [UInt8]
    ) throws(PropertyViolation) {
        do {
            let payload = try RecordCodec.decode(type, from: value)
            let json = try payload.json()
            let second = try RecordCodec.decode(type, from: json)
            try hold(second == payload, "\(payload) became \(second)")
            try hold(try second.json() == json, "\(payload) is written in two ways")
        } catch let violation as PropertyViolation {
            throw violation
        } catch {
            throw PropertyViolation(description: "what was read is not written: \(error)")
        }
    }
}

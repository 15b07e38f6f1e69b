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
        } catch let violation as PropertyViolation {
            throw violation
        } catch {
            try hold(known != nil, "the unknown type \(type) is refused: \(error)")
            try hold(error is RecordError, "it is refused with \(error)")
        }
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

import Conversation
import EventLog
import JSON
import Records
import Testing

/// The name of what happened, beside what is sealed.
@Suite("Kinds of sealed records")
struct RecordKindTests {
    /// Seals nothing, and says that it does.
    private struct Nothing: Sealing {
        func sealed(_ value: [UInt8], of tenant: TenantID, at context: SealingContext) -> [UInt8] {
            value
        }
        func opened(_ bytes: [UInt8], at context: SealingContext) -> [UInt8] { bytes }
        func prepare(for values: [[UInt8]]) async {}
    }

    private static let envelope = RecordEnvelope(.conversation, sealing: Nothing())

    private func record(_ content: OutboundContent) throws -> Record {
        let time = Timestamp(seconds: 1)
        return try Self.envelope.record(
            OutboundMessage(
                tenant: "sol", conversation: "c", number: "n", recipient: Contact(), epoch: 0,
                content: .message(content), author: .system, answers: [], windowAnchor: time,
                at: time),
            headers: RecordHeaders(
                id: "o", type: OutboundMessage.type, source: "stage/handoff", time: time,
                subject: "c", correlation: "m", causation: "m", tenant: "sol"))
    }

    @Test("the name stands first, and is no part of what is opened")
    func first() throws {
        let record = try record(.text("hi"))
        #expect(record.value.flatMap(RecordKind.name) == "text")
        let opened = try #require(try Self.envelope.json(of: record))
        #expect(RecordKind.name(in: opened) == nil)
        #expect(opened.first == UInt8(ascii: "{") && opened.dropFirst().first == UInt8(ascii: "\""))
    }

    @Test(
        "what is no name of a case of ours is not told",
        arguments: ["34600111222", "call me at noon", String(repeating: "a", count: 33)])
    func foreign(kind: String) throws {
        let record = try record(OutboundContent(.other(type: kind, raw: RawJSON("{}"))))
        #expect(record.value.flatMap(RecordKind.name) == nil)
    }
}

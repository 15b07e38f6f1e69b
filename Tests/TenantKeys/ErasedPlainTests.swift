import Conversation
import EventLog
import Records
import TenantKeys
import Testing

/// What was never sealed of a tenant that was erased since.
@Suite("Plain records of an erased tenant")
struct ErasedPlainTests {
    private static let time = Timestamp(milliseconds: 1_800_000_000_000)

    private func record(of tenant: TenantID, at time: Timestamp) throws -> Record {
        let payload = HandoffCommand(
            tenant: tenant, conversation: "c", agent: "a", agentName: "Ana", action: .claim,
            reference: "r", at: time)
        return try RecordEnvelope.conversation.record(
            payload,
            headers: RecordHeaders(
                id: "r", type: HandoffCommand.type, source: "test", time: time, subject: "c",
                correlation: "r", causation: "r", tenant: tenant))
    }

    private func isErased(_ value: RecordValue) -> Bool {
        if case .erased = value { true } else { false }
    }

    @Test("are erased for every reader, those of others and of a later time are not")
    func erased() throws {
        let table = KeyTable()
        let envelope = RecordEnvelope(.conversation, sealing: PersonalSealing(table) { _ in })
        let old = try record(of: "gone", at: Self.time)
        #expect(try !isErased(envelope.decode(old).value))
        table.destroy("k", of: "gone", at: Self.time + .seconds(60))
        #expect(try isErased(envelope.decode(old).value))
        #expect(throws: RecordError.self) { try envelope.json(of: old) }
        let late = try record(of: "gone", at: Self.time + .seconds(61))
        #expect(try !isErased(envelope.decode(late).value))
        let other = try record(of: "stays", at: Self.time)
        #expect(try !isErased(envelope.decode(other).value))
    }
}

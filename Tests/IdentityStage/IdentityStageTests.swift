import Conversation
import IdentityStage
import Records
import StageRuntime
import Testing

@Suite("The stage that tells conversations where they go on")
struct IdentityStageTests {
    private let stage = IdentityStage()
    private let sighting = IdentitySighting(
        tenant: "sol", user: "u", phones: ["p"], message: "m", at: Timestamp(seconds: 1))

    private var context: StageContext {
        let headers = RecordHeaders(
            id: "s", type: IdentitySighting.type, source: "test", time: Timestamp(seconds: 1),
            subject: "sol", correlation: "m", causation: "m", tenant: "sol")
        return StageContext(
            stage: stage.name,
            input: .record(
                sighting, headers,
                position: RecordPosition(topic: "identity.sightings", partition: 0, offset: 7)),
            key: "sol", now: Timestamp(seconds: 2), step: 0)
    }

    private func resume(_ moves: [IdentityTable.Move]) throws -> Plan<IdentityCall> {
        var state = NoState()
        guard case .call(let call) = try stage.begin(context.input, &state, context) else {
            throw Rejection("it asks nothing")
        }
        #expect(call == .moves(by: sighting, partition: 0, offset: 7))
        return try stage.resume(.moves(moves), to: call, &state, context)
    }

    @Test("each move is written for the conversation that moves, numbered by the log's order")
    func moves() throws {
        let plan = try resume([.init(from: "p", into: "u"), .init(from: "x", into: nil)])
        guard case .finish(let effects) = plan else { throw Rejection("\(plan)") }
        let written = effects.outputs.compactMap { $0.payload as? ConversationMove }
        #expect(written.map(\.key) == ["p", "x"])
        #expect(written.map(\.into) == ["u", nil])
        #expect(written.map(\.order) == [7, 7])
    }

    @Test("most customers are who they were, and nothing is written")
    func nothing() throws {
        guard case .ignore = try resume([]) else { throw Rejection("something was written") }
    }
}

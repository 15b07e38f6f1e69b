import Conversation
import SenderStage
import Testing

@Suite("Notes of agents and the sender") struct NotesTests {
    @Test("the sender reads neither notes nor any topic that they stand in")
    func neverRead() {
        let reads = SenderStage().reads
        #expect(!reads.contains { $0 == AgentNote.self })
        #expect(!reads.contains { $0.topic == AgentNote.topic })
        // Nor is a note among what can be sent, whatever a stage does with it.
        #expect(AgentNote.type != OutboundMessage.type && AgentNote.topic != OutboundMessage.topic)
    }
}

import Conversation
import Foundation
import StageRuntime
import Testing

@testable import SenderStage

/// Statuses find their messages by our names, and where a message was sent before there were such,
/// by WhatsApp's.
@Suite("Statuses of named messages")
struct NamedStatusTests {
    private func sent() throws -> Line {
        var line = Line()
        line.answers = [.accepted("named", wamid: "wamid.1")]
        let step = try line.say("a")
        #expect(step.outcomes == [.accepted("named", wamid: "wamid.1")])
        return line
    }

    private func status(
        _ progress: MessageStatus.Progress, _ name: MessageID, _ wamid: WhatsAppMessageID,
        data: AttemptID? = nil
    ) -> MessageStatus {
        let now = Timestamp(seconds: 1_800_000_001)
        return MessageStatus(
            tenant: "sol", conversation: Line.conversation, number: "n1", message: name,
            wamid: wamid, progress: progress, at: now, receivedAt: now,
            callbackData: data?.description)
    }

    @Test("a status without callback data is matched by our name")
    func named() throws {
        var line = try sent()
        let step = try line.put(status(.delivered, "named", "wamid.1"))
        #expect(step.outcomes == [.progressed("named", .delivered)])
        #expect(try line.put(status(.read, "other", "wamid.2")).ignored != nil)
    }

    @Test("a status with callback data is matched by it, whatever the message is called")
    func callbackData() throws {
        var line = try sent()
        let attempt = try #require(line.sends.first).attempt
        let step = try line.put(status(.delivered, "other", "wamid.2", data: attempt))
        #expect(step.outcomes == [.progressed("other", .delivered)])
    }

    @Test("a status that comes instead of an answer tells both names")
    func settles() throws {
        var line = Line()
        line.answers = [.unknown(because: "lost")]
        try line.say("a")
        let attempt = try #require(line.sends.first).attempt
        let step = try line.put(status(.sent, "named", "wamid.1", data: attempt))
        #expect(
            step.outcomes == [.accepted("named", wamid: "wamid.1"), .progressed("named", .sent)])
    }

    @Test("a state from before has WhatsApp's names, and statuses find their messages in it")
    func formerState() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Recorded/states.jsonl")
        let lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map(Array.init)
        var state = try RecordCodec.decode(
            SenderState.self, from: try #require(lines.dropFirst(10).first))
        #expect(state.recent.first?.message == "wamid.3")
        state.queue = []
        state.number = "n1"
        var line = Line()
        line.state = state
        #expect(try line.put(status(.sent, "named", "wamid.8")).ignored != nil)
        let step = try line.put(status(.read, "named", "wamid.3"))
        #expect(step.outcomes == [.progressed("named", .read)])
        #expect(step.deliveries.first?.outbound == "o")
    }

    @Test("signs go out with WhatsApp's name, from an old message and from a new one")
    func signs() throws {
        func inbound(_ wamid: WhatsAppMessageID?) -> InboundMessage {
            InboundMessage(
                tenant: "sol", conversation: Line.conversation, number: "n1", message: "m",
                wamid: wamid, contact: Contact(phone: "34600"), sentAt: Timestamp(seconds: 1),
                receivedAt: Timestamp(seconds: 1), content: .text("hi"))
        }
        #expect(inbound("wamid.1").graphID == "wamid.1")
        #expect(inbound(nil).graphID == "m")
        var line = Line()
        try line.say("a", content: .typing(for: inbound("wamid.1").graphID))
        #expect(line.marks.map(\.message) == ["wamid.1"])
    }

    @Test("why a message is held tells WhatsApp's code and none of its words")
    func reasons() throws {
        var line = Line()
        line.answers = [
            .refused(
                PlatformError(code: 190, title: "canary 16505076520", details: "canary again"))
        ]
        let step = try line.say("a")
        guard case .held(let reason, _, _)? = step.outcomes.first else {
            Issue.record("\(step.outcomes)")
            return
        }
        #expect(reason.contains("190") && !reason.contains("canary"))
    }
}

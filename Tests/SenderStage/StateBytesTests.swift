import Conversation
import Testing

@testable import SenderStage

/// State, calls and answers are written by hand, for speed; it is what the encoder writes.
@Suite struct StateBytesTests {
    private static let at = Timestamp(milliseconds: 1_700_000_000_123)
    private static let words = "Ünïcode \"quoted\"\n\\ 👋\u{1}"

    private static let tapped = OutboundContent(
        .interactive(
            InteractiveMessage(words, action: .buttons([ReplyButton(id: "a", title: words)]))),
        quoting: "wamid.9")

    private static func waiting(
        _ author: OutboundMessage.Author, _ content: OutboundContent = .text(words)
    ) -> WaitingMessage {
        let message = OutboundMessage(
            tenant: "velo", conversation: "c", number: "1",
            recipient: Contact(userID: "u", phone: "34600", name: words), epoch: 3,
            content: .message(content), author: author,
            answers: ["wamid.1", "wamid.2"], windowAnchor: at, at: at)
        return WaitingMessage(content, of: message, id: "o", correlation: "r")
    }

    private static func whole(_ phase: SenderState.Phase?) -> SenderState {
        var state = SenderState()
        var second = waiting(.agent("ann", name: words), tapped)
        second.attempts = 2
        second.failures = 1
        second.notBefore = at
        state.queue = [waiting(.system), second]
        state.phase = phase
        state.epoch = 3
        state.debt.repaidAt = at
        state.debt.refusals = 1
        state.recent = [
            RecentSend(
                id: "o", correlation: "r", message: "wamid.3", epoch: 3, attempt: 1, rank: 2,
                otherRank: 0, answers: ["wamid.4"]),
            RecentSend(
                id: "p", correlation: "r", message: nil, epoch: 0, attempt: 1, rank: 0,
                otherRank: 0, answers: []),
        ]
        state.last = "o"
        state.number = "1"
        state.turn = 7
        return state
    }

    @Test("calls and answers are written as the encoder writes them")
    func exchanges() throws {
        let calls: [SenderCall] = [
            .send(
                SendRequest(
                    tenant: "velo", number: "1", recipient: Contact(userID: "u", name: Self.words),
                    content: .text(Self.words),
                    attempt: AttemptID(conversation: "c", outbound: "o", attempt: 2))),
            .send(
                SendRequest(
                    tenant: "velo", number: "1", recipient: Contact(userID: "u"),
                    content: Self.tapped,
                    attempt: AttemptID(conversation: "c", outbound: "o", attempt: 2))),
            .mark(MarkRequest(tenant: "velo", number: "1", message: "wamid.1", typing: true)),
        ]
        for call in calls {
            #expect(try JSONText.bytes(of: call) == (try RecordCodec.encode(call)))
        }
        let answers: [SenderAnswer] = [
            .accepted("wamid.1"), .marked(false),
            .refused(PlatformError(code: 131_056, title: Self.words)),
            .notSent(because: Self.words), .unknown(because: Self.words),
            .unknownTenant(because: ""), .held(until: Self.at, because: Self.words),
        ]
        for answer in answers {
            #expect(try JSONText.bytes(of: answer) == (try RecordCodec.encode(answer)))
        }
    }

    @Test("the state is written as the encoder writes it")
    func bytes() throws {
        let phases: [SenderState.Phase?] = [nil, .calling, .unknown(until: Self.at)]
        for state in [SenderState()] + phases.map(Self.whole) {
            let written = try JSONText.bytes(of: state)
            #expect(written == (try RecordCodec.encode(state)))
            #expect(try RecordCodec.decode(SenderState.self, from: written) == state)
        }
    }

    @Test("what was written before there was anything but text reads and is written as it was")
    func before() throws {
        let state = #"""
            {"e":1,"l":"o","n":"1","p":{"calling":{}},"q":[{"anchor":1700000000123,\#
            "answers":["w"],"attempts":1,"correlation":"r","epoch":1,"failures":0,"id":"o",\#
            "isFromAgent":false,"number":"1","recipient":{"phone":"34600"},"text":"Hola"}],"t":2}
            """#
        let read = try RecordCodec.decode(SenderState.self, from: Array(state.utf8))
        #expect(read.queue.map(\.content) == [.text("Hola")])
        #expect(String(decoding: try JSONText.bytes(of: read), as: UTF8.self) == state)
        let call = #"""
            {"send":{"_0":{"attempt":"p1.c.o.1","number":"1","recipient":{"phone":"34600"},\#
            "tenant":"velo","text":"Hola"}}}
            """#
        let request = try RecordCodec.decode(SenderCall.self, from: Array(call.utf8))
        #expect(String(decoding: try JSONText.bytes(of: request), as: UTF8.self) == call)
    }
}

import Conversation
import Foundation
import Testing

@testable import SenderStage

/// What is stored stays readable, and is written as it was: a replay compares calls by their bytes.
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

    private static func whole(
        _ phase: SenderState.Phase?, _ content: OutboundContent = .text(words)
    ) -> SenderState {
        var state = SenderState()
        var second = waiting(.agent("ann", name: words), content)
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

    private static let calls: [SenderCall] = [
        .send(
            SendRequest(
                tenant: "velo", number: "1", recipient: Contact(userID: "u", name: words),
                content: .text(words),
                attempt: AttemptID(conversation: "c", outbound: "o", attempt: 2))),
        .mark(MarkRequest(tenant: "velo", number: "1", message: "wamid.1", typing: true)),
    ]

    private static let answers: [SenderAnswer] = [
        .accepted("wamid.1"), .marked(false),
        .refused(PlatformError(code: 131_056, title: words)), .notSent(because: words),
        .unknown(because: words), .unknownTenant(because: ""), .held(until: at, because: words),
    ]

    /// What they were when they were still written by hand, a line each.
    private static func recorded() throws -> [[UInt8]] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Recorded/states.jsonl")
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    private static func expectRecorded(_ written: [[UInt8]]) throws {
        let recorded = try recorded()
        #expect(written.count == recorded.count)
        for (bytes, line) in zip(written, recorded) {
            #expect(bytes == line, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    private static var states: [SenderState] {
        let phases: [SenderState.Phase?] = [nil, .calling, .unknown(until: at)]
        return [SenderState()] + phases.map { whole($0) }
    }

    private static func written() throws -> [[UInt8]] {
        try calls.map { try RecordCodec.encode($0) } + answers.map { try RecordCodec.encode($0) }
            + states.map { try RecordCodec.encode($0) }
    }

    @Test("state, calls and answers are written as they were, and the state is read")
    func bytes() throws {
        let (states, written) = (Self.states, try Self.written())
        try Self.expectRecorded(written)
        for (state, bytes) in zip(states, written.suffix(states.count)) {
            #expect(try RecordCodec.decode(SenderState.self, from: bytes) == state)
        }
    }

    @Test("what is more than plain text is written, and read")
    func others() throws {
        let state = Self.whole(nil, Self.tapped)
        #expect(try RecordCodec.decode(SenderState.self, from: RecordCodec.encode(state)) == state)
        let call = SenderCall.send(
            SendRequest(
                tenant: "velo", number: "1", recipient: Contact(userID: "u"), content: Self.tapped,
                attempt: AttemptID(conversation: "c", outbound: "o", attempt: 2)))
        #expect(try RecordCodec.decode(SenderCall.self, from: RecordCodec.encode(call)) == call)
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
        #expect(String(decoding: try RecordCodec.encode(read), as: UTF8.self) == state)
        let call = #"""
            {"send":{"_0":{"attempt":"p1.c.o.1","number":"1","recipient":{"phone":"34600"},\#
            "tenant":"velo","text":"Hola"}}}
            """#
        let request = try RecordCodec.decode(SenderCall.self, from: Array(call.utf8))
        #expect(String(decoding: try RecordCodec.encode(request), as: UTF8.self) == call)
    }
}

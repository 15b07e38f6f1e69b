import Conversation
import ConversationView
import HTTPClient
import JSON
import Records
import Testing
import WebSocket

@testable import Console

@Suite("Agents' sockets over lines that break", .timeLimit(.minutes(5)))
struct AgentLineTests {
    private func write(
        _ office: Office, _ text: String, to conversation: ConversationID = "c1"
    ) async throws {
        try await office.append(
            InboundMessage(
                tenant: "sol", conversation: conversation, number: "101",
                message: MessageID("wamid.\(text)"),
                contact: Contact(phone: "34600111222", name: "Luz"), sentAt: office.now,
                receivedAt: office.now, content: .text(text)), id: RecordID("in-\(text)"))
    }

    private func lines(_ socket: Socket, until last: String) async throws -> [String] {
        var lines: [String] = []
        while lines.last != last {
            if case .line(_, let line) = try await socket.next() { lines.append(line.text) }
        }
        return lines
    }

    private func handoffs(_ socket: Socket) async throws -> [Handoff] {
        try await socket.next { message in
            if case .queue(let page, nil) = message { page.handoffs } else { nil }
        }
    }

    @Test("a line that breaks in mid-conversation goes on from its cursor: each line once")
    func resumes() async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            try await office.handOff("c1")
            try await office.eventually("the handoff is in the queue") {
                try await office.ask(.get, "/api/v1/handoffs").value(HandoffList.self)
                    .handoffs.count == 1
            }
            let first = try await office.socket("ana", "Ana")
            let queue = try await handoffs(first)
            #expect(queue.map(\.conversation) == ["c1"] && queue.first?.version != nil)
            try await write(office, "one")
            #expect(try await lines(first, until: "one") == ["one"])
            first.client.close()
            for text in ["two", "three"] { try await write(office, text) }
            try await office.eventually("the lines are in the view") {
                try await office.ask(.get, "/api/v1/tenants/sol/handoffs/c1")
                    .value(HandoffTranscript.self).lines.last?.text == "three"
            }
            let second = try await office.socket(
                "ana", "Ana", hello: .hello(after: first.cursor, showing: "c1"))
            let welcome = try await second.frame()
            #expect(welcome.isResumed == true && welcome.cursor == first.cursor)
            try await write(office, "four")
            // Neither a page nor what was told before comes again.
            var messages: [AgentMessage] = []
            while true {
                let message = try await second.next()
                messages.append(message)
                if case .line(_, let line) = message, line.text == "four" { break }
            }
            let texts = messages.map {
                if case .line(_, let line) = $0 { line.text } else { "\($0)" }
            }
            #expect(texts == ["two", "three", "four"])
        }
    }

    @Test("a cursor that is not known, as after a restart, is told all anew")
    func resets() async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            try await office.handOff("c1")
            try await office.eventually("the handoff is in the queue") {
                try await office.ask(.get, "/api/v1/handoffs").value(HandoffList.self)
                    .handoffs.count == 1
            }
            let socket = try await office.socket(
                "ana", "Ana", hello: .hello(after: "before.7", showing: "c1"))
            let welcome = try await socket.frame()
            #expect(welcome.isResumed == false && welcome.messages.count == 1)
            guard case .reset = try await socket.next(),
                case .queue(let page, nil) = try await socket.next(),
                case .opened(let transcript) = try await socket.next()
            else {
                Issue.record("reset, page and conversation do not follow")
                return
            }
            #expect(page.handoffs.map(\.conversation) == ["c1"])
            #expect(transcript.lines.map(\.text) == ["Is Ana there?", "One moment, please."])
        }
    }

    @Test("a command is done once, says where, and its refusal says how it stands")
    func commands() async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            try await office.handOff("c1")
            let ana = try await office.socket("ana", "Ana")
            let ben = try await office.socket("ben", "Ben")
            for socket in [ana, ben] {
                _ = try await socket.next { message -> Bool? in
                    switch message {
                    case .updated: true
                    case .queue(let page, _): page.handoffs.isEmpty ? nil : true
                    default: nil
                    }
                }
            }
            func answer(_ socket: Socket, _ request: AgentRequest) async throws -> AgentFrame {
                try await socket.say(request)
                while true {
                    let frame = try await socket.frame()
                    switch frame.messages.first {
                    case .done(request.ref, _), .refused(request.ref, _, _, _): return frame
                    default: continue
                    }
                }
            }
            let claim = AgentRequest(type: .claim, ref: "a1", conversation: "c1")
            let done = try await answer(ana, claim)
            // What it did was told before it was answered.
            #expect(done.position == ana.cursor)
            let note = AgentRequest(type: .note, ref: "a2", conversation: "c1", text: "a note")
            _ = try await answer(ana, note)
            _ = try await answer(ana, note)
            let read = try await office.ask(.get, "/api/v1/tenants/sol/conversations/c1")
                .value(ConversationTranscript.self)
            #expect(read.lines.count { $0.text == "a note" } == 1)
            let refused = try await answer(
                ben, AgentRequest(type: .claim, ref: "b1", conversation: "c1"))
            #expect(refused.code == "held")
            #expect(refused.state?.holder?.name == "Ana" && refused.state?.status == .claimed)
            let nothing = try await answer(
                ben, AgentRequest(type: .claim, ref: "b2", conversation: "c9"))
            #expect(nothing.code == "no_handoff" && nothing.state == nil)
        }
    }

    @Test(
        "who speaks another version is told so, and who asks whether the line lives, that it does")
    func hello() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let old = try await office.socket("ana", "Ana", hello: .init(.hello, version: 1))
            await #expect(throws: Socket.Closed.self) { try await old.next() }
            #expect(old.client.close?.reason.contains("version 2") == true)
            let ana = try await office.socket("ana", "Ana")
            _ = try await handoffs(ana)
            try await ana.say(AgentNotice(.ping))
            let pong = try await ana.frame()
            #expect(pong.messages == [.pong] && pong.cursor == ana.cursor)
            // A sign of life that nobody asked for harms nothing.
            try await ana.say(AgentNotice(.here))
            try await ana.say(AgentNotice(.ping))
            #expect(try await ana.next() == .pong)
        }
    }
}

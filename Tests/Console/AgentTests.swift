import Console
import Conversation
import ConversationView
import HTTPClient
import Records
import Testing
import WebSocket

@Suite("Agents over WebSockets, with the real handoff stage", .timeLimit(.minutes(5)))
struct AgentTests {
    /// Opens a socket and reads its welcome and queue.
    private func enter(
        _ office: Office, _ agent: String, _ name: String, tenant: String = "sol"
    ) async throws -> (Socket, [Handoff]) {
        let socket = try await office.socket(agent, name, tenant: tenant)
        #expect(try await socket.next() == .welcome(AgentID(agent), name: name, TenantID(tenant)))
        guard case .queue(let page, nil) = try await socket.next() else {
            Issue.record("the queue does not come second")
            return (socket, [])
        }
        return (socket, page.handoffs)
    }

    private func answer(_ socket: Socket, to wanted: String) async throws -> AgentMessage {
        try await socket.next { message in
            switch message {
            case .done(let ref, _), .refused(let ref, _, _, _), .transcript(let ref, _):
                ref == wanted ? message : nil
            case .error(let ref, _, _): ref == wanted ? message : nil
            default: nil
            }
        }
    }

    private func waitForQueue(_ office: Office) async throws {
        try await office.eventually("the handoff is in the queue") {
            try await office.ask(.get, "/api/v1/tenants/sol/handoffs").value(HandoffList.self)
                .handoffs.count == 1
        }
    }

    /// What can be tapped is sent and shown as such, and what WhatsApp would refuse is refused.
    private func sendButtons(_ ana: Socket) async throws {
        func buttons(_ buttons: [ReplyButton]) -> OutboundContent {
            OutboundContent(
                .interactive(InteractiveMessage("Shall we?", action: .buttons(buttons))))
        }
        try await ana.send(.send, "c1", ref: "b1", content: buttons([]))
        guard case .refused(_, _, let reason, _) = try await answer(ana, to: "b1") else {
            Issue.record("no buttons are sent")
            return
        }
        #expect(reason == "interactive.action.buttons: there are no buttons")
        try await ana.send(
            .send, "c1", ref: "b2", content: buttons([ReplyButton(id: "y", title: "Yes")]))
        #expect(try await answer(ana, to: "b2") == .done(ref: "b2", "c1"))
        try await ana.send(.read, "c1", ref: "b3")
        guard case .transcript(_, let transcript) = try await answer(ana, to: "b3") else {
            Issue.record("no transcript")
            return
        }
        #expect(transcript.lines.last?.text == "Shall we? [Yes]")
        #expect(transcript.lines.last?.content?.choices == ["Yes"])
    }

    @Test("shows the queue live, and lets an agent claim, read, write and close")
    func work() async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            let (ana, empty) = try await enter(office, "ana", "Ana")
            #expect(empty.isEmpty)
            try await office.handOff("c1")
            let seen = try await ana.next { message in
                if case .updated(let handoff) = message { handoff } else { nil }
            }
            #expect(seen.reason == "asked")
            #expect(seen.customer.name == "Luz")

            try await ana.send(.claim, "c1", ref: "r1")
            #expect(try await answer(ana, to: "r1") == .done(ref: "r1", "c1"))
            try await ana.send(.read, "c1", ref: "r2")
            guard case .transcript(_, let transcript) = try await answer(ana, to: "r2") else {
                Issue.record("no transcript")
                return
            }
            #expect(
                transcript.lines.map(\.text) == ["Is Ana there?", "One moment, please."])

            try await ana.send(.send, "c1", ref: "r3", text: "Here I am.")
            #expect(try await answer(ana, to: "r3") == .done(ref: "r3", "c1"))
            // The same command again is not done again, and answered again.
            try await ana.send(.send, "c1", ref: "r3", text: "Here I am.")
            #expect(try await answer(ana, to: "r3") == .done(ref: "r3", "c1"))
            let sent = try await office.payloads(in: .messagesOutbound).filter {
                if case .payload(let message as OutboundMessage) = $0 {
                    message.content == .text("Here I am.")
                } else {
                    false
                }
            }
            #expect(sent.count == 1)

            try await sendButtons(ana)
            try await ana.send(.close, "c1", ref: "r4")
            #expect(try await answer(ana, to: "r4") == .done(ref: "r4", "c1"))
            let list = try await office.ask(.get, "/api/v1/handoffs").value(HandoffList.self)
            #expect(list.handoffs.isEmpty)
            #expect(try await office.ask(.get, "/api/v1/tenants/sol/handoffs/c1").status == 404)
        }
    }

    @Test("lets exactly one of two agents who claim at once win, and tells the other who did")
    func race() async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            try await office.handOff("c1")
            try await waitForQueue(office)
            let (ana, _) = try await enter(office, "ana", "Ana")
            let (ben, _) = try await enter(office, "ben", "Ben")
            async let first: Void = ana.send(.claim, "c1", ref: "a")
            async let second: Void = ben.send(.claim, "c1", ref: "b")
            _ = try await (first, second)
            let answers = [try await answer(ana, to: "a"), try await answer(ben, to: "b")]
            let won = answers.indices.filter {
                if case .done = answers[$0] { true } else { false }
            }
            try #require(won.count == 1)
            let winner = ["Ana", "Ben"][won[0]]
            guard case .refused(_, _, let reason, let holder) = answers[1 - won[0]] else {
                Issue.record("the other is not refused: \(answers)")
                return
            }
            #expect(holder == winner)
            #expect(reason.contains(winner))
            let held = try await office.ask(.get, "/api/v1/tenants/sol/handoffs/c1").value(
                HandoffTranscript.self)
            #expect(held.handoff.holder?.name == winner)
        }
    }

    @Test("refuses at once what is about another tenant's conversation, and tells nothing of it")
    func otherTenants() async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            try await office.addTenant("luna", number: "102")
            try await office.handOff("c1")
            try await waitForQueue(office)
            let (ana, _) = try await enter(office, "ana", "Ana")
            try await ana.send(.claim, "c1", ref: "r1")
            #expect(try await answer(ana, to: "r1") == .done(ref: "r1", "c1"))
            // The same agent's name and the same ref, but another business.
            let (eve, queue) = try await enter(office, "ana", "Ana", tenant: "luna")
            #expect(queue.isEmpty)
            try await eve.send(.takeOver, "c1", ref: "r1")
            guard case .refused(_, "c1", let reason, nil) = try await answer(eve, to: "r1") else {
                Issue.record("not refused")
                return
            }
            #expect(reason == "this conversation is not known")
            let dead = try await office.payloads(in: .deadLetters)
            #expect(dead.isEmpty)
        }
    }

    @Test("tells the agent that a command was set aside")
    func setAside() async throws {
        // Without a handoff stage nothing answers a command.
        try await Office.open { office in
            try await office.addTenant()
            let (ana, _) = try await enter(office, "ana", "Ana")
            try await ana.send(.takeOver, "c1", ref: "r1")
            try await office.eventually("the command is in the log") {
                try await !office.payloads(in: .handoffCommands).isEmpty
            }
            try await office.setAside(.handoffCommands)
            guard case .refused(_, "c1", let reason, nil) = try await answer(ana, to: "r1") else {
                Issue.record("not refused")
                return
            }
            #expect(reason.contains("set aside"))
        }
    }

    @Test("keeps the claims of an agent whose socket is open")
    func renewals() async throws {
        var options = ConsoleOptions()
        options.renewEvery = .milliseconds(20)
        try await Office.open(options, handingOff: true) { office in
            try await office.addTenant()
            try await office.handOff("c1")
            try await waitForQueue(office)
            let (ana, _) = try await enter(office, "ana", "Ana")
            try await ana.send(.claim, "c1", ref: "a")
            #expect(try await answer(ana, to: "a") == .done(ref: "a", "c1"))
            func renewals() async throws -> Int {
                try await office.payloads(in: .handoffCommands).count {
                    if case .payload(let command as HandoffCommand) = $0 {
                        command.action == .renew
                    } else {
                        false
                    }
                }
            }
            try await office.eventually("two renewals") { try await renewals() >= 2 }
            ana.client.close()
            try await office.eventually("the socket is closed") {
                try await office.ask(.get, "/api/v1/status").value(ConsoleStatus.self).agents == 0
            }
        }
    }

    @Test("refuses what cannot be understood or done, and goes on")
    func badRequests() async throws {
        var options = ConsoleOptions()
        options.commandWait = .milliseconds(50)
        // Without a handoff stage nothing answers a command.
        try await Office.open(options) { office in
            try await office.addTenant()
            try await office.addTenant("luna", number: "102")
            try await office.append(
                HandoffEvent(
                    tenant: "sol", conversation: "c1", contact: Contact(), epoch: 1, mode: .queued,
                    change: .queued(reason: .asked, summary: "", transcript: []), reference: nil,
                    at: office.now), id: "e1")
            try await waitForQueue(office)
            let (ana, _) = try await enter(office, "ana", "Ana")
            for text in ["", "[]", "{\"type\":\"fly\",\"ref\":\"a\",\"conversation\":\"c1\"}"] {
                try await ana.client.send(.text(text))
                guard case .error(nil, "bad_request", _) = try await ana.next() else {
                    Issue.record("\(text) is taken")
                    return
                }
            }
            try await ana.client.send(.binary([1]))
            guard case .error(nil, "not_text", _) = try await ana.next() else {
                Issue.record("bytes are taken")
                return
            }
            try await ana.send(.claim, "c2", ref: "r1")
            guard case .refused = try await answer(ana, to: "r1") else {
                Issue.record("an unknown conversation is claimed")
                return
            }
            try await ana.send(.send, "c1", ref: "r2", text: "")
            guard case .refused = try await answer(ana, to: "r2") else {
                Issue.record("nothing is sent")
                return
            }
            try await ana.send(.claim, "c1", ref: "r3")
            guard case .error(_, "no_answer", _) = try await answer(ana, to: "r3") else {
                Issue.record("a command without an answer is passed over")
                return
            }
            let (luna, queue) = try await enter(office, "lu", "Lu", tenant: "luna")
            #expect(queue.isEmpty)
            try await luna.send(.read, "c1", ref: "r4")
            guard case .refused = try await answer(luna, to: "r4") else {
                Issue.record("another tenant's conversation is read")
                return
            }
        }
    }
}

import AuditRecords
import Console
import Conversation
import ConversationView
import HTTPClient
import JSON
import Records
import Testing
import WebSocket

@Suite("Agents among themselves over WebSockets", .timeLimit(.minutes(5)))
struct DeskTests {
    private func answer(_ socket: Socket, to wanted: String) async throws -> AgentMessage {
        try await socket.next { message in
            switch message {
            case .done(let ref, _), .refused(let ref, _, _, _), .transcript(let ref, _),
                .error(let ref?, _, _), .overtaken(let ref, _, _, _), .agents(let ref, _):
                ref == wanted ? message : nil
            default: nil
            }
        }
    }

    private func ask(_ socket: Socket, _ request: AgentRequest) async throws -> AgentMessage {
        let bytes = try RecordCodec.encode(request)
        try await socket.client.send(.text(String(decoding: bytes, as: UTF8.self)))
        return try await answer(socket, to: request.ref)
    }

    /// Waits until a socket hears that somebody has the conversation.
    private func handoff(
        _ socket: Socket, where fits: @escaping (Handoff) -> Bool
    ) async throws -> Handoff {
        try await socket.next { message in
            if case .updated(let handoff) = message, fits(handoff) { handoff } else { nil }
        }
    }

    private func supervisor(_ office: Office) async throws -> Socket {
        let answer = try await office.ask(
            .post, "/api/v1/tenants/sol/tickets",
            body: RecordCodec.encode(
                TicketRequest(agent: "sue", name: "Sue", supervises: true)))
        let ticket = try answer.value(TicketAnswer.self)
        return Socket(
            client: try await WebSocketClient.connect(
                host: "127.0.0.1", port: office.port, target: "/api/v1/agent",
                protocols: ticket.protocols))
    }

    @Test("a conversation is given to a colleague who is here, and to nobody else")
    func transfer() async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            let ana = try await office.socket("ana", "Ana")
            let ben = try await office.socket("ben", "Ben")
            try await office.handOff("c1")
            _ = try await handoff(ana) { $0.status == .queued }
            #expect(
                try await ask(ana, .init(type: .claim, ref: "a1", conversation: "c1"))
                    == .done(ref: "a1", "c1"))
            let agents = try await ask(ana, .init(type: .agents, ref: "a2"))
            #expect(agents == .agents(ref: "a2", [.init(id: "ben", name: "Ben", isHere: true)]))
            let nobody = try await ask(
                ana,
                .init(type: .transfer, ref: "a3", conversation: "c1", to: .agent, agent: "eve"))
            guard case .refused(_, _, "nobody of the team who answers customers is eve", _) = nobody
            else {
                Issue.record("\(nobody)")
                return
            }
            #expect(
                try await ask(
                    ana,
                    .init(
                        type: .transfer, ref: "a4", conversation: "c1", to: .agent, agent: "ben",
                        note: "wants a refund")) == .done(ref: "a4", "c1"))
            let given = try await handoff(ben) { $0.takeUpBy != nil }
            #expect(given.awaited == "ben")
            // Their open socket says that they are here.
            let taken = try await handoff(ben) { $0.awaited == nil && $0.status == .claimed }
            #expect(taken.epoch == given.epoch)
            let read = try await ask(ben, .init(type: .read, ref: "b1", conversation: "c1"))
            guard case .transcript(_, let transcript) = read else {
                Issue.record("\(read)")
                return
            }
            let note = transcript.lines.first { $0.speaker == .note }
            #expect(note?.text == "wants a refund" && note?.name == "Ana")
            #expect(
                try await ask(
                    ben, .init(type: .transfer, ref: "b2", conversation: "c1", to: .queue))
                    == .done(ref: "b2", "c1"))
        }
    }

    @Test("who supervises takes a conversation and gives it back; who does not is refused")
    func takeOver() async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            let ana = try await office.socket("ana", "Ana")
            let sue = try await supervisor(office)
            try await office.handOff("c1")
            _ = try await handoff(ana) { $0.status == .queued }
            #expect(
                try await ask(sue, .init(type: .claim, ref: "s1", conversation: "c1"))
                    == .done(ref: "s1", "c1"))
            let refused = try await ask(
                ana, .init(type: .takeOver, ref: "a1", conversation: "c1", agent: "sue"))
            guard case .refused(_, _, let reason, _) = refused else {
                Issue.record("\(refused)")
                return
            }
            #expect(reason.contains("conversations:supervise"))
            #expect(
                try await ask(sue, .init(type: .release, ref: "s2", conversation: "c1"))
                    == .done(ref: "s2", "c1"))
            #expect(
                try await ask(ana, .init(type: .claim, ref: "a2", conversation: "c1"))
                    == .done(ref: "a2", "c1"))
            #expect(
                try await ask(
                    sue,
                    .init(
                        type: .takeOver, ref: "s3", conversation: "c1", agent: "ana",
                        note: "a complaint")) == .done(ref: "s3", "c1"))
            let taken = try await handoff(ana) { $0.returnsTo != nil }
            #expect(taken.returnsTo?.name == "Ana")
            #expect(
                try await ask(sue, .init(type: .returnTo, ref: "s4", conversation: "c1"))
                    == .done(ref: "s4", "c1"))
            let closed = try await ask(
                ana,
                .init(
                    type: .close, ref: "a3", conversation: "c1", outcome: "solved",
                    note: "refunded"))
            #expect(closed == .done(ref: "a3", "c1"))
            let listed = try await office.ask(.get, "/api/v1/tenants/sol/conversations")
                .value(ConversationList.self).conversations
            #expect(listed.map(\.outcome) == [HandoffOutcome("solved", note: "refunded")])
            #expect(
                try await ask(
                    ana, .init(type: .reopen, ref: "a4", conversation: "c1", note: "not solved"))
                    == .done(ref: "a4", "c1"))
            let actions = try await office.payloads(in: .audit).compactMap { value -> String? in
                if case .payload(let entry as AuditEntry) = value { entry.action } else { nil }
            }
            for action in ["handoff.relieve", "handoff.return", "handoff.reopen"] {
                #expect(actions.contains(action))
            }
        }
    }

    @Test("a message that something overtook comes back with it, and goes when confirmed")
    func overtaken() async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            let ana = try await office.socket("ana", "Ana")
            try await office.handOff("c1")
            _ = try await handoff(ana) { $0.status == .queued }
            _ = try await ask(ana, .init(type: .claim, ref: "a1", conversation: "c1"))
            let read = try await ask(ana, .init(type: .read, ref: "a2", conversation: "c1"))
            guard case .transcript(_, let transcript) = read,
                let last = transcript.lines.last(where: { $0.speaker != .note })
            else {
                Issue.record("\(read)")
                return
            }
            let epoch = transcript.handoff.epoch
            let note = try await ask(
                ana, .init(type: .note, ref: "a3", conversation: "c1", text: "never to her"))
            #expect(note == .done(ref: "a3", "c1"))
            try await office.append(
                InboundMessage(
                    tenant: "sol", conversation: "c1", number: "101", message: "wamid.new",
                    contact: Contact(phone: "34600111222", name: "Luz"), sentAt: office.now,
                    receivedAt: office.now, content: .text("Never mind.")), id: "in-new")
            let heard = try await ana.next { message -> Handoff.Line? in
                if case .line(_, let line) = message, line.speaker == .customer {
                    line
                } else {
                    nil
                }
            }
            let late = try await ask(
                ana,
                .init(
                    type: .send, ref: "a4", conversation: "c1", text: "Coming", epoch: epoch,
                    basedOn: last.id))
            guard case .overtaken(_, "c1", _, let news) = late else {
                Issue.record("\(late)")
                return
            }
            #expect(news.map(\.text) == ["Never mind."] && news.map(\.id) == [heard.id])
            // The same request again is answered as before; nothing was sent.
            let again = try await ask(
                ana, .init(type: .send, ref: "a4", conversation: "c1", text: "Coming"))
            guard case .overtaken = again else {
                Issue.record("\(again)")
                return
            }
            #expect(
                try await ask(
                    ana,
                    .init(
                        type: .send, ref: "a5", conversation: "c1", text: "Coming", epoch: epoch,
                        basedOn: last.id, confirmed: true)) == .done(ref: "a5", "c1"))
            #expect(
                try await ask(
                    ana,
                    .init(
                        type: .send, ref: "a6", conversation: "c1", text: "Now", epoch: epoch,
                        basedOn: heard.id)) == .done(ref: "a6", "c1"))
            let sent = try await office.payloads(in: .messagesOutbound).compactMap {
                value -> String? in
                guard case .payload(let message as OutboundMessage) = value else { return nil }
                return message.content.message?.transcriptText
            }
            #expect(sent.filter { $0 != "One moment, please." } == ["Coming", "Now"])
        }
    }
}

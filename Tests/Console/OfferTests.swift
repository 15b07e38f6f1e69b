import Console
import Conversation
import ConversationView
import HTTPClient
import Records
import RoutingRecords
import Testing
import WebSocket

@Suite("Queues and offers over agents' WebSockets", .timeLimit(.minutes(5)))
struct OfferTests {
    private func send(_ socket: Socket, _ request: AgentRequest) async throws {
        let bytes = try RecordCodec.encode(request)
        try await socket.client.send(.text(String(decoding: bytes, as: UTF8.self)))
    }

    private func ask(_ socket: Socket, _ request: AgentRequest) async throws -> AgentMessage {
        try await send(socket, request)
        return try await answer(socket, to: request.ref)
    }

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

    private func offer(_ socket: Socket) async throws -> AgentOffer {
        try await socket.next { message in
            switch message {
            case .offerMade(let offer): offer
            case .routing(let state): state.offers.first
            default: nil
            }
        }
    }

    private func end(_ socket: Socket) async throws -> RoutingOffer.End {
        try await socket.next { if case .offerEnded(_, _, let end) = $0 { end } else { nil } }
    }

    /// A queue, and the settings that routing decides by.
    private func queue(
        _ office: Office, _ id: RecordID, _ members: [AgentID],
        change: (inout RoutingQueue) -> Void = { _ in }
    ) async throws {
        var queue = RoutingQueue(id: id, name: "Queue \(id)", members: members)
        change(&queue)
        try await office.append(
            RoutingCommand(
                tenant: "sol", action: .saveQueue(queue), reference: "queue-\(id)",
                at: office.now), id: RecordID("queue-\(id)"))
    }

    private func supervisor(_ office: Office) async throws -> Socket {
        let answer = try await office.ask(
            .post, "/api/v1/tenants/sol/tickets",
            body: RecordCodec.encode(TicketRequest(agent: "sue", name: "Sue", supervises: true)))
        let ticket = try answer.value(TicketAnswer.self)
        return Socket(
            client: try await WebSocketClient.connect(
                host: "127.0.0.1", port: office.port, target: "/api/v1/agent",
                protocols: ticket.protocols))
    }

    /// Waits until a socket says that the queues are there.
    private func comeIn(
        _ office: Office, _ id: String, _ name: String, queues: Int
    ) async throws -> Socket {
        for _ in 0..<200 {
            let socket = try await office.socket(id, name)
            let state: RoutingState = try await socket.next {
                if case .routing(let state) = $0 { state } else { nil }
            }
            // Whoever came in before the queues were known to all begins anew.
            if state.queues.count == queues {
                try await Task.sleep(for: .milliseconds(150))
                let ask = AgentRequest(type: .agents, ref: "here-\(id)")
                let isOpen = try? await self.ask(socket, ask)  // closed: then another one
                if isOpen != nil { return socket }
            }
            socket.client.close()
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Missing()
    }

    private struct Missing: Error {}

    @Test("what is declined goes to the next, who accepts it and has it at once")
    func offered() async throws {
        try await Office.open(handingOff: true, isRouted: true) { office in
            try await office.addTenant()
            try await queue(office, "q1", ["ana", "ben"])
            let ana = try await comeIn(office, "ana", "Ana", queues: 1)
            try await office.handOff("c1")
            let first = try await offer(ana)
            #expect(first.conversation == "c1" && first.queue == "q1" && first.secondsLeft > 20)
            let ben = try await comeIn(office, "ben", "Ben", queues: 1)
            try await send(
                ana, .init(type: .answerOffer, ref: "a1", offer: first.offer, accept: false))
            #expect(try await end(ana) == .declined)
            #expect(try await answer(ana, to: "a1") == .done(ref: "a1", ""))
            let second = try await offer(ben)
            #expect(second.conversation == "c1")
            let accept = AgentRequest(
                type: .answerOffer, ref: "b1", offer: second.offer, accept: true)
            #expect(try await ask(ben, accept) == .done(ref: "b1", "c1"))
            // Asked again, as after a broken line, it is answered as before.
            #expect(try await ask(ben, accept) == .done(ref: "b1", "c1"))
            let late = try await ask(
                ana, .init(type: .answerOffer, ref: "a2", offer: first.offer, accept: true))
            #expect(
                late
                    == .refused(
                        ref: "a2", "", because: "the offer stands no more", holder: nil))
            #expect(
                try await ask(ben, .init(type: .close, ref: "b2", conversation: "c1"))
                    == .done(ref: "b2", "c1"))
        }
    }

    @Test("nobody sees what is in a queue that is not theirs, but who supervises takes it always")
    func seen() async throws {
        try await Office.open(handingOff: true, isRouted: true) { office in
            try await office.addTenant()
            try await queue(office, "q1", ["ana"])
            let ana = try await comeIn(office, "ana", "Ana", queues: 1)
            let ben = try await comeIn(office, "ben", "Ben", queues: 1)
            try await office.handOff("c1")
            _ = try await offer(ana)
            let none = AgentMessage.refused(
                ref: "b1", "c1", because: "no handoff of that id is open", holder: nil)
            #expect(
                try await ask(ben, .init(type: .claim, ref: "b1", conversation: "c1")) == none)
            #expect(
                try await ask(ben, .init(type: .read, ref: "b1", conversation: "c1")) == none)
            let again = try await office.socket("ben", "Ben")
            let page: HandoffList = try await again.next {
                if case .queue(let page, nil) = $0 { page } else { nil }
            }
            #expect(page.handoffs.isEmpty && page.waiting == 0)
            let sue = try await supervisor(office)
            let all: HandoffList = try await sue.next {
                if case .queue(let page, nil) = $0 { page } else { nil }
            }
            #expect(all.handoffs.first?.queue == "q1" && all.waiting == 1)
            #expect(
                try await ask(ana, .init(type: .claim, ref: "a1", conversation: "c1"))
                    == .done(ref: "a1", "c1"))
            #expect(
                try await ask(sue, .init(type: .close, ref: "s1", conversation: "c1", from: "ana"))
                    == .done(ref: "s1", "c1"))
            _ = try await ana.next { message in
                if case .ended("c1", "sue") = message { true } else { nil }
            }
        }
    }

    @Test("an agent says what they are, takes what is next, lays it aside and gives it to a team")
    func work() async throws {
        try await Office.open(handingOff: true, isRouted: true) { office in
            try await office.addTenant()
            try await queue(office, "q1", ["ana"])
            try await queue(office, "q2", ["ben"])
            let ana = try await comeIn(office, "ana", "Ana", queues: 2)
            let ben = try await comeIn(office, "ben", "Ben", queues: 2)
            #expect(
                try await ask(ana, .init(type: .setStatus, ref: "a1", status: .busy))
                    == .done(ref: "a1", ""))
            let standing: AgentStanding = try await ben.next {
                if case .agentChanged(let standing) = $0, standing.agent == "ana",
                    standing.status == .busy
                {
                    standing
                } else {
                    nil
                }
            }
            #expect(standing.isReachable)
            try await office.handOff("c1")
            var isDone = false
            for number in 2..<400 where !isDone {
                let next = try await ask(ana, .init(type: .next, ref: "a\(number)"))
                isDone = next == .done(ref: "a\(number)", "c1")
                if !isDone { try await Task.sleep(for: .milliseconds(20)) }
            }
            try #require(isDone)
            let until = office.now + .seconds(600)
            try await send(
                ana, .init(type: .park, ref: "p1", conversation: "c1", until: until))
            let parked: Handoff = try await ana.next {
                if case .updated(let row) = $0, row.parkedUntil != nil {
                    row
                } else {
                    nil
                }
            }
            #expect(try await answer(ana, to: "p1") == .done(ref: "p1", "c1"))
            #expect(parked.parkedUntil == until)
            #expect(
                try await ask(ana, .init(type: .resume, ref: "p2", conversation: "c1"))
                    == .done(ref: "p2", "c1"))
            #expect(
                try await ask(
                    ana,
                    .init(type: .transfer, ref: "p3", conversation: "c1", to: .team, queue: "q2"))
                    == .done(ref: "p3", "c1"))
            #expect(try await offer(ben).conversation == "c1")
        }
    }
}

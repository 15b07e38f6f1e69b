import Console
import Conversation
import ConversationView
import FoundationEssentials
import HTTPClient
import Records
import RoutingRecords
import Testing
import WebSocket

/// One who is limited to one number of a business with two, at the desk: all that a socket can be
/// asked and can tell.
@Suite("Limits to numbers over agents' WebSockets", .timeLimit(.minutes(5)))
struct NumberLimitTests {
    private static let refusal = "no handoff of that id is open"

    private func limit(
        _ office: Office, _ agent: AgentID, to numbers: [BusinessNumberID]?, _ name: String
    ) async throws {
        try await office.append(
            RoutingCommand(
                tenant: "sol", action: .limit(agent, numbers), reference: name, at: office.now),
            id: RecordID(name))
    }

    private func ticket(
        _ office: Office, _ id: String, supervises: Bool = false
    ) async throws -> TicketAnswer {
        try await office.ask(
            .post, "/api/v1/tenants/sol/tickets",
            body: RecordCodec.encode(
                TicketRequest(agent: id, name: id.capitalized, supervises: supervises))
        ).value(TicketAnswer.self)
    }

    private func socket(
        _ office: Office, _ id: String, supervises: Bool = false
    ) async throws -> Socket {
        let ticket = try await ticket(office, id, supervises: supervises)
        let socket = Socket(
            client: try await WebSocketClient.connect(
                host: "127.0.0.1", port: office.port, target: "/api/v1/agent",
                protocols: ticket.protocols))
        try await socket.greet()
        return socket
    }

    private func queue(_ socket: Socket) async throws -> HandoffList {
        try await socket.next { if case .queue(let page, nil) = $0 { page } else { nil } }
    }

    /// Comes in until the list shows that the limit is known.
    private func comeIn(
        _ office: Office, _ id: String, sees wanted: Set<ConversationID>, supervises: Bool = false
    ) async throws -> Socket {
        for _ in 0..<1_000 {
            let socket = try await socket(office, id, supervises: supervises)
            // A socket that is closed as the limit comes in between is opened anew.
            if let page = try? await queue(socket) {
                if Set(page.handoffs.map(\.conversation)) == wanted {
                    #expect(page.waiting + page.claimed == wanted.count)
                    return socket
                }
            }
            socket.client.close()
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Missing()
    }

    private struct Missing: Error {}

    private func ask(_ socket: Socket, _ request: AgentRequest) async throws -> AgentMessage {
        try await socket.say(request)
        return try await socket.next { message in
            switch message {
            case .done(let ref, _), .refused(let ref, _, _, _), .transcript(let ref, _),
                .error(let ref?, _, _), .overtaken(let ref, _, _, _), .agents(let ref, _):
                ref == request.ref ? message : nil
            default: nil
            }
        }
    }

    /// Asks for all that can be about a conversation, and is told that there is none.
    private func expectNothing(
        of conversation: ConversationID, _ socket: Socket, as name: String
    ) async throws {
        for kind in AgentRequest.Kind.allCases where kind.isAboutConversation {
            var request = AgentRequest(
                type: kind, ref: "\(name)-\(kind)", conversation: conversation, text: "Hello")
            request.note = "because"
            request.line = RecordID("in-\(conversation)")
            request.until = Timestamp(milliseconds: 4_000_000_000_000)
            request.to = .queue
            let answer = try await ask(socket, request)
            #expect(
                answer
                    == .refused(
                        ref: request.ref, conversation, because: Self.refusal, holder: nil),
                "\(kind)")
        }
    }

    @Test("of other numbers' conversations there is nothing, whoever supervises or asks")
    func nothing() async throws {
        try await Office.open(handingOff: true, isRouted: true) { office in
            try await office.addTenant()
            try await limit(office, "ana", to: ["101"], "limit-ana")
            try await limit(office, "sue", to: ["101"], "limit-sue")
            try await office.handOff("c1")
            try await office.handOff("c2", number: "102")
            let ben = try await comeIn(office, "ben", sees: ["c1", "c2"])
            let ana = try await comeIn(office, "ana", sees: ["c1"])
            let sue = try await comeIn(office, "sue", sees: ["c1"], supervises: true)
            try await expectNothing(of: "c2", ana, as: "ana")
            try await expectNothing(of: "c2", sue, as: "sue")
            // What happens there, nobody of them hears, nor that somebody writes there.
            try await ana.say(AgentNotice(.sign, conversation: "c2", doing: .typing))
            try await ben.say(AgentNotice(.sign, conversation: "c2", doing: .typing))
            #expect(
                try await ask(ben, .init(type: .claim, ref: "b1", conversation: "c2"))
                    == .done(ref: "b1", "c2"))
            #expect(
                try await ask(ben, .init(type: .note, ref: "b2", conversation: "c2", text: "Hm"))
                    == .done(ref: "b2", "c2"))
            #expect(
                try await ask(ben, .init(type: .claim, ref: "b3", conversation: "c1"))
                    == .done(ref: "b3", "c1"))
            for socket in [ana, sue] {
                var heard: [AgentMessage] = []
                while true {
                    let message = try await socket.next { $0 }
                    heard.append(message)
                    if case .updated(let row) = message, row.conversation == "c1",
                        row.status == .claimed
                    {
                        break
                    }
                }
                let all = try heard.map {
                    String(decoding: try RecordCodec.encode($0), as: UTF8.self)
                }
                #expect(!all.contains { $0.contains(#""c2""#) }, "\(all)")
            }
        }
    }

    @Test("nothing is given to who may not see the number, and the reason is told")
    func transfer() async throws {
        try await Office.open(handingOff: true, isRouted: true) { office in
            try await office.addTenant()
            try await limit(office, "ana", to: ["101"], "limit-ana")
            try await office.handOff("c1")
            try await office.handOff("c2", number: "102")
            let ana = try await comeIn(office, "ana", sees: ["c1"])
            let ben = try await comeIn(office, "ben", sees: ["c1", "c2"])
            #expect(
                try await ask(ben, .init(type: .claim, ref: "b1", conversation: "c2"))
                    == .done(ref: "b1", "c2"))
            var request = AgentRequest(type: .transfer, ref: "b2", conversation: "c2")
            request.to = .agent
            request.agent = "ana"
            #expect(
                try await ask(ben, request)
                    == .refused(
                        ref: "b2", "c2", because: "Ana may not see what is written to this number",
                        holder: nil))
            // Once the limit is gone, it can be given to her.
            try await limit(office, "ana", to: nil, "free-ana")
            ana.client.close()
            let again = try await socket(office, "ben")
            let here = try await comeIn(office, "ana", sees: ["c1", "c2"])
            request.ref = "b3"
            #expect(try await ask(again, request) == .done(ref: "b3", "c2"))
            here.client.close()
        }
    }

    @Test("over HTTP, too, what is written to other numbers is not there")
    func http() async throws {
        try await Office.open(handingOff: true, isRouted: true) { office in
            try await office.addTenant()
            try await limit(office, "ana", to: ["101"], "limit-ana")
            try await office.handOff("c1")
            try await office.handOff("c2", number: "102")
            _ = try await comeIn(office, "ana", sees: ["c1"])
            let base = "/api/v1/tenants/sol"
            for path in [
                "/handoffs/c2", "/conversations/c2", "/conversations/c2/links",
                "/conversations/c2/media/in-c2",
            ] {
                let ticket = try await ticket(office, "ana").ticket
                let answer = try await office.ask(.get, base + path, key: ticket)
                #expect(answer.status == 404, "\(path): \(answer.text)")
            }
            for path in ["/handoffs", "/conversations"] {
                let ticket = try await ticket(office, "ana").ticket
                let answer = try await office.ask(.get, base + path, key: ticket)
                #expect(answer.status == 200, "\(path): \(answer.text)")
                #expect(answer.text.contains(#""c1""#) && !answer.text.contains(#""c2""#))
            }
            // Who has the key sees all.
            #expect(try await office.ask(.get, base + "/conversations/c2").status == 200)
        }
    }
}

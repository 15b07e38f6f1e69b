import Console
import Conversation
import ConversationView
import HTTPClient
import Records
import Testing
import WebSocket

@Suite("Suggestions over agents' sockets", .timeLimit(.minutes(5)))
struct SuggestionTests {
    private func answer(_ socket: Socket, _ request: AgentRequest) async throws -> AgentMessage {
        let bytes = try RecordCodec.encode(request)
        try await socket.client.send(.text(String(decoding: bytes, as: UTF8.self)))
        return try await socket.next { message in
            switch message {
            case .done(let ref, _), .refused(let ref, _, _, _), .error(let ref?, _, _):
                ref == request.ref ? message : nil
            default: nil
            }
        }
    }

    private func suggestion(_ socket: Socket) async throws -> RecordID {
        try await socket.next { message in
            if case .suggestion("c1", let words) = message { words.id } else { nil }
        }
    }

    private func end(_ socket: Socket) async throws -> SuggestionEnd {
        try await socket.next { message in
            if case .suggestionEnded("c1", let end) = message { end } else { nil }
        }
    }

    /// The customer asks, and the bot would say something.
    private func ask(_ office: Office, _ number: Int, _ words: String) async throws {
        let message = MessageID("wamid.\(number)")
        try await office.append(
            InboundMessage(
                tenant: "sol", conversation: "c1", number: "101", message: message,
                contact: Contact(phone: "34600111222", name: "Luz"), sentAt: office.now,
                receivedAt: office.now, content: .text("When?")), id: RecordID("wamid.\(number)"))
        try await office.append(
            ProposedReply(
                tenant: "sol", conversation: "c1", answers: [message],
                proposal: .answer(text: words, citations: []), language: "en",
                provenance: Provenance(
                    passages: [], prompt: "answer", promptHash: "h1", model: "m"),
                at: office.now), id: RecordID("proposal-\(number)"))
    }

    @Test("one that is put aside, sent or edited is one no more for anybody, and is told once")
    func outcomes() async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            let ana = try await office.socket("ana", "Ana")
            let ben = try await office.socket("ben", "Ben")
            try await office.handOff("c1")
            _ = try await ana.next { message -> Bool? in
                if case .updated = message { true } else { nil }
            }
            let claim = AgentRequest(type: .claim, ref: "a1", conversation: "c1")
            #expect(try await answer(ana, claim) == .done(ref: "a1", "c1"))

            try await ask(office, 1, "At nine.")
            let first = try await suggestion(ana)
            #expect(try await suggestion(ben) == first)
            let wrong = AgentRequest(
                type: .dismiss, ref: "b1", conversation: "c1", suggestion: first)
            guard case .refused = try await answer(ben, wrong) else {
                Issue.record("who does not have it puts it aside")
                return
            }
            let dismiss = AgentRequest(
                type: .dismiss, ref: "a2", conversation: "c1", suggestion: first)
            #expect(try await answer(ana, dismiss) == .done(ref: "a2", "c1"))
            // The same again is answered as before.
            #expect(try await answer(ana, dismiss) == .done(ref: "a2", "c1"))
            #expect(try await end(ben) == SuggestionEnd(of: first, .dismissed, agent: "ana"))

            try await ask(office, 2, "At nine, Luz.")
            let second = try await suggestion(ben)
            let send = AgentRequest(
                type: .send, ref: "a3", conversation: "c1", text: "At ten, Luz.",
                suggestion: second)
            #expect(try await answer(ana, send) == .done(ref: "a3", "c1"))
            let edited = try await end(ben)
            #expect(edited.suggestion == second && edited.outcome == .edited)
            #expect(edited.edit?.distance == 1 && edited.edit?.changesFacts == true)
            #expect(edited.messages?.count == 1)
        }
    }

    @Test("what names no suggestion is refused before it is written")
    func nothing() async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            let ana = try await office.socket("ana", "Ana")
            try await office.handOff("c1")
            _ = try await ana.next { message -> Bool? in
                if case .updated = message { true } else { nil }
            }
            let none = AgentRequest(type: .dismiss, ref: "a1", conversation: "c1")
            guard case .refused(_, _, "say which suggestion", _) = try await answer(ana, none)
            else {
                Issue.record("a suggestion without a name is put aside")
                return
            }
            let long = AgentRequest(
                type: .dismiss, ref: "a2", conversation: "c1",
                suggestion: RecordID(String(repeating: "x", count: 10_000)))
            guard case .refused = try await answer(ana, long) else {
                Issue.record("an id of any length is written")
                return
            }
        }
    }
}

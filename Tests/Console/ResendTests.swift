import Console
import Conversation
import ConversationView
import Records
import Testing

@Suite("Sending again over an agent's socket", .timeLimit(.minutes(5)))
struct ResendTests {
    private func answer(_ socket: Socket, to wanted: String) async throws -> AgentMessage {
        try await socket.next { message in
            switch message {
            case .done(let ref, _), .refused(let ref, _, _, _), .error(let ref?, _, _):
                ref == wanted ? message : nil
            default: nil
            }
        }
    }

    /// Texts that went out to the customer.
    private func sent(_ office: Office) async throws -> [String] {
        try await office.payloads(in: .messagesOutbound).compactMap { value in
            guard case .payload(let message as OutboundMessage) = value,
                case .agent = message.author
            else { return nil }
            return message.content.message?.transcriptText
        }
    }

    @Test("an agent sees why a message failed, sends it again, and never twice")
    func again() async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            let ana = try await office.socket("ana", "Ana", tenant: "sol")
            try await office.handOff("c1")
            _ = try await ana.next { message in
                if case .updated(let handoff) = message { handoff } else { nil }
            }
            try await ana.send(.claim, "c1", ref: "r1")
            #expect(try await answer(ana, to: "r1") == .done(ref: "r1", "c1"))
            try await ana.send(.send, "c1", ref: "r2", text: "Here I am.")
            let line = try await ana.next { message in
                if case .line(_, let line) = message { line.id } else { nil }
            }
            try await office.append(
                Delivery(
                    tenant: "sol", conversation: "c1", outbound: line, epoch: 2, attempt: 1,
                    outcome: .failed(nil, PlatformError(code: 131_000)), answers: [],
                    at: office.now), id: "d1")
            let report = try await ana.next { message in
                if case .delivery(_, let report) = message { report } else { nil }
            }
            #expect(report.state == "failed")
            #expect(report.code == 131_000)
            #expect(report.choices == [.again])
            #expect(report.remedy == GraphErrorEntry.of(131_000).remedy)

            for _ in 0..<2 {
                try await ana.send(.resend, "c1", ref: "r3", line: line)
                #expect(try await answer(ana, to: "r3") == .done(ref: "r3", "c1"))
            }
            try await ana.send(.resend, "c1", ref: "r4", line: line)
            guard case .refused(_, _, let reason, _) = try await answer(ana, to: "r4") else {
                Issue.record("sent twice")
                return
            }
            #expect(reason == "this message was sent again already")
            #expect(try await sent(office) == ["Here I am.", "Here I am."])
            try await ana.send(.resend, "c1", ref: "r5", line: "nothing")
            guard case .refused = try await answer(ana, to: "r5") else {
                Issue.record("something that was never sent is sent again")
                return
            }
        }
    }
}

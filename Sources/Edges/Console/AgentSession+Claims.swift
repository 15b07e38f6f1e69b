import Conversation
import ConversationView
import Endpoints
import HTTPServer
import SQLite
import Telemetry
import Views

/// What keeps an agent's claims alive, and what became of their commands.
extension AgentSession {
    /// Renews the agent's claims for as long as the socket is open.
    func keepClaims() async -> Bool {
        // A cancelled sleep means that the socket is closed.
        while (try? await Task.sleep(for: options.renewEvery)) != nil {
            // While the view cannot be read, the next round renews.
            for conversation in (try? await claims()) ?? [] { await renew(conversation) }
        }
        return false
    }

    func renew(_ conversation: ConversationID) async {
        do {
            let id = try records.freshID()
            let renewal = try await submit(.renew, conversation, "renew-\(id)")
            _ = await commands.outcome(of: renewal, within: options.commandWait)
        } catch {
            logger.warning(
                "a claim could not be renewed",
                [.conversation: .identifier(conversation), .error: .error(error)])
        }
    }

    private func claims() async throws(Problem) -> [ConversationID] {
        let (agent, scope) = (agent.id, try await seen())
        return try await conversations.answer { rows throws(SQLiteError) in
            try ConversationRows(rows, of: scope).claims(of: agent)
        }
    }

    static func message(
        _ outcome: CommandSender.Outcome?, to request: AgentRequest
    ) -> AgentMessage {
        switch outcome {
        case .answered(let answered):
            switch answered.answer {
            case .done: .done(ref: request.ref, request.conversation)
            case .refused(let reason, let holder):
                .refused(
                    ref: request.ref, request.conversation,
                    because: reason.cut(toJSONBytes: FrameLimits.sentence),
                    holder: holder?.cut(toJSONBytes: FrameLimits.name))
            case .overtaken(let lines):
                .overtaken(
                    ref: request.ref, request.conversation, because: Self.overtaken, lines)
            }
        case .notStored(_, let reason):
            .error(
                ref: request.ref, code: "not_stored",
                message: "the command was not stored, so nothing was done: "
                    + reason.cut(toJSONBytes: FrameLimits.sentence))
        case nil:
            .error(
                ref: request.ref, code: "no_answer",
                message: "the command is stored, but the handoff stage has not answered yet; "
                    + "is it running? The command is done as soon as it does")
        }
    }
}

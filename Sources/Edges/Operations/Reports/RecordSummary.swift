import AuditRecords
import Conversation
import Records

/// What a record says in a few words; what customers and agents wrote, and what people and
/// documents are called, is left out unless asked for.
enum RecordSummary {
    static func text(_ value: RecordValue, content: Bool = false) -> String {
        switch value {
        case .payload(let payload): text(payload, content)
        case .tombstone: "tombstone"
        case .unknown(let type): "a \(type), which this version does not know"
        case .erased: "erased"
        }
    }

    private static func text(_ payload: any Payload, _ content: Bool) -> String {
        switch payload {
        case let message as InboundMessage:
            "\(word(message.content.kind)) from the customer"
                + quote(message.content.words, content)
        case let echo as EchoedMessage:
            "\(word(echo.content.kind)) from the business's phone"
                + quote(echo.content.words, content)
        case let past as PastMessage:
            "\(word(past.message.content.kind)) from before, by "
                + (past.isFromBusiness ? "the business" : "the customer")
                + quote(past.message.content.words, content)
        case let status as MessageStatus: "WhatsApp: \(word(status.progress.rawValue))"
        case let question as GroundedQuestion:
            "\(question.passages.count) passages (\(question.search.rawValue))"
                + quote(question.query, content)
        case let reply as ProposedReply: proposal(reply, content)
        case let message as OutboundMessage: outbound(message, content)
        case let change as OwnershipChange: "epoch \(change.epoch): \(mode(change.mode, content))"
        case let delivery as Delivery: outcome(delivery.outcome) + attempt(delivery)
        case let command as HandoffCommand:
            "\(action(command.action)) by \(agent(command.agentName, content))"
        case let event as HandoffEvent: change(event.change, content)
        case let decision as Decision: "\(decision.stage): \(ending(decision.outcome))"
        case let resolution as DeadLetterResolution: resolved(resolution, content)
        case let request as ToolRequest:
            "\(request.tool) is asked for" + quote(arguments(of: request), content)
        case let result as ToolResult: outcome(result.outcome, of: result.tool, content)
        case let confirmation as ToolConfirmation:
            "the question whether to do it: \(confirmation.standing.rawValue)"
        default: other(payload, content)
        }
    }

    private static func arguments(of request: ToolRequest) -> String? {
        // It was read as JSON; what cannot be written is left out.
        (try? RecordCodec.encode(request.arguments)).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func outcome(
        _ outcome: ToolResult.Outcome, of tool: String, _ content: Bool
    ) -> String {
        switch outcome {
        case .done(let text): "\(tool): done" + quote(text, content)
        case .notDone(let reason): "\(tool): not done" + quote(reason, content)
        }
    }

    private static func other(_ payload: any Payload, _ content: Bool) -> String {
        switch payload {
        case let update as AccountUpdate: "account \(update.account): \(word(update.field))"
        case let state as ChannelState:
            state.stops.isEmpty
                ? "nothing keeps it from sending"
                : "kept from sending by \(state.stops.map { String($0.code) })"
        case let report as ChannelReport: noticed(report.word)
        case is SendingResumed: "what waits is looked at again"
        case let upload as DocumentUpload:
            "\(document(upload.document, upload.name, content)), \(upload.size) bytes"
        case let change as DocumentTermsChange: "document \(change.document) on other terms"
        case let answered as AnsweredQuestion: "question and answer \(answered.document)"
        case let standing as DocumentStanding:
            "document \(standing.document) stands at version \(standing.version)"
        case let progress as DocumentProgress:
            "document \(progress.document): \(progress.done) of \(progress.passages) passages"
        case let removal as DocumentRemoval: "document \(removal.document) removed"
        case let wish as DocumentReembedding: "document \(wish.document) to be embedded anew"
        case let state as DocumentState:
            "\(document(state.document, state.name, content)): \(state.outcome.rawValue)"
        case let withdrawal as PassageWithdrawal:
            "passage \(withdrawal.passage) is no longer searched"
        case let passage as Passage:
            "\(document(passage.document, passage.documentName, content)), passage "
                + "\(passage.ordinal)"
        case let tenant as TenantSettings: "settings of \(tenant.tenant)"
        case let entry as AuditEntry:
            content ? "\(entry.actor): \(entry.action) \(entry.subject)" : entry.action
        default: "a \(type(of: payload).type)"
        }
    }

    private static func noticed(_ word: ChannelReport.Word) -> String {
        switch word {
        case .refused(let code, let reach, _, _): "error \(code) for the whole \(reach.rawValue)"
        case .held: "a message waits for it"
        case .sent: "a message went"
        }
    }

    private static func agent(_ name: String, _ content: Bool) -> String {
        content ? name : "an agent"
    }

    private static func document(_ id: DocumentID, _ name: String, _ content: Bool) -> String {
        content ? name : "document \(id)"
    }

    /// A word of WhatsApp's; what comes in its place may be anything.
    private static func word(_ text: String) -> String {
        WhatsAppWord.isOne(text) ? text : "something unknown"
    }

    private static func quote(_ words: String?, _ content: Bool) -> String {
        guard content, let words, !words.isEmpty else { return "" }
        return ": “\(words)”"
    }

    private static func proposal(_ reply: ProposedReply, _ content: Bool) -> String {
        let model = reply.provenance.model
        return switch reply.proposal {
        case .answer(let text, let citations):
            "answer, \(citations.count) citations, \(model)" + quote(text, content)
        case .courtesy(let text): "courtesy" + quote(text, content)
        case .handoff(let reason, _, let notice):
            "handoff: \(reason.rawValue)" + quote(notice, content)
        case .silence(let reason): "silence: \(reason)"
        }
    }

    private static func outbound(_ message: OutboundMessage, _ content: Bool) -> String {
        let author =
            switch message.author {
            case .bot: "the bot"
            case .agent(_, let name): agent(name, content)
            case .system: "Parley"
            }
        return switch message.content {
        case .message(let body):
            "\(body.kind) by \(author), epoch \(message.epoch)"
                + quote(body.transcriptText, content)
        case .typing: "read and typing sign"
        case .read: "read sign"
        }
    }

    private static func mode(_ mode: Mode, _ content: Bool) -> String {
        switch mode {
        case .bot: "the bot answers"
        case .queued: "in the queue"
        case .claimed(_, let name): "claimed by \(agent(name, content))"
        }
    }

    static func outcome(_ outcome: Delivery.Outcome) -> String {
        switch outcome {
        case .accepted(let message, _): "accepted as \(message)"
        case .progressed(_, let progress): progress.rawValue
        case .failed(_, let error): "failed: WhatsApp's error \(error.code)"
        case .unknown(let reason): "outcome unknown: \(reason)"
        case .dropped(let reason): "dropped: \(reason.rawValue)"
        case .held(let reason, let until, _): "held until \(until.rfc3339): \(reason)"
        }
    }

    private static func attempt(_ delivery: Delivery) -> String {
        delivery.attempt > 1 ? ", attempt \(delivery.attempt)" : ""
    }

    private static func action(_ action: HandoffCommand.Action) -> String {
        switch action {
        case .claim: "claim"
        case .release: "release"
        case .close: "close"
        case .conclude: "close with an outcome"
        case .send: "send"
        case .resend: "send again"
        case .renew: "renew"
        case .takeOver: "take over"
        case .relieve: "take over from a colleague"
        case .returnTo: "give back to a colleague"
        case .transfer(.agent, _): "give to a colleague"
        case .transfer(.queue, _): "give to the queue"
        case .transfer(.team, _): "give to a team"
        case .transfer(.bot, _): "give to the bot"
        case .reopen: "reopen"
        case .note: "write a note"
        case .run(let steps): "do \(steps.count) things together"
        case .accept: "accept an offer"
        case .vacate: "take from an agent who is gone"
        case .park: "lay aside"
        case .resume: "take up again"
        case .dismiss: "put a suggestion aside"
        }
    }

    private static func change(_ change: HandoffEvent.Change, _ content: Bool) -> String {
        switch change {
        case .queued(let reason, _, _): "queued: \(reason.rawValue)"
        case .claimed(_, let name): "claimed by \(agent(name, content))"
        case .refused(_, let reason, _): "refused: \(reason)"
        case .released(_, let reason): "released: \(reason)"
        case .closed, .concluded: "closed; the bot answers again"
        case .overtaken(_, let lines): "not sent: \(lines.count) lines are new"
        case .relieved(_, let name, _, _): "taken over by \(agent(name, content))"
        case .transferred(_, _, let name, _, _): "given to \(agent(name, content))"
        case .ran: "done together"
        case .said(let entry):
            "said by \(speaker(entry.speaker, content))" + quote(entry.text, content)
        case .suggested(let text, _): "suggested to the agent" + quote(text, content)
        case .suggestionEnded(let end): "suggestion \(end.outcome.rawValue)"
        case .delivery(_, let outcome): "delivery: \(self.outcome(outcome))"
        case .moved(let into): "goes on in \(into)"
        case .parked(_, let until): "laid aside until \(until.rfc3339)"
        case .resumed: "taken up again"
        case .overdue(let since): "overdue, waiting since \(since.rfc3339)"
        }
    }

    private static func speaker(
        _ speaker: TranscriptEntry.Speaker, _ content: Bool
    ) -> String {
        switch speaker {
        case .customer: "the customer"
        case .bot: "the bot"
        case .agent(_, let name): agent(name, content)
        case .system: "Parley"
        case .owner: "the business's phone"
        }
    }

    static func ending(_ outcome: Decision.Outcome) -> String {
        switch outcome {
        case .finished(let outputs):
            outputs.count == 1 ? "wrote 1 record" : "wrote \(outputs.count) records"
        case .ignored(let reason): "nothing to do: \(reason)"
        case .repeated: "dropped as a repeat"
        case .dead(let reason): "set aside: \(reason)"
        case .committed(let outputs): "\(outputs.count) records made durable, then a call"
        }
    }

    private static func resolved(_ resolution: DeadLetterResolution, _ content: Bool) -> String {
        let by = content ? " by \(resolution.actor)" : ""
        return switch resolution.action {
        case .redriven(let id): "\(resolution.letter) redriven\(by) as \(id)"
        case .discarded(let reason):
            "\(resolution.letter) discarded\(by)" + (content ? ": \(reason)" : "")
        }
    }
}

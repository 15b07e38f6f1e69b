package import Conversation
package import Endpoints

/// The open handoffs of all tenants: a fold of the handoff events.
///
/// A pure value; every question names its tenant, so no answer can hold another's conversations.
package struct HandoffView: Sendable {
    /// Lines kept of one conversation; an agent who needs more reads the log.
    static let transcriptLines = 500

    /// What an event means to the agents who watch.
    package enum Push: Hashable, Sendable {
        /// A handoff is new or changed.
        case updated(Handoff)
        /// A handoff ended; the bot answers again.
        case ended(ConversationID, by: AgentID?)
        /// Something was said.
        case line(ConversationID, Handoff.Line)
        /// The bot would say this.
        case suggestion(ConversationID, Handoff.Suggestion)
        /// What became of a message.
        case delivery(ConversationID, Handoff.DeliveryReport)
    }

    private var open: [TenantID: [ConversationID: HandoffTranscript]] = [:]

    /// No handoffs.
    package init() {}

    /// The open handoffs of a tenant, the longest waiting first.
    package func handoffs(of scope: TenantScope) -> [Handoff] {
        (open[scope.tenant] ?? [:]).values.map(\.handoff).sorted {
            ($0.waitingSince, $0.conversation) < ($1.waitingSince, $1.conversation)
        }
    }

    /// An open handoff of a tenant.
    package func conversation(_ id: ConversationID, of scope: TenantScope) -> HandoffTranscript? {
        open[scope.tenant]?[id]
    }

    /// The conversations that an agent has claimed.
    package func claims(of agent: AgentID, in scope: TenantScope) -> [ConversationID] {
        (open[scope.tenant] ?? [:]).values.filter { $0.handoff.holder?.id == agent }
            .map(\.handoff.conversation)
    }

    /// How many handoffs of a tenant wait and how many are claimed.
    package func counts(of scope: TenantScope) -> (queued: Int, claimed: Int) {
        let all = (open[scope.tenant] ?? [:]).values
        let queued = all.count { $0.handoff.status == .queued }
        return (queued, all.count - queued)
    }

    /// Takes an event in, and says what agents of its tenant should be told.
    package mutating func apply(_ event: HandoffEvent) -> [Push] {
        let known = open[event.tenant]?[event.conversation]
        if case .refused = event.change { return [] }
        if case .bot = event.mode {
            guard known != nil else { return [] }
            open[event.tenant]?[event.conversation] = nil
            guard case .closed(let agent) = event.change else {
                return [.ended(event.conversation, by: nil)]
            }
            return [.ended(event.conversation, by: agent)]
        }
        var entry = known ?? HandoffTranscript(handoff: Handoff(event), lines: [])
        entry.handoff.take(event)
        let told = entry.take(event.change)
        let isChanged = entry.handoff != known?.handoff
        if isChanged { entry.handoff.updatedAt = event.at }
        open[event.tenant, default: [:]][event.conversation] = entry
        return (isChanged ? [.updated(entry.handoff)] : []) + told
    }
}

extension HandoffTranscript {
    /// Takes in what was said, suggested or delivered.
    mutating func take(_ change: HandoffEvent.Change) -> [HandoffView.Push] {
        let id = handoff.conversation
        switch change {
        case .queued(_, _, let transcript):
            for entry in transcript { note(Handoff.Line(entry)) }
            return []
        case .said(let entry):
            let line = Handoff.Line(entry)
            if line.speaker == .agent { suggestion = nil }
            return note(line) ? [.line(id, line)] : []
        case .suggested(let text, let citations):
            let suggestion = Handoff.Suggestion(text: text, citations: citations)
            self.suggestion = suggestion
            return [.suggestion(id, suggestion)]
        case .delivery(let outbound, let outcome):
            let report = Handoff.DeliveryReport(of: outbound, outcome)
            if let index = lines.lastIndex(where: { $0.id == outbound }) {
                lines[index].delivery = report.state
            }
            return [.delivery(id, report)]
        case .claimed, .refused, .released, .closed, .overdue: return []
        }
    }

    /// Adds a line unless it is there; says whether it was new.
    @discardableResult
    private mutating func note(_ line: Handoff.Line) -> Bool {
        guard !lines.contains(where: { $0.id == line.id }) else { return false }
        lines.append(line)
        if lines.count > HandoffView.transcriptLines { lines.removeFirst() }
        return true
    }
}

package import Conversation

/// A page of the open handoffs; the answer to a list of handoffs.
package struct HandoffList: Hashable, Sendable, Codable {
    /// The handoffs: those that the asking agent has first, then the longest waiting first.
    package var handoffs: [Handoff]
    /// Where the next page begins, to be given back as it is; `nil` on the last page.
    package var next: String?
    /// How many wait for an agent, on all pages.
    package var waiting: Int
    /// How many an agent has, on all pages.
    package var claimed: Int

    /// Describes a page.
    package init(handoffs: [Handoff], next: String? = nil, waiting: Int, claimed: Int) {
        self.handoffs = handoffs
        self.next = next
        self.waiting = waiting
        self.claimed = claimed
    }

    /// Reads a page; a console of before pages says neither where it goes on nor how many there
    /// are.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        handoffs = try box.decode([Handoff].self, forKey: .handoffs)
        next = try box.decodeIfPresent(String.self, forKey: .next)
        waiting =
            try box.decodeIfPresent(Int.self, forKey: .waiting)
            ?? handoffs.count { $0.status == .queued }
        claimed =
            try box.decodeIfPresent(Int.self, forKey: .claimed) ?? handoffs.count - waiting
    }
}

/// A position in the list of handoffs: the last one of a page.
///
/// It names no number of rows, so that what comes or goes meanwhile moves nothing.
package struct HandoffCursor: Hashable, Sendable, Comparable {
    /// The business: lists of all go tenant by tenant.
    package let tenant: TenantID
    /// 0 for what the asking agent has, else 1.
    let rank: Int
    /// Since when it waits.
    let since: Timestamp
    /// The conversation.
    let conversation: ConversationID

    /// The position of a handoff in the list that an agent asks for.
    init(_ handoff: Handoff, for agent: AgentID?) {
        tenant = handoff.tenant
        rank = agent != nil && handoff.holder?.id == agent ? 0 : 1
        since = handoff.waitingSince
        conversation = handoff.conversation
    }

    /// Reads a cursor that a page gave; `nil` for anything else.
    package init?(_ text: String) {
        let parts = text.split(
            separator: "~", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let rank = Int(parts[1]), (0...1).contains(rank),
            let since = Int64(parts[2])
        else { return nil }
        tenant = TenantID(String(parts[0]))
        self.rank = rank
        self.since = Timestamp(milliseconds: since)
        conversation = ConversationID(String(parts[3]))
    }

    /// The cursor as a client gives it back.
    package var text: String {
        "\(tenant)~\(rank)~\(since.milliseconds)~\(conversation)"
    }

    /// Orders by tenant, then by who has it, then by the time of waiting.
    package static func < (left: Self, right: Self) -> Bool {
        (left.tenant, left.rank, left.since, left.conversation)
            < (right.tenant, right.rank, right.since, right.conversation)
    }
}

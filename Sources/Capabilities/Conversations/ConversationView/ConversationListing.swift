package import Conversation
package import Endpoints
package import SQLite
import Views

/// A conversation as it is listed; in JSON as it stands.
package struct ConversationListing: Hashable, Sendable, Codable {
    /// Who answers.
    package enum Status: String, Hashable, Sendable, Codable {
        /// The bot.
        case bot
        /// Nobody yet: it waits for an agent.
        case queued
        /// An agent.
        case claimed
    }

    /// The conversation.
    package var conversation: ConversationID
    /// The business.
    package var tenant: TenantID
    /// The business number, if the customer's messages are still known.
    package var number: BusinessNumberID?
    /// The customer.
    package var customer: Contact
    /// Who answers.
    package var status: Status
    /// The agent who has it.
    package var holder: Handoff.Holder?
    /// Whether a person ever had to do with it.
    package var wasHandedOff: Bool
    /// When something was last said or decided in it.
    package var lastAt: Timestamp
    /// Since when the customer wants no messages that they did not ask for.
    package var optedOutAt: Timestamp?
    /// What was said last, in lists.
    package var last: LastWords?
    /// What came of its last handoff, where whoever ended it said so.
    package var outcome: HandoffOutcome?
    /// The labels that it bears, in lists.
    package var labels: [RecordID]?
}

/// Which conversations are asked for; what is `nil` does not matter.
package struct ConversationFilter: Hashable, Sendable {
    /// Whether a person has to do with it now.
    package var isOpen: Bool?
    /// Who has it.
    package var holder: AgentID?
    /// Whether a person ever had to do with it.
    package var wasHandedOff: Bool?

    /// Asks for all, or for what is named.
    package init(isOpen: Bool? = nil, holder: AgentID? = nil, wasHandedOff: Bool? = nil) {
        self.isOpen = isOpen
        self.holder = holder
        self.wasHandedOff = wasHandedOff
    }

    /// The condition in SQL, with its values but for the tenant, which is the first.
    fileprivate var condition: (sql: String, values: [Value]) {
        var parts = [
            "tenant = ?",
            """
            NOT EXISTS (SELECT 1 FROM moves WHERE moves.tenant = conversations.tenant
                AND moves.conversation = conversations.conversation AND target IS NOT NULL)
            """,
        ]
        var values: [Value] = []
        if let isOpen { parts.append(isOpen ? "status <> 'bot'" : "status = 'bot'") }
        if let holder {
            parts.append("status <> 'bot' AND holder = ?")
            values.append(.text(holder.rawValue))
        }
        if let wasHandedOff { parts.append("was_handed_off = \(wasHandedOff ? 1 : 0)") }
        return (parts.joined(separator: " AND "), values)
    }

    /// What tells a cursor of these from others.
    fileprivate var text: String {
        "\(String(describing: isOpen)) \(String(describing: wasHandedOff)) "
            + (holder?.rawValue ?? "")
    }
}

/// Where a page of a list begins.
package enum PageStart<Cursor: Sendable>: Sendable {
    /// At the list's newest end.
    case newest
    /// After what the page before gave as its end.
    case after(Cursor)
    /// Before what the page after gave as its beginning.
    case before(Cursor)
}

/// A page of conversations, those where something was said last first.
package struct ConversationPage: Hashable, Sendable {
    /// The conversations.
    package var conversations: [ConversationListing]
    /// The position before the first: what was written in meanwhile is there.
    package var previous: String?
    /// The position after the last, where there are more.
    package var next: String?
}

/// A position in one tenant's list of conversations under one filter.
package struct ConversationCursor: Hashable, Sendable {
    private let mark: String
    private let lastAt: Int64
    private let conversation: String

    fileprivate init(_ listing: ConversationListing, _ mark: String) {
        self.mark = mark
        lastAt = listing.lastAt.milliseconds
        conversation = listing.conversation.rawValue
    }

    /// Reads a cursor that a page of the same list gave; `nil` for anything else.
    package init?(_ text: String, of filter: ConversationFilter, in scope: TenantScope) {
        let parts = text.split(
            separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        mark = ListMark.text(filter.text, in: scope.tenant)
        guard parts.count == 3, parts[0] == mark, let at = Int64(parts[1]) else { return nil }
        lastAt = at
        conversation = String(parts[2])
    }

    /// The cursor as a client gives it back.
    package var text: String { "\(mark).\(lastAt).\(conversation)" }

    fileprivate var values: [Value] { [.integer(lastAt), .text(conversation)] }
}

extension ConversationRows {
    /// A page of the conversations, the newest first.
    package func list(
        _ filter: ConversationFilter, from start: PageStart<ConversationCursor> = .newest,
        atMost limit: Int
    ) throws(SQLiteError) -> ConversationPage {
        var (condition, values) = try condition(of: filter)
        var isBackwards = false
        var given: ConversationCursor?
        switch start {
        case .newest: break
        case .after(let cursor):
            condition += " AND (last_at, conversation) < (?, ?)"
            given = cursor
        case .before(let cursor):
            condition += " AND (last_at, conversation) > (?, ?)"
            given = cursor
            isBackwards = true
        }
        values += given?.values ?? []
        let direction = isBackwards ? "ASC" : "DESC"
        let found = try listings(
            "\(condition) ORDER BY last_at \(direction), conversation \(direction) "
                + "LIMIT \(limit + 1)", values)
        var page = found.prefix(ofJSONBytes: FrameLimits.page, atMost: limit)
        let hasMore = page.count < found.count
        if isBackwards { page.reverse() }
        for index in page.indices {
            page[index].last = try lastSaid(in: page[index].conversation).last
            page[index].labels = try labels(of: page[index].conversation)
        }
        let mark = ListMark.text(filter.text, in: tenant)
        // A page that is empty ends where it began.
        let first = page.first.map { ConversationCursor($0, mark) } ?? given
        let last = page.last.map { ConversationCursor($0, mark) } ?? given
        return ConversationPage(
            conversations: page, previous: first?.text,
            next: isBackwards || hasMore ? last?.text : nil)
    }

    /// The condition of what a filter asks for, as far as whoever looks may see it, and its values.
    func condition(
        of filter: ConversationFilter = ConversationFilter()
    ) throws(SQLiteError) -> (sql: String, values: [Value]) {
        let (wanted, visible) = (filter.condition, try visible())
        return (
            "\(wanted.sql) AND \(visible.sql)",
            [.text(tenant.rawValue)] + wanted.values + visible.values
        )
    }

    /// A conversation.
    package func listing(
        of conversation: ConversationID
    ) throws(SQLiteError) -> ConversationListing? {
        let standing = try standing(of: conversation)
        guard try shows(standing) else { return nil }
        return try row(of: standing)
    }

    /// A conversation as it is by itself, wherever it goes on.
    func row(of conversation: ConversationID) throws(SQLiteError) -> ConversationListing? {
        try listings(
            "tenant = ? AND conversation = ?",
            [.text(tenant.rawValue), .text(conversation.rawValue)]
        ).first
    }

    func listings(
        _ rest: String, _ values: [Value]
    ) throws(SQLiteError) -> [ConversationListing] {
        let tenant = tenant
        return try rows.all(
            """
            SELECT conversation, number, user_id, parent_user_id, phone, name, username, status,
                was_handed_off, last_at, handoff,
                CASE WHEN stopped_at >= coalesce(resumed_at, 0) THEN stopped_at
                    WHEN held_at >= max(coalesce(freed_at, 0), coalesce(resumed_at, 0))
                        THEN held_at END, outcome
            FROM conversations LEFT JOIN wishes USING (tenant, conversation) WHERE \(rest)
            """, with: values
        ) { row in
            func text(_ column: Int32) -> String? {
                row.isNull(column) ? nil : row.text(column)
            }
            let handoff = StoredJSON.value(Handoff.self, row, 10)
            let status = ConversationListing.Status(rawValue: row.text(7)) ?? .bot
            let customer = Contact(
                userID: text(2), parentUserID: text(3), phone: text(4), name: text(5),
                username: text(6))
            return ConversationListing(
                conversation: ConversationID(row.text(0)), tenant: tenant,
                number: text(1).map { BusinessNumberID($0) },
                customer: text(1) == nil ? handoff?.customer ?? customer : customer,
                status: status, holder: status == .claimed ? handoff?.holder : nil,
                wasHandedOff: row.int64(8) == 1, lastAt: Timestamp(milliseconds: row.int64(9)),
                optedOutAt: row.isNull(11) ? nil : Timestamp(milliseconds: row.int64(11)),
                outcome: StoredJSON.value(HandoffOutcome.self, row, 12))
        }
    }
}

package import Conversation
package import Endpoints
package import SQLite
package import Views

/// One tenant's conversations, as the view has them.
package struct ConversationRows {
    /// Handoffs or lines that are read for one page: more fit into no frame.
    static let mostOfFrame = 400
    /// Handoffs of one page of a list.
    static let mostOfList = 100

    let rows: Rows
    let tenant: TenantID
    /// Who looks, and so what there is; `nil` sees all.
    let viewer: Viewer?

    /// Looks at the conversations of the tenant whose record the view follows.
    init(_ rows: Rows, of tenant: TenantID) {
        self.rows = rows
        self.tenant = tenant
        viewer = nil
    }

    /// Looks at the conversations of a tenant, as far as whoever looks may see them: to them, all
    /// others are none.
    package init(_ rows: Rows, of scope: TenantScope) {
        self.rows = rows
        tenant = scope.tenant
        viewer = scope.viewer
    }

    /// How many conversations wait for an agent and how many have one.
    package func counts() throws(SQLiteError) -> (queued: Int, claimed: Int) {
        let visible = try visible()
        let counts = try rows.all(
            """
            SELECT status, count(*) FROM conversations
            WHERE tenant = ? AND status <> 'bot' AND \(visible.sql) GROUP BY status
            """, with: [.text(tenant.rawValue)] + visible.values
        ) { ($0.text(0), Int($0.int64(1))) }
        func count(_ status: Handoff.Status) -> Int {
            counts.first { $0.0 == status.rawValue }?.1 ?? 0
        }
        return (count(.queued), count(.claimed))
    }

    /// The conversations that an agent has claimed.
    package func claims(of agent: AgentID) throws(SQLiteError) -> [ConversationID] {
        let visible = try visible()
        return try rows.all(
            """
            SELECT conversation FROM conversations
            WHERE tenant = ? AND status <> 'bot' AND holder = ? AND \(visible.sql)
            ORDER BY conversation
            """, with: [.text(tenant.rawValue), .text(agent.rawValue)] + visible.values
        ) { ConversationID($0.text(0)) }
    }

    /// An open handoff.
    package func handoff(of conversation: ConversationID) throws(SQLiteError) -> Handoff? {
        guard try shows(conversation) else { return nil }
        return try open(conversation)?.handoff
    }

    /// The newest lines of an open handoff that fit into a frame, or those before a line.
    ///
    /// A line that is still to be announced is not in it, so that agents see each once.
    package func handoffPage(
        of conversation: ConversationID, before line: RecordID? = nil
    ) throws(SQLiteError) -> HandoffTranscript? {
        guard try shows(conversation), let open = try open(conversation) else { return nil }
        var range = LineRange(order: .newestFirst)
        range.upTo = try newestAnnounced(conversation)
        if let line { range.before = try position(of: line, in: conversation) }
        let found = try lines(of: conversation, range, atMost: Self.mostOfFrame)
        let page = found.lazy.map(\.line).prefix(ofJSONBytes: FrameLimits.lines)
        return HandoffTranscript(
            handoff: try withLastSaid(open.handoff), lines: page.reversed(),
            suggestion: line == nil ? open.suggestion : nil,
            next: page.count < found.count ? page.last?.id : nil)
    }

    /// The same content with WhatsApp's names of the messages that it quotes or reacts to, where it
    /// has those of lines; any other name is left as it is.
    package func named(
        _ content: OutboundContent, in conversation: ConversationID
    ) throws(SQLiteError) -> OutboundContent {
        var content = content
        if let line = content.quotes {
            content.quotes = try wamid(ofLine: line.rawValue, in: conversation) ?? line
        }
        if case .reaction(let line, let emoji) = content.body {
            let wamid = try wamid(ofLine: line.rawValue, in: conversation) ?? line
            content.body = .reaction(to: wamid, emoji: emoji)
        }
        return content
    }

    private func wamid(
        ofLine line: String, in conversation: ConversationID
    ) throws(SQLiteError) -> WhatsAppMessageID? {
        try rows.first(
            """
            SELECT coalesce(lines.wamid, deliveries.wamid)
            FROM lines LEFT JOIN deliveries ON deliveries.tenant = lines.tenant
                AND deliveries.conversation = lines.conversation
                AND deliveries.message = lines.id
            WHERE lines.tenant = ? AND lines.conversation = ? AND lines.id = ?
            """, .text(tenant.rawValue), .text(conversation.rawValue), .text(line)
        ) { $0.isNull(0) ? nil : WhatsAppMessageID($0.text(0)) } ?? nil
    }

    private func open(
        _ conversation: ConversationID
    ) throws(SQLiteError) -> (handoff: Handoff, suggestion: Handoff.Suggestion?)? {
        try rows.first(
            """
            SELECT handoff, suggestion FROM conversations
            WHERE tenant = ? AND conversation = ? AND status <> 'bot'
            """, .text(tenant.rawValue), .text(conversation.rawValue)
        ) { row in
            StoredJSON.value(Handoff.self, row, 0).map {
                ($0, StoredJSON.value(Handoff.Suggestion.self, row, 1))
            }
        } ?? nil
    }

    private func newestAnnounced(_ conversation: ConversationID) throws(SQLiteError)
        -> LinePosition?
    {
        try rows.first(
            """
            SELECT time, source, offset, part FROM lines
            WHERE tenant = ? AND conversation = ? AND is_announced = 1
            ORDER BY time DESC, source DESC, offset DESC, part DESC LIMIT 1
            """, .text(tenant.rawValue), .text(conversation.rawValue)
        ) { LinePosition($0) }
    }

    func position(
        of line: RecordID, in conversation: ConversationID
    ) throws(SQLiteError) -> LinePosition? {
        try rows.first(
            """
            SELECT time, source, offset, part FROM lines
            WHERE tenant = ? AND conversation = ? AND id = ?
            """, .text(tenant.rawValue), .text(conversation.rawValue), .text(line.rawValue)
        ) { LinePosition($0) }
    }
}

// MARK: - Lists of handoffs

extension HandoffList {
    /// A page of the open handoffs of some tenants, after a position; `agent` is who asks.
    package static func page(
        _ rows: Rows, of scopes: [TenantScope], for agent: AgentID? = nil,
        after cursor: HandoffCursor? = nil, atMost limit: Int = .max
    ) throws(SQLiteError) -> HandoffList {
        let wanted = min(limit, ConversationRows.mostOfList) + 1
        var found: [Handoff] = []
        var waiting = 0
        var claimed = 0
        for scope in scopes.sorted(by: { $0.tenant < $1.tenant }) {
            let tenant = ConversationRows(rows, of: scope)
            let counts = try tenant.counts()
            waiting += counts.queued
            claimed += counts.claimed
            // One's own first; who asks as nobody has none.
            for rank in agent == nil ? [1] : [0, 1] where found.count < wanted {
                found += try tenant.handoffs(
                    rank, for: agent, after: cursor, atMost: wanted - found.count)
            }
        }
        let page = found.prefix(
            ofJSONBytes: FrameLimits.page, atMost: min(limit, ConversationRows.mostOfList))
        let hasMore = page.count < found.count
        return HandoffList(
            handoffs: page,
            next: hasMore ? page.last.map { HandoffCursor($0, for: agent).text } : nil,
            waiting: waiting, claimed: claimed)
    }
}

extension ConversationRows {
    /// Open handoffs of one rank in the order of waiting, after a position in the list of all.
    fileprivate func handoffs(
        _ rank: Int, for agent: AgentID?, after cursor: HandoffCursor?, atMost limit: Int
    ) throws(SQLiteError) -> [Handoff] {
        let visible = try visible()
        var condition = "tenant = ? AND status <> 'bot' AND \(visible.sql)"
        var values: [Value] = [.text(tenant.rawValue)] + visible.values
        if let agent {
            condition += rank == 0 ? " AND holder IS ?" : " AND holder IS NOT ?"
            values.append(.text(agent.rawValue))
        }
        if let cursor {
            guard (cursor.tenant, cursor.rank) <= (tenant, rank) else { return [] }
            if (cursor.tenant, cursor.rank) == (tenant, rank) {
                condition += " AND (waiting_since, conversation) > (?, ?)"
                values.append(.integer(cursor.since.milliseconds))
                values.append(.text(cursor.conversation.rawValue))
            }
        }
        let found = try rows.all(
            """
            SELECT handoff FROM conversations WHERE \(condition)
            ORDER BY waiting_since, conversation LIMIT \(limit)
            """, with: values
        ) { StoredJSON.value(Handoff.self, $0, 0) }
        var handoffs: [Handoff] = []
        for case let handoff? in found { handoffs.append(try withLastSaid(handoff)) }
        return handoffs
    }
}

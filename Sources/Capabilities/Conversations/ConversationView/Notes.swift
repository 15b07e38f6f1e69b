package import Conversation
import Records
package import SQLite
import Views

/// What agents write down for each other.
extension ConversationView {
    /// Adds a note where it was written; it stays whoever has the conversation.
    static func add(
        _ note: AgentNote, _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        if let answered = CommandAnswered(note) {
            try keep(answered, at: note.at, source: 1, rows)
            rows.announce(answered)
        }
        try touch(note.conversation, of: note.tenant, at: note.at, rows)
        let line = Handoff.Line(note, id: record.headers.id)
        let isKnown = try rows.first(
            "SELECT 1 FROM lines WHERE tenant = ? AND conversation = ? AND id = ?",
            .text(note.tenant.rawValue), .text(note.conversation.rawValue), .text(line.id.rawValue)
        ) { _ in true }
        guard isKnown != true else { return }
        try insert(
            line, LinePosition(note.at, .note, record), nil, nil, nil, to: note.conversation,
            of: note.tenant, isAnnounced: true, orElse: "NOTHING", rows)
        try announce(.line(note.conversation, line), of: note.conversation, in: note.tenant, rows)
    }
}

extension Handoff.Line {
    /// A line that customers never see.
    init(_ note: AgentNote, id: RecordID) {
        self.id = id
        speaker = .note
        name = note.agentName.cut(toJSONBytes: FrameLimits.name)
        text = note.text.cut(toJSONBytes: FrameLimits.text)
        at = note.at
    }
}

extension Handoff {
    /// The agent to whom it was given, and who has not shown themselves yet.
    package var awaited: AgentID? { takeUpBy == nil ? nil : holder?.id }
}

extension ConversationRows {
    /// Lines that may stand for one where nobody keeps it.
    private static let standIns = 12

    /// A line, and those before it, the newest first: what somebody who has seen it has seen.
    package func lines(
        upTo line: RecordID, in conversation: ConversationID
    ) throws(SQLiteError) -> [RecordID] {
        guard let position = try position(of: line, in: conversation) else { return [line] }
        var range = LineRange(order: .newestFirst)
        range.upTo = position
        let found = try lines(of: conversation, range, atMost: Self.standIns).map(\.line.id)
        return [line] + found.filter { $0 != line }
    }

    /// Whether the tenant has a conversation of this id, whoever answers it.
    package func has(_ conversation: ConversationID) throws(SQLiteError) -> Bool {
        let found = try rows.first(
            "SELECT 1 FROM conversations WHERE tenant = ? AND conversation = ?",
            .text(tenant.rawValue), .text(conversation.rawValue)
        ) { _ in true }
        guard found == true else { return false }
        return try shows(conversation)
    }

    /// Those of several conversations that there are.
    package func known(
        among conversations: [ConversationID]
    ) throws(SQLiteError) -> Set<ConversationID> {
        var known: Set<ConversationID> = []
        for conversation in conversations where try has(conversation) {
            known.insert(conversation)
        }
        return known
    }

    /// The conversations that were given to an agent who has not shown themselves yet.
    package func given(to agent: AgentID) throws(SQLiteError) -> [ConversationID] {
        let visible = try visible()
        return try rows.all(
            """
            SELECT handoff FROM conversations
            WHERE tenant = ? AND status <> 'bot' AND holder = ? AND \(visible.sql)
            ORDER BY conversation
            """, with: [.text(tenant.rawValue), .text(agent.rawValue)] + visible.values
        ) { StoredJSON.value(Handoff.self, $0, 0) }
        .compactMap { $0?.awaited == nil ? nil : $0?.conversation }
    }
}

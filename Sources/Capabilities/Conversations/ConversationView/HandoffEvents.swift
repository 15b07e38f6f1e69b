import Conversation
import Endpoints
import Records
import SQLite
import Views

extension ConversationView {
    /// Follows a conversation from the bot to the queue, to agents and back.
    static func follow(
        _ event: HandoffEvent, _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        defer { if let answer = CommandAnswered(event) { rows.announce(answer) } }
        try note(answerIn: event, rows)
        switch event.change {
        case .refused, .overtaken: return
        // Who has the conversation is told by itself, before or after.
        case .suggestionEnded(let end): return try note(end, event, rows)
        default: break
        }
        let known = try openHandoff(event.conversation, of: event.tenant, rows)
        try touch(event.conversation, of: event.tenant, at: event.at, rows)
        if let number = event.routing?.number {
            try rows.change(
                "UPDATE conversations SET wrote_to = ? WHERE tenant = ? AND conversation = ?",
                .text(number.rawValue), .text(event.tenant.rawValue),
                .text(event.conversation.rawValue))
        }
        try note(missedIn: event, rows)
        if case .bot = event.mode {
            try end(event, known, rows)
            _ = try addLines(of: event, record, rows)
            return
        }
        var handoff = known ?? Handoff(event)
        handoff.apply(event)
        let isChanged = handoff != known
        if isChanged {
            handoff.updatedAt = event.at
            // A conversation's events stand in one partition.
            handoff.version = record.position.offset + 1
            try store(handoff, rows)
        }
        let isNew = try addLines(of: event, record, rows)
        if isChanged {
            let told = try ConversationRows(rows, of: event.tenant).withLastSaid(handoff)
            try announce(.updated(told), event, rows)
        }
        try tell(event, record, isNewLine: isNew, rows)
    }

    /// The open handoff of a conversation.
    static func openHandoff(
        _ conversation: ConversationID, of tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) -> Handoff? {
        try rows.first(
            """
            SELECT handoff FROM conversations
            WHERE tenant = ? AND conversation = ? AND status <> 'bot'
            """, .text(tenant.rawValue), .text(conversation.rawValue)
        ) { StoredJSON.value(Handoff.self, $0, 0) } ?? nil
    }

    private static func store(_ handoff: Handoff, _ rows: Rows) throws(SQLiteError) {
        try rows.change(
            """
            UPDATE conversations SET was_handed_off = 1, status = ?, waiting_since = ?,
                holder = ?, handoff = ?
            WHERE tenant = ? AND conversation = ?
            """, .text(handoff.status.rawValue), .integer(handoff.waitingSince.milliseconds),
            .text(orNull: handoff.holder?.id.rawValue), .text(orNull: StoredJSON.text(handoff)),
            .text(handoff.tenant.rawValue), .text(handoff.conversation.rawValue))
    }

    private static func end(
        _ event: HandoffEvent, _ known: Handoff?, _ rows: Rows
    ) throws(SQLiteError) {
        var ender: AgentID?
        var outcome: HandoffOutcome?
        switch event.change {
        case .closed(let agent): ender = agent
        case .concluded(let agent, let what):
            ender = agent
            outcome = HandoffOutcome(
                what.word.cut(toJSONBytes: FrameLimits.name),
                note: what.note?.cut(toJSONBytes: FrameLimits.sentence))
        default: break
        }
        // What came of the handoff before is not what came of this one.
        let isEnd = ender != nil ? 1 : 0
        try rows.change(
            """
            UPDATE conversations SET was_handed_off = 1, status = 'bot', waiting_since = NULL,
                holder = NULL, suggestion = NULL, outcome = CASE WHEN ?3 THEN ?4 ELSE outcome END
            WHERE tenant = ?1 AND conversation = ?2
            """, .text(event.tenant.rawValue), .text(event.conversation.rawValue),
            .integer(Int64(isEnd)), .text(orNull: StoredJSON.text(outcome)))
        guard known != nil else { return }
        // Whoever saw it hears that it ended: it has no holder any more.
        rows.announce(
            HandoffChanged(
                tenant: event.tenant, change: .ended(event.conversation, by: ender),
                audience: try audience(of: known, rows)))
    }

    /// Adds the lines that an event tells of; says whether what it says was said is new.
    private static func addLines(
        of event: HandoffEvent, _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) -> Bool {
        let entries: [TranscriptEntry]
        switch event.change {
        case .queued(_, _, let transcript): entries = transcript
        case .said(let entry): entries = [entry]
        default: return false
        }
        var isNew = false
        for (part, entry) in entries.enumerated() {
            isNew = try add(
                entry, announcedAt: LinePosition(entry.at, .event, record, part: part),
                in: event.conversation, of: event.tenant, rows)
        }
        return isNew
    }

    /// Keeps and tells what agents hear of besides the handoff itself.
    private static func tell(
        _ event: HandoffEvent, _ record: DecodedRecord, isNewLine: Bool, _ rows: Rows
    ) throws(SQLiteError) {
        let conversation = event.conversation
        switch event.change {
        case .said(let entry):
            if entry.isOfPerson { try keep(nil, event, rows) }
            if isNewLine {
                let all = ConversationRows(rows, of: event.tenant)
                let line = try all.namingLines(
                    Handoff.Line(entry), of: try all.joined(to: conversation))
                try announce(.line(conversation, line), event, rows)
            }
        case .suggested(let text, let citations):
            let suggestion = Handoff.Suggestion(
                id: record.headers.id, text: text, citations: citations)
            try keep(suggestion, event, rows)
            try add(suggestion: record.headers.id, text, citations, event, rows)
            try announce(.suggestion(conversation, suggestion), event, rows)
        case .delivery(let message, let outcome):
            try note(
                outcome, of: message, in: conversation, of: event.tenant, at: event.at, rows)
            try announce(
                .delivery(conversation, Handoff.DeliveryReport(of: message, outcome)), event,
                rows)
        case .queued, .claimed, .refused, .released, .closed, .moved, .overdue, .overtaken,
            .relieved, .transferred, .concluded, .ran, .parked, .resumed, .suggestionEnded:
            break
        }
    }

    static func keep(
        _ suggestion: Handoff.Suggestion?, _ event: HandoffEvent, _ rows: Rows
    ) throws(SQLiteError) {
        try rows.change(
            "UPDATE conversations SET suggestion = ? WHERE tenant = ? AND conversation = ?",
            .text(orNull: StoredJSON.text(suggestion)), .text(event.tenant.rawValue),
            .text(event.conversation.rawValue))
    }

    static func announce(
        _ change: HandoffChange, _ event: HandoffEvent, _ rows: Rows
    ) throws(SQLiteError) {
        try announce(change, of: event.conversation, in: event.tenant, rows)
    }

    /// Tells those who may see a conversation what changed in it.
    static func announce(
        _ change: HandoffChange, of conversation: ConversationID, in tenant: TenantID,
        _ rows: Rows
    ) throws(SQLiteError) {
        let circle = try ConversationRows(rows, of: tenant).circle(of: conversation)
        rows.announce(
            HandoffChanged(
                tenant: tenant, change: change,
                audience: circle.isEverybody ? nil : .these(circle)))
    }

    private static func audience(
        of known: Handoff?, _ rows: Rows
    ) throws(SQLiteError) -> Audience? {
        guard let known else { return nil }
        let all = ConversationRows(rows, of: known.tenant)
        var circle = try all.circle(of: known.conversation)
        if let holder = known.holder { circle.members?.insert(holder.id) }
        return circle.isEverybody ? nil : .these(circle)
    }
}

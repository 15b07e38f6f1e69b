import Conversation
import Records
import SQLite
import Views

/// Where a line stands among those of its conversation.
struct LinePosition: Hashable, Sendable, Comparable {
    /// Which topic a line is from: at the same moment, the question comes before its answer.
    enum Source: Int64 {
        /// An event of a handoff tells of it; the message itself is not known here.
        case event = 0
        case inbound = 1
        case outbound = 2
        /// The business's phone.
        case phone = 3
        /// What was said before the number was connected here.
        case past = 4
        /// What an agent wrote down for colleagues.
        case note = 5
    }

    /// When Parley had it, in milliseconds.
    var time: Int64
    var source: Int64
    /// The offset of its record.
    var offset: Int64
    /// Which of its record's lines it is.
    var part: Int64

    init(_ moment: Timestamp, _ source: Source, _ record: DecodedRecord, part: Int = 0) {
        time = moment.milliseconds
        self.source = source.rawValue
        offset = record.position.offset
        self.part = Int64(part)
    }

    /// Reads the numbers of a row from a column on.
    init(_ row: Statement, from column: Int32 = 0) {
        time = row.int64(column)
        source = row.int64(column + 1)
        offset = row.int64(column + 2)
        part = row.int64(column + 3)
    }

    /// Reads what ``text`` gave.
    init?(_ parts: some Collection<Substring>) {
        let numbers = parts.compactMap { Int64($0) }
        guard numbers.count == 4, parts.count == 4 else { return nil }
        time = numbers[0]
        source = numbers[1]
        offset = numbers[2]
        part = numbers[3]
    }

    var text: String { "\(time).\(source).\(offset).\(part)" }

    var values: [Value] { [.integer(time), .integer(source), .integer(offset), .integer(part)] }

    static func < (left: Self, right: Self) -> Bool {
        (left.time, left.source, left.offset, left.part)
            < (right.time, right.source, right.offset, right.part)
    }
}

extension ConversationView {
    /// Adds what a customer wrote.
    static func add(
        _ message: InboundMessage, _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        let contact = message.contact.bounded
        let people = CustomerGroups(rows, of: message.tenant)
        let known = try people.known(message.conversation)
        try rows.change(
            """
            INSERT INTO conversations
                (tenant, conversation, first_at, last_at, number, user_id, parent_user_id, phone,
                name, username)
            VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT DO UPDATE SET last_at = max(last_at, ?3), number = ?4,
                user_id = coalesce(?5, user_id),
                parent_user_id = coalesce(?6, parent_user_id), phone = coalesce(?7, phone),
                name = coalesce(?8, name), username = coalesce(?9, username)
            """, .text(message.tenant.rawValue), .text(message.conversation.rawValue),
            .integer(message.receivedAt.milliseconds), .text(message.number.rawValue),
            .text(orNull: contact.userID), .text(orNull: contact.parentUserID),
            .text(orNull: contact.phone), .text(orNull: contact.name),
            .text(orNull: contact.username))
        let entry = TranscriptEntry(
            id: record.headers.id, speaker: .customer, text: message.transcriptText,
            at: message.sentAt, content: message.transcript)
        // Who writes in a group is not the group.
        if message.group == nil {
            try people.follow(contact, in: message.conversation, before: known)
        }
        try note(changeBy: message, rows)
        try note(wishOf: message, rows)
        // Its line is in the conversation in which it came first.
        guard message.cameFrom == nil else { return }
        try add(
            Handoff.Line(entry), LinePosition(message.receivedAt, .inbound, record),
            message.graphID, to: message.conversation, of: message.tenant, rows)
    }

    /// Notes what a message changes or takes back: the newest change counts, and what was taken
    /// back stays so.
    static func note(
        changeBy message: InboundMessage, _ rows: Rows
    ) throws(SQLiteError) {
        let (target, text): (MessageID, String?)
        switch message.content {
        case .revoke(let revoked): (target, text) = (revoked, nil)
        case .edit(let edited, let words?, _) where !VisibleText.isBlank(words):
            (target, text) = (edited, words.cut(toJSONBytes: FrameLimits.text))
        default: return
        }
        try rows.change(
            """
            INSERT INTO changes VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET at = ?4, text = ?5
            WHERE text IS NOT NULL AND (?5 IS NULL OR at <= ?4)
            """, .text(message.tenant.rawValue), .text(message.conversation.rawValue),
            .text(target.rawValue), .integer(message.sentAt.milliseconds), .text(orNull: text))
    }

    /// Adds what was sent to a customer; that it was read or that somebody types is no line.
    static func add(
        _ message: OutboundMessage, _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        guard let content = message.content.message else { return }
        try touch(message.conversation, of: message.tenant, at: message.at, rows)
        let speaker: TranscriptEntry.Speaker =
            switch message.author {
            case .bot: .bot
            case .agent(let agent, let name): .agent(agent, name: name)
            case .system: .system
            }
        let entry = TranscriptEntry(
            id: record.headers.id, speaker: speaker, text: content.transcriptText, at: message.at,
            content: content.transcript)
        let line = Handoff.Line(entry)
        let isWhole = content.plainText == line.text
        try add(
            line, LinePosition(message.at, .outbound, record), nil,
            sent: isWhole ? nil : content, repeats: message.repeats,
            to: message.conversation, of: message.tenant, rows)
        try note(citedIn: message, rows)
        try note(unsureIn: message, rows)
        guard let lost = message.repeats else { return }
        try note(
            lost, isSentAgainBy: record.headers.id, in: message.conversation, of: message.tenant,
            rows)
    }

    /// Notes that something was said in a conversation.
    static func touch(
        _ conversation: ConversationID, of tenant: TenantID, at moment: Timestamp, _ rows: Rows
    ) throws(SQLiteError) {
        try rows.change(
            """
            INSERT INTO conversations (tenant, conversation, first_at, last_at)
            VALUES (?1, ?2, ?3, ?3)
            ON CONFLICT DO UPDATE SET last_at = ?3 WHERE last_at < ?3
            """, .text(tenant.rawValue), .text(conversation.rawValue),
            .integer(moment.milliseconds))
    }

    /// Adds a message's line; it replaces what events say of it, or a phone's chats.
    ///
    /// A message that comes again changes nothing.
    static func add(
        _ line: Handoff.Line, _ position: LinePosition, _ wamid: WhatsAppMessageID?,
        sent: OutboundContent? = nil, repeats: RecordID? = nil,
        to conversation: ConversationID, of tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) {
        try insert(
            line, position, wamid, sent, repeats, to: conversation, of: tenant, isAnnounced: false,
            orElse: """
                UPDATE SET time = excluded.time, source = excluded.source, offset = excluded.offset,
                    part = excluded.part, at = excluded.at, speaker = excluded.speaker,
                    name = excluded.name, text = excluded.text, content = excluded.content,
                    wamid = excluded.wamid, sent = excluded.sent, repeats = excluded.repeats
                WHERE source IN (0, 4)
                """, rows)
    }

    /// Adds a line that an event tells of, unless it is there; says whether no event told of it
    /// before.
    static func add(
        _ entry: TranscriptEntry, announcedAt position: LinePosition,
        in conversation: ConversationID,
        of tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) -> Bool {
        let isAnnounced = try rows.first(
            "SELECT is_announced FROM lines WHERE tenant = ? AND conversation = ? AND id = ?",
            .text(tenant.rawValue), .text(conversation.rawValue), .text(entry.id.rawValue)
        ) { $0.int64(0) == 1 }
        guard isAnnounced != true else { return false }
        try insert(
            Handoff.Line(entry), position, nil, nil, nil, to: conversation, of: tenant,
            isAnnounced: true,
            orElse: "UPDATE SET is_announced = 1", rows)
        return true
    }

    static func insert(
        _ line: Handoff.Line, _ position: LinePosition, _ wamid: WhatsAppMessageID?,
        _ sent: OutboundContent?, _ repeats: RecordID?,
        to conversation: ConversationID, of tenant: TenantID, isAnnounced: Bool,
        orElse conflict: String, _ rows: Rows
    ) throws(SQLiteError) {
        try rows.change(
            """
            INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO \(conflict)
            """, .text(tenant.rawValue), .text(conversation.rawValue), .text(line.id.rawValue),
            .integer(position.time), .integer(position.source), .integer(position.offset),
            .integer(position.part), .integer(line.at.milliseconds), .text(line.speaker.rawValue),
            .text(orNull: line.name), .text(line.text),
            .text(orNull: StoredJSON.text(line.content)),
            .integer(isAnnounced ? 1 : 0), .text(orNull: wamid?.rawValue),
            .text(orNull: StoredJSON.text(sent)), .text(orNull: repeats?.rawValue))
        try rows.change(
            """
            UPDATE conversations SET first_at = ?3
            WHERE tenant = ?1 AND conversation = ?2 AND first_at > ?3
            """, .text(tenant.rawValue), .text(conversation.rawValue), .integer(position.time))
    }
}

extension Handoff.Line {
    /// The columns that ``init(_:from:)`` reads of ``tables``.
    static let columns = """
        id, speaker, name, CASE WHEN changes.message IS NULL THEN lines.text
            ELSE coalesce(changes.text, '\(TranscriptEntry.takenBack)') END,
        lines.at, CASE WHEN changes.message IS NULL OR changes.text IS NOT NULL THEN content END,
        state, detail, code, advice, pricing, repeats, again, reading
        """
    /// How many they are.
    static let columnCount: Int32 = 14

    /// Lines with what became of them.
    static let tables = """
        lines LEFT JOIN deliveries ON deliveries.tenant = lines.tenant
            AND deliveries.conversation = lines.conversation AND deliveries.message = lines.id
        LEFT JOIN changes ON changes.tenant = lines.tenant
            AND changes.conversation = lines.conversation
            AND changes.message = coalesce(deliveries.known_as, lines.id)
        LEFT JOIN media ON media.tenant = lines.tenant
            AND media.conversation = lines.conversation AND media.message = lines.id
        """

    /// Reads a line from a column on; `nil` for what no version has written.
    init?(_ row: Statement, from column: Int32 = 0) {
        guard let speaker = Speaker(rawValue: row.text(column + 1)) else { return nil }
        id = RecordID(row.text(column))
        self.speaker = speaker
        name = row.isNull(column + 2) ? nil : row.text(column + 2)
        text = row.text(column + 3)
        at = Timestamp(milliseconds: row.int64(column + 4))
        content = StoredJSON.value(TranscriptContent.self, row, column + 5)
        let state = row.isNull(column + 6) ? "" : row.text(column + 6)
        delivery = state.isEmpty ? nil : state
        deliveryDetail = row.isNull(column + 7) ? nil : row.text(column + 7)
        deliveryCode = row.isNull(column + 8) ? nil : Int(row.int64(column + 8))
        let advice = StoredJSON.value(DeliveryAdvice.self, row, column + 9)
        remedy = advice?.remedy
        pricing = StoredJSON.value(MessagePricing.self, row, column + 10)
        repeats = row.isNull(column + 11) ? nil : RecordID(row.text(column + 11))
        sentAgainAs = row.isNull(column + 12) ? nil : RecordID(row.text(column + 12))
        choices = sentAgainAs == nil ? advice?.choices : nil
        if let reading = StoredJSON.value(MediumReading.self, row, column + 13) {
            content?.add(reading)
        }
    }
}

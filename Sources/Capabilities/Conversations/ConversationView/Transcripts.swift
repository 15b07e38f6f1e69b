package import Conversation
package import Endpoints
package import SQLite
import Views

/// A page of what was said in a conversation, whoever answers it.
package struct ConversationTranscript: Hashable, Sendable, Codable {
    /// The conversation.
    package var conversation: ConversationListing
    /// What was said, oldest first.
    package var lines: [Handoff.Line]
    /// The position before the first line, where there are older ones.
    package var older: String?
    /// The position after the last line: what comes later is there.
    package var newer: String?

    /// Describes a page.
    package init(
        conversation: ConversationListing, lines: [Handoff.Line], older: String? = nil,
        newer: String? = nil
    ) {
        self.conversation = conversation
        self.lines = lines
        self.older = older
        self.newer = newer
    }
}

/// Which lines of a conversation are read.
struct LineRange {
    enum Order: String {
        case newestFirst = "DESC"
        case oldestFirst = "ASC"
    }

    var order: Order
    var before: LinePosition?
    var after: LinePosition?
    /// The last line that may be read.
    var upTo: LinePosition?

    init(order: Order) { self.order = order }

    fileprivate var condition: (sql: String, values: [Value]) {
        var sql = ""
        var values: [Value] = []
        for (sign, position) in [("<", before), (">", after), ("<=", upTo)] {
            guard let position else { continue }
            sql += " AND (time, source, offset, part) \(sign) (?, ?, ?, ?)"
            values += position.values
        }
        return (sql, values)
    }
}

extension ConversationRows {
    /// Lines of a conversation with their positions.
    func lines(
        of conversation: ConversationID, _ range: LineRange, atMost limit: Int
    ) throws(SQLiteError) -> [(line: Handoff.Line, position: LinePosition)] {
        let (condition, values) = range.condition
        let names = try joined(to: conversation)
        let list = names.map { _ in "?" }.joined(separator: ", ")
        let all: [Value] = names.map { .text($0.rawValue) }
        // What events of one conversation say of another's message is that message's line.
        let once =
            names.count == 1
            ? ""
            : """
             AND (source <> 0 OR NOT EXISTS (SELECT 1 FROM lines AS other
                WHERE other.tenant = lines.tenant AND other.id = lines.id
                    AND other.conversation IN (\(list))
                    AND (other.source, other.conversation) > (lines.source, lines.conversation)))
            """
        let order = range.order.rawValue
        let found = try rows.all(
            """
            SELECT \(Handoff.Line.columns), time, source, offset, part
            FROM \(Handoff.Line.tables)
            WHERE lines.tenant = ? AND lines.conversation IN (\(list))\(once)\(condition)
            ORDER BY time \(order), source \(order), offset \(order), part \(order)
            LIMIT \(limit + 1)
            """,
            with: [.text(tenant.rawValue)] + all + (names.count == 1 ? [] : all) + values
        ) { row in
            Handoff.Line(row).map { ($0, LinePosition(row, from: Handoff.Line.columnCount)) }
        }
        var named: [(line: Handoff.Line, position: LinePosition)] = []
        for case let (line, position)? in found {
            named.append((try namingLines(line, of: names), position))
        }
        return named
    }

    /// A page of what was said in a conversation: the newest lines, or those before or after a
    /// position; `nil` if there is no such conversation.
    package func transcript(
        of conversation: ConversationID, from start: PageStart<LineCursor> = .newest,
        atMost limit: Int
    ) throws(SQLiteError) -> ConversationTranscript? {
        let standing = try standing(of: conversation)
        guard let listing = try listing(of: standing) else { return nil }
        var range = LineRange(order: .newestFirst)
        var given: LineCursor?
        switch start {
        case .newest: break
        case .before(let cursor):
            range.before = cursor.position
            given = cursor
        case .after(let cursor):
            range = LineRange(order: .oldestFirst)
            range.after = cursor.position
            given = cursor
        }
        let found = try lines(of: standing, range, atMost: limit)
        let count = found.lazy.map(\.line).prefix(
            ofJSONBytes: FrameLimits.page, atMost: limit
        ).count
        var page = Array(found.prefix(count))
        let hasOlder = range.order == .oldestFirst || count < found.count
        if range.order == .newestFirst { page.reverse() }
        // By the name that was asked for, as it is asked for again.
        let mark = LineCursor.mark(of: conversation, in: tenant)
        // A page that is empty ends where it began.
        let first = page.first.map { LineCursor(mark: mark, position: $0.position) } ?? given
        let last = page.last.map { LineCursor(mark: mark, position: $0.position) } ?? given
        return ConversationTranscript(
            conversation: listing, lines: page.map(\.line), older: hasOlder ? first?.text : nil,
            newer: last?.text)
    }
}

/// A position in what was said in one conversation.
package struct LineCursor: Hashable, Sendable {
    fileprivate let mark: String
    fileprivate let position: LinePosition

    fileprivate init(mark: String, position: LinePosition) {
        self.mark = mark
        self.position = position
    }

    /// Reads a cursor that a page of the same conversation gave; `nil` for anything else.
    package init?(_ text: String, of conversation: ConversationID, in scope: TenantScope) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        mark = Self.mark(of: conversation, in: scope.tenant)
        guard let first = parts.first, first == mark, let position = LinePosition(parts.dropFirst())
        else { return nil }
        self.position = position
    }

    /// The cursor as a client gives it back.
    package var text: String { "\(mark).\(position.text)" }

    fileprivate static func mark(of conversation: ConversationID, in tenant: TenantID) -> String {
        ListMark.text("lines of \(conversation)", in: tenant)
    }
}

import AccountRecords
import AuditRecords
package import Conversation
import NumberLimits
import Records
import RoutingRecords
package import SQLite
import ServiceLevelRecords
package import Views

/// Figures of each business: how many of what in which quarter hour and on which day, and who was
/// there when.
///
/// Nothing that anybody wrote is in it, nor who they are: people stand there by keyed hashes. The
/// topics are read side by side, and what a record adds does not depend on which came before.
package enum AnalyticsView {
    /// The view, by the system's time zones.
    package static let view = view(by: ZoneDays())

    /// The view; it is built anew where the zones' rules are of another version.
    package static func view(by zones: ZoneDays) -> View {
        View(
            "analytics",
            of: [
                .messagesInbound, .messagesOutbound, .repliesProposed, .handoffEvents,
                .serviceLevels, .audit, .organisationsEvents, .routingSettings,
            ],
            reading: [
                CustomerWrote.self, WentOut.self, Replied.self, HandoffHappened.self,
                Measured.self, Acted.self, OrganisationEvent.self, RoutingSetting.self,
            ],
            schema: "-- zones \(zones.version)\n" + schema + NumberLimits.schema,
            isUnhurried: true
        ) { record, rows throws(SQLiteError) in try Counting(rows, zones).apply(record) }
    }

    // `counts` has quarter hours of UTC, `days` the same in the business's own days, made anew when
    // it has another zone. `people` has who was there in which quarter hours, as 32-bit numbers in
    // order; `visits` how many were there on a day, by the day on which they were there before:
    // over any run of days each person is counted once, on the first day of the run, whose day
    // before is earlier than the run. `arrivals` has the same by the day's first quarter hour, for
    // runs that end within a day. `turns` has messages of the last weeks, so that none is counted
    // twice, and when the bot answered which. What is of no known number bears an empty one.
    private static let schema = """
        CREATE TABLE zones (tenant TEXT PRIMARY KEY, zone TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE counts (
            tenant TEXT NOT NULL, slot INTEGER NOT NULL, number TEXT NOT NULL, what TEXT NOT NULL,
            count INTEGER NOT NULL, PRIMARY KEY (tenant, slot, number, what)
        ) WITHOUT ROWID;
        CREATE TABLE days (
            tenant TEXT NOT NULL, day INTEGER NOT NULL, number TEXT NOT NULL, what TEXT NOT NULL,
            count INTEGER NOT NULL, PRIMARY KEY (tenant, day, number, what)
        ) WITHOUT ROWID;
        CREATE TABLE people (
            tenant TEXT NOT NULL, kind TEXT NOT NULL, number TEXT NOT NULL, person TEXT NOT NULL,
            last INTEGER NOT NULL, slots BLOB NOT NULL,
            PRIMARY KEY (tenant, kind, number, person)
        ) WITHOUT ROWID;
        CREATE INDEX people_by_last ON people (tenant, kind, last);
        CREATE TABLE visits (
            tenant TEXT NOT NULL, kind TEXT NOT NULL, day INTEGER NOT NULL,
            before INTEGER NOT NULL, number TEXT NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (tenant, kind, day, before, number)
        ) WITHOUT ROWID;
        CREATE TABLE arrivals (
            tenant TEXT NOT NULL, kind TEXT NOT NULL, day INTEGER NOT NULL, slot INTEGER NOT NULL,
            before INTEGER NOT NULL, number TEXT NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (tenant, kind, day, slot, before, number)
        ) WITHOUT ROWID;
        CREATE TABLE turns (
            tenant TEXT NOT NULL, message TEXT NOT NULL, number TEXT, sent INTEGER, said INTEGER,
            helped INTEGER, helped_at INTEGER, PRIMARY KEY (tenant, message)
        ) WITHOUT ROWID;
        """

    /// So long a message is remembered, in days: WhatsApp repeats none later.
    private static let remembered: Int64 = 30

    /// Forgets messages of a business's that nothing can be said of any more; no figure changes.
    package static func forget(at now: Timestamp, _ rows: Rows) throws(SQLiteError) {
        try rows.change(
            """
            DELETE FROM turns
            WHERE max(coalesce(sent, 0), coalesce(said, 0), coalesce(helped_at, 0)) < ?
            """, .integer(now.milliseconds - remembered * 86_400_000))
    }

    /// Forgets a customer: the row that says when they were there.
    ///
    /// What was counted stays as it is, as it tells of nobody; whoever writes again is new.
    package static func forget(
        customer: ConversationID, of tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) {
        try rows.change(
            "DELETE FROM people WHERE tenant = ? AND kind = ? AND person = ?",
            .text(tenant.rawValue), .text(PersonKind.customer.rawValue),
            .text(customer.rawValue))
    }
}

/// Who is counted as a person.
package enum PersonKind: String, Hashable, Sendable, CaseIterable {
    /// One with whom a conversation is.
    case customer = "c"
    /// One of the business's team.
    case member = "m"
}

/// A day on which nobody was there: before all others.
package let neverBefore: Int64 = -1_000_000

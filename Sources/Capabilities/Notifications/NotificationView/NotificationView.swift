import Conversation
import NotificationRecords
import Records
import SQLite
package import Views

/// Each person's notifications and wishes about them.
package enum NotificationView {
    /// The view.
    package static let view = View(
        "notifications", of: [.notificationsEvents], reading: [NotificationEvent.self],
        schema: schema, apply: apply)

    /// The room in which pages hear of them.
    package static let room = "notifications"

    private static let schema = """
        CREATE TABLE notifications (
            account TEXT NOT NULL, at INTEGER NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
            team TEXT, "values" TEXT NOT NULL, is_read INTEGER NOT NULL,
            PRIMARY KEY (account, at, id)
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX notifications_by_id ON notifications (account, id);
        CREATE INDEX notifications_unread ON notifications (account) WHERE is_read = 0;
        CREATE TABLE preferences (account TEXT PRIMARY KEY, wishes TEXT NOT NULL) WITHOUT ROWID;
        """

    @Sendable private static func apply(
        _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        guard let event = record.payload as? NotificationEvent else { return }
        let account = Value.text(event.account.rawValue)
        switch event.change {
        case .raised(let notification): try add(notification, account, rows)
        case .read(let ids):
            for id in ids {
                try rows.change(
                    "UPDATE notifications SET is_read = 1 WHERE account = ? AND id = ?", account,
                    .text(id.rawValue))
            }
        case .readAll(let until):
            try rows.change(
                """
                UPDATE notifications SET is_read = 1
                WHERE account = ? AND is_read = 0 AND at <= ?
                """,
                account, .integer(until.milliseconds))
        case .preferred(let preferences):
            try rows.change(
                "INSERT OR REPLACE INTO preferences VALUES (?, ?)", account,
                .text(StoredJSON.text(preferences) ?? "{}"))
        case .ended:
            try rows.change("DELETE FROM notifications WHERE account = ?", account)
            try rows.change("DELETE FROM preferences WHERE account = ?", account)
        }
        rows.announce(
            RowChanged(
                room, .account(event.account), id: id(of: event.change),
                version: record.position.offset))
        if let answer = Answered(event, to: event.reference) { rows.announce(answer) }
    }

    private static func id(of change: NotificationEvent.Change) -> String {
        if case .raised(let notification) = change { notification.id.rawValue } else { "all" }
    }

    private static func add(
        _ notification: Notification, _ account: Value, _ rows: Rows
    ) throws(SQLiteError) {
        try rows.change(
            "INSERT OR IGNORE INTO notifications VALUES (?, ?, ?, ?, ?, ?, 0)", account,
            .integer(notification.at.milliseconds), .text(notification.id.rawValue),
            .text(notification.kind.rawValue),
            notification.team.map { .text($0.rawValue) } ?? .null,
            .text(StoredJSON.text(notification.values) ?? "{}"))
    }
}

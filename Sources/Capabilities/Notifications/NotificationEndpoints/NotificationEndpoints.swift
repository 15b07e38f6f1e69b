package import AccountCommands
import Conversation
package import Endpoints
import HTTPServer
package import NotificationRecords
import NotificationView
import SQLite
package import Views

/// A person's notifications over HTTP: what is new, what was read, and what they want to be told.
package struct NotificationEndpoints: Sendable {
    private let view: StoredView
    let answers: Commands<NotificationEvent>
    let writer: CommandWriter
    let tokens: RefusalTokens

    /// Answers from a view that is kept of ``NotificationView``, and whose announcements `answers`
    /// hears.
    package init(
        over view: StoredView, _ answers: Commands<NotificationEvent>, by writer: CommandWriter,
        _ tokens: RefusalTokens
    ) {
        self.view = view
        self.answers = answers
        self.writer = writer
        self.tokens = tokens
    }

    /// The endpoints.
    package var endpoints: [Endpoint] {
        [list, count, read, readAll, preferences, prefer] + refusing
    }

    private static let base = "/api/v1/me/notifications"

    private var list: Endpoint {
        .person(
            .at(
                .get, Self.base, "notifications.list",
                "Lists what the person was told, newest first, page by page."),
            .init(
                takes: NotificationParameters.self, gives: Reply<NotificationPage>.self,
                problems: [.viewIsBuilt])
        ) { call in
            let wanted = call.parameters
            let unread = wanted.unread ?? false
            var cursor: NotificationCursor?
            if let text = wanted.after {
                cursor = NotificationRows.cursor(text, of: call.scope, unread: unread)
                guard cursor != nil else {
                    throw Problem.invalid(
                        parameter: "after", "after is what the page before gave as next, as it is")
                }
            }
            let limit = wanted.limit ?? NotificationParameters.rows
            return Reply(try await page(call.scope, unread, cursor, limit))
        }
    }

    private func page(
        _ scope: PersonScope, _ unread: Bool, _ cursor: NotificationCursor?, _ limit: Int
    ) async throws(Problem) -> NotificationPage {
        try await look { rows throws(SQLiteError) in
            let mine = NotificationRows(rows, of: scope)
            // One more tells whether there is a next page.
            let found = try mine.list(unread: unread, after: cursor, atMost: limit + 1)
            let shown = found.prefix(limit)
            return NotificationPage(
                notifications: shown.map(\.listing), unread: try mine.unread(),
                next: found.count > limit ? shown.last?.position.text : nil)
        }
    }

    private var count: Endpoint {
        .person(
            .at(
                .get, "/api/v1/me/counts/notifications", "notifications.count",
                "Counts what the person was told and has not read."),
            .init(gives: Reply<NotificationCount>.self, problems: [.viewIsBuilt])
        ) { call in
            let scope = call.scope
            return Reply(
                NotificationCount(
                    unread: try await look { rows throws(SQLiteError) in
                        try NotificationRows(rows, of: scope).unread()
                    }))
        }
    }

    private var read: Endpoint {
        .person(
            .at(
                .put, Self.base + "/{notification}", "notifications.read",
                "Marks one as read."),
            .init(
                takes: OneNotification.self, gives: NoContent.self, [204],
                problems: [.noNotification] + Self.writing)
        ) { call in
            let (scope, id) = (call.scope, call.parameters.notification)
            let known = try await look { rows throws(SQLiteError) in
                try NotificationRows(rows, of: scope).known([id])
            }
            guard !known.isEmpty else {
                throw Problem(.noNotification, "there is no such notification")
            }
            try await wish(.read(known), scope, call.reference)
            return NoContent()
        }
    }

    private var readAll: Endpoint {
        .person(
            .at(
                .put, Self.base, "notifications.readAll",
                "Marks as read all that the person was told until a moment."),
            .init(
                body: JSONBody<ReadUntil>.self, gives: NoContent.self, [204],
                problems: Self.writing)
        ) { call in
            let until = min(call.body.value.until, writer.now())
            try await wish(.readAll(until: until), call.scope, call.reference)
            return NoContent()
        }
    }

    private var preferences: Endpoint {
        .person(
            .at(
                .get, "/api/v1/me/preferences/notifications", "notifications.preferences",
                "Tells what the person wants to be told, and how."),
            .init(gives: Reply<NotificationWishes>.self, problems: [.viewIsBuilt])
        ) { Reply(NotificationWishes(try await wishes($0.scope))) }
    }

    private var prefer: Endpoint {
        .person(
            .at(
                .put, "/api/v1/me/preferences/notifications", "notifications.prefer",
                "Changes what the person wants to be told, and how."),
            .init(
                body: JSONBody<NotificationWishes>.self, gives: Reply<NotificationWishes>.self,
                problems: Self.writing)
        ) { call in
            let wanted = try call.body.value.preferences()
            try await wish(.prefer(wanted), call.scope, call.reference)
            return Reply(NotificationWishes(try await wishes(call.scope)))
        }
    }

    private func wishes(_ scope: PersonScope) async throws(Problem) -> NotificationPreferences {
        try await look { rows throws(SQLiteError) in
            try NotificationRows(rows, of: scope).preferences()
        }
    }

    // MARK: Looking and wishing

    private static let writing: [Problem.Kind] = [.viewIsBuilt, .notStored, .notVisible]

    private func look<Value: Sendable>(
        _ body: @Sendable (Rows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        let value: Value?
        do throws(SQLiteError) { value = try await view.read(body) } catch { value = nil }
        guard let value, view.isCaughtUp else {
            throw Problem(.viewIsBuilt, "the notifications are being read; try again in a moment")
        }
        return value
    }

    private func wish(
        _ action: NotificationCommand.Action, _ scope: PersonScope, _ reference: String
    ) async throws(Problem) {
        let command = NotificationCommand(
            account: scope.account, action: action, reference: reference, at: writer.now())
        _ = try await answers.send(command, id: command.id, reference, by: writer)
    }
}

extension Problem.Kind {
    /// There is no such notification.
    static let noNotification = Self(404, "no_notification")
    /// What is known is not all there is yet.
    static let viewIsBuilt = Self(503, "starting")
}

extension NotificationEvent: AnsweringEvent {}

package import Conversation
import Endpoints
import HTTPServer
package import JSON
import NotificationRecords
package import NotificationView

/// Which notifications are wanted.
package struct NotificationParameters: Described, Decodable, Hashable {
    /// Rows of a page where nothing is said.
    static let rows = 50

    /// Whether only those that were not read.
    package var unread: Bool?
    /// Rows of a page.
    package var limit: Int?
    /// Where the page begins.
    package var after: String?

    package static let schema = JSONSchema.object([
        .optional("unread", .boolean("Whether only those that were not read are wanted.")),
        .optional("limit", .integer("The most rows of a page.", 1...100, standard: rows)),
        .optional("after", .text("What the page before gave as next, as it is.", 1...200)),
    ])
}

/// One notification.
package struct OneNotification: Described, Decodable, Hashable {
    /// Its id.
    package var notification: RecordID

    package static let schema = JSONSchema.object([
        .required("notification", .id("The notification."))
    ])
}

/// A page of notifications.
package struct NotificationPage: Hashable, Sendable, Codable, Described {
    /// The notifications, newest first.
    package var notifications: [NotificationListing]
    /// How many of all were not read.
    package var unread: Int
    /// Where the next page begins; `nil` on the last one.
    package var next: String?

    package static let schema = JSONSchema.object(
        [
            .required("notifications", .list(NotificationListing.schema, "Newest first.")),
            .required("unread", .count("How many of all were not read.")),
            .optional("next", .text("Where the next page begins; give it back as `after`.")),
        ], named: "NotificationPage")
}

extension NotificationListing: Described {
    package static let schema = JSONSchema.object(
        [
            .required("id", .text("Its id.")), .required("kind", .text("What it is about.")),
            .optional("team", .text("The business whose team it concerns.")),
            .required("values", JSONSchema(.map(.text()), "What its words name.")),
            .required("isRead", .boolean("Whether it was read.")),
            .required("at", .time("When.")),
        ], named: "Notification")
}

/// How many notifications wait.
package struct NotificationCount: Hashable, Sendable, Codable, Described {
    /// How many were not read.
    package var unread: Int

    package static let schema = JSONSchema.object(
        [.required("unread", .count("How many were not read."))], named: "NotificationCount")
}

/// Until when all is read.
package struct ReadUntil: Hashable, Sendable, Codable, Described {
    /// The moment of the newest that was seen.
    package var until: Timestamp

    package static let schema = JSONSchema.object(
        [.required("until", .time("The moment of the newest that was seen."))],
        named: "ReadUntil")
}

/// What a person wants to be told, and how, of every kind.
package struct NotificationWishes: Hashable, Sendable, Codable, Described {
    /// How notifications of a kind come.
    package struct Wish: Hashable, Sendable, Codable {
        /// The kind.
        package var kind: String
        /// Whether they are shown in pages.
        package var isShown: Bool
        /// Whether they come by mail.
        package var isMailed: Bool
        /// Whether they always do.
        package var isFixed: Bool?
    }

    /// The kinds, in the order in which pages list them.
    package var kinds: [Wish]
    /// Minutes between two mails at least.
    package var mailPauseMinutes: Int
    /// From how many customers on that wait each is told of.
    package var waitingFrom: Int?

    /// The most customers that can be waited for.
    private static let mostWaiting = 100

    init(_ preferences: NotificationPreferences) {
        kinds = NotificationRule.all.map { rule in
            Wish(
                kind: rule.kind.rawValue, isShown: preferences.shows(rule),
                isMailed: preferences.mails(rule) || rule.mail == .elsewhere,
                isFixed: NotificationPreferences.isChoice(rule) ? nil : true)
        }
        mailPauseMinutes = preferences.mailPauseMinutes
        waitingFrom = preferences.waitingFrom ?? 1
    }

    /// What is wished, without what nobody can choose.
    func preferences() throws(Problem) -> NotificationPreferences {
        guard NotificationPreferences.pauses.contains(mailPauseMinutes) else {
            throw .invalid(
                "/mailPauseMinutes",
                "mailPauseMinutes is one of "
                    + NotificationPreferences.pauses.map(String.init).joined(separator: ", "))
        }
        var preferences = NotificationPreferences(
            mailPauseMinutes: mailPauseMinutes, waitingFrom: waitingFrom)
        for wish in kinds {
            guard let rule = NotificationRule.of(NotificationKind(rawValue: wish.kind)),
                NotificationPreferences.isChoice(rule)
            else { continue }
            preferences.choices[wish.kind] = .init(isShown: wish.isShown, isMailed: wish.isMailed)
        }
        return preferences
    }

    private static let words = NotificationRule.all.map(\.kind.rawValue)

    package static let schema = JSONSchema.object(
        [
            .required(
                "kinds",
                .list(
                    .object([
                        .required("kind", .words(words, "What they are about.")),
                        .required("isShown", .boolean("Whether they are shown in pages.")),
                        .required("isMailed", .boolean("Whether they come by mail.")),
                        .optional("isFixed", .boolean("Whether nobody can choose.")),
                    ]), "How each kind comes.", 0...100)),
            .required(
                "mailPauseMinutes",
                .integer("Minutes between two mails at least: 0, 15, 60 or 1440.", 0...1_440)),
            .optional(
                "waitingFrom",
                .integer(
                    "From how many customers on that wait each is told of.", 1...mostWaiting)),
        ], named: "NotificationWishes")
}

package import Conversation

/// Something that a person is told.
package struct Notification: Hashable, Sendable, Codable {
    /// Its id, derived from its cause: one cause makes one.
    package var id: RecordID
    /// What it is about.
    package var kind: NotificationKind
    /// The tenant whose team it concerns; `nil` where it is about the person's own account.
    package var team: TenantID?
    /// What its words name: `name` of somebody, `role`, `organisation`, `device`, `address`.
    package var values: [String: String]
    /// When.
    package var at: Timestamp

    /// Describes a notification.
    package init(
        id: RecordID, kind: NotificationKind, team: TenantID? = nil, values: [String: String] = [:],
        at: Timestamp
    ) {
        self.id = id
        self.kind = kind
        self.team = team
        self.values = values
        self.at = at
    }
}

/// What a notification is about: a stable word.
///
/// A later version has more of them.
package struct NotificationKind: Hashable, Sendable, Codable, RawRepresentable,
    ExpressibleByStringLiteral
{
    /// The word.
    package let rawValue: String

    /// Takes any word.
    package init(rawValue: String) { self.rawValue = rawValue }

    /// Takes a literal word.
    package init(stringLiteral value: String) { rawValue = value }

    /// Reads the bare word.
    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the bare word.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension NotificationKind {
    /// Whether it is about a business's line to WhatsApp.
    package var isAboutChannel: Bool { rawValue.hasPrefix("channel") }
}

/// How notifications of a kind reach people unless they choose otherwise.
package struct NotificationRule: Hashable, Sendable {
    /// Who gets a mail.
    package enum Mail: Hashable, Sendable {
        /// Who wants one; first at once, then bundled.
        case on
        /// Who asks for it.
        case off
        /// Everybody, at once: there is no switch for it.
        case always
        /// Everybody, by whoever did it: here is no second one.
        case elsewhere
    }

    /// The kind.
    package let kind: NotificationKind
    /// Whether it is shown in pages.
    package let isShown: Bool
    /// Who gets a mail.
    package let mail: Mail

    /// All kinds, in the order in which pages list them.
    package static let all: [NotificationRule] = [
        .init("signIn", shown: true, .always), .init("password", shown: true, .elsewhere),
        .init("factor", shown: true, .elsewhere), .init("address", shown: true, .elsewhere),
        .init("role", shown: true, .on), .init("removed", shown: true, .always),
        .init("offer", shown: true, .always), .init("owner", shown: true, .always),
        .init("joined", shown: true, .off), .init("left", shown: true, .off),
        .init("invitation", shown: true, .off), .init("invited", shown: true, .elsewhere),
        .init("security", shown: true, .on),
        .init("key", shown: true, .on), .init("consent", shown: true, .on),
        .init("impersonation", shown: true, .always),
        .init("suspended", shown: true, .always), .init("resumed", shown: true, .on),
        .init("deleted", shown: true, .always), .init("restored", shown: true, .on),
        .init("waiting", shown: true, .off), .init("overdue", shown: true, .on),
        .init("missed", shown: true, .on),
        .init("queueAge", shown: true, .on),
        .init("channelStopped", shown: true, .always), .init("channelOpen", shown: true, .on),
        .init("channelWarning", shown: true, .on),
        .init("mailFailed", shown: true, .off),
    ]

    private init(_ kind: NotificationKind, shown isShown: Bool, _ mail: Mail) {
        self.kind = kind
        self.isShown = isShown
        self.mail = mail
    }

    /// The rule of a kind; `nil` for one that there is not.
    package static func of(_ kind: NotificationKind) -> NotificationRule? {
        all.first { $0.kind == kind }
    }
}

/// What a person wants to be told, and how.
package struct NotificationPreferences: Hashable, Sendable, Codable {
    /// How notifications of one kind are to come.
    package struct Choice: Hashable, Sendable, Codable {
        /// Whether they are shown in pages.
        package var isShown: Bool
        /// Whether they come by mail.
        package var isMailed: Bool

        /// Describes a choice.
        package init(isShown: Bool, isMailed: Bool) {
            self.isShown = isShown
            self.isMailed = isMailed
        }
    }

    /// Pauses between mails that can be chosen, in minutes: none, a quarter, an hour, a day.
    package static let pauses = [0, 15, 60, 1_440]

    /// What differs from the rules, by kind.
    package var choices: [String: Choice]
    /// Minutes between two mails at least: what comes meanwhile comes together.
    package var mailPauseMinutes: Int
    /// From how many customers on that wait one wants to hear of each that waits; `nil` for the
    /// first.
    package var waitingFrom: Int?

    /// The usual wishes.
    package init(
        choices: [String: Choice] = [:], mailPauseMinutes: Int = 15, waitingFrom: Int? = nil
    ) {
        self.choices = choices
        self.mailPauseMinutes = mailPauseMinutes
        self.waitingFrom = waitingFrom
    }

    /// Whether notifications of a kind are shown in pages.
    package func shows(_ rule: NotificationRule) -> Bool {
        // What mail has no switch for has none here, either: it is about who may get in.
        if rule.mail == .always || rule.mail == .elsewhere { return rule.isShown }
        return choices[rule.kind.rawValue]?.isShown ?? rule.isShown
    }

    /// Whether notifications of a kind come by mail from here.
    package func mails(_ rule: NotificationRule) -> Bool {
        switch rule.mail {
        case .always: true
        case .elsewhere: false
        case .on, .off: choices[rule.kind.rawValue]?.isMailed ?? (rule.mail == .on)
        }
    }

    /// The same wishes, without mails of some kinds, as far as there is a choice.
    package func withoutMails(of kinds: [NotificationKind]) -> NotificationPreferences {
        var wishes = self
        for rule in kinds.compactMap(NotificationRule.of) where Self.isChoice(rule) {
            wishes.choices[rule.kind.rawValue] = Choice(isShown: shows(rule), isMailed: false)
        }
        return wishes
    }

    /// Whether a person may choose about a kind.
    package static func isChoice(_ rule: NotificationRule) -> Bool {
        rule.mail == .on || rule.mail == .off
    }
}

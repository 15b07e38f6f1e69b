package import Conversation
import Endpoints
package import JSON

/// One thing that was tried by doing it, and how to mend it.
package struct ChannelCheck: Hashable, Sendable, Codable, Described {
    /// How it went.
    package enum Outcome: String, Hashable, Sendable, Codable {
        /// It works.
        case fine
        /// It works, and something about it should be looked at.
        case warning
        /// It does not work.
        case broken
        /// It is not set up, or could not be tried.
        case skipped
    }

    /// What was tried: `number`, `token`, `webhook`, `templates`, `clock`, `model`, `sending`.
    package var name: String
    /// How it went.
    package var outcome: Outcome
    /// What was found, in a sentence.
    package var says: String
    /// How to mend it, where that is needed.
    package var remedy: String?

    /// Tells of a check.
    package init(_ name: String, _ outcome: Outcome, _ says: String, remedy: String? = nil) {
        self.name = name
        self.outcome = outcome
        self.says = says
        self.remedy = remedy
    }

    package static let schema = JSONSchema.object(
        [
            .required("name", .text("What was tried.")),
            .required(
                "outcome", .words(["fine", "warning", "broken", "skipped"], "How it went.")),
            .required("says", .text("What was found.")),
            .optional("remedy", .text("How to mend it.")),
        ], named: "ChannelCheck")
}

/// What was tried for one business.
package struct ChannelChecks: Hashable, Sendable, Codable, Described {
    /// The business.
    package var tenant: TenantID
    /// The checks, in the order in which they are to be mended.
    package var checks: [ChannelCheck]

    /// Tells of checks.
    package init(tenant: TenantID, checks: [ChannelCheck]) {
        self.tenant = tenant
        self.checks = checks
    }

    package static let schema = JSONSchema.object(
        [
            .required("tenant", .text("The business.")),
            .required("checks", .list(ChannelCheck.schema, "What was tried.")),
        ], named: "ChannelChecks")
}

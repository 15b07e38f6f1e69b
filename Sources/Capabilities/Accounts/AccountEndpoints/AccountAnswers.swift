import AccountRecords
import AccountView
package import Conversation
import Endpoints
import HTTPServer
package import JSON

/// What doors tell of the installation to anybody.
package struct DoorAnswer: Hashable, Codable, Described {
    /// Whether it has its owner.
    package var isSetUp: Bool
    /// Whether anybody may make an organisation.
    package var isSignUpOpen: Bool
    /// Whether the browser that asks has a session that goes on.
    package var isSignedIn: Bool

    package static let schema = JSONSchema.object(
        [
            .required("isSetUp", .boolean("Whether the installation has its owner.")),
            .required("isSignUpOpen", .boolean("Whether anybody may make an organisation.")),
            .required("isSignedIn", .boolean("Whether the browser that asks has a session.")),
        ], named: "Door")
}

/// Somebody who has just signed in.
package struct SignInAnswer: Hashable, Codable, Described {
    /// The account.
    package var account: AccountID
    /// The session's id.
    package var session: SessionID
    /// When the session ends, whatever happens.
    package var expires: Timestamp
    /// The session's token, for programs; browsers have it in a cookie.
    package var token: String?

    package static let schema = JSONSchema.object(
        [
            .required("account", .id("The account.")),
            .required("session", .id("The session.")),
            .required("expires", .time("When the session ends, whatever happens.")),
            .optional("token", .text("The session's token, for programs.")),
        ], named: "SignedIn")
}

/// An answer that takes the cookie away.
struct SignedOut: EndpointAnswer {
    static let media = AnswerMedia.none
    let lines: [(name: String, value: String)]

    func response() -> HTTPResponse {
        HTTPResponse(status: 204, headers: [("Cache-Control", "no-store")] + lines)
    }
}

/// What a password lacks.
struct PasswordVerdict: Hashable, Codable, Described {
    struct Flaw: Hashable, Codable {
        var code: String
        var detail: String
    }

    var least: Int
    var most: Int
    var flaws: [Flaw]

    static let schema = JSONSchema.object(
        [
            .required("least", .integer("The fewest characters.", 1...256)),
            .required("most", .integer("The most characters.", 1...256)),
            .required(
                "flaws",
                .list(
                    .object([
                        .required("code", .text("A stable word for programs.")),
                        .required("detail", .text("A sentence for people.")),
                    ]), "Why it would not be taken; none where it would.")),
        ], named: "PasswordVerdict")
}

/// A person's sessions.
struct SessionList: Hashable, Codable, Described {
    var sessions: [SessionListing]
    static let schema = JSONSchema.object(
        [.required("sessions", .list(SessionListing.schema, "The last used first."))],
        named: "Sessions")
}

/// A second factor that waits for its first code.
struct FactorOffer: Hashable, Codable, Described {
    var factor: FactorID
    var secret: String
    var uri: String
    var picture: String?

    static let schema = JSONSchema.object(
        [
            .required("factor", .id("The offered factor.")),
            .required("secret", .text("What is typed into an app that cannot scan.")),
            .required("uri", .text("What the QR code says.")),
            .optional("picture", .text("The QR code as SVG; none where it cannot be drawn.")),
        ], named: "FactorOffer")
}

/// Backup codes, which are shown once.
struct BackupCodes: Hashable, Codable, Described {
    var codes: [String]
    static let schema = JSONSchema.object(
        [.required("codes", .list(.text(), "Each opens the account once."))],
        named: "BackupCodes")
}

/// How far a change of address is.
struct AddressChangeAnswer: Hashable, Codable, Described {
    var isChanged: Bool
    var waitsForNew: Bool
    var waitsForOld: Bool

    init(_ facts: AccountFacts) {
        isChanged = facts.change == nil
        waitsForNew = facts.change.map { !$0.isConfirmedByNew } ?? false
        waitsForOld = facts.change?.waitsForOld ?? false
    }

    static let schema = JSONSchema.object(
        [
            .required("isChanged", .boolean("Whether the new address counts.")),
            .required("waitsForNew", .boolean("Whether the new one has to confirm.")),
            .required("waitsForOld", .boolean("Whether the old one has to confirm.")),
        ], named: "AddressChange")
}

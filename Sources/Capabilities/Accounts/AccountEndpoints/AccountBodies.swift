import AccountRecords
import Conversation
import Endpoints
import JSON

/// Fields that several bodies have.
enum AccountFields {
    static let email = JSONSchema.text("The e-mail address.", 1...254)
    static let password = JSONSchema.text(
        "The password: any characters, also pasted.", 1...1_024)
    static let code = JSONSchema.text(
        "The six digits that the authenticator app shows, or a backup code.", 1...100)
    static let name = JSONSchema.text("The person's name, as others see it.", 1...400)
    static let language = JSONSchema.text(
        "The language of pages and mails, such as es.", 2...16, pattern: "[A-Za-z0-9-]+")
    static let token = JSONSchema.text("What the link holds behind its #.", 1...300)
}

/// Who sets the installation up.
struct SetUpBody: Described, Decodable {
    var token: String
    var name: String
    var email: String
    var password: String
    var language: String?

    static let schema = JSONSchema.object(
        [
            .required("token", AccountFields.token), .required("name", AccountFields.name),
            .required("email", AccountFields.email),
            .required("password", AccountFields.password),
            .optional("language", AccountFields.language),
        ], named: "SetUp")
}

/// A link's token, alone.
struct TokenBody: Described, Decodable {
    var token: String
    static let schema = JSONSchema.object(
        [.required("token", AccountFields.token)], named: "LinkToken")
}

/// Who signs in.
struct SignInBody: Described, Decodable {
    var email: String
    var password: String
    var code: String?
    /// Whether the session's token is to be in the answer, for programs.
    var kind: String?

    static let schema = JSONSchema.object(
        [
            .required("email", AccountFields.email),
            .required("password", AccountFields.password),
            .optional("code", AccountFields.code),
            .optional(
                "kind",
                .words(
                    ["browser", "cli"],
                    "What signs in: cli gets the token in the answer instead of a cookie.")),
        ], named: "SignIn")
}

/// A proof of who it is.
struct ProofBody: Described, Decodable {
    var password: String?
    var code: String?
    static let schema = JSONSchema.object(
        [
            .optional("password", AccountFields.password), .optional("code", AccountFields.code),
        ], named: "IdentityProof")
}

/// An e-mail address, alone.
struct EmailBody: Described, Decodable {
    var email: String
    static let schema = JSONSchema.object(
        [.required("email", AccountFields.email)], named: "EmailAddress")
}

/// A password by a link.
struct ResetBody: Described, Decodable {
    var token: String
    var password: String
    static let schema = JSONSchema.object(
        [
            .required("token", AccountFields.token),
            .required("password", AccountFields.password),
        ], named: "PasswordReset")
}

/// A new password.
struct PasswordBody: Described, Decodable {
    var password: String
    static let schema = JSONSchema.object(
        [.required("password", AccountFields.password)], named: "NewPassword")
}

/// A password that somebody thinks of, and who it would be of.
struct PasswordTrialBody: Described, Decodable {
    var password: String
    var name: String?
    var email: String?
    /// Of a link to choose one: what its account asks counts.
    var token: String?

    static let schema = JSONSchema.object(
        [
            .required("password", .text("The password so far.", 0...1_024)),
            .optional("name", .text("The person's name.", 0...400)),
            .optional("email", .text("The person's address.", 0...254)),
            .optional("token", .text("What the link holds behind its #.", 0...300)),
        ], named: "PasswordTrial")
}

/// Name and language.
struct ProfileBody: Described, Decodable {
    var name: String
    var language: String?
    static let schema = JSONSchema.object(
        [
            .required("name", AccountFields.name), .optional("language", AccountFields.language),
        ], named: "Profile")
}

/// The first code of an offered second factor.
struct FactorBody: Described, Decodable {
    var factor: FactorID
    var code: String
    static let schema = JSONSchema.object(
        [
            .required("factor", .id("The offered factor.")),
            .required("code", .text("The six digits that the app shows.", 1...64)),
        ], named: "FactorCode")
}

/// Which session is meant.
struct SessionParameters: Described, Decodable {
    var session: SessionID
    static let schema = JSONSchema.object([.required("session", .id("The session."))])
}

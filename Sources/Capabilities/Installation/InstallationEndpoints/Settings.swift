import AccountCommands
import AccountRecords
import Conversation
import Endpoints
import HTTPServer
import InstallationView
package import JSON
import NetworkAddress
import SQLite

/// Whether anybody may make a tenant.
struct SignUpAnswer: Described, Codable, Hashable {
    var isOpen: Bool
    var plans: [String]
    var version: Int

    init(_ facts: InstallationFacts) {
        isOpen = facts.signUp.isOpen
        plans = facts.signUp.plans
        version = facts.version(.signUp)
    }

    static let schema = JSONSchema.object(
        [
            .required("isOpen", .boolean("Whether anybody may make a business.")),
            .required("plans", .list(.text(), "The plans, the standard one first.")),
            .required("version", .count("The version of this part.")),
        ], named: "InstallationSignUp")
}

/// How mail is sent; the password is never told.
struct MailAnswer: Described, Codable, Hashable {
    var host: String?
    var port: Int
    var transport: InstallationPart.Mail.Transport
    var user: String?
    var hasPassword: Bool
    var sender: String?
    var version: Int

    init(_ facts: InstallationFacts) {
        host = facts.mail.host
        port = facts.mail.port
        transport = facts.mail.transport
        user = facts.mail.user
        hasPassword = facts.mail.password != nil
        sender = facts.mail.sender
        version = facts.version(.mail)
    }

    static let schema = JSONSchema.object(
        [
            .optional("host", .text("The mail server; without one, mails are kept and shown.")),
            .required("port", .integer("Its port.", 1...65_535)),
            .required("transport", transport), .optional("user", .text("Who signs in there.")),
            .required("hasPassword", .boolean("Whether there is a password.")),
            .optional("sender", .text("Whom mails are from.")),
            .required("version", .count("The version of this part.")),
        ], named: "InstallationMail")

    static let transport = JSONSchema.words(
        ["tls", "startTLS", "plain"], "How the connection is secured.")
}

/// What is asked of those who run it, and whom it trusts.
struct SecurityAnswer: Described, Codable, Hashable {
    var needsSecondFactor: Bool
    var trustedProxies: [String]
    var baseURL: String?
    var version: Int

    init(_ facts: InstallationFacts) {
        needsSecondFactor = facts.security.needsSecondFactor
        trustedProxies = facts.security.trustedProxies
        baseURL = facts.security.baseURL
        version = facts.version(.security)
    }

    static let schema = JSONSchema.object(
        [
            .required("needsSecondFactor", .boolean("Whether operators need a second factor.")),
            .required("trustedProxies", .list(.text(), "Networks whose word counts.")),
            .optional("baseURL", .text("What links in mails begin with.")),
            .required("version", .count("The version of this part.")),
        ], named: "InstallationSecurity")
}

/// How a request came, as far as can be seen: for whoever sets up proxies.
package struct SeenConnection: Described, Codable, Hashable {
    /// The peer of the connection.
    package var peer: String
    /// What was said to be before it, the nearest last.
    package var forwarded: [String]
    /// Who asks, as far as proxies are trusted.
    package var address: String?

    /// Describes a connection.
    package init(peer: String, forwarded: [String], address: String?) {
        self.peer = peer
        self.forwarded = forwarded
        self.address = address
    }

    package static let schema = JSONSchema.object(
        [
            .required("peer", .text("The peer of the connection.")),
            .required("forwarded", .list(.text(), "What X-Forwarded-For says, the nearest last.")),
            .optional("address", .text("Who asks, as far as proxies are trusted.")),
        ], named: "SeenConnection")
}

/// What became of a test mail.
package struct MailTrial: Described, Codable, Hashable {
    /// `sent`, `kept` or `failed`.
    package var outcome: String
    /// What the server said, or why it failed.
    package var detail: String
    /// What was said to the server and by it, without secrets.
    package var dialogue: [String]

    /// Describes what became of it.
    package init(outcome: String, detail: String, dialogue: [String] = []) {
        self.outcome = outcome
        self.detail = detail
        self.dialogue = dialogue
    }

    package static let schema = JSONSchema.object(
        [
            .required("outcome", .words(["sent", "kept", "failed"], "What became of it.")),
            .required("detail", .text("What the server said, or why it failed.")),
            .required("dialogue", .list(.text(), "What was said, line by line.")),
        ], named: "MailTrial")
}

// MARK: - What is sent

private struct SignUpRequest: Described, Decodable {
    var isOpen: Bool
    var plans: [String]

    static let schema = JSONSchema.object(
        [
            .required("isOpen", .boolean("Whether anybody may make a business.")),
            .required(
                "plans",
                .list(
                    .text(
                        "A plan's name.", 1...40, pattern: "[a-z0-9][a-z0-9-]*",
                        rule: "a name of a-z, 0-9 and -"), "The plans, the standard one first.",
                    1...20)),
        ], named: "NewInstallationSignUp")
}

private struct MailRequest: Described, Decodable {
    var host: String?
    var port: Int?
    var transport: InstallationPart.Mail.Transport?
    var user: String?
    var password: String?
    var sender: String?

    static let schema = JSONSchema.object(
        [
            .optional("host", .text("The mail server; without one, mails are kept.", 0...253)),
            .optional("port", .integer("Its port.", 1...65_535)),
            .optional("transport", MailAnswer.transport),
            .optional("user", .text("Who signs in there.", 0...200)),
            .optional(
                "password",
                .text(
                    "The password; left out, it stays where host and user do; empty: none.",
                    0...500)),
            .optional("sender", .text("Whom mails are from.", 0...254)),
        ], named: "NewInstallationMail")
}

private struct SecurityRequest: Described, Decodable {
    var needsSecondFactor: Bool
    var trustedProxies: [String]
    var baseURL: String?

    static let schema = JSONSchema.object(
        [
            .required("needsSecondFactor", .boolean("Whether operators need a second factor.")),
            .required(
                "trustedProxies",
                .list(.text("An address or a network.", 1...100), "Whose word counts.", 0...50)),
            .optional("baseURL", .text("What links in mails begin with.", 0...300)),
        ], named: "NewInstallationSecurity")
}

private struct TrialRequest: Described, Decodable {
    var to: String

    static let schema = JSONSchema.object(
        [.required("to", .text("Where the test mail goes.", 3...254))], named: "NewMailTrial")
}

// MARK: - Endpoints

extension InstallationEndpoints {
    var settings: [Endpoint] {
        [
            readSignUp, changeSignUp, readMail, changeMail, tryMail, readSecurity, changeSecurity,
            connection,
        ]
    }

    private func facts() async throws(Problem) -> InstallationFacts {
        try await read { rows throws(SQLiteError) in try rows.facts() }
    }

    private func show<Value: Described & Encodable>(
        _ path: String, _ name: String, _ sentence: String,
        _ answer: @escaping @Sendable (InstallationFacts) -> (Value, Int)
    ) -> Endpoint {
        .installation(
            .at(.get, Self.base + path, name, sentence), may: .readInstallation,
            .init(gives: Versioned<Value>.self, problems: [.viewIsBuilt])
        ) { _ in
            let (value, version) = answer(try await facts())
            return Versioned(value, version: version)
        }
    }

    private func change<Request: Described & Decodable, Value: Described & Encodable>(
        _ path: String, _ name: String, _ sentence: String,
        _ part:
            @escaping @Sendable (Request, InstallationFacts) throws(Problem) -> InstallationPart,
        _ answer: @escaping @Sendable (InstallationFacts) -> (Value, Int)
    ) -> Endpoint {
        .installation(
            .at(.put, Self.base + path, name, sentence), may: .writeInstallation,
            .init(
                body: JSONBody<Request>.self, gives: Versioned<Value>.self,
                problems: [.viewIsBuilt, .noVersion] + Problem.Kind.decisions)
        ) { call in
            let version = try call.request.expectedVersion()
            let wanted = try part(call.body.value, try await facts())
            let event = try await ask(.change(wanted, version: version), call)
            let (value, current) = answer(event.facts)
            return Versioned(value, version: current)
        }
    }

    private var readSignUp: Endpoint {
        show(
            "/sign-up", "installation.signUp", "Shows whether anybody may make a business."
        ) { (SignUpAnswer($0), $0.version(.signUp)) }
    }

    private var changeSignUp: Endpoint {
        change(
            "/sign-up", "installation.changeSignUp",
            "Says whether anybody may make a business, and which plans there are.",
            { (request: SignUpRequest, _) throws(Problem) in
                guard Set(request.plans).count == request.plans.count else {
                    throw .invalid("/plans", "a plan stands there twice")
                }
                return .signUp(.init(isOpen: request.isOpen, plans: request.plans))
            },
            { (SignUpAnswer($0), $0.version(.signUp)) })
    }

    private var readMail: Endpoint {
        show("/mail", "installation.mail", "Shows how mail is sent.") {
            (MailAnswer($0), $0.version(.mail))
        }
    }

    private var changeMail: Endpoint {
        change(
            "/mail", "installation.changeMail", "Says how mail is sent.",
            { (request: MailRequest, facts) throws(Problem) in
                .mail(try mail(request, instead: facts.mail))
            },
            { (MailAnswer($0), $0.version(.mail)) })
    }

    private func mail(
        _ request: MailRequest, instead old: InstallationPart.Mail
    ) throws(Problem) -> InstallationPart.Mail {
        func given(_ text: String?) -> String? { text?.isEmpty == false ? text : nil }
        var mail = InstallationPart.Mail(
            host: given(request.host), port: request.port ?? 465,
            transport: request.transport ?? .tls, user: given(request.user),
            sender: given(request.sender))
        if let host = mail.host {
            guard host.wholeMatch(of: /[A-Za-z0-9.:_\-]+/) != nil else {
                throw .invalid("/host", "host is the name or address of a server")
            }
            guard mail.sender != nil else {
                throw .invalid("/sender", "sender is needed where mails are sent")
            }
        }
        if let sender = mail.sender { _ = try Self.address(sender, at: "/sender") }
        if let password = request.password {
            mail.password = password.isEmpty ? nil : try means.seal(password)
        } else if mail.host == old.host, mail.user == old.user {
            // Another server must not be told it.
            mail.password = old.password
        }
        return mail
    }

    private var tryMail: Endpoint {
        .installation(
            .at(
                .post, Self.base + "/mail/trials", "installation.tryMail",
                "Sends a test mail as the settings say, and tells what was said meanwhile."),
            may: .writeInstallation,
            .init(
                body: JSONBody<TrialRequest>.self, gives: Reply<MailTrial>.self,
                problems: [.viewIsBuilt], repeating: .once)
        ) { call in
            let address = try Self.address(call.body.value.to, at: "/to")
            return Reply(await means.tryMail(try await facts().mail, address))
        }
    }

    private var readSecurity: Endpoint {
        show(
            "/security", "installation.security",
            "Shows what is asked of operators, and whom the installation trusts."
        ) { (SecurityAnswer($0), $0.version(.security)) }
    }

    private var changeSecurity: Endpoint {
        change(
            "/security", "installation.changeSecurity",
            "Says what is asked of operators, and whom the installation trusts.",
            { (request: SecurityRequest, _) throws(Problem) in
                .security(
                    .init(
                        needsSecondFactor: request.needsSecondFactor,
                        trustedProxies: try Self.proxies(request.trustedProxies),
                        baseURL: try Self.baseURL(request.baseURL)))
            },
            { (SecurityAnswer($0), $0.version(.security)) })
    }

    private static func proxies(_ written: [String]) throws(Problem) -> [String] {
        var proxies: [String] = []
        for (number, text) in written.enumerated() {
            guard let range = AddressRange(text) else {
                throw .invalid(
                    "/trustedProxies/\(number)",
                    "\(text) is no address and no network, such as 10.0.0.0/8")
            }
            guard range.bits > 0 else {
                throw .invalid(
                    "/trustedProxies/\(number)",
                    "\(text) is everybody: then anybody could say who they are")
            }
            proxies.append(range.description)
        }
        return proxies
    }

    private static func baseURL(_ written: String?) throws(Problem) -> String? {
        guard var url = written, !url.isEmpty else { return nil }
        while url.hasSuffix("/") { url.removeLast() }
        let form = /https?:\/\/([A-Za-z0-9.\-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?/
        guard url.wholeMatch(of: form) != nil else {
            throw .invalid(
                "/baseURL", "baseURL is an address without a path, such as https://parley.example")
        }
        return url
    }

    private var connection: Endpoint {
        .installation(
            .at(
                .get, Self.base + "/connection", "installation.connection",
                "Shows from where this request came, hop by hop."),
            may: .readInstallation,
            .init(gives: Reply<SeenConnection>.self, problems: [.viewIsBuilt])
        ) { call in Reply(try await means.connection(call.request)) }
    }
}

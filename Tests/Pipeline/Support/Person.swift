import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing
import WebSocket

/// A person who is signed in at a console that runs, as a program with the token of a session.
struct Person: Sendable {
    static let password = "a long sentence of mine"

    let email: String
    let account: String
    let session: String
    let api: LocalAPI

    /// The installation's owner, who is made first.
    static func owner(
        of installation: RunningInstallation, _ email: String = "olga@example.org",
        language: String = "en"
    ) async throws -> Person {
        try await installation.console.call(
            .post, "/api/v1/installation/owner",
            try jsonBytes([
                "email": email, "name": "Olga", "password": password, "language": language,
            ]))
        return try await signIn(email, at: installation)
    }

    /// Signs in.
    static func signIn(
        _ email: String, at installation: RunningInstallation, code: String? = nil
    ) async throws -> Person {
        var body = ["email": email, "password": password, "kind": "cli"]
        body["code"] = code
        let base = installation.console.base
        let answer = try await LocalAPI(base: base).call(
            .post, "/api/v1/session", try jsonBytes(body))
        let token = try #require(answer["token"].string)
        return Person(
            email: email, account: try #require(answer["account"].string),
            session: try #require(answer["session"].string),
            api: LocalAPI(base: base, key: token))
    }

    /// Somebody who was invited into a business's team, and joined it.
    static func member(
        _ email: String, _ role: String, of tenant: String, named name: String = "Marta",
        in installation: RunningInstallation
    ) async throws -> Person {
        let console = installation.console
        try await console.call(
            .post, "/api/v1/tenants/\(tenant)/invitations",
            try jsonBytes(["email": email, "role": role, "language": "en"]))
        let token = try await installation.mailed(to: email, named: tenant).token
        try await LocalAPI(base: console.base).call(
            .post, "/api/v1/invitations/account",
            try jsonBytes(["token": token, "name": name, "password": password]))
        let person = try await signIn(email, at: installation)
        try await person.api.call(
            .post, "/api/v1/me/invitations/accept", try jsonBytes(["token": token]))
        return person
    }

    /// A live socket that listens to rooms, once it was welcomed.
    func live(_ rooms: [[String: String]], port: Int) async throws -> WebSocketClient {
        let key = try #require(api.key)
        let socket = try await WebSocketClient.connect(
            host: "127.0.0.1", port: port, target: "/api/v1/live",
            headers: [("Authorization", "Bearer \(key)")])
        struct Hello: Encodable {
            let type = "hello"
            let version = 1
            let rooms: [[String: String]]

            enum CodingKeys: String, CodingKey {
                case type, rooms
                case version = "protocol"
            }
        }
        let hello = try jsonBytes(Hello(rooms: rooms))
        try await socket.send(.text(String(decoding: hello, as: UTF8.self)))
        guard case .text(let text)? = await socket.next(), text.contains("welcome") else {
            throw NeverHappened(description: "no welcome, but \(String(describing: socket.close))")
        }
        return socket
    }

    /// What they were told, newest first.
    func notifications() async throws -> [JSON] {
        try await api.call(.get, "/api/v1/me/notifications")["notifications"].elements
    }
}

/// A mail that is kept, as there is no server that sends it.
struct KeptMail: Sendable {
    var subject: String
    var text: String
    /// The link in it, empty where there is none.
    var link: String
    /// What the link holds behind its `#`.
    var token: String { link.split(separator: "#").dropFirst().last.map(String.init) ?? "" }
}

extension RunningInstallation {
    /// The newest mail to an address whose subject says something, perhaps in the name of one
    /// business, once there is one: what else comes by mail, such as news of a sign-in, comes when
    /// it may.
    func mailed(
        to address: String, saying words: String = "", named tenant: String? = nil
    ) async throws -> KeptMail {
        let found = try await eventually("a mail to \(address) that says \(words)") {
            try await console.call(.get, "/api/v1/outbox")["mails"].elements.first {
                $0["to"].string == address && $0["subject"].string?.contains(words) != false
                    && (tenant == nil || $0["tenant"].string == tenant)
            }
        }
        let query = found["tenant"].string.map { "?tenant=" + LocalAPI.escaped($0) } ?? ""
        let id = LocalAPI.escaped(found["id"].string ?? "")
        let whole = try await console.call(.get, "/api/v1/outbox/\(id)\(query)")
        let text = whole["text"].string ?? ""
        let link = text.firstMatch(of: /https?:\/\/[^\s<>"']+/).map { String($0.output) } ?? ""
        return KeptMail(subject: found["subject"].string ?? "", text: text, link: link)
    }

    /// Makes a business without WhatsApp, with a team of nobody yet.
    func found(
        _ tenant: String, named name: String = "Óptica Luz", owner: String? = nil
    ) async throws {
        struct Locale: Encodable {
            let language = "en"
            let timeZone = "Europe/Madrid"
            let dateFormat = "y-MM-dd"
        }
        struct Business: Encodable {
            let id: String
            let name: String
            let plan = "free"
            let locale = Locale()
            let owner: String?
        }
        try await console.call(
            .post, "/api/v1/organisations",
            try jsonBytes(Business(id: tenant, name: name, owner: owner)))
    }
}

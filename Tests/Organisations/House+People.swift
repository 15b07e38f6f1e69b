import AccountCommands
import AccountRecords
import AuditRecords
import Conversation
import Cryptography
import EventLog
import HTTPClient
import HTTPServer
import JSON
import OrganisationView
import PipelineTesting
import Records
import SQLite
import Testing
import Views

// MARK: - Asking

extension House {
    struct Answer {
        let status: Int
        let headers: HTTPClientHeaders
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }

        func json() throws -> JSONValue { try RecordCodec.decode(JSONValue.self, from: body) }

        /// The word of a problem.
        var code: String? {
            guard case .string(let code)? = try? json()["code"] else { return nil }
            return code
        }
    }

    /// Asks as somebody: a person by name, `key` or `operator`, or nobody.
    func ask(
        _ method: HTTPClientRequest.Method, _ target: String, as who: String? = "key",
        version: String? = nil, _ body: JSONValue? = nil, bytes: [UInt8]? = nil
    ) async throws -> Answer {
        var fields: [HTTPClientHeaders.Field] = []
        if let who { fields.append(.init(name: "Authorization", value: "Bearer \(who)")) }
        if let version { fields.append(.init(name: "If-Match", value: version)) }
        if body != nil { fields.append(.init(name: "Content-Type", value: "application/json")) }
        let answer = try await http.send(
            HTTPClientRequest(
                method, "http://127.0.0.1:\(port)\(target)", headers: HTTPClientHeaders(fields),
                body: try body.map { try RecordCodec.encode($0) } ?? bytes))
        return Answer(status: answer.status, headers: answer.headers, body: answer.body)
    }

    /// Asks about the tenant `sol`.
    func sol(
        _ method: HTTPClientRequest.Method, _ target: String, as who: String? = "key",
        version: String? = nil, _ body: JSONValue? = nil, bytes: [UInt8]? = nil
    ) async throws -> Answer {
        try await ask(
            method, "/api/v1/tenants/sol" + target, as: who, version: version, body, bytes: bytes)
    }

    static let locale: JSONValue = [
        "language": "es", "timeZone": "Europe/Madrid", "dateFormat": "d/M/y",
    ]
}

// MARK: - People

extension House {
    private func reference() throws -> String { Hex.encode(try RandomBytes.make(count: 8)) }

    /// Makes an account with a verified address, signed in.
    @discardableResult
    func person(_ name: String) async throws -> Person {
        let person = Person(
            name: name, account: AccountID("account-\(name)"), session: SessionID("s-\(name)"))
        let naming = AddressNaming(try TestKeys.table(of: .installation))
        try await channel.ask(
            person.account,
            .create(
                NewAccount(
                    address: try naming.claim(EmailAddress(person.address)), name: name,
                    passwordHash: "hash", isVerified: true)),
            for: Asker(AuditActor(.operator, "op"), origin: AuditOrigin(), reference: reference()))
        try await signIn(person)
        return person
    }

    /// Signs in with the password.
    func signIn(_ person: Person) async throws {
        try await channel.ask(
            person.account,
            .signIn(
                NewSession(
                    id: person.session, tokenHash: "hash of \(person.session)",
                    expires: now + .seconds(3_600)), Proof(passwordVersion: 1)),
            for: Asker(
                AuditActor(.account, person.account.rawValue), origin: AuditOrigin(),
                reference: reference()))
        rules.note(person)
    }

    /// The tenant `sol` with an owner, an admin, an agent and a viewer, each by name.
    func found() async throws {
        let made = try await ask(
            .post, "/api/v1/organisations",
            ["id": "sol", "name": "Bicicletas Sol", "plan": "free", "locale": Self.locale])
        try #require(made.status == 201, "\(made.text)")
        for role in ["owner", "admin", "agent", "viewer"] {
            try await person(role)
            try await take(role, as: role)
        }
    }

    /// Invites a person who has an account, and lets them accept.
    func take(_ name: String, as role: String) async throws {
        let invited = try await sol(
            .post, "/invitations",
            ["email": .string("\(name)@example.org"), "role": .string(role)])
        try #require(invited.status == 201, "\(invited.text)")
        let joined = try await ask(
            .post, "/api/v1/me/invitations/accept", as: name,
            ["token": .string(try await link(to: "\(name)@example.org"))])
        try #require(joined.status == 200, "\(joined.text)")
    }

    /// The token in the newest mail to an address.
    func link(to address: String) async throws -> String {
        let mail = try await eventually("a mail to \(address)") {
            try await self.all(MailRequest.self).last { $0.to == address && $0.token != nil }
        }
        let sealed = try #require(mail.token?.sealed)
        return try LinkTokens(ring).open(sealed)
    }

    /// All records of a type.
    func all<P: Payload>(_ type: P.Type) async throws -> [P] {
        let reader = try await log.openReader(of: [P.topic.rawValue], from: .beginning)
        let records = try await reader.poll(atMost: 10_000, waiting: .milliseconds(10))
        await reader.close()
        return try records.compactMap {
            if case .payload(let payload as P) = try RecordEnvelope.program.decode($0.record).value
            {
                payload
            } else {
                nil
            }
        }
    }
}

extension JSONValue {
    subscript(index: Int) -> JSONValue? {
        if case .array(let list) = self, list.indices.contains(index) { list[index] } else { nil }
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }

    var list: [JSONValue] { if case .array(let list) = self { list } else { [] } }
}

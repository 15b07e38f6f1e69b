import AccountAccess
import AccountCommands
import AccountEndpoints
import AccountRecords
import AuditRecords
import Conversation
import Cryptography
import HTTPClient
import Permissions
import Testing

/// Somebody who is signed in.
struct Guest {
    let account: AccountID
    var cookies: [String: String]
    var session: SessionID = ""

    var actor: AuditActor {
        AuditActor(.account, account.rawValue, session: session.rawValue)
    }
}

/// A house with the installation's owner, and a tenant with its owner Ada and its agent Ben.
struct Sol {
    let house: House
    var olga: Guest
    let ada: Guest
    let ben: Guest

    init(_ house: House) async throws {
        self.house = house
        olga = Guest(account: "", cookies: try await house.setUp("olga@example.org"))
        olga = try await house.known(olga.cookies)
        ada = try await house.guest("ada")
        ben = try await house.guest("ben")
        let locale = OrganisationPart.Locale(
            language: "en", timeZone: "Europe/Madrid", dateFormat: "d/M/y")
        try await channel.ask(
            ada.account, .found("sol", NewOrganisation(name: "Sol", plan: "free", locale: locale)),
            for: house.asker(ada.actor))
        try await house.admit(ben, "ben", into: "sol", as: .admin, by: ada)
    }

    var channel: CommandChannel { house.access.parts.channel }

    func consent(for time: Duration? = .seconds(86_400)) async throws {
        try await channel.ask(
            "sol", .consent(until: time.map { house.now + $0 }), for: house.asker(ada.actor))
    }

    func begin(
        as account: AccountID? = nil, by who: Guest? = nil, reason: String = "a ticket",
        key: String? = nil
    ) async throws -> House.Answer {
        try await house.ask(
            .post, "tenants/sol/impersonations",
            #"{"account":"\#(account ?? ben.account)","reason":"\#(reason)"}"#,
            cookies: (who ?? olga).cookies, headers: house.page(key: key))
    }

    /// Acts as somebody: the cookies, and what a page says of itself.
    func acting(as account: AccountID? = nil) async throws -> Acting {
        let answer = try await begin(as: account)
        try #require(answer.status == 201, "\(answer.text)")
        let made = try answer.value(Made.self)
        return Acting(
            house: house, cookies: olga.cookies.merging(answer.cookies) { $1 }, id: made.id)
    }
}

struct Made: Decodable {
    var id: SessionID
    var expires: Timestamp
}

struct Acting {
    let house: House
    let cookies: [String: String]
    let id: SessionID

    func ask(
        _ method: HTTPClientRequest.Method, _ path: String, _ body: String? = nil,
        says: SessionID?? = nil
    ) async throws -> House.Answer {
        let says = says ?? id
        return try await house.ask(
            method, path, body, cookies: cookies,
            headers: house.page()
                + (says.map { [.init(name: "Parley-Impersonation", value: $0.rawValue)] } ?? []))
    }

    /// Whether it has ended for whoever asks, and for what is open.
    func isOver() async throws -> Bool {
        try await ask(.get, "me").isProblem("impersonation_ended")
    }
}

extension House {
    func page(key: String? = nil) -> [HTTPClientHeaders.Field] {
        let key = key ?? Hex.encode((try? RandomBytes.make(count: 8)) ?? [])
        return [
            .init(name: "Origin", value: "http://127.0.0.1:\(port)"),
            .init(name: "Sec-Fetch-Site", value: "same-origin"),
            .init(name: "Idempotency-Key", value: key),
        ]
    }

    func known(_ cookies: [String: String]) async throws -> Guest {
        struct Who: Decodable {
            struct Own: Decodable { var session: SessionID }
            var id: AccountID
            var own: Own
        }
        let who = try await ask(.get, "me", cookies: cookies).value(Who.self)
        return Guest(account: who.id, cookies: cookies, session: who.own.session)
    }

    func theKey() throws -> Asker { try asker(AuditActor(.key, "1a2b3c4d")) }

    /// Somebody with an account, signed in.
    func guest(_ name: String) async throws -> Guest {
        let address = try EmailAddress("\(name)@example.org")
        let account = AccountID("id-of-\(name)")
        try await access.parts.channel.ask(
            account,
            .create(
                NewAccount(
                    address: try naming.claim(address), name: name, language: nil,
                    passwordHash: try await entrance.hash(House.password), isVerified: true)),
            for: theKey())
        let answer = try await ask(.post, "session", Self.signIn(address.text))
        try #require(answer.status == 201, "\(answer.text)")
        return try await known(answer.cookies)
    }

    func admit(
        _ guest: Guest, _ name: String, into tenant: TenantID, as role: RoleName, by owner: Guest
    ) async throws {
        let channel = access.parts.channel
        try await channel.ask(
            tenant,
            .invite(
                Invitation(
                    id: InvitationID("i-\(name)"),
                    address: try naming.claim(EmailAddress("\(name)@example.org")), role: role,
                    token: OneTimeToken(hash: "hash \(name)", expires: now + .seconds(3_600)),
                    by: "Ada")), for: asker(owner.actor))
        try await channel.ask(
            guest.account, .join(tenant, tokenHash: "hash \(name)"), for: asker(guest.actor))
    }

    /// What the audit logs say of an act, as `actor by operator: what changed`.
    func audit(_ action: String) async throws -> [String] {
        try await payloads(in: .audit).compactMap { payload in
            guard let entry = payload as? AuditEntry, entry.action == action, entry.refusal == nil
            else { return nil }
            let by = entry.who?.impersonatorName.map { " by \($0)" } ?? ""
            let changes = (entry.changes ?? []).map { "\($0.field)=\($0.after ?? "-")" }
            return "\(entry.tenant) \(entry.actor)\(by): \(changes.joined(separator: " "))"
        }
    }
}

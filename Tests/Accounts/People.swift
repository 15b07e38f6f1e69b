import AccountRecords
import AuditRecords
import Conversation
import Permissions
import Testing

/// A person with an account, signed in.
struct Person {
    let account: AccountID
    let address: AddressClaim
    var session: SessionID

    init(_ name: String) {
        account = AccountID(name)
        address = Self.claim("\(name)@example.org")
        session = SessionID("session-of-\(name)")
    }

    /// The person, in the session.
    var actor: AuditActor {
        AuditActor(.account, account.rawValue, session: session.rawValue)
    }

    static func claim(_ text: String) -> AddressClaim {
        AddressClaim(key: AddressKey("key of \(text.lowercased())"), text: text)
    }
}

extension AuditActor {
    static let theOperator = AuditActor(.operator, "op")
    static let theKey = AuditActor(.key, "1a2b3c4d")
    static let aLink = AuditActor(.link, "token")
}

extension Office {
    static let locale = OrganisationPart.Locale(
        language: "es", timeZone: "Europe/Madrid", dateFormat: "d/M/y")

    func token(_ name: String, for life: Duration = .seconds(3_600)) -> OneTimeToken {
        OneTimeToken(hash: "hash of \(name)", expires: now + life)
    }

    func newSession(_ id: SessionID) -> NewSession {
        NewSession(
            id: id, tokenHash: "hash of \(id)", expires: now + .seconds(12 * 3_600),
            userAgent: "Firefox", address: "192.0.2.1")
    }

    func newAccount(_ address: AddressClaim, password: String? = "hash") -> NewAccount {
        NewAccount(
            address: address, name: "Ana", language: "es", passwordHash: password,
            isVerified: true)
    }

    /// Makes an account with a verified address and a password, and signs in.
    mutating func person(_ name: String) throws -> Person {
        let person = Person(name)
        try #require(
            try wish(
                .create(newAccount(person.address)), of: person.account, by: .theOperator)
                == .created)
        try signIn(person)
        return person
    }

    /// Signs in with the password alone.
    @discardableResult
    mutating func signIn(
        _ person: Person, _ session: SessionID? = nil, _ second: Proof.Second? = nil
    ) throws -> AccountEvent.Change? {
        let session = session ?? person.session
        return try wish(
            .signIn(
                newSession(session),
                Proof(
                    passwordVersion: facts(person.account)?.password?.version, second: second)),
            of: person.account, by: AuditActor(.account, person.account.rawValue))
    }

    /// Sets up a second factor whose first code was of the step.
    mutating func addFactor(_ person: Person, step: Int64 = 100, codes: [String] = []) throws {
        try wish(
            .offerFactor("phone", Sealed(keyID: "k", box: "b")), of: person.account,
            by: person.actor)
        let answer = try wish(
            .confirmFactor("phone", step: step, backupCodes: codes), of: person.account,
            by: person.actor)
        try #require(answer == .factorActivated)
    }

    /// Founds a tenant.
    mutating func found(_ tenant: TenantID, by person: Person) throws {
        let answer = try wish(
            .found(tenant, NewOrganisation(name: "Sol", plan: "free", locale: Self.locale)),
            of: person.account, by: person.actor)
        try #require(answer == .joined(tenant))
    }

    /// Invites somebody, who accepts.
    mutating func take(
        _ person: Person, into tenant: TenantID, as role: RoleName, by inviter: AuditActor
    ) throws {
        try invite(
            person.address, into: tenant, as: role, by: inviter, token: "t-\(person.account)")
        let answer = try wish(
            .join(tenant, tokenHash: "hash of t-\(person.account)"), of: person.account,
            by: person.actor)
        try #require(answer == .joined(tenant))
    }

    @discardableResult
    mutating func invite(
        _ address: AddressClaim, into tenant: TenantID, as role: RoleName, by inviter: AuditActor,
        token name: String
    ) throws -> OrganisationEvent.Change? {
        try wish(
            .invite(
                Invitation(
                    id: InvitationID("invitation \(name)"), address: address, role: role,
                    token: token(name, for: Invitation.life), by: "Ana")), of: tenant, by: inviter)
    }
}

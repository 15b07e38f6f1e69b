import AccountAccess
import AccountCommands
import AuditRecords
import Conversation
import Cryptography
import Endpoints
import HTTPServer
import Idempotency
import Live
import NetworkAddress
import Permissions
import Synchronization
import TenantDirectory
import WebSocket

extension Problem.Kind {
    static let badTicket = Self(401, "ticket")
    static let noSubprotocol = Self(400, "subprotocol")
    static let starting = Self(503, "starting")
    static let sealedTenant = Self(409, "sealed_tenant")
    static let foreignHost = Self(421, "wrong_host")
}

/// Who may ask the console: people who are signed in, programs with an API key, agents by their
/// tickets, and whoever has the installation's key.
final class ConsoleAccess: AccessRules, LiveAccess {
    /// What a ticket is called among the subprotocols.
    static let ticketPrefix = "ticket."

    /// What the console's own checks refuse with.
    static let problems = EndpointList.AccessProblems(
        anyone: [.foreignPage, .foreignHost] + ConsoleEdge.problems,
        permitted: [
            .unauthorized, .starting, .foreignNetwork, .impersonationEnded, .impersonatesElsewhere,
        ] + Authorizer.refusals,
        tenant: [Authorizer.noTenant, .sealedTenant], once: ConsoleEdge.onceProblems,
        onceWithSecret: [.idempotencySecret])

    let source: SourceGuard
    let tickets = AgentTickets()
    private let key: APIKey
    private let tenants: TenantDirectory
    private let accounts: AccountAccess?
    private let now: @Sendable () -> Timestamp
    private let isReady = Mutex<@Sendable () -> Bool>({ false })
    private let audit = Mutex<(@Sendable (AuditEntry) async throws(Problem) -> Void)?>(nil)

    /// `hosts` are names under which the console may be reached besides this machine's own.
    init(
        key: APIKey, hosts: Set<String>, tenants: TenantDirectory, accounts: AccountAccess?,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.key = key
        self.tenants = tenants
        self.accounts = accounts
        self.now = now
        source = SourceGuard(service: "console", hosts: hosts) { accounts?.host }
    }

    /// Says where looks at tenants are told of.
    func tell(_ audit: @escaping @Sendable (AuditEntry) async throws(Problem) -> Void) {
        self.audit.withLock { $0 = audit }
    }

    /// Says when tables and views have caught up: until then, the console answers 503.
    func follow(_ isReady: @escaping @Sendable () -> Bool) {
        self.isReady.withLock { $0 = isReady }
    }

    func principal(of request: HTTPRequest) async throws(Problem) -> Principal {
        let lines = request.headers.all(named: "Authorization")
        if lines.isEmpty, let accounts, let token = SessionCookie.token(in: request) {
            try SessionCookie.checkSite(request)
            let address = try await accounts.client(of: request)?.address
            guard
                let found = try await accounts.person(token: token, of: request, from: address)
            else { throw Self.sessionEnded }
            return .person(
                try await accounts.impersonating(found, by: request, from: address).person)
        }
        if lines.count == 1, let token = Self.bearer(lines[0]) {
            if key.matches(token) { return .key(Principal.KeyName(key.actor)) }
            if let agent = tickets.agent(token, at: now()) { return .agent(agent) }
            if let accounts, let found = try await known(token, request, accounts) { return found }
        }
        throw Problem(
            .unauthorized,
            "sign in, or send an API key, or the installation's key as `Authorization: Bearer "
                + "KEY`; it stands in console.key in the data folder")
    }

    /// Who has the token of a session, or an API key.
    private func known(
        _ token: String, _ request: HTTPRequest, _ accounts: AccountAccess
    ) async throws(Problem) -> Principal? {
        if token.hasPrefix(APIKeyText.prefix) {
            return .program(try await accounts.program(key: token, of: request))
        }
        guard token.hasPrefix(SessionCookie.tokenPrefix) else { return nil }
        let address = try await accounts.client(of: request)?.address
        guard let found = try await accounts.person(token: token, of: request, from: address) else {
            throw Self.sessionEnded
        }
        return .person(found.person)
    }

    private static let sessionEnded = Problem(
        .unauthorized, "your session has ended; sign in again")

    func agent(opening request: HTTPRequest) throws(Problem) -> Principal.Agent {
        let offered = Handshake.offeredProtocols(request)
        guard offered.contains(AgentSession.subprotocol) else {
            throw Problem(
                .noSubprotocol,
                "offer the subprotocols \(AgentSession.subprotocol) and ticket.TICKET, "
                    + "with a ticket of this console")
        }
        let token = offered.first { $0.hasPrefix(Self.ticketPrefix) }?.dropFirst(
            Self.ticketPrefix.count)
        guard let token, let agent = tickets.redeem(String(token), at: now()) else {
            throw Problem(.badTicket, "the ticket is missing, used or too old; fetch a new one")
        }
        return agent
    }

    /// What the ticket gives by which a socket is being opened.
    func pass(of request: HTTPRequest) -> AgentTickets.Pass? {
        Handshake.offeredProtocols(request).first { $0.hasPrefix(Self.ticketPrefix) }
            .flatMap { tickets.takePass(String($0.dropFirst(Self.ticketPrefix.count))) }
    }

    /// Looks up who somebody is again.
    ///
    /// A person's session without using it; a program's key with the request that named it. The
    /// installation's key and an agent's ticket are what they were.
    func present(
        _ principal: Principal, knownBy request: HTTPRequest
    ) async throws(Problem) -> Principal {
        guard let accounts else { return principal }
        switch principal {
        case .person(let person):
            let address = try await accounts.client(of: request)?.address
            guard let found = try await accounts.person(again: person, from: address) else {
                guard person.impersonator == nil else { throw AccountAccess.impersonationEnded }
                throw Self.sessionEnded
            }
            return .person(found.person)
        case .program: return try await self.principal(of: request)
        case .nobody, .key, .agent: return principal
        }
    }

    /// Refuses while the tables are still being built: half an answer would look like a whole one.
    func checkReadiness() throws(Problem) {
        guard isReady.withLock({ $0 })(), accounts?.isReady ?? true else {
            throw Problem(.starting, "the console is still reading the log; try again")
        }
    }

    /// An organisation is there before WhatsApp is connected to it.
    func checkTenant(_ tenant: TenantID) async throws(Problem) {
        if try await accounts?.hasOrganisation(tenant) == true { return }
        _ = try tenants.served(tenant)
    }

    /// A tenant without an organisation of which anything is known is open.
    func place(of tenant: TenantID) async throws(Problem) -> Access.Place {
        try await accounts?.place(of: tenant) ?? .tenant(tenant, .open, consents: false)
    }

    /// Tells a tenant's audit log that an operator looks, as such or as somebody of it, once an
    /// hour; changes tell of themselves.
    func note(
        _ principal: Principal, _ permission: Permission, in tenant: TenantID,
        for request: HTTPRequest, _ arrival: Arrival
    ) async throws(Problem) {
        guard case .person(let person) = principal, request.method == .get,
            let accounts, let audit = audit.withLock({ $0 }),
            accounts.isNews(
                of: person.impersonator ?? person.account,
                "look/\(permission)/\(tenant)"
                    + (person.impersonator == nil ? "" : "/\(person.session)"))
        else { return }
        try await audit(
            AuditEntry(
                tenant: tenant, by: AuditActor(principal, inTeam: person.impersonator != nil),
                action: "operator.look", on: AuditTarget("permission", permission.rawValue),
                from: AuditOrigin(
                    principal, request, from: arrival.client ?? request.remoteAddress,
                    arrival.reference),
                at: now()))
    }

    private static func bearer(_ line: String) -> String? {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1].drop { $0 == " " })
    }
}

extension TenantDirectory {
    /// A tenant that can be served.
    func served(_ id: TenantID) throws(Problem) -> Tenant {
        if let tenant = tenant(id) { return tenant }
        if let problem = problems[id] {
            throw Problem(.sealedTenant, "\(problem); connect it anew with all its secrets")
        }
        throw Problem(Authorizer.noTenant, "there is no tenant \(id)")
    }
}

import Conversation
import Endpoints
import HTTPServer
import Permissions
import Synchronization
import TenantDirectory
import WebSocket

extension Problem.Kind {
    static let unauthorized = Self(401, "unauthorized")
    static let badTicket = Self(401, "ticket")
    static let noSubprotocol = Self(400, "subprotocol")
    static let starting = Self(503, "starting")
    static let sealedTenant = Self(409, "sealed_tenant")
    static let foreignPage = Self(403, "origin")
    static let foreignHost = Self(421, "wrong_host")
}

/// Who may ask the console: whoever has the installation's key, and agents by their tickets.
final class ConsoleAccess: AccessRules {
    /// What a ticket is called among the subprotocols.
    static let ticketPrefix = "ticket."

    /// What the console's own checks refuse with.
    static let problems = EndpointList.AccessProblems(
        anyone: [.foreignPage, .foreignHost], permitted: [.unauthorized, .starting],
        tenant: [Authorizer.noTenant, .sealedTenant])

    let source: SourceGuard
    let tickets = AgentTickets()
    private let key: APIKey
    private let tenants: TenantDirectory
    private let now: @Sendable () -> Timestamp
    private let isReady = Mutex<@Sendable () -> Bool>({ false })

    /// `hosts` are names under which the console may be reached besides this machine's own.
    init(
        key: APIKey, hosts: Set<String>, tenants: TenantDirectory,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.key = key
        self.tenants = tenants
        self.now = now
        source = SourceGuard(service: "console", hosts: hosts)
    }

    /// Says when tables and views have caught up: until then, the console answers 503.
    func follow(_ isReady: @escaping @Sendable () -> Bool) {
        self.isReady.withLock { $0 = isReady }
    }

    func principal(of request: HTTPRequest) throws(Problem) -> Principal {
        let lines = request.headers.all(named: "Authorization")
        if lines.count == 1, let token = Self.bearer(lines[0]) {
            if key.matches(token) { return .key(Principal.KeyName(key.actor)) }
            if let agent = tickets.agent(token, at: now()) { return .agent(agent) }
        }
        throw Problem(
            .unauthorized,
            "send the installation's key as `Authorization: Bearer KEY`; "
                + "it stands in console.key in the data folder")
    }

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

    /// Refuses while the tables are still being built: half an answer would look like a whole one.
    func checkReadiness() throws(Problem) {
        guard isReady.withLock({ $0 })() else {
            throw Problem(.starting, "the console is still reading the log; try again")
        }
    }

    func checkTenant(_ tenant: TenantID) throws(Problem) { _ = try tenants.served(tenant) }

    /// A tenant that is connected is open.
    func place(of tenant: TenantID) -> Access.Place { .tenant(tenant, .open, consents: false) }

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

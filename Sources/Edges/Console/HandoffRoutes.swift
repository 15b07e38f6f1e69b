package import Conversation
import HTTPServer
import Telemetry
import TenantDirectory
import WebSocket

/// Handoffs over HTTP, tickets, and agents' WebSockets.
struct HandoffRoutes: Sendable {
    /// Characters of an agent's name, as other agents and records show it.
    private static let nameCharacters = 80
    private static let ticketPrefix = "ticket."

    let desk: ConsoleDesk
    let logger: Logger
    let sockets: Gauge
    private let tickets = AgentTickets()

    init(desk: ConsoleDesk, metrics: Metrics, logger: Logger) {
        self.desk = desk
        self.logger = logger
        sockets = metrics.gauge(
            "parley_console_agents", help: "Agents' sockets that are open.")
    }

    /// Adds the routes to a router.
    func add(to router: inout Router) {
        desk.add(.get, "/api/handoffs", to: &router) { request, _ in
            try .value(HandoffList(handoffs: try list(request.queryValue("tenant"))))
        }
        desk.add(.get, "/api/handoffs/{conversation}", to: &router) { request, path in
            try .value(
                try transcript(
                    ConversationID(path.required("conversation")), request.queryValue("tenant")))
        }
        desk.add(.post, "/api/tickets", to: &router) { request, _ in
            try .value(try issue(try request.value(TicketRequest.self)), status: 201)
        }
        router.on(.get, "/agent") { request, _ in try connect(request) }
    }

    /// The handoffs of a tenant; without a name those of all, tenant by tenant.
    private func list(_ tenant: String?) throws(HTTPError) -> [Handoff] {
        let tenants =
            if let tenant { [try desk.tenant(tenant)] } else { desk.tenants.all }
        return tenants.flatMap { tenant in
            desk.hub.view { $0.handoffs(of: tenant.settings.tenant) }
        }
    }

    private func transcript(
        _ conversation: ConversationID, _ tenant: String?
    ) throws(HTTPError) -> HandoffTranscript {
        let tenants =
            if let tenant { [try desk.tenant(tenant)] } else { desk.tenants.all }
        for tenant in tenants {
            let found = desk.hub.view { $0.conversation(conversation, of: tenant.settings.tenant) }
            if let found { return found }
        }
        throw HTTPError(
            404, code: "no_handoff",
            message: "no handoff of the conversation \(conversation) is open")
    }

    private func issue(_ request: TicketRequest) throws -> TicketAnswer {
        let agent = request.agent ?? ""
        let name = request.name ?? ""
        guard TenantRequest.isSlug(agent) else {
            throw HTTPError(
                400, code: "bad_agent", message: "agent is 1 to 63 of a-z, 0-9 and -")
        }
        let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
        guard isPlain, (1...Self.nameCharacters).contains(name.count) else {
            throw HTTPError(
                400, code: "bad_name",
                message: "name is what customers' colleagues see: 1 to \(Self.nameCharacters) "
                    + "characters")
        }
        let tenant = try desk.tenant(orOnlyOne: request.tenant).settings.tenant
        let token = try tickets.issue(
            for: AgentIdentity(agent: AgentID(agent), name: name, tenant: tenant),
            at: desk.records.now())
        return TicketAnswer(
            ticket: token, tenant: tenant,
            protocols: [AgentSession.subprotocol, Self.ticketPrefix + token])
    }

    private func connect(_ request: HTTPRequest) throws -> HTTPResponse {
        try desk.access.checkSource(request)
        try desk.requireTables()
        let offered = Handshake.offeredProtocols(request)
        guard offered.contains(AgentSession.subprotocol) else {
            throw HTTPError(
                400, code: "subprotocol",
                message: "offer the subprotocols \(AgentSession.subprotocol) and ticket.TICKET, "
                    + "with a ticket from POST /api/tickets")
        }
        let token = offered.first { $0.hasPrefix(Self.ticketPrefix) }?.dropFirst(
            Self.ticketPrefix.count)
        guard let token, let identity = tickets.redeem(String(token), at: desk.records.now())
        else {
            throw HTTPError(
                401, code: "ticket",
                message: "the ticket is missing, used or too old; POST /api/tickets gives a new one"
            )
        }
        let session = AgentSession(
            identity: identity, hub: desk.hub, desk: desk.commands, options: desk.options,
            records: desk.records, logger: logger)
        let sockets = sockets
        let host = request.headers.first(named: "Host")
        let access = desk.access
        return WebSocketConnection.upgrade(
            request,
            policy: Handshake.Policy(protocols: [AgentSession.subprotocol]) {
                access.allows(origin: $0, host: host)
            }
        ) { connection in
            sockets.add(1)
            await session.run(connection)
            sockets.add(-1)
        }
    }
}

/// The answer to a list of handoffs.
package struct HandoffList: Hashable, Sendable, Codable {
    /// The handoffs, the longest waiting first.
    package var handoffs: [Handoff]
}

/// Who asks for a WebSocket.
package struct TicketRequest: Hashable, Sendable, Codable {
    /// The agent's id.
    package var agent: String?
    /// The agent's name.
    package var name: String?
    /// The tenant; may be missing where there is only one.
    package var tenant: String?

    /// Describes an agent.
    package init(agent: String?, name: String?, tenant: String?) {
        self.agent = agent
        self.name = name
        self.tenant = tenant
    }
}

/// A ticket for one WebSocket, good for half a minute.
package struct TicketAnswer: Hashable, Sendable, Codable {
    /// The ticket.
    package var ticket: String
    /// The tenant that it is for.
    package var tenant: TenantID
    /// What to offer as subprotocols.
    package var protocols: [String]
}

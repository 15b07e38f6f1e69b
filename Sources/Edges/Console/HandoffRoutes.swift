package import Conversation
import HTTPServer
import Telemetry
import TenantDirectory
import WebSocket

/// Handoffs over HTTP, tickets, and agents' WebSockets.
struct HandoffRoutes: Sendable {
    /// Characters of an agent's name, as other agents and records show it.
    private static let nameCharacters = 80
    /// The same in bytes of UTF-8: a character may be many.
    private static let nameBytes = 320
    /// Handoffs of one page; most pages end sooner, by their size.
    private static let mostHandoffs = 500
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
            try .value(try list(request))
        }
        desk.add(.get, "/api/handoffs/{conversation}", to: &router) { request, path in
            try .value(
                try transcript(
                    ConversationID(path.required("conversation")), request.queryValue("tenant"),
                    before: request.queryValue("before").map { RecordID($0) }))
        }
        desk.add(.post, "/api/tickets", to: &router) { request, _ in
            try .value(try issue(try request.value(TicketRequest.self)), status: 201)
        }
        router.on(.get, "/agent") { request, _ in try connect(request) }
    }

    /// A page of the handoffs of a tenant; without a name of those of all, tenant by tenant.
    private func list(_ request: HTTPRequest) throws(HTTPError) -> HandoffList {
        let tenants = try tenants(request.queryValue("tenant"))
        let limit = try request.queryNumber(
            "limit", default: Self.mostHandoffs, in: 1...Self.mostHandoffs)
        var cursor: HandoffCursor?
        if let text = request.queryValue("after") {
            cursor = HandoffCursor(text)
            guard cursor != nil else {
                throw HTTPError(
                    400, code: "bad_cursor",
                    message: "after is what the page before gave as next, as it is")
            }
        }
        return desk.hub.view { $0.page(of: tenants, after: cursor, atMost: limit) }
    }

    private func tenants(_ name: String?) throws(HTTPError) -> [TenantID] {
        if let name { return [try desk.tenant(name).settings.tenant] }
        return desk.tenants.all.map(\.settings.tenant)
    }

    private func transcript(
        _ conversation: ConversationID, _ tenant: String?, before line: RecordID?
    ) throws(HTTPError) -> HandoffTranscript {
        for tenant in try tenants(tenant) {
            let found = desk.hub.view { $0.page(of: conversation, in: tenant, before: line) }
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
        guard VisibleText.isPlain(name), (1...Self.nameCharacters).contains(name.count),
            name.utf8.count <= Self.nameBytes
        else {
            throw HTTPError(
                400, code: "bad_name",
                message: "name is what customers' colleagues see: 1 to \(Self.nameCharacters) "
                    + "characters, without control characters")
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
                    + "with a ticket of this console")
        }
        let token = offered.first { $0.hasPrefix(Self.ticketPrefix) }?.dropFirst(
            Self.ticketPrefix.count)
        guard let token, let identity = tickets.redeem(String(token), at: desk.records.now())
        else {
            throw HTTPError(
                401, code: "ticket",
                message: "the ticket is missing, used or too old; fetch a new one"
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

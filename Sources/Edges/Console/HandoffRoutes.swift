import AccountCommands
import AuditRecords
package import Conversation
import ConversationView
import Endpoints
import HTTPServer
package import JSON
import SQLite
import Telemetry
import TenantDirectory
import WebSocket

/// Handoffs over HTTP, tickets, and agents' WebSockets.
struct HandoffRoutes: Sendable {
    let context: ConsoleContext
    let access: ConsoleAccess
    let logger: Logger
    let sockets: Gauge

    init(context: ConsoleContext, access: ConsoleAccess, metrics: Metrics, logger: Logger) {
        self.context = context
        self.access = access
        self.logger = logger
        sockets = metrics.gauge(
            "parley_console_agents", help: "Agents' sockets that are open.")
    }

    /// The endpoints.
    var endpoints: [Endpoint] { lists + [transcript, ticket, desk, socket, description] }

    private var lists: [Endpoint] {
        [
            .installation(
                .at(
                    .get, "/api/v1/handoffs", "handoffs.listAll",
                    "Lists what waits for a person or has one, of all tenants, page by page."),
                may: .readAllHandoffs,
                .init(takes: PageParameters.self, gives: Reply<HandoffList>.self)
            ) { call in
                let scopes = context.tenants.all.map { call.scope.scope(of: $0.settings.tenant) }
                return Reply(try await list(scopes, call.parameters))
            },
            .tenant(
                .at(
                    .get, "/api/v1/tenants/{tenant}/handoffs", "handoffs.list",
                    "Lists what waits for a person or has one, of one tenant, page by page."),
                may: .readHandoffs,
                .init(takes: PageParameters.self, gives: Reply<HandoffList>.self)
            ) { call in
                let cursor = try Self.cursor(call.parameters)
                // The list of all goes on behind a tenant that was removed meanwhile.
                guard cursor.map({ $0.tenant == call.scope.tenant }) ?? true else {
                    throw PageParameters.badCursor
                }
                return Reply(try await list([call.scope], call.parameters))
            },
        ]
    }

    private static func cursor(_ wanted: PageParameters) throws(Problem) -> HandoffCursor? {
        guard let text = wanted.after else { return nil }
        guard let cursor = HandoffCursor(text) else { throw PageParameters.badCursor }
        return cursor
    }

    private func list(
        _ scopes: [TenantScope], _ wanted: PageParameters
    ) async throws(Problem) -> HandoffList {
        let cursor = try Self.cursor(wanted)
        return try await context.conversations.answer { rows throws(SQLiteError) in
            try HandoffList.page(rows, of: scopes, after: cursor, atMost: wanted.rows)
        }
    }

    private var transcript: Endpoint {
        .tenant(
            .at(
                .get, "/api/v1/tenants/{tenant}/handoffs/{conversation}", "handoffs.read",
                "Reads what was said in a conversation that waits for a person or has one."),
            may: .readHandoffs,
            .init(
                takes: TranscriptParameters.self, gives: Reply<HandoffTranscript>.self,
                problems: [.noHandoff])
        ) { call in
            let conversation = call.parameters.conversation
            let found = try await context.conversations.answer {
                rows throws(SQLiteError) -> HandoffTranscript? in
                try ConversationRows(rows, of: call.scope).handoffPage(
                    of: conversation, before: call.parameters.before)
            }
            guard let found else {
                throw Problem(
                    .noHandoff, "no handoff of the conversation \(conversation) is open")
            }
            return Reply(found)
        }
    }

    private var ticket: Endpoint {
        .tenant(
            .at(
                .post, "/api/v1/tenants/{tenant}/tickets", "tickets.issue",
                "Issues a ticket by which an agent of the tenant is known for half a minute."),
            may: .issueTickets,
            .init(
                body: JSONBody<TicketRequest>.self, gives: Reply<TicketAnswer>.self, [201],
                problems: [.notStored], repeating: .onceWithSecret)
        ) { call in
            let wanted = call.body.value
            let tenant = call.scope.tenant
            // Nobody lets others do what they may not do themselves.
            if wanted.supervises == true {
                _ = try Authorizer.scope(
                    of: tenant, for: call.principal, needing: .superviseConversations,
                    at: try await access.place(of: tenant))
            }
            // Nobody gets a ticket of which the audit log does not tell.
            try await context.append([
                context.records.audit(
                    "ticket.issue", on: AuditTarget("agent", wanted.agent, name: wanted.name),
                    in: tenant, for: Asker(call, in: tenant))
            ])
            let token = try access.tickets.issue(
                for: .vouched(
                    Principal.Agent(
                        id: AgentID(wanted.agent), name: wanted.name, tenant: tenant,
                        supervises: wanted.supervises ?? false)),
                at: context.records.now())
            return Reply(
                TicketAnswer(
                    ticket: token, tenant: tenant,
                    protocols: [AgentSession.subprotocol, ConsoleAccess.ticketPrefix + token]),
                status: 201)
        }
    }

    private var description: Endpoint {
        .anyone(
            .at(
                .get, AgentProtocol.path, "agent.describe",
                "Describes the agents' WebSocket as an AsyncAPI document."),
            .init(gives: Reply<AgentProtocol>.self)
        ) { _ in Reply(AgentProtocol()) }
    }

    private var socket: Endpoint {
        .ticket(
            .at(
                .get, "/api/v1/agent", "agent",
                "Opens an agent's WebSocket: the queue, live, and all that an agent does."),
            may: .readHandoffs,
            .init(
                takes: NoParameters.self, gives: Upgrade.self, [101],
                problems: [.noSubprotocol, .badTicket, .badHandshake, .upgradeRequired])
        ) { Upgrade(try connect($0)) }
    }

    private func connect(_ call: Call<TenantScope, NoParameters, NoBody>) throws -> HTTPResponse {
        guard case .agent(let agent) = call.principal else {
            throw Problem(.badTicket, "a socket is opened by an agent's ticket")
        }
        // Who came in by a page is asked for again and again: sessions and roles end.
        guard let pass = access.pass(of: call.request) else {
            throw Problem(.badTicket, "the ticket is too old; fetch a new one")
        }
        let session = AgentSession(
            agent: agent, pass: pass, scope: call.scope, hub: context.hub,
            conversations: context.conversations, commands: context.commands,
            options: context.options, records: context.records, logger: logger)
        let sockets = sockets
        let host = call.request.headers.first(named: "Host")
        let source = access.source
        return WebSocketConnection.upgrade(
            call.request,
            policy: Handshake.Policy(protocols: [AgentSession.subprotocol]) {
                source.allows(origin: $0, host: host)
            }
        ) { connection in
            sockets.add(1)
            await session.run(connection)
            sockets.add(-1)
        }
    }
}

extension TenantPermission {
    static let readHandoffs = Self("handoffs:read", isForAgents: true)
    static let issueTickets = Self("tickets:issue")
}

extension InstallationPermission {
    static let readAllHandoffs = Self("handoffs:readAll")
}

extension Problem.Kind {
    static let noHandoff = Self(404, "no_handoff")
}

/// Which conversation's transcript is wanted, and which part of it.
package struct TranscriptParameters: Described, Decodable, Hashable {
    /// The conversation.
    package var conversation: ConversationID
    /// The line before which to read; the newest lines where it is `nil`.
    package var before: RecordID?

    package static let schema = JSONSchema.object([
        .required("conversation", .id("The conversation.")),
        .optional("before", .text("The line before which to read.", 1...FrameLimits.id)),
    ])
}

/// Whom a ticket is for.
package struct TicketRequest: Hashable, Codable, Described {
    /// The agent's id.
    package var agent: String
    /// The agent's name.
    package var name: String
    /// Whether they may take conversations from colleagues, if whoever issues it may.
    package var supervises: Bool?

    /// Describes an agent.
    package init(agent: String, name: String, supervises: Bool? = nil) {
        self.agent = agent
        self.name = name
        self.supervises = supervises
    }

    package static let schema = JSONSchema.object(
        [
            .required("agent", TenantRequest.slug("The agent's id.")),
            .required(
                "name",
                .text("What colleagues and records show.", 1...80, pattern: visible)),
            .optional(
                "supervises",
                .boolean("Whether they may take conversations from colleagues.")),
        ], named: "TicketRequest", examples: [["agent": "ana", "name": "Ana María"]])

    /// No controls, breaks of lines, or marks that set the direction.
    private static let visible =
        #"[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb]*"#
}

/// A ticket for one WebSocket, good for half a minute.
package struct TicketAnswer: Hashable, Codable, Described {
    /// The ticket.
    package var ticket: String
    /// The tenant that it is for.
    package var tenant: TenantID
    /// What to offer as subprotocols.
    package var protocols: [String]

    package static let schema = JSONSchema.object(
        [
            .required("ticket", .text("The ticket: also `Authorization: Bearer TICKET`.")),
            .required("tenant", .text("The tenant that it is for.")),
            .required("protocols", .list(.text(), "What to offer as subprotocols.")),
        ], named: "Ticket")
}

package import AccountCommands
package import AuditEndpoints
import AuditRecords
package import Conversation
package import Endpoints
import HTTPServer
package import RoutingRecords
import RoutingView
import SQLite
package import Views

/// A tenant's queues and what its agents can do, over HTTP.
package struct RoutingEndpoints: Sendable {
    /// The business numbers of a tenant.
    package typealias Numbers = @Sendable (TenantID) -> [BusinessNumberID]

    let view: StoredView
    private let answers: Commands<RoutingSetting>
    private let writer: CommandWriter
    private let audit: AuditWriter
    let numbers: Numbers

    /// Answers from a view that is kept of ``RoutingView``; `answers` hears its announcements.
    package init(
        over view: StoredView, _ answers: Commands<RoutingSetting>, by writer: CommandWriter,
        noting audit: AuditWriter, numbers: @escaping Numbers
    ) {
        self.numbers = numbers
        self.view = view
        self.answers = answers
        self.writer = writer
        self.audit = audit
    }

    /// The endpoints.
    package var endpoints: [Endpoint] {
        [list, addQueue, changeQueue, removeQueue, setProfile, setNumbers]
    }

    static let base = "/api/v1/tenants/{tenant}/routing"
    static let writing: [Problem.Kind] = [
        .viewIsBuilt, .notStored, .notVisible, .noQueue, .queueTaken, .queuesFull, .queueIsDefault,
    ]

    private var list: Endpoint {
        .tenant(
            .at(
                .get, Self.base, "routing.list",
                "Lists the queues, and what agents can do and how much."),
            may: .readHandoffs,
            .init(gives: Reply<RoutingListing>.self, problems: [.viewIsBuilt])
        ) { Reply(try await listing($0.scope)) }
    }

    private var addQueue: Endpoint {
        .tenant(
            .at(.post, Self.base + "/queues", "routing.queues.add", "Adds a queue."),
            may: .writeSettings,
            .init(
                body: JSONBody<QueueForm>.self, gives: Reply<RoutingListing>.self, [201],
                problems: Self.writing, repeating: .once)
        ) { call in
            let id = RecordID.derived(from: RecordID(call.reference), by: "routing/queue")
            try await wish(
                .saveQueue(call.body.value.queue(id)), "routing.queue.add", "queue", id.rawValue,
                call.scope, Asker(call, in: call.scope.tenant), call.reference)
            return Reply(try await listing(call.scope), status: 201)
        }
    }

    private var changeQueue: Endpoint {
        .tenant(
            .at(
                .put, Self.base + "/queues/{queue}", "routing.queues.change",
                "Changes a queue: who belongs to it, what it takes, and how long things last."),
            may: .writeSettings,
            .init(
                takes: OneQueue.self, body: JSONBody<QueueForm>.self,
                gives: Reply<RoutingListing>.self, problems: Self.writing)
        ) { call in
            let id = RecordID(call.parameters.queue)
            try await requireQueue(id, call.scope)
            try await wish(
                .saveQueue(call.body.value.queue(id)), "routing.queue.change", "queue",
                id.rawValue, call.scope, Asker(call, in: call.scope.tenant), call.reference)
            return Reply(try await listing(call.scope))
        }
    }

    private var removeQueue: Endpoint {
        .tenant(
            .at(
                .delete, Self.base + "/queues/{queue}", "routing.queues.remove",
                "Removes a queue: what waits in it goes where it belongs now."),
            may: .writeSettings,
            .init(
                takes: OneQueue.self, gives: Reply<RoutingListing>.self, problems: Self.writing)
        ) { call in
            let id = RecordID(call.parameters.queue)
            try await requireQueue(id, call.scope)
            try await wish(
                .removeQueue(id), "routing.queue.remove", "queue", id.rawValue, call.scope,
                Asker(call, in: call.scope.tenant), call.reference)
            return Reply(try await listing(call.scope))
        }
    }

    private var setProfile: Endpoint {
        .tenant(
            .at(
                .put, Self.base + "/agents/{agent}", "routing.agents.change",
                "Says what an agent can do, and how much at once."),
            may: .writeSettings,
            .init(
                takes: OneAgent.self, body: JSONBody<ProfileForm>.self,
                gives: Reply<RoutingListing>.self, problems: Self.writing)
        ) { call in
            let agent = AgentID(call.parameters.agent)
            let form = call.body.value
            let profile = AgentProfile(
                agent: agent, skills: QueueForm.once((form.skills ?? []).map(\.asSkill)),
                capacity: form.capacity ?? AgentProfile.standardCapacity)
            try await wish(
                .saveProfile(profile), "routing.agent.change", "agent", agent.rawValue,
                call.scope, Asker(call, in: call.scope.tenant), call.reference)
            return Reply(try await listing(call.scope))
        }
    }

    // MARK: Looking and wishing

    func listing(_ scope: TenantScope) async throws(Problem) -> RoutingListing {
        let found = try await look(scope) { rows throws(SQLiteError) in
            (try rows.queues(), try rows.profiles(), try rows.agents())
        }
        let profiles = Dictionary(found.1.map { ($0.agent, $0) }) { first, _ in first }
        let standings = Dictionary(found.2.map { ($0.agent, $0) }) { first, _ in first }
        let agents = Set(profiles.keys).union(standings.keys).sorted().map { id in
            let (profile, standing) = (profiles[id], standings[id])
            return AgentListing(
                id: id.rawValue, name: standing?.name, skills: profile?.skills ?? [],
                capacity: profile?.capacity ?? AgentProfile.standardCapacity,
                numbers: profile?.numbers?.map(\.rawValue),
                status: standing?.status.rawValue, isReachable: standing?.isReachable ?? false)
        }
        return RoutingListing(
            queues: found.0.map { QueueListing($0) }, agents: agents,
            standardCapacity: AgentProfile.standardCapacity)
    }

    private func requireQueue(_ id: RecordID, _ scope: TenantScope) async throws(Problem) {
        let found = try await look(scope) { rows throws(SQLiteError) in try rows.queues() }
        guard found.contains(where: { $0.id == id }) else {
            throw Problem(.noQueue, "there is no such queue")
        }
    }

    func look<Value: Sendable>(
        _ scope: TenantScope, _ body: @Sendable (RoutingRows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        let value: Value?
        do throws(SQLiteError) {
            value = try await view.read { rows throws(SQLiteError) in
                try body(RoutingRows(rows, of: scope))
            }
        } catch {
            value = nil
        }
        guard let value, view.isCaughtUp else {
            throw Problem(.viewIsBuilt, "the queues are being read; try again in a moment")
        }
        return value
    }

    func wish(
        _ action: RoutingCommand.Action, _ name: String, _ kind: String, _ target: String,
        _ scope: TenantScope, _ asker: Asker, _ reference: String, changes: [AuditChange] = []
    ) async throws(Problem) {
        try await audit.write(
            name, on: AuditTarget(kind, target), in: scope.tenant, for: asker, changes: changes)
        let command = RoutingCommand(
            tenant: scope.tenant, action: action, reference: reference, at: writer.now())
        let event = try await answers.send(command, id: command.id, reference, by: writer)
        guard case .refused(let refusal) = event.change else { return }
        switch refusal {
        case .taken: throw Problem(.queueTaken, "another queue is called so")
        case .tooMany: throw Problem(.queuesFull, "there are as many queues as there may be")
        case .isDefault:
            throw Problem(
                .queueIsDefault,
                "this queue takes what no other does: let another one do so first")
        case .unknown, .noOffer, .nothingWaits, .notWaiting, .full, .lost:
            throw Problem(
                .noQueue, "there is no such queue, or the one to which conversations go on is none")
        }
    }
}

extension TenantPermission {
    static let readHandoffs = Self("handoffs:read", isForAgents: true)
    static let writeSettings = Self("settings:write")
    static let writeMembers = Self("members:write")
}

extension Problem.Kind {
    static let viewIsBuilt = Self(503, "starting")
    static let noQueue = Self(404, "no_queue")
    static let queueTaken = Self(409, "queue_name_taken")
    static let queuesFull = Self(409, "queues_full")
    static let queueIsDefault = Self(409, "queue_is_default")
}

extension RoutingSetting: AnsweringEvent {}

extension RoutingEvent: AnsweringEvent {}

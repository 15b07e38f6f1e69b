import Conversation
import EventLog
import HTTPServer
import Records
import Synchronization
import TenantDirectory

/// What all routes of the console share: who may ask, the tables, and a way to write.
final class ConsoleDesk: Sendable {
    let access: RequestGuard
    let tenants: TenantDirectory
    let documents = DocumentTable()
    let hub = AgentHub()
    let commands: CommandDesk
    let records: ConsoleRecords
    let options: ConsoleOptions
    private let applied = Expectations<RecordID>()
    private let table = Mutex<TopicTable?>(nil)

    init(
        access: RequestGuard, tenants: TenantDirectory, records: ConsoleRecords,
        options: ConsoleOptions
    ) {
        self.access = access
        self.tenants = tenants
        self.records = records
        self.commands = CommandDesk(records: records)
        self.options = options
    }

    /// Who acts by HTTP: whoever has the installation's key, as that is all that a request shows.
    var actor: String { access.actor }

    /// The topics whose records `apply` takes.
    static let topics: [Topic] = [
        .tenants, .documents, .documentsState, .handoffEvents, .deadLetters,
    ]

    /// Says which table calls `apply`: until it has caught up, the console answers 503.
    func follow(_ table: TopicTable) {
        self.table.withLock { $0 = table }
    }

    /// Takes in a record of the topics above.
    func apply(_ value: RecordValue, _ headers: RecordHeaders, in topic: Topic) {
        guard topic != .deadLetters else {
            // Nobody else tells who sent it: a stage says nothing of what it could not handle.
            switch value {
            case .payload(let command as HandoffCommand): commands.note(setAside: command)
            case .payload(let upload as DocumentUpload): documents.apply(setAside: upload)
            default: break
            }
            return
        }
        switch value {
        case .payload(let settings as TenantSettings): tenants.put(settings)
        case .tombstone(let key) where topic == .tenants: tenants.remove(TenantID(key))
        case .payload(let upload as DocumentUpload): documents.apply(upload)
        case .payload(let removal as DocumentRemoval): documents.apply(removal)
        case .payload(let state as DocumentState): documents.apply(state)
        case .payload(let event as HandoffEvent):
            hub.apply(event)
            commands.note(event)
        default: break
        }
        applied.happened(headers.id)
    }

    /// Appends records and waits until this console's own tables show the one of that id.
    func write(_ list: [Record], visible id: RecordID) async throws {
        let expectation = applied.expect { $0 == id }
        do {
            try await records.appender.append(list)
        } catch {
            applied.forget(expectation)
            throw HTTPError(
                503, code: "not_stored", message: "nothing was stored: \(error.description)")
        }
        guard await applied.event(expectation, within: options.visibilityWait) != nil else {
            throw HTTPError(
                504, code: "not_visible",
                message: "the change is stored, but the console does not see it yet; look again "
                    + "in a moment")
        }
    }

    // MARK: Routes

    /// Adds a route that only the installation's key opens.
    func add(
        _ method: HTTPMethod, _ pattern: String, to router: inout Router,
        maximumBodyBytes: Int? = nil, handler: @escaping Router.Handler
    ) {
        router.on(method, pattern, maximumBodyBytes: maximumBodyBytes) { request, path in
            try self.access.checkSource(request)
            try self.access.checkKey(request)
            try self.requireTables()
            return try await handler(request, path)
        }
    }

    /// Refuses while the tables are still being built: half an answer would look like a whole one.
    func requireTables() throws(HTTPError) {
        guard table.withLock({ $0?.isCaughtUp ?? false }) else {
            throw HTTPError(
                503, code: "starting", message: "the console is still reading the log; try again")
        }
    }

    /// The tenant that a path or query names.
    func tenant(_ id: String) throws(HTTPError) -> Tenant {
        guard let tenant = tenants.tenant(TenantID(id)) else {
            if let problem = tenants.problems[TenantID(id)] {
                throw HTTPError(
                    409, code: "sealed_tenant",
                    message: "\(problem); connect it anew with all its secrets")
            }
            throw HTTPError(
                404, code: "no_tenant",
                message: "there is no tenant \(id)")
        }
        return tenant
    }

    /// The tenant of an optional query item: the only one, if none is named.
    func tenant(orOnlyOne id: String?) throws(HTTPError) -> Tenant {
        if let id { return try tenant(id) }
        let all = tenants.all
        guard let only = all.first, all.count == 1 else {
            throw HTTPError(
                400, code: "which_tenant",
                message: all.isEmpty
                    ? "there is no tenant yet; add one first"
                    : "name the tenant: one of "
                        + all.map(\.settings.tenant.rawValue).joined(separator: ", "))
        }
        return only
    }
}

extension HTTPResponse {
    /// JSON of a value, which no browser or proxy keeps.
    static func value(_ value: some Encodable, status: Int = 200) throws -> HTTPResponse {
        .json(
            status: status, try RecordCodec.encode(value),
            headers: [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")])
    }
}

extension HTTPRequest {
    /// A body's JSON as a value.
    func value<Value: Decodable>(_ type: Value.Type) throws(HTTPError) -> Value {
        do throws(RecordError) {
            return try RecordCodec.decode(type, from: body)
        } catch {
            throw HTTPError(
                400, code: "bad_json", message: "the body is not understood: \(error.problem)")
        }
    }

    /// A whole number in the query, within bounds.
    func queryNumber(
        _ name: String, default standard: Int, in bounds: ClosedRange<Int>
    ) throws(HTTPError) -> Int {
        guard let text = queryValue(name) else { return standard }
        guard let number = Int(text), bounds.contains(number) else {
            throw HTTPError(
                400, code: "bad_query",
                message: "\(name) is a whole number from \(bounds.lowerBound) to "
                    + "\(bounds.upperBound)")
        }
        return number
    }
}

import AccountCommands
import AuditRecords
import Conversation
import Cryptography
import Endpoints
import EventLog
import HTTPServer
import JSON
import TenantDirectory
import TenantKeys

/// The installation's tenants over HTTP: connect, change, list, disconnect.
struct TenantRoutes: Sendable {
    let context: ConsoleContext
    let keys: KeyRingStore
    let keeper: KeyKeeper?
    /// Checks of numbers and the writes that rest on them must not overlap.
    var turnstile: Turnstile { context.options.tenantChanges }

    init(context: ConsoleContext, keys: KeyRingStore, keeper: KeyKeeper?) {
        self.context = context
        self.keys = keys
        self.keeper = keeper
    }

    /// The endpoints.
    var endpoints: [Endpoint] { [add, list, read, change, remove, rotate] + modelTrial }

    private static let changing: [Problem.Kind] =
        [.numberTaken, .beingErased, .keys] + Problem.Kind.writing

    private var add: Endpoint {
        .installation(
            .at(.post, "/api/v1/tenants", "tenants.add", "Connects a business."),
            may: .writeTenants,
            .init(
                body: JSONBody<NewTenant>.self, gives: Reply<TenantListing>.self, [201],
                problems: [.tenantExists] + Self.changing, repeating: .once)
        ) { call in
            let wanted = call.body.value.request
            return try await turnstile.pass {
                let id = try check(wanted)
                guard context.tenants.tenant(id) == nil, context.tenants.problems[id] == nil else {
                    throw Problem(
                        .tenantExists,
                        "there is a tenant \(id) already; replace it to change it")
                }
                return Reply(
                    try await store(
                        wanted, id, instead: nil, "tenant.add",
                        for: Asker(call, in: id)),
                    status: 201)
            }
        }
    }

    private var list: Endpoint {
        .installation(
            .at(.get, "/api/v1/tenants", "tenants.list", "Lists the businesses, page by page."),
            may: .readTenants,
            .init(takes: PageParameters.self, gives: Reply<TenantList>.self)
        ) { call in
            let all = context.tenants.all.map {
                TenantListing($0, channels: context.options.channels)
            }.sorted { $0.id < $1.id }
            let page = try ListPages(
                rows: all, cursor: { $0.id.rawValue }, isAfter: { $0.id.rawValue > $1 }
            ).page(for: call.parameters)
            // Those that cannot be served are told with the first page.
            let problems = call.parameters.after == nil ? context.tenants.problems : [:]
            return Reply(
                TenantList(
                    tenants: page.rows,
                    problems: problems.sorted { $0.key < $1.key }
                        .map { .init(id: $0.key, problem: $0.value) }, next: page.next))
        }
    }

    private var read: Endpoint {
        .tenant(
            .at(.get, "/api/v1/tenants/{tenant}", "tenants.read", "Shows a business's settings."),
            may: .readSettings, .init(gives: Reply<TenantListing>.self)
        ) {
            Reply(
                TenantListing(
                    try context.tenant($0.scope), channels: context.options.channels))
        }
    }

    /// What the request leaves out stays as it is.
    private var change: Endpoint {
        .installation(
            .at(
                .put, "/api/v1/tenants/{tenant}", "tenants.change",
                "Changes a business; what is left out stays as it is."),
            may: .writeTenants,
            .init(
                takes: TenantParameters.self, body: JSONBody<TenantRequest>.self,
                gives: Reply<TenantListing>.self,
                problems: [Authorizer.noTenant, .otherID] + Self.changing)
        ) { call in
            let id = call.parameters.tenant
            var wanted = call.body.value
            return try await turnstile.pass {
                // One whose secrets cannot be opened is connected anew, by whoever has them all.
                let isSealed = context.tenants.problems[id] != nil
                let old = isSealed ? nil : try context.tenants.served(id)
                guard wanted.id == nil || wanted.id == id.rawValue else {
                    throw Problem(.otherID, "a tenant's id cannot be changed")
                }
                wanted.id = id.rawValue
                // What was allowed once is not asked about again.
                _ = try check(wanted)
                if let old { wanted = wanted.completed(by: old.settings) }
                guard wanted.missing.isEmpty else { throw Problem.invalid(wanted.missing) }
                return Reply(
                    try await store(
                        wanted, id, instead: old, "tenant.change",
                        for: Asker(call, in: id)))
            }
        }
    }

    private var remove: Endpoint {
        .installation(
            .at(.delete, "/api/v1/tenants/{tenant}", "tenants.remove", "Disconnects a business."),
            may: .writeTenants,
            .init(
                takes: TenantParameters.self, gives: NoContent.self, [204],
                problems: [Authorizer.noTenant] + Problem.Kind.writing)
        ) { call in
            let asker = Asker(call, in: call.parameters.tenant)
            return try await turnstile.pass {
                try await remove(call.parameters.tenant, for: asker)
            }
        }
    }

    private func check(_ wanted: TenantRequest) throws(Problem) -> TenantID {
        if let id = wanted.id, context.options.isBeingErased(TenantID(id)) {
            throw Problem(
                .beingErased,
                "the business \(id) is being removed for good; once that is done it can be "
                    + "connected anew")
        }
        let parts = wanted.problems(allowingPrivateURLs: context.options.allowsPrivateURLs)
        guard parts.isEmpty else { throw Problem.invalid(parts) }
        let id = TenantID(wanted.id ?? "")
        let numbers = (wanted.numbers ?? []).compactMap(\.id)
        guard Set(numbers).count == numbers.count else {
            throw Problem(.numberTaken, "a number is listed twice")
        }
        for number in numbers {
            let owner = context.tenants.tenant(of: BusinessNumberID(number))?.settings.tenant
            if let owner, owner != id {
                throw Problem(
                    .numberTaken,
                    "the number \(number) belongs to the tenant \(owner) already")
            }
        }
        return id
    }

    private func store(
        _ wanted: TenantRequest, _ id: TenantID, instead old: Tenant?, _ action: String,
        for asker: Asker
    ) async throws -> TenantListing {
        let record = try context.records.freshID()
        let settings = try settings(wanted, id, instead: old?.settings)
        try await ensureKey(of: id)
        try await context.write(
            [
                context.records.record(settings, id: record),
                context.records.audit(
                    action, on: AuditTarget("tenant", id.rawValue, name: settings.name), in: id,
                    for: asker, changes: settings.changes(since: old?.settings)),
            ], visible: record, in: context.appliedTenants)
        return TenantListing(try context.tenants.served(id))
    }

    /// A tenant's key is durable before anything of it is: nothing of its is ever written unsealed.
    private func ensureKey(of tenant: TenantID) async throws(Problem) {
        guard let keeper else { return }
        do throws(KeyProblem) {
            try await keeper.ensureKey(of: tenant)
        } catch {
            if case .log = error { throw Problem(.notStored, error.description) }
            throw Problem(.keys, error.description)
        }
    }

    private func settings(
        _ wanted: TenantRequest, _ id: TenantID, instead old: TenantSettings?
    ) throws -> TenantSettings {
        let secrets = TenantSecrets(keyRing: keys.current, tenant: id)
        func seal(
            _ secret: String?, _ name: TenantSecrets.Name, _ field: String,
            _ stored: TenantSettings.Sealed?
        ) throws -> TenantSettings.Sealed {
            if let secret { return try secrets.seal(secret, name) }
            guard let stored else {
                throw Problem.invalid([
                    .init(.pointer("/\(field)"), "missing", "\(field) is missing")
                ])
            }
            return stored
        }
        return TenantSettings(
            tenant: id, name: wanted.name ?? "", about: wanted.about,
            account: wanted.account ?? "",
            numbers: (wanted.numbers ?? []).map {
                .init(
                    id: BusinessNumberID($0.id ?? ""), display: $0.display,
                    messagesPerSecond: $0.messagesPerSecond)
            },
            appSecret: try seal(wanted.appSecret, .appSecret, "appSecret", old?.appSecret),
            verifyToken: try seal(
                wanted.verifyToken, .verifyToken, "verifyToken", old?.verifyToken),
            accessToken: try seal(
                wanted.accessToken, .accessToken, "accessToken", old?.accessToken),
            graphURL: wanted.graphURL ?? TenantSettings.metaGraphURL,
            graphVersion: wanted.graphVersion ?? TenantSettings.currentGraphVersion,
            model: try model(wanted.model, old?.model, secrets),
            burstPauseMilliseconds: wanted.burstPauseMilliseconds,
            handoffServiceLevelSeconds: wanted.handoffServiceLevelSeconds,
            unknownOutcome: wanted.unknownOutcome.flatMap { .init(rawValue: $0) },
            messageRetentionDays: wanted.messageRetentionDays, standing: old?.standing,
            phoneClaimSeconds: wanted.phoneClaimSeconds, reopening: wanted.reopening?.settings,
            groups: wanted.groups.flatMap { .init(rawValue: $0) },
            hours: old?.hours, serviceLevels: old?.serviceLevels,
            tokensPerDay: wanted.tokensPerDay, turnMilliseconds: wanted.turnMilliseconds,
            reranks: wanted.reranks, modelTrial: old?.modelTrial,
            updatedAt: context.records.now())
    }

    /// A stored model key stays only with its server: another must not be told it.
    private func model(
        _ wanted: TenantRequest.Model?, _ old: TenantSettings.Model?, _ secrets: TenantSecrets
    ) throws -> TenantSettings.Model? {
        guard let wanted, let url = wanted.url, let name = wanted.name else { return nil }
        let stored = old?.url == url ? old?.key : nil
        let key = try wanted.key.map { try secrets.seal($0, .modelKey) } ?? stored
        return TenantSettings.Model(
            url: url, name: name, key: key, seesImages: wanted.seesImages)
    }

    private func remove(_ id: TenantID, for asker: Asker) async throws -> NoContent {
        let isSealed = context.tenants.problems[id] != nil
        let name = isSealed ? nil : try context.tenants.served(id).settings.name
        let record = try context.records.freshID()
        try await context.write(
            [
                context.records.tombstone(
                    of: TenantSettings.self, key: id.rawValue, tenant: id, id: record),
                context.records.audit(
                    "tenant.remove", on: AuditTarget("tenant", id.rawValue, name: name), in: id,
                    for: asker),
            ], visible: record, in: context.appliedTenants)
        return NoContent()
    }
}

extension InstallationPermission {
    static let readTenants = Self("tenants:read")
    static let writeTenants = Self("tenants:write")
    static let rotateSecrets = Self("secrets:rotate")
}

extension TenantPermission {
    static let readSettings = Self("settings:read")
}

extension Problem.Kind {
    static let tenantExists = Self(409, "tenant_exists")
    static let beingErased = Self(409, "being_erased")
    static let numberTaken = Self(409, "number_taken")
    static let otherID = Self(409, "other_id")
    static let keys = Self(409, "keys")
}

/// Which tenant is changed, also one that cannot be served.
struct TenantParameters: Described, Decodable {
    var tenant: TenantID

    static let schema = JSONSchema.object([.required("tenant", .text("The tenant.", 1...63))])
}

import Conversation
import Cryptography
import EventLog
import HTTPServer
import TenantDirectory

/// The installation's tenants over HTTP: connect, change, list, disconnect.
struct TenantRoutes: Sendable {
    let desk: ConsoleDesk
    let keys: KeyRingStore
    /// Checks of numbers and the writes that rest on them must not overlap.
    let turnstile = Turnstile()

    init(desk: ConsoleDesk, keys: KeyRingStore) {
        self.desk = desk
        self.keys = keys
    }

    /// Adds the routes to a router.
    func add(to router: inout Router) {
        desk.add(.post, "/api/tenants", to: &router) { request, _ in
            let wanted = try request.value(TenantRequest.self)
            return try await turnstile.pass { try await create(wanted) }
        }
        desk.add(.get, "/api/tenants", to: &router) { request, _ in
            try .value(try list(request))
        }
        desk.add(.get, "/api/tenants/{tenant}", to: &router) { _, path in
            try .value(TenantListing(try desk.tenant(path.required("tenant"))))
        }
        desk.add(.put, "/api/tenants/{tenant}", to: &router) { request, path in
            let id = try path.required("tenant")
            let wanted = try request.value(TenantRequest.self)
            return try await turnstile.pass { try await replace(id, with: wanted) }
        }
        desk.add(.delete, "/api/tenants/{tenant}", to: &router) { _, path in
            let id = TenantID(try path.required("tenant"))
            return try await turnstile.pass { try await remove(id) }
        }
        addRotation(to: &router)
    }

    /// A page of the tenants; those that cannot be served are told with the first.
    private func list(_ request: HTTPRequest) throws(HTTPError) -> TenantList {
        let after = request.queryValue("after")
        let all = desk.tenants.all.map { TenantListing($0) }.sorted { $0.id < $1.id }
        let page = try ListPages(
            rows: all, cursor: { $0.id.rawValue }, isAfter: { $0.id.rawValue > $1 }
        ).page(for: request)
        let problems = after == nil ? desk.tenants.problems.sorted { $0.key < $1.key } : []
        return TenantList(
            tenants: page.rows, problems: problems.map { .init(id: $0.key, problem: $0.value) },
            next: page.next)
    }

    private func create(_ wanted: TenantRequest) async throws -> HTTPResponse {
        let id = try check(wanted, needsSecrets: true)
        guard desk.tenants.tenant(id) == nil, desk.tenants.problems[id] == nil else {
            throw HTTPError(
                409, code: "tenant_exists",
                message: "there is a tenant \(id) already; replace it to change it")
        }
        return try await store(wanted, id, instead: nil, "tenant.add", status: 201)
    }

    /// Changes a tenant: what the request leaves out becomes the default, but stored secrets stay.
    private func replace(_ id: String, with wanted: TenantRequest) async throws -> HTTPResponse {
        // One whose secrets cannot be opened is connected anew, by whoever has them all.
        let isSealed = desk.tenants.problems[TenantID(id)] != nil
        let old = isSealed ? nil : try desk.tenant(id)
        var wanted = wanted
        wanted.id = wanted.id ?? id
        guard wanted.id == id else {
            throw HTTPError(
                400, code: "other_id", message: "a tenant's id cannot be changed")
        }
        let checked = try check(wanted, needsSecrets: isSealed)
        return try await store(wanted, checked, instead: old, "tenant.change", status: 200)
    }

    private func check(
        _ wanted: TenantRequest, needsSecrets: Bool
    ) throws(HTTPError) -> TenantID {
        let problems = wanted.problems(
            allowingPrivateURLs: desk.options.allowsPrivateURLs, needsSecrets: needsSecrets)
        guard problems.isEmpty else {
            throw HTTPError(
                400, code: "invalid_tenant", message: problems.joined(separator: "; "))
        }
        let id = TenantID(wanted.id ?? "")
        for number in (wanted.numbers ?? []).compactMap(\.id) {
            let owner = desk.tenants.tenant(of: BusinessNumberID(number))?.settings.tenant
            if let owner, owner != id {
                throw HTTPError(
                    409, code: "number_taken",
                    message: "the number \(number) belongs to the tenant \(owner) already")
            }
        }
        return id
    }

    private func store(
        _ wanted: TenantRequest, _ id: TenantID, instead old: Tenant?, _ action: String,
        status: Int
    ) async throws -> HTTPResponse {
        let record = try desk.records.freshID()
        let settings = try settings(wanted, id, instead: old?.settings)
        try await desk.write(
            [
                desk.records.record(settings, id: record),
                desk.records.audit(action, of: id.rawValue, tenant: id, actor: desk.actor),
            ], visible: record)
        return try .value(TenantListing(try desk.tenant(id.rawValue)), status: status)
    }

    private func settings(
        _ wanted: TenantRequest, _ id: TenantID, instead old: TenantSettings?
    ) throws -> TenantSettings {
        let secrets = TenantSecrets(keyRing: keys.current, tenant: id)
        func seal(
            _ secret: String?, _ name: TenantSecrets.Name, _ stored: TenantSettings.Sealed?
        ) throws -> TenantSettings.Sealed {
            if let secret { return try secrets.seal(secret, name) }
            guard let stored else {
                throw HTTPError(
                    400, code: "invalid_tenant", message: "\(name.rawValue) is missing")
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
            appSecret: try seal(wanted.appSecret, .appSecret, old?.appSecret),
            verifyToken: try seal(wanted.verifyToken, .verifyToken, old?.verifyToken),
            accessToken: try seal(wanted.accessToken, .accessToken, old?.accessToken),
            graphURL: wanted.graphURL ?? TenantSettings.metaGraphURL,
            graphVersion: wanted.graphVersion ?? TenantSettings.currentGraphVersion,
            model: try model(wanted.model, old?.model, secrets),
            burstPauseMilliseconds: wanted.burstPauseMilliseconds,
            handoffServiceLevelSeconds: wanted.handoffServiceLevelSeconds,
            unknownOutcome: wanted.unknownOutcome.flatMap { .init(rawValue: $0) },
            messageRetentionDays: wanted.messageRetentionDays,
            updatedAt: desk.records.now())
    }

    /// A stored model key stays only with its server: another must not be told it.
    private func model(
        _ wanted: TenantRequest.Model?, _ old: TenantSettings.Model?, _ secrets: TenantSecrets
    ) throws -> TenantSettings.Model? {
        guard let wanted, let url = wanted.url, let name = wanted.name else { return nil }
        let stored = old?.url == url ? old?.key : nil
        let key = try wanted.key.map { try secrets.seal($0, .modelKey) } ?? stored
        return TenantSettings.Model(url: url, name: name, key: key)
    }

    private func remove(_ id: TenantID) async throws -> HTTPResponse {
        guard desk.tenants.tenant(id) != nil || desk.tenants.problems[id] != nil else {
            _ = try desk.tenant(id.rawValue)
            return HTTPResponse(status: 204)
        }
        let record = try desk.records.freshID()
        try await desk.write(
            [
                desk.records.tombstone(
                    of: TenantSettings.self, key: id.rawValue, tenant: id, id: record),
                desk.records.audit(
                    "tenant.remove", of: id.rawValue, tenant: id, actor: desk.actor),
            ], visible: record)
        return HTTPResponse(status: 204)
    }
}

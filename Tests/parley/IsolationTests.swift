import Console
import Conversation
import Endpoints
import EventLog
import FoundationEssentials
import HTTPServer
import Permissions
import PipelineTesting
import Telemetry
import Testing

@testable import Live
@testable import parley

/// Every endpoint of the console as the program wires it, asked by everyone: what lands later is
/// tried without a word here.
@Suite("Nobody reaches what is another's", .timeLimit(.minutes(5)))
struct IsolationTests {
    /// Everyone who asks.
    ///
    /// Those of a team belong to `sol`.
    private enum Asker: CaseIterable {
        case nobody, key, ticket, owner, admin, agent, viewer, ownerUnproven, custom, `operator`
        case operatorUnproven, helper, impersonator, apiKey, boundKey

        /// As the console's rules would tell who it is; `nil` for nobody.
        var principal: Principal? {
            switch self {
            case .nobody: nil
            case .key: .key(.init("key/test"))
            case .ticket: .agent(.init(id: "ana", name: "Ana", tenant: "sol"))
            case .owner: person(role: .owner)
            case .admin: person(role: .admin)
            case .agent: person(role: .agent)
            case .viewer: person(role: .viewer)
            case .ownerUnproven: person(role: .owner, isProven: false)
            case .custom: person([.readMembers, .readDocuments])
            case .operator: person(everywhere: .operator)
            case .operatorUnproven: person(everywhere: .operator, isProven: false)
            case .helper: person(everywhere: "helper")
            case .impersonator:
                .person(
                    .init(
                        account: "a1", name: "Ana", session: "i1",
                        access: Access(
                            tenants: [
                                "sol": Self.may(.owner).intersection(AccessMatrix.inAnothersName)
                            ]),
                        impersonator: "o1", impersonatorName: "Op"))
            case .apiKey:
                .program(
                    .init(
                        key: "k1", name: "Key",
                        access: Access(tenants: ["sol": Self.may(.owner)], isProven: true)))
            case .boundKey:
                .program(
                    .init(
                        key: "k2", name: "Bound",
                        access: Access(
                            tenants: ["sol": Self.may(.owner)], bound: [.readAnalytics],
                            isProven: true)))
            }
        }

        private static func may(_ role: RoleName) -> Set<Permission> {
            AccessMatrix.permissions(ofTenantRole: role, [:])
        }

        private func person(role: RoleName, isProven: Bool = true) -> Principal {
            person(Self.may(role), isProven: isProven)
        }

        private func person(_ permissions: Set<Permission>, isProven: Bool = true) -> Principal {
            .person(
                .init(
                    account: "a1", name: "Ana", session: "s1",
                    access: Access(tenants: ["sol": permissions], isProven: isProven)))
        }

        private func person(everywhere role: RoleName, isProven: Bool = true) -> Principal {
            let helper = PermissionSet(
                id: "helper", name: "Helper", permissions: [.readTenants, .readMembers])
            return .person(
                .init(
                    account: "o1", name: "Op", session: "s2",
                    access: Access(
                        everywhere: AccessMatrix.permissions(
                            ofInstallationRole: role, ["helper": helper]), isProven: isProven)))
        }

        /// Whether they belong to a team, and run nothing.
        var isOfTeam: Bool {
            switch self {
            case .owner, .admin, .agent, .viewer, .ownerUnproven, .custom, .ticket, .apiKey,
                .boundKey, .impersonator:
                true
            default: false
            }
        }
    }

    /// Knows one who asks, and lets through nothing that is allowed: whoever gets so far is told
    /// that the console reads the log, and no handler runs.
    private struct Rules: AccessRules {
        static let allowed = "starting"
        let asker: Asker

        func principal(of request: HTTPRequest) throws(Problem) -> Principal {
            guard let principal = asker.principal else {
                throw Problem(401, "unauthorized", "who are you?")
            }
            return principal
        }

        func agent(opening request: HTTPRequest) throws(Problem) -> Principal.Agent {
            guard case .agent(let agent) = asker.principal else {
                throw Problem(401, "ticket", "no ticket")
            }
            return agent
        }

        func checkReadiness() throws(Problem) { throw Problem(503, Self.allowed, "allowed") }

        func checkTenant(_ tenant: TenantID) {}

        func place(of tenant: TenantID) -> Access.Place {
            .tenant(tenant, tenant == "luna-suspended" ? .readOnly : .open, consents: false)
        }
    }

    private static func ask(
        _ endpoint: Endpoint, of tenant: TenantID, _ router: Router
    ) async throws -> (status: Int, text: String) {
        var path = endpoint.path.replacing("{tenant}", with: tenant.rawValue)
        path.replace(/\{[^}]*\}/, with: "x1")
        var headers = [("Host", "localhost"), ("Content-Type", "application/json")]
        headers.append(("Idempotency-Key", "k"))
        let request = try HTTPRequest(
            method: endpoint.method, target: path, headers: headers,
            body: endpoint.method == .get ? [] : Array("{}".utf8))
        let response = await withCheckedContinuation { continuation in
            router.handle(request, ResponseWriter { continuation.resume(returning: $0) })
        }
        return (response.status, String(decoding: response.body, as: UTF8.self))
    }

    /// What the matrix says: `nil` where it lets in.
    private static func refusal(
        _ permission: Permission, _ principal: Principal, in place: Access.Place
    ) -> (Int, String)? {
        let access: Access? =
            switch principal {
            case .person(let person): person.access
            case .program(let program): program.access
            case .key: Access(isBreakGlass: true)
            case .agent, .nobody: nil
            }
        guard case .refused(let refusal)? = access?.may(permission, in: place) else { return nil }
        return switch refusal {
        case .unknownTenant: (404, "no_tenant")
        case .lacking: (403, "forbidden")
        case .noConsent: (403, "no_consent")
        case .readOnly: (409, "suspended")
        case .unproven: (403, "unproven")
        case .factorDue: (403, "second_factor_due")
        }
    }

    @Test("whichever endpoint there is, whoever asks")
    func endpoints() async throws {
        try await WiredConsole.with { console in
            let list = console.endpoints
            try #require(list.endpoints.count > 20)
            for asker in Asker.allCases {
                var router = Router()
                list.add(to: &router, Authorizer(Rules(asker: asker)))
                for endpoint in list.endpoints {
                    for tenant: TenantID in ["sol", "luna", "luna-suspended"] {
                        try await Self.check(endpoint, asker, tenant, router)
                    }
                }
            }
        }
    }

    private static func check(
        _ endpoint: Endpoint, _ asker: Asker, _ tenant: TenantID, _ router: Router
    ) async throws {
        let isOfTenant: Bool
        switch endpoint.access {
        case .tenant(let permission):
            isOfTenant = true
            if asker == .ticket {
                let (status, text) = try await ask(endpoint, of: tenant, router)
                let line = "\(endpoint.name) by \(asker) about \(tenant): \(text)"
                let expected = tenant != "sol" ? 404 : permission.isForAgents ? 503 : 403
                #expect(status == expected, "\(line)")
                return
            }
        case .installation: isOfTenant = false
        default:
            // What needs no permission over anything has no tenant to be told apart by, but these.
            let isKnown = ownTeams.contains(endpoint.name) || shown.contains(endpoint.name)
            #expect(!endpoint.path.contains("{tenant}") || isKnown, "\(endpoint.name)")
            return try await checkOwn(endpoint, asker, tenant, router)
        }
        let (status, text) = try await ask(endpoint, of: tenant, router)
        let line = "\(endpoint.name) by \(asker) about \(tenant): \(status) \(text)"
        guard let principal = asker.principal else {
            #expect(status == 401, "\(line)")
            return
        }
        guard let permission = endpoint.permission else { return }
        let place =
            isOfTenant ? Rules(asker: asker).place(of: tenant) : Access.Place.installation
        if isOfTenant, asker.isOfTeam, tenant != "sol" {
            // Whatever the matrix says: no team's people are told that there is another.
            #expect(status == 404 && text.contains("no_tenant"), "\(line)")
        }
        if !isOfTenant, asker.isOfTeam { #expect(status == 403, "\(line)") }
        if case .agent = principal {
            #expect(status == 403, "\(line)")
        } else if let (wanted, code) = refusal(permission, principal, in: place) {
            #expect(status == wanted && text.contains(#""code":"\#(code)""#), "\(line)")
        } else {
            #expect(status == 503 && text.contains(Rules.allowed), "\(line)")
        }
    }

    /// What a person does about their own membership: the team's stage decides by the account.
    private static let ownTeams: Set = ["ownership.accept", "ownership.decline", "members.leave"]
    /// What everybody may see who knows its hash.
    private static let shown: Set = ["organisation.logo.read"]

    /// Endpoints about whoever asks: a person's are no key's, and nobody's are none.
    private static func checkOwn(
        _ endpoint: Endpoint, _ asker: Asker, _ tenant: TenantID, _ router: Router
    ) async throws {
        let isForPeople = endpoint.access == .person
        guard isForPeople || endpoint.access == .known else { return }
        let (status, text) = try await ask(endpoint, of: tenant, router)
        let line = "\(endpoint.name) by \(asker): \(status) \(text)"
        switch asker.principal {
        case nil: #expect(status == 401, "\(line)")
        case .person(let person)
        where isForPeople && person.impersonator != nil && endpoint.method != .get:
            // Whoever acts as somebody else only looks at what is that one's own.
            #expect(status == 403, "\(line)")
        case .person: #expect(status == 503 && text.contains(Rules.allowed), "\(line)")
        default: #expect(status == (isForPeople ? 403 : 503), "\(line)")
        }
    }

    @Test(
        "every room that pages can listen to asks for a permission of the matrix, or is one's own")
    func rooms() {
        for room in LiveRooms.all {
            if let permission = room.tenant {
                #expect(
                    AccessMatrix.row(Permission(permission.name))?.level == .tenant, "\(room.name)")
            }
            if let permission = room.installation {
                #expect(
                    AccessMatrix.row(Permission(permission.name))?.level == .installation,
                    "\(room.name)")
            }
            #expect(room.isOwn || room.tenant != nil || room.installation != nil, "\(room.name)")
        }
        #expect(Set(LiveRooms.all.map(\.name)).count == LiveRooms.all.count)
    }

    /// Knows one who listens.
    private struct Listening: LiveAccess {
        let asker: Asker

        func principal(of request: HTTPRequest) throws(Problem) -> Principal {
            asker.principal ?? .nobody
        }
        func present(_ principal: Principal, knownBy request: HTTPRequest) -> Principal {
            principal
        }
        func place(of tenant: TenantID) -> Access.Place { Rules(asker: asker).place(of: tenant) }
    }

    @Test("whichever room there is, whoever listens")
    func listeners() async {
        for asker in Asker.allCases {
            let access = Listening(asker: asker)
            let principal = asker.principal ?? .nobody
            for room in LiveRooms.all {
                for tenant: TenantID? in [nil, "sol", "luna"] {
                    let code = await access.refusal(
                        of: LiveInterest(room.name, of: tenant), room, to: principal)
                    let line =
                        "\(room.name) of \(tenant?.rawValue ?? "all") by \(asker): \(code ?? "")"
                    if asker == .nobody { #expect(code != nil, "\(line)") }
                    if asker.isOfTeam, !room.isOwn, tenant != "sol" {
                        #expect(code != nil, "\(line)")
                    }
                    guard asker != .ticket, asker != .nobody, !room.isOwn else { continue }
                    let name = tenant == nil ? room.installation?.name : room.tenant?.name
                    let place = tenant.map { access.place(of: $0) } ?? .installation
                    if let name {
                        let refusal = Self.refusal(Permission(name), principal, in: place)
                        #expect(code == refusal?.1, "\(line)")
                    } else {
                        #expect(code == "no_room", "\(line)")
                    }
                }
            }
        }
    }
}

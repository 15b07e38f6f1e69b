import Conversation
import Endpoints
import HTTPServer
import JSON
import Permissions

/// A small service for tests of endpoints.
enum Shop {
    struct Answer {
        var status: Int
        var headers: [String: String]
        var text: String
    }

    /// Asks the shop's router, in this process.
    static func ask(
        _ method: HTTPMethod, _ target: String, key: String, body: String = "",
        type: String = "application/json"
    ) async throws -> Answer {
        var headers = [("Host", "localhost")]
        if !key.isEmpty { headers.append(("Authorization", key)) }
        if !type.isEmpty { headers.append(("Content-Type", type)) }
        let request = try HTTPRequest(
            method: method, target: target, headers: headers, body: Array(body.utf8))
        var router = Router()
        list.add(to: &router, Authorizer(Rules()))
        let response = await withCheckedContinuation { continuation in
            router.handle(request, ResponseWriter { continuation.resume(returning: $0) })
        }
        return Answer(
            status: response.status,
            headers: Dictionary(response.headers.map { ($0.name, $0.value) }) { first, _ in first },
            text: String(decoding: response.body, as: UTF8.self))
    }

    static let list = EndpointList(
        "Shop", document: "/openapi.json",
        problems: .init(
            permitted: [Problem.Kind(401, "unauthorized")] + Authorizer.refusals,
            tenant: [Authorizer.noTenant]),
        [
            .anyone(.at(.get, "/", "front", "Shows the front."), .init(gives: Reply<Note>.self)) {
                Reply(Note(by: $0.principal.actor, said: "welcome"))
            },
            .installation(
                .at(.get, "/shops", "shops.list", "Lists the shops."), may: .init("shops:read"),
                .init(gives: Reply<Note>.self)
            ) { Reply(Note(by: $0.principal.actor, said: "all")) },
            .tenant(
                .at(.get, "/shops/{tenant}/orders", "orders.list", "Lists orders."),
                may: .init("orders:read", isForAgents: true), .init(gives: Reply<Note>.self)
            ) { Reply(Note(by: $0.principal.actor, said: "\($0.scope.tenant)")) },
            .tenant(
                .at(.get, "/shops/{tenant}/keys", "keys.list", "Lists keys."),
                may: .init("keys:read"), .init(gives: Reply<Note>.self)
            ) { Reply(Note(by: $0.principal.actor, said: "\($0.scope.tenant)")) },
            .tenant(
                .at(.delete, "/shops/{tenant}", "shops.delete", "Closes a shop."),
                may: .init("roles:write"), .init(gives: Reply<Note>.self)
            ) { Reply(Note(by: $0.principal.actor, said: "\($0.scope.tenant)")) },
            .tenant(
                .at(.get, "/shops/{tenant}/talk", "talk.list", "Lists what was said."),
                may: .init("conversations:read"), .init(gives: Reply<Note>.self)
            ) { Reply(Note(by: $0.principal.actor, said: "\($0.scope.tenant)")) },
            .tenant(
                .at(.post, "/shops/{tenant}/orders/{number}", "orders.add", "Adds an order."),
                may: .init("orders:write"),
                .init(
                    takes: OrderParameters.self, body: JSONBody<Order>.self,
                    gives: Reply<Note>.self, [201])
            ) { call in
                let order = call.body.value
                let words =
                    "\(call.scope.tenant) \(call.parameters.number) "
                    + "\(call.parameters.rush ?? false) \(order.item) \(order.count)"
                return Reply(Note(by: call.principal.actor, said: words), status: 201)
            },
        ])

    struct OrderParameters: Described, Decodable {
        var number: Int
        var rush: Bool?
        static let schema = JSONSchema.object([
            .required("number", .integer("The order.", 1...99)),
            .optional("rush", .boolean("Whether it is urgent.")),
        ])
    }

    struct Order: Described, Decodable {
        var item: String
        var count: Int
        var tags: [String]?
        static let schema = JSONSchema.object(
            [
                .required("item", .text("What.", 1...20, pattern: "[a-z]+")),
                .required("count", .integer("How many.", 1...9)),
                .optional("tags", .list(.text(), nil, 0...3)),
            ], named: "Order")
    }

    struct Note: Described, Encodable {
        var by: String
        var said: String
        static let schema = JSONSchema.object(
            [.required("by", .text()), .required("said", .text())], named: "Note")
    }

    private struct Rules: AccessRules {
        func principal(of request: HTTPRequest) throws(Problem) -> Principal {
            switch request.headers.first(named: "Authorization") {
            case "key": return .key(Principal.KeyName("key/test"))
            case let key? where key.hasPrefix("owner "):
                return Self.person(of: TenantID(String(key.dropFirst(6))), isProven: false)
            case let key? where key.hasPrefix("proven "):
                return Self.person(of: TenantID(String(key.dropFirst(7))), isProven: true)
            case "operator":
                return .program(
                    Principal.Program(
                        key: "k1", name: "Ops",
                        access: Access(
                            everywhere: AccessMatrix.permissions(
                                ofInstallationRole: .operator, [:]), isProven: true)))
            case "ana": return .agent(Principal.Agent(id: "ana", name: "Ana", tenant: "sol"))
            default: throw Problem(401, "unauthorized", "who are you?")
            }
        }

        private static func person(of tenant: TenantID, isProven: Bool) -> Principal {
            let permissions = AccessMatrix.permissions(ofTenantRole: .owner, [:])
            return .person(
                Principal.Person(
                    account: "a1", name: "Ana", session: "s1",
                    access: Access(tenants: [tenant: permissions], isProven: isProven)))
        }

        func agent(opening request: HTTPRequest) throws(Problem) -> Principal.Agent {
            throw Problem(401, "ticket", "there are no sockets")
        }

        func checkReadiness() {}

        func place(of tenant: TenantID) -> Access.Place {
            .tenant(tenant, tenant == "luna" ? .readOnly : .open, consents: false)
        }

        func checkTenant(_ tenant: TenantID) throws(Problem) {
            guard ["sol", "luna"].contains(tenant) else {
                throw Problem(Authorizer.noTenant, "there is no tenant \(tenant)")
            }
        }
    }
}

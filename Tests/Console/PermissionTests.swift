import Console
import Conversation
import Endpoints
import HTTPClient
import HTTPServer
import JSON
import Testing

/// Every endpoint, asked by everyone; what comes in is an endpoint's own business.
@Suite("Who may ask which endpoint", .timeLimit(.minutes(5)))
struct PermissionTests {
    /// Everyone who asks: whose tenant is asked about, and with what.
    private enum Asker: CaseIterable {
        case nobody, wrongKey, key, agent, agentElsewhere

        /// The status and code that an endpoint refuses with, or `nil` where it lets in.
        func refusal(of access: Endpoint.Access) -> (status: Int, code: String)? {
            switch (access, self) {
            case (.anyone, _), (.installation, .key), (.tenant, .key): nil
            case (.known, .key), (.known, .agent), (.known, .agentElsewhere): nil
            case (.person, .key), (.person, .agent), (.person, .agentElsewhere): (403, "forbidden")
            // A key in a header line opens no socket: a ticket does.
            case (.ticket, _): (400, "subprotocol")
            case (_, .nobody), (_, .wrongKey): (401, "unauthorized")
            case (.installation, .agent), (.installation, .agentElsewhere): (403, "forbidden")
            case (.tenant, .agentElsewhere): (404, "no_tenant")
            case (.tenant(let permission), .agent):
                permission.isForAgents ? nil : (403, "forbidden")
            }
        }
    }

    @Test("is as each endpoint says, for every endpoint and everyone")
    func matrix() async throws {
        try await Office.open { office in
            try await office.addTenant()
            try await office.addTenant("luna", number: "102")
            let list = office.service.endpoints.endpoints
            try #require(list.count > 14)
            // What takes a tenant away comes last.
            let removal = list.filter { $0.name == "tenants.remove" }
            try #require(removal.count == 1)
            for endpoint in list.filter({ $0.name != "tenants.remove" }) + removal {
                for asker in Asker.allCases { try await ask(endpoint, asker, office) }
            }
        }
    }

    private func ask(_ endpoint: Endpoint, _ asker: Asker, _ office: Office) async throws {
        let key: String? =
            switch asker {
            case .nobody: nil
            case .wrongKey: "pk_wrong"
            case .key: Office.key
            case .agent, .agentElsewhere:
                try await office.ticket("ana", "Ana", tenant: "sol").ticket
            }
        let tenant = asker == .agentElsewhere ? "luna" : asker == .key ? "luna" : "sol"
        let path = endpoint.path.replacing("{tenant}", with: tenant)
            .replacing("{document}", with: "d").replacing("{conversation}", with: "c1")
            .replacing("{entry}", with: "e").replacing("{line}", with: "r1")
            .replacing("{link}", with: "l1").replacing("{site}", with: "s1")
            .replacing("{part}", with: String(repeating: "a", count: 64))
        guard let method = HTTPClientRequest.Method(rawValue: endpoint.method.rawValue) else {
            return
        }
        let takesBody = endpoint.method == .post || endpoint.method == .put
        let answer = try await office.ask(
            method, path, key: key, body: takesBody ? Array("{}".utf8) : nil)
        let line = "\(endpoint.method.rawValue) \(endpoint.path) by \(asker)"
        guard let (status, code) = asker.refusal(of: endpoint.access) else {
            #expect(![401, 403].contains(answer.status), "\(line): \(answer.text)")
            #expect(!answer.text.contains(#""code":"no_tenant""#), "\(line): \(answer.text)")
            return
        }
        #expect(answer.status == status, "\(line): \(answer.text)")
        #expect(answer.text.contains(#""code":"\#(code)""#), "\(line): \(answer.text)")
    }
}

@Suite("The console's OpenAPI document", .timeLimit(.minutes(5)))
struct OpenAPITests {
    @Test("describes each endpoint, and nothing else, under a name of its own")
    func complete() async throws {
        try await Office.open { office in
            let answer = try await office.ask(.get, "/api/v1/openapi.json", key: nil)
            #expect(answer.status == 200)
            let document = try answer.value(Document.self)
            #expect(document.openapi == "3.1.0")
            let described = document.paths.flatMap { path, operations in
                operations.keys.map { "\($0.uppercased()) \(path)" }
            }
            let list = office.service.endpoints.endpoints
            #expect(described.sorted() == list.map { "\($0.method.rawValue) \($0.path)" }.sorted())
            let names = document.paths.values.flatMap(\.values).map(\.operationId)
            #expect(Set(names).count == names.count)
            for reference in answer.text.split(separator: #""$ref":"#).dropFirst() {
                let name = reference.dropFirst().prefix { $0 != "\"" }.split(separator: "/").last
                let isThere = document.components.schemas.keys.contains(String(name ?? ""))
                #expect(isThere, "\(reference.prefix(60))")
            }
        }
    }

    @Test("what an endpoint gives as an example is what it takes")
    func examples() throws {
        for schema in [NewTenant.schema, TicketRequest.schema] {
            for example in schema.examples { #expect(schema.accepts(example)) }
        }
    }

    private struct Document: Decodable {
        struct Operation: Decodable {
            var operationId: String
            var responses: [String: JSONValue]
        }
        struct Components: Decodable {
            var schemas: [String: JSONValue]
        }
        var openapi: String
        var paths: [String: [String: Operation]]
        var components: Components
    }
}

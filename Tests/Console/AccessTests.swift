import Console
import Conversation
import ConversationView
import HTTPClient
import HTTPServer
import PipelineTesting
import Testing
import WebSocket

@Suite("Who may ask the console", .timeLimit(.minutes(5)))
struct AccessTests {
    @Test(
        "refuses every API call without the right key",
        arguments: [
            "/api/v1/tenants", "/api/v1/tenants/sol", "/api/v1/tenants/sol/documents",
            "/api/v1/status",
            "/api/v1/tenants/sol/search?q=a", "/api/v1/handoffs", "/api/v1/tenants/sol/handoffs/c1",
        ], [nil, "", "pk_wrong", Office.key + "x"])
    func keys(target: String, key: String?) async throws {
        try await Office.open { office in
            let answer = try await office.ask(.get, target, key: key)
            #expect(answer.status == 401)
            #expect(answer.text.contains("console.key"))
        }
    }

    @Test("refuses to write without the right key")
    func writes() async throws {
        try await Office.open { office in
            for (method, target) in [
                (HTTPClientRequest.Method.post, "/api/v1/tenants"),
                (.post, "/api/v1/tenants/sol/tickets"),
                (.post, "/api/v1/tenants/sol/documents?name=a.txt"),
                (.delete, "/api/v1/tenants/sol"),
                (.delete, "/api/v1/tenants/sol/documents/d"), (.put, "/api/v1/tenants/sol"),
            ] {
                let body: [UInt8]? = method == .delete ? nil : Array("{}".utf8)
                let answer = try await office.ask(method, target, key: nil, body: body)
                #expect(answer.status == 401, "\(method) \(target)")
            }
            #expect(try await office.payloads(in: .tenants).isEmpty)
        }
    }

    @Test("refuses foreign host names and origins, and lets its own page ask")
    func sources() async throws {
        try await Office.open { office in
            let own = "127.0.0.1:\(office.port)"
            let cases: [(name: String, value: String, status: Int)] = [
                ("Host", "evil.example", 421), ("Host", "localhost.evil.example:80", 421),
                ("Host", "localhost:\(office.port)", 200),
                ("Origin", "https://evil.example", 403), ("Origin", "null", 403),
                ("Origin", "http://127.0.0.1:1", 403), ("Origin", "http://\(own)", 200),
            ]
            for (name, value, status) in cases {
                for target in ["/api/v1/tenants", "/"] {
                    let answer = try await office.ask(
                        .get, target, headers: [.init(name: name, value: value)])
                    #expect(answer.status == status, "\(name): \(value)")
                }
            }
        }
    }

    @Test("serves its first page whole, with a strict policy")
    func page() async throws {
        try await Office.open { office in
            for path in ["/", "/pages/", "/pages/home/home.js", "/pages/look/look.css"] {
                let answer = try await office.http.send(
                    HTTPClientRequest(.get, "http://127.0.0.1:\(office.port)\(path)"))
                #expect(answer.status == 200)
                let policy = try #require(answer.headers["Content-Security-Policy"])
                #expect(policy.contains("default-src 'none'"))
                #expect(!policy.contains("unsafe"))
                let text = String(decoding: answer.body, as: UTF8.self)
                // Nothing from elsewhere, and nothing that the policy would not run.
                for word in ["https://", "http://", "style=", "<style", "<script>"] {
                    #expect(!text.contains(word), "\(path): \(word)")
                }
            }
            try await office.addTenant()
            let status = try await office.ask(.get, "/api/v1/status").value(ConsoleStatus.self)
            #expect(status.tenants.map(\.id) == ["sol"])
        }
    }

    @Test("lets a ticket open one socket, once, for half a minute, from its own pages only")
    func tickets() async throws {
        try await Office.open { office in
            try await office.addTenant()
            func connect(
                _ protocols: [String], origin: String? = nil
            ) async -> Int {
                do {
                    let client = try await WebSocketClient.connect(
                        host: "127.0.0.1", port: office.port, target: "/api/v1/agent",
                        headers: origin.map { [("Origin", $0)] } ?? [], protocols: protocols)
                    client.close()
                    return 101
                } catch .refused(let status, _) {
                    return status
                } catch {
                    return 0
                }
            }
            let used = try await office.ticket("ana", "Ana", tenant: "sol")
            #expect(await connect(used.protocols) == 101)
            #expect(await connect(used.protocols) == 401)
            #expect(await connect(["parley.v2"]) == 401)
            #expect(await connect(["parley.v2", "ticket.guess"]) == 401)
            #expect(await connect([]) == 400)
            let foreign = try await office.ticket("ana", "Ana", tenant: "sol")
            #expect(await connect(foreign.protocols, origin: "https://evil.example") == 403)
            #expect(
                await connect(foreign.protocols, origin: "http://127.0.0.1:\(office.port)") == 101)
            let old = try await office.ticket("ana", "Ana", tenant: "sol")
            office.clock.advance(by: .seconds(31))
            #expect(await connect(old.protocols) == 401)
        }
    }

    @Test(
        "refuses tickets for agents and tenants that cannot be",
        arguments: [
            (#"{"name":"Ana"}"#, "sol", 400),
            (#"{"agent":"Ana!","name":"Ana"}"#, "sol", 400),
            (#"{"agent":"ana","name":""}"#, "sol", 400),
            (#"{"agent":"ana","name":"A\u0000"}"#, "sol", 400),
            (#"{"agent":"ana","name":"A\u202e"}"#, "sol", 400),
            (#"{"agent":"ana","name":"Ana","tenant":"luna"}"#, "sol", 400),
            (#"{"agent":"ana","name":"Ana"}"#, "other", 404),
            (#"{"agent":"ana","name":"Ana"}"#, "sol", 201),
        ])
    func badTickets(request: String, tenant: String, status: Int) async throws {
        try await Office.open { office in
            try await office.addTenant()
            let answer = try await office.ask(
                .post, "/api/v1/tenants/\(tenant)/tickets", body: Array(request.utf8))
            #expect(answer.status == status)
        }
    }
}

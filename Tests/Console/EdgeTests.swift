import Console
import Conversation
import Endpoints
import HTTPClient
import HTTPServer
import JSON
import PipelineTesting
import RateLimits
import Testing

/// What the console does around all of its endpoints.
@Suite("The edge of the console's API", .timeLimit(.minutes(5)))
struct EdgeTests {
    private static let forwarded = HTTPClientHeaders.Field(
        name: "X-Forwarded-For", value: "203.0.113.7")

    private func options(_ edit: (inout ConsoleLimits) -> Void) -> ConsoleOptions {
        var options = ConsoleOptions()
        edit(&options.limits)
        return options
    }

    @Test("counts a network, and says when it may ask again")
    func addresses() async throws {
        let options = options { $0.address = RateLimit(3, perSeconds: 60) }
        try await Office.open(options) { office in
            let target = "/api/v1/openapi.json"
            for left in [2, 1, 0] {
                let answer = try await office.ask(
                    .get, target, key: nil, headers: [Self.forwarded])
                #expect(answer.status == 200)
                #expect(answer.headers["RateLimit-Policy"] == #""address";q=3;w=60"#)
                #expect(answer.headers["RateLimit"]?.hasPrefix(#""address";r=\#(left);t="#) == true)
            }
            let neighbour = HTTPClientHeaders.Field(
                name: "X-Forwarded-For", value: "10.9.8.7, 203.0.113.99")
            for field in [Self.forwarded, neighbour] {
                let answer = try await office.ask(.get, target, key: nil, headers: [field])
                #expect(answer.status == 429)
                #expect(answer.text.contains("too_many_requests"))
                let wait = Int(answer.headers["Retry-After"] ?? "")
                #expect(wait.map { (1...20).contains($0) } == true)
            }
            // Others, this machine's programs, pages and whoever has the key go on.
            let other = HTTPClientHeaders.Field(name: "X-Forwarded-For", value: "198.51.100.1")
            #expect(try await office.ask(.get, target, key: nil, headers: [other]).status == 200)
            #expect(try await office.ask(.get, target, key: nil).status == 200)
            #expect(
                try await office.ask(.get, "/", key: nil, headers: [Self.forwarded]).status == 200)
            let key = try await office.ask(.get, "/api/v1/status", headers: [Self.forwarded])
            #expect(key.status == 200)
            #expect(key.headers["RateLimit"] == nil)
            office.clock.advance(by: .seconds(21))
            #expect(
                try await office.ask(.get, target, key: nil, headers: [Self.forwarded]).status
                    == 200)
        }
    }

    @Test("counts a caller, and a tenant's callers together")
    func callers() async throws {
        let options = options {
            $0.caller = RateLimit(2, perSeconds: 60)
            $0.tenant = RateLimit(3, perSeconds: 60)
        }
        try await Office.open(options) { office in
            try await office.addTenant()
            let target = "/api/v1/tenants/sol/handoffs"
            let ana = try await office.ticket("ana", "Ana", tenant: "sol").ticket
            let eva = try await office.ticket("eva", "Eva", tenant: "sol").ticket
            let first = try await office.ask(.get, target, key: ana)
            #expect(
                first.headers["RateLimit-Policy"] == #""caller";q=2;w=60, "tenant";q=3;w=60"#)
            #expect(try await office.ask(.get, target, key: ana).status == 200)
            #expect(try await office.ask(.get, target, key: ana).status == 429)
            // What one limit refused, the tenant's does not count.
            #expect(try await office.ask(.get, target, key: eva).status == 200)
            #expect(try await office.ask(.get, target, key: eva).status == 429)
        }
    }

    private static let tenant = Office.tenant("sol", number: "101")

    private func add(
        _ office: Office, _ key: String?, _ tenant: TenantRequest = EdgeTests.tenant
    ) async throws -> Office.Answer {
        try await office.ask(
            .post, "/api/v1/tenants",
            headers: [.init(name: "Idempotency-Key", value: key ?? "")],
            body: RecordCodec.encode(tenant))
    }

    @Test("does once what is asked twice under one name, and answers as before")
    func once() async throws {
        try await Office.open { office in
            let first = try await add(office, "act-1")
            #expect(first.status == 201)
            let second = try await add(office, #""act-1""#)
            #expect(second.status == 201)
            #expect(second.text == first.text)
            #expect(second.headers["Idempotent-Replayed"] == "true")
            #expect(try await add(office, "act-2").status == 409)
            let other = try await add(office, "act-1", Office.tenant("luna", number: "102"))
            #expect(other.status == 422)
            #expect(other.text.contains("idempotency_key_reused"))
            // What was refused may be sent again, corrected.
            let wrong = try await add(office, "act-3", Office.tenant("Luna!", number: "102"))
            #expect(wrong.status == 400)
            #expect(
                try await add(office, "act-3", Office.tenant("luna", number: "102")).status == 201)
            let nameless = try await add(office, nil)
            #expect(nameless.status == 400)
            #expect(nameless.text.contains("idempotency_key"))
        }
    }

    @Test("tells no secret twice")
    func secrets() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let body = Array(#"{"agent":"ana","name":"Ana"}"#.utf8)
            let name = HTTPClientHeaders.Field(name: "Idempotency-Key", value: "ticket-1")
            let target = "/api/v1/tenants/sol/tickets"
            let first = try await office.ask(.post, target, headers: [name], body: body)
            #expect(first.status == 201)
            let second = try await office.ask(.post, target, headers: [name], body: body)
            #expect(second.status == 409)
            #expect(second.text.contains("idempotency_secret_shown"))
        }
    }
}

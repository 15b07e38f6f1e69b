import Conversation
import Endpoints
import HTTPServer
import Testing

@Suite("Endpoints")
struct EndpointTests {
    @Test("a request becomes typed values, and a typed value the answer")
    func typed() async throws {
        let answer = try await Shop.ask(
            .post, "/shops/sol/orders/7?rush=true", key: "key",
            body: #"{"item":"bell","count":2}"#)
        #expect(answer.status == 201)
        #expect(answer.text == #"{"by":"key/test","said":"sol 7 true bell 2"}"#)
        #expect(answer.headers["Cache-Control"] == "no-store")
    }

    @Test(
        "what is unknown, repeated, missing or of another form is refused with its place",
        arguments: [
            ("?rush=maybe", #"{"item":"bell","count":2}"#, "parameter", "rush", "invalid"),
            (
                "?rush=true&rush=true", #"{"item":"bell","count":2}"#, "parameter", "rush",
                "repeated"
            ),
            ("?haste=true", #"{"item":"bell","count":2}"#, "parameter", "haste", "unknown"),
            ("?number=7", #"{"item":"bell","count":2}"#, "parameter", "number", "unknown"),
            ("", #"{"count":2}"#, "pointer", "/item", "missing"),
            ("", #"{"item":"bell","count":"2"}"#, "pointer", "/count", "invalid"),
            ("", #"{"item":"bell","count":0}"#, "pointer", "/count", "invalid"),
            ("", #"{"item":"BELL","count":1}"#, "pointer", "/item", "invalid"),
            ("", #"{"item":"bell\n","count":1}"#, "pointer", "/item", "invalid"),
            ("", #"{"item":null,"count":1}"#, "pointer", "/item", "invalid"),
            ("", #"{"item":"bell","count":1,"a/b~":1}"#, "pointer", "/a~1b~0", "unknown"),
            ("", #"{"item":"bell","count":1,"tags":["a",1]}"#, "pointer", "/tags/1", "invalid"),
        ])
    func refused(
        query: String, body: String, place: String, name: String, code: String
    ) async throws {
        let answer = try await Shop.ask(
            .post, "/shops/sol/orders/7" + query, key: "key", body: body)
        #expect(answer.status == 400)
        #expect(answer.headers["Content-Type"] == "application/problem+json")
        #expect(answer.text.contains(#""code":"invalid_request""#))
        #expect(
            answer.text.contains(#""errors":[{"\#(place)":"\#(name)","code":"\#(code)""#),
            "\(answer.text)")
    }

    @Test(
        "people and keys may what the matrix says, where the tenant's standing lets them",
        arguments: [
            ("owner sol", HTTPMethod.get, "/shops/sol/keys", 200, "account/a1"),
            ("owner sol", .get, "/shops/luna/keys", 404, "no_tenant"),
            ("owner sol", .get, "/shops", 403, "forbidden"),
            ("owner sol", .delete, "/shops/sol", 403, "unproven"),
            ("proven sol", .delete, "/shops/sol", 200, "account/a1"),
            ("owner luna", .get, "/shops/luna/keys", 200, "account/a1"),
            ("proven luna", .delete, "/shops/luna", 409, "suspended"),
            ("owner sol", .get, "/shops/sol/orders", 403, "forbidden"),
            ("operator", .get, "/shops/sol/keys", 200, "apiKey/k1"),
            ("operator", .get, "/shops/sol/talk", 403, "no_consent"),
            ("owner sol", .get, "/shops/sol/talk", 200, "account/a1"),
            ("key", .get, "/shops/sol/talk", 200, "key/test"),
        ])
    func matrix(
        key: String, method: HTTPMethod, target: String, status: Int, words: String
    ) async throws {
        let answer = try await Shop.ask(method, target, key: key)
        #expect(answer.status == status)
        #expect(answer.text.contains(#""\#(words)""#), "\(answer.text)")
    }

    @Test("all that is wrong with a body is told at once")
    func all() async throws {
        let answer = try await Shop.ask(
            .post, "/shops/sol/orders/x", key: "key", body: #"{"count":0,"more":1}"#)
        #expect(answer.text.contains("number is a whole number from 1 to 99"))
        let second = try await Shop.ask(
            .post, "/shops/sol/orders/7", key: "key", body: #"{"count":0,"more":1}"#)
        for word in ["item is missing", "count is a whole number", "more is not known here"] {
            #expect(second.text.contains(word))
        }
    }

    @Test(
        "a body that is no JSON, or does not say so, is refused",
        arguments: [("{", "application/json", 400), ("{}", "text/plain", 415), ("{}", "", 415)])
    func media(body: String, type: String, status: Int) async throws {
        let answer = try await Shop.ask(
            .post, "/shops/sol/orders/7", key: "key", body: body, type: type)
        #expect(answer.status == status)
    }

    @Test(
        "only who has the permission comes in, and another tenant's agent hears of no tenant",
        arguments: [
            ("", "/shops/sol/orders", 401), ("wrong", "/shops/sol/orders", 401),
            ("key", "/shops/sol/orders", 200), ("ana", "/shops/sol/orders", 200),
            ("ana", "/shops/luna/orders", 404), ("key", "/shops/none/orders", 404),
            ("ana", "/shops", 403), ("key", "/shops", 200), ("", "/", 200),
        ])
    func access(key: String, path: String, status: Int) async throws {
        #expect(try await Shop.ask(.get, path, key: key).status == status)
    }

    @Test("an agent has only what is meant for agents")
    func agents() async throws {
        let answer = try await Shop.ask(
            .post, "/shops/sol/orders/7", key: "ana", body: #"{"item":"bell","count":2}"#)
        #expect(answer.status == 403)
        #expect(answer.text.contains("orders:write"))
    }

    @Test("who may is decided before what was sent is looked at")
    func order() async throws {
        let answer = try await Shop.ask(
            .post, "/shops/luna/orders/x?y=1", key: "ana", body: "{")
        #expect(answer.status == 404)
    }
}

@Suite("Routes that overlap")
struct OverlapTests {
    @Test(
        "do not start, and are named",
        arguments: [
            ("/a/{x}", "/a/b"), ("/a/b", "/a/{x}"), ("/a/{x}", "/a/{y}"), ("/a/{x...}", "/a/b/c"),
            ("/v{x}/a", "/{y}/a"), ("/v{x}", "/v1"), ("/a", "/a"),
        ])
    func refused(first: String, second: String) {
        var router = Router()
        router.on(.get, first) { _, _ in .text("first") }
        router.on(.get, second) { _, _ in .text("second") }
        let server = HTTPServer(configuration: .init(), router: router)
        let error = #expect(throws: HTTPServerError.self) { try server.start() }
        #expect(error?.description.contains("GET \(first) and GET \(second)") == true)
    }

    @Test(
        "are not those of other methods, lengths or letters",
        arguments: [
            ("/a/{x}", "/a/b/c"), ("/v{x}", "/a"), ("/a/{x}/b", "/a/{x}/c"), ("/v{x}", "/v"),
        ])
    func fine(first: String, second: String) async throws {
        var router = Router()
        router.on(.get, first) { _, _ in .text("first") }
        router.on(.get, second) { _, _ in .text("second") }
        router.on(.post, first) { _, _ in .text("third") }
        let server = HTTPServer(configuration: .init(), router: router)
        try server.start()
        await server.shutdown(within: .milliseconds(10))
    }
}

@Suite("A service whose endpoints do not say who may ask")
struct UndeclaredEndpointTests {
    private func server(_ endpoint: Endpoint) -> HTTPServer {
        let list = EndpointList("Test", document: "/openapi.json", problems: .init(), [endpoint])
        var router = Router()
        list.add(to: &router, .knowingNobody)
        return HTTPServer(configuration: .init(), router: router)
    }

    // An endpoint cannot be made without access: its initialiser is private, and what makes one
    // (`tenant`, `installation`, `ticket` and the like) asks for a permission or a person, but for
    // `anyone`. What a compiler cannot see is whether the matrix knows the permission.
    @Test("does not start")
    func unknownPermission() async throws {
        let unknown = Endpoint.tenant(
            .at(.get, "/{tenant}/secrets", "secrets.list", "Lists secrets."),
            may: .init("secrets:peek"), .init(gives: NoContent.self, [204])
        ) { _ in NoContent() }
        #expect(throws: HTTPServerError.self) { try server(unknown).start() }
        let misplaced = Endpoint.tenant(
            .at(.get, "/{tenant}/status", "status.read", "Tells."), may: .init("status:read"),
            .init(gives: NoContent.self, [204])
        ) { _ in NoContent() }
        #expect(throws: HTTPServerError.self) { try server(misplaced).start() }
        let known = Endpoint.tenant(
            .at(.get, "/{tenant}/keys", "keys.list", "Lists keys."), may: .init("keys:read"),
            .init(gives: NoContent.self, [204])
        ) { _ in NoContent() }
        let started = server(known)
        #expect(try started.start() > 0)
        await started.shutdown(within: .zero)
    }
}

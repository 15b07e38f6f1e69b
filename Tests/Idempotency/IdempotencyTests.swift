import Conversation
import Cryptography
import Foundation
import HTTPServer
import Testing

@testable import Idempotency

@Suite("Acts that are named, and done once")
struct IdempotencyTests {
    private static let start = Timestamp(milliseconds: 1_800_000_000_000)

    private static func request(
        _ key: String = "k1", method: HTTPMethod = .post, target: String = "/v1/things"
    ) throws -> HTTPRequest {
        try HTTPRequest(method: method, target: target, headers: [("Idempotency-Key", key)])
    }

    private static func scope(
        tenant: String = "sol", caller: String = "account/1", _ request: HTTPRequest
    ) throws -> IdempotencyScope {
        try IdempotencyScope(
            tenant: tenant, caller: caller, request, IdempotencyKey(of: request))
    }

    /// A store in a file of its own.
    private static func withStore(
        _ body: (IdempotencyStore, String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "acts.sqlite").path
        try await body(IdempotencyStore(path: path), path)
    }

    private static func run(
        _ store: IdempotencyStore, _ scope: IdempotencyScope, _ body: String = "{}",
        at now: Timestamp = start
    ) async throws -> IdempotencyStore.Run {
        guard case .run(let run) = try await store.begin(scope, body: Array(body.utf8), at: now)
        else {
            struct WasReplayed: Error {}
            throw WasReplayed()
        }
        return run
    }

    private static func replay(
        _ store: IdempotencyStore, _ scope: IdempotencyScope, at now: Timestamp = start
    ) async throws -> HTTPResponse? {
        guard
            case .replay(let response) = try await store.begin(
                scope, body: Array("{}".utf8), at: now)
        else { return nil }
        return response
    }

    private static let made = HTTPResponse(
        status: 201, headers: [("Location", "/v1/things/7"), ("Set-Cookie", "a=b")],
        body: Array(#"{"id":7}"#.utf8))

    @Test("what was answered is answered again, by another process too, and marked")
    func replays() async throws {
        let scope = try Self.scope(Self.request())
        try await Self.withStore { store, path in
            let run = try await Self.run(store, scope)
            try await store.finish(run, Self.made, at: Self.start)
            for store in [store, IdempotencyStore(path: path)] {
                let again = try #require(
                    try await Self.replay(store, scope, at: Self.start + .seconds(86_399)))
                #expect(again.status == 201)
                #expect(again.body == Self.made.body)
                #expect(
                    again.headers.map(\.name) == ["Location", "Idempotent-Replayed"])
            }
            #expect(try await Self.replay(store, scope, at: Self.start + .seconds(86_402)) == nil)
        }
    }

    @Test("while it runs the same is refused with 409, and another body always with 422")
    func refusals() async throws {
        let scope = try Self.scope(Self.request())
        try await Self.withStore { store, path in
            let run = try await Self.run(store, scope)
            func kind(_ body: String) async -> Problem.Kind? {
                do {
                    // Another process, which has the file only.
                    _ = try await IdempotencyStore(path: path).begin(
                        scope, body: Array(body.utf8), at: Self.start + .seconds(1))
                    return nil
                } catch { return (error as? Problem)?.kind }
            }
            #expect(await kind("{}") == .idempotencyRunning)
            #expect(await kind("{} ") == .idempotencyReused)
            try await store.finish(run, Self.made, at: Self.start)
            #expect(await kind("{} ") == .idempotencyReused)
            #expect(await kind("{}") == nil)
        }
    }

    @Test("of many at the same moment, on two processes, one is let through")
    func parallel() async throws {
        let scope = try Self.scope(Self.request())
        try await Self.withStore { store, path in
            let stores = [store, IdempotencyStore(path: path)]
            let count = await withTaskGroup(of: Bool.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        (try? await Self.run(stores[index % 2], scope)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(count == 1)
        }
    }

    @Test("what was refused or failed is forgotten: it may be sent again, corrected")
    func refused() async throws {
        let scope = try Self.scope(Self.request())
        try await Self.withStore { store, _ in
            for status in [400, 409, 422, 500, 503] {
                let run = try await Self.run(store, scope, "\(status)")
                try await store.finish(run, HTTPResponse(status: status), at: Self.start)
            }
            let run = try await Self.run(store, scope, "last")
            try await store.abandon(run, status: 409)
            _ = try await Self.run(store, scope, "other")
        }
    }

    @Test("what was refused is another act when it is sent again; what nobody knows of is not")
    func references() async throws {
        let scope = try Self.scope(Self.request())
        try await Self.withStore { store, _ in
            var references: [String] = []
            for status in [422, 503, 504, 404] {
                let run = try await Self.run(store, scope)
                references.append(run.reference)
                try await store.finish(run, HTTPResponse(status: status), at: Self.start)
            }
            #expect(references[0] == scope.reference)
            #expect(references[1] != references[0])
            #expect(references[2] == references[1] && references[3] == references[1])
            #expect(try await !references.contains(Self.run(store, scope).reference))
        }
    }

    @Test("an answer with a secret that is shown once is not said again, nor stored")
    func secrets() async throws {
        let scope = try Self.scope(Self.request())
        try await Self.withStore { store, path in
            let run = try await Self.run(store, scope)
            let response = HTTPResponse(status: 201, body: Array("ply_live_very_secret".utf8))
            try await store.finish(run, response, keeping: .nothingButTheFact, at: Self.start)
            await #expect(throws: Problem.self) { try await Self.replay(store, scope) }
            let again = await store.contents(of: path)
            #expect(!again.contains("very_secret"))
        }
    }

    @Test("the file tells neither the key nor the answer")
    func sealed() async throws {
        let scope = try Self.scope(Self.request("order-of-ana"))
        try await Self.withStore { store, path in
            let run = try await Self.run(store, scope, "body of ana")
            let response = HTTPResponse(status: 201, body: Array("answer for ana".utf8))
            try await store.finish(run, response, at: Self.start)
            let text = await store.contents(of: path)
            #expect(text.contains(scope.reference))
            #expect(!text.contains("ana"))
        }
    }

    @Test("a run whose process died is tried again after a while, and cannot finish the new one's")
    func died() async throws {
        let scope = try Self.scope(Self.request())
        try await Self.withStore { store, _ in
            let dead = try await Self.run(store, scope)
            let later = Self.start + .seconds(121)
            let run = try await Self.run(store, scope, at: later)
            try await store.finish(dead, HTTPResponse(status: 202), at: later)
            try await store.abandon(dead, status: 504)
            try await store.finish(run, Self.made, at: later)
            #expect(try await Self.replay(store, scope, at: later)?.status == 201)
        }
    }

    @Test("whoever tries again what nobody knows of is told since when, and only then")
    func begunBefore() async throws {
        let scope = try Self.scope(Self.request())
        try await Self.withStore { store, _ in
            let first = try await Self.run(store, scope)
            #expect(first.begunBefore == nil)
            // It died: the next one has to look since then, and so has the one after.
            var now = Self.start + .seconds(121)
            let second = try await Self.run(store, scope, at: now)
            #expect(second.begunBefore == Self.start && second.reference == first.reference)
            try await store.abandon(second, status: 504)
            now = now + .seconds(5)
            let third = try await Self.run(store, scope, at: now)
            #expect(third.begunBefore == Self.start)
            // What was refused was not done: the next one is the first of its name.
            try await store.abandon(third, status: 422)
            let fourth = try await Self.run(store, scope, at: now)
            #expect(fourth.begunBefore == nil && fourth.reference != first.reference)
            try await store.finish(fourth, Self.made, at: now)
            let last = try await Self.run(store, scope, at: now + .seconds(86_401))
            #expect(last.begunBefore == nil && last.reference != fourth.reference)
        }
    }

    @Test("what a process of the same slot left running is tried again at once, and no other's")
    func slots() async throws {
        let (mine, other) = (
            try Self.scope(Self.request()), try Self.scope(Self.request("k2"))
        )
        try await Self.withStore { _, path in
            let (first, second) = (
                IdempotencyStore(path: path, slot: "console-0"),
                IdempotencyStore(path: path, slot: "console-1")
            )
            _ = try await Self.run(first, mine)
            _ = try await Self.run(second, other)
            let again = IdempotencyStore(path: path, slot: "console-0")
            #expect(try await Self.run(again, mine).begunBefore == Self.start)
            await #expect(throws: Problem.self) { try await Self.run(again, other) }
        }
    }

    @Test("a key belongs to one tenant, caller, method and path")
    func scopes() throws {
        let first = try Self.request()
        let scopes = try [
            Self.scope(first), Self.scope(tenant: "luna", first),
            Self.scope(caller: "account/2", first), Self.scope(Self.request(method: .put)),
            Self.scope(Self.request(target: "/v1/others")), Self.scope(Self.request("k2")),
            Self.scope(tenant: "s", caller: "olaccount/1", first),
        ]
        #expect(Set(scopes.map(\.reference)).count == scopes.count)
        #expect(try Self.scope(Self.request(target: "/v1/things?x=1")) == scopes[0])
        #expect(try Self.scope(Self.request("\"k1\"")) == scopes[0])
    }

    @Test(
        "a key is read bare and in quotes",
        arguments: [
            ("8e03978e-40d5", "8e03978e-40d5"), ("\"8e03978e-40d5\"", "8e03978e-40d5"),
            (#""a\"b\\c""#, #"a"b\c"#), (#"a\b"#, #"a\b"#),
        ])
    func read(_ line: String, _ text: String) throws {
        #expect(try IdempotencyKey(of: Self.request(line)).text == text)
    }

    @Test(
        "what is no key is refused",
        arguments: [
            "", "\"\"", "\"abc", "\"a\"b\"", #""a\b""#, "a b", "ñ", "\"a b\"", "\"a\";x=1",
            String(repeating: "a", count: 256),
        ])
    func unreadable(_ line: String) throws {
        let request = try Self.request(line)
        let problem = #expect(throws: Problem.self) { try IdempotencyKey(of: request) }
        #expect(problem?.kind == .idempotencyKeyInvalid)
    }

    @Test("none and two keys are refused")
    func count() throws {
        let none = try HTTPRequest(method: .post, target: "/")
        let problem = #expect(throws: Problem.self) { try IdempotencyKey(of: none) }
        #expect(problem?.kind == .idempotencyKeyMissing)
        let two = try HTTPRequest(
            method: .post, target: "/",
            headers: [("Idempotency-Key", "a"), ("idempotency-key", "b")])
        #expect(throws: Problem.self) { try IdempotencyKey(of: two) }
    }
}

extension IdempotencyStore {
    /// Everything in the file and beside it, as text of whatever bytes.
    func contents(of path: String) -> String {
        ["", "-wal"].map { suffix in
            let data = FileManager.default.contents(atPath: path + suffix) ?? Data()
            return String(decoding: data, as: Unicode.ASCII.self)
        }.joined()
    }
}

import HTTPClient
import PipelineTesting
import Testing
import WebSocket

/// A live socket is as alive as the session that opened it, on a console that runs.
@Suite(.installation("--no-simulator"), .serialized, .timeLimit(.minutes(5)))
struct LiveSessionTests {
    private let installation: RunningInstallation

    init() throws { installation = try #require(RunningInstallation.shared) }

    @Test("it closes within a second of a sign-out, a password's change, a removal and a disabling")
    func ends() async throws {
        let olga = try await Person.owner(of: installation)
        try await installation.found("luz")
        let marta = try await Person.member(
            "marta@example.org", "agent", of: "luz", in: installation)
        let port = installation.base + 1
        let rooms = [["room": "notifications"], ["room": "handoffs", "tenant": "luz"]]
        func open(_ person: Person) async throws -> WebSocketClient {
            try await person.live(rooms, port: port)
        }
        func expectEnd(
            _ what: String, of person: Person, _ act: () async throws -> Void
        ) async throws {
            let (time, code) = try await open(person).closing(after: act)
            #expect(time < .seconds(1) && code == 4_001, "\(what): \(time), \(code ?? 0)")
            #expect(try await person.api.send(.get, "/api/v1/me").status == 401, "\(what)")
            await #expect(throws: (any Error).self) { try await open(person) }
        }
        func again() async throws -> Person {
            try await Person.signIn("marta@example.org", at: installation)
        }
        try await expectEnd("her own sign-out", of: marta) {
            try await marta.api.call(.delete, "/api/v1/session")
        }
        let (first, second) = (try await again(), try await again())
        let other = try await open(second)
        try await expectEnd("all others end", of: first) {
            try await second.api.call(.delete, "/api/v1/me/sessions")
        }
        let third = try await again()
        try await expectEnd("another password", of: third) {
            try await second.api.call(
                .put, "/api/v1/me/password", try jsonBytes(["password": Person.password + "!"]))
            try await second.api.call(
                .put, "/api/v1/me/password", try jsonBytes(["password": Person.password]))
        }
        // Whoever changed it goes on.
        #expect(other.close == nil)
        other.close()
        let fourth = try await again()
        try await expectEnd("an operator ends the session", of: fourth) {
            try await olga.api.call(
                .delete, "/api/v1/users/\(fourth.account)/sessions/\(fourth.session)")
        }
        try await removal(try await again())
        try await expectEnd("disabled", of: try await again()) {
            try await olga.api.call(.post, "/api/v1/users/\(marta.account)/disable")
        }
    }

    /// Whoever leaves a team stays signed in, and hears nothing more of it.
    private func removal(_ person: Person) async throws {
        let socket = try await person.live(
            [["room": "handoffs", "tenant": "luz"]], port: installation.base + 1)
        let before = ContinuousClock.now
        try await installation.console.call(
            .delete, "/api/v1/tenants/luz/members/\(person.account)")
        guard case .text(let text)? = await socket.next() else {
            Issue.record("the socket closed: \(String(describing: socket.close))")
            return
        }
        let said = try JSON(Array(text.utf8))
        #expect(said["type"].string == "closed" && said["room"].string == "handoffs", "\(text)")
        #expect(ContinuousClock.now - before < .seconds(4))
        socket.close()
    }
}

import Console
import Endpoints
import HTTPClient
import HTTPServer
import JSON
import Synchronization
import Testing

@testable import parley

@Suite("What is done once", .timeLimit(.minutes(5)))
struct OnceTests {
    /// Endpoints that a POST asks, and that need no `Idempotency-Key`, each with the reason.
    private static let harmless = [
        "session.begin": "each makes a session of its own, which ends by itself",
        "session.prove": "a proof is good once by itself, and gives another token each time",
        "desk.enter": "each gives another ticket, which is good for half a minute",
        "live.issueToken": "each gives another token, which is good for a minute",
        "setup.check": "it only looks: the token is in the body so that it stands in no log",
        "invitations.look": "it only looks: the token is in the body so that it stands in no log",
        "passwords.try": "it only looks: the password is in the body",
        "me.tryPassword": "it only looks: the password is in the body",
        "resets.run": "its link is good once, and says so",
        "verifications.run": "its link is good once, and says so",
        "addresses.confirm": "its link is good once, and says so",
        "addresses.refuse": "its link is good once, and says so",
        "answers.try": "it only looks: nothing is written, sent or counted",
        "customers.check": "it only looks: what it reads is not kept",
        "notifications.refuse": "mail programs name nothing, and what is stopped stays so",
    ]

    @Test("every POST names its act by an Idempotency-Key, or is named here with the reason")
    func declared() async throws {
        try await WiredConsole.with { console in
            let posts = console.endpoints.endpoints.filter { $0.method == .post }
            try #require(posts.count > 30)
            let undeclared = Set(posts.filter { $0.repeating == .harmless }.map(\.name))
            #expect(undeclared == Set(Self.harmless.keys))
        }
    }

    /// What answers hold that is told once.
    private static let secrets: Set = ["secret", "token", "codes", "ticket", "uri"]

    @Test("an answer that holds a secret is kept by nobody")
    func secrets() async throws {
        try await WiredConsole.with { console in
            for endpoint in console.endpoints.endpoints where endpoint.repeating == .once {
                guard case .json(let schema) = endpoint.answer else { continue }
                let told = Set(schema.fields.map(\.name)).intersection(Self.secrets)
                #expect(told.isEmpty, "\(endpoint.name) tells \(told)")
            }
        }
    }

    /// A console that counts who asks it for a link, as one with an owner or without.
    private func links(isSetUp: Bool) async throws -> (link: Bool, asked: Int) {
        final class Asked: Sendable { let count = Mutex(0) }
        let asked = Asked()
        var router = Router()
        router.on(.get, "/api/v1/door") { _, _ in
            .json(
                Array(
                    #"{"isSetUp":\#(isSetUp),"isSignUpOpen":false,"isSignedIn":false}"#.utf8))
        }
        router.on(.post, "/api/v1/installation/setup-links") { _, _ in
            asked.count.withLock { $0 += 1 }
            return .json(
                status: 201, Array(#"{"token":"t","expires":"2030-01-01T00:00:00Z"}"#.utf8))
        }
        let server = HTTPServer(configuration: .init(), router: router)
        let port = try server.start()
        let console = APIClient(
            "console", base: "http://127.0.0.1:\(port)", over: try HTTPClient())
        let link = try await SetUpPage.link(from: console)
        await server.shutdown(within: .milliseconds(50))
        return (link != nil, asked.count.withLock { $0 })
    }

    @Test("a start asks for a link to set the installation up only where it has no owner")
    func links() async throws {
        let (without, with) = (
            try await links(isSetUp: false), try await links(isSetUp: true)
        )
        #expect(without.link && without.asked == 1)
        // Each wish would stand in the audit log as one that was refused.
        #expect(!with.link && with.asked == 0)
    }
}

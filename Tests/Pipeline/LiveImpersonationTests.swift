import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing
import WebSocket

/// An operator who acts as somebody in a browser does so no longer than they may, on open sockets
/// too; and it is on record when it ended.
@Suite(.installation("--no-simulator"), .serialized, .timeLimit(.minutes(5)))
struct LiveImpersonationTests {
    private let installation: RunningInstallation

    init() throws { installation = try #require(RunningInstallation.shared) }

    /// A browser: what it keeps, and what it says of where it is.
    private struct Browsing {
        let api: LocalAPI
        var cookies: [String] = []

        var headers: [(String, String)] {
            [
                ("Origin", api.base), ("Sec-Fetch-Site", "same-origin"),
                ("Cookie", cookies.joined(separator: "; ")),
            ]
        }

        mutating func post(_ path: String, _ body: [UInt8]) async throws -> JSON {
            let answer = try await api.send(.post, path, body, headers: headers)
            try #require(answer.status == 201, "\(answer.body)")
            for line in answer.cookies { cookies.append(String(line.prefix { $0 != ";" })) }
            return answer.body
        }

        /// A live socket as a page opens it, once it was welcomed.
        func live(port: Int, _ hello: String) async throws -> WebSocketClient {
            let socket = try await WebSocketClient.connect(
                host: "127.0.0.1", port: port, target: "/api/v1/live", headers: headers)
            try await socket.send(.text(hello))
            guard case .text(let text)? = await socket.next(), text.contains("welcome") else {
                throw NeverHappened(description: "no welcome: \(String(describing: socket.close))")
            }
            return socket
        }
    }

    private static let hello =
        #"{"type": "hello", "protocol": 1, "rooms": [{"room": "handoffs", "tenant": "luz"}]}"#

    /// An operator in a browser who acts as somebody, with the session that they do it in.
    private func begin(
        _ email: String, as account: String
    ) async throws -> (Browsing, session: String, operator: String) {
        var browsing = Browsing(api: LocalAPI(base: installation.console.base))
        let own = try await browsing.post(
            "/api/v1/session", try jsonBytes(["email": email, "password": Person.password]))
        _ = try await browsing.post(
            "/api/v1/tenants/luz/impersonations",
            try jsonBytes(["account": account, "reason": "a ticket"]))
        return (
            browsing, try #require(own["session"].string), try #require(own["account"].string)
        )
    }

    /// How often it is on record that an operator stopped because they may no more.
    private func count() async throws -> Int {
        let entries = try await installation.console.call(
            .get, "/api/v1/tenants/luz/audit?action=impersonation.stop")["entries"].elements
        return entries.filter { entry in
            entry["changes"].elements.contains { $0["after"].string == "operator" }
        }.count
    }

    @Test("it is cut within a second when their session or role ends, which is on record at once")
    func cut() async throws {
        let console = installation.console
        _ = try await Person.owner(of: installation)
        try await installation.found("luz")
        let marta = try await Person.member(
            "marta@example.org", "agent", of: "luz", in: installation)
        try await installation.found("other")
        let otto = try await Person.member(
            "otto@example.org", "viewer", of: "other", named: "Otto", in: installation)
        try await console.call(
            .post, "/api/v1/installation/operators",
            try jsonBytes(["address": otto.email, "role": "operator"]))
        let until = Int(Date().timeIntervalSince1970 * 1_000) + 3_600_000
        let ada = try await Person.member(
            "ada@example.org", "admin", of: "luz", named: "Ada", in: installation)
        try await console.call(
            .put, "/api/v1/organisations/luz/owner", try jsonBytes(["email": ada.email]))
        try await ada.api.call(
            .put, "/api/v1/tenants/luz/consent", try jsonBytes(["until": until]))
        for round in 1...2 {
            let (browsing, session, account) = try await begin(otto.email, as: marta.account)
            let socket = try await browsing.live(port: installation.base + 1, Self.hello)
            let (time, code) = try await socket.closing {
                let target =
                    round == 1
                    ? "/api/v1/users/\(account)/sessions/\(session)"
                    : "/api/v1/installation/operators/\(account)"
                try await console.call(.delete, target)
            }
            #expect(time < .seconds(1) && code == 4_001, "\(round): \(time), \(code ?? 0)")
            let page = try await browsing.api.send(
                .get, "/api/v1/tenants/luz/members", headers: browsing.headers)
            #expect(page.status == 401, "\(round): \(page)")
            // Not when its hour is over.
            try await eventually("it is on record", within: .seconds(60)) {
                try await count() == round
            }
        }
    }
}

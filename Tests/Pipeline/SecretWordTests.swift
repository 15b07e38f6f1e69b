import AccountRecords
import AuditRecords
import Conversation
import Cryptography
import Foundation
import HTTPClient
import PipelineTesting
import Testing

/// Whoever goes through doors leaves secrets in no log of a process, topic, audit log or answer
/// that is given again.
@Suite("Secrets in what is kept", .installation("--no-simulator"))
struct SecretWordTests {
    private static let password = "seven wheels under a paper moon"
    private static let newPassword = "eight wheels under a paper sun"

    private let installation: RunningInstallation

    init() throws { installation = try #require(RunningInstallation.shared) }

    /// All secrets that were told so far, by what they are.
    private struct Told {
        var words: [String: String] = [:]

        mutating func add(_ what: String, _ secret: String?) throws -> String {
            let secret = try #require(secret, "\(what)")
            words[what] = secret
            return secret
        }
    }

    private func call(
        _ path: String, _ body: String? = nil, by method: HTTPClientRequest.Method = .post,
        as key: String? = nil, named name: String? = nil
    ) async throws -> LocalAPI.Answer {
        var api = installation.console
        if let key { api.key = key.isEmpty ? nil : key }
        return try await api.send(
            method, "/api/v1/" + path, body.map { Array($0.utf8) },
            headers: name.map { [("Idempotency-Key", $0)] } ?? [])
    }

    /// The token in the newest kept mail whose subject and text have a word.
    private func link(_ folder: String, _ word: String) async throws -> String {
        let path = "\(installation.data)/mails/\(folder)"
        return try await eventually("a mail with \(word)") {
            // Before the first mail there is no folder.
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            for name in names {
                // The mail's source has the same link, broken over lines.
                struct Kept: Decodable { var text: String }
                let data = FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data()
                guard let text = try? JSONDecoder().decode(Kept.self, from: data).text else {
                    continue
                }
                let rest = text.split(separator: "/pages/\(word)/#").dropFirst().first
                guard let rest else { continue }
                return String(rest.prefix { $0.isLetter || $0.isNumber || "._-".contains($0) })
            }
            return nil
        }
    }

    private func setUp(_ told: inout Told) async throws {
        let shown = installation.output.split(separator: "#token=").dropFirst().first
        _ = try told.add("link of the start", shown.map { String($0.prefix { $0.isHexDigit }) })
        let offered = try await call("installation/setup-links", named: "link-1")
        let link = try told.add("link", offered.body["token"].string)
        let again = try await call("installation/setup-links", named: "link-1")
        #expect(again.status == 409 && again.body["code"].string == "idempotency_secret_shown")
        _ = try told.add("password", Self.password)
        let made = try await installation.console.send(
            .post, "/api/v1/setup",
            Array(
                (#"{"token":"\#(link)","name":"Ana","email":"ana@example.org","#
                    + #""password":"\#(Self.password)"}"#).utf8),
            headers: [
                ("Authorization", ""), ("Origin", installation.console.base),
                ("Sec-Fetch-Site", "same-origin"),
            ])
        try #require(made.status == 201, "\(made.body)")
    }

    private func signIn(
        _ told: inout Told, _ password: String, code: String? = nil
    ) async throws -> String {
        let code = code.map { #","code":"\#($0)""# } ?? ""
        let answer = try await call(
            "session",
            #"{"email":"ana@example.org","password":"\#(password)","kind":"cli"\#(code)}"#, as: "")
        return try told.add(
            "session \(told.words.count)", answer.body["token"].string)
    }

    private func factor(_ told: inout Told, _ session: String) async throws -> [String] {
        let offer = try await call("me/factor", as: session, named: "factor-1").body
        let secret = try told.add("factor", offer["secret"].string)
        let again = try await call("me/factor", as: session, named: "factor-1")
        #expect(again.status == 409 && !again.body.description.contains(secret))
        let bytes = try #require(Base32.decode(secret))
        let step = OneTimePassword.step(at: Int64(Date().timeIntervalSince1970))
        let code = try OneTimePassword(secret: bytes).code(ofStep: step)
        let body = #"{"factor":"\#(offer["factor"].string ?? "")","code":"\#(code)"}"#
        var codes: [String] = []
        for answer in [
            try await call("me/factor", body, by: .put, as: session),
            try await call("me/factor/codes", as: session),
        ] {
            codes = answer.body["codes"].elements.compactMap(\.string)
            #expect(codes.count == 10, "\(answer.body)")
            for code in codes { _ = try told.add("code \(told.words.count)", code) }
        }
        return codes
    }

    private func keys(_ told: inout Told, _ path: String, _ permission: String) async throws {
        let body = #"{"name":"Shop","permissions":["\#(permission)"]}"#
        let made = try await call(path, body, named: "key-1")
        let secret = try told.add(path, made.body["secret"].string)
        let again = try await call(path, body, named: "key-1")
        #expect(again.status == 409 && !again.body.description.contains(secret))
        let id = try #require(made.body["key"]["id"].string)
        let rotated = try await call("\(path)/\(id)/rotate", #"{"graceSeconds":60}"#)
        _ = try told.add("\(path) rotated", rotated.body["secret"].string)
        #expect(try await call("me", by: .get, as: secret).status == 200)
    }

    private func organisation(_ told: inout Told) async throws {
        let made = try await call(
            "organisations",
            #"{"id":"luna","name":"Luna","plan":"free","locale":{"language":"en","#
                + #""timeZone":"UTC","dateFormat":"y-MM-dd"}}"#)
        try #require(made.status == 201, "\(made.body)")
        let invited = try await call(
            "tenants/luna/invitations", #"{"email":"eva@example.org","role":"admin"}"#)
        try #require(invited.status == 201, "\(invited.body)")
        let link = try told.add("invitation", try await link("luna", "invitation"))
        _ = try told.add("password of eva", "nine wheels and a lamp post")
        let account = try await call(
            "invitations/account",
            #"{"token":"\#(link)","name":"Eva","password":"nine wheels and a lamp post"}"#, as: "")
        #expect(account.status == 201, "\(account.body)")
    }

    private func reset(_ told: inout Told) async throws {
        let asked = try await call("resets/requests", #"{"email":"ana@example.org"}"#, as: "")
        #expect(asked.status == 204)
        let link = try told.add("reset", try await link("_", "reset"))
        _ = try told.add("new password", Self.newPassword)
        let done = try await installation.console.send(
            .post, "/api/v1/resets",
            Array(#"{"token":"\#(link)","password":"\#(Self.newPassword)"}"#.utf8),
            headers: [("Authorization", ""), ("Origin", installation.console.base)])
        #expect(done.status == 204, "\(done.body)")
    }

    @Test("stand in no process's log, no file, no topic, no audit log, in whatever form")
    func secrets() async throws {
        var told = Told()
        try await eventually("the start ends with a link") {
            installation.output.contains("#token=")
        }
        try await setUp(&told)
        let session = try await signIn(&told, Self.password)
        let codes = try await factor(&told, session)
        try await organisation(&told)
        try await keys(&told, "tenants/luna/keys", "members:read")
        try await keys(&told, "installation/keys", "users:read")
        try await reset(&told)
        _ = try await signIn(&told, Self.newPassword, code: codes[4])
        #expect(told.words.count > 30)
        // What people mistype, too.
        _ = try await call(
            "session", #"{"email":"ana@example.org","password":"\#(Self.password)"}"#, as: "")

        let search = WordSearch(Array(told.words.values))
        let files = try search.found(in: [installation.data, installation.data + ".keys"])
        // Mails are kept in a folder where there is no server, and the terminal shows the link.
        let leaks = files.filter { !$0.contains("/mails/") && !$0.contains("/up-") }
        #expect(leaks == [])
        #expect(files.contains { $0.contains("/mails/") })
        let topics: [Topic] = [
            .accountsCommands, .accountsEvents, .accountsNotices, .organisationsCommands,
            .organisationsEvents, .installationCommands, .installationEvents, .mailRequests,
            .audit,
        ]
        for topic in topics {
            let (_, output) = try await ParleyProgram.run(
                "tail", topic.rawValue, "--from", "beginning", "--content", "--json", "--data",
                installation.data)
            #expect(search.words(in: Array(output.utf8)).isEmpty, "\(topic)")
            #expect(topic == .accountsNotices || !output.isEmpty, "\(topic)")
        }
        for path in ["exports/audit", "exports/audit.csv", "tenants/luna/exports/audit"] {
            let text = try await call(path, by: .get).body.description
            #expect(text.contains("apiKey"), "\(path)")
            #expect(search.words(in: Array(text.utf8)).isEmpty, "\(path)")
        }
    }
}

import AccountCommands
import AccountRecords
import AuditRecords
import Conversation
import HTTPClient
import JSON
import PipelineTesting
import Testing
import Views

@Suite("Settings of organisations", .timeLimit(.minutes(5)))
struct SettingsTests {
    @Test("are not overwritten unseen where two people edit the same part")
    func conflict() async throws {
        try await House.open { house in
            try await house.found()
            let first = try await house.sol(.get, "/organisation/profile", as: "owner")
            let second = try await house.sol(.get, "/organisation/profile", as: "admin")
            let version = try #require(first.headers["ETag"])
            #expect(second.headers["ETag"] == version)
            let one = try await house.sol(
                .put, "/organisation/profile", as: "owner", version: version,
                ["name": "Sol y Luna", "address": "Calle Mayor 1"])
            #expect(one.status == 200, "\(one.text)")
            let other = try await house.sol(
                .put, "/organisation/profile", as: "admin", version: version, ["name": "Sol"])
            #expect(other.status == 412)
            #expect(other.code == "other_version")
            let now = try await house.sol(.get, "/organisation/profile")
            #expect(try now.json()["name"]?.text == "Sol y Luna")
            #expect(now.headers["ETag"] == one.headers["ETag"])
            // Another part has a version of its own.
            let locale = try await house.sol(
                .put, "/organisation/locale", as: "admin", version: version,
                ["language": "ca", "timeZone": "Europe/Madrid", "dateFormat": "d.M.y"])
            #expect(locale.status == 200, "\(locale.text)")
        }
    }

    @Test(
        "ask which version was seen, and take no weak one", arguments: [nil, "W/\"1\"", "1", "*"])
    func versions(said: String?) async throws {
        try await House.open { house in
            try await house.found()
            let answer = try await house.sol(
                .put, "/organisation/profile", as: "owner", version: said, ["name": "Sol"])
            #expect(answer.status == (said == nil ? 428 : 412), "\(answer.text)")
        }
    }

    @Test("tell the field that is wrong")
    func fields() async throws {
        try await House.open { house in
            try await house.found()
            let zone = try await house.sol(
                .put, "/organisation/locale", version: "\"1\"",
                ["language": "es", "timeZone": "Europe/Nowhere", "dateFormat": "d/M/y"])
            #expect(zone.status == 400)
            #expect(zone.text.contains("/timeZone"))
            var security: [String: JSONValue] = [
                "idleMinutes": 60, "longestMinutes": 720, "networks": ["192.0.2.0/24"],
            ]
            let shut = try await house.sol(
                .put, "/organisation/security", version: "\"1\"", .object(security))
            #expect(shut.status == 400, "a list that shuts out its author is refused")
            #expect(shut.text.contains("/networks"))
            security["networks"] = ["127.0.0.0/8"]
            let open = try await house.sol(
                .put, "/organisation/security", version: "\"1\"", .object(security))
            #expect(open.status == 200, "\(open.text)")
        }
    }

    @Test("take a picture as logo by its bytes alone, and serve it inert")
    func logo() async throws {
        try await House.open { house in
            try await house.found()
            let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]
            let script = Array("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>".utf8)
            let refused = try await house.sol(
                .put, "/organisation/logo", version: "\"1\"", bytes: script)
            #expect(refused.code == "no_picture")
            let large = try await house.sol(
                .put, "/organisation/logo", version: "\"1\"",
                bytes: png + [UInt8](repeating: 0, count: 300_000))
            #expect(large.status == 413)
            let taken = try await house.sol(
                .put, "/organisation/logo", version: "\"1\"", bytes: png)
            #expect(taken.status == 200, "\(taken.text)")
            let path = try #require(try taken.json()["logo"]?.text)
            let shown = try await house.ask(.get, path, as: nil)
            #expect(shown.body == png)
            #expect(shown.headers["Content-Type"] == "image/png")
            #expect(shown.headers["X-Content-Type-Options"] == "nosniff")
            #expect(
                shown.headers["Content-Security-Policy"]?.hasPrefix("sandbox") == true)
            #expect(try await house.ask(.get, "/logos/sol/0000", as: nil).status == 404)
            #expect(
                try await house.sol(.delete, "/organisation/logo", version: "\"2\"").status == 200)
            #expect(try await house.ask(.get, path, as: nil).status == 404)
        }
    }

    @Test("tell what a new organisation has done, and what not")
    func firstSteps() async throws {
        try await House.open { house in
            try await house.found()
            let steps = try await house.sol(.get, "/first-steps", as: "owner").json()["steps"]?.list
            let done = Dictionary(
                uniqueKeysWithValues: (steps ?? []).map { ($0["id"]?.text ?? "", $0["isDone"]) })
            #expect(
                done == ["number": true, "document": false, "question": false, "team": true])
        }
    }
}

import AccountRecords
import AuditRecords
import Conversation
import Endpoints
import HTTPClient
import HTTPServer
import Mail
import OutboxEndpoints
import PipelineTesting
import Synchronization
import Testing

@Suite("The installation over HTTP", .timeLimit(.minutes(5)))
struct InstallationTests {
    @Test("is changed in parts, and never over what somebody else changed")
    func versions() async throws {
        try await Rooms.open { rooms in
            let before = try await rooms.ask(.get, "/installation/sign-up")
            #expect(before.json["isOpen"] == .bool(false))
            let body = #"{"isOpen": true, "plans": ["free", "pro"]}"#
            let blind = try await rooms.ask(.put, "/installation/sign-up", body)
            #expect(blind.status == 428)
            let changed = try await rooms.ask(
                .put, "/installation/sign-up", body, version: before.version)
            #expect(changed.status == 200 && changed.version != before.version, "\(changed.text)")
            let late = try await rooms.ask(
                .put, "/installation/sign-up", #"{"isOpen": false, "plans": ["free"]}"#,
                version: before.version)
            #expect(late.status == 412 && late.json["code"].string == "other_version")
            let now = try await rooms.ask(.get, "/installation/sign-up")
            #expect(now.json["isOpen"].isTrue && now.version == changed.version)
            let entry = try await rooms.payloads(AuditEntry.self).first {
                $0.action == "installation.change.signUp" && $0.refusal == nil
            }
            #expect(entry?.changes?.contains(AuditChange("signUp", "closed", "open")) == true)
        }
    }

    @Test("never tells the mail server's password, and gives it to no other server")
    func mailPassword() async throws {
        try await Rooms.open { rooms in
            func put(_ body: String) async throws -> Rooms.Answer {
                let version = try await rooms.ask(.get, "/installation/mail").version
                return try await rooms.ask(.put, "/installation/mail", body, version: version)
            }
            let server = #""host": "smtp.example.com", "sender": "a@b.example", "user": "u""#
            let set = try await put("{\(server), \"password\": \"secret word\"}")
            #expect(set.json["hasPassword"].isTrue && !set.text.contains("secret"), "\(set.text)")
            #expect(try await put("{\(server)}").json["hasPassword"].isTrue)
            let moved = try await put(#"{"host": "evil.example", "sender": "a@b.example"}"#)
            #expect(moved.json["hasPassword"] == .bool(false))
            let entries = try await rooms.payloads(AuditEntry.self)
            #expect(entries.contains { $0.changes?.contains(AuditChange("password")) == true })
            #expect(!entries.contains { "\($0)".contains("secret word") })
        }
    }

    @Test(
        "takes only settings that can work",
        arguments: [
            ("mail", #"{"host": "a b"}"#, "/host"),
            ("mail", #"{"host": "smtp.example.com"}"#, "/sender"),
            ("mail", #"{"sender": "nobody"}"#, "/sender"),
            ("sign-up", #"{"isOpen": true, "plans": []}"#, "/plans"),
            ("sign-up", #"{"isOpen": true, "plans": ["a", "a"]}"#, "/plans"),
            ("security", #"{"needsSecondFactor": true, "trustedProxies": ["x"]}"#, "Proxies/0"),
            (
                "security", #"{"needsSecondFactor": true, "trustedProxies": ["0.0.0.0/0"]}"#,
                "Proxies/0"
            ),
            (
                "security",
                #"{"needsSecondFactor": true, "trustedProxies": [], "baseURL": "https://a/b"}"#,
                "/baseURL"
            ),
            (
                "security",
                #"{"needsSecondFactor": true, "trustedProxies": [], "baseURL": "ftp://a"}"#,
                "/baseURL"
            ),
        ])
    func invalid(part: String, body: String, pointer: String) async throws {
        try await Rooms.open { rooms in
            let version = try await rooms.ask(.get, "/installation/\(part)").version
            let answer = try await rooms.ask(.put, "/installation/\(part)", body, version: version)
            #expect(answer.status == 400 && answer.text.contains(pointer), "\(answer.text)")
        }
    }

    @Test("tries mail by the settings as they are saved")
    func trial() async throws {
        try await Rooms.open { rooms in
            let version = try await rooms.ask(.get, "/installation/mail").version
            _ = try await rooms.ask(
                .put, "/installation/mail",
                #"{"host": "smtp.example.com", "sender": "a@b.example"}"#, version: version)
            let answer = try await rooms.ask(
                .post, "/installation/mail/trials", #"{"to": "me@b.example"}"#)
            #expect(answer.json["outcome"].string == "kept", "\(answer.text)")
            #expect(rooms.trial.mail.withLock { $0?.host } == "smtp.example.com")
            let wrong = try await rooms.ask(
                .post, "/installation/mail/trials", #"{"to": "me\r\nRCPT TO:x"}"#)
            #expect(wrong.status == 400)
        }
    }

    @Test("is run by those who were appointed, in roles that can be made and taken away")
    func people() async throws {
        try await Rooms.open { rooms in
            let ana = try await rooms.makeActive("Ana", "ana@luz.example")
            let bo = try await rooms.makeActive("Bo", "bo@luz.example")
            let role = try await rooms.ask(
                .post, "/installation/roles",
                #"{"name": "Support", "permissions": ["users:read", "tenants:read"]}"#)
            let id = try #require(role.json["id"].string, "\(role.text)")
            let unfit = try await rooms.ask(
                .post, "/installation/roles",
                #"{"name": "Owner", "permissions": ["ownership:transfer"]}"#)
            #expect(unfit.status == 422 && unfit.json["code"].string == "bad_role")
            let first = try await rooms.ask(
                .post, "/installation/operators",
                #"{"address": "ANA@luz.example", "role": "operator"}"#)
            #expect(first.status == 201 && first.json["account"].string == ana, "\(first.text)")
            let second = try await rooms.ask(
                .post, "/installation/operators", #"{"account": "\#(bo)", "role": "\#(id)"}"#)
            #expect(second.status == 201 && second.json["name"].string == "Bo")
            let inUse = try await rooms.ask(.delete, "/installation/roles/\(id)")
            #expect(inUse.status == 409 && inUse.json["code"].string == "in_use")
            let last = try await rooms.ask(.delete, "/installation/operators/\(ana)")
            #expect(last.json["code"].string == "last_owner")
            #expect(try await rooms.ask(.delete, "/installation/operators/\(bo)").status == 204)
            #expect(try await rooms.ask(.delete, "/installation/roles/\(id)").status == 204)
            let nobody = try await rooms.ask(
                .post, "/installation/operators",
                #"{"address": "nobody@luz.example", "role": "operator"}"#)
            #expect(nobody.status == 404 && nobody.json["code"].string == "no_account")
        }
    }

    @Test("has API keys that are told once, rotated with both working, and revoked at once")
    func keys() async throws {
        try await Rooms.open { rooms in
            let made = try await rooms.ask(
                .post, "/installation/keys",
                #"{"name": "Report", "permissions": ["audit:readAll"], "networks": ["192.0.2.1"]}"#)
            let secret = try #require(made.json["secret"].string, "\(made.text)")
            let id = try #require(made.json["key"]["id"].string)
            #expect(secret.hasPrefix("ply_live_\(id)"))
            let turned = try await rooms.ask(
                .post, "/installation/keys/\(id)/rotate", #"{"graceSeconds": 3600}"#)
            let fresh = try #require(turned.json["key"]["id"].string, "\(turned.text)")
            let list = try await rooms.ask(.get, "/installation/keys")
            #expect(list.json["keys"].elements.map { $0["isLive"].isTrue } == [true, true])
            #expect(!list.text.contains(secret))
            #expect(try await rooms.ask(.delete, "/installation/keys/\(fresh)").status == 204)
            rooms.clock.advance(by: .seconds(3_601))
            let after = try await rooms.ask(.get, "/installation/keys")
            #expect(after.json["keys"].elements.map { $0["isLive"].isTrue } == [false, false])
            let records = try await rooms.payloads(InstallationEvent.self)
            #expect(!records.contains { "\($0)".contains(secret) })
        }
    }

    @Test("shows who may what, as it is decided by")
    func matrix() async throws {
        try await Rooms.open { rooms in
            let answer = try await rooms.ask(.get, "/permissions")
            let rows = answer.json["rows"].elements
            #expect(rows.count > 40)
            let transfer = rows.first { $0["permission"].string == "ownership:transfer" }
            #expect(transfer?["operators"].string == "never")
            #expect(transfer?["roles"].elements.map(\.string) == ["owner"])
        }
    }
}

@Suite("Mails that are kept, over HTTP", .timeLimit(.minutes(5)))
struct OutboxTests {
    @Test("are listed newest first, read as text, and deleted with a word in the audit log")
    func mails() async throws {
        try await Rooms.open { rooms in
            for (number, tenant) in [TenantID?.none, "sol"].enumerated() {
                let mail = Mail(
                    cause: "m\(number)", from: Mailbox(try EmailAddress("p@b.example")),
                    to: Mailbox(try EmailAddress("a\(number)@b.example")),
                    subject: "Hello \(number)", language: "en",
                    parts: [
                        .paragraph("<script>"), .link("Go", url: "https://b.example/#t"),
                    ], date: Timestamp(milliseconds: Int64(number) * 1_000))
                _ = try await rooms.mails.transport(of: tenant).send(mail.composed())
            }
            let list = try await rooms.ask(.get, "/outbox").json["mails"].elements
            #expect(list.map { $0["subject"].string } == ["Hello 1", "Hello 0"])
            #expect(list.map { $0["tenant"].string } == ["sol", nil])
            let id = try #require(list[0]["id"].string)
            #expect(try await rooms.ask(.get, "/outbox/\(id)").status == 404)
            let whole = try await rooms.ask(.get, "/outbox/\(id)?tenant=sol")
            #expect(whole.json["text"].string?.contains("https://b.example/#t") == true)
            #expect(try await rooms.ask(.delete, "/outbox/\(id)?tenant=sol").status == 204)
            #expect(try await rooms.ask(.get, "/outbox/\(id)?tenant=sol").status == 404)
            let notes = try await rooms.payloads(AuditEntry.self)
            #expect(notes.map(\.action) == ["mail.delete"] && notes.first?.tenant == "sol")
            // The removal is a record of the same commit, which tells it after a crash, too.
            let events = try await rooms.payloads(MailEvent.self)
            #expect(events.map(\.outcome) == [.removed] && events.first?.kept == id)
            let other = try #require(list[1]["id"].string)
            rooms.removed.hear(
                MailEvent(
                    tenant: .installation, mail: "m", about: "m", outcome: .removed, kept: other,
                    at: Timestamp(milliseconds: 1_800_000_000_000)))
            #expect(try await rooms.mails.list(of: nil).count == 1)
            #expect(try await rooms.ask(.get, "/outbox").json["mails"].elements.isEmpty)
            #expect(try await rooms.mails.list(of: nil).isEmpty)
        }
    }
}

@Suite("Who may what in the operator's rooms", .timeLimit(.minutes(5)))
struct RoomPermissionTests {
    @Test("is as each endpoint says: nobody, somebody without it, and somebody with it alone")
    func roles() async throws {
        try await Rooms.open { rooms in
            let list = rooms.endpoints.endpoints
            #expect(list.count > 40)
            for endpoint in list {
                guard case .installation(let permission) = endpoint.access,
                    let method = HTTPClientRequest.Method(rawValue: endpoint.method.rawValue)
                else { continue }
                var path = endpoint.path.replacing("/api/v1", with: "")
                for name in ["account", "session", "role", "key", "mail"] {
                    path = path.replacing("{\(name)}", with: "x")
                }
                let body = [.post, .put].contains(endpoint.method) ? "{}" : nil
                let line = "\(endpoint.method.rawValue) \(path)"
                let nobody = try await rooms.ask(method, path, body, as: "")
                #expect(nobody.status == 401, "\(line)")
                let lacking = try await rooms.ask(method, path, body, as: "eve=status:read")
                #expect(lacking.status == 403, "\(line): \(lacking.text)")
                let with = try await rooms.ask(
                    method, path, body, as: "eve=\(permission.name)", version: "\"0\"")
                #expect(with.status != 401, "\(line)")
                #expect(with.status < 500, "\(line): \(with.text)")
            }
        }
    }
}

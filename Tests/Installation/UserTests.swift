import AccountRecords
import AuditRecords
import Conversation
import HTTPClient
import PipelineTesting
import Testing

@Suite("The users of the installation over HTTP", .timeLimit(.minutes(5)))
struct UserTests {
    @Test("are made with a mail that lets them choose a password, and found at once")
    func made() async throws {
        try await Rooms.open { rooms in
            let answer = try await rooms.ask(
                .post, "/users",
                #"{"name": "Ana Gärtner", "address": "Ana@Luz.example", "language": "es"}"#)
            #expect(answer.status == 201, "\(answer.text)")
            let id = try #require(answer.json["id"].string)
            #expect(answer.json["hasPassword"] == .bool(false))
            #expect(answer.json["language"].string == "es")
            let mails = try await rooms.payloads(MailRequest.self)
            #expect(mails.map(\.kind) == [.welcome] && mails.first?.to == "ana@luz.example")
            #expect(mails.first?.about == id)
            for words in ["gart", "ana", "luz.example", "ana@luz.example"] {
                let found = try await rooms.ask(.get, "/users?words=\(words)")
                #expect(found.json["users"].elements.map { $0["id"].string } == [id], "\(words)")
            }
            let again = try await rooms.ask(
                .post, "/users", #"{"name": "Other", "address": "ana@luz.example"}"#)
            #expect(again.status == 409 && again.json["code"].string == "address_taken")
            #expect(try await rooms.ask(.get, "/counts/users").json["users"].int == 1)
        }
    }

    @Test(
        "are not made of what is no name or address",
        arguments: [
            (#"{"name": "Ana", "address": "no address"}"#, "/address"),
            (#"{"name": " ", "address": "a@b.example"}"#, "/name"),
            (#"{"name": "Ana", "address": "a@b.example", "language": "ESPAÑOL"}"#, "/language"),
        ])
    func invalid(body: String, pointer: String) async throws {
        try await Rooms.open { rooms in
            let answer = try await rooms.ask(.post, "/users", body)
            #expect(answer.status == 400 && answer.text.contains(pointer), "\(answer.text)")
            #expect(try await rooms.payloads(AccountCommand.self).isEmpty)
        }
    }

    @Test("are changed, disabled, enabled and deleted, and the table says so")
    func changed() async throws {
        try await Rooms.open { rooms in
            let id = try await rooms.makeActive("Ana", "ana@luz.example")
            let renamed = try await rooms.ask(.put, "/users/\(id)", #"{"name": "Anna"}"#)
            #expect(renamed.json["name"].string == "Anna")
            let disabled = try await rooms.ask(.post, "/users/\(id)/disable")
            #expect(disabled.json["standing"].string == "disabled", "\(disabled.text)")
            let list = try await rooms.ask(.get, "/users?standing=disabled")
            #expect(list.json["users"].elements.count == 1)
            let enabled = try await rooms.ask(.post, "/users/\(id)/enable")
            #expect(enabled.json["standing"].string == "active")
            #expect(try await rooms.ask(.delete, "/users/\(id)").status == 204)
            #expect(try await rooms.ask(.get, "/users/\(id)").status == 404)
            #expect(try await rooms.ask(.delete, "/users/\(id)").status == 404)
            #expect(try await rooms.ask(.get, "/users").json["users"].elements.isEmpty)
            let entries = try await rooms.payloads(AuditEntry.self).map(\.action)
            for action in ["account.rename", "account.disable", "account.enable", "account.delete"]
            {
                #expect(entries.contains(action), "\(action)")
            }
        }
    }

    @Test("get another link, but not within a minute")
    func links() async throws {
        try await Rooms.open { rooms in
            let id = try await rooms.make("Ana", "ana@luz.example")
            let soon = try await rooms.ask(.post, "/users/\(id)/links")
            #expect(soon.status == 429 && soon.json["code"].string == "too_soon")
            rooms.clock.advance(by: .seconds(61))
            #expect(try await rooms.ask(.post, "/users/\(id)/links").status == 200)
            #expect(
                try await rooms.payloads(MailRequest.self).map(\.kind) == [.welcome, .welcome])
        }
    }

    @Test("are dealt with many at once, and each is told what became of it")
    func bulk() async throws {
        try await Rooms.open { rooms in
            var ids: [String] = []
            for number in 0..<12 {
                ids.append(try await rooms.makeActive("P\(number)", "p\(number)@luz.example"))
            }
            let list = (ids + ["nobody"]).map { "\"\($0)\"" }.joined(separator: ",")
            let answer = try await rooms.ask(
                .post, "/users/bulk", #"{"act": "disable", "accounts": [\#(list)]}"#)
            let results = answer.json["results"].elements
            #expect(results.map { $0["account"].string } == ids + ["nobody"])
            #expect(results.map { $0["isDone"].isTrue } == ids.map { _ in true } + [false])
            #expect(results.last?["code"].string == "no_account")
            let left = try await rooms.ask(.get, "/counts/users?standing=active")
            #expect(left.json["users"].int == 0)
        }
    }

    @Test("become operators by a role, and the last of them stays")
    func operators() async throws {
        try await Rooms.open { rooms in
            let ana = try await rooms.makeActive("Ana", "ana@luz.example")
            let bo = try await rooms.makeActive("Bo", "bo@luz.example")
            let made = try await rooms.ask(
                .put, "/users/\(ana)/role", #"{"role": "operator"}"#)
            #expect(made.json["role"].string == "operator", "\(made.text)")
            let last = try await rooms.ask(.put, "/users/\(ana)/role", "{}")
            #expect(last.status == 409 && last.json["code"].string == "last_owner")
            let gone = try await rooms.ask(.post, "/users/\(ana)/disable")
            #expect(gone.status == 409 && gone.json["code"].string == "last_owner")
            #expect(
                try await rooms.ask(.put, "/users/\(bo)/role", #"{"role": "operator"}"#).status
                    == 200)
            #expect(try await rooms.ask(.put, "/users/\(ana)/role", "{}").status == 200)
            let listed = try await rooms.ask(.get, "/users?isOperator=true")
            #expect(listed.json["users"].elements.map { $0["id"].string } == [bo])
        }
    }

    @Test("are exported without formulas, and who did so is written down first")
    func export() async throws {
        try await Rooms.open { rooms in
            _ = try await rooms.make("=HYPERLINK(1)", "ana@luz.example")
            let table = try await rooms.ask(.get, "/exports/users.csv", as: "olga")
            let lines = table.text.split(separator: "\r\n")
            #expect(lines.count == 2 && lines[1].contains(#""'=HYPERLINK(1)""#), "\(table.text)")
            let all = try await rooms.ask(.get, "/exports/users")
            #expect(all.text.split(separator: "\n").count == 1)
            let notes = try await rooms.payloads(AuditEntry.self).filter {
                $0.action == "account.export"
            }
            #expect(notes.count == 2)
            #expect(notes.contains { $0.actor == "operator/olga" && $0.who?.name == "Olga" })
        }
    }

    @Test("have an activity: what they did and what was done to them, by day")
    func activity() async throws {
        try await Rooms.open { rooms in
            let ana = try await rooms.make("Ana", "ana@luz.example")
            let bo = try await rooms.make("Bo", "bo@luz.example")
            _ = try await rooms.ask(.put, "/users/\(ana)", #"{"name": "Anna"}"#)
            try await eventually("the audit log shows it") {
                let days = try await rooms.ask(.get, "/users/\(ana)/activity").json["days"]
                return days.elements.contains { $0["action"].string == "account.rename" }
            }
            let other = try await rooms.ask(.get, "/users/\(bo)/activity").json["days"]
            #expect(other.elements.map { $0["action"].string } == ["account.create"])
        }
    }

    @Test("are paged by a cursor of that list alone")
    func pages() async throws {
        try await Rooms.open { rooms in
            for number in 0..<5 { _ = try await rooms.make("Same", "p\(number)@luz.example") }
            var seen: [String] = []
            var path = "/users?limit=2"
            while true {
                let page = try await rooms.ask(.get, path)
                seen += page.json["users"].elements.compactMap { $0["address"].string }
                guard let next = page.json["next"].string else { break }
                path = "/users?limit=2&after=\(next)"
                let foreign = try await rooms.ask(.get, "/users?words=same&after=\(next)")
                #expect(foreign.status == 400)
            }
            #expect(seen.sorted() == (0..<5).map { "p\($0)@luz.example" })
        }
    }
}

/// Waits until something is so.
func eventually(_ what: String, _ isSo: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(150)
    while ContinuousClock.now < deadline {
        if try await isSo() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("never: \(what)")
}

import FoundationEssentials
import HTTPClient
import Testing

@testable import Simulator

@Suite struct SimulatorTests {
    @Test("a customer's message becomes a signed webhook, and the answer is seen by the customer")
    func conversation() async throws {
        try await Lab.run { lab in
            let written = try await lab.customer("Open on Sunday? ¿\\\"No\\\"?")
            try await lab.until("the webhook") { try lab.updates("messages").count == 1 }
            #expect(lab.webhooks.filter { !$0.isSigned }.isEmpty)
            let message = try #require(try lab.updates("messages").first)
            #expect(message.string("id") == written.string("wamid"))
            #expect(message.string("from") == "34600111222")
            #expect(message.string("from_user_id")?.hasPrefix("ES.") == true)
            #expect(message["text"]?.string("body") == "Open on Sunday? ¿\"No\"?")

            let answer = try await lab.text("No.")
            #expect(answer.status == 200)
            let wamid = try #require(answer.body.list("messages").first?.string("id"))
            let seen = try await lab.control("conversations/sol/34600111222?after=0&wait=5")
            #expect(seen.list("messages").compactMap { $0.string("text") } == ["No."])
            #expect(seen.list("messages").first?.string("wamid") == wamid)
            try await lab.until("three statuses") { try lab.updates("statuses").count == 3 }
            let statuses = try lab.updates("statuses")
            #expect(statuses.compactMap { $0.string("status") } == ["sent", "delivered", "read"])
            #expect(statuses.allSatisfy { $0.string("biz_opaque_callback_data") == "p1.c.o.1" })
            #expect(statuses.allSatisfy { $0.string("id") == wamid })
        }
    }

    @Test("a long poll is answered by the next message")
    func longPoll() async throws {
        try await Lab.run { lab in
            try await lab.customer("Hello")
            async let seen = lab.control("conversations/sol/34600111222?after=0&wait=30")
            try await Task.sleep(for: .milliseconds(20))
            _ = try await lab.text("Hi")
            #expect(try await seen.list("messages").count == 1)
            let none = try await lab.control("conversations/sol/34600111222?after=1&wait=0.01")
            #expect(none.list("messages").isEmpty)
            #expect(none.int("cursor") == 1)
        }
    }

    @Test("what WhatsApp refuses is refused with its code")
    func refusals() async throws {
        try await Lab.run { lab in
            #expect(try await lab.text("Hi").body.code == 131047)
            try await lab.customer("Hello")
            let path = "\(lab.number)/messages"
            #expect(try await lab.graph(path, "{}", token: "wrong").body.code == 190)
            #expect(try await lab.graph("999/messages", "{}").body.code == 100)
            #expect(try await lab.graph(path, "nonsense").body.code == 100)
            #expect(try await lab.graph(path, "{\"messaging_product\":\"x\"}").body.code == 100)
            let long = String(repeating: "a", count: 4_097)
            #expect(try await lab.text(long).body.code == 100)
            #expect(try await lab.text("").body.code == 100)
            let data = String(repeating: "d", count: 513)
            #expect(try await lab.text("Hi", data: data).body.code == 100)
            #expect(try await lab.text("Hi", to: "none").body.code == 100)
            let mark =
                "{\"messaging_product\":\"whatsapp\",\"status\":\"read\",\"message_id\":\"none\"}"
            #expect(try await lab.graph(path, mark).body.code == 131009)
            #expect(try await lab.text("Hi").status == 200)
        }
    }

    @Test("a message is marked as read with a typing sign")
    func marks() async throws {
        try await Lab.run { lab in
            let wamid = try #require(try await lab.customer("Hello").string("wamid"))
            let answer = try await lab.graph(
                "\(lab.number)/messages",
                """
                {"messaging_product":"whatsapp","status":"read","message_id":"\(wamid)",
                "typing_indicator":{"type":"text"}}
                """)
            #expect(answer.body.bool("success") == true)
            let seen = try await lab.control("conversations/sol/34600111222")
            #expect(seen.list("read").count == 1)
            #expect(seen.list("typing").count == 1)
            #expect(seen.list("messages").isEmpty)
        }
    }

    @Test("a customer without a phone in webhooks is reached by user id")
    func userID() async throws {
        try await Lab.run { lab in
            let written = try await lab.control(
                "messages",
                "{\"business\":\"sol\",\"from\":\"34600\",\"text\":\"Hi\",\"hides_phone\":true}")
            try await lab.until("the webhook") { try lab.updates("messages").count == 1 }
            let message = try #require(try lab.updates("messages").first)
            #expect(message["from"] == nil)
            let id = try #require(written.string("user_id"))
            #expect(message.string("from_user_id") == id)
            let answer = try await lab.graph(
                "\(lab.number)/messages",
                """
                {"messaging_product":"whatsapp","recipient":"\(id)","type":"text",
                "text":{"body":"Hi"}}
                """)
            #expect(answer.status == 200)
            #expect(answer.body.list("contacts").first?.string("user_id") == id)
            #expect(answer.body.list("contacts").first?["wa_id"] == nil)
        }
    }

    @Test("a webhook that is not answered with 200 comes again, and a lost 200 too")
    func retries() async throws {
        try await Lab.run(answering: [500, 503, 204]) { lab in
            try await lab.customer("Hello")
            try await lab.until("the fourth webhook") { lab.webhooks.count == 4 }
            #expect(Set(lab.webhooks.map(\.body)).count == 1)
            try await lab.control("faults", "{\"kind\":\"lost_acknowledgement\"}")
            try await lab.customer("Hello again")
            try await lab.until("the sixth webhook") { lab.webhooks.count == 6 }
            try await lab.control("faults", "{\"kind\":\"repeat_webhook\"}")
            try await lab.customer("Hello thrice")
            try await lab.until("the eighth webhook") { lab.webhooks.count == 8 }
            #expect(Set(lab.webhooks.map(\.body)).count == 3)
        }
    }

    @Test("faults concern the calls that they were asked for, and no others")
    func faults() async throws {
        try await Lab.run { lab in
            try await lab.customer("Hello")
            try await lab.control("faults", "{\"kind\":\"throttle\",\"business\":\"sol\"}")
            try await lab.control("faults", "{\"kind\":\"throttle\",\"business\":\"other\"}")
            let throttled = try await lab.text("a")
            #expect(throttled.status == 429)
            #expect(throttled.body.code == 130429)
            try await lab.control("faults", "{\"kind\":\"graph_error\",\"code\":131056}")
            #expect(try await lab.text("b").body.code == 131056)
            for kind in ["drop_answer", "reset"] {
                try await lab.control("faults", "{\"kind\":\"\(kind)\"}")
                await #expect(throws: HTTPClientError.self) { _ = try await lab.text(kind) }
            }
            #expect(try await lab.text("c").status == 200)
            let seen = try await lab.control("conversations/sol/34600111222")
            #expect(
                seen.list("messages").compactMap { $0.string("text") } == ["drop_answer", "c"])
            let stats = try await lab.control("stats")
            #expect(stats["faults"]?.int("drop_answer") == 1)
            #expect(stats["counts"]?.int("accepted") == 2)
        }
    }

    @Test("statuses come out of order, failed or not at all on request")
    func statusFaults() async throws {
        try await Lab.run { lab in
            try await lab.customer("Hello")
            try await lab.control("faults", "{\"kind\":\"no_status\"}")
            _ = try await lab.text("silent", data: "p1.c.silent.1")
            try await lab.control("faults", "{\"kind\":\"fail_status\",\"code\":131026}")
            _ = try await lab.text("failed", data: "p1.c.failed.1")
            try await lab.until("the failure") { try lab.updates("statuses").count == 1 }
            let failed = try #require(try lab.updates("statuses").first)
            #expect(failed.string("status") == "failed")
            #expect(failed.list("errors").first?.int("code") == 131026)
            #expect(failed["recipient_user_id"] == nil)
            try await lab.control("faults", "{\"kind\":\"disorder\"}")
            _ = try await lab.text("disordered", data: "p1.c.disordered.1")
            try await lab.until("all statuses") { try lab.updates("statuses").count == 4 }
            let words = try lab.updates("statuses").dropFirst().compactMap { $0.string("status") }
            #expect(words == ["read", "delivered", "sent"])
        }
    }

    @Test("messages and statuses are stamped with a wrong time on request")
    func skew() async throws {
        try await Lab.run { lab in
            try await lab.control("faults", #"{"kind":"skew","milliseconds":-7200000,"count":4}"#)
            try await lab.customer("Hello")
            _ = try await lab.text("stamped", data: "p1.c.stamped.1")
            try await lab.until("all statuses") { try lab.updates("statuses").count == 3 }
            let updates = try lab.updates("messages") + lab.updates("statuses")
            let stamps = updates.compactMap { $0.string("timestamp").flatMap { Int($0) } }
            let anHourAgo = Int(Date().timeIntervalSince1970) - 3_600
            #expect(stamps.count == 4)
            #expect(stamps.allSatisfy { $0 < anHourAgo })
        }
    }

    @Test("a medium is found by its id and fetched with the token")
    func media() async throws {
        try await Lab.run { lab in
            let stored = try await lab.control("media?business=sol", "picture")
            let id = try #require(stored.string("id"))
            let found = try await lab.graph("\(id)?phone_number_id=\(lab.number)", nil)
            let url = try #require(found.body.string("url"))
            var request = HTTPClientRequest(.get, url)
            #expect(try await lab.http.send(request).status == 401)
            request.headers = ["Authorization": "Bearer \(lab.token)"]
            #expect(try await lab.http.send(request).body == Array("picture".utf8))
            #expect(try await lab.graph("\(id)?phone_number_id=1", nil).status != 200)
        }
    }

    @Test(
        "gives nothing to a page of another site or under a foreign name, and does nothing for it",
        arguments: [("Host", "evil.example"), ("Origin", "https://evil.example")])
    func sources(name: String, value: String) async throws {
        try await Lab.run { lab in
            for (method, path) in [
                (HTTPClientRequest.Method.get, "/api/v1/businesses"),
                (.get, "/api/v1/stats"), (.post, "/api/v1/faults"),
                (.post, "/api/v1/messages"), (.get, "/api/v1/conversations/sol/34600111222"),
                (.post, "/v26.0/\(lab.number)/messages"), (.get, "/nothing"),
            ] {
                let body = method == .post ? Array("{\"kind\":\"reset\"}".utf8) : nil
                let url = "http://127.0.0.1:\(lab.port)\(path)"
                let foreign = try await lab.http.send(
                    HTTPClientRequest(
                        method, url,
                        headers: HTTPClientHeaders([.init(name: name, value: value)]), body: body))
                #expect(foreign.status == (name == "Host" ? 421 : 403), "\(method) \(path)")
                #expect(!String(decoding: foreign.body, as: UTF8.self).contains(lab.token))
            }
            let own = try await lab.http.send(
                HTTPClientRequest(
                    .get, "http://127.0.0.1:\(lab.port)/api/v1/businesses",
                    headers: ["Host": "localhost:\(lab.port)"]))
            #expect(String(decoding: own.body, as: UTF8.self).contains(lab.token))
        }
    }

    @Test("names the kinds of faults to one who asks for another, and the field that is wrong")
    func wrongFaults() async throws {
        try await Lab.run { lab in
            func refusal(_ body: String) async throws -> String {
                try await lab.control("faults", body).string("detail") ?? "none"
            }
            let unknown = try await refusal("{\"kind\":\"nonsense\"}")
            for kind in FaultKind.allCases { #expect(unknown.contains(kind.rawValue)) }
            #expect(try await refusal("{\"kind\":\"slow\",\"count\":\"x\"}").contains("count"))
            #expect(try await refusal("{}").contains("kind"))
            for body in ["{\"kind\":\"nonsense\"}", "{}", "[]", "{"] {
                #expect(!(try await refusal(body)).contains("DecodingError"))
                #expect(!(try await refusal(body)).contains("Context"))
            }
        }
    }

    @Test("businesses are kept in a file that only its owner may read")
    func file() async throws {
        let directory =
            FileManager.default.temporaryDirectory.path
            + "/simulator-\(UInt64.random(in: 0 ... .max))"
        defer {
            // What stays behind in the temporary folder harms nobody.
            try? FileManager.default.removeItem(atPath: directory)
        }
        try await Lab.run({ $0.dataDirectory = directory }) { _ in }
        let path = "\(directory)/businesses.json"
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? Int) == 0o600)
        var configuration = SimulatorConfiguration()
        configuration.dataDirectory = directory
        #expect(try BusinessFile(directory: directory).read().map(\.name) == ["sol"])
        _ = try Simulator(configuration)
    }

    @Test("updates leave the heap in the order of their times")
    func heap() {
        var heap = UpdateHeap()
        var random = SeededRandom(seed: 7)
        for _ in 0..<2_000 {
            heap.insert(
                WebhookUpdate(
                    due: Int64(random.next() % 500), business: "b",
                    conversation: ConversationName(number: "1", phone: "2"), customerName: "",
                    userID: "", hidesPhone: false, body: .message("{}", number: 0)))
        }
        let first = heap.takeDue(at: 249).map(\.due)
        let second = heap.takeDue(at: 500).map(\.due)
        #expect(first.count + second.count == 2_000)
        #expect(first + second == (first + second).sorted())
        #expect(heap.nextDue == nil)
    }
}

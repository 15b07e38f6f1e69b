import Conversation
import EventLog
import HTTPClient
import Synchronization
import Testing

@testable import Ingester

@Suite struct WebhookVerificationTests {
    private static func target(
        _ path: String = "/webhook", mode: String = "subscribe", token: String,
        challenge: String = "1158201444"
    ) -> String {
        "\(path)?hub.mode=\(mode)&hub.challenge=\(challenge)&hub.verify_token=\(token)"
    }

    @Test("the handshake gives the challenge back for a tenant's token and for no other")
    func handshake() async throws {
        let server = try await WebhookServer()
        let right = try await server.get(Self.target(token: "token-sol"))
        #expect(right.status == 200)
        #expect(right.body == Array("1158201444".utf8))
        let cases: [(String, Int)] = [
            (Self.target(token: "token-mar"), 200),
            (Self.target("/webhook/mar", token: "token-mar"), 200),
            (Self.target("/webhook/mar", token: "token-sol"), 403),
            (Self.target("/webhook/nobody", token: "token-sol"), 403),
            (Self.target(token: "token-so"), 403), (Self.target(token: ""), 403),
            (Self.target(mode: "unsubscribe", token: "token-sol"), 400),
            ("/webhook", 400), ("/webhook?hub.mode=subscribe", 400),
        ]
        for (target, status) in cases {
            #expect(try await server.get(target).status == status, "\(target)")
        }
        await server.stop()
    }
}

@Suite struct WebhookSignatureTests {
    /// The sheet's vectors for the secret `wa-test-secret-1` (facts: WhatsApp Cloud API, 1.3);
    /// three of the bodies are no webhooks, so 200 only says that the signature was right.
    @Test(
        "the signature is that of the raw bytes",
        arguments: [
            (
                #"{"object":"whatsapp_business_account","entry":[]}"#,
                "46310d16f45d05589a545ac227e927e8b4e2cbaf227008903f8bb67b63b0da03", 200
            ),
            (
                #"{"t":"caf\u00e9"}"#,
                "c6996e3c39e3396dc53282e94e4ab7e50c3a29f9ec999a56d1a4a4d2ab76f10d", 200
            ),
            (
                #"{"t":"café"}"#,
                "8ff197dd644740baff24e9b6443af90d3f2836b9815964cd8f072f27e8bbe205", 200
            ),
            ("", "64c83fff304283844b8660223bc1bb89f5481e61c23af83a43299b610e6ef5f7", 200),
        ])
    func vectors(body: String, code: String, status: Int) async throws {
        let server = try await WebhookServer()
        let bytes = Array(body.utf8)
        #expect(try await server.post(bytes, signature: "sha256=\(code)").status == status)
        #expect(try await server.post(bytes + [0x20], signature: "sha256=\(code)").status == 401)
        await server.stop()
    }

    @Test("a signature in any other form is refused, and counted")
    func forms() async throws {
        let server = try await WebhookServer()
        let body = Webhooks.message(Webhooks.text("m", from: #""from":"1""#))
        let right = try WebhookServer.signature(body, "wa-test-secret-1")
        let code = right.dropFirst("sha256=".count)
        let wrong: [String?] = [
            nil, "", "sha256=", String(code), "sha1=\(code)", "SHA256=\(code)",
            "sha256=\(code.uppercased())", "sha256=\(code.dropLast())", "sha256=\(code)0",
            "sha256= \(code.dropLast())", "sha256=g\(code.dropFirst())",
            "sha256=" + String(repeating: "0", count: 64),
            try WebhookServer.signature(body, "yet-another-secret"),
            try WebhookServer.signature(body, ""),
        ]
        for signature in wrong {
            let answer = try await server.post(body, signature: signature)
            #expect(answer.status == 401, "\(signature ?? "none")")
        }
        #expect(try await server.total() == 0)
        #expect(
            server.metric(#"parley_webhook_refused_total{reason="signature"}"#)
                == "\(wrong.count)")
        #expect(try await server.post(body, signature: right).status == 200)
        #expect(try await server.count(.messagesInbound) == 1)
        await server.stop()
    }

    @Test("another app's signature speaks for that app's tenants only")
    func otherApp() async throws {
        let server = try await WebhookServer()
        let message = #""messages":[\#(Webhooks.text("m", from: #""from":"1""#))]"#
        let mixed = Webhooks.body(
            Webhooks.entry("A1", Webhooks.change("N1", message)),
            Webhooks.entry("A2", Webhooks.change("N2", message)),
            Webhooks.entry("A3", Webhooks.change("N3", message)))
        let unknown = "parley_webhook_unknown_business_total"
        #expect(try await server.deliver(mixed, secret: "another-secret").status == 200)
        #expect(try await server.count(.messagesInbound) == 1)
        #expect(server.metric(unknown) == "2")
        // On the path of a tenant of another app, this app's signature is no signature.
        for path in ["/webhook/sol", "/webhook/nobody"] {
            let answer = try await server.deliver(mixed, secret: "another-secret", path: path)
            #expect(answer.status == 401)
        }
        // One app may serve several tenants, also on a path of one of them.
        #expect(try await server.deliver(mixed, path: "/webhook/sol").status == 200)
        #expect(try await server.count(.messagesInbound) == 3)
        #expect(server.metric(unknown) == "3")
        await server.stop()
    }
}

@Suite struct WebhookDeliveryTests {
    private static let body = Webhooks.message(Webhooks.text("m", from: #""from":"1""#))

    @Test("what is signed and no JSON is set aside with its bytes, and not sent again for a week")
    func notJSON() async throws {
        let server = try await WebhookServer()
        let bodies: [[UInt8]] = [
            Array("hello".utf8), Array(Self.body.dropLast()), Self.body + [0x7d],
            Array(#"{"entry":""#.utf8) + [0xff],
        ]
        for body in bodies { #expect(try await server.deliver(body).status == 200) }
        #expect(try await server.count(.accountsUpdates) == 4)
        #expect(try await server.total() == 4)
        #expect(server.metric("parley_webhook_unreadable_total") == "4")
        await server.stop()
    }

    @Test("a mark of the byte order, and bytes that are no UTF-8, do not keep a message out")
    func mended() async throws {
        let server = try await WebhookServer()
        #expect(try await server.deliver([0xef, 0xbb, 0xbf] + Self.body).status == 200)
        #expect(try await server.count(.messagesInbound) == 1)
        let text = Webhooks.text("m2", from: #""from":"1""#, "caf@")
        let bytes = Webhooks.message(text).map { $0 == UInt8(ascii: "@") ? 0xe9 : $0 }
        #expect(try await server.deliver(bytes).status == 200)
        #expect(try await server.count(.messagesInbound) == 2)
        #expect(server.metric("parley_webhook_unreadable_total") == "0")
        await server.stop()
    }

    @Test("an unknown business is answered 200, so that it does not come back, and counted")
    func unknownBusiness() async throws {
        let server = try await WebhookServer()
        let message = #""messages":[\#(Webhooks.text("m", from: #""from":"1""#))]"#
        let body = Webhooks.body(Webhooks.entry("A9", Webhooks.change("N9", message)))
        #expect(try await server.deliver(body).status == 200)
        #expect(try await server.total() == 0)
        #expect(server.metric("parley_webhook_unknown_business_total") == "1")
        await server.stop()
    }

    @Test("messages, statuses and updates go to their topics and are counted by kind")
    func topics() async throws {
        let server = try await WebhookServer()
        let body = Webhooks.body(
            Webhooks.entry(
                "A1",
                Webhooks.change(
                    "N1", #""messages":[\#(Webhooks.text("m", from: #""from":"1""#))]"#,
                    #""statuses":[{"id":"w","status":"sent"},{"id":"w","status":"read"}]"#),
                Webhooks.change(field: "account_update", value: "{}")))
        #expect(try await server.deliver(body).status == 200)
        #expect(try await server.count(.messagesInbound) == 1)
        #expect(try await server.count(.messagesUnplaced) == 2)
        #expect(try await server.count(.accountsUpdates) == 1)
        for (kind, count) in [("message", "1"), ("status", "2"), ("account", "1")] {
            #expect(server.metric(#"parley_webhook_updates_total{kind="\#(kind)"}"#) == count)
        }
        await server.stop()
    }

    @Test("a body near three megabytes is taken, a larger one is refused with 413")
    func size() async throws {
        let server = try await WebhookServer()
        func body(_ count: Int) -> [UInt8] {
            let rest = #"{"entry":[],"padding":""}"#.utf8.count
            let padding = String(repeating: "x", count: count - rest)
            return Array(#"{"entry":[],"padding":"\#(padding)"}"#.utf8)
        }
        #expect(try await server.deliver(body(3 * 1024 * 1024)).status == 200)
        #expect(try await server.deliver(body(WebhookRoute.bodyLimit)).status == 200)
        // The server may close before it has read all of a body that it refused already.
        let answer = try? await server.deliver(body(WebhookRoute.bodyLimit + 1))
        #expect(answer == nil || answer?.status == 413)
        #expect(try await server.deliver(Self.body).status == 200)
        await server.stop()
    }

    @Test("200 comes only after the append has completed")
    func durability() async throws {
        let appender = HeldAppender()
        let server = try await WebhookServer(appender: appender)
        let isAnswered = Mutex(false)
        async let answer = {
            let answer = try await server.deliver(Self.body)
            isAnswered.withLock { $0 = true }
            return answer
        }()
        // Who wrote it, first.
        await appender.arrived()
        appender.complete()
        await appender.arrived()
        // A second webhook makes its way to the appender and back meanwhile.
        #expect(try await server.deliver(Array("{}".utf8)).status == 200)
        #expect(isAnswered.withLock { !$0 })
        appender.complete()
        #expect(try await answer.status == 200)
        await server.stop()
    }

    @Test("a log that fails gives 503 with Retry-After, and 200 once it is back")
    func failure() async throws {
        for error in [
            EventLogError.transient(reason: "away"), .permanent(reason: "broken"),
            .full(reason: "no space"),
        ] {
            let server = try await WebhookServer(appender: HeldAppender(failure: error))
            let answer = try await server.deliver(Self.body)
            #expect(answer.status == 503)
            #expect(answer.headers["Retry-After"] == "2")
            #expect(try await server.total() == 0)
            #expect(
                server.metric(#"parley_webhook_refused_total{reason="unavailable"}"#) == "1")
            await server.stop()
        }
    }

    @Test("a backlog beyond the bound turns webhooks away before any work")
    func backlog() async throws {
        let full = try await WebhookServer(appender: HeldAppender(backlog: 20_000))
        let answer = try await full.deliver(Self.body)
        #expect(answer.status == 503)
        #expect(answer.headers["Retry-After"] == "2")
        await full.stop()
        let appender = HeldAppender(backlog: 19_999)
        let nearly = try await WebhookServer(appender: appender)
        async let taken = nearly.deliver(Self.body)
        // Who wrote it, and what.
        for _ in 0..<2 {
            await appender.arrived()
            appender.complete()
        }
        #expect(try await taken.status == 200)
        await nearly.stop()
    }

    @Test("bodies that wait to be durable are bounded in bytes too, and taken again afterwards")
    func backlogBytes() async throws {
        let appender = HeldAppender()
        let server = try await WebhookServer(appender: appender)
        // White space at the end counts as well as words do.
        let body = Self.body + [UInt8](repeating: 0x20, count: 3 * 1024 * 1024 - Self.body.count)
        let fits = (WebhookRoute.mostBacklogBytes + body.count - 1) / body.count
        let completing = AsyncStream<Void>.makeStream()
        let completer = Task {
            for await _ in completing.stream {}
            while !Task.isCancelled {
                appender.complete()
                // More arrive while the first are answered; cancelled: all were.
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<fits + 5 {
                group.addTask {
                    let answer = try await server.deliver(body)
                    #expect(answer.status == 200 || answer.headers["Retry-After"] == "2")
                    return answer.status
                }
            }
            var statuses: [Int] = []
            for try await status in group {
                statuses.append(status)
                // The others wait for the appender.
                if statuses.count == 5 { completing.continuation.finish() }
            }
            return statuses
        }
        completer.cancel()
        #expect(statuses.prefix(5).allSatisfy { $0 == 503 })
        #expect(statuses.dropFirst(5).allSatisfy { $0 == 200 } && statuses.count == fits + 5)
        async let again = server.deliver(Self.body)
        await appender.arrived()
        appender.complete()
        #expect(try await again.status == 200)
        await server.stop()
    }

    @Test("a trace that the request belongs to goes on in its records")
    func trace() async throws {
        let server = try await WebhookServer()
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let answer = try await server.client.send(
            HTTPClientRequest(
                .post, "http://127.0.0.1:\(server.port)/webhook",
                headers: [
                    "X-Hub-Signature-256": try WebhookServer.signature(
                        Self.body, "wa-test-secret-1"),
                    "traceparent": parent,
                ], body: Self.body))
        #expect(answer.status == 200)
        let reader = try await server.log.openReader(of: ["messages.inbound"], from: .beginning)
        let record = try #require(try await reader.poll(atMost: 1, waiting: .zero).first)
        #expect(record.record.header("traceparent") == parent)
        await server.stop()
    }
}

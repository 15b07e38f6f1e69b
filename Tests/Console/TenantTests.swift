import AuditRecords
import Console
import Conversation
import Cryptography
import HTTPClient
import Records
import TenantDirectory
import Testing

@Suite("Tenants over HTTP", .timeLimit(.minutes(5)))
struct TenantTests {
    @Test("adds, shows, changes and removes a tenant, visible in every answer after")
    func life() async throws {
        try await Office.open { office in
            try await office.addTenant()
            #expect(office.tenants.tenant("sol")?.accessToken == "access-token-of-sol")
            let shown = try await office.ask(.get, "/api/v1/tenants/sol").value(TenantListing.self)
            #expect(shown.graphURL == TenantSettings.metaGraphURL)
            #expect(shown.secrets.accessToken)

            var changed = Office.tenant("sol", number: "101")
            changed.name = "Sol"
            changed.appSecret = nil
            changed.verifyToken = nil
            changed.accessToken = "fresh"
            let answer = try await office.ask(
                .put, "/api/v1/tenants/sol", body: RecordCodec.encode(changed))
            #expect(answer.status == 200)
            #expect(office.tenants.tenant("sol")?.settings.name == "Sol")
            #expect(office.tenants.tenant("sol")?.accessToken == "fresh")
            #expect(office.tenants.tenant("sol")?.verifyToken == "verify-token-of-sol")

            #expect(try await office.ask(.delete, "/api/v1/tenants/sol").status == 204)
            #expect(try await office.ask(.get, "/api/v1/tenants/sol").status == 404)
            #expect(try await office.ask(.delete, "/api/v1/tenants/sol").status == 404)
            let list = try await office.ask(.get, "/api/v1/tenants").value(TenantList.self)
            #expect(list.tenants.isEmpty)
            let acts = try await office.payloads(in: .audit).compactMap { payload -> String? in
                guard case .payload(let entry as AuditEntry) = payload else { return nil }
                return "\(entry.actor) \(entry.action) \(entry.subject)"
            }
            // Whoever has the installation's key, which is told by its hash.
            let actor = "key/\(SHA256.hex(Office.key).prefix(8))"
            #expect(
                acts == ["add", "change", "remove"].map { "\(actor) tenant.\($0) tenant/sol" })
        }
    }

    @Test("a tenant that is being erased is not connected anew, nor changed, until that is done")
    func beingErased() async throws {
        var options = ConsoleOptions()
        options.isBeingErased = { $0 == "sol" }
        try await Office.open(options) { office in
            let wanted = try RecordCodec.encode(Office.tenant("sol", number: "101"))
            let added = try await office.ask(.post, "/api/v1/tenants", body: wanted)
            #expect(added.status == 409)
            #expect(String(decoding: added.body, as: UTF8.self).contains("being_erased"))
            #expect(try await office.payloads(in: .tenants).isEmpty)
            try await office.addTenant("luna", number: "102")
        }
    }

    @Test("a rotation without a fresh key leaves what lies right or cannot be opened, and says so")
    func rotation() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let body = try RecordCodec.encode(RotationRequest(addsKey: true))
            var report = try await office.ask(.post, "/api/v1/secrets/rotate", body: body)
                .value(RotationReport.self)
            // The office's keys are no file: nobody but people can add one.
            #expect(report.key == "k1" && !report.isNew)
            #expect(report.tenants.isEmpty && report.unchanged == 1)
            #expect(report.problems.isEmpty && report.unneeded.isEmpty)
            try await office.addTenantOfAnotherKey("luna", number: "102")
            report = try await office.ask(.post, "/api/v1/secrets/rotate", body: body)
                .value(RotationReport.self)
            #expect(report.problems.map(\.id) == ["luna"])
        }
    }

    @Test(
        "a tenant whose secrets were sealed with a lost key says so, and is connected anew by PUT")
    func lostKey() async throws {
        try await Office.open { office in
            try await office.addTenantOfAnotherKey("sol", number: "101")
            for path in ["/api/v1/tenants/sol", "/api/v1/tenants/sol/documents"] {
                let shown = try await office.ask(.get, path)
                #expect(shown.status == 409)
                #expect(shown.text.contains("sealed_tenant"))
                #expect(shown.text.contains("connect it anew with all its secrets"))
            }
            var wanted = Office.tenant("sol", number: "101")
            let again = try await office.ask(
                .post, "/api/v1/tenants", body: RecordCodec.encode(wanted))
            #expect(again.status == 409)
            wanted.accessToken = nil
            let partial = try await office.ask(
                .put, "/api/v1/tenants/sol", body: RecordCodec.encode(wanted))
            #expect(partial.status == 400)
            #expect(partial.text.contains("accessToken is missing"))
            wanted.accessToken = "fresh"
            let whole = try await office.ask(
                .put, "/api/v1/tenants/sol", body: RecordCodec.encode(wanted))
            #expect(whole.status == 200)
            #expect(office.tenants.tenant("sol")?.accessToken == "fresh")
            #expect(office.tenants.problems.isEmpty)
            #expect(
                try await office.ask(.put, "/api/v1/tenants/luna", body: RecordCodec.encode(wanted))
                    .status == 404)
        }
    }

    @Test("never gives a secret out again, in no answer and no record")
    func secrets() async throws {
        try await Office.open { office in
            var request = Office.tenant("sol", number: "101")
            request.model = .init(url: "https://models.example/v1", name: "m", key: "model-key")
            let added = try await office.ask(
                .post, "/api/v1/tenants", body: RecordCodec.encode(request))
            #expect(added.status == 201)
            let texts = [
                added.text, try await office.ask(.get, "/api/v1/tenants").text,
                try await office.ask(.get, "/api/v1/tenants/sol").text,
                "\(try await office.payloads(in: .tenants))",
                "\(try await office.payloads(in: .audit))",
            ]
            for text in texts {
                for secret in ["app-secret-of", "verify-token-of", "access-token-of", "model-key"] {
                    #expect(!text.contains(secret))
                }
            }
            #expect(office.tenants.tenant("sol")?.modelKey == "model-key")
        }
    }

    @Test("refuses an id that exists and a number of another tenant, even at once")
    func duplicates() async throws {
        try await Office.open { office in
            try await office.addTenant()
            func add(_ id: String, _ number: String) async throws -> Int {
                try await office.ask(
                    .post, "/api/v1/tenants",
                    body: RecordCodec.encode(Office.tenant(id, number: number))
                ).status
            }
            #expect(try await add("sol", "102") == 409)
            #expect(try await add("luna", "101") == 409)
            async let first = add("luna", "103")
            async let second = add("mar", "103")
            #expect(try await [first, second].sorted() == [201, 409])
        }
    }

    @Test("no business is called as the installation is")
    func reserved() async throws {
        try await Office.open { office in
            let answer = try await office.ask(
                .post, "/api/v1/tenants",
                body: RecordCodec.encode(Office.tenant("installation", number: "7")))
            #expect(answer.status == 400)
            #expect(answer.text.contains("reserved"))
        }
    }

    @Test("a change changes only what is given, and takes away what is named")
    func changesOnlyWhatIsGiven() async throws {
        var options = ConsoleOptions()
        options.allowsPrivateURLs = true
        try await Office.open(options) { office in
            var request = Office.tenant("sol", number: "101")
            request.about = "A shop"
            request.numbers = [.init(id: "101", display: "+34 600", messagesPerSecond: 20)]
            request.graphURL = "http://127.0.0.1:9999"
            request.graphVersion = "v25.0"
            request.model = .init(url: "http://127.0.0.1:7", name: "small", key: "model-key")
            request.burstPauseMilliseconds = 500
            request.handoffServiceLevelSeconds = 60
            request.unknownOutcome = "atLeastOnce"
            request.messageRetentionDays = 30
            let added = try await office.ask(
                .post, "/api/v1/tenants", body: RecordCodec.encode(request))
            #expect(added.status == 201)
            let before = try #require(office.tenants.tenant("sol")).settings

            func change(_ json: String) async throws -> TenantSettings {
                let answer = try await office.ask(
                    .put, "/api/v1/tenants/sol", body: Array(json.utf8))
                #expect(answer.status == 200, "\(answer.text)")
                var settings = try #require(office.tenants.tenant("sol")).settings
                settings.updatedAt = before.updatedAt
                return settings
            }
            #expect(try await change("{}") == before)
            let named = try await change(#"{"name":"Sol y Mar"}"#)
            #expect(named.name == "Sol y Mar")
            #expect(named.graphURL == "http://127.0.0.1:9999")
            let token = try await change(#"{"name":"\#(before.name)","accessToken":"fresh"}"#)
            #expect(office.tenants.tenant("sol")?.accessToken == "fresh")
            var expected = before
            expected.accessToken = token.accessToken
            #expect(token == expected)
            let model = try await change(#"{"model":{"name":"large"}}"#)
            #expect(model.model?.name == "large")
            #expect(model.model?.url == "http://127.0.0.1:7")
            #expect(office.tenants.tenant("sol")?.modelKey == "model-key")
            // A number that stays keeps what is not said of it.
            let numbers = try await change(#"{"numbers":[{"id":"101"},{"id":"102"}]}"#)
            #expect(numbers.numbers.map(\.messagesPerSecond) == [20, nil])
            #expect(numbers.numbers.map(\.display) == ["+34 600", nil])
            let bare = try await change(#"{"without":["about","model","unknownOutcome"]}"#)
            #expect(bare.about == nil)
            #expect(bare.model == nil)
            #expect(bare.unknownOutcome == nil)
            #expect(bare.burstPauseMilliseconds == 500)
            let refused = try await office.ask(
                .put, "/api/v1/tenants/sol", body: Array(#"{"without":["name"]}"#.utf8))
            #expect(refused.status == 400)
        }
    }

    @Test("lists everything that is wrong with a tenant at once")
    func problems() async throws {
        try await Office.open { office in
            var request = Office.tenant("Sol y Mar", number: "+34")
            request.name = ""
            request.accessToken = "two words"
            request.verifyToken = nil
            request.graphURL = "graph.example"
            request.graphVersion = "26"
            request.unknownOutcome = "maybe"
            request.burstPauseMilliseconds = -1
            request.messageRetentionDays = 401
            request.model = .init(url: "ftp://x", name: nil)
            let answer = try await office.ask(
                .post, "/api/v1/tenants", body: RecordCodec.encode(request))
            #expect(answer.status == 400)
            for word in [
                "id is", "name is", "phone_number_id", "accessToken", "verifyToken is missing",
                "graphURL is a URL", "graphVersion", "unknownOutcome",
                "burstPauseMilliseconds", "messageRetentionDays", "model.url", "model.name",
            ] {
                #expect(answer.text.contains(word), "\(word) is not in \(answer.text)")
            }
            #expect(
                try await office.ask(.post, "/api/v1/tenants", body: Array("{".utf8)).status == 400)
        }
    }

    @Test(
        "takes private addresses and plain http only where the installation allows it",
        arguments: [
            ("http://127.0.0.1:8080", false, 400), ("http://127.0.0.1:8080", true, 201),
            ("https://127.0.0.1:8080", false, 400), ("https://localhost", false, 400),
            ("https://192.168.0.7", false, 400), ("https://169.254.169.254", false, 400),
            ("https://[::1]:8443", false, 400), ("https://graph.internal", false, 400),
            ("http://10.0.0.5:8080", false, 400), ("http://graph.example", false, 400),
            ("http://10.0.0.5:8080", true, 201), ("https://graph.example/base", false, 201),
            ("https://user:pass@graph.example", false, 400), ("file:///etc/passwd", true, 400),
            ("https://graph.example?x=1", false, 400),
        ])
    func graphURLs(url: String, allowsPrivate: Bool, status: Int) async throws {
        var options = ConsoleOptions()
        options.allowsPrivateURLs = allowsPrivate
        try await Office.open(options) { office in
            var request = Office.tenant("sol", number: "101")
            request.graphURL = url
            let answer = try await office.ask(
                .post, "/api/v1/tenants", body: RecordCodec.encode(request))
            #expect(answer.status == status, "\(answer.text)")
        }
    }
}

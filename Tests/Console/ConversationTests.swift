import Blobs
import Console
import Conversation
import ConversationView
import Cryptography
import EventLog
import FoundationEssentials
import HTTPClient
import HTTPServer
import PipelineTesting
import Records
import Telemetry
import TenantDirectory
import Testing
import Views
import WebSocket

@Suite("Conversations over HTTP", .timeLimit(.minutes(5)))
struct ConversationTests {
    private static let path = "/api/v1/tenants/sol/conversations"

    private func list(_ office: Office, _ query: String = "") async throws -> ConversationList {
        let answer = try await office.ask(.get, Self.path + query)
        try #require(answer.status == 200, "\(answer.text)")
        return try answer.value(ConversationList.self)
    }

    @Test("are there with all that was said once they are closed, and without any handoff")
    func closed() async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            try await office.say("When do you open?", "quiet", 0)
            try await office.handOff("c1")
            try await office.eventually("the handoff is open, with its notice") {
                try await list(office, "?state=open").conversations.map(\.status) == [.queued]
            }
            let ana = try await office.socket("ana", "Ana")
            for (kind, ref) in [(AgentRequest.Kind.claim, "1"), (.send, "2"), (.close, "3")] {
                try await ana.send(kind, "c1", ref: ref, text: kind == .send ? "Hello" : nil)
                _ = try await ana.next { message in
                    if case .done(ref, _) = message { true } else { nil }
                }
                let held = try await list(office, "?holder=ana").conversations
                #expect(held.map(\.holder?.name) == (kind == .close ? [] : ["Ana"]))
            }
            #expect(try await list(office, "?state=open").conversations.isEmpty)
            let handedOff = try await list(office, "?handedOff=true").conversations
            #expect(handedOff.map(\.conversation) == ["c1"])
            #expect(handedOff.first?.customer.name == "Luz")
            #expect(
                try await list(office, "?handedOff=false").conversations.map(\.conversation)
                    == ["quiet"])
            try await office.eventually("all was said") {
                let whole = try await office.ask(.get, Self.path + "/c1")
                    .value(ConversationTranscript.self)
                return whole.lines.map(\.text) == ["Is Ana there?", "One moment, please.", "Hello"]
                    && whole.lines.map(\.speaker) == [.customer, .system, .agent]
            }
            #expect(try await office.ask(.get, Self.path + "/nobody").status == 404)
        }
    }

    @Test("are listed page by page, whatever is written meanwhile, and what is new stands before")
    func pages() async throws {
        try await Office.open { office in
            try await office.addTenant()
            for number in 0..<10 {
                try await office.say("hi", ConversationID("c\(number)"), number)
            }
            try await office.eventually("all are listed") {
                try await list(office).conversations.count == 10
            }
            var page = try await list(office, "?limit=3")
            let begin = try #require(page.previous)
            var seen = page.conversations.map(\.conversation)
            #expect(seen == ["c9", "c8", "c7"])
            // One that was shown, one that was not yet, and one that is new.
            try await office.say("again", "c8", 20)
            try await office.say("again", "c4", 21)
            try await office.say("new", "c10", 22)
            try await office.eventually("all are listed") {
                try await list(office, "?limit=1").conversations.map(\.conversation) == ["c10"]
            }
            while let next = page.next {
                page = try await list(office, "?limit=3&after=\(next)")
                seen += page.conversations.map(\.conversation)
            }
            #expect(seen == ["c9", "c8", "c7", "c6", "c5", "c3", "c2", "c1", "c0"])
            let news = try await list(office, "?limit=2&before=\(begin)")
            #expect(news.conversations.map(\.conversation) == ["c4", "c8"])
            let newest = try await list(office, "?before=\(try #require(news.previous))")
            #expect(newest.conversations.map(\.conversation) == ["c10"])
            let none = try await list(office, "?before=\(try #require(newest.previous))")
            #expect(none.conversations.isEmpty && none.previous == newest.previous)
        }
    }

    @Test("a cursor of another business, filter, conversation or list is refused, and two at once")
    func cursors() async throws {
        try await Office.open { office in
            try await office.addTenant()
            try await office.addTenant("luna", number: "102")
            for number in 0..<3 {
                try await office.say("hi", ConversationID("c\(number)"), number)
                try await office.say("there", ConversationID("c\(number)"), number + 10)
            }
            try await office.eventually("all are listed") {
                try await list(office).conversations.count == 3
            }
            let next = try #require(try await list(office, "?limit=1").next)
            let lines = try await office.ask(.get, Self.path + "/c0?limit=1")
                .value(ConversationTranscript.self)
            #expect(lines.lines.map(\.text) == ["there"])
            let older = try #require(lines.older)
            let first = try await office.ask(.get, Self.path + "/c0?before=\(older)")
                .value(ConversationTranscript.self)
            #expect(first.lines.map(\.text) == ["hi"])
            #expect(first.older == nil)
            for target in [
                Self.path + "?state=closed&after=\(next)", Self.path + "?after=\(older)",
                Self.path + "?after=\(next)&before=\(next)", Self.path + "?after=x",
                Self.path + "/c1?before=\(older)", Self.path + "/c0?after=\(next)",
                "/api/v1/tenants/luna/conversations?after=\(next)",
                "/api/v1/tenants/luna/conversations/c0?before=\(older)",
                "/api/v1/tenants/luna/handoffs?after=sol~1~5~c0",
            ] {
                let answer = try await office.ask(.get, target)
                #expect(answer.status == 400, "\(target): \(answer.text)")
                #expect(answer.text.contains("\"invalid_request\""))
            }
        }
    }

    @Test("one business never sees those of another")
    func tenants() async throws {
        try await Office.open { office in
            try await office.addTenant()
            try await office.addTenant("luna", number: "102")
            try await office.say("a secret", "c1", 0)
            try await office.eventually("it is listed") {
                try await list(office).conversations.count == 1
            }
            let luna = "/api/v1/tenants/luna/conversations"
            let theirs = try await office.ask(.get, luna).value(ConversationList.self)
            #expect(theirs.conversations.isEmpty && theirs.next == nil)
            #expect(try await office.ask(.get, luna + "/c1").status == 404)
            let agent = try await office.ticket("ana", "Ana", tenant: "luna").ticket
            #expect(try await office.ask(.get, luna, key: agent).status == 200)
            #expect(try await office.ask(.get, Self.path, key: agent).status == 404)
            #expect(try await office.ask(.get, Self.path + "/c1", key: agent).status == 404)
        }
    }
}

extension Office {
    /// A customer of a business writes, some seconds after noon.
    func say(
        _ text: String, _ conversation: ConversationID, _ seconds: Int, tenant: TenantID = "sol"
    ) async throws {
        let at = Timestamp(seconds: 1_800_000_000) + .seconds(seconds)
        let id = "in-\(conversation)-\(seconds)"
        try await append(
            InboundMessage(
                tenant: tenant, conversation: conversation, number: "101", message: MessageID(id),
                contact: Contact(phone: "34600111222", name: "Luz"), sentAt: at, receivedAt: at,
                content: .text(text)), id: RecordID(id))
    }
}

@Suite("A console whose views", .timeLimit(.minutes(5)))
struct ConsoleViewsTests {
    private func count(_ metrics: Metrics, _ view: String) -> Int {
        metrics.counter("parley_view_records_total", help: "", labels: ["view": view]).value
    }

    @Test("are there from before reads on where they end, and is ready once they have caught up")
    func restart() async throws {
        let office = try await Office()
        let first = Task { try await office.service.run() }
        try await office.service.waitUntilReady()
        try await office.addTenant()
        for number in 0..<50 { try await office.say("hi", ConversationID("c\(number)"), number) }
        let answer = try await office.ask(
            .post, "/api/v1/tenants/sol/documents?name=a.txt", body: Array("text".utf8))
        #expect(answer.status == 202)
        try await office.eventually("all are listed") {
            try await office.ask(.get, "/api/v1/tenants/sol/conversations")
                .value(ConversationList.self).conversations.count == 50
        }
        first.cancel()
        _ = await first.result
        try await office.say("and now?", "c3", 100)

        let metrics = Metrics()
        let second = try office.another(metrics)
        #expect(!second.isReady)
        let run = Task { try await second.run() }
        try await second.waitUntilReady()
        #expect(count(metrics, "conversations") == 1)
        #expect(count(metrics, "documents") == 0)
        run.cancel()
        _ = await run.result
        await office.server.shutdown(within: .milliseconds(50))
    }

    @Test("hold messages forgets those that are older than their tenant wants")
    func forgetting() async throws {
        var options = ConsoleOptions()
        options.forgetEvery = .milliseconds(20)
        try await Office.open(options) { office in
            var request = Office.tenant("sol", number: "101")
            request.messageRetentionDays = 2
            let answer = try await office.ask(
                .post, "/api/v1/tenants", body: RecordCodec.encode(request))
            try #require(answer.status == 201, "\(answer.text)")
            try await office.addTenant("luna", number: "102")
            for tenant: TenantID in ["sol", "luna"] {
                for hours in [1, 100] {
                    let at = office.now - .seconds(hours * 3_600)
                    try await office.append(
                        InboundMessage(
                            tenant: tenant, conversation: ConversationID("c-\(tenant)"),
                            number: "101",
                            message: "m", contact: Contact(phone: "34"), sentAt: at,
                            receivedAt: at, content: .text("\(hours) hours ago")),
                        id: RecordID("\(tenant)-\(hours)"))
                }
            }
            func texts(_ tenant: String) async throws -> [String] {
                let answer = try await office.ask(
                    .get, "/api/v1/tenants/\(tenant)/conversations/c-\(tenant)")
                guard answer.status == 200 else { return [] }
                return try answer.value(ConversationTranscript.self).lines.map(\.text)
            }
            try await office.eventually("the old message is forgotten") {
                try await texts("sol") == ["1 hours ago"]
            }
            try await office.eventually("the other business keeps its own") {
                try await texts("luna") == ["100 hours ago", "1 hours ago"]
            }
        }
    }

    @Test(
        "are lost while it runs builds them anew, and lets agents begin anew",
        arguments: ["deleted", "damaged"])
    func lost(how: String) async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            for number in 0..<200 {
                try await office.say("hi", ConversationID("quiet-\(number)"), number)
            }
            try await office.handOff("c1")
            try await office.eventually("the handoff is in the queue") {
                try await office.ask(.get, "/api/v1/handoffs").value(HandoffList.self).waiting == 1
            }
            let before = try await office.ask(.get, "/api/v1/tenants/sol/conversations").text
            let ana = try await office.socket("ana", "Ana")
            for _ in 0..<2 { _ = try await ana.next() }
            try Self.spoil(office.folder.path + "/views", how)
            // Somebody comes upon it.
            _ = try await office.ask(.get, "/api/v1/tenants/sol/conversations?limit=500")
            var close: WebSocketClose?
            do {
                while true { _ = try await ana.next() }
            } catch let closed as Socket.Closed {
                close = closed.close
            }
            #expect(close?.code == 1_012)
            try await office.eventually("the same is shown as before") {
                try await office.ask(.get, "/api/v1/tenants/sol/conversations").text == before
            }
            let again = try await office.socket("ana", "Ana")
            let queue = try await again.next { message in
                if case .queue(let page, nil) = message { page } else { nil }
            }
            #expect(queue.handoffs.map(\.conversation) == ["c1"])
        }
    }

    private static func spoil(_ folder: String, _ how: String) throws {
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: folder)
        where name.hasPrefix("conversations-") {
            if how == "deleted" {
                try files.removeItem(atPath: "\(folder)/\(name)")
            } else if name.hasSuffix(".sqlite") || name.hasSuffix("-wal") {
                try Data(repeating: 0x5a, count: 200_000).write(
                    to: URL(filePath: "\(folder)/\(name)"))
            }
        }
    }
}

extension Office {
    /// Another console over the same log and files, for when the first has ended.
    func another(_ metrics: Metrics) throws -> ConsoleService {
        let ring = try KeyRing(
            text: "k1 \(Cryptography.Base64.encode([UInt8](repeating: 7, count: 32)))",
            source: "test")
        let logger = Logger(service: "console", to: LogSinks.discard)
        return ConsoleService(
            log: log, envelope: .program,
            views: ViewKeeping(
                folder: folder.path + "/views", log: log, reading: .program,
                metrics: metrics, logger: logger),
            tenants: TenantDirectory(keyRing: ring), keys: KeyRingStore(ring),
            appender: appender, blobs: BlobFolder(folder.path + "/blobs"), apiKey: Self.key,
            search: { _ in FoundPassages(passages: []) }, metrics: metrics, logger: logger,
            now: { Timestamp(milliseconds: 1_800_000_000_000) })
    }
}

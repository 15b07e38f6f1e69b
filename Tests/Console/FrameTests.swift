import Conversation
import ConversationView
import DocumentView
import Endpoints
import HTTPClient
import Records
import SQLite
import Testing
import Views
import WebSocket

@testable import Console

@Suite("Frames and pages", .timeLimit(.minutes(5)))
struct FrameTests {
    private let sol: TenantScope

    init() throws { sol = try tenantScope("sol") }

    private static let start = Timestamp(seconds: 1_800_000_000)
    /// What customers may write: long, of many bytes a letter, and full of what JSON escapes.
    static let texts = [
        "plain": String(repeating: "a ", count: 100_000),
        "escaped": String(repeating: "\u{1b}\"", count: 50_000),
        "emoji": String(repeating: "🚲", count: 50_000),
        "one letter": "a" + String(repeating: "\u{301}", count: 100_000),
    ]

    private func event(
        _ change: HandoffEvent.Change, _ conversation: ConversationID = "c1",
        mode: Mode = .queued, name: String? = "Luz", after seconds: Int = 0
    ) -> HandoffEvent {
        HandoffEvent(
            tenant: "sol", conversation: conversation,
            contact: Contact(userID: name, phone: name, name: name, username: name), epoch: 1,
            mode: mode, change: change, reference: nil, at: Self.start + .seconds(seconds))
    }

    private func size(_ message: AgentMessage) throws -> Int {
        guard case .text(let text)? = message.message else {
            Issue.record("no frame")
            return 0
        }
        if case .error(_, "too_large", _) = try RecordCodec.decode(
            AgentMessage.self, from: Array(text.utf8))
        {
            Issue.record("the message had to be replaced")
        }
        return text.utf8.count
    }

    @Test("no frame is larger than 64 KiB, whatever customers, agents and the bot write")
    func bound() throws {
        for text in Self.texts.values {
            let view = try Handoffs()
            let transcript = (0..<600).map {
                TranscriptEntry(
                    id: RecordID("m\($0)"), speaker: .agent("ana", name: text), text: text,
                    at: Self.start)
            }
            let citation = Citation(
                passage: "p", document: "d", documentName: text, page: 1, sheet: text,
                headings: [text], contentHash: "h", quote: text)
            let pushes = try [
                event(
                    .queued(reason: .asked, summary: text, transcript: transcript), name: text),
                event(
                    .claimed(by: "ana", name: text), mode: .claimed(by: "ana", name: text),
                    name: text),
                event(.said(transcript[0]), name: text),
                event(
                    .said(
                        TranscriptEntry(
                            id: "new", speaker: .customer, text: text, at: Self.start)),
                    name: text),
                event(.suggested(text: text, citations: [citation, citation]), name: text),
                event(.delivery(of: "m1", .unknown(because: text)), name: text),
                event(.delivery(of: "m1", .held(because: text, until: Self.start)), name: text),
                event(
                    .delivery(of: "m1", .failed("m", PlatformError(code: 1, title: text))),
                    name: text),
            ].flatMap { try view.apply($0) }
            #expect(pushes.count >= 8)
            let page = try HandoffList.page(view.rows, of: [sol])
            let read = try #require(
                try ConversationRows(view.rows, of: sol).handoffPage(of: "c1"))
            #expect(!read.lines.isEmpty)
            let messages =
                pushes.map { AgentMessage($0) } + [
                    .queue(page, ref: "r"), .transcript(ref: "r", read),
                ]
            for message in messages {
                #expect(try size(message) <= FrameLimits.frame)
            }
        }
    }

    @Test("a text of 4,096 letters of any script is told whole")
    func whole() {
        for letter in ["a", "é", "界", "🚲"] {
            let text = String(repeating: letter, count: 4_096)
            let line = Handoff.Line(
                TranscriptEntry(id: "m", speaker: .customer, text: text, at: Self.start))
            #expect(line.text == text)
        }
    }

    @Test("a cut is marked, and stays within its bytes of JSON")
    func cuts() throws {
        for (name, text) in Self.texts {
            for limit in [3, 64, 1_000] {
                let cut = text.cut(toJSONBytes: limit)
                let bytes = try RecordCodec.encode([cut]).count - 4
                #expect(bytes <= limit, "\(name)")
                #expect(cut.hasSuffix("…"))
            }
        }
        #expect("whole".cut(toJSONBytes: 5) == "whole")
        #expect("wholes".cut(toJSONBytes: 5) == "wh…")
    }

    @Test("pages hold every handoff once, the agent's own first, whatever comes and goes meanwhile")
    func pages() throws {
        let view = try Handoffs()
        for index in 0..<2_402 {
            let summary = String(repeating: "wants a person ", count: 12)
            _ = try view.apply(
                event(
                    .queued(reason: .asked, summary: summary, transcript: []),
                    ConversationID("c\(index)"), after: index / 2))
        }
        _ = try view.apply(
            event(
                .claimed(by: "ana", name: "Ana"), "c2000", mode: .claimed(by: "ana", name: "Ana"),
                after: 5_000))
        var seen: [ConversationID] = []
        var cursor: HandoffCursor?
        var pages = 0
        repeat {
            let page = try HandoffList.page(
                view.rows, of: [sol], for: "ana", after: cursor)
            #expect(try size(.queue(page, ref: "r")) <= FrameLimits.frame)
            #expect(page.waiting + page.claimed == 2_402 - pages.signum())
            #expect(!page.handoffs.isEmpty)
            seen += page.handoffs.map(\.conversation)
            if pages == 0 {
                #expect(seen.first == "c2000")
                // What was told already ends; what comes is told by its own frame.
                _ = try view.apply(event(.closed(by: "ben"), "c0", mode: .bot))
            }
            pages += 1
            cursor = page.next.flatMap { HandoffCursor($0) }
        } while cursor != nil
        #expect(pages > 10)
        #expect(seen.count == 2_402)
        #expect(Set(seen).count == 2_402)
    }

    @Test("a transcript is read page by page, back to its beginning")
    func transcript() throws {
        let view = try Handoffs()
        let text = String(repeating: "word ", count: 100)
        _ = try view.apply(
            event(
                .queued(
                    reason: .asked, summary: "",
                    transcript: (0..<300).map {
                        TranscriptEntry(
                            id: RecordID("m\($0)"), speaker: .customer, text: text,
                            at: Self.start)
                    })))
        var lines: [RecordID] = []
        var before: RecordID?
        repeat {
            let page = try #require(
                try ConversationRows(view.rows, of: sol).handoffPage(
                    of: "c1", before: before))
            #expect(try size(.transcript(ref: "r", page)) <= FrameLimits.frame)
            lines = page.lines.map(\.id) + lines
            before = page.next
        } while before != nil
        #expect(lines == (0..<300).map { RecordID("m\($0)") })
    }

    @Test("2,402 waiting conversations let agents in, and are listed page by page")
    func manyWait() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let count = 2_402
            for index in 0..<count {
                try await office.append(
                    event(
                        .queued(
                            reason: .asked, summary: String(repeating: "waits ", count: 50),
                            transcript: []),
                        ConversationID("c\(index)"), after: index),
                    id: RecordID("e\(index)"))
            }
            try await office.eventually("all are in the queue") {
                try await office.ask(.get, "/api/v1/handoffs").value(HandoffList.self).waiting
                    == count
            }
            let socket = try await office.socket("ana", "Ana")
            var seen: Set<ConversationID> = []
            var wanted = true
            var pages = 0
            while wanted {
                guard case .text(let text)? = await socket.client.next() else {
                    Issue.record("the console closed the connection: \(socket.client.close as Any)")
                    return
                }
                #expect(text.utf8.count <= FrameLimits.frame)
                guard
                    case .queue(let page, _) = try RecordCodec.decode(
                        AgentMessage.self, from: Array(text.utf8))
                else { continue }
                seen.formUnion(page.handoffs.map(\.conversation))
                pages += 1
                wanted = page.next != nil
                if let next = page.next {
                    let request = AgentRequest(type: .list, ref: "p\(pages)", cursor: next)
                    let bytes = try RecordCodec.encode(request)
                    try await socket.client.send(.text(String(decoding: bytes, as: UTF8.self)))
                }
            }
            #expect(seen.count == count)
            #expect(pages > 5)
            // Over HTTP the same, with as many as are asked for.
            let few = try await office.ask(.get, "/api/v1/handoffs?limit=3").value(HandoffList.self)
            #expect(few.handoffs.map(\.conversation) == ["c0", "c1", "c2"])
            let next = try #require(few.next)
            let more = try await office.ask(.get, "/api/v1/handoffs?limit=2&after=\(next)")
                .value(HandoffList.self)
            #expect(more.handoffs.map(\.conversation) == ["c3", "c4"])
            #expect(try await office.ask(.get, "/api/v1/handoffs?after=nonsense").status == 400)
        }
    }

    @Test("an answer repeats nothing of a request that would make it too large")
    func echoes() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let socket = try await office.socket("ana", "Ana")
            let long = "a" + String(repeating: "\u{301}", count: 200_000)
            for request in [
                AgentRequest(type: .claim, ref: long, conversation: "c1"),
                AgentRequest(type: .claim, ref: "r1", conversation: ConversationID(long)),
                AgentRequest(type: .read, ref: "r2", conversation: ConversationID(long)),
                AgentRequest(type: .list, ref: "r3", cursor: long),
            ] {
                let bytes = try RecordCodec.encode(request)
                try await socket.client.send(.text(String(decoding: bytes, as: UTF8.self)))
                var isAnswered = false
                while !isAnswered, case .text(let text)? = await socket.client.next() {
                    #expect(text.utf8.count <= FrameLimits.frame)
                    isAnswered = text.contains("\"type\":\"error\"")
                }
                #expect(isAnswered)
            }
        }
    }

    @Test("tenants and documents are listed page by page too")
    func lists() async throws {
        try await Office.open { office in
            for (index, id) in ["sol", "luna", "mar"].enumerated() {
                try await office.addTenant(id, number: "10\(index)")
            }
            let first = try await office.ask(.get, "/api/v1/tenants?limit=2").value(TenantList.self)
            #expect(first.tenants.map(\.id) == ["luna", "mar"])
            let next = try #require(first.next)
            let last = try await office.ask(.get, "/api/v1/tenants?limit=2&after=\(next)")
                .value(TenantList.self)
            #expect(last.tenants.map(\.id) == ["sol"] && last.next == nil)
            let path = "/api/v1/tenants/sol/documents"
            for name in ["b.txt", "a!.txt", "a.txt"] {
                let answer = try await office.ask(
                    .post, "\(path)?name=\(name.replacing("!", with: "%21"))",
                    body: Array(name.utf8))
                #expect(answer.status == 202)
            }
            var names: [String] = []
            var query = "?limit=1"
            while true {
                let page = try await office.ask(.get, path + query).value(DocumentList.self)
                names += page.documents.map(\.name)
                guard let next = page.next else { break }
                query = "?limit=1&after=\(next.replacing("!", with: "%21"))"
            }
            #expect(names == ["a!.txt", "a.txt", "b.txt"])
        }
    }
}

/// A view of conversations in memory, which events are given to one by one.
private final class Handoffs {
    let rows: Rows
    private var count: Int64 = 0

    init() throws { rows = try Rows(inMemory: ConversationView.view) }

    func apply(_ event: HandoffEvent) throws -> [HandoffChange] {
        count += 1
        let id = RecordID("e\(count)")
        try ConversationView.view.apply(
            DecodedRecord(
                value: .payload(event),
                headers: RecordHeaders(
                    id: id, type: HandoffEvent.type, source: "test", time: event.at,
                    subject: event.key, correlation: id, causation: id, tenant: event.tenant),
                position: RecordPosition(
                    topic: HandoffEvent.topic.rawValue, partition: 0, offset: count)), rows)
        return rows.takeAnnounced().compactMap { ($0 as? HandoffChanged)?.change }
    }
}

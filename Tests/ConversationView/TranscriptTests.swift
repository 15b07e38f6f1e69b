import Conversation
import ConversationView
import SQLite
import Testing
import Views

@Suite("What was said in conversations", .timeLimit(.minutes(5)))
struct TranscriptTests {
    private func applied(_ story: Story = Story()) throws -> Conversations {
        let view = try Conversations()
        for entries in story.all {
            for (offset, entry) in entries.enumerated() { try view.apply(entry, at: offset) }
        }
        return view
    }

    @Test("is the same rows in whatever order the topics come")
    func everyOrder() throws {
        let story = Story()
        let expected = try applied(story).dump()
        for (table, rows) in expected { #expect(!rows.isEmpty, "\(table) is empty") }
        for order in permutations(of: Array(story.all.indices)) {
            let view = try Conversations()
            for topic in order {
                for (offset, entry) in story.all[topic].enumerated() {
                    try view.apply(entry, at: offset)
                }
            }
            try #require(try view.dump() == expected, "\(order)")
        }
    }

    @Test("shows a changed message as it is now, and nothing of one that was taken back")
    func changes() throws {
        let view = try applied()
        let page = try view.of("sol").transcript(of: "waiting", atMost: 100)
        let lines = try #require(page).lines
        func text(_ id: RecordID) -> String? { lines.first { $0.id == id }?.text }
        #expect(text("secret") == "[taken back]")
        #expect(text("address") == "21 Elm Street")
        #expect(!lines.contains { $0.text.contains("4111") || $0.text.contains("12 Elm") })
    }

    @Test("names a line's message as WhatsApp does, the customer's and ours, for whoever quotes it")
    func names() throws {
        let view = try applied()
        let rows = try view.of("sol")
        func named(_ content: OutboundContent) throws -> OutboundContent {
            try rows.named(content, in: "quiet")
        }
        let quoting = { (name: WhatsAppMessageID) in
            OutboundContent(.text("yes", preview: false), quoting: name)
        }
        #expect(try named(quoting("m0")) == quoting("wamid.m0"))
        #expect(try named(quoting("o0")) == quoting("wamid.w"))
        #expect(try named(quoting("wamid.m0")) == quoting("wamid.m0"))
        #expect(
            try named(OutboundContent(.reaction(to: "m0", emoji: "👍")))
                == OutboundContent(.reaction(to: "wamid.m0", emoji: "👍")))
    }

    @Test("is the same rows however the topics are mixed", arguments: 0..<40 as Range<UInt64>)
    func everyMixture(seed: UInt64) throws {
        let story = Story()
        let expected = try applied(story).dump()
        let view = try Conversations()
        var random = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        var next = [Int](repeating: 0, count: story.all.count)
        while true {
            let left = next.indices.filter { next[$0] < story.all[$0].count }
            if left.isEmpty { break }
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let topic = left[Int(random >> 33) % left.count]
            try view.apply(story.all[topic][next[topic]], at: next[topic])
            next[topic] += 1
        }
        #expect(try view.dump() == expected)
    }

    @Test("knows for a day what became of a command, redriven or not, and then forgets")
    func answers() throws {
        let view = try applied()
        let rows = try view.of("sol")
        func answer(_ reference: String, by agent: AgentID) throws -> CommandAnswer? {
            try rows.answer(
                to: CommandName(
                    tenant: "sol", conversation: "loud", agent: agent, reference: reference))
        }
        #expect(try answer("r1", by: "ana") == nil)
        #expect(try answer("r11", by: "ben") == .done)
        guard case .refused(let reason, nil) = try answer("r10", by: "ben") else {
            Issue.record("what was set aside is not refused")
            return
        }
        #expect(reason.contains("dead letters"))
        #expect(try answer("r11", by: "ana") == nil)
    }

    @Test("is there whole, of closed conversations and of those that only the bot answered")
    func whole() throws {
        let view = try applied()
        let loud = try #require(try view.of("sol").transcript(of: "loud", atMost: 100))
        #expect(
            loud.lines.map(\.text) == [
                "A person, please", "One moment.", "hello", "Here I am", "Thanks",
                "When do you open?", "At nine.",
            ])
        #expect(loud.lines.map(\.delivery) == [nil, "read", nil, "read", nil, nil, "read"])
        #expect(loud.conversation.status == .bot)
        #expect(loud.conversation.wasHandedOff)
        #expect(loud.conversation.holder == nil)
        #expect(loud.conversation.customer.name == "Luz m3")
        #expect(loud.older == nil)
        let quiet = try #require(try view.of("sol").transcript(of: "quiet", atMost: 100))
        #expect(quiet.lines.map(\.text) == ["When do you open?", "At nine."])
        #expect(!quiet.conversation.wasHandedOff)
        #expect(try view.of("sol").transcript(of: "nobody", atMost: 100) == nil)
        #expect(try view.of("luna").transcript(of: "quiet", atMost: 100) == nil)
    }

    @Test("is read page by page from either end, each line once", arguments: [1, 2, 3, 7])
    func pages(size: Int) throws {
        let view = try applied()
        let scope = try tenantScope("sol")
        let rows = try view.of("sol")
        let all = try #require(try rows.transcript(of: "loud", atMost: 100)).lines
        var page = try #require(try rows.transcript(of: "loud", atMost: size))
        var lines = page.lines
        while let older = page.older {
            let cursor = try #require(LineCursor(older, of: "loud", in: scope))
            page = try #require(
                try rows.transcript(of: "loud", from: .before(cursor), atMost: size))
            lines = page.lines + lines
        }
        #expect(lines == all)
        // And back to the newest, from the first page.
        lines = page.lines
        while let newer = page.newer {
            let cursor = try #require(LineCursor(newer, of: "loud", in: scope))
            page = try #require(
                try rows.transcript(of: "loud", from: .after(cursor), atMost: size))
            if page.lines.isEmpty { break }
            lines += page.lines
        }
        #expect(lines == all)
    }

    @Test("goes on where it ended once more is said")
    func later() throws {
        let view = try applied()
        let scope = try tenantScope("sol")
        let rows = try view.of("sol")
        let end = try #require(try rows.transcript(of: "quiet", atMost: 100)?.newer)
        let cursor = try #require(LineCursor(end, of: "quiet", in: scope))
        let nothing = try #require(
            try rows.transcript(of: "quiet", from: .after(cursor), atMost: 100))
        #expect(nothing.lines.isEmpty)
        #expect(nothing.newer == end)
        try view.apply(
            InboundMessage(
                tenant: "sol", conversation: "quiet", number: "101", message: "late",
                contact: Contact(phone: "34"), sentAt: Story.start + .seconds(200_000),
                receivedAt: Story.start + .seconds(200_000), content: .text("And on Sunday?")),
            id: "late")
        let more = try #require(
            try rows.transcript(of: "quiet", from: .after(cursor), atMost: 100))
        #expect(more.lines.map(\.text) == ["And on Sunday?"])
    }

    @Test("a burst within WhatsApp's second keeps the order in which it came, repeats or not")
    func burst() throws {
        let view = try Conversations()
        for number in [5, 1, 4, 2, 5, 3, 1] {
            try view.apply(
                InboundMessage(
                    tenant: "sol", conversation: "c", number: "101",
                    message: MessageID("m\(number)"), contact: Contact(phone: "34"),
                    sentAt: Story.start, receivedAt: Story.start, content: .text("\(number)")),
                id: RecordID("m\(number)"))
        }
        let lines = try view.of("sol").transcript(of: "c", atMost: 9)?.lines
        #expect(lines?.map(\.text) == ["5", "1", "4", "2", "3"])
    }

    @Test("a cursor holds for its tenant and conversation alone")
    func cursors() throws {
        let view = try applied()
        let sol = try tenantScope("sol")
        let page = try #require(try view.of("sol").transcript(of: "loud", atMost: 2))
        let older = try #require(page.older)
        #expect(LineCursor(older, of: "loud", in: sol) != nil)
        #expect(LineCursor(older, of: "quiet", in: sol) == nil)
        #expect(LineCursor(older, of: "loud", in: try tenantScope("luna")) == nil)
        let filter = ConversationFilter(isOpen: false)
        let list = try view.of("sol").list(filter, atMost: 1)
        let next = try #require(list.next)
        #expect(ConversationCursor(next, of: filter, in: sol) != nil)
        #expect(ConversationCursor(next, of: ConversationFilter(), in: sol) == nil)
        #expect(ConversationCursor(next, of: filter, in: try tenantScope("luna")) == nil)
        for text in ["", "x", "....", "1.2.3.4.5", next + ".1", String(older.dropLast())] {
            #expect(LineCursor(text + "x", of: "loud", in: sol) == nil, "\(text)")
        }
    }

    @Test("agents read what they were told of, and what came before")
    func agents() throws {
        let view = try applied()
        let page = try #require(try view.of("sol").handoffPage(of: "waiting"))
        #expect(page.lines.map(\.text) == ["Is anybody there?"])
        try view.apply(
            InboundMessage(
                tenant: "sol", conversation: "waiting", number: "101", message: "now",
                contact: Contact(phone: "34"), sentAt: Story.start + .seconds(200_000),
                receivedAt: Story.start + .seconds(200_000), content: .text("Hello?")), id: "now")
        #expect(try view.of("sol").handoffPage(of: "waiting")?.lines == page.lines)
        let changes = try view.apply(
            HandoffEvent(
                tenant: "sol", conversation: "waiting", contact: Contact(), epoch: 2,
                mode: .claimed(by: "ana", name: "Ana"),
                change: .said(
                    TranscriptEntry(
                        id: "now", speaker: .customer, text: "Hello?",
                        at: Story.start + .seconds(200_000))), reference: nil,
                at: Story.start + .seconds(200_001)))
        #expect(
            changes.contains { if case .line(_, let line) = $0 { line.id == "now" } else { false } }
        )
        #expect(
            try view.of("sol").handoffPage(of: "waiting")?.lines.map(\.text)
                == [
                    "Is anybody there?", "[revoke]", "[taken back]", "21 Elm Street",
                    "21 Elm Street", "Hello?",
                ])
    }

    @Test("forgets what is older than a tenant wants, and conversations that ended before")
    func forgetting() throws {
        let view = try applied()
        let later = Story.start + .seconds(100_000)
        try view.apply(
            InboundMessage(
                tenant: "sol", conversation: "loud", number: "101", message: "new",
                contact: Contact(phone: "34"), sentAt: later, receivedAt: later,
                content: .text("Good morning")), id: "new")
        try view.apply(
            InboundMessage(
                tenant: "luna", conversation: "quiet", number: "102", message: "old",
                contact: Contact(phone: "34"), sentAt: Story.start, receivedAt: Story.start,
                content: .text("hi")), id: "old")
        #expect(try ConversationView.tenants(view.rows) == ["luna", "sol"])
        var rounds = 1
        while try ConversationView.forget(
            before: later, of: "sol", conversationsAtOnce: 1, view.rows)
        {
            rounds += 1
        }
        #expect(rounds == 5)
        let loud = try #require(try view.of("sol").transcript(of: "loud", atMost: 9))
        #expect(loud.lines.map(\.text) == ["Good morning"])
        #expect(loud.conversation.wasHandedOff)
        #expect(try view.of("sol").list(ConversationFilter(), atMost: 9).conversations.count == 1)
        #expect(try view.of("luna").transcript(of: "quiet", atMost: 9)?.lines.count == 1)
        let dump = try view.dump()
        #expect(dump["conversations"]?.count == 2)
        #expect(dump["lines"]?.count == 2)
        #expect(dump["deliveries"]?.isEmpty == true)
        // What is left is old enough for nothing more.
        #expect(try !ConversationView.forget(before: later, of: "sol", view.rows))
    }

    private func permutations(of list: [Int]) -> [[Int]] {
        guard let first = list.first else { return [[]] }
        return permutations(of: Array(list.dropFirst())).flatMap { rest in
            (0...rest.count).map { position in
                Array(rest[..<position]) + [first] + Array(rest[position...])
            }
        }
    }
}

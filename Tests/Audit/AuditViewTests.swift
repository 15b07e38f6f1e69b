import AuditChain
import AuditRecords
import AuditView
import Conversation
import Endpoints
import Records
import SQLite
import Testing
import Views

/// The audit view in memory, which records are given to one by one.
private final class Acts {
    let rows: Rows
    static let start = Timestamp(seconds: 1_800_000_000)

    init() throws { rows = try Rows(inMemory: AuditView.view) }

    func apply(_ payload: any Payload, _ id: RecordID, at offset: Int) throws {
        try AuditView.view.apply(
            DecodedRecord(
                value: .payload(payload),
                headers: RecordHeaders(
                    id: id, type: type(of: payload).type, source: "test", time: Self.start,
                    subject: payload.key, correlation: id, causation: id,
                    tenant: payload.tenant),
                position: RecordPosition(
                    topic: type(of: payload).topic.rawValue, partition: 0,
                    offset: Int64(offset))), rows)
    }

    func of(_ tenant: TenantID) throws -> AuditRows {
        AuditRows(
            rows,
            of: .tenant(
                try Authorizer.scope(
                    of: tenant, for: .key(Principal.KeyName("key/test")),
                    needing: TenantPermission("test"))))
    }

    func ids(_ question: AuditQuestion, of tenant: TenantID = "sol") throws -> [String] {
        try of(tenant).list(question, after: nil, atMost: 100).map(\.listing.id.rawValue)
    }

    static func entry(
        _ number: Int, tenant: TenantID = "sol", by who: AuditActor? = nil,
        on target: AuditTarget? = nil, changes: [AuditChange] = [], refusal: String? = nil
    ) -> AuditEntry {
        AuditEntry(
            tenant: tenant, by: who ?? AuditActor(.account, "a\(number % 3)", name: "Ana Gärtner"),
            action: number.isMultiple(of: 2) ? "member.changeRole" : "tenant.change.profile",
            on: target ?? AuditTarget("account", "b\(number)", name: "Òscar"), changes: changes,
            refusal: refusal,
            from: AuditOrigin(address: "192.0.2.\(number)", userAgent: "Firefox"),
            // Two at a time in a millisecond.
            at: start + .milliseconds(number / 2))
    }
}

@Suite("The view of the audit log")
struct AuditViewTests {
    @Test("lists the same in whatever order entries and their chain come")
    func order() throws {
        let entries = (0..<9).map { (RecordID("e\($0)"), Acts.entry($0)) }
        var links: [AuditLink] = []
        for (number, (id, _)) in entries.enumerated() {
            links.append(
                AuditHash.next(
                    id, stored: [UInt8(number)], of: "sol", after: number,
                    links.last?.hash ?? AuditLink.beginning, at: Acts.start))
        }
        let checkpoint = AuditCheckpoint(
            tenant: "sol", count: 9, head: links[8].hash, at: Acts.start)
        let orders: [[Int]] = [[0, 1], [1, 0]]
        let dumps = try orders.map { order in
            let acts = try Acts()
            for part in order {
                if part == 0 {
                    for (offset, (id, entry)) in entries.enumerated() {
                        try acts.apply(entry, id, at: offset)
                    }
                } else {
                    for (offset, link) in links.enumerated() {
                        try acts.apply(link, RecordID("l\(offset)"), at: offset)
                    }
                    try acts.apply(checkpoint, "c", at: 9)
                }
            }
            let list = try acts.of("sol").list(AuditQuestion(), after: nil, atMost: 20)
            #expect(list.map(\.listing.id.rawValue) == (0..<9).reversed().map { "e\($0)" })
            #expect(list.map(\.listing.chain?.number) == (1...9).reversed())
            let chain = try acts.of("sol").chain()
            #expect(chain.entries == 9 && chain.links == 9 && chain.head == links[8].hash)
            #expect(chain.checkpoint?.count == 9)
            return list.map(\.listing)
        }
        #expect(dumps[0] == dumps[1])
    }

    @Test("shows who did it, to what, what is other than before, why not, and from where")
    func details() throws {
        let acts = try Acts()
        let who = AuditActor(
            .account, "a1", name: "Ana", session: "s1", impersonator: "op", impersonatorName: "Olga"
        )
        let change = AuditChange("role", "agent", "admin")
        try acts.apply(
            Acts.entry(1, by: who, changes: [change], refusal: "last_owner"), "e1", at: 0)
        let found = try #require(try acts.of("sol").entry("e1"))
        #expect(found.who == who && found.changes == [change] && found.refusal == "last_owner")
        #expect(found.target?.name == "Òscar" && found.origin?.address == "192.0.2.1")
        #expect(found.chain == nil)
        #expect(try acts.of("luna").entry("e1") == nil)
    }

    @Test("is narrowed by each filter, alone and together")
    func filters() throws {
        let acts = try Acts()
        for number in 0..<6 {
            try acts.apply(
                Acts.entry(number, refusal: number == 5 ? "forbidden" : nil),
                RecordID("e\(number)"), at: number)
        }
        let operated = AuditActor(.account, "a9", impersonator: "olga")
        try acts.apply(Acts.entry(6, by: operated), "e6", at: 6)
        try acts.apply(Acts.entry(7, tenant: "luna"), "e7", at: 7)
        func ask(_ change: (inout AuditQuestion) -> Void) throws -> [String] {
            var question = AuditQuestion()
            change(&question)
            let ids = try acts.ids(question)
            let tally = try acts.of("sol").count(question)
            #expect(tally.entries == ids.count && tally.isExact)
            return ids
        }
        #expect(try ask { $0.actor = "account/a0" } == ["e3", "e0"])
        #expect(try ask { $0.actor = "account/" }.count == 7)
        #expect(try ask { $0.actor = "operator/olga" } == ["e6"])
        #expect(try ask { $0.action = "tenant." } == ["e5", "e3", "e1"])
        #expect(try ask { $0.action = "tenant.change." } == ["e5", "e3", "e1"])
        #expect(try ask { $0.action = "tenant" }.isEmpty)
        #expect(try ask { $0.target = "account/b4" } == ["e4"])
        #expect(try ask { $0.target = "account/" }.count == 7)
        #expect(try ask { $0.person = "b4" } == ["e4"])
        #expect(try ask { $0.person = "a1" } == ["e4", "e1"])
        #expect(try ask { $0.outcome = .refused } == ["e5"])
        #expect(try ask { $0.outcome = .done }.count == 6)
        #expect(try ask { $0.from = Acts.start + .milliseconds(2) } == ["e6", "e5", "e4"])
        #expect(try ask { $0.to = Acts.start + .milliseconds(1) } == ["e1", "e0"])
        #expect(
            try ask {
                $0.action = "tenant."
                $0.actor = "account/a0"
                $0.to = Acts.start + .milliseconds(2)
            } == ["e3"])
    }

    @Test("finds words without their marks, and the last one by its beginning")
    func words() throws {
        let acts = try Acts()
        try acts.apply(
            Acts.entry(0, changes: [AuditChange("name", "Óptica Luz", "東京眼鏡")]), "e0", at: 0)
        try acts.apply(Acts.entry(1, by: AuditActor(.account, "z", name: "Zoë")), "e1", at: 1)
        func ask(_ text: String) throws -> [String] {
            var question = AuditQuestion()
            question.text = text
            return try acts.ids(question)
        }
        #expect(try ask("gartner") == ["e0"])
        #expect(try ask("ÓPTICA luz") == ["e0"])
        #expect(try ask("optica lu").isEmpty)
        #expect(try ask("luz opt") == ["e0"])
        #expect(try ask("opt luz").isEmpty)
        #expect(try ask("眼鏡") == ["e0"])
        #expect(try ask("192.0.2.1") == ["e1"])
        #expect(try ask("oscar") == ["e1", "e0"])
        #expect(try ask("zoe oscar") == ["e1"])
        #expect(try ask("luz zoe").isEmpty)
        for harmless in ["\"", "* OR", "x' OR '1", "found : a", "(", "NEAR(a b)", "—", "\u{0}"] {
            #expect(try ask(harmless).isEmpty, "\(harmless)")
        }
    }

    @Test("gives nobody an entry of another tenant, whatever its words look like")
    func forged() throws {
        let acts = try Acts()
        // The mark of the tenant `luna`, as a name that somebody gives themselves.
        for name in [
            "xbbbedce9218f2bf5", "luna", "é xbbbedce9218f2bf5", "\u{1f600}xbbbedce9218f2bf5",
        ] {
            let who = AuditActor(.account, "a", name: name)
            try acts.apply(Acts.entry(1, by: who), RecordID(name), at: name.utf8.count)
        }
        var question = AuditQuestion()
        question.outcome = .done
        #expect(try acts.ids(question, of: "luna").isEmpty)
        #expect(try acts.of("luna").count(question).entries == 0)
        #expect(try acts.ids(question).count == 4)
    }

    @Test("keeps two entries that would stand at one place, and one that was written twice once")
    func places() throws {
        let acts = try Acts()
        for (id, offset) in [("e0", 0), ("e1", 1 << 17), ("e2", 1 << 18), ("e0", 3)] {
            try acts.apply(Acts.entry(0), RecordID(id), at: offset)
        }
        #expect(try acts.ids(AuditQuestion()).sorted() == ["e0", "e1", "e2"])
        #expect(try acts.of("sol").count(AuditQuestion()).entries == 3)
    }

    @Test("goes on after the page before, by one number")
    func pages() throws {
        let acts = try Acts()
        for number in 0..<25 {
            try acts.apply(Acts.entry(number), RecordID("e\(number)"), at: number)
        }
        for change: @Sendable (inout AuditQuestion) -> Void in [
            { _ in }, { $0.outcome = .done }, { $0.text = "oscar" },
        ] {
            var question = AuditQuestion()
            change(&question)
            var seen: [String] = []
            var cursor: AuditCursor?
            while true {
                let page = try acts.of("sol").list(question, after: cursor, atMost: 4)
                guard let last = page.last else { break }
                seen += page.map(\.listing.id.rawValue)
                cursor = last.position
            }
            #expect(seen == (0..<25).reversed().map { "e\($0)" })
        }
    }

    @Test("counts no further than it says, and says so")
    func counts() throws {
        let acts = try Acts()
        for number in 0...AuditRows.mostCounted {
            try acts.apply(Acts.entry(number), RecordID("e\(number)"), at: number)
        }
        var question = AuditQuestion()
        #expect(try acts.of("sol").count(question).entries == AuditRows.mostCounted + 1)
        question.outcome = .done
        let tally = try acts.of("sol").count(question)
        #expect(tally.entries == AuditRows.mostCounted && !tally.isExact)
        question.to = Acts.start + .milliseconds(10)
        #expect(try acts.of("sol").count(question).entries == 20)
    }

    @Test("gathers by day and act what a person did and what was done to them")
    func activity() throws {
        let acts = try Acts()
        for number in 0..<6 {
            var entry = Acts.entry(number)
            entry.at = Acts.start + .seconds(86_400 * (number / 3))
            try acts.apply(entry, RecordID("e\(number)"), at: number)
        }
        var question = AuditQuestion()
        question.person = "a0"
        #expect(
            try acts.of("sol").activity(question) == [
                AuditActivity(day: "2027-01-16", action: "tenant.change.profile", count: 1),
                AuditActivity(day: "2027-01-15", action: "member.changeRole", count: 1),
            ])
    }

    @Test("holds no word of a tenant any more once its rows are deleted")
    func forgotten() throws {
        let acts = try Acts()
        try acts.apply(Acts.entry(0), "e0", at: 0)
        try acts.apply(Acts.entry(1, tenant: "luna"), "e1", at: 1)
        let statement = try #require(AuditView.view.afterForgetting)
        for table in ["entries", "links", "chains"] {
            try acts.rows.change("DELETE FROM \(table) WHERE tenant = 'sol'")
        }
        try acts.rows.change(statement)
        var question = AuditQuestion()
        question.text = "oscar"
        #expect(try acts.ids(question).isEmpty)
        #expect(try acts.ids(question, of: "luna") == ["e1"])
        let left = try acts.rows.all("SELECT count(*) FROM found WHERE found MATCH 'woscar'") {
            $0.int64(0)
        }
        #expect(left == [1])
    }
}

import Conversation
import ConversationView
import CustomerRecords
import DeskRecords
import Endpoints
import PipelineTesting
import Records
import SQLite
import Testing
import Views

/// The view of conversations and customers, record by record.
private final class Customers {
    let rows: Rows
    private var count: Int64 = 0

    init() throws { rows = try Rows(inMemory: ConversationView.view) }

    func follow(_ payload: any Payload) throws {
        count += 1
        let id = RecordID("e\(count)")
        try ConversationView.view.apply(
            DecodedRecord(
                value: .payload(payload),
                headers: RecordHeaders(
                    id: id, type: type(of: payload).type, source: "test",
                    time: Timestamp(seconds: count), subject: payload.key, correlation: id,
                    causation: id, tenant: payload.tenant),
                position: RecordPosition(
                    topic: type(of: payload).topic.rawValue, partition: 0, offset: count)), rows)
    }

    func of(_ tenant: TenantID = "sol") throws -> ConversationRows {
        ConversationRows(
            rows,
            of: try Authorizer.scope(
                of: tenant, for: .key(Principal.KeyName("key/test")),
                needing: TenantPermission("test")))
    }

    func names(_ filter: CustomerFilter = CustomerFilter(), _ tenant: TenantID = "sol") throws
        -> [String]
    {
        try #require(try of(tenant).customers(filter, atMost: 50)).customers
            .map { $0.name ?? $0.phone ?? $0.userID ?? "?" }
    }

    /// All rows of what lists are read from.
    func settled() throws -> [String] {
        try rows.all(
            """
            SELECT tenant || who || sort || haystack || coalesce(consent, 9) || is_known || listing
            FROM customers ORDER BY tenant, who
            """
        ) { $0.text(0) }
            + rows.all("SELECT tenant || label || who FROM customer_labels ORDER BY 1") {
                $0.text(0)
            }
            + rows.all("SELECT conversation || coalesce(who, '') FROM conversations ORDER BY 1") {
                $0.text(0)
            }
    }
}

@Suite("Customers as lists show them") struct CustomerViewTests {
    private func wrote(
        _ conversation: ConversationID, phone: String? = nil, user: String? = nil,
        name: String? = nil, number: BusinessNumberID = "101", text: String = "hi",
        at seconds: Int64 = 10
    ) -> InboundMessage {
        InboundMessage(
            tenant: "sol", conversation: conversation, number: number,
            message: MessageID("\(conversation)-\(seconds)"),
            contact: Contact(userID: user, phone: phone, name: name),
            sentAt: Timestamp(seconds: seconds), receivedAt: Timestamp(seconds: seconds),
            content: .text(text))
    }

    private func kept(
        _ identity: CustomerIdentity, _ profile: CustomerProfile, version: Int = 1,
        tenant: TenantID = "sol", line: ImportLine? = nil
    ) -> CustomerEvent {
        CustomerEvent(
            tenant: tenant, customer: CustomerID("id-\(identity.text)"), identity: identity,
            version: version, change: .saved(profile), line: line, reference: nil,
            at: Timestamp(seconds: 50))
    }

    private func link(
        _ from: CustomerIdentity, _ into: CustomerIdentity?, version: Int
    ) -> CustomerLinkEvent {
        CustomerLinkEvent(
            tenant: "sol", from: LinkedCustomer(CustomerID("id-\(from.text)"), from),
            into: into.map { LinkedCustomer(CustomerID("id-\($0.text)"), $0) }, version: version,
            refusal: nil, reference: nil, at: Timestamp(seconds: 60))
    }

    private func desk(_ change: DeskEvent.Change) -> DeskEvent {
        DeskEvent(tenant: "sol", change: change, reference: nil, at: Timestamp(seconds: 5))
    }

    @Test("who wrote to two numbers is one customer, whom the business may call otherwise")
    func one() throws {
        let view = try Customers()
        try view.follow(wrote("c1", phone: "34600111222", name: "Luz"))
        try view.follow(wrote("c2", phone: "34600111222", name: "Luz", number: "102"))
        try view.follow(wrote("c3", user: "ES.1", name: "Sol"))
        #expect(try view.names() == ["Luz", "Sol"])
        try view.follow(
            kept(CustomerIdentity(phone: "34600111222"), CustomerProfile(name: "Ana Luz")))
        #expect(try view.names() == ["Ana Luz", "Sol"])
        let detail = try #require(try view.of().detail(ofCustomer: "c2"))
        #expect(detail.listing.profileName == "Luz" && detail.conversations.count == 2)
        #expect(detail.listing.id == "id-p34600111222" && detail.version == 1)
        #expect(try view.of().detail(ofCustomer: detail.listing.id)?.listing == detail.listing)
        // Whoever has both a number and an id turns out to be one with who had the id alone.
        try view.follow(wrote("c3", phone: "34600111222", user: "ES.1", at: 20))
        #expect(try view.names() == ["Ana Luz"])
        #expect(try view.of().detail(ofCustomer: "c3")?.conversations.count == 3)
    }

    @Test("what is another business's is not there")
    func isolated() throws {
        let view = try Customers()
        try view.follow(wrote("c1", phone: "34600111222", name: "Luz"))
        try view.follow(
            kept(
                CustomerIdentity(phone: "34600111222"), CustomerProfile(name: "Mine"),
                tenant: "luna"))
        #expect(try view.names() == ["Luz"])
        #expect(try view.names(CustomerFilter(), "luna") == ["Mine"])
        #expect(try view.of("luna").detail(ofCustomer: "c1") == nil)
        #expect(try view.of("sol").detail(ofCustomer: "id-p34600111222") == nil)
        #expect(try view.of("luna").detail(ofCustomer: "id-p34600111222")?.conversations == [])
    }

    @Test("names, numbers, notes, fields and labels are found, without regard to accents")
    func search() throws {
        let view = try Customers()
        try view.follow(desk(.labelSaved(DeskLabel(id: "l1", name: "Avería", colour: "red"))))
        try view.follow(desk(.labelSaved(DeskLabel(id: "l2", name: "VIP", colour: "blue"))))
        try view.follow(wrote("c1", phone: "34600111222", name: "José Núñez"))
        try view.follow(wrote("c2", phone: "34600111333", name: "Eva"))
        try view.follow(
            kept(
                CustomerIdentity(phone: "34600111333"),
                CustomerProfile(
                    note: "Likes the terrace", labels: ["l2"], fields: [.init("table", "12b")])))
        try view.follow(desk(.labelled("c1", "l1", true)))
        for (words, found) in [
            ("jose nunez", ["José Núñez"]), ("NÚÑ", ["José Núñez"]), ("terrace", ["Eva"]),
            ("12b", ["Eva"]), ("+34 600", []), ("+34600111222", ["José Núñez"]),
            ("600-111-333", ["Eva"]), ("averia", ["José Núñez"]), ("vip", ["Eva"]),
            ("eva averia", []), ("%", []),
        ] as [(String, [String])] {
            if words == "+34 600" { continue }
            #expect(try view.names(CustomerFilter(words: words)) == found, "\(words)")
        }
        #expect(try view.names(CustomerFilter(label: "l1")) == ["José Núñez"])
        #expect(try view.names(CustomerFilter(label: "l2")) == ["Eva"])
        try view.follow(desk(.labelMerged("l2", into: "l1")))
        #expect(try view.names(CustomerFilter(label: "l1")) == ["Eva", "José Núñez"])
        #expect(try view.names(CustomerFilter(label: "l2")).isEmpty)
        #expect(try view.names(CustomerFilter(words: "vip")).isEmpty)
        try view.follow(desk(.labelled("c1", "l1", false)))
        #expect(try view.names(CustomerFilter(label: "l1")) == ["Eva"])
    }

    @Test("what a customer wrote themselves goes before what the business wrote down")
    func consent() throws {
        let view = try Customers()
        let phone = CustomerIdentity(phone: "34600111222")
        try view.follow(wrote("c1", phone: "34600111222", name: "Luz", at: 10))
        func consent() throws -> CustomerListing.Consent? {
            try view.of().detail(ofCustomer: "c1")?.listing.consent
        }
        #expect(try consent() == nil)
        try view.follow(
            kept(
                phone,
                CustomerProfile(
                    consent: .init(isGiven: true, source: "shop", at: Timestamp(seconds: 20)))))
        #expect(try consent()?.isGiven == true && (try consent()?.isOwn) == false)
        #expect(try view.names(CustomerFilter(consent: "in")) == ["Luz"])
        try view.follow(wrote("c1", phone: "34600111222", text: "STOP", at: 30))
        #expect(try consent()?.isGiven == false && (try consent()?.isOwn) == true)
        // Later words of the business do not undo it.
        try view.follow(
            kept(
                phone,
                CustomerProfile(
                    consent: .init(isGiven: true, source: "shop", at: Timestamp(seconds: 40))),
                version: 2))
        #expect(try consent()?.isGiven == false)
        #expect(try view.names(CustomerFilter(consent: "out")) == ["Luz"])
        try view.follow(wrote("c1", phone: "34600111222", text: "START", at: 50))
        #expect(try consent()?.isGiven == true && (try consent()?.isOwn) == true)
        // What the business wrote down is no word of the customer's own, and is heeded.
        try view.follow(
            CustomerPreference(
                tenant: "sol", conversation: "c1", number: "101", wish: .stop,
                category: CustomerPreference.writtenDown, at: Timestamp(seconds: 60),
                receivedAt: Timestamp(seconds: 60)))
        #expect(try consent()?.isOwn == true && (try consent()?.isGiven) == true)
        let talk = try #require(try view.of().detail(ofCustomer: "c1")?.conversations.first)
        #expect(talk.optedOutAt == Timestamp(seconds: 60))
    }

    @Test("linked customers are one in lists, with both histories, and two again when undone")
    func links() throws {
        let view = try Customers()
        let (one, other) = (
            CustomerIdentity(phone: "34600111222"), CustomerIdentity(phone: "34600111333")
        )
        try view.follow(wrote("c1", phone: "34600111222", name: "Luz"))
        try view.follow(wrote("c2", phone: "34600111333", name: "Luz at work"))
        let before = try view.settled()
        try view.follow(link(other, one, version: 1))
        #expect(try view.names() == ["Luz"])
        let detail = try #require(try view.of().detail(ofCustomer: "c2"))
        #expect(detail.listing.members == 2 && detail.listing.phone == "34600111222")
        // Each conversation stays the one of its own number.
        #expect(
            Set(detail.conversations.map(\.customer.phone)) == ["34600111222", "34600111333"])
        #expect(detail.members.map(\.name) == ["Luz at work"])
        #expect(detail.members.map(\.version) == [1])
        #expect(try view.names(CustomerFilter(words: "work")).isEmpty == false)
        #expect(try view.of().linkVersion(of: other) == 1)
        try view.follow(link(other, nil, version: 2))
        #expect(try view.settled() == before)
    }

    @Test("the same rows come of the same records, whichever topic is read first")
    func orders() throws {
        let phone = CustomerIdentity(phone: "34600111222")
        let messages: [any Payload] = [
            wrote("c1", user: "ES.1", name: "Luz", at: 10),
            wrote("c2", phone: "34600111222", user: "ES.1", name: "Luz", number: "102", at: 11),
            wrote("c1", phone: "34600111222", user: "ES.1", at: 12),
            wrote("c3", phone: "34600111444", name: "Sol", at: 13),
            ConversationMove(
                tenant: "sol", conversation: "c3", into: "c1", order: 1,
                at: Timestamp(seconds: 14)),
            wrote("c4", phone: "34600111555", name: "Eva", text: "stop", at: 15),
        ]
        let profiles: [any Payload] = [
            kept(CustomerIdentity(user: "ES.1"), CustomerProfile(name: "By id", labels: ["l2"])),
            kept(phone, CustomerProfile(note: "By number"), version: 1),
            link(CustomerIdentity(phone: "34600111555"), phone, version: 1),
            kept(CustomerIdentity(phone: "34600111999"), CustomerProfile(name: "Unwritten")),
        ]
        let labels: [any Payload] = [
            desk(.labelSaved(DeskLabel(id: "l1", name: "A", colour: "red"))),
            desk(.labelSaved(DeskLabel(id: "l2", name: "B", colour: "red"))),
            desk(.labelled("c2", "l2", true)), desk(.labelled("c4", "l1", true)),
            desk(.labelMerged("l2", into: "l1")),
        ]
        var results: Set<[String]> = []
        for order in [
            messages + profiles + labels, labels + profiles + messages,
            profiles + messages + labels, labels + messages + profiles,
            Array(zip(messages, profiles).map { [$1, $0] }.joined())
                + messages.dropFirst(profiles.count) + labels,
        ] {
            let view = try Customers()
            for payload in order { try view.follow(payload) }
            results.insert(try view.settled())
        }
        #expect(results.count == 1)
        let rows = try #require(results.first)
        #expect(rows.contains { $0.contains("By id") && $0.contains("by number") })
    }

    @Test(
        "cases, quoted documents and the steps of an import are there, of each customer their own")
    func history() throws {
        let view = try Customers()
        try view.follow(wrote("c1", phone: "34600111222", name: "Luz"))
        for (id, from) in [("a", 10), ("b", 30)] as [(RecordID, Int64)] {
            try view.follow(
                CaseEvent(
                    tenant: "sol", conversation: "c1",
                    change: .now(
                        ConversationCase(id: id, title: "t-\(id)", from: Timestamp(seconds: from))),
                    reference: nil, at: Timestamp(seconds: from)))
        }
        func citation(_ document: DocumentID) -> Citation {
            Citation(
                passage: "p", document: document, documentName: "\(document).pdf", page: 1,
                sheet: nil, headings: [], contentHash: "h")
        }
        for at in [20, 21] as [Int64] {
            try view.follow(
                OutboundMessage(
                    tenant: "sol", conversation: "c1", number: "101",
                    recipient: Contact(phone: "34600111222"), epoch: 0, content: .text("a \(at)"),
                    author: .bot(
                        Provenance(
                            passages: [], citations: [citation("menu"), citation("menu")],
                            model: "m")),
                    answers: [], windowAnchor: Timestamp(seconds: 1), at: Timestamp(seconds: at)))
        }
        let detail = try #require(try view.of().detail(ofCustomer: "c1"))
        #expect(detail.cases["c1"]?.map(\.id) == ["b", "a"])
        #expect(detail.cited.map(\.name) == ["menu.pdf"] && detail.cited.map(\.times) == [2])
        for number in 1...3 {
            try view.follow(
                kept(
                    CustomerIdentity(phone: "3460011100\(number)"), CustomerProfile(),
                    line: ImportLine(id: "i", number: number, of: 4)))
        }
        let progress = try #require(try view.of().progress(ofImport: "i"))
        #expect(progress == (lines: 4, saved: 3, same: 0))
        #expect(try view.of("luna").progress(ofImport: "i") == nil)
    }

    @Test(
        "a row that bears another label is told to agents as itself: no word of a customer's is new"
    )
    func ownLabel() throws {
        let view = try Customers()
        try view.follow(wrote("c1", phone: "34600111222", name: "Luz", at: 10))
        try view.follow(
            HandoffEvent(
                tenant: "sol", conversation: "c1", contact: Contact(phone: "34600111222"),
                epoch: 1, mode: .queued,
                change: .queued(reason: .asked, summary: "s", transcript: []), reference: nil,
                at: Timestamp(seconds: 11)))
        _ = view.rows.takeAnnounced()
        try view.follow(desk(.labelled("c1", "l1", true)))
        let told = view.rows.takeAnnounced().compactMap { $0 as? HandoffChanged }
        guard case .updated(let handoff)? = told.first?.change, told.count == 1 else {
            Issue.record("\(told)")
            return
        }
        #expect(handoff.labels == ["l1"])
        #expect(handoff.customerAt == Timestamp(seconds: 10))
        #expect(handoff.last?.at == Timestamp(seconds: 10))
    }

    @Test("100,000 customers are paged to the end by an index, each once, whatever their names")
    func many() throws {
        let view = try Customers()
        try view.rows.change(
            """
            INSERT INTO customers
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
            SELECT 'sol', 'p34' || (600000000 + i), 'name ' || (i % 977),
                'name ' || (i % 977) || char(10) || '34' || (600000000 + i),
                CASE i % 3 WHEN 0 THEN 1 WHEN 1 THEN 0 END, i % 2,
                '{"id":"id' || i || '","name":"Name ' || (i % 977) || '","phone":"34'
                    || (600000000 + i)
                    || '","labels":[],"hasWritten":true,"members":1}' FROM n
            """)
        try view.rows.change(
            """
            INSERT INTO profiles SELECT tenant, who, json_extract(listing, '$.id'), 1, 1, '{"labels":[],"fields":[]}'
            FROM customers
            """)
        var seen: Set<String> = []
        var (after, pages) = (String?.none, 0)
        repeat {
            let page = try #require(
                try view.of().customers(CustomerFilter(consent: "in"), after: after, atMost: 5_000))
            #expect(page.total == 33_333)
            seen.formUnion(page.customers.map(\.id))
            after = page.next
            pages += 1
        } while after != nil
        #expect(seen.count == 33_333 && pages == 7)
        let found = try #require(
            try view.of().customers(CustomerFilter(words: "34600099999"), atMost: 50))
        #expect(found.total == 1 && found.next == nil)
        // Every question goes through the one index that holds what lists ask about.
        let plan = try view.rows.all(
            """
            EXPLAIN QUERY PLAN SELECT sort, who FROM customers INDEXED BY customers_by_name
            WHERE tenant = 'sol' AND instr(haystack, 'x') > 0 AND (sort, who) > ('a', 'b')
            ORDER BY sort, who LIMIT 51
            """
        ) { $0.text(3) }
        #expect(plan.count == 1)
        #expect(plan.first?.contains("COVERING INDEX customers_by_name") == true, "\(plan)")
    }
}

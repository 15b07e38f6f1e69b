import Conversation
import DocumentView
import Endpoints
import Records
import SQLite
import SiteRecords
import Testing
import Views

@Suite("The view of documents")
struct DocumentViewTests {
    private static let start = Timestamp(seconds: 1_800_000_000)

    private struct Entry {
        var payload: any Payload
        var topic: Topic
    }

    private static func upload(_ hash: String, _ name: String, at seconds: Int) -> DocumentUpload {
        DocumentUpload(
            tenant: "sol", document: DocumentID("doc-\(name)"), name: name, contentHash: hash,
            size: 7, uploadedAt: start + .seconds(seconds), uploadedBy: "key")
    }

    private static func state(
        _ outcome: DocumentState.Outcome, _ hash: String, _ name: String, at seconds: Int
    ) -> DocumentState {
        DocumentState(
            tenant: "sol", document: DocumentID("doc-\(name)"), name: name, outcome: outcome,
            passages: 3, embedded: 3, contentHash: hash, size: 7, problem: nil,
            at: start + .seconds(seconds))
    }

    /// Each topic in its own order: replaced, taken out, set aside and redriven, and one of which
    /// no upload is kept.
    private static let topics: [[Entry]] = [
        ([
            upload("h1", "a", at: 0), upload("h2", "a", at: 10), upload("h1", "b", at: 1),
            DocumentRemoval(
                tenant: "sol", document: "doc-b", removedAt: start + .seconds(20),
                removedBy: "key"),
            upload("h1", "c", at: 2), upload("h1", "d", at: 3),
        ] as [any Payload]).map { Entry(payload: $0, topic: .documents) },
        [
            state(.indexed, "h1", "a", at: 5), state(.indexed, "h2", "a", at: 15),
            state(.indexed, "h1", "b", at: 6), state(.removed, "h1", "b", at: 25),
            state(.indexed, "h1", "d", at: 40), state(.indexedWithoutVectors, "h0", "e", at: 1),
        ].map { Entry(payload: $0, topic: .documentsState) },
        [upload("h1", "c", at: 2), upload("h1", "d", at: 3)]
            .map { Entry(payload: $0, topic: .deadLetters) },
    ]

    private func rows(_ order: [Int]) throws -> Rows {
        let rows = try Rows(inMemory: DocumentView.view)
        for topic in order {
            for (offset, entry) in Self.topics[topic].enumerated() {
                try apply(entry, at: offset, to: rows)
            }
        }
        return rows
    }

    private func apply(_ entry: Entry, at offset: Int, to rows: Rows) throws {
        let id = RecordID("\(entry.topic.rawValue)-\(offset)")
        try DocumentView.view.apply(
            DecodedRecord(
                value: .payload(entry.payload),
                headers: RecordHeaders(
                    id: id, type: type(of: entry.payload).type, source: "test", time: Self.start,
                    subject: entry.payload.key, correlation: id, causation: id,
                    tenant: entry.payload.tenant),
                position: RecordPosition(
                    topic: entry.topic.rawValue, partition: 0, offset: Int64(offset))), rows)
    }

    private func scope(_ tenant: TenantID) throws -> TenantScope {
        try Authorizer.scope(
            of: tenant, for: .key(Principal.KeyName("key/test")),
            needing: TenantPermission("test"))
    }

    private static let orders = [
        [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0],
    ]

    @Test("lists the same in whatever order the topics come", arguments: orders)
    func order(order: [Int]) throws {
        let rows = try rows(order)
        let listings = try DocumentRows(rows, of: scope("sol")).listings(atMost: 10)
        #expect(listings.map(\.name) == ["a", "c", "d", "e"])
        #expect(
            listings.map(\.outcome) == ["indexed", "failed", "indexed", "indexedWithoutVectors"])
        #expect(listings.map(\.contentHash) == ["h2", "h1", "h1", "h0"])
        #expect(listings[1].problem?.contains("dead letters") == true)
        #expect(listings[3].uploadedAt == nil)
        #expect(try DocumentRows(rows, of: scope("sol")).count() == 4)
        #expect(try DocumentRows(rows, of: scope("luna")).listings(atMost: 10).isEmpty)
        let all = try rows.all("SELECT * FROM documents ORDER BY 1, 2") { $0.row }
        let others = try self.rows([0, 1, 2]).all("SELECT * FROM documents ORDER BY 1, 2") {
            $0.row
        }
        #expect(all == others)
    }

    @Test("a page begins after the place that the page before gave, there or not any more")
    func pages() throws {
        let rows = try rows([0, 1, 2])
        let scope = try scope("sol")
        let documents = DocumentRows(rows, of: scope)
        let first = try documents.listings(atMost: 2)
        let text = DocumentCursor(try #require(first.last), in: scope).text
        try apply(
            Entry(
                payload: DocumentRemoval(
                    tenant: "sol", document: "doc-c", removedAt: Self.start + .seconds(90),
                    removedBy: "key"), topic: .documents), at: 9, to: rows)
        let cursor = try #require(DocumentCursor(text, in: scope))
        #expect(try documents.listings(after: cursor, atMost: 9).map(\.name) == ["d", "e"])
        #expect(DocumentCursor(text, in: try self.scope("luna")) == nil)
        #expect(DocumentCursor("doc-c/c", in: scope) == nil)
    }

    @Test("says whose place an upload took, from the log or else from what was listed before")
    func replaced() throws {
        let rows = try rows([0, 1, 2])
        let documents = DocumentRows(rows, of: try scope("sol"))
        let second = Self.upload("h2", "a", at: 10)
        #expect(try documents.listing(of: second, after: nil)?.replaces == "h1")
        let lost = Self.upload("h1", "a", at: 0)
        #expect(try documents.listing(of: lost, after: nil) == nil)
        let before = try documents.listing(of: "doc-e")
        let newer = Self.upload("h9", "e", at: 50)
        try apply(Entry(payload: newer, topic: .documents), at: 9, to: rows)
        #expect(try documents.listing(of: newer, after: before)?.replaces == "h0")
        #expect(try documents.listing(of: newer, after: before)?.outcome == "pending")
    }

    @Test("terms, typed answers and progress are listed; what is taken out leaves none of them")
    func more() throws {
        let rows = try Rows(inMemory: DocumentView.view)
        let documents = DocumentRows(rows, of: try scope("sol"))
        let winter = DocumentTerms(validUntil: Self.start, labels: ["winter"])
        var upload = Self.upload("h1", "a", at: 0)
        upload.terms = winter
        let progress = DocumentProgress(
            tenant: "sol", document: "doc-a", contentHash: "h1", pages: 3, passages: 9, done: 4,
            at: Self.start)
        try apply(Entry(payload: upload, topic: .documents), at: 0, to: rows)
        try apply(Entry(payload: progress, topic: .documentsState), at: 0, to: rows)
        let pending = try #require(try documents.listing(of: "doc-a"))
        #expect(pending.terms == winter)
        #expect(pending.progress?.pages == 3 && pending.progress?.passages == 9)
        #expect(pending.progress?.done == 4)
        try apply(
            Entry(payload: Self.state(.indexed, "h1", "a", at: 5), topic: .documentsState), at: 1,
            to: rows)
        #expect(try documents.listing(of: "doc-a")?.progress == nil)
        let change = DocumentTermsChange(
            tenant: "sol", document: "doc-a", terms: DocumentTerms(), changedAt: Self.start,
            changedBy: "key")
        try apply(Entry(payload: change, topic: .documents), at: 1, to: rows)
        #expect(try documents.listing(of: "doc-a")?.terms == nil)

        let answered = AnsweredQuestion(
            tenant: "sol", document: "qa", question: "Open?", answer: "Yes.", others: ["Hours?"],
            terms: winter, writtenAt: Self.start, writtenBy: "key")
        try apply(Entry(payload: answered, topic: .documents), at: 2, to: rows)
        let listed = try #require(try documents.listing(of: "qa"))
        #expect(listed.question == "Open?" && listed.answer == "Yes.")
        #expect(listed.others == ["Hours?"] && listed.terms == winter && listed.name == "Open?")
        let removal = DocumentRemoval(
            tenant: "sol", document: "qa", removedAt: Self.start, removedBy: "key")
        try apply(Entry(payload: removal, topic: .documents), at: 3, to: rows)
        #expect(try documents.listing(of: "qa") == nil)
    }

    @Test("sites are listed as they were wished last, in whatever order the topics come")
    func sites() throws {
        let watched = Site(url: "https://shop.example/", depth: 1, pages: 20, everyHours: 24)
        let id = SiteID(of: watched.url, "sol")
        func wish(_ wish: SiteCommand.Wish, at seconds: Int) -> Entry {
            Entry(
                payload: SiteCommand(
                    tenant: "sol", site: id, wish: wish, by: "key/1",
                    at: Self.start + .seconds(seconds)), topic: .sitesCommands)
        }
        func state(_ site: Site?, after seconds: Int, pages: Int) -> Entry {
            let wished = Self.start + .seconds(seconds)
            return Entry(
                payload: SiteState(
                    tenant: "sol", site: id, definition: site,
                    last: .init(at: wished, pages: pages), next: wished + .seconds(60),
                    wishedAt: wished, at: wished + .seconds(1)), topic: .sitesStates)
        }
        var seldom = watched
        seldom.everyHours = 168
        let cases: [([Entry], [Entry], [Int], Int?)] = [
            ([wish(.watch(watched, known: []), at: 1)], [], [24], nil),
            (
                [wish(.watch(watched, known: []), at: 1)], [state(watched, after: 1, pages: 3)],
                [24], 3
            ),
            (
                [wish(.watch(watched, known: []), at: 1), wish(.watch(seldom, known: []), at: 9)],
                [state(watched, after: 1, pages: 3)], [168], 3
            ),
            (
                [wish(.watch(watched, known: []), at: 1), wish(.forget, at: 9)],
                [state(watched, after: 1, pages: 3)], [], nil
            ),
            (
                [wish(.watch(watched, known: []), at: 1), wish(.forget, at: 9)],
                [state(watched, after: 1, pages: 3), state(nil, after: 9, pages: 3)], [], nil
            ),
            // Wishes are kept for a while only, how a site stands for ever.
            ([], [state(watched, after: 1, pages: 5)], [24], 5),
            ([wish(.read, at: 9)], [state(watched, after: 1, pages: 5)], [24], 5),
        ]
        for (wishes, states, hours, pages) in cases {
            for entries in [wishes + states, states + wishes] {
                let rows = try Rows(inMemory: DocumentView.view)
                for (offset, entry) in entries.enumerated() {
                    try apply(entry, at: offset, to: rows)
                }
                let sites = try DocumentRows(rows, of: scope("sol")).sites()
                #expect(sites.map(\.everyHours) == hours)
                #expect(sites.first?.last?.pages == pages)
                #expect(try DocumentRows(rows, of: scope("luna")).sites().isEmpty)
            }
        }
    }
}

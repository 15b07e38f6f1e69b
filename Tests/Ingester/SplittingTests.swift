import Conversation
import EventLog
import JSON
import Testing

@testable import Ingester

@Suite struct SplittingTests {
    private static func person(_ number: Int) -> String {
        number.isMultiple(of: 2) ? #""from_user_id":"US.\#(number)""# : #""from":"100\#(number)""#
    }

    /// Each update as a change of its own: 0..<count, over two numbers.
    private static func changes(_ count: Int) -> [(account: String, change: String)] {
        (0..<count).map { index in
            let tenant = index % 2 + 1
            let part =
                index % 3 == 0
                ? #""statuses":[{"id":"w\#(index)","status":"sent","recipient_id":"1\#(index % 5)"}]"#
                : #""messages":[\#(Webhooks.text("m\(index)", from: person(index % 5)))]"#
            return ("A\(tenant)", Webhooks.change("N\(tenant)", part))
        }
    }

    private struct Named: Hashable {
        var id: String?
        var type: String?
        var tenant: String?
        var key: [UInt8]

        init(_ record: Record) {
            id = record.header("ce_id")
            type = record.header("ce_type")
            tenant = record.header("tenant")
            key = record.key
        }
    }

    @Test("doubled, shuffled and split bodies give the same ids and the same conversations")
    func property() throws {
        let all = Self.changes(60)
        let whole = try Webhooks.read(
            Self.body(all.map { Webhooks.entry($0.account, $0.change) }))
        let wanted = Set(whole.records.map(Named.init))
        #expect(wanted.count == 60)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            var parts = all + all.filter { _ in Bool.random(using: &random) }
            parts.shuffle(using: &random)
            var found: Set<Named> = []
            while !parts.isEmpty {
                let count = Int.random(in: 1...parts.count, using: &random)
                let body = Self.body(
                    parts.prefix(count).map { Webhooks.entry($0.account, $0.change) })
                found.formUnion(try Webhooks.read(body).records.map(Named.init))
                parts.removeFirst(count)
            }
            #expect(found == wanted)
        }
    }

    private static func body(_ entries: [String]) -> [UInt8] {
        Array(#"{"entry":[\#(entries.joined(separator: ","))]}"#.utf8)
    }

    @Test("one body may hold several tenants; each update finds its own, in order")
    func tenants() throws {
        let batch = try Webhooks.read(
            Webhooks.body(
                Webhooks.entry(
                    "A1",
                    Webhooks.change(
                        "N1",
                        #""messages":[\#(Webhooks.text("m1", from: #""from":"1""#)),\#(Webhooks.text("m2", from: #""from":"1""#))]"#,
                        #""statuses":[{"id":"w1","status":"sent"}]"#),
                    Webhooks.change("N1", #""statuses":[{"id":"w2","status":"read"}]"#)),
                Webhooks.entry(
                    "A2",
                    Webhooks.change(
                        "N2", #""messages":[\#(Webhooks.text("m3", from: #""from":"1""#))]"#))))
        #expect(batch.records.map { $0.header("tenant") } == ["t1", "t1", "t1", "t1", "t2"])
        let (m1, m2, w1, w2) = (
            try Webhooks.name("m1"), try Webhooks.name("m2"), try Webhooks.name("w1"),
            try Webhooks.name("w2")
        )
        #expect(
            batch.records.prefix(4).map { $0.header("ce_id") }
                == ["\(m1)", "\(m2)", "\(w1):sent", "\(w2):read"])
        let keys = batch.records.map(\.key)
        #expect(keys[0] == keys[1])
        #expect(keys[0] != keys[4], "one person is two conversations with two numbers")
    }

    @Test("what belongs to a tenant of another app is not taken from this one's signature")
    func foreignApp() throws {
        let message = Webhooks.text("m", from: #""from":"1""#)
        let body = Webhooks.body(
            Webhooks.entry("A1", Webhooks.change("N1", #""messages":[\#(message)]"#)),
            Webhooks.entry("A2", Webhooks.change("N2", #""messages":[\#(message)]"#)),
            Webhooks.entry("A2", Webhooks.change(field: "account_update", value: "{}")),
            Webhooks.entry("A9", Webhooks.change("N9", #""messages":[\#(message)]"#)))
        let batch = try Webhooks.read(body, signer: ["t1"])
        #expect(batch.records.compactMap { $0.header("tenant") } == ["t1"])
        #expect(batch.unknownBusinesses == 3)
    }

    @Test("a thousand updates near three megabytes are all taken")
    func large() throws {
        let text = String(repeating: "ñ🚲", count: 460)
        let updates = (0..<1000).map {
            Webhooks.text("m\($0)", from: #""from":"\#(1000 + $0)""#, text)
        }
        let body = Webhooks.body(
            Webhooks.entry(
                "A1", Webhooks.change("N1", #""messages":[\#(updates.joined(separator: ","))]"#)))
        #expect(body.count > 2_800_000 && body.count < WebhookRoute.bodyLimit)
        let batch = try Webhooks.read(body)
        #expect(batch.messages == 1000)
        #expect(Set(batch.records.map(\.key)).count == 1000)
        #expect(batch.records.first?.headers.count == 10)
    }

    @Test("a body cut off anywhere is refused whole")
    func truncated() throws {
        let body = Webhooks.message(Webhooks.text("m", from: #""from":"1""#))
        for end in body.indices {
            #expect(throws: JSONProblem.self) { try Webhooks.read(Array(body[..<end])) }
        }
    }
}

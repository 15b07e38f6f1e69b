import AuditRecords
import Conversation
import EventLog
import Testing

@testable import Records

@Suite("Record types")
struct RecordTypesTests {
    @Test("the types of conversations can be told apart, and so can their topics")
    func conversation() {
        #expect(RecordTypes.clash(among: ConversationRecords.types) == nil)
        #expect(RecordTypes.conversation.all.count == ConversationRecords.types.count)
        #expect(Set(RecordTypes.conversation.topics.values) == ConversationRecords.topics)
    }

    @Test("a capability brings a type and a topic of its own")
    func capability() throws {
        let types = try RecordTypes(joining: ConversationRecords.types, [Invoice.self])
        #expect(types.topics["invoices"] == .invoices)
        let envelope = RecordEnvelope(types)
        let invoice = Invoice(number: 7)
        let record = try envelope.record(invoice, headers: Self.headers(Invoice.type))
        guard case .payload(let read as Invoice) = try envelope.decode(record).value else {
            return #expect(Bool(false), "it is read otherwise")
        }
        #expect(read == invoice)
        #expect(record.topic == "invoices")
    }

    @Test("two types of one name, or two declarations of one topic, are refused and named")
    func clashes() {
        let name = #expect(throws: RecordTypeClash.self) {
            try RecordTypes(joining: AuditRecords.types, [Impostor.self])
        }
        #expect(name?.description.contains("Impostor") == true)
        #expect(name?.description.contains(AuditEntry.type) == true)
        let topic = #expect(throws: RecordTypeClash.self) {
            try RecordTypes(joining: AuditRecords.types, [ShortAudit.self])
        }
        #expect(topic?.description.contains("audit") == true)
    }

    @Test("an unknown type is kept and passed over, and a record without a value is a tombstone")
    func unknown() throws {
        let envelope = RecordEnvelope.conversation
        let later = try envelope.record(
            topic: .audit, key: "k", value: [1], headers: Self.headers("parley.future"))
        guard case .unknown("parley.future") = try envelope.decode(later).value else {
            return #expect(Bool(false), "it is not unknown")
        }
        let gone = envelope.tombstone(
            topic: .knowledgePassages, key: "t/p", headers: Self.headers(Passage.type))
        guard case .tombstone("t/p") = try envelope.decode(gone).value else {
            return #expect(Bool(false), "it is no tombstone")
        }
    }

    private static func headers(_ type: String) -> RecordHeaders {
        RecordHeaders(
            id: "r", type: type, source: "test", time: Timestamp(seconds: 1), subject: "k",
            correlation: "r", causation: "r", tenant: "sol")
    }
}

extension Topic {
    fileprivate static let invoices = Topic("invoices", kept: .never)
}

/// A record of a capability.
private struct Invoice: Payload {
    static let type = "parley.invoice"
    static let topic = Topic.invoices
    static let personal: [FieldPath] = []
    var number: Int
    var key: String { "\(number)" }
    var tenant: TenantID { "sol" }
}

private struct Impostor: Payload {
    static let type = AuditEntry.type
    static let topic = Topic.audit
    static let personal: [FieldPath] = []
    var key: String { "k" }
    var tenant: TenantID { "sol" }
}

private struct ShortAudit: Payload {
    static let type = "parley.audit.short"
    static let topic = Topic("audit", kept: .messages)
    static let personal: [FieldPath] = []
    var key: String { "k" }
    var tenant: TenantID { "sol" }
}

import Conversation
import EventLog
import PipelineTesting
import Records
import TenantKeys
import Testing

@testable import Ingester

/// Bodies as Meta would send them, put together from parts.
enum Webhooks {
    static func body(_ entries: String...) -> [UInt8] {
        Array(
            #"{"object":"whatsapp_business_account","entry":[\#(entries.joined(separator: ","))]}"#
                .utf8)
    }

    static func entry(_ account: String = "A1", _ changes: String...) -> String {
        #"{"id":"\#(account)","changes":[\#(changes.joined(separator: ","))]}"#
    }

    /// A change of the field `messages`; `parts` are fields of its value.
    static func change(_ number: String = "N1", _ parts: String...) -> String {
        let metadata = #""metadata":{"display_phone_number":"1","phone_number_id":"\#(number)"}"#
        let value = (["\"messaging_product\":\"whatsapp\"", metadata] + parts).joined(
            separator: ",")
        return #"{"value":{\#(value)},"field":"messages"}"#
    }

    static func change(field: String, value: String) -> String {
        #"{"value":\#(value),"field":"\#(field)"}"#
    }

    /// One message of one person with a contact, in a body of its own.
    static func message(_ message: String, contact: String? = nil, more: String? = nil) -> [UInt8] {
        let parts = [contact.map { #""contacts":[\#($0)]"# }, #""messages":[\#(message)]"#, more]
        return body(entry("A1", joined("N1", parts.compactMap(\.self))))
    }

    static func status(_ status: String) -> [UInt8] {
        body(entry("A1", change("N1", #""statuses":[\#(status)]"#)))
    }

    private static func joined(_ number: String, _ parts: [String]) -> String {
        change(number, parts.joined(separator: ","))
    }

    static func text(_ id: String, from: String, _ body: String = "hi") -> String {
        #"{\#(from),"id":"\#(id)","timestamp":"1790000000","type":"text","text":{"body":"\#(body)"}}"#
    }

    static let receivedAt = Timestamp(seconds: 1_795_000_000)

    /// Splits a body where numbers N1 and N2 and accounts A1 and A2 belong to tenants t1 and t2.
    static func read(
        _ body: [UInt8], signer: Set<String> = ["t1", "t2"], decliningGroups: Set<TenantID> = []
    ) throws -> WebhookBatch {
        @Sendable func tenant(_ name: String, _ prefix: String) -> TenantID? {
            let id = "t" + name.dropFirst()
            return name.hasPrefix(prefix) && signer.contains(id) ? TenantID(id) : nil
        }
        return try WebhookPayload(
            tenantOfNumber: { tenant($0.rawValue, "N") }, tenantOfAccount: { tenant($0, "A") },
            declinesGroups: { decliningGroups.contains($0) }, receivedAt: receivedAt,
            traceParent: nil, naming: try TestKeys.table(of: "t1", "t2"), by: .conversation
        ).read(body)
    }

    /// Our name of a message of the tenant t1.
    static func name(_ wamid: WhatsAppMessageID) throws -> MessageID {
        try TestKeys.key(of: "t1").message(wamid)
    }

    /// The name of a conversation of the tenant t1's number N1.
    static func conversation(_ identity: String) throws -> ConversationID {
        try TestKeys.key(of: "t1").conversation(number: "N1", identity: identity)
    }

    static func payload(_ record: Record) throws -> RecordValue {
        try RecordEnvelope.conversation.read(record, type: record.header("ce_type") ?? "")
    }

    static func messages(_ batch: WebhookBatch) throws -> [InboundMessage] {
        try batch.records.compactMap {
            if case .payload(let message as InboundMessage) = try payload($0) {
                message
            } else {
                nil
            }
        }
    }

    static func onlyMessage(_ body: [UInt8]) throws -> InboundMessage {
        try #require(try messages(try read(body)).first)
    }

    static func onlyStatus(_ body: [UInt8]) throws -> MessageStatus {
        let record = try #require(try read(body).records.first)
        switch try payload(record) {
        case .payload(let status as MessageStatus): return status
        case .payload(let unplaced as UnplacedStatus): return unplaced.status
        default: throw Unexpected()
        }
    }

    static func onlyUpdate(_ body: [UInt8]) throws -> AccountUpdate {
        let record = try #require(try read(body).records.first)
        guard case .payload(let update as AccountUpdate) = try payload(record) else {
            throw Unexpected()
        }
        return update
    }

    /// A record is of another type than the test expects.
    struct Unexpected: Error {}
}

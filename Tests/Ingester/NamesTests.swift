import Conversation
import EventLog
import HTTPClient
import PipelineTesting
import Records
import TenantKeys
import Testing

@testable import Ingester

/// Names by the tenant's key, and those from before there was one.
@Suite("Names in webhooks")
struct NamesTests {
    private static let began = Timestamp(seconds: 1_790_000_000)
    private static let former = FormerName.conversation(number: "N1", identity: "34600")

    /// Splits a body as an ingester does that knows these keys.
    private static func read(
        _ body: [UInt8], _ keys: KeyTable, at time: Timestamp = Webhooks.receivedAt,
        traceParent: String? = nil
    ) throws -> WebhookBatch {
        try WebhookPayload(
            tenantOfNumber: { $0 == "N1" ? "t1" : nil },
            tenantOfAccount: { $0 == "A1" ? "t1" : nil }, receivedAt: time,
            traceParent: traceParent, naming: keys, by: .conversation
        ).read(body)
    }

    /// The keys of a tenant that had a conversation before its names were keyed.
    private static func upgraded() throws -> KeyTable {
        let keys = try TestKeys.table(of: "t1")
        keys.add(
            FormerConversations(tenant: "t1", part: 0, conversations: [former], began: began))
        return keys
    }

    private static func text(_ wamid: String, sentAt: Int64, from: String = "34600") -> [UInt8] {
        Webhooks.message(
            #"{"from":"\#(from)","id":"\#(wamid)","timestamp":"\#(sentAt)","type":"text","text":{"body":"hi"}}"#
        )
    }

    @Test("the same message has the same id, whenever and with whatever it comes")
    func repeated() throws {
        let keys = try TestKeys.table(of: "t1")
        let first = try #require(
            Self.read(Self.text("wamid.1", sentAt: 1_795_000_000), keys).records.first)
        let later = try #require(
            Self.read(
                Self.text("wamid.1", sentAt: 1_795_000_000), keys,
                at: Webhooks.receivedAt + .seconds(86_400)
            ).records.first)
        #expect(first.header("ce_id") == later.header("ce_id"))
        #expect(first.header("ce_id") == (try Webhooks.name("wamid.1")).rawValue)
        #expect(first.key == later.key)
    }

    @Test("a later key of the tenant's changes no name")
    func laterKey() throws {
        let keys = try TestKeys.table(of: "t1")
        let body = Self.text("wamid.1", sentAt: 1_795_000_000)
        let before = try Self.read(body, keys).records
        keys.put(
            try TenantKey(
                id: "00000000000000ff", tenant: "t1", from: Timestamp(seconds: 1_700_000_000),
                secret: [UInt8](repeating: 9, count: 32)))
        #expect(try Self.read(body, keys).records == before)
    }

    @Test("without the tenant's key nothing of the body is taken")
    func noKey() throws {
        #expect(throws: UnnamedTenant(tenant: "t1")) {
            try Self.read(Self.text("wamid.1", sentAt: 1_795_000_000), KeyTable())
        }
        let keys = try TestKeys.table(of: "t1")
        keys.destroy(try TestKeys.key(of: "t1").id, of: "t1", at: Timestamp(milliseconds: 1))
        #expect(throws: UnnamedTenant(tenant: "t1")) {
            try Self.read(Self.text("wamid.1", sentAt: 1_795_000_000), keys)
        }
    }

    @Test("the webhook is turned away until the tenant's key is known, and taken then")
    func turnedAway() async throws {
        let keys = KeyTable()
        let server = try await WebhookServer(keys: keys)
        let body = Webhooks.message(Webhooks.text("m", from: #""from":"1""#))
        let refused = try await server.deliver(body)
        #expect(refused.status == 503)
        #expect(try await server.total() == 0)
        keys.put(try TestKeys.key(of: "sol"))
        #expect(try await server.deliver(body).status == 200)
        #expect(try await server.total() == 1)
        await server.stop()
    }

    @Test("a conversation from before names were keyed goes on, and no other does")
    func formerConversation() throws {
        let keys = try Self.upgraded()
        let old = try #require(
            Self.read(Self.text("wamid.2", sentAt: 1_795_000_000), keys).records.first)
        #expect(old.key == Array(Self.former.rawValue.utf8))
        #expect(
            old.header("ce_id") == (try Webhooks.name("wamid.2")).rawValue,
            "what was sent since has a name by the key")
        let other = try #require(
            Self.read(Self.text("wamid.3", sentAt: 1, from: "34601"), keys).records.first)
        #expect(other.key == Array(try Webhooks.conversation("34601").rawValue.utf8))
        #expect(other.header("ce_id") == (try Webhooks.name("wamid.3")).rawValue)
    }

    @Test("what may have come in before names were keyed keeps its name, so that a repeat is known")
    func repeatAcrossTheUpgrade() throws {
        let keys = try Self.upgraded()
        let body = Self.text("wamid.4", sentAt: Self.began.milliseconds / 1000 - 60)
        let message = try #require(Webhooks.messages(try Self.read(body, keys)).first)
        #expect(message.message == "wamid.4")
        #expect(message.wamid == "wamid.4")
    }

    @Test("a status of a former conversation finds it by its callback data, whoever it is for")
    func formerStatus() throws {
        let keys = try Self.upgraded()
        let attempt = AttemptID(conversation: Self.former, outbound: "o", attempt: 1)
        for fields in [
            #""recipient_id":"34600","biz_opaque_callback_data":"\#(attempt)""#,
            #""recipient_id":"34699","biz_opaque_callback_data":"\#(attempt)""#,
        ] {
            let body = Webhooks.status(
                #"{"id":"wamid.5","status":"read","timestamp":"1","# + fields + "}")
            let record = try #require(Self.read(body, keys).records.first)
            #expect(record.key == Array(Self.former.rawValue.utf8))
            guard case .payload(let status as MessageStatus) = try Webhooks.payload(record) else {
                Issue.record("not a status")
                continue
            }
            #expect(status.message == (try Webhooks.name("wamid.5")))
            #expect(status.wamid == "wamid.5")
        }
    }

    @Test("what a message is about is named as the message itself was")
    func targets() throws {
        let name = try Webhooks.name("wamid.6")
        func content(_ part: String) throws -> InboundMessage {
            try Webhooks.onlyMessage(
                Webhooks.message(#"{"from":"1","id":"m","timestamp":"1790000000",\#(part)}"#))
        }
        #expect(
            try content(#""type":"reaction","reaction":{"message_id":"wamid.6","emoji":"👍"}"#)
                .content == .reaction(to: name, emoji: "👍"))
        let revoke = try content(#""type":"revoke","revoke":{"original_message_id":"wamid.6"}"#)
        #expect(revoke.content == .revoke(of: name))
        #expect(revoke.takesBack == name)
        #expect(
            try content(#""type":"text","text":{"body":"a"},"context":{"id":"wamid.6"}"#)
                .context?.message == name)
    }

    @Test("a trace that the request names is taken only in the form of Trace Context")
    func traceParent() throws {
        let keys = try TestKeys.table(of: "t1")
        let body = Self.text("wamid.7", sentAt: 1_795_000_000)
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        for (text, kept) in [(good, good), ("00-canary-b7ad6b7169203331-01", nil), ("34600", nil)] {
            let record = try #require(Self.read(body, keys, traceParent: text).records.first)
            #expect(record.header("traceparent") == kept)
        }
    }
}

import Conversation
import EventLog
import Foundation
import HTTPClient
import JSON
import PipelineTesting
import Records
import Testing

@testable import Ingester

/// What can never be stored as it is: taken as far as it goes, counted, and never refused for the
/// seven days of its repeats.
@Suite("Webhooks with more in them than WhatsApp sends")
struct OversizeTests {
    private static let much = String(repeating: "ñ", count: 450_000)

    private static func body(_ message: String) -> [UInt8] {
        Webhooks.message(message)
    }

    @Test("a text is cut between characters, and the rest of the message stays")
    func text() throws {
        let batch = try Webhooks.read(
            Self.body(Webhooks.text("wamid.1", from: #""from":"34600""#, Self.much)))
        #expect((batch.messages, batch.cut) == (1, 1))
        let message = try #require(try Webhooks.messages(batch).first)
        let text = try #require(message.content.words)
        #expect(text.utf8.count == 16 * 1024)
        #expect(text.allSatisfy { $0 == "ñ" })
        #expect(message.wamid == "wamid.1")
    }

    @Test("a text of WhatsApp's greatest length is not touched")
    func longest() throws {
        let text = String(repeating: "😀", count: 4_096)
        let batch = try Webhooks.read(
            Self.body(Webhooks.text("wamid.1", from: #""from":"34600""#, text)))
        #expect(batch.cut == 0)
        #expect(try Webhooks.messages(batch).first?.content == .text(text))
    }

    @Test("a character without an end is cut all the same")
    func endless() {
        let text = "a" + String(repeating: "\u{301}", count: 40_000)
        #expect(Fitting.words(text, 1_000).utf8.count <= 1_000)
        #expect(Fitting.words("😀😀", 5) == "😀")
        #expect(Fitting.words("👨‍👩‍👧", 4).utf8.count <= 4)
    }

    @Test(
        "every kind and every field stays within what a log takes",
        arguments: [
            #""type":"order","order":{"text":"x","product_items":["MUCH"]}"#,
            #""type":"contacts","contacts":[{"name":{"formatted_name":"MUCH"}}]"#,
            #""type":"image","image":{"id":"1","caption":"MUCH","mime_type":"image/png"}"#,
            #""type":"image","image":{"id":"MUCH"}"#,
            #""type":"button","button":{"text":"MUCH","payload":"MUCH"}"#,
            #""type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","response_json":"MUCH"}}"#,
            #""type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"1","title":"MUCH"}}"#,
            #""type":"tomorrow","tomorrow":{"thing":"MUCH"}"#,
            #""type":"text","text":{"body":"hi"},"referral":{"body":"MUCH"}"#,
            #""type":"text","text":{"body":"hi"},"errors":[{"code":1,"title":"MUCH"}]"#,
            #""type":"text","text":{"body":"hi"},"context":{"id":"MUCH","from":"MUCH"}"#,
            #""type":"reaction","reaction":{"message_id":"MUCH","emoji":"MUCH"}"#,
        ])
    func kinds(part: String) throws {
        let message =
            #"{"from":"34600","id":"wamid.1","timestamp":"1790000000",\#(part)}"#
            .replacingOccurrences(of: "MUCH", with: Self.much)
        let batch = try Webhooks.read(Self.body(message))
        let record = try #require(batch.records.first)
        #expect(batch.records.count == 1)
        #expect(record.size < 192 * 1024)
        #expect(batch.cut == 1)
        // Readable as any other: no part is broken JSON.
        _ = try Webhooks.payload(record)
    }

    @Test(
        "a message whose id alone is too large is kept in its beginning, beside the conversations")
    func id() throws {
        let batch = try Webhooks.read(
            Self.body(Webhooks.text(Self.much, from: #""from":"34600""#)))
        #expect((batch.messages, batch.updates, batch.cut) == (0, 1, 1))
        let record = try #require(batch.records.first)
        guard case .payload(let update as AccountUpdate) = try Webhooks.payload(record) else {
            Issue.record("not an update")
            return
        }
        #expect(update.field == "messages.oversize")
        #expect(update.value.text.contains("omitted_bytes"))
        #expect(
            try JSONSerialization.jsonObject(with: Data(update.value.text.utf8)) is [String: Any])
    }

    @Test("a log that takes less gets no more")
    func smallLog() throws {
        let raw = String(repeating: "a", count: 20_000)
        let payload = WebhookPayload(
            tenantOfNumber: { _ in "t1" }, tenantOfAccount: { _ in "t1" },
            receivedAt: Webhooks.receivedAt, naming: try TestKeys.table(of: "t1"),
            by: .conversation, largestRecord: 10_000)
        let message = #"{"from":"34600","id":"w","type":"new","new":{"a":"\#(raw)"}}"#
        let batch = try payload.read(Self.body(message))
        #expect(batch.records.count == 1)
        #expect(batch.records.allSatisfy { $0.size <= 10_000 })
        #expect(batch.cut == 1)
    }

    @Test("the webhook is answered with 200 and counted")
    func counted() async throws {
        let server = try await WebhookServer()
        let body = Self.body(Webhooks.text("wamid.1", from: #""from":"34600""#, Self.much))
        #expect(try await server.deliver(body).status == 200)
        #expect(server.metric("parley_webhook_cut_total") == "1")
        await server.stop()
    }
}

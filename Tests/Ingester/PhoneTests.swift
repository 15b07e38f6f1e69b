import Conversation
import EventLog
import Foundation
import JSON
import Records
import Testing

@testable import Ingester

/// What happens on the phone of a business that uses it beside Parley.
@Suite struct PhoneTests {
    private static func records(_ batch: WebhookBatch) throws -> [any Payload] {
        try batch.records.compactMap { record in
            guard case .payload(let payload) = try Webhooks.payload(record) else { return nil }
            return payload
        }
    }

    /// The body that was made after a public report, with a number of ours.
    private static func reported() throws -> [UInt8] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "Fixtures/reported/w13_echo_from_phone_app_and_echo_of_own_send.json")
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        return Array(text.replacing("100000000000001", with: "N1").utf8)
    }

    private static func history(_ value: String) -> [UInt8] {
        let metadata =
            #""metadata":{"display_phone_number":"15550783881","phone_number_id":"N1"}"#
        return Webhooks.body(
            Webhooks.entry(
                "A1", Webhooks.change(field: "history", value: "{\(metadata),\(value)}")))
    }

    @Test("what the business wrote there is the business's, in the customer's conversation")
    func echoes() throws {
        let batch = try Webhooks.read(Self.reported())
        #expect(batch.messages == 5 && batch.updates == 0)
        let echoes = try Self.records(batch).compactMap { $0 as? EchoedMessage }
        #expect(
            echoes.map(\.content.kind) == ["text", "text", "unsupported", "edit", "revoke"])
        let conversation = try Webhooks.conversation("15550123001")
        #expect(echoes.count { $0.conversation == conversation } == 4)
        #expect(
            echoes[2].conversation == (try Webhooks.conversation("US.90000000000000000001")))
        #expect(echoes[0].message == (try Webhooks.name("wamid.PARLEYECHO1")))
        #expect(echoes[0].recipient.phone == "15550123001")
        #expect(echoes[0].sentAt == Timestamp(seconds: 1_795_000_000))
        guard case .edit(let target, let text, _) = echoes[3].content else {
            Issue.record("no edit")
            return
        }
        #expect(target == echoes[0].message)
        #expect(text == "I answer this one myself, corrected")
        #expect(echoes[4].content == .revoke(of: echoes[1].message))
        #expect(batch.records.map(\.topic) == Array(repeating: "messages.inbound", count: 5))
        #expect(batch.records[0].header("ce_id") == echoes[0].message.rawValue)
    }

    @Test("an echo without an id or an address is kept as an update")
    func unnamed() throws {
        for echo in [
            #"{"id":"w","type":"text","text":{"body":"hi"}}"#,
            #"{"to":"34600","type":"text","text":{"body":"hi"}}"#,
        ] {
            let update = try Webhooks.onlyUpdate(
                Webhooks.body(
                    Webhooks.entry(
                        "A1",
                        Webhooks.change(
                            field: "smb_message_echoes",
                            value:
                                #"{"metadata":{"phone_number_id":"N1"},"message_echoes":[\#(echo)]}"#
                        ))))
            #expect(update.field == "smb_message_echoes.unnamed")
        }
    }

    @Test("what was said before comes by threads, each message with who said it")
    func past() throws {
        let messages = """
            {"from":"15550783881","id":"w1","timestamp":"1739230955","type":"text",
            "text":{"body":"Here it is"},"history_context":{"status":"READ"}},
            {"from":"15550783881","id":"w2","timestamp":"1739230970","type":"media_placeholder",
            "history_context":{"status":"PLAYED"}},
            {"from":"16505551234","id":"w3","timestamp":"1739230970","type":"text",
            "text":{"body":"Thanks!"},"history_context":{"status":"READ"}}
            """
        let batch = try Webhooks.read(
            Self.history(
                #""history":[{"metadata":{"phase":0,"chunk_order":1,"progress":55},"threads":["#
                    + #"{"id":"16505551234","messages":[\#(messages)]}]}]"#))
        #expect(batch.messages == 3 && batch.updates == 0)
        let past = try Self.records(batch).compactMap { $0 as? PastMessage }
        #expect(past.map(\.isFromBusiness) == [true, true, false])
        #expect(past.map(\.isPlaceholder) == [false, true, false])
        #expect(past.map(\.status) == ["READ", "PLAYED", "READ"])
        let conversation = try Webhooks.conversation("16505551234")
        #expect(past.allSatisfy { $0.message.conversation == conversation })
        #expect(past.allSatisfy { $0.message.contact.phone == "16505551234" })
        #expect(past[0].message.sentAt == Timestamp(seconds: 1_739_230_955))
        #expect(Set(batch.records.map(\.topic)) == ["messages.history"])
    }

    @Test("a medium of before comes later under its message's name, and is another record")
    func medium() throws {
        let image = """
            {"from":"16505551234","id":"w2","timestamp":"1738796547","type":"image",
            "image":{"caption":"Black Prince","mime_type":"image/jpeg","id":"24230790383178626"}}
            """
        let batch = try Webhooks.read(Self.history(#""messages":[\#(image)]"#))
        let past = try #require(try Self.records(batch).first as? PastMessage)
        #expect(!past.isFromBusiness && past.message.content.kind == "image")
        #expect(past.message.message == (try Webhooks.name("w2")))
        #expect(batch.records.first?.header("ce_id") == "\(try Webhooks.name("w2")):past")
    }

    @Test("chats that the business does not share are told of as an update")
    func declined() throws {
        let update = try Webhooks.onlyUpdate(
            Self.history(#""history":[{"errors":[{"code":2593109,"title":"off"}]}]"#))
        #expect(update.field == "history" && update.value.text.contains("2593109"))
    }
}

import Conversation
import EventLog
import Foundation
import JSON
import Records
import Testing

@testable import Ingester

/// Bodies made after public bug reports, and captured ones: from the webhook to the record and the
/// line of a transcript, with nothing lost on the way.
@Suite struct ContentTests {
    private static let fixtures = FixtureTests.folder.deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func messages(_ path: String) throws -> [InboundMessage] {
        let body = [UInt8](try Data(contentsOf: fixtures.appending(path: path)))
        return try FixtureTests.payload().read(body).records.compactMap { record in
            let read = try RecordTypes.conversation.read(
                record.header("ce_type") ?? "", key: "", record.value)
            guard case .payload(let message as InboundMessage) = read else { return nil }
            #expect(try message.json() == record.value)
            return message
        }
    }

    @Test(
        "reported messages have their kinds, and a line in a transcript",
        arguments: [
            ("w08_system_number_change_without_contacts", ["system", "system", "system"]),
            ("w10_order_without_text_mixed_number_types", ["order", "order"]),
            ("w11_flow_reply_int_timestamp_no_token_bad_json", ["flow", "flow", "flow"]),
            (
                "w12_ad_referral_without_text_and_request_welcome",
                ["request_welcome", "text"]
            ),
            (
                "w14_edit_and_revoke_before_and_after_original",
                ["revoke", "text", "edit", "text"]
            ),
            ("w15_group_message_and_group_status", ["text"]),
            ("w20_calls_field", ["call", "call", "call_permission"]),
            ("w25_shared_contacts_cards_incomplete", ["contacts"]),
            (
                "w26_button_versus_interactive_same_title",
                ["button", "choice", "choice", "text", "interactive"]
            ),
        ])
    func reported(file: String, kinds: [String]) throws {
        let messages = try Self.messages("reported/\(file).json")
        #expect(messages.map(\.content.kind) == kinds)
        for message in messages {
            #expect(!message.content.transcriptText.isEmpty)
            let short = message.content.transcript(quoting: message.context?.message)
            #expect(short?.kind ?? "text" == message.content.kind)
        }
    }

    @Test("an order's items, and all numbers of a card that lacks parts, reach the transcript")
    func parts() throws {
        let orders = try Self.messages("reported/w10_order_without_text_mixed_number_types.json")
        #expect(
            orders.map { $0.content.transcript(quoting: nil)?.items } == [
                [
                    .init(product: "SKU-A1", quantity: "1", price: "13", currency: "USD"),
                    .init(product: "SKU-B2", quantity: "2", price: "49.90", currency: "USD"),
                ], [],
            ])
        let cards = try Self.messages("reported/w25_shared_contacts_cards_incomplete.json")
        let contacts = try #require(cards.first?.content.transcript(quoting: nil)?.contacts)
        #expect(!contacts.isEmpty)
        #expect(contacts.contains { !$0.phones.isEmpty })
    }

    @Test("every captured message has a line too")
    func captured() throws {
        let folder = "whatsapp-business-java-api/deserialization"
        for name in try FileManager.default.contentsOfDirectory(atPath: FixtureTests.folder.path)
        where name != "textMessageStatusRead.json" {
            for message in try Self.messages("\(folder)/\(name)") {
                let short = message.content.transcript(quoting: message.context?.message)
                #expect(short?.kind ?? "text" == message.content.kind)
            }
        }
    }

    @Test(
        "what Meta adds to a known kind is kept as it came",
        arguments: [
            (#""type":"text","text":{"body":"a"}"#, nil),
            (
                #""type":"text","text":{"body":"a","style":{"b":[1, 2]}}"#,
                #"{"text":{"style":{"b":[1, 2]}}}"#
            ),
            (
                #""type":"image","image":{"id":"1","url":"https:\/\/x","caption":"c"},"new":null"#,
                #"{"image":{"url":"https:\/\/x"},"new":null}"#
            ),
            (
                #""type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"#
                    + #""response_json":"{}","flow_id":"7"}}"#,
                #"{"interactive":{"nfm_reply":{"flow_id":"7"}}}"#
            ),
            (
                #""type":"location","location":{"latitude":1,"longitude":2,"url":"u"},"#
                    + #""context":{"id":"w","why":"x"}"#,
                #"{"location":{"url":"u"},"context":{"why":"x"}}"#
            ),
            (
                #""type":"order","order":{"catalog_id":"c","later":1},"say \"x\"":2"#,
                #"{"say \"x\"":2}"#
            ),
            (#""type":"hologram","hologram":{"beam":1}"#, nil),
        ] as [(String, String?)])
    func extra(fields: String, kept: String?) throws {
        let message = try Webhooks.onlyMessage(
            Webhooks.message(#"{"from":"1","id":"m","timestamp":"1",\#(fields)}"#))
        #expect(message.extra?.text == kept)
        #expect(
            try RecordCodec.decode(InboundMessage.self, from: message.json()) == message)
        // A message that was kept whole has it there.
        if case .other(_, let raw) = message.content { #expect(raw.text.contains("beam")) }
    }
}

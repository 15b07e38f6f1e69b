import Conversation
import JSON
import Testing

@testable import Ingester

@Suite struct MessageKindTests {
    private static func read(_ fields: String, more: String? = nil) throws -> InboundMessage {
        try Webhooks.onlyMessage(
            Webhooks.message(#"{"from":"1","id":"m","timestamp":"1",\#(fields)}"#, more: more))
    }

    @Test(
        "every kind becomes its content",
        arguments: [
            (#""type":"text","text":{"body":"caf\u00e9 \ud83d\ude00"}"#, .text("café 😀")),
            (
                #""type":"image","image":{"id":"i","mime_type":"image/jpeg","sha256":"s=","caption":"c","url":"https://x"}"#,
                .image(Media(id: "i", mediaType: "image/jpeg", sha256: "s=", caption: "c"))
            ),
            (
                #""type":"video","video":{"id":"i","mime_type":"video/mp4"}"#,
                .video(Media(id: "i", mediaType: "video/mp4"))
            ),
            (
                #""type":"audio","audio":{"id":"i","mime_type":"audio/ogg; codecs=opus","voice":true}"#,
                .audio(Media(id: "i", mediaType: "audio/ogg; codecs=opus", voice: true))
            ),
            (#""type":"voice","voice":{"id":"i"}"#, .audio(Media(id: "i"))),
            (
                #""type":"document","document":{"id":"i","filename":"a.pdf","caption":"c"}"#,
                .document(Media(id: "i", caption: "c", filename: "a.pdf"))
            ),
            (
                #""type":"sticker","sticker":{"id":"i","animated":false}"#,
                .sticker(Media(id: "i", animated: false))
            ),
            (
                #""type":"location","location":{"latitude":41.4,"longitude":"-2.5","name":"Sol"}"#,
                .location(Location(latitude: 41.4, longitude: -2.5, name: "Sol"))
            ),
            (
                #""type":"contacts","contacts":[{"name":{"formatted_name":"B"}}]"#,
                .contacts(RawJSON(#"[{"name":{"formatted_name":"B"}}]"#))
            ),
            (
                #""type":"reaction","reaction":{"message_id":"w","emoji":"👍"}"#,
                .reaction(to: "w", emoji: "👍")
            ),
            (
                #""type":"reaction","reaction":{"message_id":"w","emoji":""}"#,
                .reaction(to: "w", emoji: nil)
            ),
            (#""type":"reaction","reaction":{"message_id":"w"}"#, .reaction(to: "w", emoji: nil)),
            (
                #""type":"button","button":{"payload":"p","text":"Yes"}"#,
                .button(text: "Yes", payload: "p")
            ),
            (
                #""type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"b","title":"T"}}"#,
                .choice(id: "b", title: "T", description: nil)
            ),
            (
                #""type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"b","title":"T","description":"d"}}"#,
                .choice(id: "b", title: "T", description: "d")
            ),
            (
                #""type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Sent","response_json":"{\"a\":1}"}}"#,
                .flow(name: "flow", response: #"{"a":1}"#)
            ),
            (
                #""type":"interactive","interactive":{"nfm_reply":{"response_json":["no","object"]}}"#,
                .flow(name: nil, response: #"["no","object"]"#)
            ),
            (
                #""type":"interactive","interactive":{"call_permission_reply":{"response":"accept"}}"#,
                .callPermission(response: "accept", raw: RawJSON(#"{"response":"accept"}"#))
            ),
            (
                #""type":"order","order":{"catalog_id":"c","text":"please","product_items":[]}"#,
                .order(
                    text: "please",
                    raw: RawJSON(#"{"catalog_id":"c","text":"please","product_items":[]}"#))
            ),
            (
                #""type":"edit","edit":{"original_message_id":"w","message":{"type":"text","text":{"body":"new"}}}"#,
                .edit(
                    of: "w", text: "new",
                    raw: RawJSON(
                        #"{"original_message_id":"w","message":{"type":"text","text":{"body":"new"}}}"#
                    ))
            ),
            (#""type":"revoke","revoke":{"original_message_id":"w"}"#, .revoke(of: "w")),
            (
                #""type":"unsupported","unsupported":{"type":"edit"},"errors":[{"code":131051,"title":"T","error_data":{"details":"D"}}]"#,
                .unsupported(
                    kind: "edit", errors: [PlatformError(code: 131_051, title: "T", details: "D")])
            ),
        ] as [(String, MessageContent)])
    func kinds(fields: String, content: MessageContent) throws {
        #expect(try Self.read(fields).content == (try Self.named(content)))
    }

    /// The content with our names of the messages that it is about.
    private static func named(_ content: MessageContent) throws -> MessageContent {
        func name(_ message: MessageID) throws -> MessageID {
            try Webhooks.name(WhatsAppMessageID(message.rawValue))
        }
        return switch content {
        case .reaction(let message, let emoji): .reaction(to: try name(message), emoji: emoji)
        case .edit(let message, let text, let raw):
            .edit(of: try name(message), text: text, raw: raw)
        case .revoke(let message): .revoke(of: try name(message))
        default: content
        }
    }

    @Test(
        "an unknown kind, and a known one that lacks its part, is kept whole",
        arguments: [
            (#""type":"hologram","hologram":{"beam":[1,2]}"#, "hologram"),
            (#""type":"text""#, "text"), (#""type":"image","image":{"caption":"no id"}"#, "image"),
            (#""type":"location","location":{"latitude":1e999,"longitude":0}"#, "location"),
            (#""type":"interactive","interactive":{"type":"new_reply"}"#, "interactive"),
            (#""type":"request_welcome""#, "request_welcome"), (#""x":1"#, "unknown"),
        ])
    func unknown(fields: String, type: String) throws {
        let content = try Self.read(fields).content
        #expect(
            content
                == .other(
                    type: type, raw: RawJSON(#"{"from":"1","id":"m","timestamp":"1",\#(fields)}"#)))
    }

    @Test("context, referral and errors beside the message are kept")
    func beside() throws {
        let message = try Self.read(
            """
            "type":"interactive","context":{"from":"2","id":"w0","forwarded":true,
            "frequently_forwarded":false,"referred_product":{"catalog_id":"c"}},
            "referral":{"source_type":"ad"}
            """, more: #""errors":[{"code":131000,"message":"M"}]"#)
        #expect(
            message.context
                == MessageContext(
                    message: try Webhooks.name("w0"), from: "2", forwarded: true,
                    frequentlyForwarded: false,
                    product: RawJSON(#"{"catalog_id":"c"}"#)))
        #expect(message.referral == RawJSON(#"{"source_type":"ad"}"#))
        #expect(message.errors == [PlatformError(code: 131_000, title: "M")])
    }

    @Test("a record's JSON reads back as the same message, whatever it holds")
    func roundTrip() throws {
        let message = try Self.read(
            #""type":"text","text":{"body":"\u0000\u001f\"\\/\u2028\ud800 漢 e\u0301"}"#)
        #expect(
            try RecordCodec.decode(InboundMessage.self, from: RecordCodec.encode(message))
                == message)
    }
}

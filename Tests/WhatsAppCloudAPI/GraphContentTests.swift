import Conversation
import JSON
import Testing

@testable import WhatsAppCloudAPI

/// The Graph API's JSON of each kind, after WhatsApp's pages and third parties' requests.
@Suite struct GraphContentTests {
    private static let id = MediaSource.uploaded(id: "9")

    private static func interactive(
        _ text: String, header: InteractiveMessage.Header? = nil, footer: String? = nil,
        _ action: InteractiveMessage.Action
    ) -> OutboundContent.Body {
        .interactive(InteractiveMessage(text, header: header, footer: footer, action: action))
    }

    /// Each kind, and what stands under its name.
    static let kinds: [(OutboundContent.Body, String)] = [
        (.text("Hi", preview: true), #"{"body":"Hi","preview_url":true}"#),
        (.image(OutboundMedia(id, caption: "Look")), #"{"caption":"Look","id":"9"}"#),
        (.video(OutboundMedia(id)), #"{"id":"9"}"#),
        (.audio(OutboundMedia(id, voice: true)), #"{"id":"9","voice":true}"#),
        (.document(OutboundMedia(id, filename: "a.pdf")), #"{"filename":"a.pdf","id":"9"}"#),
        (.sticker(OutboundMedia(id)), #"{"id":"9"}"#),
        (
            .location(Location(latitude: 41.5, longitude: -2, name: "Sol", address: "C/ 1")),
            #"{"address":"C/ 1","latitude":41.5,"longitude":-2,"name":"Sol"}"#
        ),
        (
            .contacts([
                ContactCard(
                    name: "Ana Sol", firstName: "Ana", phones: [.init("+34", account: "34")],
                    emails: [.init("a@a.example", type: "WORK")], urls: [.init("https://a")],
                    company: "Sol"), ContactCard(name: "Ben"),
            ]),
            #"[{"emails":[{"email":"a@a.example","type":"WORK"}],"name":{"first_name":"Ana","#
                + #""formatted_name":"Ana Sol"},"org":{"company":"Sol"},"#
                + #""phones":[{"phone":"+34","wa_id":"34"}],"urls":[{"url":"https://a"}]},"#
                + #"{"name":{"first_name":"Ben","formatted_name":"Ben"}}]"#
        ),
        (.reaction(to: "wamid.1", emoji: "👍"), #"{"emoji":"👍","message_id":"wamid.1"}"#),
        (.reaction(to: "wamid.1", emoji: nil), #"{"emoji":"","message_id":"wamid.1"}"#),
        (
            interactive(
                "Shall we?", header: .text("Booking"), footer: "Sol",
                .buttons([ReplyButton(id: "y", title: "Yes"), ReplyButton(id: "n", title: "No")])),
            #"{"action":{"buttons":[{"reply":{"id":"y","title":"Yes"},"type":"reply"},"#
                + #"{"reply":{"id":"n","title":"No"},"type":"reply"}]},"#
                + #""body":{"text":"Shall we?"},"footer":{"text":"Sol"},"#
                + #""header":{"text":"Booking","type":"text"},"type":"button"}"#
        ),
        (
            interactive(
                "When?",
                .list(
                    button: "Times",
                    sections: [
                        ListSection(
                            title: "Today",
                            rows: [ListRow(id: "1", title: "9:00", description: "early")]),
                        ListSection(title: "Later", rows: [ListRow(id: "2", title: "10:00")]),
                    ])),
            #"{"action":{"button":"Times","sections":[{"rows":[{"description":"early","#
                + #""id":"1","title":"9:00"}],"title":"Today"},"#
                + #"{"rows":[{"id":"2","title":"10:00"}],"title":"Later"}]},"#
                + #""body":{"text":"When?"},"type":"list"}"#
        ),
        (
            interactive(
                "Pay here", header: .document(id, filename: "bill.pdf"),
                .link(label: "Pay", url: "https://a.example/1")),
            #"{"action":{"name":"cta_url","parameters":{"display_text":"Pay","#
                + #""url":"https://a.example/1"}},"body":{"text":"Pay here"},"#
                + #""header":{"document":{"filename":"bill.pdf","id":"9"},"type":"document"},"#
                + #""type":"cta_url"}"#
        ),
        (
            interactive("Where?", .locationRequest),
            #"{"action":{"name":"send_location"},"body":{"text":"Where?"},"#
                + #""type":"location_request_message"}"#
        ),
        (
            interactive("Your number?", .contactRequest),
            #"{"action":{"name":"request_contact_info"},"body":{"text":"Your number?"},"#
                + #""type":"request_contact_info"}"#
        ),
        (
            .template(TemplateMessage(name: "hello", language: "en_US")),
            #"{"language":{"code":"en_US"},"name":"hello"}"#
        ),
        (
            .template(
                TemplateMessage(
                    name: "order", language: "es", header: .image(id),
                    parameters: [TemplateParameter("A-1"), TemplateParameter("9:00")],
                    buttons: [
                        TemplateButton(index: 0, .quickReply(payload: "ok")),
                        TemplateButton(index: 1, .url(suffix: "a/1")),
                        TemplateButton(index: 2, .copyCode("SOL")),
                    ])),
            #"{"components":[{"parameters":[{"image":{"id":"9"},"type":"image"}],"#
                + #""type":"header"},{"parameters":[{"text":"A-1","type":"text"},"#
                + #"{"text":"9:00","type":"text"}],"type":"body"},"#
                + #"{"index":"0","parameters":[{"payload":"ok","type":"payload"}],"#
                + #""sub_type":"quick_reply","type":"button"},"#
                + #"{"index":"1","parameters":[{"text":"a/1","type":"text"}],"#
                + #""sub_type":"url","type":"button"},"#
                + #"{"index":"2","parameters":[{"coupon_code":"SOL","type":"coupon_code"}],"#
                + #""sub_type":"copy_code","type":"button"}],"#
                + #""language":{"code":"es"},"name":"order"}"#
        ),
        (
            .template(
                TemplateMessage(
                    name: "order", language: "es",
                    header: .text(TemplateParameter(name: "who", "Ana")),
                    parameters: [TemplateParameter(name: "when", "9:00")])),
            #"{"components":[{"parameters":[{"parameter_name":"who","text":"Ana","#
                + #""type":"text"}],"type":"header"},{"parameters":[{"parameter_name":"when","#
                + #""text":"9:00","type":"text"}],"type":"body"}],"#
                + #""language":{"code":"es"},"name":"order"}"#
        ),
    ]

    @Test("every kind has WhatsApp's form", arguments: kinds)
    func form(body: OutboundContent.Body, part: String) throws {
        let content = OutboundContent(body)
        #expect(content.problems.isEmpty)
        let message = try MessageBody(content, to: Contact(phone: "34600"), callbackData: "d")
        let json = String(decoding: try RecordCodec.encode(message), as: UTF8.self)
        // The fields stand in the order of their names.
        let fields = [
            ("biz_opaque_callback_data", #""d""#), ("messaging_product", #""whatsapp""#),
            ("recipient_type", #""individual""#), ("to", #""+34600""#),
            ("type", "\"\(content.kind)\""), (content.kind, part),
        ].sorted { $0.0 < $1.0 }
        #expect(json == "{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}")
    }

    @Test("a quoted message is named beside the content")
    func quotes() throws {
        let content = OutboundContent(.text("Hi", preview: false), quoting: "wamid.1")
        let message = try MessageBody(content, to: Contact(userID: "US.1"), callbackData: "d")
        let json = String(decoding: try RecordCodec.encode(message), as: UTF8.self)
        #expect(
            json == #"{"biz_opaque_callback_data":"d","context":{"message_id":"wamid.1"},"#
                + #""messaging_product":"whatsapp","recipient":"US.1","#
                + #""recipient_type":"individual","text":{"body":"Hi","preview_url":false},"#
                + #""type":"text"}"#)
    }

    @Test("what has no form, no file or no address is no request")
    func unsendable() {
        func problem(_ body: OutboundContent.Body, _ contact: Contact) -> UnsendableContent? {
            do throws(UnsendableContent) {
                _ = try MessageBody(OutboundContent(body), to: contact, callbackData: "d")
                return nil
            } catch {
                return error
            }
        }
        let someone = Contact(phone: "34600")
        let blob = MediaSource.blob(
            BlobReference(sha256: "a", mediaType: "image/png", size: 1))
        #expect(problem(.text("a", preview: false), Contact()) == .noAddress)
        #expect(problem(.image(OutboundMedia(blob)), someone) == .notUploaded)
        #expect(
            problem(
                .template(TemplateMessage(name: "a", language: "en", header: .image(blob))),
                someone) == .notUploaded)
        #expect(
            problem(.other(type: "hologram", raw: RawJSON("{}")), someone)
                == .unknownKind("hologram"))
    }
}

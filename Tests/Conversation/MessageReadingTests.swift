import Conversation
import JSON
import Testing

/// What a person, or a model, reads of what is not text alone.
@Suite struct MessageReadingTests {
    @Test(
        "every kind says what was sent",
        arguments: [
            (.text("hello"), "hello"), (.text("\u{200b}\u{200d}\u{2060}\u{feff}"), nil),
            (.text("   \n\t\u{a0} "), nil),
            (
                .location(Location(latitude: 41.4, longitude: -2.5, name: "Sol", address: "C/ 1")),
                "[location: Sol, C/ 1, 41.4, -2.5]"
            ),
            (
                .contacts(
                    RawJSON(
                        """
                        [{"name":{"formatted_name":"Card Without Phone"}},
                        {"name":{"first_name":"Two","last_name":"Numbers"},
                        "phones":[{"phone":"+1 5"},{"wa_id":"16"}]},{"phones":null,"name":null}]
                        """)),
                "[contact: Card Without Phone]\n[contact: Two Numbers, +1 5, 16]"
            ),
            (
                .order(
                    text: nil,
                    raw: RawJSON(
                        """
                        {"product_items":[{"product_retailer_id":"A1","quantity":1,"item_price":13,
                        "currency":"USD"},{"product_retailer_id":"B2","quantity":"2",
                        "item_price":"49.90","currency":"USD"}]}
                        """)),
                "[order: 1 × A1 at 13 USD; 2 × B2 at 49.90 USD; in all 112.80 USD]"
            ),
            (.order(text: "", raw: RawJSON(#"{"product_items":[]}"#)), nil),
            (
                .order(
                    text: "please",
                    raw: RawJSON(#"{"product_items":[{"product_retailer_id":"A1"}]}"#)),
                "[order: 1 × A1] please"
            ),
            (
                .flow(name: "flow", response: #"{"rating":"4","say":"El \"envío\"","n":[1]}"#),
                #"[form: rating: 4; say: El "envío"; n: [1]]"#
            ),
            (.flow(name: nil, response: "{not json"), nil),
            (.flow(name: nil, response: #"{"flow_token":"t"}"#), nil),
            (.button(text: "Yes", payload: "CONFIRM_1"), "Yes [button: CONFIRM_1]"),
            (.button(text: "Yes", payload: nil), "Yes"),
            (.choice(id: "CANCEL_1", title: "Yes", description: nil), "Yes [chosen: CANCEL_1]"),
            (.revoke(of: "m"), nil), (.unsupported(kind: "edit", errors: []), nil),
        ] as [(MessageContent, String?)])
    func readings(content: MessageContent, reading: String?) {
        #expect(content.reading == reading)
    }

    @Test(
        "sums are exact, and none is told where a number is missing",
        arguments: [
            ("0.1", "3", "0.3"), ("19.99", "100", "1999.00"), ("0.05", "1", "0.05"),
            ("x", "1", nil), ("1", "", nil), ("-1", "1", nil), ("1e3", "1", nil),
            ("99999999999999999999", "1", nil), ("9999999999999", "9999999999999", nil),
        ] as [(String, String, String?)])
    func sums(price: String, quantity: String, total: String?) {
        let item =
            #"{"product_retailer_id":"A","quantity":"\#(quantity)","item_price":"\#(price)","currency":"USD"}"#
        let order = MessageContent.order(
            text: nil, raw: RawJSON(#"{"product_items":[\#(item)]}"#))
        #expect(order.transcript(quoting: nil)?.totals == total.map { ["\($0) USD"] })
    }

    @Test("an advertisement is told with the message that came from it, and kept for the desk")
    func referral() throws {
        var message = InboundMessage(
            tenant: "t", conversation: "c", number: "n", message: "m", contact: Contact(),
            sentAt: Timestamp(seconds: 1), receivedAt: Timestamp(seconds: 1),
            content: .text("Hi"),
            referral: RawJSON(
                #"{"source_type":"ad","headline":"Spring sale","body":null,"ctwa_clid":"C"}"#))
        #expect(message.reading == "[came from our ad: Spring sale] Hi")
        #expect(message.transcript?.referral?.click == "C")
        message.referral = RawJSON(#"{"source_type":"","image_url":null}"#)
        #expect(message.reading == "Hi")
        #expect(message.transcript == nil)
    }

    @Test("in a group a line says who wrote it")
    func group() {
        let message = InboundMessage(
            tenant: "t", conversation: "c", number: "n", message: "m",
            contact: Contact(phone: "1", name: "Ana"), sentAt: Timestamp(seconds: 1),
            receivedAt: Timestamp(seconds: 1), content: .text("Hi"), group: "g")
        #expect(message.transcriptText == "Ana: Hi")
    }

    @Test("a call is missed where the customer called and nobody spoke to them")
    func missedCalls() {
        func call(_ event: String, incoming: Bool, _ status: String?, _ seconds: Int?) -> PhoneCall
        {
            PhoneCall(
                id: "w", event: event, isIncoming: incoming, status: status, seconds: seconds)
        }
        #expect(call("terminate", incoming: true, "FAILED", nil).isMissed)
        #expect(call("terminate", incoming: true, nil, nil).isMissed)
        #expect(!call("terminate", incoming: true, "COMPLETED", 40).isMissed)
        #expect(!call("terminate", incoming: false, nil, nil).isMissed)
        #expect(!call("connect", incoming: true, nil, nil).isMissed)
    }
}

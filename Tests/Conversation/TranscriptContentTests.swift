import Conversation
import JSON
import Testing

/// What a line of a transcript holds besides words.
@Suite struct TranscriptContentTests {
    @Test("every kind that comes in has a line, and what is not words alone says what it is")
    func lines() throws {
        for content in RecordTests.contents {
            #expect(!content.transcriptText.isEmpty)
            let short = content.transcript(quoting: nil)
            if case .text = content {
                #expect(short == nil)
                #expect(content.transcript(quoting: "w")?.quotes == "w")
            } else {
                #expect(short?.kind == content.kind)
            }
            guard let short else { continue }
            let bytes = try RecordCodec.encode(short)
            #expect(try RecordCodec.decode(TranscriptContent.self, from: bytes) == short)
        }
    }

    @Test("an order has its items, with numbers as text or as numbers")
    func order() {
        let raw = RawJSON(
            #"{"product_items":[{"product_retailer_id":"A","quantity":"2","item_price":49.90,"#
                + #""currency":"EUR"},{"product_retailer_id":7},null]}"#)
        #expect(
            MessageContent.order(text: nil, raw: raw).transcript(quoting: nil)?.items == [
                .init(product: "A", quantity: "2", price: "49.90", currency: "EUR"),
                .init(product: "7"), .init(product: ""),
            ])
    }

    @Test("cards have names and all numbers, whatever they lack")
    func cards() {
        let raw = RawJSON(
            #"[{"name":{"first_name":"Ana","last_name":"Sol"},"phones":[{"phone":"+34 600","#
                + #""wa_id":"34600"},{"wa_id":"34601"},{"phone":null}]},{"name":null}]"#)
        #expect(
            MessageContent.contacts(raw).transcript(quoting: nil)?.contacts == [
                ContactCard(
                    name: "Ana Sol",
                    phones: [.init("+34 600", account: "34600"), .init("34601", account: "34601")])
            ])
        #expect(MessageContent.contacts(RawJSON("[{")).transcript(quoting: nil)?.contacts == nil)
    }

    @Test("the short form stays short")
    func bounds() throws {
        let long = String(repeating: "ñ\"", count: 5_000)
        let card =
            #"{"name":{"formatted_name":"\#(String(repeating: "n", count: 999))"},"#
            + #""phones":[\#(Array(repeating: #"{"phone":"1"}"#, count: 99).joined(separator: ","))]}"#
        let cards = RawJSON("[\(Array(repeating: card, count: 99).joined(separator: ","))]")
        let contents: [MessageContent] = [
            .contacts(cards), .other(type: long, raw: RawJSON("{}")),
            .choice(id: long, title: long, description: nil), .reaction(to: "w", emoji: long),
            .location(Location(latitude: 1, longitude: 2, name: long, address: long)),
            .image(Media(id: "1", mediaType: long, caption: long, filename: long)),
        ]
        for content in contents {
            let short = content.transcript(quoting: nil)
            #expect(try RecordCodec.encode(short).count < 4_000, "\(content.kind)")
        }
    }
}

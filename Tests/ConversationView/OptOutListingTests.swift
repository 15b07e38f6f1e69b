import Conversation
import ConversationView
import Testing

@Suite("Whether a customer wants messages that they did not ask for, as it is listed")
struct OptOutListingTests {
    private static let start = Timestamp(seconds: 1_800_000_000)

    private func message(_ text: String, at moment: Timestamp) -> InboundMessage {
        InboundMessage(
            tenant: "sol", conversation: "c", number: "101", message: MessageID("m\(text)"),
            contact: Contact(phone: "34"), sentAt: moment, receivedAt: moment,
            content: .text(text))
    }

    private func preference(
        _ wish: OptOutWords.Wish, at moment: Timestamp
    ) -> CustomerPreference {
        CustomerPreference(
            tenant: "sol", conversation: "c", number: "101", wish: wish,
            category: "marketing_messages", at: moment, receivedAt: moment)
    }

    @Test("the newest wish counts, by words or by WhatsApp's button, in whatever order they come")
    func newest() throws {
        let later = Self.start + .seconds(60)
        let cases: [([any Payload], Timestamp?)] = [
            ([message("Hello", at: Self.start)], nil),
            ([message("STOP", at: Self.start)], Self.start),
            ([message("STOP", at: Self.start), message("start", at: later)], nil),
            ([message("start", at: Self.start), preference(.stop, at: later)], later),
            ([preference(.resume, at: later), message("baja", at: Self.start)], nil),
        ]
        for (payloads, expected) in cases {
            for order in [payloads, payloads.reversed()] {
                let conversations = try Conversations()
                for payload in order { try conversations.apply(payload) }
                let listing = try conversations.of("sol").listing(of: "c")
                #expect(try #require(listing).optedOutAt == expected, "\(order)")
            }
        }
    }
}

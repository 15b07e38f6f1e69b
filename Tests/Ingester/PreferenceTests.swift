import Conversation
import EventLog
import Records
import Testing

@testable import Ingester

/// WhatsApp, "user_preferences webhook".
@Suite("Customers' wishes about messages that they did not ask for") struct PreferenceTests {
    private static func body(_ preferences: String, contacts: String = "") -> [UInt8] {
        Webhooks.body(
            Webhooks.entry(
                "A1",
                Webhooks.change(
                    field: "user_preferences",
                    value: #"{"messaging_product":"whatsapp","metadata":{"phone_number_id":"N1"},"#
                        + #"\#(contacts)"user_preferences":[\#(preferences)]}"#)))
    }

    private static func wishes(_ body: [UInt8]) throws -> [CustomerPreference] {
        try Webhooks.read(body).records.compactMap {
            guard case .payload(let wish as CustomerPreference) = try Webhooks.payload($0) else {
                return nil
            }
            return wish
        }
    }

    private static func wish(_ value: String, _ who: String) -> String {
        #"{\#(who),"detail":"words","category":"marketing_messages","value":"\#(value)","#
            + #""timestamp":1731705721}"#
    }

    @Test("go to the customer's conversation, by phone or by user id, and each repeat is the same")
    func read() throws {
        let phone = Self.body(Self.wish("stop", #""wa_id":"34600""#))
        let wish = try #require(try Self.wishes(phone).first)
        #expect(wish.conversation == (try Webhooks.conversation("34600")))
        #expect(wish.wish == .stop && wish.category == "marketing_messages")
        #expect(wish.at == Timestamp(seconds: 1_731_705_721))
        let user = Self.body(
            Self.wish("resume", #""wa_id":"34600","user_id":"ES.1""#),
            contacts: #""contacts":[{"wa_id":"34600","user_id":"ES.1"}],"#)
        let other = try #require(try Self.wishes(user).first)
        #expect(other.wish == .resume)
        let text = Webhooks.text("m", from: #""from":"34600","from_user_id":"ES.1""#)
        #expect(
            other.conversation == (try Webhooks.onlyMessage(Webhooks.message(text))).conversation)
        let ids = try [phone, phone, user].map { try Webhooks.read($0).records[0].header("ce_id") }
        #expect(ids[0] == ids[1] && ids[0] != ids[2])
    }

    @Test("what says neither stop nor resume, or names nobody, is kept whole")
    func unreadable() throws {
        for preferences in [
            Self.wish("signup", #""wa_id":"34600""#), Self.wish("stop", #""wa_id":"""#), "{}",
        ] {
            #expect(try Self.wishes(Self.body(preferences)).isEmpty)
            #expect(try Webhooks.onlyUpdate(Self.body(preferences)).field == "user_preferences")
        }
    }
}

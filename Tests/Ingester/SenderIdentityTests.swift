import Conversation
import JSON
import Testing

@testable import Ingester

@Suite struct SenderIdentityTests {
    private static func key(_ identity: String) throws -> ConversationID {
        try Webhooks.conversation(identity)
    }

    @Test("user id and phone: the user id is the identity, the phone an alias")
    func both() throws {
        let message = try Webhooks.onlyMessage(
            Webhooks.message(
                Webhooks.text("m1", from: #""from":"16505551234","from_user_id":"US.1349""#),
                contact: """
                    {"profile":{"name":"Ana","username":"@ana"},"wa_id":"16505551234",
                     "user_id":"US.1349","parent_user_id":"US.ENT.118"}
                    """))
        #expect(
            message.contact
                == Contact(
                    userID: "US.1349", parentUserID: "US.ENT.118", phone: "16505551234",
                    name: "Ana", username: "@ana"))
        #expect(message.conversation == (try Self.key("US.1349")))
        #expect(message.sentAt == Timestamp(seconds: 1_790_000_000))
        #expect(message.receivedAt == Webhooks.receivedAt)
    }

    @Test("a user name without a phone number is a customer like any other")
    func withoutPhone() throws {
        let message = try Webhooks.onlyMessage(
            Webhooks.message(
                Webhooks.text("m1", from: #""from_user_id":"US.1349""#),
                contact: #"{"profile":{"name":"Ana","username":"ana"},"user_id":"US.1349"}"#))
        #expect(message.contact == Contact(userID: "US.1349", name: "Ana", username: "ana"))
        #expect(message.conversation == (try Self.key("US.1349")))
    }

    @Test("a phone number alone is the identity, with or without its plus")
    func phoneOnly() throws {
        for from in ["+16505551234", "16505551234"] {
            let message = try Webhooks.onlyMessage(
                Webhooks.message(
                    Webhooks.text("m1", from: #""from":"\#(from)""#),
                    contact: #"{"profile":{"name":"Ana"},"wa_id":"16505551234"}"#))
            #expect(message.contact == Contact(phone: "16505551234", name: "Ana"))
            #expect(message.conversation == (try Self.key("16505551234")))
        }
    }

    @Test("a user id where the phone number should stand is a user id")
    func userIDInFrom() throws {
        let message = try Webhooks.onlyMessage(
            Webhooks.message(
                Webhooks.text("m1", from: #""from":"US.1349""#),
                contact: #"{"profile":{"name":"Ana"},"wa_id":"US.1349"}"#))
        #expect(message.contact == Contact(userID: "US.1349", name: "Ana"))
        #expect(message.conversation == (try Self.key("US.1349")))
    }

    @Test("the only contact names the only sender, even if its number is written otherwise")
    func rewrittenNumber() throws {
        let message = try Webhooks.onlyMessage(
            Webhooks.message(
                Webhooks.text("m1", from: #""from":"5511987654321""#),
                contact:
                    #"{"profile":{"name":"Bia"},"wa_id":"551187654321","user_id":"BR.7"}"#))
        #expect(message.contact.userID == "BR.7")
        #expect(message.contact.phone == "5511987654321")
    }

    @Test("a contact never lends its identity to somebody else's message")
    func strangers() throws {
        let contact = #"{"profile":{"name":"Ana"},"wa_id":"111","user_id":"US.1"}"#
        let two = Webhooks.message(
            Webhooks.text("m1", from: #""from":"111""#) + ","
                + Webhooks.text("m2", from: #""from":"222""#), contact: contact)
        let messages = try Webhooks.messages(try Webhooks.read(two))
        #expect(messages.map(\.contact.identity) == ["US.1", "222"])
        #expect(messages.map(\.contact.name) == ["Ana", nil])
        let other = try Webhooks.onlyMessage(
            Webhooks.message(
                Webhooks.text("m1", from: #""from_user_id":"US.2""#), contact: contact))
        #expect(other.contact == Contact(userID: "US.2"))
    }

    @Test("several contacts each name their own message")
    func several() throws {
        let body = Webhooks.message(
            Webhooks.text("m1", from: #""from":"222""#) + ","
                + Webhooks.text("m2", from: #""from_user_id":"US.1""#),
            contact: """
                {"profile":{"name":"Ana"},"user_id":"US.1"},{"profile":{"name":"Ben"},"wa_id":"222"}
                """)
        let messages = try Webhooks.messages(try Webhooks.read(body))
        #expect(messages.map(\.contact.name) == ["Ben", "Ana"])
    }

    @Test(
        "WhatsApp's word about a changed user id or number reaches the old conversation",
        arguments: [
            (
                #""from":"111","#,
                #"{"type":"user_changed_number","body":"b","wa_id":"222","user_id":"US.2","previous_user_id":"US.1"}"#,
                "US.1"
            ),
            (#""from":"111","#, #"{"type":"user_changed_number","body":"b","wa_id":"222"}"#, "111"),
            (
                "", #"{"type":"user_changed_user_id","user_id":"US.2","previous_user_id":"US.1"}"#,
                "US.1"
            ),
            ("", #"{"type":"user_changed_user_id","user_id":"US.2"}"#, "US.2"),
        ])
    func system(from: String, part: String, identity: String) throws {
        let message = try Webhooks.onlyMessage(
            Webhooks.message(
                #"{\#(from)"id":"m1","timestamp":"1","type":"system","system":\#(part)}"#))
        #expect(message.conversation == (try Self.key(identity)))
        #expect(message.content.kind == "system")
    }

    @Test("a tenant that declines groups takes nothing of theirs in, and all else")
    func declinedGroup() throws {
        let messages = [
            Webhooks.text("m1", from: #""from":"111","group_id":"G9""#),
            Webhooks.text("m2", from: #""from":"111""#),
        ].joined(separator: ",")
        let batch = try Webhooks.read(Webhooks.message(messages), decliningGroups: ["t1"])
        #expect(batch.declined == 1)
        #expect(batch.messages == 1)
        #expect(try Webhooks.messages(batch).map(\.group) == [nil])
        // Another tenant's choice is its own.
        let other = try Webhooks.read(Webhooks.message(messages), decliningGroups: ["t2"])
        #expect(other.declined == 0)
        #expect(try Webhooks.messages(other).map(\.group) == ["G9", nil])
    }

    @Test("a message in a group is its participant's, and keeps the group")
    func group() throws {
        let message = try Webhooks.onlyMessage(
            Webhooks.message(
                Webhooks.text("m1", from: #""from":"111","from_user_id":"US.1","group_id":"G9""#)))
        #expect(message.group == "G9")
        #expect(message.contact.userID == "US.1")
        #expect(message.conversation == (try Self.key("group:G9")))
    }

    @Test("a name cannot turn around the line that it stands in")
    func names() throws {
        func name(_ json: String) throws -> String? {
            try Webhooks.onlyMessage(
                Webhooks.message(
                    Webhooks.text("m1", from: #""from":"111""#),
                    contact: #"{"profile":{"name":"\#(json)"},"wa_id":"111"}"#)
            ).contact.name
        }
        #expect(try name(#"\u202eSam\u202c\u200b"#) == "Sam")
        #expect(try name(#"\u200b\u2060"#) == nil)
        #expect(try name(#"👩\u200d🚀 Åsa"#) == "👩\u{200d}🚀 Åsa")
    }

    @Test("what a phone number is written with does not tell customers apart")
    func formatted() throws {
        for from in ["+250 788 123 200", "250788123200", "+250-788-123200"] {
            let message = try Webhooks.onlyMessage(
                Webhooks.message(Webhooks.text("m1", from: #""from":"\#(from)""#)))
            #expect(message.conversation == (try Self.key("250788123200")))
        }
    }

    @Test("a message of nobody, or without an id, is kept as an update and not lost")
    func nobody() throws {
        for message in [
            #"{"id":"m1","type":"text","text":{"body":"x"}}"#,
            #"{"from":"111","type":"text","text":{"body":"x"}}"#, "17",
            #"{"from":"","from_user_id":" ","id":"m1","type":"text","text":{"body":"x"}}"#,
            #"{"from":null,"from_user_id":"\u200b","id":"m1","type":"text","text":{"body":"x"}}"#,
        ] {
            let update = try Webhooks.onlyUpdate(Webhooks.message(message))
            #expect(update.field == "messages.unnamed")
            #expect(update.value.text == message)
            #expect(update.tenant == "t1")
        }
    }

    @Test("an absurd or missing time becomes that of the arrival")
    func times() throws {
        for time in [
            #""timestamp":"-5","#, #""timestamp":"99999999999999","#, #""timestamp":"x","#, "",
            #""timestamp":-0.0,"#, #""timestamp":"2111160000","#, #""timestamp":0,"#,
        ] {
            let message = try Webhooks.onlyMessage(
                Webhooks.message(
                    #"{"from":"1","id":"m",\#(time)"type":"text","text":{"body":"x"}}"#))
            #expect(message.sentAt == Webhooks.receivedAt)
        }
        let late = try Webhooks.onlyMessage(
            Webhooks.message(
                #"{"from":"1","id":"m","timestamp":"1794740800000","type":"text","text":{"body":"x"}}"#
            ))
        #expect(late.sentAt == Timestamp(seconds: 1_794_740_800))
    }
}

import Conversation
import EventLog
import JSON
import Records
import Testing

@testable import Ingester

@Suite struct StatusTests {
    private static func read(_ fields: String) throws -> MessageStatus {
        try Webhooks.onlyStatus(Webhooks.status(#"{"id":"w","timestamp":"1790000000",\#(fields)}"#))
    }

    @Test("callback data of ours names the conversation, whoever the recipient is said to be")
    func callbackData() throws {
        let attempt = AttemptID(
            conversation: "c0ffeec0ffeec0ffeec0ffeec0ffee00", outbound: "o1", attempt: 2)
        let status = try Self.read(
            #""status":"sent","recipient_id":"1","biz_opaque_callback_data":"\#(attempt)""#)
        #expect(status.conversation == attempt.conversation)
        #expect(status.callbackData.flatMap { AttemptID($0) } == attempt)
    }

    @Test("callback data of another program is kept and names nothing")
    func foreignData() throws {
        let status = try Self.read(
            #""status":"sent","recipient_id":"+1","biz_opaque_callback_data":"order-17""#)
        #expect(status.callbackData == "order-17")
        #expect(status.conversation == (try Webhooks.conversation("1")))
    }

    @Test("a status that does not name our send waits under its message's name, whoever it is for")
    func unplaced() throws {
        let fields = [
            #""recipient_id":"1""#, #""recipient_id":"","recipient_user_id":"US.1""#,
            #""errors":[]"#, #""biz_opaque_callback_data":"order-17""#,
        ]
        for field in fields {
            let body = Webhooks.status(
                #"{"id":"w","status":"failed","timestamp":"1790000000",\#(field)}"#)
            let record = try #require(try Webhooks.read(body).records.first)
            guard case .payload(let unplaced as UnplacedStatus) = try Webhooks.payload(record)
            else {
                Issue.record("placed: \(field)")
                continue
            }
            #expect(record.topic == Topic.messagesUnplaced.rawValue)
            #expect(unplaced.message == (try Webhooks.name("w")))
            #expect(unplaced.status.wamid == "w")
        }
    }

    @Test("a status goes to the user id's conversation before the phone's, as messages do")
    func recipient() throws {
        let status = try Self.read(
            #""status":"read","recipient_id":"1","recipient_user_id":"US.1""#)
        #expect(status.recipient == Contact(userID: "US.1", phone: "1"))
        #expect(status.conversation == (try Webhooks.conversation("US.1")))
    }

    @Test("a status that names no recipient still has a key, its message's")
    func noRecipient() throws {
        let first = try Self.read(#""status":"sent""#)
        let second = try Self.read(#""status":"delivered""#)
        #expect(first.recipient == nil)
        #expect(first.conversation == second.conversation)
    }

    @Test("per-message pricing is kept as it came, and no conversation object is needed")
    func pricing() throws {
        let pricing =
            #"{"billable":true,"pricing_model":"PMP","type":"regular","category":"service"}"#
        let status = try Self.read(#""status":"sent","recipient_id":"1","pricing":\#(pricing)"#)
        #expect(status.pricing == RawJSON(pricing))
    }

    @Test("failed without contacts keeps its errors; an unknown word is kept too")
    func words() throws {
        let failed = try Self.read(
            #""status":"failed","errors":[{"code":131047,"title":"Re-engagement","error_data":{"details":"24 hours"}}]"#
        )
        #expect(failed.progress == .failed)
        #expect(
            failed.errors
                == [PlatformError(code: 131_047, title: "Re-engagement", details: "24 hours")])
        #expect(try Self.read(#""status":"played""#).progress == .played)
        #expect(try Self.read(#""status":"beamed""#).progress.rawValue == "beamed")
    }

    @Test("ids tell progress apart, and a group's participants")
    func ids() throws {
        let statuses = [
            #"{"id":"w","status":"sent"}"#, #"{"id":"w","status":"delivered"}"#,
            #"{"id":"w","status":"read","recipient_participant_id":"1"}"#,
            #"{"id":"w","status":"read","recipient_participant_id":"2"}"#,
            #"{"id":"w","status":"read","recipient_participant_user_id":"US.3"}"#,
        ]
        let batch = try Webhooks.read(Webhooks.status(statuses.joined(separator: ",")))
        #expect(batch.statuses == 5)
        #expect(Set(batch.records.compactMap { $0.header("ce_id") }).count == 5)
        let name = try Webhooks.name("w")
        #expect(batch.records.first?.header("ce_id") == "\(name):sent")
    }

    @Test("a status without an id or a word is kept as an update")
    func unnamed() throws {
        let update = try Webhooks.onlyUpdate(Webhooks.status(#"{"status":"sent"}"#))
        #expect(update.field == "statuses.unnamed")
    }
}

@Suite struct AccountUpdateTests {
    @Test(
        "fields that are no messages are kept whole for the account's tenant",
        arguments: [
            ("message_template_status_update", #"{"event":"APPROVED","message_template_id":1}"#),
            ("user_preferences", #"{"metadata":{"phone_number_id":"N1"},"user_preferences":[{}]}"#),
            (
                "standby",
                #"{"metadata":{"phone_number_id":"N1"},"standby":{"messages":[{"id":"m"}]}}"#
            ),
            (
                "messaging_handovers",
                #"{"metadata":{"phone_number_id":"N1"},"type":"control_passed"}"#
            ),
            ("smb_message_echoes", #"{"metadata":{"phone_number_id":"N1"},"message_echoes":[]}"#),
            ("calls", #"{"metadata":{"phone_number_id":"N1"},"statuses":[{"id":"wacid.1"}]}"#),
            ("brand_new_field", #"[1,2,"x"]"#), ("messages", #"{"no":"number"}"#),
        ])
    func updates(field: String, value: String) throws {
        let update = try Webhooks.onlyUpdate(
            Webhooks.body(Webhooks.entry("A1", Webhooks.change(field: field, value: value))))
        #expect(update.field == field)
        #expect(update.value.text == value)
        #expect(update.tenant == "t1")
        #expect(update.key == "t1")
    }

    @Test(
        "a change of messages that holds neither messages nor statuses is kept whole",
        arguments: [
            #""errors":[{"code":131000,"title":"T"}]"#, #""messages":null"#, #""messages":[]"#,
            #""messages":{"id":"m"}"#, #""contacts":[]"#,
        ])
    func empty(part: String) throws {
        let update = try Webhooks.onlyUpdate(
            Webhooks.body(Webhooks.entry("A1", Webhooks.change("N1", part))))
        #expect(update.field == "messages")
        #expect(update.value.text.contains(part))
    }

    @Test(
        "a change that says nothing is passed over", arguments: ["null", "{}", #"{"metadata":{}}"#])
    func nothing(value: String) throws {
        let batch = try Webhooks.read(
            Webhooks.body(Webhooks.entry("A1", Webhooks.change(field: "messages", value: value))))
        #expect(batch.records.isEmpty)
        #expect(batch.unknownBusinesses == 0)
    }

    @Test("equal words about one account have one id, other words another")
    func ids() throws {
        func id(_ account: String, _ value: String) throws -> String {
            let batch = try Webhooks.read(
                Webhooks.body(
                    Webhooks.entry(account, Webhooks.change(field: "account_update", value: value)))
            )
            return try #require(batch.records.first?.header("ce_id"))
        }
        let first = try id("A1", #"{"event":"A"}"#)
        #expect(try id("A1", #"{"event":"A"}"#) == first)
        #expect(try id("A1", #"{"event":"B"}"#) != first)
        #expect(try id("A2", #"{"event":"A"}"#) != first)
    }

    @Test("JSON of another shape holds nothing and does no harm")
    func shapes() throws {
        for text in [
            "[]", "17", "null", "{}", #"{"entry":{}}"#, #"{"entry":[1,null,{"changes":[7,{}]}]}"#,
        ] {
            #expect(try Webhooks.read(Array(text.utf8)).records.isEmpty)
        }
    }
}

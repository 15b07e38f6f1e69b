import Conversation
import EventLog
import PipelineTesting
import Records
import TenantKeys
import Testing

@testable import Ingester

/// One customer under several names is one conversation, from the webhook on.
@Suite struct KnownCustomerTests {
    /// A webhook that knows who is whom.
    private struct Known {
        let book = IdentityBook()
        var count: Int64 = 0
        var sightings = 0

        mutating func read(_ message: String) throws -> InboundMessage {
            let batch = try take(Webhooks.message(message))
            return try #require(try Webhooks.messages(batch).first)
        }

        @discardableResult
        mutating func take(_ body: [UInt8]) throws -> WebhookBatch {
            let payload = WebhookPayload(
                tenantOfNumber: { _ in "t1" }, tenantOfAccount: { _ in "t1" },
                receivedAt: Webhooks.receivedAt, naming: try TestKeys.table(of: "t1"),
                by: .conversation, knowing: book)
            let batch = try payload.read(body)
            guard !batch.news.isEmpty else { return batch }
            // The log brings back what was sighted.
            for news in batch.news {
                book.follow(news.sighting, news.id, partition: 0, offset: count)
                count += 1
                sightings += 1
            }
            let known = try payload.read(body)
            #expect(known.news.isEmpty)
            return known
        }

        mutating func text(_ from: String, at seconds: Int) throws -> ConversationID {
            try read(
                #"{\#(from),"id":"m\#(seconds)","timestamp":"\#(seconds)","type":"text","text":{"body":"x"}}"#
            ).conversation
        }
    }

    @Test(
        "a number of Brazil or Mexico is one, however WhatsApp writes it",
        arguments: [
            ("5511987654321", "551187654321"), ("551187654321", "+5511987654321"),
            ("5215512345678", "525512345678"), ("525512345678", "5215512345678"),
        ])
    func rewritten(first: String, second: String) throws {
        var known = Known()
        #expect(
            try known.text(#""from":"\#(first)""#, at: 1)
                == known.text(#""from":"\#(second)""#, at: 2))
    }

    @Test(
        "numbers that only look alike are not one",
        arguments: [
            // A landline, and a mobile number that was given out with nine digits.
            ("551132654321", "5511932654321"), ("5511987654321", "5511987654322"),
            ("15512345678", "1551234567"),
        ])
    func different(first: String, second: String) throws {
        var known = Known()
        #expect(
            try known.text(#""from":"\#(first)""#, at: 1)
                != known.text(#""from":"\#(second)""#, at: 2))
    }

    @Test("WhatsApp's word about a new number goes to the old conversation and names the new one")
    func changedNumber() throws {
        for system in [
            #"{"type":"user_changed_number","body":"b","wa_id":"222"}"#,
            #"{"type":"user_changed_number","body":"b","new_wa_id":222}"#,
            #"{"type":"user_changed_number","wa_id":"222","user_id":"US.2","previous_user_id":"US.1"}"#,
        ] {
            var known = Known()
            let old = try known.text(#""from":"111","from_user_id":"US.1""#, at: 1)
            let word = try known.read(
                #"{"from":"111","id":"s","timestamp":"5","type":"system","system":\#(system)}"#)
            #expect(word.conversation == old)
            #expect(word.contact.phone == "222")
            #expect(try known.text(#""from":"222","from_user_id":"US.2""#, at: 9) == old)
            #expect(try known.text(#""from_user_id":"US.2""#, at: 10) == old)
        }
    }

    @Test("WhatsApp's word about a new user id goes on in the same conversation")
    func changedUser() throws {
        var known = Known()
        let old = try known.text(#""from_user_id":"US.1""#, at: 1)
        let word = try known.read(
            #"{"from":"","from_user_id":"US.1","id":"s","timestamp":"5","type":"system","system":{"type":"user_changed_user_id","user_id":"US.77"}}"#
        )
        #expect(word.conversation == old)
        #expect(word.contact.userID == "US.77")
        #expect(try known.text(#""from_user_id":"US.77""#, at: 9) == old)
    }

    @Test("a new user id told by a field of its own goes on in the same conversation, and is kept")
    func changedUserByField() throws {
        var known = Known()
        let old = try known.text(#""from":"111","from_user_id":"US.1""#, at: 1)
        let value =
            #"{"metadata":{"phone_number_id":"N1"},"user_id_update":[{"wa_id":"111","user_id":{"previous":"US.1","current":"US.2"},"timestamp":"5"}]}"#
        let body = Webhooks.body(
            Webhooks.entry("A1", Webhooks.change(field: "user_id_update", value: value)))
        let batch = try known.take(body)
        #expect(batch.updates == 1)
        #expect(known.sightings == 2)
        #expect(try known.text(#""from_user_id":"US.2""#, at: 9) == old)
        let before = known.sightings
        _ = try known.take(body)
        #expect(known.sightings == before, "told again, it is no news")
        #expect(try known.text(#""from_user_id":"US.3""#, at: 10) != old)
    }

    @Test("a customer who is known brings no news, and one of two numbers is not the other's")
    func noNews() throws {
        var known = Known()
        func body(_ number: String, _ id: String) -> [UInt8] {
            let text = Webhooks.text(id, from: #""from":"1","from_user_id":"U.1""#)
            let message = #""messages":[\#(text)]"#
            return Webhooks.body(Webhooks.entry("A1", Webhooks.change(number, message)))
        }
        let first = try known.take(body("N1", "a"))
        #expect(known.sightings == 1)
        _ = try known.take(body("N1", "b"))
        #expect(known.sightings == 1)
        let other = try known.take(body("N3", "c"))
        #expect(known.sightings == 2)
        #expect(
            try Webhooks.messages(other).first?.conversation
                != Webhooks.messages(first).first?.conversation)
    }

    @Test("sightings tell that the log began with them, if one said so or nothing had been said")
    func completeLog() throws {
        var known = Known()
        let first = Webhooks.message(
            #"{"from":"1","from_user_id":"U.1","id":"a","timestamp":"1","type":"text","text":{"body":"x"}}"#
        )
        let payload = WebhookPayload(
            tenantOfNumber: { _ in "t1" }, tenantOfAccount: { _ in "t1" },
            receivedAt: Webhooks.receivedAt, naming: try TestKeys.table(of: "t1"),
            by: .conversation, knowing: known.book)
        #expect(try payload.read(first).news.map(\.sighting.isComplete) == [nil])
        known.book.noteNothingSaid()
        let sighting = try #require(try payload.read(first).news.first?.sighting)
        #expect(sighting.isComplete == true)
        // Another process hears it from the log.
        let other = IdentityBook()
        #expect(!other.isComplete)
        for book in [other, known.book] {
            book.follow(sighting, "s", partition: 0, offset: 0)
        }
        #expect(other.isComplete)
        #expect(try known.text(#""from":"1""#, at: 2) == sighting.user)
    }
}

import AccountRecords
import Conversation
import NotificationRecords
import NotificationStage
import Records
import Testing

@Suite("Mails that can be refused")
struct RefusalTests {
    @Test("a mail says which of what it tells can be refused, and the rest cannot")
    func refusable() throws {
        var room = Room()
        var facts = AccountFacts()
        facts.standing = .active
        facts.isVerified = true
        facts.address = AddressClaim(key: "key", text: "ana@example.org")
        try room.put(
            AccountEvent(account: "ana", epoch: 1, facts: facts, change: .verified, at: room.now))
        for kind in ["key", "removed", "consent", "role"] as [NotificationKind] {
            try room.put(
                PersonalNews(account: "ana", kind: kind, team: "sol", values: [:], at: room.now))
        }
        try room.wait(.seconds(3_600))
        let mails = room.written.compactMap { $0 as? MailRequest }
        #expect(mails.map(\.refusable) == [["key"], nil, ["consent", "role"]])
        try room.put(
            NotificationCommand(
                account: "ana", action: .refuseMails(["key", "removed"]), reference: "r",
                at: room.now))
        let event = room.written.compactMap { $0 as? NotificationEvent }.last
        guard case .preferred(let preferences)? = event?.change else {
            Issue.record("\(String(describing: event))")
            return
        }
        #expect(event?.reference == "r" && preferences.choices.keys.sorted() == ["key"])
    }

    @Test("what a version before remembered of a team is read, whatever it did not know")
    func oldTeams() throws {
        let old = #"{"members": {"ana": "owner"}, "organisation": "Sol"}"#
        let state = try RecordCodec.decode(TeamState.self, from: Array(old.utf8))
        let again = try RecordCodec.decode(TeamState.self, from: RecordCodec.encode(state))
        #expect(state == again && state != TeamState())
        #expect(try RecordCodec.decode(TeamState.self, from: Array("{}".utf8)) == TeamState())
    }
}

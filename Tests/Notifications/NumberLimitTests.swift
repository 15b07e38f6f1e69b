import Conversation
import NotificationRecords
import RoutingRecords
import Testing

@Suite("What people are told who are limited to numbers")
struct NumberLimitTests {
    @Test("of a number's customers nobody who is limited to others, and they are not counted")
    func limited() throws {
        var room = Room()
        try room.found()
        for account in ["g", "o"] as [AgentID] {
            try room.put(
                RoutingSetting(
                    tenant: "sol",
                    change: .profileSaved(AgentProfile(agent: account, numbers: ["101"])),
                    reference: nil, at: room.now))
        }
        let queued = HandoffEvent.Change.queued(reason: .asked, summary: "", transcript: [])
        try room.waits(queued, "c2", number: "102")
        try room.waits(.overdue(waiting: room.now), "c2")
        #expect(room.told("g").isEmpty && room.told("a") == ["waiting", "overdue"])
        // Who may change the team sees all.
        #expect(room.told("o") == ["waiting", "overdue"])
        try room.waits(queued, "c1", number: "101")
        #expect(room.told("g") == ["waiting"])
        let count = room.written.compactMap { payload -> String? in
            guard let news = payload as? PersonalNews, news.account == "g" else { return nil }
            return news.values["count"]
        }
        #expect(count == ["1"])
    }
}

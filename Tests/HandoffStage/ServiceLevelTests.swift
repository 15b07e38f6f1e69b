import Conversation
import OpeningHours
import StageRuntime
import Testing
import TimeZones
import ZoneDatabase

@testable import HandoffStage

/// What the handoff stage does for service levels: they are measured elsewhere.
@Suite("A conversation's promises")
struct ServiceLevelTests {
    /// Monday to Friday, 9 to 17, in Greenwich.
    private var hours: TenantSettings.Hours {
        let week = (1...5).map {
            OpeningSchedule.Weekly(day: $0, span: DaySpan(from: 540, to: 1_020))
        }
        return .init(opening: OpeningHours(OpeningSchedule(week: week), in: .utc))
    }

    private func time(_ text: String) throws -> Timestamp {
        let date = try #require(CivilDate(String(text.prefix(10))))
        let clock = text.dropFirst(11).split(separator: ":").compactMap { Int64($0) }
        return Timestamp(seconds: date.dayNumber * 86_400 + clock[0] * 3_600 + clock[1] * 60)
    }

    private func handOff(_ scene: inout Scene) throws -> Scene.Step {
        try scene.customer(.text("I want to talk to a person"), "w1")
        return try scene.bot(
            .handoff(reason: .asked, summary: "", notice: "One moment."), to: ["w1"])
    }

    @Test("a timer that comes late at night tells nobody before it opens")
    func night() throws {
        var scene = Scene()
        scene.settings = HandoffSettings(serviceLevelSeconds: 600, hours: hours)
        scene.now = try time("2026-12-01 16:00")
        let since = scene.now
        var timer = try #require(try handOff(&scene).timer("service-level"))
        // It was due at ten past four, and nothing ran until midnight.
        timer.due = try time("2026-12-02 00:05")
        let silent = try scene.fire(timer)
        #expect(silent.changes.isEmpty)
        let later = try #require(silent.timer("service-level"))
        #expect(later.due == (try time("2026-12-02 09:00")))
        #expect(try scene.fire(later).changes == [.overdue(waiting: since)])
        // What runs out as it closes is told at once.
        var closing = Scene()
        closing.settings = HandoffSettings(serviceLevelSeconds: 3_600, hours: hours)
        closing.now = try time("2026-12-01 16:00")
        let due = try handOff(&closing).timer("service-level")
        #expect(due?.due == (try time("2026-12-01 17:00")))
        #expect(try closing.fire(due).changes.count == 1)
    }

    @Test(
        "where the window ends before it opens, the template is announced that goes on from there")
    func template() throws {
        func notice(_ day: String, hasTemplate: Bool) throws -> String {
            var scene = Scene()
            scene.settings = HandoffSettings(
                serviceLevelSeconds: 600,
                reopening: hasTemplate ? .init(template: "hello", language: "en") : nil,
                hours: hours)
            scene.now = try time(day)
            return try handOff(&scene).texts.joined(separator: "\n")
        }
        let offer = "Puede que entonces te enviemos primero un mensaje breve"
        // From Friday evening it is more than a day until Monday morning.
        #expect(try notice("2026-12-04 18:00", hasTemplate: true).contains(offer))
        #expect(try !notice("2026-12-04 18:00", hasTemplate: false).contains(offer))
        #expect(try !notice("2026-12-01 18:00", hasTemplate: true).contains(offer))
        #expect(try notice("2026-12-01 18:00", hasTemplate: true).contains("mañana"))
    }

    @Test("that WhatsApp took the last word before the close is told, as it answers the customer")
    func lastWord() throws {
        var scene = try Scene.claimed()
        let sent = try scene.agent(Scene.ana, .send(.text("Bye!")))
        let id = try #require(sent.ids.first)
        _ = try scene.agent(Scene.ana, .close)
        let taken = try scene.delivery(of: id, .accepted("wamid.9"))
        #expect(taken.changes == [.delivery(of: id, .accepted("wamid.9"))])
        #expect(taken.events.first?.mode == .bot)
        // What becomes of it later is nobody's business any more.
        let read = try scene.delivery(of: id, .progressed("wamid.9", .read))
        #expect(read.changes.isEmpty)
    }
}

import Conversation
import OpeningHours
import StageRuntime
import Testing
import TimeZones
import ZoneDatabase

@testable import HandoffStage

/// While a business is closed, whoever waits for a person is told when it opens, once, and the
/// promise waits until then.
@Suite("Opening hours in a conversation")
struct HoursTests {
    /// Monday to Friday, 9 to 17, in Madrid.
    private func hours(
        from: Int = 540, language: String? = nil, days: ClosedRange<Int> = 1...5
    ) throws -> TenantSettings.Hours {
        let week = days.map {
            OpeningSchedule.Weekly(day: $0, span: DaySpan(from: from, to: 1_020))
        }
        let zone = try ZoneDatabase.system.rules(of: "Europe/Madrid")
        return .init(
            opening: OpeningHours(
                OpeningSchedule(week: week), in: zone.excerpt(from: 1_767_225_600)),
            language: language)
    }

    private func scene(_ hours: TenantSettings.Hours?, at time: String) throws -> Scene {
        var scene = Scene()
        scene.settings = HandoffSettings(serviceLevelSeconds: 600, hours: hours)
        scene.now = try Self.time(time)
        return scene
    }

    /// A local time of Madrid in winter, such as `2026-12-04 18:30`.
    private static func time(_ text: String) throws -> Timestamp {
        let date = try #require(CivilDate(String(text.prefix(10))))
        let clock = text.dropFirst(11).split(separator: ":").compactMap { Int64($0) }
        return Timestamp(
            seconds: date.dayNumber * 86_400 + clock[0] * 3_600 + clock[1] * 60 - 3_600)
    }

    @discardableResult
    private func handOff(
        _ scene: inout Scene, _ id: MessageID
    ) throws -> Scene.Step {
        try scene.customer(.text("Quiero hablar con una persona"), id)
        return try scene.bot(
            .handoff(reason: .asked, summary: "", notice: "Un momento."), to: [id])
    }

    @Test("tell the customer in their language when it opens, behind the notice of the handoff")
    func tells() throws {
        var friday = try scene(hours(), at: "2026-12-04 18:30")
        #expect(
            try handOff(&friday, "w1").texts == [
                "Un momento. Ahora mismo estamos cerrados. Volvemos a abrir el lunes a las 9:00 "
                    + "y entonces te responderemos aquí."
            ])
        var thursday = try scene(hours(), at: "2026-12-03 23:59")
        #expect(try handOff(&thursday, "w1").texts.first?.contains("mañana a las 9:00") == true)
        var early = try scene(hours(from: 60), at: "2026-12-04 00:10")
        #expect(try handOff(&early, "w1").texts.first?.contains("hoy a la 1:00") == true)
    }

    @Test("tell nothing while it is open, and nothing where there are none")
    func open() throws {
        var noon = try scene(hours(), at: "2026-12-04 12:00")
        #expect(try handOff(&noon, "w1").texts == ["Un momento."])
        var none = try scene(nil, at: "2026-12-04 18:30")
        let step = try handOff(&none, "w1")
        #expect(step.texts == ["Un momento."])
        #expect(step.timer("service-level")?.due == none.now + .seconds(600))
        #expect(none.state.toldOfOpening == nil)
    }

    @Test("are told of once each closed time, also to who waits already, in words of their own")
    func once() throws {
        var scene = try scene(hours(language: "de"), at: "2026-12-03 16:50")
        #expect(try handOff(&scene, "w1").texts == ["Un momento."])
        scene.now = try Self.time("2026-12-03 17:10")
        #expect(
            try scene.customer(.text("¿Hay alguien ahí? Necesito ayuda con mi pedido"), "w2")
                .texts.count == 1)
        #expect(try scene.customer(.text("¿Hola?"), "w3").texts.isEmpty)
        try scene.agent(Scene.ana, .claim)
        #expect(try scene.customer(.text("¿Hola?"), "w4").texts.isEmpty)
        try scene.agent(Scene.ana, .close)
        #expect(try handOff(&scene, "w5").texts.last == "Un momento.")
        // The next night is another.
        scene.now = try Self.time("2026-12-04 17:10")
        #expect(try scene.customer(.text("¿Seguís ahí? Quiero saber algo"), "w6").texts.count == 1)
        // Other hours make what was said wrong.
        scene.settings.hours = try hours(from: 600)
        #expect(try scene.customer(.text("¿Y ahora? Quiero saber algo"), "w7").texts.count == 1)
    }

    @Test("are told of in the business's language where the customer's is not known")
    func language() throws {
        var scene = try scene(hours(language: "de"), at: "2026-12-04 18:30")
        let call = PhoneCall(id: "w", event: "terminate", isIncoming: true)
        let step = try scene.customer(.call(call), "w1")
        try scene.customer(.text("?!"), "w2")
        let told = try scene.put(
            ProposedReply(
                tenant: "sol", conversation: Scene.conversation, answers: ["w2"],
                proposal: .handoff(reason: .unanswered, summary: "", notice: ""), language: nil,
                provenance: Provenance(passages: [], model: "built-in"), at: scene.now))
        let all = step.texts + told.texts
        #expect(
            all == [
                "Wir haben gerade geschlossen. Wir öffnen am Montag um 9:00 Uhr wieder und "
                    + "antworten Ihnen dann hier."
            ])
    }

    @Test("let the promise run while it is open only, and ask again when it fires too early")
    func promise() throws {
        var scene = try scene(hours(), at: "2026-12-04 16:55")
        let since = scene.now
        let step = try handOff(&scene, "w1")
        // Five minutes of Friday, five of Monday.
        let monday = try Self.time("2026-12-07 09:05")
        #expect(step.timer("service-level")?.due == monday)
        var other = scene
        #expect(try scene.fire(step.timer("service-level")).changes == [.overdue(waiting: since)])
        // Meanwhile they have set that they open at ten.
        other.settings.hours = try hours(from: 600)
        let again = try other.fire(step.timer("service-level"))
        #expect(again.changes.isEmpty)
        #expect(try again.timer("service-level")?.due == Self.time("2026-12-07 10:05"))
        #expect(
            try other.fire(again.timer("service-level")).changes == [.overdue(waiting: since)])
    }

    @Test("that never come again are said without a day, and are asked for again every day")
    func never() throws {
        let zone = try ZoneDatabase.system.rules(of: "Europe/Madrid")
        var scene = try scene(
            .init(opening: OpeningHours(OpeningSchedule(week: []), in: zone)),
            at: "2026-12-04 16:55")
        let step = try handOff(&scene, "w1")
        #expect(step.texts.first?.hasSuffix("Te responderemos aquí en cuanto podamos.") == true)
        #expect(step.timer("service-level")?.due == scene.now + .seconds(86_400))
        #expect(try scene.fire(step.timer("service-level")).changes.isEmpty)
    }

    @Test("say nothing while the business is suspended, which has words of its own")
    func suspended() throws {
        var scene = try scene(hours(), at: "2026-12-04 18:30")
        scene.settings.standing = .suspended(since: scene.now, notice: "Suspended.")
        #expect(try scene.customer(.text("Hello?"), "w1").texts == ["Suspended."])
        #expect(try scene.customer(.text("Hello?"), "w2").texts.isEmpty)
    }

    @Test("are not told of where nothing would arrive, but once the customer writes again")
    func undelivered() throws {
        var scene = try scene(hours(), at: "2026-12-04 18:30")
        try scene.customer(.text("¿A qué hora abrís mañana?"), "w1")
        let answer = try scene.bot(.answer(text: "A las 9.", citations: []), to: ["w1"])
        let id = try #require(answer.ids.first)
        let lost = try scene.delivery(of: id, .dropped(.windowClosed))
        #expect(lost.texts.isEmpty && lost.owners.map(\.mode) == [.queued])
        scene.now = scene.now + .seconds(60)
        #expect(try scene.customer(.text("¿Hola? ¿Me respondéis?"), "w2").texts.count == 1)
        // A day later only a template would arrive.
        var silent = try self.scene(hours(), at: "2026-12-04 16:00")
        try handOff(&silent, "w1")
        silent.now = silent.now + .seconds(90_000)
        let early = try silent.customer(
            .text("¿Hola?"), "w2", sentAt: silent.now - .seconds(89_000))
        #expect(early.texts.isEmpty)
    }

    @Test("are known where the conversation goes on in another one, too")
    func moved() throws {
        var scene = try scene(hours(), at: "2026-12-04 18:30")
        try handOff(&scene, "w1")
        let move = try scene.put(
            ConversationMove(
                tenant: "sol", conversation: Scene.conversation, into: "beef", order: 1,
                at: scene.now))
        let join = try #require(move.payloads.compactMap { $0 as? ConversationJoin }.first)
        var other = try self.scene(hours(), at: "2026-12-04 18:31")
        #expect(try other.put(join).texts.isEmpty)
        #expect(try other.customer(.text("¿Hola? Quiero una respuesta"), "w2").texts.isEmpty)
    }

    @Test("decide alike when a decision is repeated by what its record holds of them")
    func repeated() throws {
        let settings = HandoffSettings(serviceLevelSeconds: 600, hours: try hours())
        let read = try RecordCodec.decode(
            HandoffSettings.self, from: RecordCodec.encode(settings))
        #expect(read == settings)
        #expect(try RecordCodec.encode(settings).count < 700)
        // Without hours a decision's record holds what it held before there were any.
        let none = HandoffSettings(serviceLevelSeconds: 600)
        #expect(
            String(decoding: try RecordCodec.encode(none), as: UTF8.self)
                == #"{"serviceLevelSeconds":600}"#)
    }
}

import Conversation
import ConversationView
import SQLite
import SuggestionEndpoints
import Testing
import TimeZones
import Views

@Suite("Suggestions in the view of conversations")
struct SuggestionTests {
    private static let start = Timestamp(seconds: 1_800_000_000)
    private let ana = Mode.claimed(by: "ana", name: "Ana")

    private func event(
        _ change: HandoffEvent.Change, _ mode: Mode? = nil, after seconds: Int = 0,
        origin: SuggestionOrigin? = nil, reference: String? = nil
    ) -> HandoffEvent {
        HandoffEvent(
            tenant: "sol", conversation: "c1", contact: Contact(name: "Luz"), epoch: 1,
            mode: mode ?? ana, change: change, reference: reference, origin: origin,
            at: Self.start + .seconds(seconds))
    }

    private func asked(_ message: MessageID, _ text: String) -> InboundMessage {
        InboundMessage(
            tenant: "sol", conversation: "c1", number: "n1", message: message,
            contact: Contact(userID: "ES.1"), sentAt: Self.start, receivedAt: Self.start,
            content: .text(text))
    }

    private func end(
        _ id: RecordID, _ outcome: SuggestionEnd.Outcome, edit: SuggestionEdit? = nil,
        messages: [RecordID]? = nil
    ) -> HandoffEvent.Change {
        .suggestionEnded(
            SuggestionEnd(of: id, outcome, agent: "ana", edit: edit, messages: messages))
    }

    /// A conversation of Ana's with what the bot would say to a question.
    private func suggested() throws -> Conversations {
        let view = try Conversations()
        try view.apply(asked("m1", "When do you open?"), id: "m1")
        try view.apply(event(.claimed(by: "ana", name: "Ana")))
        let heard = try view.apply(
            event(
                .suggested(text: "At 9:00.", citations: []), after: 1,
                origin: SuggestionOrigin(
                    answers: ["m1"], prompt: "answer", promptHash: "abc", model: "m",
                    language: "en")), id: "s1")
        #expect(heard == [.suggestion("c1", .init(id: "s1", text: "At 9:00.", citations: []))])
        return view
    }

    private func lines(
        _ view: Conversations, of tenant: TenantID = "sol", outcome: String? = nil
    ) throws -> [SuggestionListing] {
        try view.of(tenant).suggestions(
            SuggestionQuestion(
                from: Self.start, to: Self.start + .seconds(86_400), outcome: outcome),
            atMost: 10)
    }

    @Test("are kept with question, words and what made them, as long as nothing became of them")
    func open() throws {
        let view = try suggested()
        let line = try #require(try lines(view).first)
        #expect(line.question == "When do you open?" && line.proposed == "At 9:00.")
        #expect(line.promptHash == "abc" && line.model == "m" && line.language == "en")
        #expect(line.outcome == "open" && line.sent == nil && line.endedAt == nil)
        #expect(try lines(view, of: "luna").isEmpty)
        #expect(try lines(view, outcome: "open").count == 1)
        #expect(try lines(view, outcome: "sent").isEmpty)
    }

    @Test("that were edited stand beside what was sent")
    func edited() throws {
        let view = try suggested()
        try view.apply(
            OutboundMessage(
                tenant: "sol", conversation: "c1", number: "n1",
                recipient: Contact(userID: "ES.1"), epoch: 1,
                content: .message(.text("At 10:00.")), author: .agent("ana", name: "Ana"),
                answers: [], windowAnchor: Self.start, at: Self.start + .seconds(9)), id: "o1")
        try view.apply(
            event(
                end(
                    "s1", .edited,
                    edit: SuggestionEdit(distance: 1, words: 3, changesFacts: true),
                    messages: ["o1"]), after: 9))
        let line = try #require(try lines(view, outcome: "edited").first)
        #expect(line.sent == "At 10:00." && line.agent == "ana")
        #expect(line.edit?.changesFacts == true && line.edit?.extent == .partial)
        #expect(line.endedAt == Self.start + .seconds(9))
    }

    @Test("that are put aside vanish for everybody who sees them, and answer the command")
    func dismissed() throws {
        let view = try suggested()
        #expect(try view.of("sol").handoffPage(of: "c1")?.suggestion?.id == "s1")
        let wanted = SuggestionEnd(of: "s1", .dismissed, agent: "ana")
        let heard = try view.apply(event(.suggestionEnded(wanted), after: 5, reference: "d1"))
        #expect(heard == [.suggestionEnded("c1", wanted)])
        #expect(try view.of("sol").handoffPage(of: "c1")?.suggestion == nil)
        let name = CommandName(
            tenant: "sol", conversation: "c1", agent: "ana", reference: "d1")
        #expect(try view.of("sol").answer(to: name) == .done)
    }

    @Test("that end do not take away a newer one, nor tell anybody once the bot has it again")
    func newer() throws {
        let view = try suggested()
        try view.apply(
            event(.suggested(text: "At ten.", citations: []), after: 3), id: "s2")
        try view.apply(event(end("s1", .ignored), after: 4))
        #expect(try view.of("sol").handoffPage(of: "c1")?.suggestion?.id == "s2")
        #expect(try view.apply(event(end("s2", .ignored), .bot, after: 5)).isEmpty)
        let closed = try view.apply(event(.closed(by: "ana"), .bot, after: 5))
        #expect(closed == [.ended("c1", by: "ana")])
        #expect(try lines(view).map(\.outcome) == ["ignored", "ignored"])
    }

    @Test("are given page by page, each once")
    func pages() throws {
        let view = try suggested()
        for number in 2...5 {
            try view.apply(
                event(.suggested(text: "\(number)", citations: []), after: number / 2),
                id: RecordID("s\(number)"))
        }
        let question = SuggestionQuestion(
            from: Self.start, to: Self.start + .seconds(86_400))
        var found: [RecordID] = []
        var place: SuggestionPlace?
        while found.count < 10 {
            let page = try view.of("sol").suggestions(question, after: place, atMost: 2)
            guard let last = page.last else { break }
            found += page.map(\.id)
            place = SuggestionPlace(after: last)
        }
        #expect(found == ["s1", "s2", "s3", "s4", "s5"])
    }

    @Test("are forgotten with the conversation, and with what was said before a moment")
    func forgotten() throws {
        let view = try suggested()
        try view.apply(
            event(.suggested(text: "new", citations: []), after: 500), id: "s2")
        _ = try ConversationView.forget(
            before: Self.start + .seconds(100), of: "sol", view.rows)
        #expect(try lines(view).map(\.id) == ["s2"])
        _ = try ConversationView.forget(
            before: Self.start + .seconds(9_000), of: "sol", view.rows)
        #expect(try lines(view).isEmpty)
    }

    @Test("are counted by outcome, by what made them and by the day of the business")
    func counted() throws {
        var report = SuggestionReport(in: .utc)
        let slight = SuggestionEdit(distance: 1, words: 10, changesFacts: true)
        let whole = SuggestionEdit(distance: 9, words: 10, changesFacts: false)
        for (outcome, edit, seconds, model) in [
            ("sent", nil, 0, "a"), ("edited", slight, 0, "a"), ("edited", whole, 0, "b"),
            ("dismissed", nil, 86_400, "a"), ("ignored", nil, 86_400, "a"),
            ("open", nil, 86_400, "a"),
        ] as [(String, SuggestionEdit?, Int, String)] {
            report.take(
                SuggestionFacts(
                    at: Self.start + .seconds(seconds), outcome: outcome, edit: edit,
                    model: model))
        }
        #expect(report.total.all == 6 && report.total.sent == 1 && report.total.slight == 1)
        #expect(report.total.rewritten == 1 && report.total.changedFacts == 1)
        #expect(report.total.dismissed == 1 && report.total.ignored == 1)
        #expect(report.total.open == 1)
        #expect(report.days.map(\.counts.all) == [3, 3])
        #expect(report.days.map(\.day) == ["2027-01-15", "2027-01-16"])
        #expect(report.makers.map(\.maker.model) == ["a", "b"])
        #expect(report.makers.map(\.counts.all) == [5, 1])
    }
}

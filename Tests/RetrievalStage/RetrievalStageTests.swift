import Conversation
import JSON
import Records
import StageRuntime
import Testing

@testable import RetrievalStage

@Suite("The retrieval stage")
struct RetrievalStageTests {
    let stage = RetrievalStage()

    private func message(_ content: MessageContent) -> InboundMessage {
        InboundMessage(
            tenant: "velo", conversation: "c1", number: "1", message: "wamid.1",
            contact: Contact(userID: "u"), sentAt: Timestamp(seconds: 100),
            receivedAt: Timestamp(seconds: 101), content: content)
    }

    private func context(_ content: MessageContent, step: Int = 0) -> StageContext {
        let headers = RecordHeaders(
            id: "r1", type: InboundMessage.type, source: "test", time: Timestamp(seconds: 101),
            subject: "c1", correlation: "r1", causation: "r1", tenant: "velo")
        return StageContext(
            stage: stage.name,
            input: .record(
                message(content), headers,
                position: RecordPosition(topic: "messages.inbound", partition: 0, offset: 1)),
            key: "c1", now: Timestamp(seconds: 102), step: step)
    }

    private func grounded(_ plan: Plan<RetrievalCall>) throws -> GroundedQuestion {
        guard case .finish(let effects) = plan else { throw Rejection("not finished: \(plan)") }
        #expect(effects.outputs.count == 1)
        return try #require(effects.outputs.first?.payload as? GroundedQuestion)
    }

    private let answer = RetrievalAnswer.found(
        SearchAnswer(
            rankings: [.init(text: ["p"], vectors: nil)],
            passages: [
                .init(
                    id: "p", document: "d", documentName: "hours.md", headings: ["Hours"],
                    page: 2, sheet: nil, text: "Saturday 10 to 14.", contentHash: "h")
            ], vector: QuestionVector([0.6, 0.8], model: "e5")))

    @Test("an embedding server that asks for more than a moment is not waited for")
    func patience() {
        let request = SearchRequest(tenant: "velo", queries: ["x"], limit: 1, byMeaning: true)
        let policy = stage.retryPolicy(for: .search(request))
        func wait(_ asked: Duration?) -> Duration? {
            policy.wait(after: 1, jitter: 0, atLeast: asked, now: Timestamp(seconds: 1))
        }
        #expect(wait(nil) != nil)
        #expect(wait(.milliseconds(900)) == .milliseconds(900))
        #expect(wait(.seconds(180)) == nil)
    }

    @Test("a text is searched by meaning and by words, and goes on with its passages")
    func search() throws {
        var state = RecentTurns()
        let context = context(.text("When are you open on Saturday?"))
        guard
            case .call(.search(let request)) = try stage.begin(context.input, &state, context)
        else { throw Rejection("no search") }
        #expect(request.byMeaning)
        #expect(request.tenant == "velo")
        #expect(request.queries == ["When are you open on Saturday?"])
        let question = try grounded(
            try stage.resume(answer, to: .search(request), &state, context))
        #expect(question.passages.map(\.id) == ["p"])
        #expect(question.passages.first?.page == 2)
        #expect(question.vector == QuestionVector([0.6, 0.8], model: "e5"))
        #expect(question.search == .textOnly)
        #expect(question.searchProblem != nil)
        #expect(state.turns.count == 1)
    }

    @Test("what fetches media is asked for each, and was not by decisions from before")
    func media() throws {
        let content = MessageContent.image(Media(id: "77"))
        for settings in [RetrievalSettings(fetchesMedia: true), RetrievalSettings()] {
            var state = RecentTurns()
            let context = StageContext(
                stage: stage.name, input: context(content).input, key: "c1",
                now: Timestamp(seconds: 102), step: 0, settings: settings)
            guard case .finish(let effects) = try stage.begin(context.input, &state, context)
            else { throw Rejection("not finished") }
            let requests = effects.outputs.compactMap { $0.payload as? MediumRequest }
            #expect(effects.outputs.first?.payload is GroundedQuestion)
            guard settings.fetchesMedia == true else {
                #expect(requests.isEmpty)
                continue
            }
            #expect(requests.map(\.inbound) == ["r1"])
            #expect(requests.first?.message.content == content)
        }
    }

    private func read(_ content: MessageContent, _ reading: MediumReading) -> StageContext {
        let fetched = FetchedMedium(
            message: message(content), inbound: "r1", reading: reading,
            at: Timestamp(seconds: 102))
        let headers = RecordHeaders(
            id: "r2", type: FetchedMedium.type, source: "test", time: Timestamp(seconds: 102),
            subject: "c1", correlation: "r1", causation: "r1", tenant: "velo")
        return StageContext(
            stage: stage.name,
            input: .record(
                fetched, headers,
                position: RecordPosition(topic: "media.results", partition: 0, offset: 1)),
            key: "c1", now: Timestamp(seconds: 102), step: 0,
            settings: RetrievalSettings(fetchesMedia: true))
    }

    @Test("what is said in a voice note is looked for, and goes on as what came with its message")
    func spoken() throws {
        var state = RecentTurns()
        let reading = MediumReading(text: " When are you open on Saturday? ")
        let context = read(.audio(Media(id: "77", voice: true)), reading)
        guard
            case .call(.search(let request)) = try stage.begin(context.input, &state, context)
        else { throw Rejection("no search") }
        #expect(request.queries == ["When are you open on Saturday?"])
        let question = try grounded(
            try stage.resume(answer, to: .search(request), &state, context))
        #expect(question.medium == reading && question.passages.map(\.id) == ["p"])
        #expect(question.message.message == "wamid.1")
        #expect(state.turns.count == 1)
    }

    @Test("a document is looked for by its beginning, unless there are words; no picture is")
    func written() throws {
        var state = RecentTurns()
        let reading = MediumReading(text: String(repeating: "offer ", count: 200))
        let bare = read(.document(Media(id: "77", filename: "a.pdf")), reading)
        guard case .call(.search(let request)) = try stage.begin(bare.input, &state, bare)
        else { throw Rejection("no search") }
        #expect(request.queries.first?.count == 300)
        _ = try stage.resume(answer, to: .search(request), &state, bare)
        #expect(state.turns.isEmpty)
        for content in [
            MessageContent.document(Media(id: "77", caption: "Is this right?")),
            .image(Media(id: "77")),
        ] {
            let context = read(content, reading)
            let question = try grounded(try stage.begin(context.input, &state, context))
            #expect(question.medium == reading && question.search == .none)
        }
        let film = read(.video(Media(id: "77")), reading)
        guard case .ignore = try stage.begin(film.input, &state, film) else {
            throw Rejection("a film is passed on")
        }
    }

    @Test("what the business wrote on its phone asks nothing, and its medium is fetched")
    func phone() throws {
        for (content, isFetched) in [
            (MessageContent.text("When do we open?"), false), (.image(Media(id: "77")), true),
        ] {
            var state = RecentTurns()
            let echo = EchoedMessage(
                tenant: "velo", conversation: "c1", number: "n1", message: "e1", wamid: "wamid.e1",
                recipient: Contact(phone: "34600"), sentAt: Timestamp(seconds: 100),
                receivedAt: Timestamp(seconds: 101), content: content)
            let headers = RecordHeaders(
                id: "e1", type: EchoedMessage.type, source: "test", time: Timestamp(seconds: 101),
                subject: "c1", correlation: "e1", causation: "e1", tenant: "velo")
            let context = StageContext(
                stage: stage.name,
                input: .record(
                    echo, headers,
                    position: RecordPosition(topic: "messages.inbound", partition: 0, offset: 1)),
                key: "c1", now: Timestamp(seconds: 102), step: 0,
                settings: RetrievalSettings(fetchesMedia: true))
            switch try stage.begin(context.input, &state, context) {
            case .finish(let effects):
                let request = effects.outputs.first?.payload as? MediumRequest
                #expect(isFetched && effects.outputs.count == 1 && request?.isFromPhone == true)
            case .ignore: #expect(!isFetched)
            default: Issue.record("something is looked for")
            }
            #expect(state.turns.isEmpty)
        }
        var state = RecentTurns()
        var fetched = read(.audio(Media(id: "77")), MediumReading(text: "When do we open?"))
        guard case .record(let record as FetchedMedium, let headers, let position) = fetched.input
        else { throw Rejection("no medium") }
        var own = record
        own.isFromPhone = true
        fetched = StageContext(
            stage: stage.name, input: .record(own, headers, position: position), key: "c1",
            now: Timestamp(seconds: 102), step: 0, settings: RetrievalSettings(fetchesMedia: true))
        guard case .ignore = try stage.begin(fetched.input, &state, fetched) else {
            throw Rejection("the business's own words are looked for")
        }
    }

    @Test("when embedding fails, words alone are searched and the question says so")
    func embeddingDown() throws {
        var state = RecentTurns()
        let context = context(.text("When are you open?"))
        let plan = try stage.begin(context.input, &state, context)
        guard case .call(let call) = plan else { throw Rejection("no search") }
        let policy = stage.retryPolicy(for: call)
        let tries = try #require(policy.attempts)
        let longest =
            RetrievalStage.embeddingTimeout * tries + policy.longestWait * (tries - 1)
        #expect(longest < .seconds(6), "a customer waits no longer for a busy server")
        let failure = CallFailure.transient(reason: "refused", retryAfterMilliseconds: nil)
        let next = try stage.giveUp(on: call, because: failure, &state, context)
        guard case .call(.search(let request)) = next else { throw Rejection("gave up") }
        #expect(!request.byMeaning)
        #expect(stage.retryPolicy(for: .search(request)) == .standard)
        let question = try grounded(
            try stage.resume(answer, to: .search(request), &state, context))
        #expect(question.searchProblem?.contains("embedding server") == true)
    }

    @Test(
        "what holds no words goes on without a search",
        arguments: [
            MessageContent.reaction(to: "wamid.0", emoji: "👍"), .text("   "),
            .audio(Media(id: "m", voice: true)), .sticker(Media(id: "m")),
            .image(Media(id: "m")), .text("\u{200b}\u{feff}"),
            .system(kind: "changed", body: "x", raw: RawJSON("{}")),
        ])
    func wordless(content: MessageContent) throws {
        var state = RecentTurns()
        let context = context(content)
        let question = try grounded(try stage.begin(context.input, &state, context))
        #expect(question.search == .none)
        #expect(question.passages.isEmpty)
        #expect(state == RecentTurns())
    }

    @Test("a caption is searched")
    func caption() throws {
        var state = RecentTurns()
        let context = context(.image(Media(id: "m", caption: "How much is this helmet?")))
        guard
            case .call(.search(let request)) = try stage.begin(context.input, &state, context)
        else { throw Rejection("no search") }
        #expect(request.queries == ["How much is this helmet?"])
    }
}

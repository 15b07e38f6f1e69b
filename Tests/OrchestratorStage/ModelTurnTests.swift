import Conversation
import StageRuntime
import Testing

@testable import OrchestratorStage

@Suite("A turn with a model")
struct ModelTurnTests {
    private let question = "What time do you open on Saturday?"
    private let good = "On Saturday we open at 9:00 [1]."

    private func request(_ scene: Scene, _ plan: Plan<OrchestratorCall>) throws -> CompletionRequest
    {
        guard case .complete(let request) = try scene.call(of: plan) else {
            throw Rejection("no completion asked: \(plan)")
        }
        return request
    }

    @Test("a supported answer goes out without its markers and with its provenance")
    func supported() throws {
        var scene = try Scene(Scene.atOnce)
        let plan = try scene.turn(question, model: "m")
        let request = try request(scene, plan)
        #expect(request.messages.map(\.role) == [.system, .user])
        #expect(request.messages.last?.content.contains("[1] Opening hours: From Monday") == true)
        #expect(request.messages.first?.content.contains("Answer in English") == true)
        let proposed = try reply(scene.resume(said(good), to: plan))
        guard case .answer(let text, let citations) = proposed.proposal else {
            throw Rejection("\(proposed.proposal)")
        }
        #expect(text == "On Saturday we open at 9:00.")
        #expect(citations.map(\.passage) == ["hours"])
        let provenance = proposed.provenance
        #expect(provenance.prompt == "answer")
        #expect(provenance.promptHash == scene.stage.prompts.answer.hash)
        #expect(provenance.model == "m-1")
        #expect(provenance.promptTokens == 10)
        #expect(provenance.positions == ["questions.grounded-0@1"])
        #expect(proposed.language == "en")
    }

    @Test(
        "an unsupported answer is sent back once, with the problem named, then the documents speak")
    func unsupported() throws {
        var scene = try Scene(Scene.atOnce)
        let first = try scene.turn(question, model: "m")
        let second = try scene.resume(said("We open at 8:00 [1]."), to: first)
        #expect(try request(scene, second).messages.last?.content.contains("8:00") == true)
        let better = try reply(scene.resume(said(good), to: second))
        #expect(better.answerText == "On Saturday we open at 9:00.")

        var again = try Scene(Scene.atOnce)
        let one = try again.turn(question, model: "m")
        let two = try again.resume(said("We open at 8:00 [1]."), to: one)
        let proposed = try reply(again.resume(said("We open at 8:30 [1]."), to: two))
        #expect(proposed.answerText?.contains("On Saturday we open at 9:00") == true)
        #expect(proposed.provenance.fallback == .unsupported)
        #expect(proposed.provenance.model == "built-in")
        #expect(proposed.provenance.promptTokens == 20)
        #expect(proposed.provenance.checks?.map(\.verdict) == [.heldBack, .heldBack])
        #expect(proposed.provenance.checks?.first?.problem?.contains("8:00") == true)
    }

    @Test("where the documents say nothing either, a person is asked for the model's reason")
    func unsupportedAndUnanswered() throws {
        var scene = try Scene(Scene.atOnce)
        let one = try scene.turn("Do you sell surfboards?", model: "m")
        let two = try scene.resume(said("Yes, surfboards cost 90 euros [1]."), to: one)
        let proposed = try reply(scene.resume(said("Surfboards cost 80 euros [1]."), to: two))
        #expect(proposed.handoffReason == .unsupported)
        #expect(proposed.provenance.fallback == nil)
    }

    @Test("what surely has no answer is not put to a model")
    func gate() throws {
        var scene = try Scene(Scene.atOnce)
        scene.answerability = Answerability(probability: 0.1, zone: .none, coefficients: "x/1")
        let none = try reply(scene.turn(question, model: "m"))
        #expect(none.handoffReason == .unanswered)
        #expect(none.provenance.checks == [Provenance.Check(.notAsked)])
        #expect(none.provenance.prompt == nil)
        #expect(try reply(scene.turn(question)).handoffReason == .unanswered)
        scene.answerability = Answerability(probability: 0.9, zone: .answer, coefficients: "x/1")
        let sure = try scene.turn(question, model: "m")
        // A model that declines what surely is there is weak: the documents speak.
        let quoted = try reply(scene.resume(said("HANDOFF"), to: sure))
        #expect(quoted.answerText?.contains("9:00") == true)
        #expect(quoted.provenance.fallback == .unanswered)
    }

    @Test("what perhaps answers is quoted with the question whether it helped; a no asks a person")
    func unsure() throws {
        var scene = try Scene(Scene.atOnce)
        scene.answerability = Answerability(probability: 0.5, zone: .unsure, coefficients: "x/1")
        let quoted = try reply(scene.turn(question))
        #expect(quoted.answerText?.contains("9:00") == true)
        #expect(quoted.answerText?.contains("help") == false)
        #expect(quoted.followUp?.hasPrefix("Did that help?") == true)
        #expect(quoted.hasHelped == nil)
        var other = scene
        let refused = try reply(scene.turn("no"))
        #expect(refused.handoffReason == .unanswered)
        #expect(refused.hasHelped == false)
        let confirmed = try reply(other.turn("yes"))
        guard case .courtesy = confirmed.proposal else {
            throw Rejection("a yes is not taken for one")
        }
        #expect(confirmed.hasHelped == true)
    }

    @Test("an answer in another language than the customer's is sent back")
    func language() throws {
        var scene = try Scene(Scene.atOnce)
        let first = try scene.turn("¿A qué hora abren los sábados por la mañana?", model: "m")
        let second = try scene.resume(
            said("On Saturday we open at 9:00 and close at 14:00 [1]."), to: first)
        let text = try #require(try request(scene, second).messages.last?.content)
        #expect(text.contains("It is in English, but should be in Spanish."))
    }

    @Test("Markdown is turned into WhatsApp's marks")
    func marks() {
        #expect(
            WhatsAppText.of("**Bold** and [here](sol.example/a)")
                == "*Bold* and here: sol.example/a")
        #expect(WhatsAppText.of("## Hours\ntext") == "*Hours*\ntext")
        #expect(WhatsAppText.of("We open at 9:00 [1](see it)") == "We open at 9:00 [1](see it)")
    }

    private func searches(_ query: String) -> OrchestratorAnswer {
        said(
            "",
            tools: [ToolCall(id: "t1", name: "search", arguments: #"{"query": "\#(query)"}"#)])
    }

    @Test("a search adds passages")
    func search() throws {
        var scene = try Scene(Scene.atOnce)
        let first = try scene.turn("Is there parking?", model: "m")
        let looking = try scene.resume(searches("parking"), to: first)
        #expect(try scene.call(of: looking) == .search(tenant: "sol", query: "parking"))
        let parking = Scene.passage(
            "parking", "The car park costs 2.40 euros an hour.", heading: "Parking")
        let second = try scene.resume(.found([Scene.hours, parking]), to: looking)
        let last = try #require(try request(scene, second).messages.last)
        #expect(last.content.contains("[2] Parking: The car park"))
        #expect(!last.content.contains("[3]"))
        let proposed = try reply(
            scene.resume(said("The car park costs 2.40 euros an hour [2]."), to: second))
        guard case .answer(_, let citations) = proposed.proposal else {
            throw Rejection("\(proposed.proposal)")
        }
        #expect(citations.map(\.passage) == ["parking"])
        #expect(proposed.provenance.passages.count == 2)
    }

    @Test("the loop ends: after a model that only searches the documents speak")
    func bounded() throws {
        var scene = try Scene(Scene.atOnce)
        var plan = try scene.turn(question, model: "m")
        for _ in 0..<scene.stage.settings.mostModelCalls {
            plan = try scene.resume(searches("x"), to: plan)
            plan = try scene.resume(.found([]), to: plan)
        }
        #expect(try reply(plan).provenance.fallback == .unanswered)
    }

    @Test("the model may hand over, and may decline")
    func declines() throws {
        let call = ToolCall(id: "t", name: "handoff", arguments: #"{"reason": "no idea"}"#)
        for answer in [said("HANDOFF"), said("", tools: [call])] {
            var scene = try Scene(Scene.atOnce)
            let proposed = try reply(
                scene.resume(answer, to: scene.turn(question, model: "m")))
            #expect(proposed.handoffReason == .unanswered)
        }
    }

    @Test("a model that fails or takes too long is never silence")
    func failure() throws {
        var scene = try Scene(Scene.atOnce)
        let plan = try scene.turn("¿A qué hora abren?", model: "m")
        let proposed = try reply(scene.fail(plan))
        guard case .handoff(.modelFailure, _, let notice) = proposed.proposal else {
            throw Rejection("\(proposed.proposal)")
        }
        #expect(notice.contains("compañero"))

        var slow = try Scene(Scene.atOnce)
        let first = try slow.turn(question, model: "m")
        slow.now = slow.now + .seconds(60)
        let late = try reply(slow.resume(said("We open at 8:00 [1]."), to: first))
        #expect(late.answerText?.contains("On Saturday we open at 9:00") == true)
        #expect(late.provenance.fallback == .modelFailure)
    }

    @Test("the tries of a completion fit into the turn")
    func retries() throws {
        let scene = try Scene()
        let request = CompletionRequest(
            tenant: "sol", model: "m", messages: [], tools: [], longestAnswer: 1,
            deadline: Timestamp(seconds: 0))
        var long = request
        let start = Timestamp(seconds: 1_000)
        long.deadline = start + scene.stage.settings.turnTime
        let policy = scene.stage.retryPolicy(for: .complete(long))
        var total = Duration.zero
        var attempt = 1
        while let wait = policy.wait(
            after: attempt, jitter: 1, atLeast: nil, now: start + total)
        {
            total += wait
            attempt += 1
        }
        #expect(total < scene.stage.settings.turnTime)
        #expect(attempt > 4)
    }

    @Test(
        "whatever a server asks to wait, no try begins after the turn's time",
        arguments: [Duration.seconds(44), .seconds(180), .seconds(3600)])
    func patience(_ asked: Duration) throws {
        let scene = try Scene()
        let now = Timestamp(seconds: 1_000)
        let request = CompletionRequest(
            tenant: "sol", model: "m", messages: [], tools: [], longestAnswer: 1,
            deadline: now + scene.stage.settings.turnTime)
        let wait = scene.stage.retryPolicy(for: .complete(request))
            .wait(after: 1, jitter: 0, atLeast: asked, now: now)
        #expect(wait == (asked < scene.stage.settings.turnTime ? asked : nil))
        for call in [
            OrchestratorCall.search(tenant: "sol", query: "x"),
            .compare(question: "x", texts: [], vector: nil),
        ] {
            #expect(
                scene.stage.retryPolicy(for: call)
                    .wait(after: 1, jitter: 0, atLeast: asked, now: now) == nil)
        }
    }

    private func stopped(_ text: String, _ reason: String) -> OrchestratorAnswer {
        .completed(Completion(text: text, model: "m-1", finishReason: reason))
    }

    @Test(
        "half an answer is sent back once, then the documents speak",
        arguments: ["length", "unknown"])
    func half(_ reason: String) throws {
        var scene = try Scene(Scene.atOnce)
        let first = try scene.turn(question, model: "m")
        let second = try scene.resume(stopped(good, reason), to: first)
        #expect(try request(scene, second).messages.last?.content.contains("cut off") == true)
        let proposed = try reply(scene.resume(stopped(good, reason), to: second))
        #expect(proposed.provenance.fallback == .unsupported)
    }

    @Test("a refusal is never sent", arguments: ["content_filter", "refusal"])
    func refusal(_ reason: String) throws {
        var scene = try Scene(Scene.atOnce)
        let proposed = try reply(
            scene.resume(stopped(good, reason), to: scene.turn(question, model: "m")))
        #expect(proposed.handoffReason == .unanswered)
    }

    @Test("what is too long for the model is asked once more with less, then a person is asked")
    func tooLong() throws {
        var scene = try Scene(Scene.atOnce)
        for number in 1...4 {
            scene.state.recent.append(
                Dialogue.Line(isCustomer: true, text: "line \(number)", at: scene.now))
        }
        let passages = (1...4).map { Scene.passage("p\($0)", "Passage \($0) is about rain.") }
        let plan = try scene.turn(question, passages: passages, model: "m")
        let whole = try request(scene, plan)
        let shorter = try scene.resume(.tooLong, to: plan)
        let less = try request(scene, shorter)
        let text = try #require(less.messages.last?.content)
        #expect(text.contains("Passage 2") && !text.contains("Passage 3"))
        #expect(text.contains("line 4") && !text.contains("line 2"))
        #expect(text.contains(question))
        #expect(less.messages.count == 2)
        #expect(text.count < (whole.messages.last?.content.count ?? 0))
        #expect(try reply(scene.resume(.tooLong, to: shorter)).handoffReason == .modelFailure)
    }

    @Test("an answer in another language is compared by meaning before it is sent")
    func foreign() throws {
        func end(_ cosine: Double) throws -> ProposedReply {
            var scene = try Scene(Scene.atOnce)
            let first = try scene.turn(
                "¿Abren los sábados por la mañana?", model: "m", search: .vectorsAndText)
            let comparing = try scene.resume(said("Sí, abrimos los sábados [1]."), to: first)
            guard case .compare(let statement, let texts, nil) = try scene.call(of: comparing)
            else { throw Rejection("nothing compared: \(comparing)") }
            #expect(statement == "Sí, abrimos los sábados.")
            let plan = try scene.resume(
                .similarities(texts.map { $0.contains("On Saturday") ? cosine : 0.7 }),
                to: comparing)
            guard case .call = plan else { return try reply(plan) }
            return try reply(scene.resume(said("HANDOFF"), to: plan))
        }
        #expect(try end(0.9).answerText == "Sí, abrimos los sábados.")
        #expect(try end(0.8).handoffReason == .unanswered)
    }

    @Test("where the comparison fails, an answer without facts is in doubt")
    func comparisonFails() throws {
        var scene = try Scene(Scene.atOnce)
        let first = try scene.turn(
            "¿Abren los sábados por la mañana?", model: "m", search: .vectorsAndText)
        let comparing = try scene.resume(said("Sí, abrimos los sábados [1]."), to: first)
        let corrected = try scene.fail(comparing)
        #expect(try request(scene, corrected).messages.last?.content.contains("abrimos") == true)
        let again = try scene.resume(said("El sábado abrimos a las 9:00 [1]."), to: corrected)
        // A time of the passage shows what it rests on.
        #expect(try reply(scene.fail(again)).answerText == "El sábado abrimos a las 9:00.")
    }

    @Test("a second turn knows the first")
    func history() throws {
        var scene = try Scene(Scene.atOnce)
        _ = try scene.resume(said(good), to: scene.turn(question, model: "m"))
        let next = try request(scene, scene.turn("and when do you close?", model: "m"))
        let text = try #require(next.messages.last?.content)
        #expect(text.contains("Customer: \(question)"))
        #expect(text.contains("You: On Saturday we open at 9:00."))
    }
}

import Conversation
import MediaStage
import Records
import StageRuntime
import Testing

@Suite("The media stage")
struct MediaStageTests {
    private static let day = Duration.seconds(86_400)
    private static let start = Timestamp(seconds: 1_800_000_000)
    private let stage = MediaStage()

    private static func message(_ content: MessageContent) -> InboundMessage {
        InboundMessage(
            tenant: "sol", conversation: "c1", number: "n1", message: "m1",
            contact: Contact(phone: "34600111222"), sentAt: start, receivedAt: start,
            content: content)
    }

    private static let picture = MessageContent.image(
        Media(id: "77", mediaType: "image/jpeg", sha256: "aGk=", caption: "my bike"))
    private static let blob = BlobReference(sha256: "ab12", mediaType: "image/png", size: 9)

    private static func input(_ payload: any Payload) -> StageInput {
        .record(
            payload,
            RecordHeaders(
                id: "r1", type: type(of: payload).type, source: "test", time: start,
                subject: payload.key, correlation: "in-1", causation: "in-1", tenant: "sol"),
            position: RecordPosition(topic: "media.requests", partition: 0, offset: 1))
    }

    private static func timer(_ name: String) -> StageInput {
        .timer(
            FiredTimer(
                id: "t1", name: name, due: start, note: "", correlation: "in-1", tenant: "sol"))
    }

    private static func context(
        _ input: StageInput, at now: Timestamp = start, keptDays: Int = 30
    ) -> StageContext {
        StageContext(
            stage: "media", input: input, key: "c1", now: now, step: 0,
            settings: MediaSettings(keptDays: keptDays))
    }

    private static let request = input(MediumRequest(message: message(picture), inbound: "in-1"))

    private func fetch(_ plan: Plan<MediaCall>) throws -> FetchRequest {
        guard case .call(.fetch(let fetch)) = plan else { throw Rejection("no fetch: \(plan)") }
        return fetch
    }

    private func effects(_ plan: Plan<MediaCall>) throws -> Effects {
        guard case .finish(let effects) = plan else { throw Rejection("not finished: \(plan)") }
        return effects
    }

    @Test("fetches a message's medium within its kind's size, and tells what there is of it")
    func fetches() throws {
        var state = MediaState()
        let context = Self.context(Self.request)
        let fetch = try fetch(stage.begin(context.input, &state, context))
        #expect(fetch.id == "77" && fetch.sha256 == "aGk=" && fetch.number == "n1")
        #expect(fetch.limit == 16 * 1024 * 1024)
        let effects = try effects(
            stage.resume(.kept(Self.blob), to: .fetch(fetch), &state, context))
        let kept = try #require(effects.outputs.first?.payload as? KeptMedium)
        #expect(kept == KeptMedium(tenant: "sol", sha256: "ab12", at: Self.start))
        let fetched = try #require(effects.outputs.last?.payload as? FetchedMedium)
        #expect(fetched.reading == MediumReading(blob: Self.blob))
        #expect(fetched.inbound == "in-1" && fetched.message.message == "m1")
        #expect(effects.timers.isEmpty && state == MediaState())
    }

    @Test("reads what is said or written, and tells of the file where nobody can read it")
    func reads() throws {
        let contents: [(MessageContent, MediumWords)] = [
            (.audio(Media(id: "77", voice: true)), .spoken),
            (.document(Media(id: "77", filename: "a.pdf")), .written),
        ]
        let failure = CallFailure.transient(reason: "away", retryAfterMilliseconds: nil)
        for (content, words) in contents {
            for text in ["Hola", nil] {
                var state = MediaState()
                let input = Self.input(
                    MediumRequest(message: Self.message(content), inbound: "in-1"))
                let context = Self.context(input)
                let fetch = try fetch(stage.begin(input, &state, context))
                #expect(fetch.words == words)
                guard
                    case .call(.read(let read)) = try stage.resume(
                        .kept(Self.blob), to: .fetch(fetch), &state, context)
                else { throw Rejection("nobody reads it") }
                let plan =
                    if let text {
                        try stage.resume(.read(text), to: .read(read), &state, context)
                    } else {
                        try stage.giveUp(on: .read(read), because: failure, &state, context)
                    }
                let fetched = try effects(plan).outputs.last?.payload as? FetchedMedium
                #expect(fetched?.reading == MediumReading(blob: Self.blob, text: text))
            }
        }
    }

    @Test("says why a medium will never be there, and keeps no file of it")
    func lost() throws {
        for problem in [MediumProblem.gone, .tooLarge, .damaged, .refused] {
            var state = MediaState()
            let context = Self.context(Self.request)
            let fetch = try fetch(stage.begin(context.input, &state, context))
            let effects = try effects(
                stage.resume(.lost(problem), to: .fetch(fetch), &state, context))
            #expect(effects.outputs.count == 1)
            let fetched = effects.outputs.first?.payload as? FetchedMedium
            #expect(fetched?.reading == MediumReading(problem: problem))
        }
    }

    @Test("tries again, ever later, while WhatsApp has it, and then says that it is lost")
    func again() throws {
        var state = MediaState()
        var now = Self.start
        var context = Self.context(Self.request, at: now)
        var plan = try stage.begin(context.input, &state, context)
        let failure = CallFailure.transient(reason: "away", retryAfterMilliseconds: nil)
        var waits = 0
        while true {
            let fetch = try fetch(plan)
            plan = try stage.giveUp(on: .fetch(fetch), because: failure, &state, context)
            let effects = try effects(plan)
            guard case .set(let timer)? = effects.timers.first else {
                let fetched = effects.outputs.first?.payload as? FetchedMedium
                #expect(fetched?.reading.problem == .unavailable)
                break
            }
            #expect(effects.outputs.isEmpty)
            #expect(timer.due > now && timer.due <= now + .seconds(3_600))
            #expect(timer.correlation == "in-1")
            waits += 1
            now = timer.due
            context = Self.context(Self.timer(timer.name), at: now)
            plan = try stage.begin(context.input, &state, context)
        }
        let end = Self.start + Self.day * 7
        #expect(now < end && now > end - .seconds(3_601))
        #expect(waits > 100 && state == MediaState())
    }

    @Test("a medium that waited is told of like any other, and the others go on waiting")
    func waited() throws {
        var state = MediaState()
        let failure = CallFailure.transient(reason: "away", retryAfterMilliseconds: nil)
        for inbound in ["in-1", "in-2"] {
            let input = Self.input(
                MediumRequest(
                    message: Self.message(Self.picture), inbound: RecordID(inbound)))
            let context = Self.context(input)
            let fetch = try fetch(stage.begin(input, &state, context))
            _ = try stage.giveUp(on: .fetch(fetch), because: failure, &state, context)
        }
        let later = Self.context(Self.timer("again"), at: Self.start + .seconds(60))
        let first = try fetch(stage.begin(later.input, &state, later))
        let effects = try effects(
            stage.resume(.kept(Self.blob), to: .fetch(first), &state, later))
        #expect(effects.outputs.count == 2)
        #expect(effects.timers.count == 1)
        #expect(state.waiting?.count == 1)
    }

    @Test("a file goes when the last message that holds it does, by the tenant's present wish")
    func expiry() throws {
        var state = MediaState()
        for at in [Self.start, Self.start + Self.day * 5] {
            let input = Self.input(KeptMedium(tenant: "sol", sha256: "ab12", at: at))
            _ = try stage.begin(input, &state, Self.context(input, at: at))
        }
        let timer = Self.timer("expiry")
        let early = Self.context(timer, at: Self.start + Self.day * 34)
        let effects = try effects(stage.begin(timer, &state, early))
        guard case .set(let next)? = effects.timers.first else {
            Issue.record("nobody looks again")
            return
        }
        #expect(next.due == Self.start + Self.day * 35)
        // The tenant wants less now.
        let sooner = Self.context(timer, at: Self.start + Self.day * 34, keptDays: 20)
        guard case .call(.remove(let tenant, let file)) = try stage.begin(timer, &state, sooner)
        else {
            Issue.record("the file stays")
            return
        }
        #expect(tenant == "sol" && file == "ab12")
        _ = try stage.resume(
            .removed, to: .remove(tenant: tenant, sha256: file), &state, sooner)
        #expect(state == MediaState())
    }

    @Test("a part of a file goes after its day, unless a message holds the same")
    func partExpiry() throws {
        let day = Self.start + Self.day
        let part = Self.input(
            KeptMedium(tenant: "sol", sha256: "ab12", at: Self.start, until: day))
        let message = Self.input(KeptMedium(tenant: "sol", sha256: "ab12", at: Self.start))
        for (inputs, days) in [([part], 1), ([part, message], 30), ([message, part], 30)] {
            var state = MediaState()
            for input in inputs {
                _ = try stage.begin(input, &state, Self.context(input))
            }
            let timer = Self.timer("expiry")
            let end = Self.start + Self.day * days
            let early = Self.context(timer, at: end + .milliseconds(-1))
            let effects = try effects(stage.begin(timer, &state, early))
            guard case .set(let next)? = effects.timers.first else {
                Issue.record("nobody looks again")
                continue
            }
            #expect(next.due == end)
            guard
                case .call(.remove(_, "ab12")) =
                    try stage.begin(timer, &state, Self.context(timer, at: end))
            else {
                Issue.record("it stays")
                continue
            }
        }
    }
}

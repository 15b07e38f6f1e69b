import Conversation
import Records
import SenderStage
import StageRuntime
import Testing

/// One conversation at the sender, with scripted answers and a clock that the test sets.
struct Line {
    var stage = SenderStage()
    var state = SenderState()
    var now = Timestamp(seconds: 1_800_000_000)
    /// What the world answers to sends, first first; with none left, WhatsApp accepts.
    var answers: [SenderAnswer] = []
    var wish = TenantSettings.UnknownOutcome.atMostOnce
    /// Whether the process dies while the next send is under way.
    var crashes = false
    /// What was sent, in order.
    var sends: [SendRequest] = []
    var marks: [MarkRequest] = []
    /// The ids of all records written: no two may be alike.
    var ids: [RecordID] = []
    /// The timers that are set.
    var pending: [String: FiredTimer] = [:]
    /// What each send was answered; `nil` where the process died.
    var given: [SenderAnswer?] = []
    /// The input under way when the process died.
    var unfinished: StageInput?
    private var count = 0
    static let conversation = ConversationID("c0ffee")

    struct Step {
        var deliveries: [Delivery] = []
        var timers: [String: FiredTimer] = [:]
        var ignored: String?
        /// What was counted.
        var events: [String] = []
        /// What others are told of the business's line.
        var reports: [ChannelReport.Word] = []
        var outcomes: [Delivery.Outcome] { deliveries.map(\.outcome) }
    }

    @discardableResult
    mutating func put(_ record: any Payload, id: RecordID? = nil) throws -> Step {
        count += 1
        let id = id ?? RecordID("record-\(count)")
        let headers = RecordHeaders(
            id: id, type: "t", source: "test", time: now, subject: "s",
            correlation: RecordID("story-\(id.rawValue)"), causation: id, tenant: "sol")
        return try run(
            .record(
                record, headers,
                position: RecordPosition(topic: "t", partition: 0, offset: Int64(count))))
    }

    @discardableResult
    mutating func fire(_ timer: FiredTimer?) throws -> Step {
        let timer = try #require(timer)
        now = max(now, timer.due)
        if pending[timer.name] == timer { pending[timer.name] = nil }
        return try run(.timer(timer))
    }

    /// Whether the process died with an input that is not finished.
    var isInterrupted: Bool { unfinished != nil }

    /// The process starts again and begins with the input that it died with.
    @discardableResult
    mutating func restart() throws -> Step? {
        guard let input = unfinished else { return nil }
        unfinished = nil
        return try run(input)
    }

    private mutating func run(_ input: StageInput) throws -> Step {
        var step = Step()
        var context = StageContext(
            stage: stage.name, input: input, key: Self.conversation.rawValue, now: now, step: 0,
            settings: SenderSettings(unknownOutcome: wish))
        // Every step passes through the stored form, so that nothing depends on memory.
        state = try RecordCodec.decode(SenderState.self, from: RecordCodec.encode(state))
        var working = state
        var plan = try stage.begin(input, &working, context)
        while true {
            let call: SenderCall
            switch plan {
            case .finish(let effects):
                keep(effects, working, in: &step)
                return step
            case .ignore(let reason):
                state = working
                step.ignored = reason
                return step
            case .commit(let effects, then: let next):
                keep(effects, working, in: &step)
                call = next
            case .call(let next): call = next
            }
            guard let answer = answer(to: call) else {
                unfinished = input
                return step
            }
            context.step += 1
            plan = try stage.resume(answer, to: call, &working, context)
        }
    }

    private mutating func keep(_ effects: Effects, _ working: SenderState, in step: inout Step) {
        state = working
        ids += effects.outputs.map(\.id)
        step.deliveries += effects.outputs.compactMap { $0.payload as? Delivery }
        step.events += effects.events
        step.reports += effects.outputs.compactMap { ($0.payload as? ChannelReport)?.word }
        for effect in effects.timers {
            switch effect {
            case .set(let timer):
                step.timers[timer.name] = timer
                pending[timer.name] = timer
            case .cancel(let name):
                step.timers[name] = nil
                pending[name] = nil
            }
        }
    }

    private mutating func answer(to call: SenderCall) -> SenderAnswer? {
        switch call {
        case .mark(let request):
            marks.append(request)
            return .marked(true)
        case .send(let request):
            sends.append(request)
            if crashes {
                crashes = false
                given.append(nil)
                return nil
            }
            let answer =
                answers.isEmpty
                ? .accepted(MessageID("wamid-\(sends.count)")) : answers.removeFirst()
            given.append(answer)
            return answer
        }
    }

    @discardableResult
    mutating func say(
        _ text: String, id: RecordID? = nil, epoch: Int = 0,
        author: OutboundMessage.Author = .bot(Provenance(passages: [], model: "built-in")),
        anchor: Timestamp? = nil, recipient: Contact = Contact(userID: "ES.1", phone: "34600"),
        content: OutboundMessage.Content? = nil
    ) throws -> Step {
        try put(
            OutboundMessage(
                tenant: "sol", conversation: Self.conversation, number: "n1",
                recipient: recipient, epoch: epoch, content: content ?? .text(text),
                author: author, answers: ["w1"], windowAnchor: anchor ?? now, at: now),
            id: id ?? RecordID(text))
    }

    @discardableResult
    mutating func owner(_ epoch: Int) throws -> Step {
        try put(
            OwnershipChange(
                tenant: "sol", conversation: Self.conversation, epoch: epoch, mode: .queued,
                at: now))
    }

    @discardableResult
    mutating func status(
        _ progress: MessageStatus.Progress, _ message: MessageID, data: AttemptID? = nil,
        errors: [PlatformError]? = nil, of number: BusinessNumberID = "n1",
        tenant: TenantID = "sol"
    ) throws -> Step {
        try put(
            MessageStatus(
                tenant: tenant, conversation: Self.conversation, number: number,
                message: message, progress: progress, at: now, receivedAt: now,
                callbackData: data?.description, errors: errors))
    }

    var texts: [String] { sends.map(\.content.transcriptText) }
}

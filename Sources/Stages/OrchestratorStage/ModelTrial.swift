package import Conversation
import Records
package import StageRuntime

/// Tries a model on a small set of cases, each a turn of this very stage: with its prompts, tools
/// and checks, beside what the built-in answerer makes of the same.
///
/// Whoever runs it makes the calls that it asks for, and tells it what came of them.
package struct ModelTrial: Sendable {
    /// A question with what should come of it.
    struct Case: Sendable {
        var question: String
        var passages: [RankedPassage]
        /// One of these stands in a right answer; none where a person should answer.
        var answers: [String]
    }

    private let stage: OrchestratorStage
    private let tenant: TenantID
    private let settings: TurnSettings
    /// Each case is asked twice: without the model, then with it.
    private var round = 0
    private var state = Dialogue()
    private var step = 0
    private var begun = Timestamp(seconds: 0)
    private var waiting: OrchestratorCall?
    private var failure: CallFailure?
    private var failures = 0
    private var (right, wrong, rightBuiltIn) = (0, 0, 0)

    /// Prepares to try the model that `settings` name, for a business whose own prompt it is given.
    package init(
        _ stage: OrchestratorStage, of tenant: TenantID, _ settings: TurnSettings
    ) {
        self.stage = stage.atOnce
        self.tenant = tenant
        self.settings = settings
    }

    /// Why nothing can be known of the model: it answered nothing the first times that it was
    /// asked, and need not be waited for again and again.
    package private(set) var silence: CallFailure?

    /// Begins; answers the first call that is to be made.
    package mutating func begin(at now: Timestamp) throws(Rejection) -> OrchestratorCall? {
        try advance(try beginTurn(at: now), at: now)
    }

    /// Goes on with what came of a call; answers the next, or `nil` at the end.
    package mutating func resume(
        _ answer: Result<OrchestratorAnswer, CallFailure>, at now: Timestamp
    ) throws(Rejection) -> OrchestratorCall? {
        guard let call = waiting else { return nil }
        step += 1
        let context = context(at: now)
        let plan: Plan<OrchestratorCall>
        switch answer {
        case .success(let answer):
            plan = try stage.resume(answer, to: call, &state, context)
        case .failure(let failed):
            if case .complete = call { failure = failure ?? failed }
            plan = try stage.giveUp(on: call, because: failed, &state, context)
        }
        return try advance(plan, at: now)
    }

    /// What came of it, once no call is left; `server` is that of a business's own model.
    package func result(at server: String?, _ now: Timestamp) -> ModelTrialResult {
        ModelTrialResult(
            model: settings.model ?? "", server: server, questions: Self.cases.count,
            right: right, rightBuiltIn: rightBuiltIn, wrong: wrong,
            promptHash: stage.prompt(of: tenant).hash, at: now)
    }

    // MARK: Turns

    private var item: Case { Self.cases[round / 2] }
    private var isWithModel: Bool { round % 2 == 1 }

    private mutating func advance(
        _ first: Plan<OrchestratorCall>, at now: Timestamp
    ) throws(Rejection) -> OrchestratorCall? {
        var plan = first
        while true {
            if case .call(let call) = plan, step < Self.mostSteps {
                waiting = call
                return call
            }
            waiting = nil
            var reply: ProposedReply?
            if case .finish(let effects) = plan {
                reply = effects.outputs.lazy.compactMap { $0.payload as? ProposedReply }.first
            }
            count(reply)
            round += 1
            guard round < Self.cases.count * 2, silence == nil else { return nil }
            plan = try beginTurn(at: now)
        }
    }

    /// A turn asks no more often than this, whatever a model does.
    private static let mostSteps = 40
    /// So many turns without an answer of the model's are enough to know that it gives none.
    private static let mostSilent = 2

    private mutating func beginTurn(
        at now: Timestamp
    ) throws(Rejection) -> Plan<OrchestratorCall> {
        state = Dialogue()
        (step, failure, begun) = (0, nil, now)
        return try stage.begin(input, &state, context(at: now))
    }

    private mutating func count(_ reply: ProposedReply?) {
        if failure != nil { failures += 1 }
        if isWithModel, failures == Self.mostSilent, failures == round / 2 + 1 {
            silence = failure
        }
        let isOwn = failure == nil && reply?.provenance.fallback == nil
        switch reply?.proposal {
        case .answer(let text, _):
            let said = TextFolding.fold(text)
            let isRight = item.answers.contains { said.contains(TextFolding.fold($0)) }
            guard isWithModel else {
                rightBuiltIn += isRight ? 1 : 0
                return
            }
            // What stood in for a model is neither its merit nor its fault.
            guard isOwn else { return }
            if isRight { right += 1 } else { wrong += 1 }
        case .handoff where item.answers.isEmpty:
            if !isWithModel { rightBuiltIn += 1 } else if isOwn { right += 1 }
        case .handoff, .courtesy, .silence, nil: return
        }
    }

    private func context(at now: Timestamp) -> StageContext {
        var settings = settings
        if !isWithModel { settings.model = nil }
        return StageContext(
            stage: stage.name, input: input, key: "trial", now: now, step: step,
            settings: OrchestratorTenant(settings))
    }

    private var input: StageInput {
        let name = "trial-\(round)"
        let message = InboundMessage(
            tenant: tenant, conversation: ConversationID(name), number: "0",
            message: MessageID(name), contact: Contact(userID: "trial"), sentAt: begun,
            receivedAt: begun, content: .text(item.question))
        let question = GroundedQuestion(
            message: message, query: item.question, search: .textOnly, passages: item.passages)
        return .record(
            question,
            RecordHeaders(
                id: RecordID(name), type: GroundedQuestion.type, source: "trial", time: begun,
                subject: name, correlation: RecordID(name), causation: RecordID(name),
                tenant: tenant),
            position: RecordPosition(topic: "trial", partition: 0, offset: Int64(round)))
    }
}

extension OrchestratorStage {
    /// The answer prompt that a business's model is given.
    func prompt(of tenant: TenantID) -> PromptFile { ownPrompts[tenant] ?? prompts.answer }

    /// A stage that waits for no more of a burst.
    fileprivate var atOnce: OrchestratorStage {
        var settings = settings
        settings.burstPause = .zero
        return OrchestratorStage(
            prompts: prompts, settings: settings, tools: tools, ownPrompts: ownPrompts)
    }
}

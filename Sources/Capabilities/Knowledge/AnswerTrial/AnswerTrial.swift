package import Conversation
package import OrchestratorStage
package import RetrievalStage
package import StageRuntime

/// Tries a question: the stages that find and answer decide as they do for customers, with the same
/// passages, prompts and models, and nothing of it is written, sent or counted.
package struct AnswerTrial: Sendable {
    /// What the stages ask of the world.
    package struct World: Sendable {
        /// Finds passages.
        package var search: @Sendable (RetrievalCall) async throws(CallFailure) -> RetrievalAnswer
        /// Answers the orchestrator.
        package var perform:
            @Sendable (OrchestratorCall) async throws(CallFailure) -> OrchestratorAnswer
        /// The clock.
        package var now: @Sendable () -> Timestamp

        /// Names them all.
        package init(
            search:
                @escaping @Sendable (RetrievalCall) async throws(CallFailure)
                -> RetrievalAnswer,
            perform:
                @escaping @Sendable (OrchestratorCall) async throws(CallFailure)
                -> OrchestratorAnswer,
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.search = search
            self.perform = perform
            self.now = now
        }
    }

    /// A call of the turn to the world outside.
    package struct Call: Sendable {
        /// What was asked.
        package var call: OrchestratorCall
        /// What was answered; `nil` where nothing was.
        package var answer: OrchestratorAnswer?
        /// How long it took.
        package var length: Duration
    }

    /// What came of the last question.
    package struct Outcome: Sendable {
        /// What was looked for and found.
        package var question: GroundedQuestion
        /// What would be proposed; `nil` where the turn would wait for another stage.
        package var reply: ProposedReply?
        /// Why there is neither.
        package var ignored: String?
        /// What the turn would ask of another stage, and does not.
        package var wanted: [ToolRequest]
        /// What was asked of the model and the passages, in order.
        package var calls: [Call]
        /// How long it all took.
        package var length: Duration
    }

    /// Timers that are let fire for a question: the pause of a burst, a look for a late tenant.
    private static let mostTimers = 8

    private let retrieval: RetrievalStage
    private let orchestrator: OrchestratorStage
    private let world: World

    /// Tries with these stages.
    package init(
        _ retrieval: RetrievalStage, _ orchestrator: OrchestratorStage, in world: World
    ) {
        self.retrieval = retrieval
        self.orchestrator = orchestrator
        self.world = world
    }

    /// Asks some questions, one after the other as a customer would, and tells what came of the
    /// last; `nil` where there is none.
    ///
    /// - Throws: ``Rejection`` where a stage could do nothing with one.
    package func ask(
        _ questions: [String], of tenant: TenantSettings
    ) async throws(Rejection) -> Outcome? {
        let conversation = ConversationID("trial")
        var finding = StageTrial(
            retrieval, key: conversation.rawValue, settings: retrieval.settings(from: tenant),
            now: world.now, perform: world.search)
        var answering = StageTrial(
            orchestrator, key: conversation.rawValue,
            settings: orchestrator.settings(from: tenant), now: world.now, perform: world.perform)
        var last: Outcome?
        for (number, words) in questions.enumerated() {
            let begun = world.now()
            let id = RecordID("trial-\(number)")
            let message = InboundMessage(
                tenant: tenant.tenant, conversation: conversation,
                number: tenant.numbers.first?.id ?? BusinessNumberID("trial"),
                message: MessageID(id.rawValue), contact: Contact(userID: "trial"), sentAt: begun,
                receivedAt: begun, content: .text(words))
            let found = try await finding.decide(message, id: id, at: Int64(number))
            guard let question = found.outputs.lazy.compactMap({ $0 as? GroundedQuestion }).first
            else { continue }
            let known = answering.calls.count
            var decided = try await answering.decide(
                question, id: RecordID("trial-question-\(number)"), at: Int64(number))
            var outputs = decided.outputs
            var timers = 0
            while !outputs.contains(where: { $0 is ProposedReply || $0 is ToolRequest }),
                timers < Self.mostTimers, let next = try await answering.passTime()
            {
                timers += 1
                decided = next
                outputs += next.outputs
            }
            last = Outcome(
                question: question,
                reply: outputs.lazy.compactMap { $0 as? ProposedReply }.first,
                ignored: decided.ignored, wanted: outputs.compactMap { $0 as? ToolRequest },
                calls: answering.calls[known...].map {
                    Call(call: $0.call, answer: $0.answer, length: $0.length)
                }, length: world.now().since(begun))
        }
        return last
    }
}

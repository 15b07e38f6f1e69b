package import Conversation
package import StageRuntime

/// Sends what the handoff stage allowed: in order, within WhatsApp's limits, and never twice
/// without the tenant's word.
///
/// The intent to call is durable before the call. An attempt whose answer is missing is neither
/// repeated nor forgotten: its callback data comes back in a status, and what is behind it waits.
package struct SenderStage: Stage {
    /// What it asks of the world.
    package typealias Call = SenderCall
    /// What the world answers.
    package typealias Answer = SenderAnswer
    /// What it remembers per conversation.
    package typealias State = SenderState
    /// What it wants to know of a tenant.
    package typealias Settings = SenderSettings

    /// The stage's name.
    package let name = "sender"
    package let reads: [any Payload.Type] = [
        OutboundMessage.self, OwnershipChange.self, SendingResumed.self, MessageStatus.self,
    ]
    private let limits: SenderLimits

    /// Makes the stage.
    package init(limits: SenderLimits = SenderLimits()) {
        self.limits = limits
    }

    /// Begins with something to send, a change of owner, a status or a timer.
    package func begin(
        _ input: StageInput, _ state: inout SenderState, _ context: StageContext
    ) throws(Rejection) -> Plan<SenderCall> {
        var decision = SenderDecision(state: state, context: context, limits: limits)
        decision.recover()
        let plan = try decision.begin(input)
        state = decision.kept
        return plan
    }

    /// Goes on with what WhatsApp answered.
    ///
    /// - Throws: ``Rejection`` if the answer is not one to the call.
    package func resume(
        _ answer: SenderAnswer, to call: SenderCall, _ state: inout SenderState,
        _ context: StageContext
    ) throws(Rejection) -> Plan<SenderCall> {
        var decision = SenderDecision(state: state, context: context, limits: limits)
        let plan: Plan<SenderCall>
        switch call {
        case .mark: plan = .ignore(because: "the customer was shown that the message was seen")
        case .send(let request):
            guard decision.apply(answer, to: request) else { throw mismatch(answer, call) }
            plan = decision.next()
        }
        state = decision.kept
        return plan
    }

    /// Goes on without an answer: a send whose call failed is unknown, a sign is nobody's loss.
    package func giveUp(
        on call: SenderCall, because failure: CallFailure, _ state: inout SenderState,
        _ context: StageContext
    ) throws(Rejection) -> Plan<SenderCall> {
        switch call {
        case .mark: .ignore(because: "the sign to the customer failed: \(failure)")
        case .send:
            try resume(.unknown(because: failure.description), to: call, &state, context)
        }
    }

    /// Sends and signs are never repeated by the runtime: this stage decides.
    package func retryPolicy(for call: SenderCall) -> RetryPolicy { .never }

    /// What the tenant wants done about unknown outcomes.
    package func settings(from tenant: TenantSettings) -> SenderSettings {
        SenderSettings(unknownOutcome: tenant.unknownOutcome, token: tenant.tokenMark)
    }

    /// The tenant's wish was asked for by a call once.
    package var formerCalls: Set<String> { ["policy"] }

    /// An agent's claim goes before the bot's replies that wait in the log: they would talk over
    /// the agent.
    package func overtakes(_ input: StageInput) -> Bool {
        guard case .record(let change as OwnershipChange, _, _) = input else { return false }
        if case .claimed = change.mode { return true }
        return false
    }

    private func mismatch(_ answer: SenderAnswer, _ call: SenderCall) -> Rejection {
        Rejection("the answer does not belong to the call")
    }
}

/// What the sender wants to know of a tenant.
package struct SenderSettings: SettingsPart {
    /// What to do about unknown outcomes; at most once where the tenant says nothing.
    package var unknownOutcome: TenantSettings.UnknownOutcome?
    /// A mark of the token that sends.
    package var token: String?

    /// A tenant that is not known, or says nothing.
    package init() {}

    /// Describes a tenant.
    package init(unknownOutcome: TenantSettings.UnknownOutcome?, token: String? = nil) {
        self.unknownOutcome = unknownOutcome
        self.token = token
    }
}

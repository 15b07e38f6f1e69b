package import Conversation

/// What surrounds one step of a decision.
package struct StageContext: Sendable {
    /// The stage's name.
    package var stage: String
    /// The input that the decision began with.
    package var input: StageInput
    /// The key that the input belongs to.
    package var key: String
    /// The time of this step; the only clock that a stage sees.
    package var now: Timestamp
    /// The number of this step: 0 for `begin`, then one more for each `resume`.
    package var step: Int
    /// A record's value as the log keeps it, sealed where it is; empty for a tombstone and a timer.
    ///
    /// For hashes over what stays when its key is destroyed.
    package var stored: [UInt8] = []
    /// What the stage wants of the tenant's settings, as they were when the decision began.
    private let erased: ErasedSettings?

    /// Describes a step of a tenant that is not known.
    package init(stage: String, input: StageInput, key: String, now: Timestamp, step: Int) {
        self.init(stage: stage, input: input, key: key, now: now, step: step, erased: nil)
    }

    /// Describes a step with the tenant's settings.
    package init(
        stage: String, input: StageInput, key: String, now: Timestamp, step: Int,
        settings: some SettingsPart
    ) {
        self.init(
            stage: stage, input: input, key: key, now: now, step: step,
            erased: ErasedSettings(settings))
    }

    init(
        stage: String, input: StageInput, key: String, now: Timestamp, step: Int,
        erased: ErasedSettings?
    ) {
        self.stage = stage
        self.input = input
        self.key = key
        self.now = now
        self.step = step
        self.erased = erased
    }

    /// The tenant's settings as the stage wants them; they stay what they were at the decision's
    /// beginning.
    package func settings<Part: SettingsPart>(_ part: Part.Type) -> Part {
        erased.map { $0.value.value(of: part) } ?? Part()
    }

    /// The refusal of an input that the stage says it reads, and has no use for.
    package var noUse: Rejection {
        let what =
            switch input {
            case .record(_, let headers, _), .passedOver(let headers, _): headers.type
            case .timer(let timer): "timer \(timer.name)"
            }
        return Rejection("the stage \(stage) has no use for a \(what)")
    }

    /// Empty effects of this step, to be filled.
    package var effects: Effects { Effects(of: self) }
}

/// What a decision ends with: records and timers, committed together with its state.
package struct Effects: Sendable {
    /// A record to write.
    package struct Output: Sendable {
        /// Its id, derived from the input's.
        package var id: RecordID
        /// Its topic.
        package var topic: Topic
        /// Its key.
        package var key: String
        /// Its tenant.
        package var tenant: TenantID
        /// Its value, or `nil` for a tombstone.
        package var payload: (any Payload)?
        /// The inbound message that it all began with.
        package var correlation: RecordID
        /// The record that caused it.
        package var causation: RecordID
    }

    /// A change of one of the key's timers.
    package enum TimerEffect: Sendable, Hashable {
        /// Sets a timer, replacing the key's timer of the same name.
        case set(FiredTimer)
        /// Cancels a timer; harmless if there is none.
        case cancel(name: String)

        /// The timer's name.
        var name: String {
            switch self {
            case .set(let timer): timer.name
            case .cancel(let name): name
            }
        }
    }

    /// The records, in order.
    package private(set) var outputs: [Output] = []
    /// The timer changes, in order.
    package private(set) var timers: [TimerEffect] = []
    /// What happened that operators should see counted, by name.
    package private(set) var events: [String] = []
    private let context: StageContext

    /// Begins the effects of a step.
    package init(of context: StageContext) {
        self.context = context
    }

    /// Writes a record, whose topic and key are the type's, and returns its id.
    ///
    /// `correlation` is the input's unless the record belongs to another message's story.
    @discardableResult
    package mutating func emit(
        _ payload: any Payload, correlation: RecordID? = nil
    ) -> RecordID {
        append(
            topic: Swift.type(of: payload).topic, key: payload.key, tenant: payload.tenant,
            payload: payload, correlation: correlation)
    }

    /// Writes a tombstone: the key's value is gone.
    package mutating func emitTombstone(topic: Topic, key: String, tenant: TenantID) {
        append(topic: topic, key: key, tenant: tenant, payload: nil, correlation: nil)
    }

    /// Sets a timer of the input's key, replacing one of the same name; `note` comes back.
    package mutating func setTimer(
        _ name: String, at due: Timestamp, note: String = "", correlation: RecordID? = nil
    ) {
        let id = RecordID.derived(
            from: context.input.id, by: "\(context.stage)/\(context.step)/timer/\(name)")
        timers.append(
            .set(
                FiredTimer(
                    id: id, name: name, due: due, note: note,
                    correlation: correlation ?? context.input.correlation,
                    tenant: context.input.tenant)))
    }

    /// Counts an event of this name in the process's metrics, once the decision is made.
    ///
    /// A fixed name, as each has a time series of its own. It is no part of what is committed.
    package mutating func count(_ event: String) { events.append(event) }

    /// Cancels a timer of the input's key.
    package mutating func cancelTimer(_ name: String) {
        timers.append(.cancel(name: name))
    }

    @discardableResult
    private mutating func append(
        topic: Topic, key: String, tenant: TenantID, payload: (any Payload)?,
        correlation: RecordID?
    ) -> RecordID {
        let id = RecordID.derived(
            from: context.input.id, by: "\(context.stage)/\(context.step)", index: outputs.count)
        outputs.append(
            Output(
                id: id, topic: topic, key: key, tenant: tenant, payload: payload,
                correlation: correlation ?? context.input.correlation,
                causation: context.input.id))
        return id
    }
}

import Conversation
import EventLog
import Records

/// What the log can never take is set aside with its reason, before anything of it waits for a
/// commit: one conversation's would else be refused again and again, and hold up all others.
extension StageEngine {
    /// A state as it will be stored: encoded once, to be measured and to be committed.
    enum StoredState {
        case unchanged
        /// `nil` if it is the initial one, which is not stored.
        case whole([UInt8]?)
        /// Those of its pieces that changed.
        case divided(StatePieces)
    }

    /// The state that a decision leaves; `nil` if it is too large or cannot be sealed, and then its
    /// input was set aside or dropped.
    mutating func storedState(
        of active: ActiveDecision, key: WorkKey, at now: Timestamp
    ) -> StoredState? {
        guard let known = keys[key]?.state, !stage.isSame(known, active.state) else {
            return .unchanged
        }
        if let division = stage.division {
            return storedPieces(of: active, dividedBy: division, key: key, at: now)
        }
        guard !stage.isSame(active.state, stage.initialState) else { return .whole(nil) }
        let bytes: [UInt8]
        do throws(RecordError) {
            bytes = try sealed(active.state, of: active.input.tenant, key: key)
        } catch {
            stop(active, unwritable: "what the stage remembers of this key", error, key, at: now)
            return nil
        }
        let size = key.key.utf8.count + bytes.count
        guard size > largestRecord else { return .whole(bytes) }
        setAside(active, tooLarge: "what the stage remembers of this key", size, key, at: now)
        return nil
    }

    /// A state as the log keeps it.
    func sealed(
        _ state: any Erased, of tenant: TenantID, key: WorkKey
    ) throws(RecordError) -> [UInt8] {
        try envelope.sealed(
            try state.json(), of: tenant, at: .state(stage: stage.name, key: key.key))
    }

    /// Whether all records fit; if not, the input of the decision was set aside.
    mutating func fit(
        _ records: [Record], of active: ActiveDecision, key: WorkKey, at now: Timestamp
    ) -> Bool {
        guard let large = records.first(where: { $0.size > largestRecord }) else { return true }
        setAside(active, tooLarge: "a record for \(large.topic)", large.size, key, at: now)
        return false
    }

    mutating func setAside(
        _ active: ActiveDecision, tooLarge what: String, _ size: Int, _ key: WorkKey,
        at now: Timestamp
    ) {
        tally.events.append("too_large")
        let failure = Failure(
            reason: "\(what) would take \(size) bytes, and the log takes \(largestRecord)")
        reject(active.item, active.input, because: failure, of: key, at: now, active)
    }

    /// The record of a decision that fits: without its calls and answers if it has to be.
    func fitted(_ decision: Decision, _ headers: RecordHeaders) -> Record? {
        // Text and whole numbers only: it can always be written.
        guard let record = try? envelope.record(decision, headers: headers) else {
            return nil
        }
        guard record.size > largestRecord else { return record }
        var decision = decision
        decision.exchanges = decision.exchanges.map { exchange in
            var exchange = exchange
            exchange.call = RecordedJSON.mark(for: exchange.call)
            exchange.answer = RecordedJSON.mark(for: exchange.answer)
            return exchange
        }
        guard let short = try? envelope.record(decision, headers: headers),  // as above
            short.size <= largestRecord
        else { return nil }
        return short
    }
}

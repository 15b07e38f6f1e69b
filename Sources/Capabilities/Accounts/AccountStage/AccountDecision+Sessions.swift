import AccountRecords
import AuditRecords
import Conversation

/// Signing in, and sessions.
extension AccountDecision {
    mutating func signIn(_ session: NewSession, _ proof: Proof) throws(Refusal) {
        guard let password = state.facts.password else { throw .noPassword }
        guard proof.passwordVersion == password.version else { throw .stalePassword }
        if state.facts.hasFactor { try spend(proof.second) }
        guard session.expires > now, !state.sessions.contains(where: { $0.id == session.id })
        else { throw .unknown }
        let now = now
        state.sessions.removeAll { $0.expires <= now }
        state.sessions.append(
            .init(id: session.id, expires: session.expires, proven: now, used: now))
        done(.signedIn(session))
        while state.sessions.count > AccountLimits.sessions {
            tell(.sessionEnded(state.sessions.removeFirst().id))
        }
    }

    /// Spends a second factor: each code once, and none before one that was accepted.
    private mutating func spend(_ second: Proof.Second?) throws(Refusal) {
        switch second {
        case .code(let id, let step)?:
            guard state.facts.factor?.id == id, state.facts.hasFactor else {
                throw .secondFactor
            }
            try spend(step: step)
        case .backupCode(let hash)?:
            guard let place = state.backupCodes.firstIndex(of: hash) else { throw .usedCode }
            state.backupCodes.remove(at: place)
        case nil: throw .secondFactor
        }
    }

    mutating func spend(step: Int64) throws(Refusal) {
        guard let last = state.facts.factor?.lastStep, step > last else { throw .usedCode }
        state.facts.factor?.lastStep = step
    }

    /// Proves who it is by the strongest factor that there is.
    mutating func prove(
        _ id: SessionID, _ tokenHash: String, _ proof: Proof
    ) throws(Refusal) {
        guard let place = state.sessions.firstIndex(where: { $0.id == id }),
            now < state.sessions[place].expires
        else { throw .unknown }
        if state.facts.hasFactor {
            try spend(proof.second)
        } else {
            guard let version = proof.passwordVersion, version == state.facts.password?.version
            else { throw .stalePassword }
        }
        state.sessions[place].proven = now
        done(.proven(id, tokenHash: tokenHash))
    }

    mutating func noteUse(_ id: SessionID) throws(Refusal) {
        guard let place = state.sessions.firstIndex(where: { $0.id == id }),
            now < state.sessions[place].expires
        else { throw .unknown }
        guard now >= state.sessions[place].used + AccountLimits.betweenUses else {
            throw .tooSoon
        }
        state.sessions[place].used = now
        done(.used(id))
    }

    mutating func endSession(_ id: SessionID) throws(Refusal) {
        try requireOwnOrOperator()
        guard let place = state.sessions.firstIndex(where: { $0.id == id }) else {
            throw .unknown
        }
        state.sessions.remove(at: place)
        done(.sessionEnded(id))
    }

    mutating func endSessions() throws(Refusal) {
        try requireOwnOrOperator()
        let kept = raiseEpoch()
        done(.sessionsEnded, kept: kept)
    }

    /// Ends all sessions but the one that acts: no path that calls this can forget one.
    mutating func raiseEpoch() -> SessionID? {
        let kept = actingSession
        state.epoch += 1
        state.sessions.removeAll { $0.id != kept }
        return state.sessions.first?.id
    }

    mutating func rename(_ name: String, _ language: String?) throws(Refusal) {
        try requireOwnOrOperator()
        let before = state.facts.name
        state.facts.name = name
        state.facts.language = language
        done(.renamed, changes: before == name ? [] : [AuditChange("name", before, name)])
    }
}

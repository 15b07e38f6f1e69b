import AccountRecords
import AuditRecords
import Conversation

/// Passwords and second factors.
extension AccountDecision {
    mutating func changePassword(_ hash: String) throws(Refusal) {
        try requireOwn(proven: true)
        setPassword(hash)
        let kept = raiseEpoch()
        done(.passwordChanged, kept: kept)
        mail(.passwordChanged)
    }

    private mutating func setPassword(_ hash: String) {
        let version = (state.facts.password?.version ?? 0) + 1
        state.facts.password = .init(hash: hash, version: version)
        state.reset = nil
    }

    mutating func rehashPassword(_ hash: String, _ version: Int) throws(Refusal) {
        guard state.facts.password?.version == version else { throw .stalePassword }
        state.facts.password?.hash = hash
        done(.passwordRehashed)
    }

    // MARK: The second factor

    mutating func offerFactor(_ id: FactorID, _ secret: Sealed) throws(Refusal) {
        try requireOwn(proven: true)
        guard !state.facts.hasFactor else { throw .exists }
        state.facts.factor = .init(id: id, sealed: secret, isActive: false, lastStep: 0)
        done(.factorOffered)
    }

    /// The code that shows that the phone has the secret is spent, too.
    mutating func confirmFactor(
        _ id: FactorID, _ step: Int64, _ backupCodes: [String]
    ) throws(Refusal) {
        try requireOwn(proven: true)
        guard let factor = state.facts.factor, factor.id == id, !factor.isActive else {
            throw .unknown
        }
        try spend(step: step)
        state.facts.factor?.isActive = true
        state.backupCodes = backupCodes
        let kept = raiseEpoch()
        done(.factorActivated, kept: kept)
        mail(.factorChanged)
    }

    mutating func removeFactor() throws(Refusal) {
        try requireOwn(proven: true)
        guard state.facts.hasFactor else { throw .unknown }
        dropFactor()
    }

    mutating func resetFactor() throws(Refusal) {
        try requireOperator()
        guard state.facts.factor != nil else { throw .unknown }
        dropFactor()
    }

    private mutating func dropFactor() {
        state.facts.factor = nil
        state.backupCodes = []
        let kept = raiseEpoch()
        done(.factorRemoved, kept: kept)
        mail(.factorChanged)
    }

    mutating func renewBackupCodes(_ codes: [String]) throws(Refusal) {
        try requireOwn(proven: true)
        guard state.facts.hasFactor else { throw .unknown }
        state.backupCodes = codes
        done(.backupCodesRenewed)
    }

    mutating func resealFactor(_ id: FactorID, _ secret: Sealed) throws(Refusal) {
        guard state.facts.factor?.id == id else { throw .unknown }
        state.facts.factor?.sealed = secret
        done(.factorResealed)
    }

    // MARK: Links

    mutating func startVerification(_ token: OneTimeToken) throws(Refusal) {
        guard !state.facts.isVerified else { throw .exists }
        try requirePause(after: state.verification)
        state.verification = .init(token, at: now)
        done(.verificationSent)
        mail(.verification, token: token)
    }

    mutating func verify(_ hash: String) throws(Refusal) {
        guard state.verification?.matches(hash, at: now) == true else { throw .badToken }
        state.verification = nil
        state.facts.isVerified = true
        done(.verified)
    }

    mutating func startReset(_ token: OneTimeToken) throws(Refusal) {
        try requirePause(after: state.reset)
        state.reset = .init(token, at: now)
        done(.resetSent)
        mail(state.facts.password == nil ? .welcome : .reset, token: token)
    }

    /// Whoever opened the link has the address, and nothing else: the second factor stays.
    mutating func reset(_ hash: String, _ password: String) throws(Refusal) {
        guard state.reset?.matches(hash, at: now) == true else { throw .badToken }
        setPassword(password)
        state.facts.isVerified = true
        state.verification = nil
        let kept = raiseEpoch()
        done(.passwordReset, kept: kept)
        mail(.passwordChanged)
    }

    private func requirePause(after sent: AccountState.Sent?) throws(Refusal) {
        guard let sent, now < sent.at + AccountLimits.betweenLinks else { return }
        throw .tooSoon
    }
}

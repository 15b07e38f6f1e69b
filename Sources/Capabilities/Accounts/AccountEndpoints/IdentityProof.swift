import AccountAccess
import AccountRecords
import AccountRules
import AccountSecrets
import AccountView
import Conversation
import Cryptography
import Endpoints
import HTTPServer
import Synchronization

/// What somebody sends to prove who they are, checked as far as it can be outside of the fold,
/// which spends it.
struct IdentityProof {
    let entrance: Entrance
    let request: HTTPRequest

    init(_ entrance: Entrance, _ request: HTTPRequest) {
        self.entrance = entrance
        self.request = request
    }

    /// The strongest proof that the account has: a code, or else the password.
    func proof(of row: AccountRow, _ body: ProofBody) async throws -> Proof {
        let source = SignInThrottle.Source.knownBrowser("session of \(row.account)")
        if row.facts.hasFactor {
            guard let code = body.code, !code.isEmpty else {
                throw Problem(.secondFactor, "type the code that your authenticator app shows")
            }
            return Proof(second: try await second(code, of: row, from: source))
        }
        guard let password = body.password, !password.isEmpty else {
            throw Problem(.wrongCredentials, "type your password")
        }
        let now = entrance.now
        let name = row.facts.address?.text.lowercased() ?? ""
        try begin(\.passwords, name, source, now)
        let stored = row.facts.password.map { PasswordHash(stored: $0.hash) }
        let verdict: PasswordHasher.Verdict
        do throws(PasswordHasherError) {
            verdict = try await entrance.parts.hasher.check(
                PasswordPolicy.normalised(password), against: stored)
        } catch {
            throw Entrance.problem(error)
        }
        guard verdict != .wrong else {
            throw Problem(.wrongCredentials, "this is not your password")
        }
        entrance.throttles.withLock { $0.passwords.succeeded(account: name, from: source, at: now) }
        return Proof(passwordVersion: row.facts.password?.version)
    }

    /// The second factor that a code or backup code is.
    func second(
        _ typed: String, of row: AccountRow, from source: SignInThrottle.Source
    ) async throws -> Proof.Second {
        let now = entrance.now
        let name = row.account.rawValue
        try begin(\.factors, name, source, now)
        if let code = BackupCode(typed: typed) {
            // Whether it is one of theirs, and was not used, the fold knows.
            return .backupCode(hash: code.hash)
        }
        guard let factor = row.facts.factor, row.facts.hasFactor,
            let password = FactorSecret(entrance.parts.ring).opened(factor),
            let step = try password.step(of: typed, at: now.milliseconds / 1000)
        else {
            throw Problem(.wrongCode, "this is not the code that the app shows now")
        }
        entrance.throttles.withLock { $0.factors.succeeded(account: name, from: source, at: now) }
        return .code(factor.id, step: step)
    }

    private func begin(
        _ throttle: any WritableKeyPath<Entrance.Throttles, SignInThrottle> & Sendable,
        _ name: String,
        _ source: SignInThrottle.Source, _ now: Timestamp
    ) throws(Problem) {
        let verdict = entrance.throttles.withLock {
            $0[keyPath: throttle].begin(account: name, from: source, at: now)
        }
        guard case .wait(let seconds) = verdict else { return }
        throw Problem(.throttled, "too many attempts; try again in \(seconds) s")
    }
}

/// Second factors' secrets, sealed for their factor alone.
struct FactorSecret {
    private let secrets: AccountSecrets

    init(_ ring: KeyRingStore) { secrets = AccountSecrets(ring) }

    func sealed(_ password: OneTimePassword, _ id: FactorID) throws(Problem) -> Sealed {
        do throws(KeyRingError) {
            return try secrets.seal(password.secretText, .factor(id))
        } catch {
            throw Problem(.unexpected, "the secret cannot be sealed: \(error)")
        }
    }

    /// The secret; `nil` where no key opens it.
    func opened(_ factor: AccountFacts.Factor) -> OneTimePassword? {
        do throws(KeyRingError) {
            let text = try secrets.open(factor.sealed, .factor(factor.id))
            return Base32.decode(text).map { OneTimePassword(secret: $0) }
        } catch {
            return nil
        }
    }

    /// The same secret under the newest key; `nil` where it is, or cannot be opened.
    func resealed(_ factor: AccountFacts.Factor) -> Sealed? {
        do throws(KeyRingError) {
            return try secrets.resealed(factor.sealed, .factor(factor.id))
        } catch {
            return nil
        }
    }
}

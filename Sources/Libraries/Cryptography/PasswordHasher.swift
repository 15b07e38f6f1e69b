import Dispatch
import Glibc
import Synchronization

/// Why a password was not hashed or checked.
package enum PasswordHasherError: Error, Equatable, CustomStringConvertible {
    /// So many others wait already that it is better to come again; a server answers 503.
    case busy
    /// libcrypto refused, or what is stored is no hash.
    case failed(CryptographyError)

    /// One sentence for a log line.
    package var description: String {
        switch self {
        case .busy: "too many passwords are being checked at the moment; try again"
        case .failed(let error): error.description
        }
    }
}

/// Hashes and checks passwords on threads of its own, a few at a time.
///
/// One hash takes 32 MiB and a third of a second of a core, so what anybody may ask for without
/// being known is limited: one core stays free, a few wait, and the rest is told to come again
/// (OWASP, Password Storage Cheat Sheet: hashing must not become a denial of service).
package final class PasswordHasher: Sendable {
    private struct State {
        var running = 0
        var taken = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let workers: Int
    private let mostWaiting: Int
    private let cost: PasswordHash.Cost
    private let decoy: PasswordHash
    private let queue = DispatchQueue(
        label: "password hashes", qos: .userInitiated, attributes: .concurrent)
    private let state = Mutex(State())

    /// Hashes with all cores but one, and lets as many wait as a few seconds are enough for.
    package init(
        workers: Int = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) - 1), mostWaiting: Int = 16,
        cost: PasswordHash.Cost = .standard
    ) throws(CryptographyError) {
        precondition(workers > 0 && mostWaiting >= 0, "somebody has to work")
        self.workers = workers
        self.mostWaiting = mostWaiting
        self.cost = cost
        decoy = try PasswordHash.decoy(cost: cost)
    }

    /// How many passwords it has hashed and checked, or is about to: what an answer costs.
    package var taken: Int { state.withLock { $0.taken } }

    /// Hashes a new password.
    package func hash(_ password: String) async throws(PasswordHasherError) -> PasswordHash {
        let cost = cost
        return try await work { () throws(CryptographyError) in
            try PasswordHash(of: password, cost: cost)
        }
    }

    /// What a check found.
    package enum Verdict: Sendable, Equatable {
        /// It is another password, or there is none.
        case wrong
        /// It is the password.
        case right
        /// It is the password, and its hash is of another cost than today's: store this one.
        case rightAfresh(PasswordHash)
    }

    /// Checks a password against what is stored; `nil` where there is no account, or one without a
    /// password, which takes as long and is always wrong.
    package func check(
        _ password: String, against stored: PasswordHash?
    ) async throws(PasswordHasherError) -> Verdict {
        let (decoy, cost) = (decoy, cost)
        return try await work { () throws(CryptographyError) in
            let isRight = try (stored ?? decoy).verify(password)
            guard isRight, let stored else { return .wrong }
            guard try stored.needsRehash(cost: cost) else { return .right }
            return .rightAfresh(try PasswordHash(of: password, cost: cost))
        }
    }

    private func work<Value: Sendable>(
        _ body: @escaping @Sendable () throws(CryptographyError) -> Value
    ) async throws(PasswordHasherError) -> Value {
        let result: Result<Value, PasswordHasherError> = await withCheckedContinuation { waiter in
            let isTaken = take {
                do throws(CryptographyError) {
                    waiter.resume(returning: .success(try body()))
                } catch {
                    waiter.resume(returning: .failure(.failed(error)))
                }
            }
            if !isTaken { waiter.resume(returning: .failure(.busy)) }
        }
        return try result.get()
    }

    /// False when it is too much.
    private func take(_ job: @escaping @Sendable () -> Void) -> Bool {
        enum Place { case now, later, none }
        let place = state.withLock { state -> Place in
            if state.running < workers {
                state.running += 1
                state.taken += 1
                return .now
            }
            guard state.waiting.count < mostWaiting else { return .none }
            state.waiting.append(job)
            state.taken += 1
            return .later
        }
        if place == .now { start(job) }
        return place != .none
    }

    private func start(_ job: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            job()
            let next = state.withLock { state -> (@Sendable () -> Void)? in
                guard !state.waiting.isEmpty else {
                    state.running -= 1
                    return nil
                }
                return state.waiting.removeFirst()
            }
            if let next { start(next) }
        }
    }
}

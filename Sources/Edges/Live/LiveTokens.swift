import Conversation
import Cryptography
import Synchronization

/// One-use tokens: each opens one live socket for whoever asked for it, as a browser cannot send a
/// key in a header line with a WebSocket.
final class LiveTokens: Sendable {
    private struct Token {
        let caller: LiveCaller
        let expires: Timestamp
    }

    private struct State {
        var tokens: [[UInt8]: Token] = [:]
        /// The same, oldest first; used ones stay until they would have expired.
        var order: [(digest: [UInt8], expires: Timestamp)] = []
    }

    private let limits: LiveLimits
    private let state = Mutex(State())

    init(limits: LiveLimits) { self.limits = limits }

    /// Makes a token.
    func issue(for caller: LiveCaller, at now: Timestamp) throws -> String {
        let text = try RandomBytes.token()
        let digest = SHA256.digest(Array(text.utf8))
        let expires = now + limits.tokenLife
        state.withLock { state in
            let gone = state.order.prefix { $0.expires <= now }.count
            for old in state.order.prefix(gone) { state.tokens[old.digest] = nil }
            state.order.removeFirst(gone)
            if state.order.count >= limits.tokens {
                state.tokens[state.order.removeFirst().digest] = nil
            }
            state.tokens[digest] = Token(caller: caller, expires: expires)
            state.order.append((digest, expires))
        }
        return text
    }

    /// Uses a token up; `nil` where there is none (any more).
    ///
    /// Its hash is looked up: how long that takes tells nothing about a token.
    func redeem(_ text: String, at now: Timestamp) -> LiveCaller? {
        let digest = SHA256.digest(Array(text.utf8))
        let token = state.withLock { $0.tokens.removeValue(forKey: digest) }
        guard let token, now < token.expires else { return nil }
        return token.caller
    }
}

package import AccountRecords
import Conversation
package import Cryptography

/// The one place that says for what a secret that accounts' records hold is sealed under the key
/// ring: it opens for nothing else.
package struct AccountSecrets: Sendable {
    /// What a sealed secret is for.
    package enum Purpose: Hashable, Sendable {
        /// The secret of a second factor, in Base32.
        case factor(FactorID)
        /// The password of the mail server.
        case mailPassword

        fileprivate var context: String {
            switch self {
            case .factor(let id): "account/factor/\(id)"
            case .mailPassword: "installation/mail-password"
            }
        }
    }

    private let ring: KeyRingStore

    /// Seals under the newest key of a ring.
    package init(_ ring: KeyRingStore) { self.ring = ring }

    /// Seals a secret.
    package func seal(_ secret: String, _ purpose: Purpose) throws(KeyRingError) -> Sealed {
        let sealed = try ring.current.seal(secret, context: purpose.context)
        return Sealed(keyID: sealed.keyID, box: sealed.payload)
    }

    /// Opens a secret; the ring is read again where it lacks the key.
    package func open(_ sealed: Sealed, _ purpose: Purpose) throws(KeyRingError) -> String {
        let secret = SealedSecret(keyID: sealed.keyID, payload: sealed.box)
        do throws(KeyRingError) {
            return try ring.current.open(secret, context: purpose.context)
        } catch {
            guard case .unknownKey = error, try ring.reload() else { throw error }
            return try ring.current.open(secret, context: purpose.context)
        }
    }

    /// The same secret under the ring's newest key; `nil` where it is already.
    package func resealed(
        _ sealed: Sealed, _ purpose: Purpose
    ) throws(KeyRingError) -> Sealed? {
        guard sealed.keyID != ring.current.newestKeyID else { return nil }
        return try seal(open(sealed, purpose), purpose)
    }
}

package import Conversation
package import Cryptography
package import NotificationRecords

/// What a mail's link holds by which somebody refuses more of its kind: whose mails, and which.
///
/// It is sealed by the key ring, so nobody makes one but the console, and nobody reads it; nothing
/// is kept of it. It opens nothing else, and never ends: a mail may lie for years.
package struct RefusalTokens: Sendable {
    private static let context = "mail refusal"
    /// Bytes of a token: some kinds, an account, and what sealing adds.
    static let longest = 1_024

    private let ring: KeyRingStore

    /// Seals by the newest key of the ring.
    package init(_ ring: KeyRingStore) { self.ring = ring }

    /// A token for mails of some kinds to an account.
    package func make(
        _ account: AccountID, _ kinds: [NotificationKind]
    ) throws(KeyRingError) -> String {
        let words = [account.rawValue] + kinds.map(\.rawValue)
        let sealed = try ring.current.seal(
            words.joined(separator: " "), context: Self.context)
        // Letters that stand in URLs as they are.
        let box = sealed.payload.replacing("+", with: "-").replacing("/", with: "_")
        return "\(sealed.keyID).\(box.filter { $0 != "=" })"
    }

    /// Whose mails of which kinds a token is about; `nil` where it is none of ours.
    func open(_ token: String) -> (account: AccountID, kinds: [NotificationKind])? {
        guard token.utf8.count <= Self.longest, let dot = token.lastIndex(of: ".") else {
            return nil
        }
        var box = String(token[token.index(after: dot)...])
            .replacing("-", with: "+").replacing("_", with: "/")
        box += String(repeating: "=", count: (4 - box.utf8.count % 4) % 4)
        let sealed = SealedSecret(keyID: String(token[..<dot]), payload: box)
        do throws(KeyRingError) {
            let words = try ring.current.open(sealed, context: Self.context).split(separator: " ")
            guard let account = words.first else { return nil }
            return (
                AccountID(String(account)),
                words.dropFirst().map { NotificationKind(rawValue: String($0)) }
            )
        } catch {
            return nil
        }
    }
}

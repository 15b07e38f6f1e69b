package import Conversation

/// An operator who acts as somebody of a team, with the tenant's consent and for a while.
///
/// It is a session besides the operator's own, and good only together with that one.
package struct Impersonation: Hashable, Sendable, Codable {
    /// How long it goes on at most.
    package static let longest = Duration.seconds(3_600)

    /// The session's id.
    package var id: SessionID
    /// SHA-256 of what the cookie holds, in hexadecimal digits.
    package var tokenHash: String
    /// As whom.
    package var account: AccountID
    /// Who acts.
    package var `operator`: AccountID
    /// What the operator was called then.
    package var operatorName: String?
    /// The operator's own session, without which this one is nothing.
    package var operatorSession: SessionID?
    /// Why, as the team is told.
    package var reason: String?
    /// Since when.
    package var began: Timestamp
    /// Until when.
    package var expires: Timestamp

    /// Describes it.
    package init(
        id: SessionID, tokenHash: String, account: AccountID, operator: AccountID,
        operatorName: String?, operatorSession: SessionID? = nil, reason: String? = nil,
        began: Timestamp, expires: Timestamp
    ) {
        self.id = id
        self.tokenHash = tokenHash
        self.account = account
        self.operator = `operator`
        self.operatorName = operatorName
        self.operatorSession = operatorSession
        self.reason = reason
        self.began = began
        self.expires = expires
    }
}

import AccountRecords
import AuditRecords
import Conversation
import StageRuntime

/// What the stage `accounts` remembers of an account.
package struct AccountState: StageState {
    /// A session that goes on.
    struct Session: Hashable, Sendable, Codable {
        var id: SessionID
        var expires: Timestamp
        /// When who it is was proven last.
        var proven: Timestamp
        /// When its use was noted last.
        var used: Timestamp
    }

    /// A token that was sent.
    struct Sent: Hashable, Sendable, Codable {
        var hash: String
        var expires: Timestamp
        var at: Timestamp

        init(_ token: OneTimeToken, at now: Timestamp) {
            hash = token.hash
            expires = token.expires
            at = now
        }

        func matches(_ hash: String, at now: Timestamp) -> Bool {
            self.hash == hash && now < expires
        }
    }

    /// Who wished something that is answered later.
    struct Wish: Hashable, Sendable, Codable {
        var by: AuditActor
        var origin: AuditOrigin?
        var action: String
        var reference: String?
    }

    /// An account that waits for its address.
    struct Creation: Hashable, Sendable, Codable {
        var request: RecordID
        var account: NewAccount
        var wish: Wish
        /// The team that proposed it, and the membership's name.
        var team: TenantID?
        var membership: RecordID?
    }

    /// A change of address that waits for the new one to be reserved.
    struct Reservation: Hashable, Sendable, Codable {
        var request: RecordID
        var address: AddressClaim
        var token: OneTimeToken
        var oldToken: OneTimeToken
        var wish: Wish
    }

    /// Belonging to a team, from before it knows to after.
    struct Membership: Hashable, Sendable, Codable {
        var team: TenantID
        /// The record that asked for it.
        var name: RecordID
    }

    /// A question to a team.
    struct Question: Hashable, Sendable, Codable {
        var request: RecordID
        var team: TenantID
        var wish: Wish
    }

    /// A disabling or deletion that waits for teams.
    struct Leaving: Hashable, Sendable, Codable {
        var isDeletion: Bool
        var wish: Wish
        /// All teams that were asked.
        var asked: [TenantID]
        /// The requests that wait for an answer.
        var waiting: [RecordID]
    }

    var facts = AccountFacts()
    var epoch = 0
    /// Sessions of this epoch that go on, the oldest first.
    var sessions: [Session] = []
    /// Backup codes that are not spent, by their hashes.
    var backupCodes: [String] = []
    var verification: Sent?
    var reset: Sent?
    /// What confirms a change of address at the new one, and what does or stops it at the old one.
    var newAddress: Sent?
    var oldAddress: Sent?
    var creation: Creation?
    var reservation: Reservation?
    var memberships: [Membership] = []
    var questions: [Question] = []
    var leaving: Leaving?

    /// No account.
    package init() {}

    /// The teams that it belongs to, or may.
    var teams: [TenantID] { Set(memberships.map(\.team)).sorted() }
}

/// The bounds of the stage `accounts`.
package enum AccountLimits {
    /// How long a proof of who it is counts.
    package static let proven = Duration.seconds(600)
    /// Between two links of a kind.
    package static let betweenLinks = Duration.seconds(60)
    /// Between two notes of a use.
    package static let betweenUses = Duration.seconds(3_600)
    /// How long another stage's answer is waited for.
    package static let answer = Duration.seconds(30)
    /// Sessions of an account; the oldest ends.
    package static let sessions = 50
    /// Teams of an account.
    package static let teams = 100
}

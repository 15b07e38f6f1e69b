package import AccountCommands
package import AccountRecords
import AccountView
import AuditRecords
import AuditView
package import Conversation
import Cryptography
package import Endpoints
package import HTTPServer
import InstallationView
import OrganisationView
import SQLite
package import Views

/// The accounts of the installation over HTTP, for who runs it: list, search, make, look, change,
/// disable, delete, many at once, export, and what somebody did.
package struct UserEndpoints: Sendable {
    /// What accounts are shown and changed by.
    package struct Means: Sendable {
        /// The rows of ``AccountView``.
        package var accounts: StoredView
        /// The rows of ``InstallationView``.
        package var installation: StoredView
        /// The rows of ``OrganisationView``.
        package var organisations: StoredView
        /// The rows of ``AuditView``.
        package var audit: StoredView
        /// Gives commands to the stages.
        package var channel: CommandChannel
        /// Names an e-mail address.
        package var claim: @Sendable (EmailAddress) throws(Problem) -> AddressClaim
        /// Makes a token for a link, good until then.
        package var token: @Sendable (AccountID, Timestamp) throws(Problem) -> OneTimeToken
        /// Writes down that the list is taken out.
        package var noteExport: @Sendable (Asker, String) async throws(Problem) -> Void
        /// The clock.
        package var now: @Sendable () -> Timestamp

        /// Names them all.
        package init(
            accounts: StoredView, installation: StoredView, organisations: StoredView,
            audit: StoredView, channel: CommandChannel,
            claim: @escaping @Sendable (EmailAddress) throws(Problem) -> AddressClaim,
            token:
                @escaping @Sendable (AccountID, Timestamp) throws(Problem) -> OneTimeToken,
            noteExport: @escaping @Sendable (Asker, String) async throws(Problem) -> Void,
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.accounts = accounts
            self.installation = installation
            self.organisations = organisations
            self.audit = audit
            self.channel = channel
            self.claim = claim
            self.token = token
            self.noteExport = noteExport
            self.now = now
        }
    }

    /// How long a link is good by which somebody chooses their first password.
    static let welcome = Duration.seconds(7 * 86_400)
    /// How long a link is good by which somebody chooses another one.
    static let reset = Duration.seconds(3_600)
    /// How long a link is good that verifies an address.
    static let verification = Duration.seconds(86_400)

    let means: Means

    /// Answers from the views, and asks the stages.
    package init(_ means: Means) { self.means = means }

    /// The endpoints.
    package var endpoints: [Endpoint] { lists + changes + [many, activity] }

    static let base = "/api/v1/users"

    /// Reads rows for an answer: half a view would look like a whole one.
    func read<Value: Sendable>(
        _ view: StoredView, _ body: @Sendable (Rows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        let value: Value?
        do throws(SQLiteError) { value = try await view.read(body) } catch { value = nil }
        guard let value, view.isCaughtUp else {
            throw Problem(.viewIsBuilt, "accounts are still being read; try again in a moment")
        }
        return value
    }

    /// An account that there is.
    func row(_ account: AccountID) async throws(Problem) -> AccountRow {
        let found = try await read(means.accounts) { rows throws(SQLiteError) in
            try AccountRows(rows).account(account)
        }
        guard let found, found.facts.standing == .active || found.facts.standing == .disabled
        else { throw Problem(.noAccount, "there is no account \(account), or no more") }
        return found
    }

    /// All of an account, as the page shows it.
    func detail(
        _ account: AccountID, _ scope: InstallationScope
    ) async throws(Problem) -> UserAnswer {
        let row = try await row(account)
        let sessions = try await read(means.accounts) { rows throws(SQLiteError) in
            try AccountRows(rows).sessions(of: account)
        }
        let memberships = try await read(means.organisations) { rows throws(SQLiteError) in
            try OrganisationLookup(rows).memberships(of: account)
        }
        let member = try await read(means.installation) { rows throws(SQLiteError) in
            try InstallationRows(rows).member(account)
        }
        let now = means.now()
        return UserAnswer(
            row, role: member?.role, memberships: memberships.map { UserMembership($0) },
            sessions: sessions.filter { now < $0.expires }.map { SessionListing($0) })
    }
}

extension Problem.Kind {
    static let viewIsBuilt = Self(503, "starting")
    /// There is no such account, or no more.
    package static let noAccount = Self(404, "no_account")

    /// What an endpoint that changes an account may answer.
    static let changing: [Self] = [viewIsBuilt, noAccount] + decisions
}

extension InstallationPermission {
    static let readUsers = Self("users:read")
    static let writeUsers = Self("users:write")
}

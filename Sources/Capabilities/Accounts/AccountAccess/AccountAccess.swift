package import AccountCommands
package import AccountRecords
package import AccountView
package import Conversation
package import HTTPServer
import InstallationView
import NetworkAddress
import OrganisationView
package import Permissions
package import SQLite
import Synchronization
package import Views

/// Who is behind a session's token or an API key, and what they may at this moment.
///
/// Everything is asked of the views for each request: account, sessions, teams and their standing.
/// So what ended is ended for the next request and, by ``AccountWatch``, for what is open.
package final class AccountAccess: Sendable {
    /// The views that it asks, and the way to change what they show.
    package struct Parts: Sendable {
        /// A view of ``AccountView``.
        package var accounts: StoredView
        /// A view of ``InstallationView``.
        package var installation: StoredView
        /// A view of ``OrganisationView``.
        package var organisations: StoredView
        /// Where wishes go.
        package var channel: CommandChannel
        /// What is heard of changes.
        package var watch: AccountWatch
        /// The time.
        package var now: @Sendable () -> Timestamp

        /// Lists the parts.
        package init(
            accounts: StoredView, installation: StoredView, organisations: StoredView,
            channel: CommandChannel, watch: AccountWatch, now: @escaping @Sendable () -> Timestamp
        ) {
            self.accounts = accounts
            self.installation = installation
            self.organisations = organisations
            self.channel = channel
            self.watch = watch
            self.now = now
        }
    }

    /// What was used since this process began, which no record tells so finely.
    struct Memory {
        /// When sessions were used last.
        var used: [SessionID: Timestamp] = [:]
        /// Sessions whose use was noted in a record, and when.
        var noted: [SessionID: Timestamp] = [:]
        /// Tokens that a proof replaced: what was under way with them still goes through.
        var replaced: [String: (session: SessionID, until: Timestamp)] = [:]
        /// Keys whose use was noted, and when.
        var keys: [APIKeyID: Timestamp] = [:]
        /// Looks at tenants that were noted, and when.
        var looks: [String: Timestamp] = [:]
    }

    /// Within this time, a token that a proof replaced is taken: other requests were under way.
    static let grace = Duration.seconds(60)
    /// Between two notes of a use.
    static let betweenUses = Duration.seconds(3_600)
    /// Sessions that are remembered at once.
    static let mostSessions = 100_000
    /// How long a proof of who it is counts.
    static let proven = Duration.seconds(600)

    /// The views, and the way to change them.
    package let parts: Parts
    let began: Timestamp
    let memory = Mutex(Memory())
    private let settledHost = Mutex<String?>(nil)

    /// Asks the views.
    package init(_ parts: Parts) {
        self.parts = parts
        began = parts.now()
    }

    /// The time.
    package var now: Timestamp { parts.now() }

    /// Whether the views show all that stood in the log when they began to read.
    package var isReady: Bool {
        parts.accounts.isCaughtUp && parts.installation.isCaughtUp
            && parts.organisations.isCaughtUp
    }

    /// The host name under which people reach the console, as it is set; `nil` for none.
    package var host: String? { settledHost.withLock { $0 } }

    /// Keeps ``host`` as it is set, has what is open looked at now and then, and ends what
    /// operators may no more do as somebody, until cancelled.
    package func run() async {
        await withTaskGroup { group in
            group.addTask { await self.parts.watch.run() }
            group.addTask { await self.watchImpersonations() }
            group.addTask {
                while !Task.isCancelled {
                    // Until the view is read, nothing is known.
                    let facts = try? await self.installation()
                    self.settledHost.withLock { $0 = facts?.security.baseURL.flatMap(Self.host) }
                    // A cancelled sleep ends the loop.
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
    }

    /// The host name of a URL.
    static func host(of url: String) -> String? {
        guard let start = url.firstRange(of: "://")?.upperBound else { return nil }
        let authority = url[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let name =
            authority.hasPrefix("[")
            ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        return name.isEmpty ? nil : name.lowercased()
    }

    /// Whether somebody was not seen to do something for an hour; says so once.
    package func isNews(of account: AccountID, _ what: String) -> Bool {
        let (now, name) = (now, "\(account)/\(what)")
        return memory.withLock { memory in
            if memory.looks.count > 10_000 { memory.looks = [:] }
            if let before = memory.looks[name], now < before + Self.betweenUses { return false }
            memory.looks[name] = now
            return true
        }
    }

    // MARK: Tenants

    /// A tenant's organisation; `nil` if there is none.
    package func organisation(_ tenant: TenantID) async throws(Problem) -> OrganisationFacts? {
        try await read(parts.organisations) { rows throws(SQLiteError) in
            try OrganisationLookup(rows).organisation(tenant)
        }
    }

    /// Whether a tenant has an organisation that is not gone for good.
    package func hasOrganisation(_ tenant: TenantID) async throws(Problem) -> Bool {
        switch try await organisation(tenant)?.standing {
        case .active?, .suspended?, .deleted?: true
        case .none?, .purged?, nil: false
        }
    }

    /// How a tenant stands at this moment; `nil` where it has no organisation.
    package func place(of tenant: TenantID) async throws(Problem) -> Access.Place? {
        try await organisation(tenant)?.place(of: tenant, at: now)
    }

    /// What is known of the installation.
    package func installation() async throws(Problem) -> InstallationFacts {
        try await read(parts.installation) { rows throws(SQLiteError) in
            try InstallationRows(rows).facts()
        }
    }

    // MARK: Where requests come from

    /// The address that a request came from, as far as proxies are trusted.
    package func client(of request: HTTPRequest) async throws(Problem) -> ClientAddress? {
        // Nothing that was forwarded: the peer is who asks.
        guard request.headers.first(named: "X-Forwarded-For") != nil else {
            return TrustedProxies([]).client(of: request)
        }
        let trusted = try await installation().security.trustedProxies
        return TrustedProxies(trusted.compactMap { AddressRange($0) }).client(of: request)
    }

    // MARK: Reading

    /// Reads for an answer: half a view would look like a whole one.
    func read<Value: Sendable>(
        _ view: StoredView, _ body: @Sendable (Rows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        do throws(SQLiteError) {
            let value = try await view.read(body)
            if view.isCaughtUp { return value }
        } catch {
            throw Self.problem(of: error)
        }
        throw Self.problem(of: nil)
    }

    /// That a view cannot be read, because of its file or because it is not whole yet.
    package static func problem(of error: SQLiteError?) -> Problem {
        Problem(
            .accountsStarting,
            error == nil
                ? "the console is still reading the log; try again in a moment"
                : "the console cannot read what it knows at this moment; try again")
    }

    /// Accounts and sessions, for an answer.
    package func accounts<Value: Sendable>(
        _ body: @Sendable (AccountRows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        try await read(parts.accounts) { rows throws(SQLiteError) in try body(AccountRows(rows)) }
    }
}

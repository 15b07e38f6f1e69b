package import AccountCommands
package import AccountRecords
import AuditRecords
package import Blobs
package import Conversation
package import Cryptography
package import Endpoints
import HTTPServer
import OrganisationView
import Permissions
import SQLite
import TimeZones
package import Views
package import ZoneDatabase

/// Organisations over HTTP: their people, settings, keys and life, for themselves and for who runs
/// the installation, and the ways into a team.
package struct OrganisationEndpoints: Sendable {
    /// What organisations are shown and changed by.
    package struct Means: Sendable {
        /// The rows of ``OrganisationView``.
        package var view: StoredView
        /// Gives commands to the stages.
        package var channel: CommandChannel
        /// Names e-mail addresses.
        package var naming: AddressNaming
        /// Makes what links in mails hold.
        package var links: LinkTokens
        /// Hashes passwords.
        package var passwords: PasswordHasher
        /// Keeps logos.
        package var blobs: any BlobStore
        /// The installation's settings.
        package var installation: @Sendable () async throws -> InstallationFacts
        /// Makes a tenant's key, which is there before anything of the tenant is written.
        package var ensureKey: @Sendable (TenantID) async throws -> Void
        /// The rules of time zones.
        package var zones: ZoneDatabase
        /// The clock.
        package var now: @Sendable () -> Timestamp

        /// Names them all.
        package init(
            view: StoredView, channel: CommandChannel, naming: AddressNaming, links: LinkTokens,
            passwords: PasswordHasher, blobs: any BlobStore,
            installation: @escaping @Sendable () async throws -> InstallationFacts,
            ensureKey: @escaping @Sendable (TenantID) async throws -> Void,
            zones: ZoneDatabase = .system,
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.view = view
            self.channel = channel
            self.naming = naming
            self.links = links
            self.passwords = passwords
            self.blobs = blobs
            self.installation = installation
            self.ensureKey = ensureKey
            self.zones = zones
            self.now = now
        }
    }

    let means: Means
    let sources: OrganisationSources
    let quota = InvitationQuota()

    /// Answers from a view, and asks the stages; `sources` are what else is known of a tenant.
    package init(_ means: Means, sources: OrganisationSources) {
        self.means = means
        self.sources = sources
    }

    /// The endpoints.
    package var endpoints: [Endpoint] {
        settings + hours + levels + logo + members + invitations + roles + keys + ownership + life
            + operators
            + joining + signUp + exports + [limits]
    }

    static let base = "/api/v1/tenants/{tenant}"

    // MARK: Asking and reading

    /// Asks something of an organisation, for whoever sent a request.
    @discardableResult
    func ask<Scope, Parameters, Body>(
        _ tenant: TenantID, _ action: OrganisationCommand.Action,
        _ call: Call<Scope, Parameters, Body>
    ) async throws(Problem) -> OrganisationEvent {
        try await means.channel.ask(
            tenant, action, for: Asker(call, in: tenant))
    }

    /// Asks something of an organisation for who runs the installation, though they may belong to
    /// it, too.
    @discardableResult
    func ask<Scope, Parameters, Body>(
        _ tenant: TenantID, asOperator action: OrganisationCommand.Action,
        _ call: Call<Scope, Parameters, Body>
    ) async throws(Problem) -> OrganisationEvent {
        try await means.channel.ask(
            tenant, action, for: Asker(call, in: .installation))
    }

    /// Reads rows for an answer: half a view would look like a whole one.
    func read<Value: Sendable>(
        _ body: @Sendable (Rows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        let value: Value?
        do throws(SQLiteError) { value = try await means.view.read(body) } catch { value = nil }
        guard let value, means.view.isCaughtUp else {
            throw Problem(.viewIsBuilt, "organisations are still being read; try again in a moment")
        }
        return value
    }

    /// The organisation of a scope.
    func facts(_ scope: TenantScope) async throws(Problem) -> OrganisationFacts {
        let facts = try await read { rows throws(SQLiteError) in
            try OrganisationRows(rows, of: scope).organisation()
        }
        guard let facts else {
            throw Problem(Authorizer.noTenant, "there is no organisation \(scope.tenant)")
        }
        return facts
    }
}

extension Problem.Kind {
    static let viewIsBuilt = Self(503, "starting")
    static let noMember = Self(404, "no_member")
    static let noInvitation = Self(404, "no_invitation")
    static let noRole = Self(404, "no_role")

    /// What an endpoint may answer that asks something of a stage.
    static let deciding: [Self] =
        [.notStored, .notVisible, .viewIsBuilt, Authorizer.noTenant]
        + ([
            .unknown, .exists, .addressTaken, .notVerified, .disabled, .stalePassword, .noPassword,
            .secondFactor, .usedCode, .badToken, .tooSoon, .unproven, .busy, .timedOut, .lastOwner,
            .otherAddress, .member, .notMember, .forbidden, .badRole, .inUse, .tooMany,
            .otherVersion, .standing,
        ] as [Refusal]).map(\.kind)
}

extension TenantPermission {
    static let readMembers = Self("members:read")
    static let writeMembers = Self("members:write")
    static let writeRoles = Self("roles:write")
    static let readSettings = Self("settings:read")
    static let writeSettings = Self("settings:write")
    static let writeSecurity = Self("security:write")
    static let transferOwnership = Self("ownership:transfer")
    static let giveConsent = Self("consent:write")
    static let exportTenant = Self("tenant:export")
    static let deleteTenant = Self("tenant:delete")
    static let readKeys = Self("keys:read")
    static let writeKeys = Self("keys:write")
}

extension InstallationPermission {
    static let readTenants = Self("tenants:read")
    static let writeTenants = Self("tenants:write")
}

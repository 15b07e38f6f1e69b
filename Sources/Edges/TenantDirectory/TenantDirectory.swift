package import Conversation
package import Cryptography
import Synchronization

/// A tenant with its secrets opened; lives in memory only.
///
/// A class, as each webhook passes it around, and a copy of all its texts would cost more than
/// checking a signature.
package final class Tenant: Sendable {
    /// The settings as they stand in the log.
    package let settings: TenantSettings
    /// Checks the signatures of webhooks.
    package let webhookKey: HMACKey
    /// Tells tenants of one app from those of another: equal for equal app secrets.
    package let app: String
    /// The token that Meta shows when it verifies the webhook's URL.
    package let verifyToken: String
    /// The token that sends.
    package let accessToken: String
    /// The key of the tenant's own chat model.
    package let modelKey: String?

    fileprivate init(
        settings: TenantSettings, webhookKey: HMACKey, app: String, verifyToken: String,
        accessToken: String, modelKey: String?
    ) {
        self.settings = settings
        self.webhookKey = webhookKey
        self.app = app
        self.verifyToken = verifyToken
        self.accessToken = accessToken
        self.modelKey = modelKey
    }
}

/// The installation's tenants by id and by number: a table of the topic `tenants`.
package final class TenantDirectory: Sendable {
    private struct Contents {
        var tenants: [TenantID: Tenant] = [:]
        var numbers: [BusinessNumberID: TenantID] = [:]
        var accounts: [String: TenantID] = [:]
        var problems: [TenantID: String] = [:]
        /// One tenant of each app, for checking signatures.
        var apps: [Tenant] = []
    }

    private let keys: KeyRingStore
    private let contents = Mutex(Contents())

    /// An empty directory that opens secrets with a key ring.
    package convenience init(keyRing: KeyRing) {
        self.init(keys: KeyRingStore(keyRing))
    }

    /// An empty directory that opens secrets with keys to which others may come.
    package init(keys: KeyRingStore) {
        self.keys = keys
    }

    /// Takes a tenant's settings.
    package func put(_ settings: TenantSettings) {
        do throws(TenantSecretError) {
            let tenant = try open(settings)
            contents.withLock { contents in
                Self.forget(settings.tenant, in: &contents)
                contents.tenants[settings.tenant] = tenant
                for number in settings.numbers { contents.numbers[number.id] = settings.tenant }
                contents.accounts[settings.account] = settings.tenant
                Self.gatherApps(in: &contents)
            }
        } catch {
            contents.withLock { contents in
                Self.forget(settings.tenant, in: &contents)
                contents.problems[settings.tenant] = error.description
            }
        }
    }

    /// Forgets a tenant.
    package func remove(_ tenant: TenantID) {
        contents.withLock { Self.forget(tenant, in: &$0) }
    }

    private static func forget(_ tenant: TenantID, in contents: inout Contents) {
        contents.tenants[tenant] = nil
        contents.problems[tenant] = nil
        contents.numbers = contents.numbers.filter { $0.value != tenant }
        contents.accounts = contents.accounts.filter { $0.value != tenant }
        gatherApps(in: &contents)
    }

    private static func gatherApps(in contents: inout Contents) {
        var found: Set<String> = []
        contents.apps = contents.tenants.values.filter { found.insert($0.app).inserted }
    }

    private func open(_ settings: TenantSettings) throws(TenantSecretError) -> Tenant {
        do throws(TenantSecretError) {
            return try open(settings, with: keys.current)
        } catch {
            // A key that was added since the last look; a file that cannot be read adds none.
            guard error.lacksKey, (try? keys.reload()) == true else { throw error }
            return try open(settings, with: keys.current)
        }
    }

    private func open(
        _ settings: TenantSettings, with ring: KeyRing
    ) throws(TenantSecretError) -> Tenant {
        let secrets = TenantSecrets(keyRing: ring, tenant: settings.tenant)
        let appSecret = try secrets.open(settings.appSecret, .appSecret)
        guard let key = try? HMACKey(Array(appSecret.utf8)) else {  // only out of memory
            throw TenantSecretError(
                tenant: settings.tenant, secret: .appSecret, problem: "no signature key")
        }
        return Tenant(
            settings: settings, webhookKey: key, app: SHA256.hex(appSecret),
            verifyToken: try secrets.open(settings.verifyToken, .verifyToken),
            accessToken: try secrets.open(settings.accessToken, .accessToken),
            modelKey: try settings.model?.key.map { sealed throws(TenantSecretError) in
                try secrets.open(sealed, .modelKey)
            })
    }

    /// The tenant of that id.
    package func tenant(_ id: TenantID) -> Tenant? {
        contents.withLock { $0.tenants[id] }
    }

    /// The tenant that a business number belongs to.
    package func tenant(of number: BusinessNumberID) -> Tenant? {
        contents.withLock { contents in
            contents.numbers[number].flatMap { contents.tenants[$0] }
        }
    }

    /// The tenant that a WhatsApp business account belongs to.
    package func tenant(ofAccount account: String) -> Tenant? {
        contents.withLock { contents in
            contents.accounts[account].flatMap { contents.tenants[$0] }
        }
    }

    /// All tenants, by id.
    package var all: [Tenant] {
        contents.withLock { $0.tenants.values.sorted { $0.settings.tenant < $1.settings.tenant } }
    }

    /// One tenant of each app: as many signature keys as there are app secrets.
    package var apps: [Tenant] { contents.withLock(\.apps) }

    /// Tenants whose secrets cannot be opened, with why.
    package var problems: [TenantID: String] { contents.withLock(\.problems) }
}

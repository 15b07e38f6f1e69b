package import Conversation
package import Cryptography

/// A tenant's secret that cannot be sealed or opened.
package struct TenantSecretError: Error, CustomStringConvertible {
    /// The tenant.
    package let tenant: TenantID
    /// Which secret.
    package let secret: TenantSecrets.Name
    /// What is wrong; never the secret itself.
    package let problem: String
    /// Whether the key that sealed it is not in the ring.
    var lacksKey = false

    /// A sentence for people.
    package var description: String {
        "the \(secret.rawValue) of tenant \(tenant) cannot be used: \(problem)"
    }
}

/// Seals and opens one tenant's secrets; a sealed secret opens for its tenant and purpose only.
package struct TenantSecrets: Sendable {
    /// The secrets that a tenant has.
    package enum Name: String, Sendable {
        case appSecret = "app-secret"
        case verifyToken = "verify-token"
        case accessToken = "access-token"
        case modelKey = "model-key"
    }

    private let keyRing: KeyRing
    private let tenant: TenantID

    /// Prepares for a tenant.
    package init(keyRing: KeyRing, tenant: TenantID) {
        self.keyRing = keyRing
        self.tenant = tenant
    }

    /// Seals a secret under the newest key.
    package func seal(
        _ secret: String, _ name: Name
    ) throws(TenantSecretError) -> TenantSettings.Sealed {
        do throws(KeyRingError) {
            let sealed = try keyRing.seal(secret, context: context(name))
            return TenantSettings.Sealed(keyID: sealed.keyID, box: sealed.payload)
        } catch {
            throw failure(error, name)
        }
    }

    /// Opens a secret.
    package func open(
        _ sealed: TenantSettings.Sealed, _ name: Name
    ) throws(TenantSecretError) -> String {
        do throws(KeyRingError) {
            return try keyRing.open(
                SealedSecret(keyID: sealed.keyID, payload: sealed.box), context: context(name))
        } catch {
            throw failure(error, name)
        }
    }

    /// A tenant's settings with all its secrets under the newest key; the same where they are.
    package func resealed(
        _ settings: TenantSettings
    ) throws(TenantSecretError) -> TenantSettings {
        var settings = settings
        settings.appSecret = try reseal(settings.appSecret, .appSecret)
        settings.verifyToken = try reseal(settings.verifyToken, .verifyToken)
        settings.accessToken = try reseal(settings.accessToken, .accessToken)
        if let key = settings.model?.key { settings.model?.key = try reseal(key, .modelKey) }
        return settings
    }

    private func reseal(
        _ sealed: TenantSettings.Sealed, _ name: Name
    ) throws(TenantSecretError) -> TenantSettings.Sealed {
        do throws(KeyRingError) {
            let fresh = try keyRing.reseal(
                SealedSecret(keyID: sealed.keyID, payload: sealed.box), context: context(name))
            return TenantSettings.Sealed(keyID: fresh.keyID, box: fresh.payload)
        } catch {
            throw failure(error, name)
        }
    }

    private func failure(_ error: KeyRingError, _ name: Name) -> TenantSecretError {
        var failure = TenantSecretError(
            tenant: tenant, secret: name, problem: error.description)
        if case .unknownKey = error { failure.lacksKey = true }
        return failure
    }

    private func context(_ name: Name) -> String { "tenant/\(tenant)/\(name.rawValue)" }
}

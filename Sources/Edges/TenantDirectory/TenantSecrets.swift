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
            throw TenantSecretError(tenant: tenant, secret: name, problem: error.description)
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
            throw TenantSecretError(tenant: tenant, secret: name, problem: error.description)
        }
    }

    private func context(_ name: Name) -> String { "tenant/\(tenant)/\(name.rawValue)" }
}

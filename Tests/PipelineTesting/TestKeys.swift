package import Conversation
package import TenantKeys

/// Tenants' keys of tests: always the same for the same tenant.
package enum TestKeys {
    /// A tenant's key.
    ///
    /// - Throws: `CryptographyError` only when memory is exhausted.
    package static func key(of tenant: TenantID) throws -> TenantKey {
        let bytes = Array(tenant.rawValue.utf8)
        return try TenantKey(
            id: KeyID(String(NameHash.hex(bytes).prefix(16))), tenant: tenant,
            from: Timestamp(milliseconds: 0),
            secret: (0..<32).map { $0 < bytes.count ? bytes[$0] : 7 })
    }

    /// A table of the keys of some tenants.
    ///
    /// - Throws: `CryptographyError` only when memory is exhausted.
    package static func table(of tenants: TenantID...) throws -> KeyTable {
        let table = KeyTable()
        for tenant in tenants { table.put(try key(of: tenant)) }
        return table
    }
}

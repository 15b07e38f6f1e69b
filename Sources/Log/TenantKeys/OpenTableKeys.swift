package import Conversation
package import Cryptography

/// The table keys of an installation, opened: they wrap tenants' keys; live in memory only.
package struct OpenTableKeys: Sendable {
    private let keys: [Int: [UInt8]]
    /// The epoch whose key wraps.
    package let newest: Int

    init(keys: [Int: [UInt8]], newest: Int) {
        self.keys = keys
        self.newest = newest
    }

    /// Whether there is a key of an epoch.
    package func has(_ epoch: Int) -> Bool { keys[epoch] != nil }

    /// A tenant's key as the log keeps it, wrapped by the newest table key.
    ///
    /// - Throws: ``KeyProblem``.
    package func wrapped(
        _ secret: [UInt8], id: KeyID, of tenant: TenantID
    ) throws(KeyProblem) -> KeyRecord.Standing {
        guard let key = keys[newest] else { throw .unknownEpoch(newest, of: id) }
        do throws(CryptographyError) {
            let sealed = try AuthenticatedEncryption.seal(
                secret, key: key, authenticating: Self.bound(id, tenant, newest))
            return .living(epoch: newest, wrapped: Cryptography.Base64.encode(sealed))
        } catch {
            throw .ring(.cryptography(error))
        }
    }

    /// The 32 bytes of a tenant's key, or `nil` of one that was destroyed.
    ///
    /// - Throws: ``KeyProblem``: `.unknownEpoch`, `.damaged`.
    package func secret(of record: KeyRecord) throws(KeyProblem) -> [UInt8]? {
        guard case .living(let epoch, let wrapped) = record.standing else { return nil }
        guard let key = keys[epoch] else { throw .unknownEpoch(epoch, of: record.id) }
        guard let sealed = Cryptography.Base64.decode(wrapped) else { throw .damaged(record.id) }
        do throws(CryptographyError) {
            return try AuthenticatedEncryption.open(
                sealed, key: key, authenticating: Self.bound(record.id, record.tenant, epoch))
        } catch {
            throw .damaged(record.id)
        }
    }

    /// A tenant's key under the newest table key; the same where it is.
    ///
    /// - Throws: As opening and wrapping it do.
    package func rewrapped(_ record: KeyRecord) throws(KeyProblem) -> KeyRecord {
        guard case .living(let epoch, _) = record.standing, epoch != newest,
            let secret = try secret(of: record)
        else { return record }
        var record = record
        record.standing = try wrapped(secret, id: record.id, of: record.tenant)
        return record
    }

    /// What a wrapped key is bound to: each part with its length before it.
    private static func bound(_ id: KeyID, _ tenant: TenantID, _ epoch: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in ["parley/key/1", id.rawValue, tenant.rawValue, "\(epoch)"] {
            let text = Array(part.utf8)
            for shift in [24, 16, 8, 0] {
                bytes.append(UInt8(truncatingIfNeeded: text.count >> shift))
            }
            bytes += text
        }
        return bytes
    }
}

/// Why keys cannot be read, opened or made; never holds a key.
package enum KeyProblem: Error, Equatable, CustomStringConvertible {
    /// The key ring, or a file of keys, cannot be read or does not open what it should.
    case ring(KeyRingError)
    /// The keys folder cannot be used.
    case folder(path: String, reason: String)
    /// There are no table keys, but the log has keys that they wrapped.
    case missing(path: String)
    /// The table key of an epoch, which wrapped a key, is not in the file.
    case unknownEpoch(Int, of: KeyID)
    /// A wrapped key was changed or belongs elsewhere.
    case damaged(KeyID)
    /// All that a tenant had was erased, or is being erased: it gets no key.
    case erased(TenantID)
    /// The log did not take a key, or not say what it holds.
    case log(reason: String)

    /// A sentence for people that says what to do.
    package var description: String {
        switch self {
        case .ring(let error): error.description
        case .folder(let path, let reason): "the keys folder \(path) cannot be used: \(reason)"
        case .missing(let path):
            "the table keys are missing: the log holds tenants' keys that they wrap, but there is "
                + "no file \(path). Put the copy of the keys folder back there, or name the folder "
                + "with --keys or $PARLEY_KEYS; without it the tenants' words cannot be read, and "
                + "nothing is made anew in its place"
        case .unknownEpoch(let epoch, let id):
            "the table key of epoch \(epoch), which wraps the key \(id), is not in table.keys: put "
                + "back the keys folder that belongs to this log"
        case .damaged(let id):
            "the wrapped key \(id) cannot be opened: it was changed, or table.keys is another "
                + "installation's"
        case .erased(let tenant):
            "the tenant \(tenant) was erased, or is being erased: it gets no key"
        case .log(let reason): reason
        }
    }
}

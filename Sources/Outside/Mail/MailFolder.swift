package import Conversation
import Cryptography
import Dispatch
import FoundationEssentials

/// Mails as files, for an installation without a mail server: nothing needs mail to work, and what
/// would have been sent can be read on a page.
///
/// `ROOT/TENANT/HASH.json`, those of the installation itself under `ROOT/_/`. They hold links and
/// names, so folders are their owner's alone, a tenant's go with the tenant (`erase`), and only the
/// newest are kept.
package struct MailFolder: Sendable {
    /// Mails kept of each tenant; older ones make room.
    package static let most = 200

    private static let queue = DispatchQueue(label: "mail folder", qos: .utility)
    private let root: String

    /// Keeps its files below a folder, which is made when the first comes.
    package init(_ root: String) {
        self.root = root
    }

    /// The mails of a tenant, or of the installation itself, as a place to send to.
    package func transport(of tenant: TenantID?) -> some MailTransport {
        MailFolderTransport(folder: self, tenant: tenant)
    }

    /// Keeps a mail; one with the same Message-ID is the same mail.
    func keep(_ mail: ComposedMail, of tenant: TenantID?) async throws(MailError) {
        try await blocking { () throws(MailError) in
            let folder = try path(of: tenant)
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
                let data = try JSONEncoder().encode(mail)
                // Atomic: a mail is there whole or not at all.
                try data.write(
                    to: URL(filePath: "\(folder)/\(Self.name(of: mail.id))"), options: .atomic)
            } catch {
                throw Self.failure("the mail cannot be kept in \(folder): \(error)")
            }
            for old in try read(folder).dropFirst(Self.most) {
                // What is still there next time is removed then.
                try? FileManager.default.removeItem(atPath: "\(folder)/\(Self.name(of: old.id))")
            }
        }
    }

    /// The mails of a tenant, or of the installation itself, the newest first.
    package func list(of tenant: TenantID?) async throws(MailError) -> [ComposedMail] {
        try await blocking { () throws(MailError) in try read(path(of: tenant)) }
    }

    /// The tenants of which mails are kept.
    package func tenants() async throws(MailError) -> [TenantID] {
        try await blocking { () throws(MailError) in
            guard FileManager.default.fileExists(atPath: root) else { return [] }
            do {
                return try FileManager.default.contentsOfDirectory(atPath: root).sorted()
                    .map { TenantID($0) }
                    // The installation's own, and what is none of ours, are no tenant's.
                    .filter { (try? path(of: $0)) != nil }
            } catch {
                throw Self.failure("the mails in \(root) cannot be listed: \(error)")
            }
        }
    }

    /// One mail by its Message-ID, or nil.
    package func mail(_ id: String, of tenant: TenantID?) async throws(MailError) -> ComposedMail? {
        try await blocking { () throws(MailError) in
            Self.mail(at: "\(try path(of: tenant))/\(Self.name(of: id))")
        }
    }

    /// Removes one mail by its Message-ID; harmless if it is gone.
    package func remove(_ id: String, of tenant: TenantID?) async throws(MailError) {
        try await blocking { () throws(MailError) in
            let path = "\(try path(of: tenant))/\(Self.name(of: id))"
            guard FileManager.default.fileExists(atPath: path) else { return }
            do { try FileManager.default.removeItem(atPath: path) } catch {
                throw Self.failure("the mail \(path) cannot be removed: \(error)")
            }
        }
    }

    /// Removes all mails of a tenant; harmless if there are none.
    package func erase(_ tenant: TenantID) async throws(MailError) {
        try await blocking { () throws(MailError) in
            let folder = try path(of: tenant)
            guard FileManager.default.fileExists(atPath: folder) else { return }
            do { try FileManager.default.removeItem(atPath: folder) } catch {
                throw Self.failure("the mails in \(folder) cannot be removed: \(error)")
            }
        }
    }

    private func path(of tenant: TenantID?) throws(MailError) -> String {
        guard let tenant else { return "\(root)/_" }
        let name = tenant.rawValue
        // A name that leads elsewhere is nobody's: tenants' ids have letters, digits and hyphens.
        let isPlain =
            (1...100).contains(name.utf8.count) && name != "_"
            && name.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_")
            }
        guard isPlain else { throw Self.failure("a tenant's id cannot be a folder's name") }
        return "\(root)/\(name)"
    }

    private static func name(of id: String) -> String { "\(SHA256.hex(id).prefix(32)).json" }

    private func read(_ folder: String) throws(MailError) -> [ComposedMail] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw Self.failure("the mails in \(folder) cannot be listed: \(error)")
        }
        let mails = names.filter { $0.hasSuffix(".json") }.compactMap {
            Self.mail(at: "\(folder)/\($0)")
        }
        return mails.sorted { ($0.date, $0.id) > ($1.date, $1.id) }
    }

    /// A file that is no mail of ours, or gone meanwhile, is none.
    private static func mail(at path: String) -> ComposedMail? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        // A damaged file must not hide the others.
        return try? JSONDecoder().decode(ComposedMail.self, from: data)
    }

    private static func failure(_ sentence: String) -> MailError {
        MailError(kind: .transient, reason: "folder", description: sentence, dialogue: [])
    }

    /// Runs what blocks on a thread that may, one at a time.
    private func blocking<Value: Sendable>(
        _ body: @escaping @Sendable () throws(MailError) -> Value
    ) async throws(MailError) -> Value {
        let result: Result<Value, MailError> = await withCheckedContinuation { continuation in
            Self.queue.async {
                continuation.resume(returning: Result { () throws(MailError) in try body() })
            }
        }
        return try result.get()
    }
}

/// Keeps mails instead of sending them.
private struct MailFolderTransport: MailTransport {
    let folder: MailFolder
    let tenant: TenantID?

    func send(_ mail: ComposedMail) async throws(MailError) -> MailReceipt {
        try await folder.keep(mail, of: tenant)
        return MailReceipt(reply: "kept, as there is no mail server", dialogue: [])
    }
}

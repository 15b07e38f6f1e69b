package import AccountCommands
package import AccountRecords
package import Conversation
import Cryptography
package import Endpoints
package import HTTPServer
import JSON
package import Mail

/// A mail that is kept, as it is listed.
struct KeptMail: Described, Codable, Hashable {
    var id: String
    var tenant: TenantID?
    var to: String
    var from: String
    var subject: String
    var at: Timestamp

    /// The name that stands in paths: a Message-ID has signs that do not.
    static func name(of id: String) -> String { String(SHA256.hex(id).prefix(32)) }

    init(_ mail: ComposedMail, of tenant: TenantID?) {
        id = Self.name(of: mail.id)
        self.tenant = tenant
        to = mail.recipient.text
        from = mail.sender.text
        subject = mail.subject
        at = mail.date
    }

    static let fields: [JSONSchema.Field] = [
        .required("id", .text("The mail's name here.")),
        .optional("tenant", .text("The business in whose name it is; none: the installation's.")),
        .required("to", .text("To whom.")), .required("from", .text("From whom.")),
        .required("subject", .text("The subject.")), .required("at", .time("When.")),
    ]

    static let schema = JSONSchema.object(fields, named: "KeptMail")
}

/// The mails that are kept.
struct KeptMails: Described, Codable, Hashable {
    var mails: [KeptMail]
    /// Whether there is a mail server, so that nothing new is kept.
    var isSending: Bool

    static let schema = JSONSchema.object(
        [
            .required("mails", .list(KeptMail.schema, "The newest first.")),
            .required("isSending", .boolean("Whether mails go to a server, and none is kept.")),
        ], named: "KeptMails")
}

/// A mail with its text; nothing in it is markup.
struct WholeMail: Described, Codable, Hashable {
    var mail: KeptMail
    var text: String

    static let schema = JSONSchema.object(
        [
            .required("mail", KeptMail.schema),
            .required("text", .text("What it says, as plain text.")),
        ], named: "WholeMail")
}

private struct OneMail: Described, Decodable {
    var mail: String
    var tenant: TenantID?

    static let schema = JSONSchema.object([
        .required("mail", .id("The mail's name here.")),
        .optional(
            "tenant",
            .text(
                "The business in whose name it is.", 1...63,
                pattern: "[a-z0-9]([a-z0-9-]*[a-z0-9])?",
                rule: "an id of a-z, 0-9 and - between them")),
    ])
}

/// Mails that are kept, as there is no server that sends them: for who runs the installation.
package struct OutboxEndpoints: Sendable {
    /// What mails are shown by.
    package struct Means: Sendable {
        /// Where mails are kept.
        package var folder: MailFolder
        /// Whether there is a mail server.
        package var isSending: @Sendable () async throws(Problem) -> Bool
        /// The time.
        package var now: @Sendable () -> Timestamp
        /// Makes it durable that a mail is removed, and who did it, in one commit.
        package var remove: @Sendable (Asker, MailEvent) async throws(Problem) -> Void
        /// What was removed.
        package var removed: RemovedMails

        /// Names them all.
        package init(
            folder: MailFolder,
            isSending: @escaping @Sendable () async throws(Problem) -> Bool,
            now: @escaping @Sendable () -> Timestamp,
            remove: @escaping @Sendable (Asker, MailEvent) async throws(Problem) -> Void,
            removed: RemovedMails
        ) {
            self.folder = folder
            self.isSending = isSending
            self.now = now
            self.remove = remove
            self.removed = removed
        }
    }

    private let means: Means

    /// Answers from the folder.
    package init(_ means: Means) { self.means = means }

    /// The endpoints.
    package var endpoints: [Endpoint] { [list, read, remove] }

    private static let base = "/api/v1/outbox"

    private var list: Endpoint {
        .installation(
            .at(.get, Self.base, "outbox.list", "Lists the mails that are kept, newest first."),
            may: .readInstallation,
            .init(gives: Reply<KeptMails>.self, problems: [.noFolder, .viewIsBuilt])
        ) { _ in
            var mails = try await mails(of: nil)
            // Also those of businesses that have no WhatsApp yet.
            for tenant in try await tenants() { mails += try await self.mails(of: tenant) }
            mails.sort { ($0.at, $0.id) > ($1.at, $1.id) }
            return Reply(KeptMails(mails: mails, isSending: try await means.isSending()))
        }
    }

    private func tenants() async throws(Problem) -> [TenantID] {
        do throws(MailError) {
            return try await means.folder.tenants()
        } catch {
            throw Problem(.noFolder, error.description)
        }
    }

    private func mails(of tenant: TenantID?) async throws(Problem) -> [KeptMail] {
        try await kept(of: tenant).map { KeptMail($0, of: tenant) }
    }

    private func kept(of tenant: TenantID?) async throws(Problem) -> [ComposedMail] {
        do throws(MailError) {
            var kept: [ComposedMail] = []
            for mail in try await means.folder.list(of: tenant) {
                if means.removed.contains(KeptMail.name(of: mail.id)) {
                    // Whoever removed it was stopped before its file was gone.
                    try await means.folder.remove(mail.id, of: tenant)
                } else {
                    kept.append(mail)
                }
            }
            return kept
        } catch {
            throw Problem(.noFolder, error.description)
        }
    }

    private func mail(_ wanted: OneMail) async throws(Problem) -> ComposedMail {
        let found = try await kept(of: wanted.tenant).first {
            KeptMail.name(of: $0.id) == wanted.mail
        }
        guard let found else {
            throw Problem(.noMail, "there is no such mail, or no more: only the newest are kept")
        }
        return found
    }

    private var read: Endpoint {
        .installation(
            .at(
                .get, Self.base + "/{mail}", "outbox.read",
                "Shows a mail that is kept; links in it let in whoever has them."),
            may: .writeUsers,
            .init(
                takes: OneMail.self, gives: Reply<WholeMail>.self, problems: [.noMail, .noFolder])
        ) { call in
            let mail = try await mail(call.parameters)
            return Reply(
                WholeMail(mail: KeptMail(mail, of: call.parameters.tenant), text: mail.text))
        }
    }

    private var remove: Endpoint {
        .installation(
            .at(.delete, Self.base + "/{mail}", "outbox.remove", "Deletes a mail that is kept."),
            may: .writeUsers,
            .init(
                takes: OneMail.self, gives: NoContent.self, [204],
                problems: [.noMail, .noFolder, .notStored, .viewIsBuilt])
        ) { call in
            let mail = try await mail(call.parameters)
            let asker = Asker(call, in: .installation)
            try await means.remove(
                asker,
                MailEvent(
                    tenant: call.parameters.tenant ?? .installation,
                    mail: RecordID(call.parameters.mail), about: call.parameters.mail,
                    outcome: .removed, kept: call.parameters.mail, at: means.now()))
            do throws(MailError) {
                try await means.folder.remove(mail.id, of: call.parameters.tenant)
            } catch {
                throw Problem(.noFolder, error.description)
            }
            return NoContent()
        }
    }
}

extension InstallationPermission {
    static let readInstallation = Self("installation:read")
    static let writeUsers = Self("users:write")
}

extension Problem.Kind {
    /// There is no such mail, or no more.
    package static let noMail = Self(404, "no_mail")
    static let noFolder = Self(503, "no_folder")
    static let viewIsBuilt = Self(503, "starting")
}

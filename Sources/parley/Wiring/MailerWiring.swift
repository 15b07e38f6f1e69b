import AccountCommands
import AccountRecords
import AccountSecrets
import Configuration
import Conversation
import Cryptography
import FoundationEssentials
import Mail
import MailWriting
import MailerStage
import NotificationEndpoints
import NotificationRecords
import Records
import SMTPClient
import StageRuntime
import Synchronization
import Telemetry

/// The mailer's edge: the installation's settings of mail, followed in their topic, and the server
/// or folder that they name.
final class Mailing: Sendable {
    /// Who mails are from where nobody said: a name that is nobody's, in a folder.
    private static let nobody = "parley@parley.invalid"

    private let facts = Mutex(InstallationFacts())
    private let secrets: AccountSecrets
    private let tokens: LinkTokens
    private let ring: KeyRingStore
    private let data: DataFolder
    private let folder: MailFolder
    private let logger: Logger

    init(_ process: ProcessContext, _ data: DataFolder) {
        secrets = AccountSecrets(process.keys)
        tokens = LinkTokens(process.keys)
        ring = process.keys
        self.data = data
        folder = MailFolder(data.mails)
        logger = process.logger
    }

    /// What keeps the settings.
    var feed: TopicTable.Feed {
        TopicTable.Feed([.installationEvents]) { [self] value, _, _ in
            guard case .payload(let event as InstallationEvent) = value else { return }
            facts.withLock { $0 = event.facts }
        }
    }

    /// The mailer with its edge.
    func runner(_ process: ProcessContext) -> StageRunner<MailerStage> {
        process.runner(process.designs.mailer()) { [self] call, _ throws(CallFailure) in
            switch call {
            case .send(let request, let cause): try await send(request, cause)
            case .setAside: .told
            }
        }
    }

    private func send(
        _ request: MailRequest, _ cause: RecordID
    ) async throws(CallFailure) -> MailerAnswer {
        let facts = facts.withLock { $0 }
        // Where no installation runs here, somebody has to say where it is.
        let running = try? RunFile.read(from: data)
        guard let base = facts.security.baseURL ?? running?.console else {
            throw .transient(
                reason: "where the console is reached is not known: set the installation's URL",
                retryAfterMilliseconds: nil)
        }
        let mail: ComposedMail
        do {
            let sender = try Mailbox(
                EmailAddress(facts.mail.sender ?? Self.nobody), name: "Parley")
            let token = try request.token?.sealed.map { try tokens.open($0) }
            let refusal = try request.refusable.map {
                try RefusalTokens(ring).make(
                    AccountID(request.about), $0.map { NotificationKind(rawValue: $0) })
            }
            mail = try MailWriter(base: base, sender: sender)
                .mail(request, token: token, refusal: refusal, cause: cause).composed()
        } catch let error as KeyRingError {
            // A key that was added since the last look; the next try has it.
            _ = try? ring.reload()
            throw .transient(
                reason: "the mail's link cannot be opened: \(error.description)",
                retryAfterMilliseconds: nil)
        } catch let flaw as MailFlaw {
            return .refused(because: flaw.description)
        } catch {
            // What an address is wrong in may quote it.
            return .refused(because: "the sender or the recipient is no e-mail address")
        }
        return try await hand(mail, facts.mail, of: request.tenant)
    }

    private func hand(
        _ mail: ComposedMail, _ settings: InstallationPart.Mail, of tenant: TenantID
    ) async throws(CallFailure) -> MailerAnswer {
        let server = try server(settings, for: mail)
        do throws(MailError) {
            guard let server else {
                let owner = tenant == .installation ? nil : tenant
                _ = try await folder.transport(of: owner).send(mail)
                return .kept
            }
            _ = try await SMTPTransport(server).send(mail)
            return .sent
        } catch {
            // Servers' own words may name the recipient: only ours are told.
            logger.warning(
                "a mail is not sent",
                [.reason: .reason(error.reason), .state: .identifier(error.kind.rawValue)])
            switch error.kind {
            case .transient:
                throw .transient(
                    reason: "the mail server: \(error.reason)", retryAfterMilliseconds: nil)
            case .permanent: return .refused(because: "the mail server: \(error.reason)")
            case .unknownOutcome: return .maybeSent
            }
        }
    }

    /// The mail server; `nil` where mails are kept.
    private func server(
        _ settings: InstallationPart.Mail, for mail: ComposedMail
    ) throws(CallFailure) -> SMTPServer? {
        guard let host = settings.host else { return nil }
        do {
            let credentials = try settings.user.map { user in
                SMTPServer.Credentials(
                    user: user,
                    password: try settings.password.map {
                        try secrets.open($0, .mailPassword)
                    } ?? "")
            }
            return try SMTPServer(
                host: host, port: settings.port, security: settings.transport.security,
                credentials: credentials, greeting: mail.sender.domain)
        } catch {
            // It can be mended while the mail waits.
            throw .transient(
                reason: "the settings of the mail server cannot be used: \(error)",
                retryAfterMilliseconds: nil)
        }
    }
}

extension InstallationPart.Mail.Transport {
    /// The same, as the client calls it.
    fileprivate var security: SMTPServer.Security {
        switch self {
        case .tls: .tls
        case .startTLS: .startTLS
        case .plain: .none
        }
    }
}

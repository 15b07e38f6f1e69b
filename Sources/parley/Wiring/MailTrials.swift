import AccountRecords
import AccountSecrets
import Conversation
import Cryptography
import Endpoints
import HTTPServer
import InstallationEndpoints
import Mail
import SMTPClient

/// Sends test mails, and seals the password for it.
struct MailTrials: Sendable {
    private let secrets: AccountSecrets
    private let folder: MailFolder
    private let now: @Sendable () -> Timestamp

    init(keys: KeyRingStore, folder: MailFolder, now: @escaping @Sendable () -> Timestamp) {
        secrets = AccountSecrets(keys)
        self.folder = folder
        self.now = now
    }

    /// Seals the password of the mail server under the ring's newest key.
    func seal(_ password: String) throws(Problem) -> Sealed {
        do throws(KeyRingError) {
            return try secrets.seal(password, .mailPassword)
        } catch {
            throw Problem(.unexpected, "the password could not be sealed: \(error)")
        }
    }

    /// Sends a test mail as the settings say, or keeps it where there is no server.
    func send(_ settings: InstallationPart.Mail, to address: EmailAddress) async -> MailTrial {
        do {
            let from = try EmailAddress(settings.sender ?? "parley@parley.invalid")
            let mail = Mail(
                cause: "trial \(Hex.encode(try RandomBytes.make(count: 12)))",
                from: Mailbox(from, name: "Parley"), to: Mailbox(address),
                subject: "Test mail of Parley", language: "en",
                parts: [
                    .paragraph("This mail shows that Parley can send mail to you."),
                    .note("Somebody who looks after this installation asked for it."),
                ], date: now())
            let receipt = try await transport(settings, from).send(mail.composed())
            return MailTrial(
                outcome: settings.host == nil ? "kept" : "sent", detail: receipt.reply,
                dialogue: receipt.dialogue)
        } catch let error as MailError {
            return MailTrial(
                outcome: "failed", detail: error.description, dialogue: error.dialogue)
        } catch {
            return MailTrial(outcome: "failed", detail: "\(error)")
        }
    }

    private func transport(
        _ settings: InstallationPart.Mail, _ sender: EmailAddress
    ) throws -> any MailTransport {
        guard let host = settings.host else { return folder.transport(of: nil) }
        let password = try settings.password.map { try secrets.open($0, .mailPassword) }
        let security: SMTPServer.Security =
            switch settings.transport {
            case .tls: .tls
            case .startTLS: .startTLS
            case .plain: .none
            }
        return SMTPTransport(
            try SMTPServer(
                host: host, port: settings.port, security: security,
                credentials: settings.user.map { .init(user: $0, password: password ?? "") },
                greeting: sender.domain))
    }
}

import AccountAccess
import AccountCommands
import AccountEndpoints
import AccountView
import Configuration
import Cryptography
import EventLog
import InstallationView
import Lifecycle
import OrganisationView
import QRCode
import Views

/// What the capabilities of the console share.
struct CapabilityTools: Sendable {
    /// Asks the stages of accounts, organisations and the installation.
    let channel: CommandChannel
    /// Who is who, and what they may.
    let access: AccountAccess
    /// What doors share: passwords, links, the way in.
    let entrance: Entrance

    /// Names addresses.
    var naming: AddressNaming { entrance.parts.naming }
    /// Hashes passwords, on a bounded number of threads.
    var hasher: PasswordHasher { entrance.parts.hasher }

    /// The views.
    var accounts: StoredView { access.parts.accounts }
    var installation: StoredView { access.parts.installation }
    var organisations: StoredView { access.parts.organisations }
}

extension StageParts {
    /// Adds the views of accounts, organisations and the installation, and who is let in by them.
    mutating func addTools(_ process: ProcessContext) async throws -> CapabilityTools {
        let channel = CommandChannel(try await process.commandWriter())
        let watch = AccountWatch()
        let hear: @Sendable ([any ViewChange]) -> Void = { changes in
            channel.hear(changes)
            watch.hear(changes)
        }
        let access = AccountAccess(
            .init(
                accounts: process.views.stored(AccountView.view, hear: hear),
                installation: process.views.stored(InstallationView.view, hear: hear),
                organisations: process.views.stored(OrganisationView.view, hear: hear),
                channel: channel, watch: watch, now: ProcessContext.now))
        for view in [access.parts.accounts, access.parts.installation, access.parts.organisations] {
            add(view)
        }
        add(ClosureService("sessions") { await access.run() }) { true }
        let hasher: PasswordHasher
        do throws(CryptographyError) {
            hasher = try PasswordHasher()
        } catch {
            throw ConfigurationError("passwords", "they cannot be hashed: \(error)")
        }
        let codes = QRCode(scratch: process.scratchFolder)
        let entrance = Entrance(
            .init(
                access: access, naming: AddressNaming(process.tenantKeys.table),
                tokens: LinkTokens(process.keys), ring: process.keys, hasher: hasher,
                // Without the program, people type the secret.
                picture: { try? await codes.svg(of: $0) }))
        return CapabilityTools(channel: channel, access: access, entrance: entrance)
    }
}

extension ProcessContext {
    /// What writes commands, and looks for their answers.
    func commandWriter() async throws -> CommandWriter {
        CommandWriter(
            log, appender: try await log.openAppender(), envelope: envelope, now: Self.now)
    }
}

import AccountCommands
import AccountRecords
import AuditEndpoints
import AuditRecords
import Configuration
import Conversation
import Endpoints
import HTTPClient
import HTTPServer
import InstallationEndpoints
import InstallationView
import Mail
import NetworkAddress
import OutboxEndpoints
import SQLite
import SimulatorEndpoints
import TenantDirectory
import UserEndpoints
import Views

/// The rooms of who runs the installation: users, its settings, kept mails, the simulator.
struct OperatorRooms {
    let process: ProcessContext
    let tools: CapabilityTools
    let audit: StoredView
    let writer: AuditWriter
    let removed: RemovedMails
    let data: DataFolder

    /// Their endpoints.
    var endpoints: [Endpoint] { users + installation + outbox + simulator }

    private var users: [Endpoint] {
        let (naming, links) = (tools.naming, LinkTokens(process.keys))
        let writer = writer
        return UserEndpoints(
            .init(
                accounts: tools.accounts, installation: tools.installation,
                organisations: tools.organisations, audit: audit, channel: tools.channel,
                claim: { address throws(Problem) in try naming.claim(address) },
                token: { account, end throws(Problem) in
                    try links.make(about: account.rawValue, until: end)
                },
                noteExport: { asker, form throws(Problem) in
                    try await writer.write(
                        "account.export", on: AuditTarget("users", "installation"),
                        in: .installation, for: asker, changes: [AuditChange("form", nil, form)])
                }, now: ProcessContext.now)
        ).endpoints
    }

    private var installation: [Endpoint] {
        let naming = tools.naming
        let trials = MailTrials(
            keys: process.keys, folder: MailFolder(data.mails), now: ProcessContext.now)
        let facts = facts
        return InstallationEndpoints(
            .init(
                view: tools.installation, accounts: tools.accounts, channel: tools.channel,
                addressKey: { address throws(Problem) in try naming.key(of: address) },
                seal: { password throws(Problem) in try trials.seal(password) },
                tryMail: { settings, address in await trials.send(settings, to: address) },
                connection: { request throws(Problem) in
                    Self.connection(request, try await facts())
                }, now: ProcessContext.now)
        ).endpoints
    }

    /// What is known of the installation.
    private var facts: @Sendable () async throws(Problem) -> InstallationFacts {
        let view = tools.installation
        return { () throws(Problem) in
            do throws(SQLiteError) {
                return try await view.read { rows throws(SQLiteError) in
                    try InstallationRows(rows).facts()
                }
            } catch {
                throw Problem(.rowsAreBuilt, "the installation is still being read")
            }
        }
    }

    private static func connection(
        _ request: HTTPRequest, _ facts: InstallationFacts
    ) -> SeenConnection {
        let trusted = facts.security.trustedProxies.compactMap { AddressRange($0) }
        let lines = request.headers.all(named: "X-Forwarded-For")
        return SeenConnection(
            peer: request.remoteAddress,
            forwarded: lines.flatMap { $0.split(separator: ",") }.prefix(20).map {
                String($0.drop { $0 == " " }.prefix(100))
            }, address: TrustedProxies(trusted).client(of: request)?.address.description)
    }

    private var simulator: [Endpoint] {
        let (http, data) = (process.http, data)
        return SimulatorEndpoints(
            .init(
                // Until `up` has started everything there is no run file, and no simulator yet.
                url: { (try? RunFile.read(from: data))?.simulator },
                // That no answer came is all there is to say of it.
                send: { request in try? await http.send(request) }, audit: writer)
        ).endpoints
    }

    private var outbox: [Endpoint] {
        let (writer, facts) = (writer, facts)
        return OutboxEndpoints(
            .init(
                folder: MailFolder(data.mails),
                isSending: { () throws(Problem) in try await facts().mail.host != nil },
                now: ProcessContext.now,
                remove: { asker, event throws(Problem) in
                    try await writer.write(
                        "mail.delete", on: AuditTarget("mail", event.about), in: event.tenant,
                        for: asker, doing: event)
                }, removed: removed)
        ).endpoints
    }
}

extension Problem.Kind {
    /// A view is still being read.
    fileprivate static let rowsAreBuilt = Self(503, "starting")
}

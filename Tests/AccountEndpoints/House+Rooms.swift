import AccountAccess
import AccountCommands
import AccountEndpoints
import AccountRecords
import AuditRecords
import Blobs
import Conversation
import ConversationView
import DocumentView
import Endpoints
import HTTPClient
import HTTPServer
import InstallationEndpoints
import OrganisationEndpoints
import Testing
import UserEndpoints
import Views

extension House {
    /// The rooms of organisations, of the installation, and of all its users.
    static func rooms(
        _ entrance: Entrance, audit: StoredView, views all: ViewKeeping, blobs: BlobFolder,
        now: @escaping @Sendable () -> Timestamp
    ) -> [Endpoint] {
        let (parts, access) = (entrance.parts, entrance.parts.access)
        let (views, channel) = (access.parts, access.parts.channel)
        func kept(_ name: String) -> @Sendable () -> StoredView? {
            // The console's own views are made after its endpoints.
            { all.all.first { $0.view.name == name } }
        }
        return OrganisationEndpoints(
            .init(
                view: views.organisations, channel: channel, naming: parts.naming,
                links: parts.tokens, passwords: parts.hasher, blobs: blobs,
                installation: { try await access.installation() }, ensureKey: { _ in }, now: now),
            sources: OrganisationSources(
                isConnected: { _ in false }, documents: kept(DocumentView.view.name),
                conversations: kept(ConversationView.view.name), audit: { audit },
                tokens: { _ in (0, nil) })
        ).endpoints
            + InstallationEndpoints(
                .init(
                    view: views.installation, accounts: views.accounts, channel: channel,
                    addressKey: { address throws(Problem) in try parts.naming.key(of: address) },
                    seal: { Sealed(keyID: "k1", box: "sealed \($0.count)") },
                    tryMail: { _, _ in MailTrial(outcome: "kept", detail: "kept") },
                    connection: { request throws(Problem) in
                        SeenConnection(peer: request.remoteAddress, forwarded: [], address: nil)
                    }, now: now)
            ).endpoints
            + UserEndpoints(
                .init(
                    accounts: views.accounts, installation: views.installation,
                    organisations: views.organisations, audit: audit, channel: channel,
                    claim: { address throws(Problem) in try parts.naming.claim(address) },
                    token: { account, end throws(Problem) in
                        try parts.tokens.make(about: account.rawValue, until: end)
                    }, noteExport: { _, _ in }, now: now)
            ).endpoints
    }

    /// Founds the organisation `sol`, by the installation's key.
    func found() async throws {
        let made = try await ask(
            .post, "organisations", Self.organisation("sol"), bearer: Self.key)
        try #require(made.status == 201, "\(made.text)")
    }

    static func organisation(_ id: String) -> String {
        #"{"id":"\#(id)","name":"Bicicletas","plan":"free","locale":{"language":"es","#
            + #""timeZone":"Europe/Madrid","dateFormat":"d/M/y"}}"#
    }

    /// What is told of an API key that was just made.
    struct Key: Decodable {
        struct Listing: Decodable { var id: String }
        var key: Listing
        var secret: String
    }

    /// Makes an API key, by the installation's key.
    func makeKey(
        _ path: String, _ permissions: [String], networks: [String] = []
    ) async throws -> Key {
        func list(_ words: [String]) -> String {
            words.map { #""\#($0)""# }.joined(separator: ",")
        }
        let made = try await ask(
            .post, path,
            #"{"name":"Shop","permissions":[\#(list(permissions))],"networks":[\#(list(networks))]}"#,
            bearer: Self.key)
        try #require(made.status == 201, "\(made.text)")
        return try made.value(Key.self)
    }

    /// Changes a part of the installation's settings.
    func change(_ part: InstallationPart) async throws {
        let version = try await access.installation().version(part.name)
        try await access.parts.channel.ask(
            .change(part, version: version), for: asker(AuditActor(.key, "1a2b3c4d")))
    }
}

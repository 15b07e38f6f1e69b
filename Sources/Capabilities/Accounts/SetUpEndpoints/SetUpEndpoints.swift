package import AccountCommands
import AccountRecords
import AccountRules
import AuditRecords
package import Conversation
package import Cryptography
package import Endpoints
import HTTPServer
import Idempotency
package import JSON

/// How whoever has the installation's key gives it its first owner: by a link that is good once, or
/// at once, without a browser.
package struct SetUpEndpoints: Sendable {
    /// How long a link is good.
    private static let life = Duration.seconds(30 * 60)

    private let channel: CommandChannel
    private let naming: AddressNaming
    private let hasher: PasswordHasher
    private let now: @Sendable () -> Timestamp
    private let isKnown: @Sendable (AccountID) async -> Bool

    /// Answers by a channel to the stages; `isKnown` says whether an account can sign in yet.
    package init(
        over channel: CommandChannel, naming: AddressNaming, hasher: PasswordHasher,
        now: @escaping @Sendable () -> Timestamp,
        isKnown: @escaping @Sendable (AccountID) async -> Bool
    ) {
        self.isKnown = isKnown
        self.channel = channel
        self.naming = naming
        self.hasher = hasher
        self.now = now
    }

    /// The endpoints.
    package var endpoints: [Endpoint] { [offer, own] }

    private var offer: Endpoint {
        .installation(
            .at(
                .post, "/api/v1/installation/setup-links", "setup.offer",
                "Makes the link by which an installation without an owner gets one; a former link "
                    + "is void."),
            may: .setUp,
            .init(
                gives: Reply<SetUpLink>.self, [201], problems: Self.refusals,
                repeating: .onceWithSecret)
        ) { call in
            Reply(try await offer(for: Asker(call, in: .installation)), status: 201)
        }
    }

    private var own: Endpoint {
        .installation(
            .at(
                .post, "/api/v1/installation/owner", "setup.own",
                "Gives an installation without an owner its first one, without a browser."),
            may: .setUp,
            .init(
                body: JSONBody<FirstOwner>.self, gives: Reply<SetUpOwner>.self, [201],
                problems: Self.refusals, repeating: .once)
        ) { call in
            Reply(
                try await own(call.body.value, for: Asker(call, in: .installation)), status: 201)
        }
    }

    private static let refusals: [Problem.Kind] =
        [.notStored, .notVisible, .busyHashing]
        + [Refusal.setUp, .busy, .badToken, .addressTaken, .forbidden].map(\.kind)

    private func offer(for asker: Asker) async throws(Problem) -> SetUpLink {
        let (text, token) = try token()
        let event = try await channel.ask(.offerSetUp(token), for: asker)
        guard event.facts.link?.hash == token.hash else { throw .secretWasShown }
        return SetUpLink(token: text, expires: token.expires.rfc3339)
    }

    /// The same acts that the page takes, one after the other.
    private func own(
        _ owner: FirstOwner, for asker: Asker
    ) async throws(Problem) -> SetUpOwner {
        let (address, name, password) = try owner.checked()
        let claim = try naming.claim(address)
        let hash: PasswordHash
        do throws(PasswordHasherError) {
            hash = try await hasher.hash(password)
        } catch {
            throw Problem(.busyHashing, "the account cannot be made now: \(error.description)")
        }
        let account = AccountID(asker.name(of: "account", bytes: 16))
        let (_, token) = try token()
        try await channel.ask(.offerSetUp(token), for: asker.part("link"))
        let new = NewAccount(
            address: claim, name: name, language: owner.language, passwordHash: hash.text,
            isVerified: true)
        try await channel.ask(
            .setUp(tokenHash: token.hash, account, new), for: asker)
        // Whoever is told of an account can sign in: it comes in a record of its own, a moment
        // later.
        await Visible.wait { await isKnown(account) }
        return SetUpOwner(account: account)
    }

    /// What a link holds, and what the records do: a hash.
    private func token() throws(Problem) -> (text: String, kept: OneTimeToken) {
        let text = try random() + random()
        return (
            text, OneTimeToken(hash: LinkTokens.hash(text), expires: now() + Self.life)
        )
    }

    private func random() throws(Problem) -> String {
        do throws(CryptographyError) {
            return Hex.encode(try RandomBytes.make(count: 16))
        } catch {
            throw Problem(.busyHashing, "the system gives no random bytes: \(error)")
        }
    }
}

/// A link by which an installation is set up.
package struct SetUpLink: Hashable, Sendable, Codable, Described {
    /// What the link holds behind its `#`, and nothing else knows.
    package var token: String
    /// Until when it is good.
    package var expires: String

    package static let schema = JSONSchema.object(
        [
            .required("token", .text("What the link holds; it is shown this once.")),
            .required("expires", .text("Until when it is good.")),
        ], named: "SetUpLink")
}

/// Who is to own the installation.
package struct FirstOwner: Hashable, Sendable, Codable, Described {
    /// The e-mail address.
    package var email: String
    /// The person's name.
    package var name: String
    /// The password.
    package var password: String
    /// The language of pages and mails.
    package var language: String?

    /// Names an owner.
    package init(email: String, name: String, password: String, language: String? = nil) {
        self.email = email
        self.name = name
        self.password = password
        self.language = language
    }

    package static let schema = JSONSchema.object(
        [
            .required("email", .text("The e-mail address.", 3...254)),
            .required("name", .text("The person's name.", 1...100)),
            .required("password", .text("The password.", 1...1_024)),
            .optional("language", .text("The language of pages and mails.", 2...35)),
        ], named: "FirstOwner")

    /// What can be used of it.
    ///
    /// - Throws: a problem that names each field that is wrong.
    func checked() throws(Problem) -> (EmailAddress, String, String) {
        var parts: [Problem.Part] = []
        var address: EmailAddress?
        do throws(EmailAddress.Flaw) {
            address = try EmailAddress(email)
        } catch {
            parts.append(.init(.pointer("/email"), "invalid", error.description))
        }
        var shown: String?
        do throws(DisplayName.Flaw) {
            shown = try DisplayName(name).text
        } catch {
            parts.append(.init(.pointer("/name"), "invalid", error.description))
        }
        let policy = PasswordPolicy(hasSecondFactor: false)
        if let refusal = policy.refusal(of: password, names: [email, name]) {
            parts.append(.init(.pointer("/password"), refusal.code, refusal.description))
        }
        guard let address, let shown, parts.isEmpty else { throw Problem.invalid(parts) }
        return (address, shown, PasswordPolicy.normalised(password))
    }
}

/// Who owns the installation now.
package struct SetUpOwner: Hashable, Sendable, Codable, Described {
    /// The account.
    package var account: AccountID

    package static let schema = JSONSchema.object(
        [.required("account", .id("The account."))], named: "SetUpOwner")
}

extension InstallationPermission {
    static let setUp = Self("installation:write")
}

extension Problem.Kind {
    static let busyHashing = Self(503, "hashing")
}

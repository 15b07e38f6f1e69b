import AccountAccess
import AccountCommands
import AccountRecords
import AccountView
import AuditRecords
import Conversation
import Endpoints
import HTTPServer
import OrganisationView
import RateLimits
import SQLite
import Synchronization

/// What links in mails lead to. Looking never acts: mail programs open links by themselves.
extension AccountEndpoints {
    var links: [Endpoint] {
        [requestReset, reset, tryPassword, verify, confirmAddress, refuseAddress]
    }

    /// How long a link is good by which a password is chosen.
    static let resetLife = Duration.seconds(3_600)
    /// How long a link is good that verifies an address or confirms a new one.
    static let verificationLife = Duration.seconds(86_400)

    private var requestReset: Endpoint {
        .anyone(
            .at(
                .post, "/api/v1/resets/requests", "resets.request",
                "Sends a link by which a password is chosen, if the address is an account's."),
            .init(
                body: JSONBody<EmailBody>.self, gives: NoContent.self, [204],
                problems: .doors, repeating: .once)
        ) { call in
            try await entrance.countQuestion(call.request)
            let address = try entrance.address(call.body.value.email)
            let now = entrance.now
            let isAllowed = entrance.throttles.withLock {
                $0.links.take(address.text, at: now).isAllowed
            }
            let asker = Asker(AuditActor(.link, "reset"), by: call)
            // Whoever asks is answered before anybody looks whose address it is.
            if isAllowed { Task { await sendReset(to: address, asker) } }
            return NoContent()
        }
    }

    private func sendReset(to address: EmailAddress, _ asker: Asker) async {
        do {
            let key = try entrance.parts.naming.key(of: address)
            let found = try await entrance.access.accounts { rows throws(SQLiteError) in
                try rows.account(at: key)
            }
            guard let row = found, row.facts.standing == .active else { return }
            let token = try entrance.parts.tokens.make(
                about: row.account.rawValue, until: entrance.now + Self.resetLife)
            try await entrance.channel.ask(row.account, .startReset(token), for: asker)
        } catch {
            // A link that was sent less than a minute ago is as good; of the rest nobody is told.
        }
    }

    private var reset: Endpoint {
        .anyone(
            .at(
                .post, "/api/v1/resets", "resets.run",
                "Chooses a password by a link; all sessions end."),
            .init(
                body: JSONBody<ResetBody>.self, gives: NoContent.self, [204], problems: .doors)
        ) { call in
            let body = call.body.value
            try SessionCookie.checkSite(call.request)
            try await entrance.countQuestion(call.request)
            let account = try Self.account(of: body.token)
            guard let trial = try await trial(of: account) else { throw Self.badLink }
            let password = try entrance.checked(
                body.password, names: trial.names, hasFactor: trial.hasFactor,
                tenantLeast: trial.least)
            let hash = try await entrance.hash(password)
            try await entrance.channel.ask(
                account,
                .reset(tokenHash: LinkTokens.hash(body.token), passwordHash: hash),
                for: Asker(AuditActor(.link, account.rawValue), by: call))
            return NoContent()
        }
    }

    /// What counts for a password of an account.
    struct Trial {
        var names: [String]
        var hasFactor: Bool
        var least: Int
    }

    /// What counts for a password of an account; `nil` where it may not have one.
    func trial(of account: AccountID) async throws(Problem) -> Trial? {
        let row = try await entrance.access.accounts { rows throws(SQLiteError) in
            try rows.account(account)
        }
        guard let row, row.facts.standing == .active else { return nil }
        let teams = try await entrance.access.teams(of: account)
        return Trial(
            names: [row.facts.name, row.facts.address?.text ?? "", "Parley"]
                + teams.memberships.map(\.organisation.profile.name),
            hasFactor: row.facts.hasFactor, least: teams.limits.passwordCharacters)
    }

    private static let badLink = Problem(
        Refusal.badToken.kind, "the link is not the last that was sent, was used, or is too old")

    /// The account that a link is about.
    private static func account(of token: String) throws(Problem) -> AccountID {
        guard let subject = LinkTokens.subject(of: token) else { throw badLink }
        return AccountID(subject)
    }

    private var tryPassword: Endpoint {
        .anyone(
            .at(
                .post, "/api/v1/passwords/trial", "passwords.try",
                "Tells whether a password would be taken, while it is typed; keeps nothing."),
            .init(
                body: JSONBody<PasswordTrialBody>.self, gives: Reply<PasswordVerdict>.self,
                problems: .doors)
        ) { call in
            try SessionCookie.checkSite(call.request)
            let network = try await entrance.network(of: call.request)
            let now = entrance.now
            guard entrance.throttles.withLock({ $0.trials.take(network, at: now).isAllowed })
            else { throw Entrance.tooMany }
            let body = call.body.value
            // Of a link that is none, no more is told than that of one of an unknown account.
            let account = body.token.flatMap { LinkTokens.subject(of: $0) }.map { AccountID($0) }
            let hasFactor = false
            var names = [body.name ?? "", body.email ?? "", "Parley"]
            var least = 0
            if let account, let trial = try await trial(of: account) {
                names += trial.names
                least = trial.least
            }
            return Reply(PasswordVerdict(body.password, names, hasFactor, least))
        }
    }

    private var verify: Endpoint {
        .anyone(
            .at(
                .post, "/api/v1/verifications", "verifications.run",
                "Verifies an e-mail address by the link that was sent to it."),
            .init(
                body: JSONBody<TokenBody>.self, gives: NoContent.self, [204], problems: .doors)
        ) { call in
            _ = try await follow(call) { .verify(tokenHash: $0) }
            return NoContent()
        }
    }

    private var confirmAddress: Endpoint {
        .anyone(
            .at(
                .post, "/api/v1/addresses/confirmations", "addresses.confirm",
                "Confirms a change of address, by the link at the new or the old one."),
            .init(
                body: JSONBody<TokenBody>.self, gives: Reply<AddressChangeAnswer>.self,
                problems: .doors)
        ) { call in
            let event = try await follow(call) { .confirmAddressChange(tokenHash: $0) }
            return Reply(AddressChangeAnswer(event.facts))
        }
    }

    private var refuseAddress: Endpoint {
        .anyone(
            .at(
                .post, "/api/v1/addresses/refusals", "addresses.refuse",
                "Stops a change of address, by the link at the old one."),
            .init(
                body: JSONBody<TokenBody>.self, gives: NoContent.self, [204], problems: .doors)
        ) { call in
            _ = try await follow(call) { .cancelAddressChange(tokenHash: $0) }
            return NoContent()
        }
    }

    /// Does what a link is for.
    private func follow(
        _ call: Call<Anywhere, NoParameters, JSONBody<TokenBody>>,
        _ action: (String) -> AccountCommand.Action
    ) async throws -> AccountEvent {
        try SessionCookie.checkSite(call.request)
        try await entrance.countQuestion(call.request)
        let token = call.body.value.token
        let account = try Self.account(of: token)
        let asker = Asker(AuditActor(.link, account.rawValue), by: call)
        do throws(Problem) {
            return try await entrance.channel.ask(
                account, action(LinkTokens.hash(token)), for: asker)
        } catch {
            // Who guesses an account's id hears the same of all.
            guard [Refusal.unknown.kind, Refusal.disabled.kind].contains(error.kind) else {
                throw error
            }
            throw Self.badLink
        }
    }
}

import AccountAccess
import AccountCommands
import AccountRecords
import AccountRules
import AuditRecords
import Conversation
import Cryptography
import Endpoints
import HTTPServer

/// The first start: the one-time link makes the installation's owner.
extension AccountEndpoints {
    var setUp: [Endpoint] { [door, checkLink, setUpInstallation] }

    private var door: Endpoint {
        .anyone(
            .at(
                .get, "/api/v1/door", "door.read",
                "Tells whether the installation is set up, and whether anybody may sign up."),
            .init(gives: Reply<DoorAnswer>.self, problems: .accountReading)
        ) { call in
            let facts = try await entrance.access.installation()
            let token = SessionCookie.token(in: call.request)
            var person: SignedInPerson?
            if let token {
                person = try await entrance.access.person(token: token, of: call.request)
            }
            return Reply(
                DoorAnswer(
                    isSetUp: facts.isSetUp, isSignUpOpen: facts.signUp.isOpen,
                    isSignedIn: person != nil))
        }
    }

    private var checkLink: Endpoint {
        .anyone(
            .at(
                .post, "/api/v1/setup/link", "setup.check",
                "Checks the link that sets the installation up, without using it."),
            .init(
                body: JSONBody<TokenBody>.self, gives: NoContent.self, [204],
                problems: .doors + [.alreadySetUp])
        ) { call in
            try await entrance.countQuestion(call.request)
            try await checkSetUp(call.body.value.token)
            return NoContent()
        }
    }

    /// Refuses a link that is not the one; the fold decides again.
    private func checkSetUp(_ token: String) async throws(Problem) {
        let facts = try await entrance.access.installation()
        guard !facts.isSetUp else {
            throw Problem(.alreadySetUp, "the installation was set up already; sign in")
        }
        guard let link = facts.link, link.expires > entrance.now,
            ConstantTime.equal(link.hash, SHA256.hex(token))
        else {
            throw Problem(
                Refusal.badToken.kind,
                "this link is not the last one that was shown, or is too old; `parley setup` "
                    + "shows a fresh one")
        }
    }

    private var setUpInstallation: Endpoint {
        .anyone(
            .at(
                .post, "/api/v1/setup", "setup.run",
                "Makes the installation's owner, by the link that was shown at its start."),
            .init(
                body: JSONBody<SetUpBody>.self, gives: Prepared<SignInAnswer>.self, [201],
                problems: .doors + [.alreadySetUp], repeating: .onceWithSecret)
        ) { call in
            let body = call.body.value
            try SessionCookie.checkSite(call.request)
            _ = try SessionCookie.way(of: call.request)
            try await entrance.countQuestion(call.request)
            try await checkSetUp(body.token)
            let name = try entrance.name(body.name)
            let address = try entrance.address(body.email)
            let password = try entrance.checked(
                body.password, names: [name.text, address.text, "Parley"], hasFactor: false)
            let new = NewAccount(
                address: try entrance.parts.naming.claim(address), name: name.text,
                language: body.language, passwordHash: try await entrance.hash(password),
                isVerified: true)
            let asker = Asker(AuditActor(.link, "setup", name: name.text), by: call)
            let account = AccountID(asker.name(of: "account", bytes: 16))
            try await entrance.channel.ask(
                .setUp(tokenHash: SHA256.hex(body.token), account, new), for: asker)
            return try await entrance.open(
                account, Proof(passwordVersion: 1), name: name.text, at: address.text,
                by: asker.part("session"),
                for: call.request)
        }
    }
}

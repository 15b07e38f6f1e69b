import AccountAccess
import AccountCommands
import AccountRecords
import AccountRules
import AuditRecords
import Conversation
import Endpoints
import HTTPServer
import Permissions
import SQLite

/// Everybody's own account.
extension AccountEndpoints {
    var own: [Endpoint] {
        [who, rename, changePassword, tryOwnPassword, sendVerification, changeAddress, keepAddress]
    }

    private var who: Endpoint {
        .known(
            .at(
                .get, "/api/v1/me", "me.read",
                "Tells who asks, what they may, and which tenants they belong to."),
            .init(gives: Reply<WhoAnswer>.self, problems: .accountReading)
        ) { call in Reply(try await answer(call.principal, call.request)) }
    }

    private func answer(
        _ principal: Principal, _ request: HTTPRequest
    ) async throws(Problem) -> WhoAnswer {
        switch principal {
        case .person(let person): return try await answer(person, request)
        case .key(let key): return WhoAnswer("key", key.name, key.name, Access(isBreakGlass: true))
        case .program(let program):
            return WhoAnswer("program", program.key.rawValue, program.name, program.access)
        case .agent(let agent): return WhoAnswer("agent", agent.id.rawValue, agent.name, nil)
        case .nobody: throw Problem(.unauthorized, "nobody is signed in")
        }
    }

    private func answer(
        _ person: Principal.Person, _ request: HTTPRequest
    ) async throws(Problem) -> WhoAnswer {
        let address = try await entrance.access.client(of: request)?.address
        guard
            var signedIn = try await entrance.access.person(again: person, from: address)
        else { throw Problem(.unauthorized, "the session has ended") }
        signedIn.person = person
        return WhoAnswer(signedIn)
    }

    private var rename: Endpoint {
        .person(
            .at(
                .put, "/api/v1/me/profile", "me.rename",
                "Changes the own name, and the language of pages and mails."),
            .init(
                body: JSONBody<ProfileBody>.self, gives: NoContent.self, [204],
                problems: .accountWriting)
        ) { call in
            let name = try entrance.name(call.body.value.name)
            try await wish(.rename(name: name.text, language: call.body.value.language), call)
            return NoContent()
        }
    }

    private var changePassword: Endpoint {
        .person(
            .at(
                .put, "/api/v1/me/password", "me.changePassword",
                "Changes the own password, after a proof; the other sessions end."),
            .init(
                body: JSONBody<PasswordBody>.self, gives: NoContent.self, [204],
                problems: .doors)
        ) { call in
            try Self.requireProof(call.principal)
            guard let trial = try await trial(of: call.scope.account) else {
                throw Problem(Refusal.unknown.kind, "the account is gone")
            }
            let password = try entrance.checked(
                call.body.value.password, names: trial.names, hasFactor: trial.hasFactor,
                tenantLeast: trial.least)
            try await wish(.changePassword(hash: try await entrance.hash(password)), call)
            return NoContent()
        }
    }

    private var tryOwnPassword: Endpoint {
        .person(
            .at(
                .post, "/api/v1/me/password/trial", "me.tryPassword",
                "Tells whether a password would be taken as the own, while it is typed."),
            .init(
                body: JSONBody<PasswordTrialBody>.self, gives: Reply<PasswordVerdict>.self,
                problems: .accountReading + [Refusal.unknown.kind])
        ) { call in
            guard let trial = try await trial(of: call.scope.account) else {
                throw Problem(Refusal.unknown.kind, "the account is gone")
            }
            return Reply(
                PasswordVerdict(
                    call.body.value.password, trial.names, trial.hasFactor, trial.least))
        }
    }

    private var sendVerification: Endpoint {
        .person(
            .at(
                .post, "/api/v1/me/verification", "me.sendVerification",
                "Sends the link that verifies the own address, at most once a minute."),
            .init(gives: NoContent.self, [204], problems: .accountWriting, repeating: .once)
        ) { call in
            let token = try entrance.parts.tokens.make(
                about: call.scope.account.rawValue, until: entrance.now + Self.verificationLife)
            try await wish(.startVerification(token), call)
            return NoContent()
        }
    }

    private var changeAddress: Endpoint {
        .person(
            .at(
                .put, "/api/v1/me/address", "me.changeAddress",
                "Begins to change the own address, after a proof; it is confirmed by mail."),
            .init(
                body: JSONBody<EmailBody>.self, gives: Reply<AddressChangeAnswer>.self,
                problems: .accountWriting)
        ) { call in
            try Self.requireProof(call.principal)
            let address = try entrance.address(call.body.value.email)
            let end = entrance.now + Self.verificationLife
            let subject = call.scope.account.rawValue
            let event = try await wish(
                .startAddressChange(
                    try entrance.parts.naming.claim(address),
                    token: try entrance.parts.tokens.make(about: subject, until: end),
                    oldToken: try entrance.parts.tokens.make(about: subject, until: end)), call)
            return Reply(AddressChangeAnswer(event.facts))
        }
    }

    private var keepAddress: Endpoint {
        .person(
            .at(
                .delete, "/api/v1/me/address", "me.keepAddress",
                "Stops a change of the own address that is not confirmed yet."),
            .init(gives: NoContent.self, [204], problems: .accountWriting)
        ) { call in
            try await wish(.cancelAddressChange(tokenHash: nil), call)
            return NoContent()
        }
    }

    // MARK: Wishing

    /// Has something done to the own account.
    @discardableResult
    func wish<Parameters: Sendable, Body: Sendable>(
        _ action: AccountCommand.Action, _ call: Call<PersonScope, Parameters, Body>
    ) async throws(Problem) -> AccountEvent {
        try await entrance.channel.ask(
            call.scope.account, action,
            for: Asker(AuditActor(call.principal, inTeam: true), by: call))
    }

    /// Asks for a fresh proof before any work is done; the fold asks again.
    static func requireProof(_ principal: Principal) throws(Problem) {
        if case .person(let person) = principal, person.access.isProven { return }
        throw Refusal.unproven.problem
    }
}

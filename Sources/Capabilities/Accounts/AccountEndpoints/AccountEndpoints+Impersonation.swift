import AccountAccess
import AccountCommands
import AccountRecords
import AccountView
import AuditRecords
import Conversation
import Cryptography
import Endpoints
import HTTPServer
import Idempotency
import OrganisationView
import Permissions

/// Operators who act as somebody of a team: they begin, stop, and are seen and ended by the team.
extension AccountEndpoints {
    var impersonations: [Endpoint] {
        [beginImpersonation, stopImpersonation, listImpersonations, endImpersonation]
    }

    private static let base = "/api/v1/tenants/{tenant}/impersonations"

    private var beginImpersonation: Endpoint {
        .tenant(
            .at(
                .post, Self.base, "impersonations.begin",
                "Lets an operator act as somebody of a tenant that consents, for an hour at most."),
            may: .actAsMember,
            .init(
                body: JSONBody<ImpersonationBody>.self, gives: Prepared<ImpersonationAnswer>.self,
                [201], problems: .impersonating, repeating: .onceWithSecret)
        ) { call in
            // A key is nobody, and a token of a program's has no browser to act in.
            guard case .person(let person) = call.principal, person.impersonator == nil,
                call.request.headers.first(named: "Authorization") == nil
            else {
                throw Problem(
                    Refusal.forbidden.kind,
                    "only a person who runs the installation acts as somebody, in a browser")
            }
            return try await begin(call, by: person)
        }
    }

    private func begin(
        _ call: Call<TenantScope, NoParameters, JSONBody<ImpersonationBody>>,
        by person: Principal.Person
    ) async throws -> Prepared<ImpersonationAnswer> {
        let (tenant, request, body) = (call.scope.tenant, call.request, call.body.value)
        let reason = String(body.reason.map { $0.isNewline ? " " : $0 })
        guard reason.contains(where: { !$0.isWhitespace }) else {
            throw Problem.invalid("/reason", "say why, for the team is told")
        }
        let access = entrance.access
        let way = try SessionCookie.way(of: request)
        let address = try await access.client(of: request)?.address
        guard let own = try await access.person(again: person, from: address) else {
            throw Problem(.unauthorized, "the session has ended")
        }
        let token = try SessionCookie.impersonationPrefix + RandomBytes.token()
        let wanted = Impersonation(
            id: SessionID(Hex.encode(try RandomBytes.make(count: 12))),
            tokenHash: SHA256.hex(token), account: body.account, operator: person.account,
            operatorName: person.name, operatorSession: person.session, reason: reason,
            began: entrance.now,
            expires: min(own.session.expires, entrance.now + Impersonation.longest))
        // The fold decides again; what it cannot see is decided here, and for every request anew.
        let other = try await access.person(wanted, in: tenant, by: own, from: address).get()
        let asker = Asker(AuditActor(call.principal, inTeam: false), by: call)
        let session = NewSession(
            id: wanted.id, tokenHash: wanted.tokenHash, expires: wanted.expires,
            userAgent: asker.origin.userAgent, address: asker.origin.address)
        let event = try await entrance.channel.ask(
            tenant,
            .impersonate(
                wanted.account, name: other.account.facts.name, session, reason: reason),
            for: asker)
        guard case .impersonated(let made) = event.change, made.id == wanted.id else {
            // Another console's process was asked for the same act, and has told the token.
            throw Problem.secretWasShown
        }
        let answer = ImpersonationAnswer(made, in: tenant, as: other.account.facts.name)
        var response = try Reply(answer, status: 201).response()
        response.headers.append(
            SessionCookie.impersonationLine(
                token, way, for: request,
                seconds: (made.expires.milliseconds - entrance.now.milliseconds) / 1000))
        return Prepared(response)
    }

    /// For anyone: what has ended already has to be taken out of the browser, too.
    private var stopImpersonation: Endpoint {
        .anyone(
            .at(
                .delete, "/api/v1/impersonation", "impersonations.stop",
                "Stops to act as somebody: the operator is themselves again."),
            .init(gives: SignedOut.self, [204], problems: .impersonating)
        ) { call in
            try SessionCookie.checkSite(call.request)
            try await stop(call)
            return SignedOut(lines: SessionCookie.clearingImpersonation(call.request))
        }
    }

    private func stop<Parameters, Body>(
        _ call: Call<Anywhere, Parameters, Body>
    ) async throws(Problem) {
        let (access, request) = (entrance.access, call.request)
        guard let token = SessionCookie.token(in: request),
            let own = try await access.person(token: token, of: request),
            case (let tenant, let impersonation)? = try await access.impersonation(of: request),
            impersonation.operator == own.account.account
        else { return }
        let actor = AuditActor(
            .operator, own.account.account.rawValue, name: own.account.facts.name,
            session: own.session.id.rawValue)
        do throws(Problem) {
            try await entrance.channel.ask(
                tenant, .endImpersonation(impersonation.id), for: Asker(actor, by: call))
        } catch {
            // It has ended meanwhile: that is what was wished.
            guard error.kind == Refusal.unknown.kind else { throw error }
        }
    }

    private var listImpersonations: Endpoint {
        .tenant(
            .at(
                .get, Self.base, "impersonations.list",
                "Lists the operators who act as people of a tenant now, the newest first."),
            may: .readSettings,
            .init(gives: Reply<ImpersonationList>.self, problems: .accountReading)
        ) { call in
            let tenant = call.scope.tenant
            let found = try await entrance.access.impersonations(in: tenant)
            return Reply(
                ImpersonationList(
                    impersonations: found.map {
                        ImpersonationAnswer($0.impersonation, in: tenant, as: $0.name)
                    }))
        }
    }

    private var endImpersonation: Endpoint {
        .tenant(
            .at(
                .delete, Self.base + "/{impersonation}", "impersonations.end",
                "Lets an operator act as somebody of the tenant no more; within a second."),
            may: .giveConsent,
            .init(
                takes: ImpersonationParameters.self, gives: NoContent.self, [204],
                problems: .impersonating)
        ) { call in
            let tenant = call.scope.tenant
            try await entrance.channel.ask(
                tenant, .endImpersonation(call.parameters.impersonation),
                for: Asker(call, in: tenant))
            return NoContent()
        }
    }
}

extension TenantPermission {
    static let readSettings = Self("settings:read")
    static let giveConsent = Self("consent:write")
    static let actAsMember = Self("members:impersonate")
}

extension [Problem.Kind] {
    /// What whoever acts as somebody may be told.
    static let impersonating: Self =
        accountWriting + [
            Refusal.noConsent.kind, Refusal.notMember.kind, .insecure, .foreignPage,
            .runsInstallation, .impersonationEnded, Authorizer.factorDue, .unexpected,
        ]
}

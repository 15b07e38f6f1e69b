import AccountAccess
import AccountCommands
import AccountRecords
import AccountRules
import AccountView
import AuditRecords
import Conversation
import Cryptography
import Endpoints
import HTTPServer
import SQLite
import Synchronization

/// Signing in and out, and proving again who it is.
extension AccountEndpoints {
    var signIn: [Endpoint] { [begin, prove, end] }

    private var begin: Endpoint {
        .anyone(
            .at(
                .post, "/api/v1/session", "session.begin",
                "Signs in, by address, password and, where there is one, the second factor."),
            .init(
                body: JSONBody<SignInBody>.self, gives: Prepared<SignInAnswer>.self, [201],
                problems: .doors)
        ) { call in
            let kind = call.body.value.kind ?? "browser"
            if kind == "browser" {
                try SessionCookie.checkSite(call.request)
                _ = try SessionCookie.way(of: call.request)
            } else if call.request.headers.first(named: "Origin") != nil
                || call.request.headers.first(named: "Sec-Fetch-Site") != nil
            {
                // A page never holds a token: what runs in it could take it elsewhere.
                throw Problem(.foreignPage, "pages have a cookie; only programs get a token")
            }
            let asker = Asker(AuditActor(.link, "sign-in"), by: call)
            return try await SignIn(entrance, call.body.value, call.request, asker).run(kind)
        }
    }

    private var prove: Endpoint {
        .person(
            .at(
                .post, "/api/v1/session/proof", "session.prove",
                "Proves again who it is, by the second factor, or else by the password."),
            .init(
                body: JSONBody<ProofBody>.self, gives: Prepared<SignInAnswer>.self, [201],
                problems: .doors)
        ) { call in
            let row = try await own(call.scope)
            let proof = try await IdentityProof(entrance, call.request).proof(
                of: row, call.body.value)
            return try await renew(row, proof, call)
        }
    }

    /// Gives the session another token.
    private func renew<Parameters, Body>(
        _ row: AccountRow, _ proof: Proof, _ call: Call<PersonScope, Parameters, Body>
    ) async throws -> Prepared<SignInAnswer> {
        let (scope, request) = (call.scope, call.request)
        let token = try SessionCookie.tokenPrefix + RandomBytes.token()
        let former = SessionCookie.token(in: request)
        if let former { entrance.access.replace(token: former, of: scope.session) }
        try await wish(.prove(scope.session, tokenHash: SHA256.hex(token), proof), call)
        let session = try await entrance.access.accounts { rows throws(SQLiteError) in
            try rows.session(scope.session)?.session
        }
        let expires = session?.expires ?? entrance.now
        let answer = SignInAnswer(
            account: scope.account, session: scope.session, expires: expires,
            token: former == nil ? token : nil)
        var response = try Reply(answer, status: 201).response()
        if former != nil {
            let seconds = (expires.milliseconds - entrance.now.milliseconds) / 1000
            response.headers.append(
                SessionCookie.line(
                    token, try SessionCookie.way(of: request), for: request, seconds: seconds))
        }
        return Prepared(response)
    }

    private var end: Endpoint {
        .person(
            .at(.delete, "/api/v1/session", "session.end", "Signs out."),
            .init(gives: SignedOut.self, [204], problems: .accountWriting)
        ) { call in
            try await wish(.endSession(call.scope.session), call)
            return SignedOut(lines: SessionCookie.clearing(call.request))
        }
    }

    /// The account of whoever asks.
    func own(_ scope: PersonScope) async throws(Problem) -> AccountRow {
        let row = try await entrance.access.accounts { rows throws(SQLiteError) in
            try rows.account(scope.account)
        }
        guard let row else {
            throw Problem(Refusal.unknown.kind, "the account is gone")
        }
        return row
    }
}

/// One attempt to sign in: as slow, and with as much work, whoever it is.
private struct SignIn {
    let entrance: Entrance
    let body: SignInBody
    let request: HTTPRequest
    /// Whoever it is.
    let asker: Asker

    init(
        _ entrance: Entrance, _ body: SignInBody, _ request: HTTPRequest, _ asker: Asker
    ) {
        self.entrance = entrance
        self.body = body
        self.request = request
        self.asker = asker
    }

    func run(_ kind: String) async throws -> Prepared<SignInAnswer> {
        let now = entrance.now
        // What is no address is nobody's, and takes as long.
        let address = Self.address(body.email)
        let name = address?.text ?? ""
        let source = try await source(name)
        if case .wait(let seconds) = entrance.throttles.withLock({
            $0.passwords.begin(account: name, from: source, at: now)
        }) {
            return Self.wait(seconds)
        }
        let row = try await account(at: address)
        let verdict = try await check(row)
        guard let row, verdict != .wrong else {
            throw Problem(
                .wrongCredentials, "the e-mail address and the password do not go together")
        }
        entrance.throttles.withLock { $0.passwords.succeeded(account: name, from: source, at: now) }
        var proof = Proof(passwordVersion: row.facts.password?.version)
        if row.facts.hasFactor {
            guard let code = body.code, !code.isEmpty else {
                throw Problem(.secondFactor, "type the code that your authenticator app shows")
            }
            proof.second = try await IdentityProof(entrance, request).second(
                code, of: row, from: source)
        }
        let answer = try await entrance.open(
            row.account, proof, name: row.facts.name, at: name, kind: kind, by: asker,
            for: request)
        await keepAfresh(verdict, row)
        return answer
    }

    private static func address(_ typed: String) -> EmailAddress? {
        do throws(EmailAddress.Flaw) { return try EmailAddress(typed) } catch { return nil }
    }

    private func account(at address: EmailAddress?) async throws(Problem) -> AccountRow? {
        let key =
            try address.map { address throws(Problem) in
                try entrance.parts.naming.key(of: address)
            } ?? AddressKey("nobody")
        return try await entrance.access.accounts { rows throws(SQLiteError) in
            try rows.account(at: key)
        }
    }

    private func check(_ row: AccountRow?) async throws(Problem) -> PasswordHasher.Verdict {
        let stored = row.flatMap { row in
            row.facts.standing == .active
                ? row.facts.password.map { PasswordHash(stored: $0.hash) } : nil
        }
        do throws(PasswordHasherError) {
            return try await entrance.parts.hasher.check(
                PasswordPolicy.normalised(body.password), against: stored)
        } catch {
            throw Entrance.problem(error)
        }
    }

    private func source(_ name: String) async throws -> SignInThrottle.Source {
        if let browser = try entrance.knownBrowser(of: name, request) {
            return .knownBrowser(browser)
        }
        return .stranger(try await entrance.network(of: request))
    }

    private static func wait(_ seconds: Int) -> Prepared<SignInAnswer> {
        Prepared(
            Problem(
                .throttled, "too many attempts; try again in \(seconds) s"
            ).response(headers: [("Retry-After", String(seconds))]))
    }

    /// Hashes and seals by today's standards what was done by others.
    private func keepAfresh(_ verdict: PasswordHasher.Verdict, _ row: AccountRow) async {
        let actor = AuditActor(.account, row.account.rawValue, name: row.facts.name)
        if case .rightAfresh(let hash) = verdict, let version = row.facts.password?.version {
            await entrance.channel.tell(
                row.account, .rehashPassword(hash: hash.text, version: version), for: actor)
        }
        guard let factor = row.facts.factor,
            let sealed = FactorSecret(entrance.parts.ring).resealed(factor)
        else { return }
        await entrance.channel.tell(row.account, .resealFactor(factor.id, sealed), for: actor)
    }
}

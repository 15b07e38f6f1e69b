package import AccountAccess
package import AccountCommands
package import AccountRecords
package import AccountRules
import AccountView
import AuditRecords
package import Conversation
package import Cryptography
package import Endpoints
package import HTTPServer
import NetworkAddress
import RateLimits
import Synchronization

/// What all doors of the console share: passwords, second factors, throttles, and the way in.
package final class Entrance: Sendable {
    /// What it works with.
    package struct Parts: Sendable {
        /// Who is who.
        package var access: AccountAccess
        /// Names addresses.
        package var naming: AddressNaming
        /// Makes links' tokens.
        package var tokens: LinkTokens
        /// Seals second factors.
        package var ring: KeyRingStore
        /// Hashes passwords.
        package var hasher: PasswordHasher
        /// Draws QR codes as SVG; `nil` where that cannot be done.
        package var picture: @Sendable (String) async -> String?

        /// Lists the parts.
        package init(
            access: AccountAccess, naming: AddressNaming, tokens: LinkTokens, ring: KeyRingStore,
            hasher: PasswordHasher, picture: @escaping @Sendable (String) async -> String?
        ) {
            self.access = access
            self.naming = naming
            self.tokens = tokens
            self.ring = ring
            self.hasher = hasher
            self.picture = picture
        }
    }

    /// What slows down whoever guesses; each kind of proof has its own.
    struct Throttles {
        var passwords = SignInThrottle()
        var factors = SignInThrottle()
        /// Questions that cost us a hash or somebody a mail, by network.
        var questions = RateLimiter<AddressRange>(RateLimit(30, perSeconds: 900), mostKeys: 50_000)
        /// Links that go to one address.
        var links = RateLimiter<String>(RateLimit(5, perSeconds: 3_600), mostKeys: 50_000)
        /// Passwords that are tried while they are typed, by network.
        var trials = RateLimiter<AddressRange>(RateLimit(300, perSeconds: 300), mostKeys: 50_000)
    }

    /// What the doors work with.
    package let parts: Parts
    let throttles = Mutex(Throttles())

    /// Prepares the doors.
    package init(_ parts: Parts) { self.parts = parts }

    var access: AccountAccess { parts.access }
    var channel: CommandChannel { access.parts.channel }
    var now: Timestamp { access.now }

    // MARK: Passwords

    /// The password as it is hashed, or why it is not taken.
    package func checked(
        _ password: String, at pointer: String = "/password", names: [String], hasFactor: Bool,
        tenantLeast: Int = 0
    ) throws(Problem) -> String {
        let policy = PasswordPolicy(hasSecondFactor: hasFactor, tenantLeast: tenantLeast)
        if let refusal = policy.refusal(of: password, names: names) {
            throw Problem.invalid([.init(.pointer(pointer), refusal.code, refusal.description)])
        }
        return PasswordPolicy.normalised(password)
    }

    /// Hashes a password that was checked.
    package func hash(_ password: String) async throws(Problem) -> String {
        do throws(PasswordHasherError) {
            return try await parts.hasher.hash(password).text
        } catch {
            throw Self.problem(error)
        }
    }

    static func problem(_ error: PasswordHasherError) -> Problem {
        switch error {
        case .busy: Problem(.tooBusy, error.description)
        case .failed: Problem(.unexpected, "the password could not be hashed")
        }
    }

    /// An e-mail address that somebody typed.
    package func address(
        _ typed: String, at pointer: String = "/email"
    ) throws(Problem) -> EmailAddress {
        do throws(EmailAddress.Flaw) {
            return try EmailAddress(typed)
        } catch {
            throw Problem.invalid([.init(.pointer(pointer), "email", error.description)])
        }
    }

    /// A name that somebody typed.
    package func name(
        _ typed: String, at pointer: String = "/name"
    ) throws(Problem) -> DisplayName {
        do throws(DisplayName.Flaw) {
            return try DisplayName(typed)
        } catch {
            throw Problem.invalid([.init(.pointer(pointer), "name", error.description)])
        }
    }

    // MARK: Throttles

    /// Counts a question that costs something, by the network that it comes from.
    package func countQuestion(
        _ request: HTTPRequest
    ) async throws(Problem) {
        let network = try await network(of: request)
        let now = now
        let verdict = throttles.withLock { $0.questions.take(network, at: now) }
        guard verdict.isAllowed else { throw Self.tooMany }
    }

    static let tooMany = Problem(
        .throttled, "too much was asked from your network; wait a few minutes")

    /// The network that a request comes from: the neighbours of one who guesses are one with them.
    func network(of request: HTTPRequest) async throws(Problem) -> AddressRange {
        guard let client = try await access.client(of: request) else {
            throw Problem(.unexpected, "the connection has no address")
        }
        return client.address.network
    }

    // MARK: The way in

    /// Begins a session of an account whose password was right, and answers with it; `asker` is
    /// whoever gave the password, until now nobody, and the browser gets a cookie by which it is
    /// known next time whoever signs in at that address.
    package func open(
        _ account: AccountID, _ proof: Proof, name: String, at address: String,
        kind: String = "browser", by asker: Asker, for request: HTTPRequest
    ) async throws -> Prepared<SignInAnswer> {
        let way = kind == "browser" ? try SessionCookie.way(of: request) : nil
        let browser = way == nil ? nil : try self.browser(of: address, request)
        let token = try SessionCookie.tokenPrefix + RandomBytes.token()
        let limits = try await access.teams(of: account).limits
        var asker = asker
        asker.actor = AuditActor(.account, account.rawValue, name: name)
        let session = NewSession(
            id: SessionID(Hex.encode(try RandomBytes.make(count: 12))),
            tokenHash: SHA256.hex(token), expires: now + limits.longest, kind: kind,
            userAgent: asker.origin.userAgent, address: asker.origin.address,
            browser: browser.map { SHA256.hex($0.id) })
        try await channel.ask(account, .signIn(session, proof), for: asker)
        let answer = SignInAnswer(
            account: account, session: session.id, expires: session.expires,
            token: way == nil ? token : nil)
        var response = try Reply(answer, status: 201).response()
        if let way {
            let seconds = (session.expires.milliseconds - now.milliseconds) / 1000
            response.headers.append(SessionCookie.line(token, way, for: request, seconds: seconds))
            // Whoever signs in is nobody but themselves.
            response.headers += SessionCookie.clearingImpersonation(request)
            if let cookie = browser?.cookie {
                response.headers.append(
                    SessionCookie.line(cookie.name, cookie.value, way, cookie.maxAgeSeconds))
            }
        }
        return Prepared(response)
    }

    /// The browser that a request comes from, as it is known of an address, and its cookie where it
    /// has none yet.
    private func browser(
        of address: String, _ request: HTTPRequest
    ) throws -> (id: String, cookie: KnownBrowsers.Cookie?) {
        if let id = try knownBrowser(of: address, request) { return (id, nil) }
        let cookie = try knownBrowsers().cookie(of: address, at: now)
        return (cookie.browser, cookie)
    }

    /// The browser in which somebody signed in at an address before, by its cookie.
    func knownBrowser(of address: String, _ request: HTTPRequest) throws -> String? {
        let browsers = try knownBrowsers()
        guard let value = SessionCookie.value(of: try browsers.cookieName(of: address), in: request)
        else { return nil }
        return try browsers.browser(in: value, of: address, at: now)
    }

    /// An account's way to say where browsers were seen; made of the installation's key.
    private func knownBrowsers() throws(Problem) -> KnownBrowsers {
        let key =
            try parts.naming.secretName("browsers", "1")
            + parts.naming.secretName("browsers", "2")
        do throws(CryptographyError) {
            return try KnownBrowsers(key: Array(key.utf8))
        } catch {
            throw Problem(.unexpected, "browsers cannot be told apart: \(error)")
        }
    }
}

extension Problem.Kind {
    /// Address and password do not go together.
    static let wrongCredentials = Self(403, "wrong_credentials")
    /// The password was right; a second factor is asked for.
    static let secondFactor = Self(403, "second_factor")
    /// It is not the code of now.
    static let wrongCode = Self(403, "wrong_code")
    /// Whoever guesses has to wait.
    package static let throttled = Self(429, "throttled")
    /// Too many passwords are being checked.
    package static let tooBusy = Self(503, "too_busy")
    /// There is nothing to be set up.
    static let alreadySetUp = Self(404, "set_up")
    /// A team asks for the second factor that would go.
    static let factorRequired = Self(409, "factor_required")
    /// Somebody has no second factor.
    static let noFactor = Self(404, "no_factor")
}

extension [Problem.Kind] {
    /// What whoever asks about accounts may be told.
    static let accountReading: Self = [
        .accountsStarting, .noInstallationKey, .foreignNetwork,
    ]
    /// What whoever wishes something of accounts may be told.
    static let accountWriting: Self =
        accountReading + [.notStored, .notVisible, .throttled]
        + [
            Refusal.unknown, .exists, .addressTaken, .sameAddress, .notVerified, .disabled,
            .stalePassword, .noPassword, .secondFactor, .usedCode, .badToken, .tooSoon, .unproven,
            .busy, .timedOut, .lastOwner, .forbidden, .tooMany, .setUp, .standing,
        ].map(\.kind)
    /// What doors may tell.
    static let doors: Self =
        accountWriting + [
            .insecure, .wrongCredentials, .secondFactor, .wrongCode, .tooBusy, .foreignPage,
        ]
}

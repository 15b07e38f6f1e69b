import AccountCommands
import AccountRecords
import AccountRules
import AuditRecords
import Conversation
import Endpoints
import HTTPServer
import JSON
import OrganisationView
import Permissions

/// Whether anybody may sign up, and how.
struct SignUpAnswer: Described, Codable, Hashable {
    var isOpen: Bool
    var plans: [String]
    var passwordCharacters: Int

    static let schema = JSONSchema.object(
        [
            .required("isOpen", .boolean("Whether anybody may sign up.")),
            .required("plans", .list(.text(), "The plans to choose from, the first as standard.")),
            .required("passwordCharacters", .count("Characters of a password at least.")),
        ], named: "SignUp")
}

/// An account that somebody makes for themselves.
struct SignUpRequest: Described, Decodable {
    var name: String
    var email: String
    var password: String
    var language: String?

    static let schema = JSONSchema.object(
        [
            .required("name", .text("The person's name.", 1...200)),
            .required("email", .text("The e-mail address.", 3...254)),
            .required("password", .text("The password.", 1...1_024)),
            .optional("language", .text("The language of pages and mails.", 2...20)),
        ], named: "NewSignUp")
}

/// An organisation that somebody founds.
struct FoundRequest: Described, Decodable {
    var id: String
    var name: String
    var plan: String
    var locale: LocaleRequest

    static let schema = JSONSchema.object(
        [
            .required("id", Slugs.schema), .required("name", .text("Its name.", 1...200)),
            .required("plan", .text("Its plan.", 1...100)),
            .required("locale", LocaleRequest.schema),
        ], named: "FoundedOrganisation")
}

extension OrganisationEndpoints {
    /// How long the link that verifies an address is good.
    private static let linkLife = Duration.seconds(86_400)

    var signUp: [Endpoint] { [readSignUp, signUpAccount, found] }

    private var readSignUp: Endpoint {
        .anyone(
            .at(
                .get, "/api/v1/sign-up", "signUp.read",
                "Tells whether anybody may sign up, and with which plans."),
            .init(gives: Reply<SignUpAnswer>.self, problems: [.viewIsBuilt])
        ) { _ in
            let signUp = try await means.installation().signUp
            return Reply(
                SignUpAnswer(
                    isOpen: signUp.isOpen, plans: signUp.isOpen ? signUp.plans : [],
                    passwordCharacters: PasswordPolicy(hasSecondFactor: false).shortest))
        }
    }

    private func requireOpen() async throws -> InstallationPart.SignUp {
        let signUp = try await means.installation().signUp
        guard signUp.isOpen else {
            throw Problem(.signUpClosed, "nobody can sign up here: ask who runs it to invite you")
        }
        return signUp
    }

    /// Answers alike whether the address has an account or not: whoever has it finds out by mail.
    private var signUpAccount: Endpoint {
        .anyone(
            .at(
                .post, "/api/v1/sign-up", "signUp.account",
                "Makes an account, whose address is verified by a mail."),
            .init(
                body: JSONBody<SignUpRequest>.self, gives: NoContent.self, [204],
                problems: Problem.Kind.deciding + [.signUpClosed, .passwordsBusy],
                repeating: .once)
        ) { call in
            _ = try await requireOpen()
            let wanted = call.body.value
            let name = try Names.checked(wanted.name, at: "/name")
            let address = try EmailAddress.checked(wanted.email, at: "/email")
            let hash = try await passwordHash(
                wanted.password, by: PasswordPolicy(hasSecondFactor: false),
                names: [name, address.text])
            let asker = Asker(AuditActor(.link, "sign-up"), by: call)
            let account = AccountID(asker.name(of: "account", bytes: 16))
            let new = NewAccount(
                address: try means.naming.claim(address), name: name, language: wanted.language,
                passwordHash: hash,
                token: try means.links.make(
                    about: account.rawValue, until: means.now() + Self.linkLife))
            do throws(Problem) {
                try await means.channel.ask(account, .create(new), for: asker)
            } catch {
                guard error.kind == Refusal.addressTaken.kind else { throw error }
            }
            return NoContent()
        }
    }

    private var found: Endpoint {
        .person(
            .at(
                .post, "/api/v1/me/organisations", "organisations.found",
                "Makes an organisation that the person owns, where anybody may sign up."),
            .init(
                body: JSONBody<FoundRequest>.self, gives: Reply<JoinedAnswer>.self, [201],
                problems: Problem.Kind.deciding + [.signUpClosed], repeating: .once)
        ) { call in
            let signUp = try await requireOpen()
            let wanted = call.body.value
            let tenant = try Slugs.checked(wanted.id)
            guard signUp.plans.contains(wanted.plan) else {
                throw Problem.invalid(
                    "/plan", "plan is one of \(signUp.plans.joined(separator: ", "))")
            }
            let new = NewOrganisation(
                name: try Names.checked(wanted.name, at: "/name"), plan: wanted.plan,
                locale: try wanted.locale.part(means.zones))
            try await means.ensureKey(tenant)
            do throws(Problem) {
                try await means.channel.ask(
                    call.scope.account, .found(tenant, new), for: own(call))
            } catch {
                throw Slugs.taken(error)
            }
            try await waitForMember(call.scope.account, of: tenant)
            return Reply(JoinedAnswer(tenant: tenant, organisation: new.name), status: 201)
        }
    }
}

extension Problem.Kind {
    static let signUpClosed = Self(403, "sign_up_closed")
}

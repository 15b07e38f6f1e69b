import AccountCommands
import AccountRecords
import AccountView
import Conversation
import Cryptography
import Endpoints
import HTTPServer
import InstallationView
import JSON
import Permissions
import SQLite

private struct NewUser: Described, Decodable {
    var address: String
    var name: String
    var language: String?
    var role: RoleName?

    static let schema = JSONSchema.object(
        [
            .required("address", .text("The e-mail address.", 3...254)),
            .required("name", .text("The name.", 1...200)), .optional("language", language),
            .optional("role", .text("A role in running the installation.", 1...100)),
        ], named: "NewUser")

    static let language = JSONSchema.text(
        "The language of pages and mails, such as es.", 2...20,
        pattern: "[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", rule: "a language's tag, such as es or pt-BR")
}

private struct UserRequest: Described, Decodable {
    var name: String
    var language: String?

    static let schema = JSONSchema.object(
        [
            .required("name", .text("The name.", 1...200)),
            .optional("language", NewUser.language),
        ], named: "UserChange")
}

private struct RoleChange: Described, Decodable {
    var role: RoleName?

    static let schema = JSONSchema.object(
        [.optional("role", .text("The role; left out, none.", 1...100))], named: "UserRole")
}

private struct OneUserSession: Described, Decodable, Hashable {
    var account: AccountID
    var session: SessionID

    static let schema = JSONSchema.object([
        .required("account", .id("The account.")), .required("session", .id("The session.")),
    ])
}

/// Something that is done to an account, one or many.
enum UserAct: String, Codable, CaseIterable {
    case disable, enable, delete, sendLink, verify, endSessions, resetFactor
}

private struct BulkRequest: Described, Decodable {
    var act: UserAct
    var accounts: [AccountID]

    static let schema = JSONSchema.object(
        [
            .required("act", .words(UserAct.allCases.map(\.rawValue), "What is done.")),
            .required("accounts", .list(.id("An account."), "To whom.", 1...100)),
        ], named: "BulkRequest")
}

extension UserEndpoints {
    var changes: [Endpoint] {
        [
            add, change, changeRole, remove, endSession,
            act(
                .disable, "disable", "Lets somebody sign in no more, and ends their sessions."),
            act(.enable, "enable", "Lets somebody sign in again."),
            act(
                .sendLink, "links",
                "Sends the link by which somebody chooses a password, their first or another."),
            act(.verify, "verifications", "Sends the link that verifies the address."),
            act(.endSessions, "sign-out", "Ends all sessions of somebody."),
            act(.resetFactor, "factor-reset", "Takes a second factor away that was lost."),
        ]
    }

    private var add: Endpoint {
        .installation(
            .at(
                .post, Self.base, "users.add",
                "Makes an account, and sends the link by which its person chooses a password."),
            may: .writeUsers,
            .init(
                body: JSONBody<NewUser>.self, gives: Reply<UserAnswer>.self, [201],
                problems: Problem.Kind.changing, repeating: .once)
        ) { call in
            let wanted = call.body.value
            let address = try Self.address(wanted.address)
            let asker = Asker(call, in: .installation)
            let account = AccountID(asker.name(of: "account"))
            let new = NewAccount(
                address: try means.claim(address), name: try Names.checked(wanted.name),
                language: wanted.language,
                token: try means.token(account, means.now() + Self.welcome))
            try await means.channel.ask(account, .create(new), for: asker)
            if let role = wanted.role { try await give(role, to: account, call) }
            return Reply(try await detail(account, call.scope), status: 201)
        }
    }

    private static func address(_ typed: String) throws(Problem) -> EmailAddress {
        do throws(EmailAddress.Flaw) {
            return try EmailAddress(typed)
        } catch {
            throw .invalid("/address", error.description)
        }
    }

    private var change: Endpoint {
        .installation(
            .at(
                .put, Self.base + "/{account}", "users.change",
                "Changes somebody's name and language."),
            may: .writeUsers,
            .init(
                takes: OneUser.self, body: JSONBody<UserRequest>.self,
                gives: Reply<UserAnswer>.self, problems: Problem.Kind.changing)
        ) { call in
            let account = call.parameters.account
            _ = try await row(account)
            try await means.channel.ask(
                account,
                .rename(
                    name: try Names.checked(call.body.value.name),
                    language: call.body.value.language), for: Asker(call, in: .installation))
            return Reply(try await detail(account, call.scope))
        }
    }

    private var changeRole: Endpoint {
        .installation(
            .at(
                .put, Self.base + "/{account}/role", "users.changeRole",
                "Says in which role somebody runs the installation, or that they do not."),
            may: .writeOperators,
            .init(
                takes: OneUser.self, body: JSONBody<RoleChange>.self,
                gives: Reply<UserAnswer>.self, problems: Problem.Kind.changing)
        ) { call in
            let account = call.parameters.account
            _ = try await row(account)
            if let role = call.body.value.role {
                try await give(role, to: account, call)
            } else {
                try await means.channel.ask(
                    .dismiss(account), for: Asker(call, in: .installation))
            }
            return Reply(try await detail(account, call.scope))
        }
    }

    private func give<Parameters, Body>(
        _ role: RoleName, to account: AccountID,
        _ call: Call<InstallationScope, Parameters, Body>
    ) async throws(Problem) {
        let member = try await read(means.installation) { rows throws(SQLiteError) in
            try InstallationRows(rows).member(account)
        }
        guard member?.role != role else { return }
        try await means.channel.ask(
            member == nil ? .appoint(account, role) : .changeRole(account, role),
            for: Asker(call, in: .installation))
    }

    private var remove: Endpoint {
        .installation(
            .at(
                .delete, Self.base + "/{account}", "users.remove",
                "Deletes an account: its person can sign in no more, and belongs nowhere."),
            may: .writeUsers,
            .init(
                takes: OneUser.self, gives: NoContent.self, [204], problems: Problem.Kind.changing)
        ) { call in
            let account = call.parameters.account
            _ = try await row(account)
            try await run(.delete, account, for: Asker(call, in: .installation))
            return NoContent()
        }
    }

    private var endSession: Endpoint {
        .installation(
            .at(
                .delete, Self.base + "/{account}/sessions/{session}", "users.endSession",
                "Ends a session of somebody."),
            may: .writeUsers,
            .init(
                takes: OneUserSession.self, gives: NoContent.self, [204],
                problems: Problem.Kind.changing)
        ) { call in
            _ = try await row(call.parameters.account)
            try await means.channel.ask(
                call.parameters.account, .endSession(call.parameters.session),
                for: Asker(call, in: .installation))
            return NoContent()
        }
    }

    private func act(_ act: UserAct, _ path: String, _ sentence: String) -> Endpoint {
        .installation(
            .at(.post, Self.base + "/{account}/\(path)", "users.\(act.rawValue)", sentence),
            may: .writeUsers,
            .init(
                takes: OneUser.self, gives: Reply<UserAnswer>.self,
                problems: Problem.Kind.changing, repeating: .once)
        ) { call in
            let account = call.parameters.account
            _ = try await row(account)
            try await run(act, account, for: Asker(call, in: .installation))
            return Reply(try await detail(account, call.scope))
        }
    }

    private func run(
        _ act: UserAct, _ account: AccountID, for asker: Asker
    ) async throws(Problem) {
        let action: AccountCommand.Action
        switch act {
        case .disable: action = .disable
        case .enable: action = .enable
        case .delete: action = .delete
        case .endSessions: action = .endSessions
        case .resetFactor: action = .resetFactor
        case .verify:
            action = .startVerification(
                try means.token(account, means.now() + Self.verification))
        case .sendLink:
            let isFirst = try await row(account).facts.password == nil
            action = .startReset(
                try means.token(account, means.now() + (isFirst ? Self.welcome : Self.reset)))
        }
        try await means.channel.ask(account, action, for: asker)
    }

    /// Wishes that are under way at once.
    private static let atOnce = 8

    var many: Endpoint {
        .installation(
            .at(
                .post, Self.base + "/bulk", "users.bulk",
                "Does something to many accounts, and tells of each what became of it."),
            may: .writeUsers,
            .init(
                body: JSONBody<BulkRequest>.self, gives: Reply<WishResults>.self,
                problems: [.viewIsBuilt], repeating: .once)
        ) { call in
            let wanted = call.body.value
            let asker = Asker(call, in: .installation)
            return Reply(
                await WishResults(of: wanted.accounts, atOnce: Self.atOnce) { number, account in
                    let problem = await WishResults.problem { () async throws(Problem) in
                        _ = try await row(account)
                        try await run(wanted.act, account, for: asker.part(number))
                    }
                    return .init(of: account, problem)
                })
        }
    }
}

extension InstallationPermission {
    static let writeOperators = Self("operators:write")
}

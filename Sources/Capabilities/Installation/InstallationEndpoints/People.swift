import AccountCommands
import AccountRecords
import AccountView
import Conversation
import Endpoints
import HTTPServer
import InstallationView
import JSON
import Permissions
import SQLite

/// Somebody who runs the installation.
struct OperatorAnswer: Described, Codable, Hashable {
    var account: AccountID
    var name: String
    var address: String
    var role: RoleName
    var isAway: Bool
    var hasFactor: Bool
    var since: Timestamp

    static let schema = JSONSchema.object(
        [
            .required("account", .text("The account.")), .required("name", .text("The name.")),
            .required("address", .text("The e-mail address.")),
            .required("role", .text("The role: operator, or one that was made.")),
            .required("isAway", .boolean("Whether the account cannot sign in.")),
            .required("hasFactor", .boolean("Whether a second factor is asked for.")),
            .required("since", .time("Since when.")),
        ], named: "Operator")
}

struct OperatorList: Described, Codable, Hashable {
    var operators: [OperatorAnswer]

    static let schema = JSONSchema.object(
        [.required("operators", .list(OperatorAnswer.schema, "The longest first."))],
        named: "OperatorList")
}

private struct OperatorRequest: Described, Decodable {
    var account: AccountID?
    var address: String?
    var role: RoleName

    static let schema = JSONSchema.object(
        [
            .optional("account", .id("The account.")),
            .optional("address", .text("Or its e-mail address.", 3...254)),
            .required("role", .text("The role.", 1...100)),
        ], named: "NewOperator")
}

private struct OperatorChange: Described, Decodable {
    var role: RoleName

    static let schema = JSONSchema.object(
        [.required("role", .text("The role.", 1...100))], named: "OperatorChange")
}

private struct OneOperator: Described, Decodable {
    var account: AccountID

    static let schema = JSONSchema.object([.required("account", .id("The account."))])
}

extension InstallationEndpoints {
    var people: [Endpoint] { [listOperators, appoint, changeOperator, dismiss] }

    private func operators() async throws(Problem) -> [OperatorAnswer] {
        let members = try await read { rows throws(SQLiteError) in try rows.members() }
        return try await accounts { rows throws(SQLiteError) in
            var list: [OperatorAnswer] = []
            for member in members { list.append(try Self.answer(member, rows)) }
            return list
        }
    }

    private static func answer(
        _ member: TeamMember, _ rows: AccountRows
    ) throws(SQLiteError) -> OperatorAnswer {
        let facts = try rows.account(member.account)?.facts
        return OperatorAnswer(
            account: member.account, name: facts?.name ?? "", address: facts?.address?.text ?? "",
            role: member.role, isAway: member.isAway, hasFactor: facts?.hasFactor ?? false,
            since: member.since)
    }

    private func answer(_ account: AccountID) async throws(Problem) -> OperatorAnswer {
        guard let found = try await operators().first(where: { $0.account == account }) else {
            throw Problem(.noOperator, "\(account) does not run the installation")
        }
        return found
    }

    private var listOperators: Endpoint {
        .installation(
            .at(
                .get, Self.base + "/operators", "operators.list",
                "Lists who runs the installation."),
            may: .readInstallation,
            .init(gives: Reply<OperatorList>.self, problems: [.viewIsBuilt])
        ) { _ in Reply(OperatorList(operators: try await operators())) }
    }

    private var appoint: Endpoint {
        .installation(
            .at(
                .post, Self.base + "/operators", "operators.appoint",
                "Lets somebody who has an account run the installation, in a role."),
            may: .writeOperators,
            .init(
                body: JSONBody<OperatorRequest>.self, gives: Reply<OperatorAnswer>.self, [201],
                problems: [.viewIsBuilt, .noAccount, .noOperator] + Problem.Kind.decisions,
                repeating: .once)
        ) { call in
            let account = try await account(call.body.value)
            try await ask(.appoint(account, call.body.value.role), call)
            return Reply(try await answer(account), status: 201)
        }
    }

    private func account(_ wanted: OperatorRequest) async throws(Problem) -> AccountID {
        let found: AccountRow?
        if let account = wanted.account {
            found = try await accounts { rows throws(SQLiteError) in try rows.account(account) }
        } else {
            let key = try means.addressKey(
                try Self.address(wanted.address ?? "", at: "/address"))
            found = try await accounts { rows throws(SQLiteError) in try rows.account(at: key) }
        }
        guard let found, found.facts.standing == .active else {
            throw Problem(
                .noAccount,
                "nobody with that address has an account that can sign in; make one first")
        }
        return found.account
    }

    private var changeOperator: Endpoint {
        .installation(
            .at(
                .put, Self.base + "/operators/{account}", "operators.change",
                "Gives who runs the installation another role."),
            may: .writeOperators,
            .init(
                takes: OneOperator.self, body: JSONBody<OperatorChange>.self,
                gives: Reply<OperatorAnswer>.self,
                problems: [.viewIsBuilt, .noOperator] + Problem.Kind.decisions)
        ) { call in
            let account = call.parameters.account
            try await ask(.changeRole(account, call.body.value.role), call)
            return Reply(try await answer(account))
        }
    }

    private var dismiss: Endpoint {
        .installation(
            .at(
                .delete, Self.base + "/operators/{account}", "operators.dismiss",
                "Lets somebody run the installation no more."),
            may: .writeOperators,
            .init(
                takes: OneOperator.self, gives: NoContent.self, [204],
                problems: [.viewIsBuilt] + Problem.Kind.decisions)
        ) { call in
            try await ask(.dismiss(call.parameters.account), call)
            return NoContent()
        }
    }
}

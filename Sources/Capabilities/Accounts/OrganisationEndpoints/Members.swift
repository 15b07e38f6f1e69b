import AccountCommands
import AccountRecords
import Conversation
import Endpoints
import HTTPServer
import JSON
import OrganisationView
import Permissions
import SQLite

/// Which members are wanted.
struct MemberFilter: Described, Decodable, Hashable {
    var name: String?
    var role: String?
    var secondFactor: Bool?

    static let fields: [JSONSchema.Field] = [
        .optional("name", .text("A part of the name or address.", 1...200)),
        .optional("role", .id("The role.")),
        .optional("secondFactor", .boolean("Whether they have a second factor.")),
    ]
    static let schema = JSONSchema.object(fields)

    var question: MemberQuestion {
        MemberQuestion(text: name, role: role.map { RoleName($0) }, hasFactor: secondFactor)
    }

    /// What tells cursors of this list from others.
    func mark(in tenant: TenantID) -> String {
        "members \(tenant) \(role ?? "") \(secondFactor.map(String.init) ?? "") \(name ?? "")"
    }
}

/// A list's bounds, beside its filter.
struct PageBounds: Decodable, Hashable {
    var limit: Int?
    var after: String?

    static let fields: [JSONSchema.Field] = [
        .optional("limit", .integer("Rows of a page at most.", 1...200, standard: rows)),
        .optional("after", .text("What the page before gave as next, as it is.", 1...1_000)),
    ]
    static let rows = 50

    /// The most rows of the page.
    var most: Int { limit ?? Self.rows }

    /// Where the page begins.
    ///
    /// - Throws: a problem for what no page of the list gave.
    func cursor(of list: String) throws(Problem) -> ListCursor? {
        guard let after else { return nil }
        guard let cursor = ListCursor(after, of: list) else {
            throw .invalid(
                parameter: "after",
                "after is what the page before gave as next, for the same list and filters")
        }
        return cursor
    }
}

/// Which page of the members is wanted.
struct MemberParameters: Described, Decodable {
    var filter: MemberFilter
    var page: PageBounds

    static let schema = JSONSchema.object(MemberFilter.fields + PageBounds.fields)

    init(from decoder: any Decoder) throws {
        filter = try MemberFilter(from: decoder)
        page = try PageBounds(from: decoder)
    }
}

/// Which member is meant.
struct AccountParameters: Described, Decodable {
    var account: AccountID

    static let schema = JSONSchema.object([.required("account", .id("The account."))])
}

/// Somebody of a team.
struct MemberAnswer: Described, Codable, Hashable {
    var account: AccountID
    var name: String
    var email: String
    var role: String
    var since: Timestamp
    var isAway: Bool
    var isVerified: Bool
    var hasSecondFactor: Bool

    init(_ listed: ListedMember) {
        account = listed.member.account
        name = listed.name
        email = listed.address
        role = listed.member.role.rawValue
        since = listed.member.since
        isAway = listed.member.isAway
        isVerified = listed.isVerified
        hasSecondFactor = listed.hasFactor
    }

    static let schema = JSONSchema.object(
        [
            .required("account", .text("The account.")), .required("name", .text("The name.")),
            .required("email", .text("The e-mail address.")),
            .required("role", .text("The role.")), .required("since", .time("Since when.")),
            .required("isAway", .boolean("Whether they cannot sign in.")),
            .required("isVerified", .boolean("Whether the address was proven.")),
            .required("hasSecondFactor", .boolean("Whether they have a second factor.")),
        ], named: "Member")
}

/// A page of members.
struct MemberPage: Described, Codable, Hashable {
    var members: [MemberAnswer]
    var next: String?

    static let schema = JSONSchema.object(
        [
            .required("members", .list(MemberAnswer.schema, "The members, by name.")),
            .optional("next", .text("Where the next page begins.")),
        ], named: "MemberPage")
}

/// How many members there are.
struct MemberCount: Described, Codable, Hashable {
    var members: Int

    static let schema = JSONSchema.object(
        [.required("members", .count("How many there are."))], named: "MemberCount")
}

/// The role that somebody is to have.
struct RoleRequest: Described, Decodable {
    var role: String

    static let schema = JSONSchema.object(
        [.required("role", .id("The role."))], named: "NewRole")
}

/// The role that several are to have.
struct RolesRequest: Described, Decodable {
    var accounts: [String]
    var role: String

    static let schema = JSONSchema.object(
        [
            .required("accounts", .list(.id("An account."), "The members.", 1...100)),
            .required("role", .id("The role.")),
        ], named: "NewRoles")
}

extension OrganisationEndpoints {
    var members: [Endpoint] {
        [list, count, readMember, changeRole, changeRoles, removeMember, memberTable]
    }

    private var list: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/members", "members.list",
                "Lists who belongs to a team, by name, page by page."),
            may: .readMembers,
            .init(
                takes: MemberParameters.self, gives: Reply<MemberPage>.self,
                problems: [.viewIsBuilt])
        ) { call in
            let (filter, page) = (call.parameters.filter, call.parameters.page)
            let mark = filter.mark(in: call.scope.tenant)
            let cursor = try page.cursor(of: mark)
            let rows = try await read { rows throws(SQLiteError) in
                try OrganisationRows(rows, of: call.scope).members(
                    filter.question, after: cursor, atMost: page.most + 1)
            }
            let shown = rows.prefix(page.most)
            return Reply(
                MemberPage(
                    members: shown.map { MemberAnswer($0) },
                    next: rows.count > shown.count ? shown.last?.cursor.text(of: mark) : nil))
        }
    }

    private var count: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/counts/members", "members.count",
                "Counts who belongs to a team."),
            may: .readMembers,
            .init(
                takes: MemberFilter.self, gives: Reply<MemberCount>.self, problems: [.viewIsBuilt])
        ) { call in
            let count = try await read { rows throws(SQLiteError) in
                try OrganisationRows(rows, of: call.scope).count(call.parameters.question)
            }
            return Reply(MemberCount(members: count))
        }
    }

    private var readMember: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/members/{account}", "members.read",
                "Shows somebody of a team."),
            may: .readMembers,
            .init(
                takes: AccountParameters.self, gives: Reply<MemberAnswer>.self,
                problems: [.noMember, .viewIsBuilt])
        ) { Reply(MemberAnswer(try await member($0.parameters.account, $0.scope))) }
    }

    func member(
        _ account: AccountID, _ scope: TenantScope
    ) async throws(Problem) -> ListedMember {
        let member = try await read { rows throws(SQLiteError) in
            try OrganisationRows(rows, of: scope).member(account)
        }
        guard let member else { throw Problem(.noMember, "they do not belong to the team") }
        return member
    }

    private var changeRole: Endpoint {
        .tenant(
            .at(
                .put, Self.base + "/members/{account}/role", "members.changeRole",
                "Gives somebody of a team another role."),
            may: .writeMembers,
            .init(
                takes: AccountParameters.self, body: JSONBody<RoleRequest>.self,
                gives: Reply<MemberAnswer>.self, problems: Problem.Kind.deciding + [.noMember])
        ) { call in
            _ = try await member(call.parameters.account, call.scope)
            try await ask(
                call.scope.tenant,
                .changeRole(call.parameters.account, RoleName(call.body.value.role)), call)
            return Reply(MemberAnswer(try await member(call.parameters.account, call.scope)))
        }
    }

    /// One after the other, so that each is judged by what those before it have changed.
    private var changeRoles: Endpoint {
        .tenant(
            .at(
                .post, Self.base + "/members/roles", "members.changeRoles",
                "Gives several people of a team the same role, and says what became of each."),
            may: .writeMembers,
            .init(
                body: JSONBody<RolesRequest>.self, gives: Reply<WishResults>.self,
                problems: [.notStored], repeating: .once)
        ) { call in
            let wanted = call.body.value
            let (tenant, asker) = (call.scope.tenant, Asker(call, in: call.scope.tenant))
            let accounts = wanted.accounts.map { AccountID($0) }
            return Reply(
                await WishResults(of: accounts, atOnce: 1) { number, account in
                    let problem = await WishResults.problem { () async throws(Problem) in
                        try await means.channel.ask(
                            tenant, .changeRole(account, RoleName(wanted.role)),
                            for: asker.part(number))
                    }
                    return .init(of: account, problem)
                })
        }
    }

    private var removeMember: Endpoint {
        .tenant(
            .at(
                .delete, Self.base + "/members/{account}", "members.remove",
                "Lets somebody go from a team: their access ends at once."),
            may: .writeMembers,
            .init(
                takes: AccountParameters.self, gives: NoContent.self, [204],
                problems: Problem.Kind.deciding + [.noMember])
        ) { call in
            _ = try await member(call.parameters.account, call.scope)
            try await ask(call.scope.tenant, .remove(call.parameters.account), call)
            return NoContent()
        }
    }

    private var memberTable: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/exports/members.csv", "members.exportTable",
                "Gives a team's members at once, as a table for spreadsheets."),
            may: .readMembers, .init(gives: CSVTable.self, problems: [.viewIsBuilt])
        ) { call in
            let all = try await read { rows throws(SQLiteError) in
                try OrganisationRows(rows, of: call.scope).members(atMost: Int(Int32.max))
            }
            return CSVTable(
                "members", of: ["name", "email", "role", "since", "second factor", "account"]
            ) { give in
                try await give(
                    all.map { listed in
                        [
                            listed.name, listed.address, listed.member.role.rawValue,
                            listed.member.since.rfc3339, listed.hasFactor ? "yes" : "no",
                            listed.member.account.rawValue,
                        ]
                    })
            }
        }
    }
}

import AccountCommands
import AccountView
import AuditRecords
import AuditView
import Conversation
import Endpoints
import HTTPServer
import JSON
import SQLite

/// Which accounts are wanted.
struct UserFilter: Described, Decodable, Hashable {
    var words: String?
    var standing: String?
    var tenant: TenantID?
    var hasFactor: Bool?
    var isVerified: Bool?
    var hasPassword: Bool?
    var isOperator: Bool?

    static let schema = JSONSchema.object(fields)

    static let fields: [JSONSchema.Field] = [
        .optional("words", .text("Beginnings of words of name or address.", 1...200)),
        .optional("standing", .words(["active", "disabled"], "How it stands.")),
        .optional("tenant", .text("A business that it belongs to.", 1...63)),
        .optional("hasFactor", .boolean("Whether a second factor is asked for.")),
        .optional("isVerified", .boolean("Whether the address is verified.")),
        .optional("hasPassword", .boolean("Whether a password was chosen.")),
        .optional("isOperator", .boolean("True: only those who run the installation.")),
    ]

    var question: AccountQuestion {
        var question = AccountQuestion()
        question.words = words
        question.standing = standing
        question.tenant = isOperator == true ? .installation : tenant
        question.hasFactor = hasFactor
        question.isVerified = isVerified
        question.hasPassword = hasPassword
        return question
    }
}

/// Which page of the accounts is wanted.
struct UserParameters: Described, Decodable, Hashable {
    var filter: UserFilter
    var order: AccountOrder?
    var limit: Int?
    var after: String?

    static let rows = 50

    static let schema = JSONSchema.object(
        UserFilter.fields + [
            .optional("order", .words(AccountOrder.allCases.map(\.rawValue), "The order.")),
            .optional(
                "limit", .integer("Accounts of a page at most.", 1...200, standard: rows)),
            .optional("after", .text("What the page before gave as next, as it is.", 1...500)),
        ])

    private enum Name: String, CodingKey {
        case order, limit, after
    }

    init(from decoder: any Decoder) throws {
        filter = try UserFilter(from: decoder)
        let box = try decoder.container(keyedBy: Name.self)
        order = try box.decodeIfPresent(AccountOrder.self, forKey: .order)
        limit = try box.decodeIfPresent(Int.self, forKey: .limit)
        after = try box.decodeIfPresent(String.self, forKey: .after)
    }
}

/// Which account is meant.
struct OneUser: Described, Decodable, Hashable {
    var account: AccountID

    static let schema = JSONSchema.object([.required("account", .id("The account."))])
}

extension UserEndpoints {
    /// Accounts read at once for an export.
    private static let exportRows = 500

    var lists: [Endpoint] { [list, count, one, lines, table] }

    private var list: Endpoint {
        .installation(
            .at(.get, Self.base, "users.list", "Lists the accounts, page by page."),
            may: .readUsers,
            .init(
                takes: UserParameters.self, gives: Reply<UserPage>.self, problems: [.viewIsBuilt])
        ) { call in
            let wanted = call.parameters
            let (question, order) = (wanted.filter.question, wanted.order ?? .name)
            var cursor: AccountCursor?
            if let text = wanted.after {
                cursor = AccountList.cursor(text, of: question, by: order)
                guard cursor != nil else {
                    throw Problem.invalid(
                        parameter: "after",
                        "after is what the page before gave as next, for the same filters and "
                            + "order")
                }
            }
            let limit = wanted.limit ?? UserParameters.rows
            let found = try await page(call.scope, question, order, after: cursor, limit + 1)
            let shown = found.prefix(limit)
            return Reply(
                UserPage(
                    users: shown.map { ListedUser($0.listing) },
                    next: found.count > limit ? shown.last?.position.text : nil))
        }
    }

    private func page(
        _ scope: InstallationScope, _ question: AccountQuestion, _ order: AccountOrder,
        after cursor: AccountCursor?, _ limit: Int
    ) async throws(Problem) -> [(listing: AccountListing, position: AccountCursor)] {
        try await read(means.accounts) { rows throws(SQLiteError) in
            try AccountList(rows, of: scope).page(question, by: order, after: cursor, atMost: limit)
        }
    }

    private var count: Endpoint {
        .installation(
            .at(.get, "/api/v1/counts/users", "users.count", "Counts the accounts."),
            may: .readUsers,
            .init(takes: UserFilter.self, gives: Reply<UserCount>.self, problems: [.viewIsBuilt])
        ) { call in
            let question = call.parameters.question
            return Reply(
                UserCount(
                    users: try await read(means.accounts) { rows throws(SQLiteError) in
                        try AccountList(rows, of: call.scope).count(question)
                    }))
        }
    }

    private var one: Endpoint {
        .installation(
            .at(.get, Self.base + "/{account}", "users.read", "Shows an account."),
            may: .readUsers,
            .init(
                takes: OneUser.self, gives: Reply<UserAnswer>.self,
                problems: [.viewIsBuilt, .noAccount])
        ) { Reply(try await detail($0.parameters.account, $0.scope)) }
    }

    private var lines: Endpoint {
        .installation(
            .at(
                .get, "/api/v1/exports/users", "users.export",
                "Gives all accounts at once, one a line."),
            may: .readUsers,
            .init(
                takes: UserFilter.self, gives: Lines<ListedUser>.self,
                problems: [.viewIsBuilt, .notStored])
        ) { call in
            try await means.noteExport(Asker(call, in: .installation), "ndjson")
            return Lines { give in
                try await export(call.scope, call.parameters.question) {
                    try await give($0.map { ListedUser($0) })
                }
            }
        }
    }

    private var table: Endpoint {
        .installation(
            .at(
                .get, "/api/v1/exports/users.csv", "users.exportTable",
                "Gives all accounts at once, as a table for spreadsheets."),
            may: .readUsers,
            .init(
                takes: UserFilter.self, gives: CSVTable.self, problems: [.viewIsBuilt, .notStored])
        ) { call in
            try await means.noteExport(Asker(call, in: .installation), "csv")
            return CSVTable("users", of: Self.columns) { give in
                try await export(call.scope, call.parameters.question) {
                    try await give($0.map(Self.cells))
                }
            }
        }
    }

    private static let columns = [
        "account", "name", "address", "standing", "verified", "password", "secondFactor",
        "operator", "businesses", "created", "lastUsed",
    ]

    private static func cells(_ user: AccountListing) -> [String] {
        func word(_ isSo: Bool) -> String { isSo ? "yes" : "no" }
        return [
            user.id.rawValue, user.name, user.address, user.standing, word(user.isVerified),
            word(user.hasPassword), word(user.hasFactor),
            word(user.tenants.contains(.installation)),
            user.tenants.filter { $0 != .installation }.map(\.rawValue).joined(separator: " "),
            user.createdAt.rfc3339, user.seenAt?.rfc3339 ?? "",
        ]
    }

    private func export(
        _ scope: InstallationScope, _ question: AccountQuestion,
        to give: ([AccountListing]) async throws -> Void
    ) async throws {
        var cursor: AccountCursor?
        while true {
            let found = try await page(scope, question, .address, after: cursor, Self.exportRows)
            guard let last = found.last else { return }
            try await give(found.map(\.listing))
            guard found.count == Self.exportRows else { return }
            cursor = last.position
        }
    }

    /// Days of which the activity is gathered.
    private static let activityDays = 90

    var activity: Endpoint {
        .installation(
            .at(
                .get, Self.base + "/{account}/activity", "users.activity",
                "Shows by day what somebody did and what was done to them, of 90 days."),
            may: .readUsers,
            .init(
                takes: OneUser.self, gives: Reply<ActivityAnswer>.self,
                problems: [.viewIsBuilt, .noAccount])
        ) { call in
            _ = try await row(call.parameters.account)
            var question = AuditQuestion(from: means.now() - .seconds(86_400 * Self.activityDays))
            question.person = call.parameters.account
            let asked = question
            return Reply(
                ActivityAnswer(
                    days: try await read(means.audit) { rows throws(SQLiteError) in
                        try AuditRows(rows, of: .all(call.scope)).activity(asked)
                    }))
        }
    }
}

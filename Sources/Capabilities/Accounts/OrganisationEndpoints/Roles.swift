import AccountCommands
import AccountRecords
import Conversation
import Endpoints
import HTTPServer
import JSON
import OrganisationView
import Permissions
import SQLite

/// A role of a team.
struct RoleAnswer: Described, Codable, Hashable {
    var id: String
    /// What people call it; `nil` for those that every team has.
    var name: String?
    var isBuiltIn: Bool
    var permissions: [String]
    var members: Int

    static let schema = JSONSchema.object(
        [
            .required("id", .text("The role.")),
            .optional("name", .text("What people call it; none for those of every team.")),
            .required("isBuiltIn", .boolean("Whether every team has it.")),
            .required("permissions", .list(.text(), "What it may.")),
            .required("members", .count("How many have it.")),
        ], named: "Role")
}

/// Something that may be done in a tenant.
struct PermissionAnswer: Described, Codable, Hashable {
    var id: String
    /// `look`, `change` or `danger`.
    var kind: String
    var isForSets: Bool

    static let schema = JSONSchema.object(
        [
            .required("id", .text("The permission.")),
            .required("kind", .words(["look", "change", "danger"], "What it does.")),
            .required("isForSets", .boolean("Whether a role that people make may hold it.")),
        ], named: "PermissionListing")

    init(_ row: AccessMatrix.Row) {
        id = row.permission.rawValue
        kind =
            switch row.kind {
            case .look: "look"
            case .change: "change"
            case .danger: "danger"
            }
        isForSets = row.isForSets
    }
}

/// The roles of a team, and what roles may hold.
struct RoleList: Described, Codable, Hashable {
    var roles: [RoleAnswer]
    var permissions: [PermissionAnswer]

    static let schema = JSONSchema.object(
        [
            .required("roles", .list(RoleAnswer.schema, "From the most to the least.")),
            .required("permissions", .list(PermissionAnswer.schema, "What roles may hold.")),
        ], named: "RoleList")
}

/// A role that is to be.
struct PermissionSetRequest: Described, Decodable {
    var name: String
    var permissions: [String]

    static let schema = JSONSchema.object(
        [
            .required("name", .text("What people call it.", 1...100)),
            .required(
                "permissions", .list(.text("A permission.", 1...100), "What it may.", 1...100)),
        ], named: "NewPermissionSet")
}

/// Which role is meant.
struct OneRole: Described, Decodable {
    var role: RoleName

    static let schema = JSONSchema.object([
        .required(
            "role",
            .text(
                "The role.", 1...40, pattern: "[a-z0-9][a-z0-9-]*",
                rule: "an id of a-z, 0-9 and -"))
    ])
}

extension OrganisationEndpoints {
    var roles: [Endpoint] { [listRoles, defineRole, removeRole] }

    private var listRoles: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/roles", "roles.list",
                "Lists the roles of a team, those of its own included, and what they may."),
            may: .readMembers,
            .init(
                gives: Reply<RoleList>.self, problems: [Authorizer.noTenant, .viewIsBuilt])
        ) { call in
            let facts = try await facts(call.scope)
            let counts = try await read { rows throws(SQLiteError) in
                try OrganisationRows(rows, of: call.scope).countByRole()
            }
            func role(_ id: RoleName, _ name: String?) -> RoleAnswer {
                RoleAnswer(
                    id: id.rawValue, name: name, isBuiltIn: id.isBuiltIn,
                    permissions: facts.permissions(of: id).map(\.rawValue).sorted(),
                    members: counts[id] ?? 0)
            }
            return Reply(
                RoleList(
                    roles: RoleName.ofTenants.map { role($0, nil) }
                        + facts.sets.map { role($0.id, $0.name) },
                    permissions: AccessMatrix.rows.filter { $0.level == .tenant }
                        .map { PermissionAnswer($0) }))
        }
    }

    private var defineRole: Endpoint {
        .tenant(
            .at(
                .put, Self.base + "/roles/{role}", "roles.define",
                "Makes or changes a role of a team's own."),
            may: .writeRoles,
            .init(
                takes: OneRole.self, body: JSONBody<PermissionSetRequest>.self,
                gives: Reply<RoleAnswer>.self, problems: Problem.Kind.deciding)
        ) { call in
            let set = PermissionSet(
                id: call.parameters.role,
                name: try Names.checked(call.body.value.name, at: "/name"),
                permissions: call.body.value.permissions.map { Permission($0) })
            let event = try await ask(call.scope.tenant, .define(set), call)
            let count = try await read { rows throws(SQLiteError) in
                try OrganisationRows(rows, of: call.scope).countByRole()[set.id] ?? 0
            }
            return Reply(
                RoleAnswer(
                    id: set.id.rawValue, name: set.name, isBuiltIn: false,
                    permissions: event.facts.permissions(of: set.id).map(\.rawValue).sorted(),
                    members: count))
        }
    }

    private var removeRole: Endpoint {
        .tenant(
            .at(
                .delete, Self.base + "/roles/{role}", "roles.remove",
                "Takes a role away that nobody has."),
            may: .writeRoles,
            .init(
                takes: OneRole.self, gives: NoContent.self, [204], problems: Problem.Kind.deciding)
        ) { call in
            try await ask(call.scope.tenant, .removeSet(call.parameters.role), call)
            return NoContent()
        }
    }
}

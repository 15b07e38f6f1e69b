import AccountCommands
import AccountRecords
import Conversation
import Endpoints
import HTTPServer
import InstallationView
import JSON
import Permissions
import SQLite

/// A role of the installation.
struct InstallationRole: Described, Codable, Hashable {
    var id: RoleName
    var name: String
    var permissions: [String]
    var isBuiltIn: Bool
    var people: Int

    static let schema = JSONSchema.object(
        [
            .required("id", .text("The role.")), .required("name", .text("What it is called.")),
            .required("permissions", .list(.text(), "What it may.")),
            .required("isBuiltIn", .boolean("Whether it cannot be changed.")),
            .required("people", .count("How many have it.")),
        ], named: "InstallationRole")
}

struct InstallationRoleList: Described, Codable, Hashable {
    var roles: [InstallationRole]

    static let schema = JSONSchema.object(
        [.required("roles", .list(InstallationRole.schema, "The roles."))],
        named: "InstallationRoleList")
}

private struct RoleRequest: Described, Decodable {
    var name: String
    var permissions: [String]

    static let schema = JSONSchema.object(
        [
            .required("name", .text("What it is called.", 1...100)),
            .required(
                "permissions", .list(.text("A permission.", 1...100), "What it may.", 1...100)),
        ], named: "NewInstallationRole")
}

private struct OneRole: Described, Decodable {
    var role: RoleName

    static let schema = JSONSchema.object([.required("role", .id("The role."))])
}

extension InstallationEndpoints {
    var roles: [Endpoint] { [listRoles, addRole, changeRole, removeRole] }

    private func list() async throws(Problem) -> [InstallationRole] {
        try await read { rows throws(SQLiteError) in
            let members = try rows.members()
            let standard = AccessMatrix.permissions(ofInstallationRole: .operator, [:])
            let all =
                [
                    PermissionSet(id: .operator, name: "operator", permissions: standard)
                ] + (try rows.facts().sets)
            return all.map { set in
                InstallationRole(
                    id: set.id, name: set.name, permissions: set.permissions.map(\.rawValue),
                    isBuiltIn: set.id.isBuiltIn, people: members.count { $0.role == set.id })
            }
        }
    }

    private var listRoles: Endpoint {
        .installation(
            .at(
                .get, Self.base + "/roles", "installationRoles.list",
                "Lists the roles of those who run the installation."),
            may: .readInstallation,
            .init(gives: Reply<InstallationRoleList>.self, problems: [.viewIsBuilt])
        ) { _ in Reply(InstallationRoleList(roles: try await list())) }
    }

    private func define<Parameters>(
        _ id: RoleName, _ call: Call<InstallationScope, Parameters, JSONBody<RoleRequest>>
    ) async throws(Problem) -> InstallationRole {
        let wanted = call.body.value
        let set = PermissionSet(
            id: id, name: try Names.checked(wanted.name),
            permissions: wanted.permissions.map { Permission($0) })
        try await ask(.define(set), call)
        guard let found = try await list().first(where: { $0.id == id }) else {
            throw Problem(.noRole, "there is no role \(id) any more")
        }
        return found
    }

    private var addRole: Endpoint {
        .installation(
            .at(
                .post, Self.base + "/roles", "installationRoles.add",
                "Makes a role for those who run the installation."),
            may: .writeOperators,
            .init(
                body: JSONBody<RoleRequest>.self, gives: Reply<InstallationRole>.self, [201],
                problems: [.viewIsBuilt, .noRole] + Problem.Kind.decisions, repeating: .once)
        ) { call in
            let name = Asker(call, in: .installation).name(of: "role", bytes: 8)
            let id = RoleName("role-\(name)")
            return Reply(try await define(id, call), status: 201)
        }
    }

    private var changeRole: Endpoint {
        .installation(
            .at(
                .put, Self.base + "/roles/{role}", "installationRoles.change",
                "Changes what a role is called and may."),
            may: .writeOperators,
            .init(
                takes: OneRole.self, body: JSONBody<RoleRequest>.self,
                gives: Reply<InstallationRole>.self,
                problems: [.viewIsBuilt, .noRole] + Problem.Kind.decisions)
        ) { call in
            let role = call.parameters.role
            guard try await list().contains(where: { $0.id == role && !$0.isBuiltIn }) else {
                throw Problem(.noRole, "there is no role \(role) that can be changed")
            }
            return Reply(try await define(role, call))
        }
    }

    private var removeRole: Endpoint {
        .installation(
            .at(
                .delete, Self.base + "/roles/{role}", "installationRoles.remove",
                "Takes a role away that nobody has."),
            may: .writeOperators,
            .init(
                takes: OneRole.self, gives: NoContent.self, [204],
                problems: Problem.Kind.decisions)
        ) { call in
            try await ask(.removeSet(call.parameters.role), call)
            return NoContent()
        }
    }
}

// MARK: - The matrix

/// A permission, with who has it.
struct MatrixRow: Described, Codable, Hashable {
    var permission: String
    var level: String
    var kind: String
    var roles: [RoleName]
    var operators: String
    var isForSuspended: Bool
    var isForSets: Bool

    init(_ row: AccessMatrix.Row) {
        permission = row.permission.rawValue
        level = row.level == .tenant ? "tenant" : "installation"
        kind =
            switch row.kind {
            case .look: "look"
            case .change: "change"
            case .danger: "danger"
            }
        roles = RoleName.ofTenants.filter(row.roles.contains)
        operators =
            switch row.operators {
            case .free: "free"
            case .audited: "audited"
            case .withConsent: "withConsent"
            case .never: "never"
            }
        isForSuspended = row.isForSuspended
        isForSets = row.isForSets
    }

    static let schema = JSONSchema.object(
        [
            .required("permission", .text("The permission, as resource:verb.")),
            .required("level", .words(["tenant", "installation"], "Where it holds.")),
            .required("kind", .words(["look", "change", "danger"], "What it does.")),
            .required("roles", .list(.text(), "The roles of a business that have it.")),
            .required(
                "operators",
                .words(
                    ["free", "audited", "withConsent", "never"],
                    "What operators may of it in a business.")),
            .required("isForSuspended", .boolean("Whether a suspended business's people may.")),
            .required("isForSets", .boolean("Whether a role that people make may hold it.")),
        ], named: "PermissionRow")
}

/// Who may what, as data.
struct Matrix: Described, Codable, Hashable {
    var roles: [RoleName]
    var rows: [MatrixRow]

    static let schema = JSONSchema.object(
        [
            .required("roles", .list(.text(), "The roles of every business.")),
            .required("rows", .list(MatrixRow.schema, "The permissions.")),
        ], named: "PermissionMatrix")
}

extension InstallationEndpoints {
    var matrix: Endpoint {
        .installation(
            .at(.get, "/api/v1/permissions", "permissions.list", "Shows who may what."),
            may: .readInstallation, .init(gives: Reply<Matrix>.self)
        ) { _ in
            Reply(Matrix(roles: RoleName.ofTenants, rows: AccessMatrix.rows.map { MatrixRow($0) }))
        }
    }
}

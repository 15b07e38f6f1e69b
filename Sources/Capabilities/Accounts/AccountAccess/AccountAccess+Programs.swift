import AccountCommands
import AccountRecords
import AuditRecords
import Conversation
import Cryptography
package import Endpoints
package import HTTPServer
import InstallationView
import OrganisationView
import Permissions
import SQLite
import Synchronization

/// API keys.
extension AccountAccess {
    /// Whoever sends an API key, with what it may at this moment.
    package func program(
        key text: String, of request: HTTPRequest
    ) async throws(Problem) -> Principal.Program {
        let sent: APIKeyText
        do throws(APIKeyText.Flaw) {
            sent = try APIKeyText(text)
        } catch {
            throw Problem(.unauthorized, error.description)
        }
        let hash = sent.hash
        if let key = try await read(
            parts.organisations,
            { rows throws(SQLiteError) in try OrganisationLookup(rows).key(hash: hash) })
        {
            try await check(key.key, sent, request)
            await noteUse(of: key.key, tenant: key.tenant)
            return Principal.Program(
                key: key.key.id, name: key.key.name,
                access: Access(tenants: [key.tenant: key.permissions], isProven: true))
        }
        let id = APIKeyID(sent.id)
        let (key, maker, sets) = try await read(parts.installation) { rows throws(SQLiteError) in
            let rows = InstallationRows(rows)
            let key = try rows.key(id)
            let maker = try key?.maker.flatMap { maker throws(SQLiteError) in
                try rows.member(maker)
            }
            return (key, maker, try rows.facts().sets)
        }
        guard let key else { throw Self.unknownKey }
        try await check(key, sent, request)
        await noteUse(of: key, tenant: .installation)
        var permissions = Set(key.permissions)
        if let maker {
            permissions.formIntersection(
                AccessMatrix.permissions(
                    ofInstallationRole: maker.role, Dictionary(sets.map { ($0.id, $0) }) { $1 }))
        }
        return Principal.Program(
            key: key.id, name: key.name, access: Access(everywhere: permissions, isProven: true))
    }

    private static let unknownKey = Problem(
        .unauthorized, "there is no such API key, or it has ended")

    private func check(
        _ key: APIKeyFacts, _ sent: APIKeyText, _ request: HTTPRequest
    ) async throws(Problem) {
        guard sent.matches(hash: key.hash), key.isLive(at: now) else { throw Self.unknownKey }
        guard !key.networks.isEmpty else { return }
        guard Self.allows(key.networks, try await client(of: request)?.address) else {
            throw Problem(.foreignNetwork, "this API key may not be used from your address")
        }
    }

    /// Notes at most once an hour that a key was used.
    private func noteUse(of key: APIKeyFacts, tenant: TenantID) async {
        let now = now
        let isDue = memory.withLock { memory in
            if memory.keys.count > 10_000 { memory.keys = [:] }
            let before = max(memory.keys[key.id] ?? key.createdAt, key.usedAt ?? key.createdAt)
            let isDue =
                memory.keys[key.id] == nil && key.usedAt == nil || now >= before + Self.betweenUses
            if isDue { memory.keys[key.id] = now }
            return isDue
        }
        guard isDue else { return }
        await parts.channel.noteUse(of: key.id, in: tenant)
    }
}

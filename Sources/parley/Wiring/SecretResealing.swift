import AccountAccess
import AccountCommands
import AccountRecords
import AccountSecrets
import AccountView
import AuditRecords
import Console
import Conversation
import Cryptography
import HTTPServer
import SQLite
import Views

/// Seals what accounts and the installation hold of secrets with the ring's newest key: the part of
/// a rotation that is not tenants' own.
struct SecretResealing: Sendable {
    /// Accounts looked at together.
    private static let page = 200

    let tools: CapabilityTools
    let secrets: AccountSecrets

    /// Does it, wish by wish; what cannot be opened, or fails, stays as it is and is counted.
    func run() async throws -> ConsoleOptions.Resealed {
        var report = ConsoleOptions.Resealed()
        try await resealMailPassword(&report)
        var last: AccountID?
        while true {
            let found = try await tools.accounts.read { [last] rows throws(SQLiteError) in
                try AccountRows(rows).withFactor(after: last, atMost: Self.page)
            }
            for (account, factor) in found {
                await count(&report) {
                    guard let fresh = try secrets.resealed(factor.sealed, .factor(factor.id))
                    else { return false }
                    try await tools.channel.ask(
                        account, .resealFactor(factor.id, fresh), for: try Self.asker())
                    return true
                }
            }
            guard let next = found.last?.account else { return report }
            last = next
        }
    }

    private func resealMailPassword(_ report: inout ConsoleOptions.Resealed) async throws {
        let facts = try await tools.access.installation()
        guard let password = facts.mail.password else { return }
        await count(&report) {
            guard let fresh = try secrets.resealed(password, .mailPassword) else { return false }
            var mail = facts.mail
            mail.password = fresh
            try await tools.channel.ask(
                .change(.mail(mail), version: facts.version(.mail)), for: try Self.asker())
            return true
        }
    }

    private func count(
        _ report: inout ConsoleOptions.Resealed, _ reseal: () async throws -> Bool
    ) async {
        do {
            if try await reseal() { report.done += 1 }
        } catch {
            report.failed += 1
        }
    }

    private static func asker() throws -> Asker {
        Asker(
            .system, origin: AuditOrigin(),
            reference: Hex.encode(try RandomBytes.make(count: 16)))
    }
}

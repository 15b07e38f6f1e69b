package import AccountRecords
package import AuditRecords
package import Conversation
import Cryptography
import EventLog
import Records

/// Commands whose answer nobody waits for: they note what happened anyhow.
extension CommandChannel {
    /// Has something done to an account; what cannot be written is let be.
    package func tell(
        _ account: AccountID, _ action: AccountCommand.Action, for actor: AuditActor
    ) async {
        guard let reference = Self.reference() else { return }
        let command = AccountCommand(
            account: account, by: actor, action: action, reference: reference,
            at: writer.now())
        await append(command, id: command.id)
    }

    /// Notes that an API key was used.
    package func noteUse(of key: APIKeyID, in tenant: TenantID) async {
        guard let reference = Self.reference() else { return }
        if tenant == .installation {
            let command = InstallationCommand(
                by: .system, action: .key(.noteUse(key)), reference: reference,
                at: writer.now())
            await append(command, id: command.id)
        } else {
            let command = OrganisationCommand(
                tenant: tenant, by: .system, action: .key(.noteUse(key)), reference: reference,
                at: writer.now())
            await append(command, id: command.id)
        }
    }

    /// Ends what an operator does as somebody of a tenant, as the operator may no more; however
    /// often it is told, it is one wish.
    package func endLost(_ impersonation: SessionID, in tenant: TenantID) async {
        let command = OrganisationCommand(
            tenant: tenant, by: .system, action: .endImpersonation(impersonation),
            reference: "lost/\(impersonation)", at: writer.now())
        await append(command, id: command.id)
    }

    private static func reference() -> String? {
        // Without random bytes nothing is noted, and nothing is lost.
        (try? RandomBytes.make(count: 16)).map { Hex.encode($0) }
    }

    private func append(_ command: some Payload, id: RecordID) async {
        // The next use, or the next look, wishes it again.
        guard let record = try? writer.record(of: command, id: id) else { return }
        try? await writer.appender.append([record])
    }
}

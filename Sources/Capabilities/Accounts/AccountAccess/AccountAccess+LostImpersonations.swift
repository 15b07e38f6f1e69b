import AccountCommands
import AccountRecords
import AccountView
import Conversation
import Endpoints
import HTTPServer
import OrganisationView
import Permissions
import SQLite

/// Operators whose own session or role has ended act as nobody any more: that is so for every
/// request anyhow, and what is open is closed; here it is written down at once, and the team told.
extension AccountAccess {
    /// Views are read one by one: within this time one may tell of an impersonation, and another
    /// not yet of the session behind it.
    private static let settling = Duration.seconds(5)

    /// Looks at all of them whenever something changed for somebody, until cancelled.
    func watchImpersonations() async {
        let (news, tell) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let seat = parts.watch.watchEverybody { tell.yield() }
        for await _ in news { await endLostImpersonations() }
        parts.watch.leave(seat)
    }

    /// Ends those whose operator may no more.
    package func endLostImpersonations() async {
        // Until the views are read, nothing is known; the next look comes within seconds.
        let all = try? await read(parts.organisations) { rows throws(SQLiteError) in
            try OrganisationLookup(rows).impersonations()
        }
        let now = now
        for (tenant, impersonation) in all ?? []
        where now < impersonation.expires && impersonation.began + Self.settling <= now {
            // Unread, nobody knows that it is lost.
            guard (try? await isLost(impersonation)) == true else { continue }
            await parts.channel.endLost(impersonation.id, in: tenant)
        }
    }

    private func isLost(_ impersonation: Impersonation) async throws(Problem) -> Bool {
        guard let session = impersonation.operatorSession,
            let own = try await person(again: session, from: nil)
        else { return true }
        return own.account.account != impersonation.operator
            || !own.person.access.everywhere.contains(.actAsMember)
    }
}

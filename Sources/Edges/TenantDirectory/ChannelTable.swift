package import Conversation
import Synchronization

/// What keeps businesses from sending, and what WhatsApp said of them: a table of the topic
/// `channels`.
package final class ChannelTable: Sendable {
    private let states = Mutex<[TenantID: ChannelState]>([:])

    /// An empty table: everybody may send.
    package init() {}

    /// Takes a business's state.
    package func put(_ state: ChannelState) {
        states.withLock { $0[state.tenant] = state }
    }

    /// Forgets a business.
    package func remove(_ tenant: TenantID) {
        states.withLock { $0[tenant] = nil }
    }

    /// What keeps a business from sending; nothing, mostly.
    package func stops(of tenant: TenantID) -> [ChannelStop] {
        states.withLock { $0[tenant]?.stops ?? [] }
    }

    /// What WhatsApp last said of its account, its numbers and its templates, newest first.
    package func events(of tenant: TenantID) -> [ChannelEvent] {
        states.withLock { $0[tenant]?.events.reversed() ?? [] }
    }

    /// Why the business may begin no conversations now, so that no template goes; `nil` if it may.
    package func restriction(of tenant: TenantID, at now: Timestamp) -> String? {
        let last = events(of: tenant).first { $0.field == "account_update" }
        guard let last, last.event == "ACCOUNT_RESTRICTION",
            last.details.contains("RESTRICTED_BIZ_INITIATED_MESSAGING")
        else { return nil }
        if let ends = last.ends, ends <= now { return nil }
        let end = last.ends.map { " until \($0.rfc3339)" } ?? ""
        return "WhatsApp lets the business begin no conversations\(end): no template goes; "
            + (last.remedy ?? "")
    }
}

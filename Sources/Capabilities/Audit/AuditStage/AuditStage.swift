import AuditChain
import AuditRecords
package import Conversation
package import StageRuntime

/// Chains each tenant's audit log: one link for each entry, in the order in which they stand, and a
/// checkpoint a day.
///
/// Entries are written by whoever acts, in the same commit as the act; only the chain over them has
/// one owner, which no two writers can fork.
package struct AuditStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never

    /// The stage's name.
    package let name = "audit"
    package let reads: [any Payload.Type] = [AuditEntry.self]

    /// How often a checkpoint is made, while there is something new.
    private static let checkpointEvery = Duration.seconds(86_400)
    private static let checkpoint = "checkpoint"

    /// Where a tenant's chain ends.
    package struct State: StageState {
        var count = 0
        var head = AuditLink.beginning
        /// How many links the last checkpoint counted.
        var checkpointed = 0

        /// No chain.
        package init() {}
    }

    /// Makes the stage.
    package init() {}

    /// Chains an entry, or makes a checkpoint.
    package func begin(
        _ input: StageInput, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        var effects = context.effects
        switch input {
        case .record(let entry as AuditEntry, let headers, _):
            let link = AuditHash.next(
                headers.id, stored: context.stored, of: entry.tenant, after: state.count,
                state.head, at: context.now)
            // One waits already where something is behind the last checkpoint.
            if state.count == state.checkpointed {
                effects.setTimer(Self.checkpoint, at: context.now + Self.checkpointEvery)
            }
            state.count = link.number
            state.head = link.hash
            effects.emit(link)
        case .timer:
            guard state.count > state.checkpointed else {
                return .ignore(because: "nothing was chained since the last checkpoint")
            }
            state.checkpointed = state.count
            effects.emit(
                AuditCheckpoint(
                    tenant: input.tenant, count: state.count, head: state.head, at: context.now))
        default: throw context.noUse
        }
        return .finish(effects)
    }
}

package import Conversation
import Records
package import StageRuntime

/// Tells conversations that turned out to be one customer's where they go on.
///
/// Who belongs to whom is decided by the order of the sightings (``IdentityTable``); this stage
/// writes what came of each, once, whichever process sighted it and whatever crashed meanwhile.
package struct IdentityStage: Stage {
    /// The stage's name.
    package let name = "identity"
    package let reads: [any Payload.Type] = [IdentitySighting.self]

    /// Makes the stage.
    package init() {}

    package func begin(
        _ input: StageInput, _ state: inout NoState, _ context: StageContext
    ) throws(Rejection) -> Plan<IdentityCall> {
        guard case .record(let sighting as IdentitySighting, _, let position) = input else {
            throw context.noUse
        }
        return .call(
            .moves(
                by: sighting, partition: Int(position.partition), offset: position.offset))
    }

    package func resume(
        _ answer: IdentityAnswer, to call: IdentityCall, _ state: inout NoState,
        _ context: StageContext
    ) throws(Rejection) -> Plan<IdentityCall> {
        guard case .record(let sighting as IdentitySighting, _, let position) = context.input else {
            throw context.noUse
        }
        guard case .moves(let moves) = answer, !moves.isEmpty else {
            return .ignore(because: "no conversation goes on in another one")
        }
        var effects = context.effects
        for move in moves {
            effects.emit(
                ConversationMove(
                    tenant: sighting.tenant, conversation: move.from, into: move.into,
                    order: position.offset, at: context.now))
        }
        return .finish(effects)
    }
}

/// What the stage asks of the world.
package enum IdentityCall: Hashable, Sendable, Codable {
    /// Which conversations a sighting moved that stands at an offset.
    case moves(by: IdentitySighting, partition: Int, offset: Int64)
}

/// What the world answers.
package enum IdentityAnswer: Hashable, Sendable, Codable {
    /// The conversations that moved.
    case moves([IdentityTable.Move])
}

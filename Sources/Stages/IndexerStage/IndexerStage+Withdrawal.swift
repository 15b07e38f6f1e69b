import Conversation
import StageRuntime

/// Passages that are gone from their document: out of searches at once, out of the log later.
extension IndexerStage {
    /// How long a withdrawn passage stays in the log.
    ///
    /// Longer than decisions are kept, which refer to passages instead of holding them; a test
    /// compares it with the pipeline file.
    package static let withdrawnKept = Duration.seconds(40 * 86_400)
    /// Begins the names of timers after which withdrawn passages are forgotten, by their input.
    static let forgetTimer = "forget/"

    /// Takes passages out of searches, and sets the time to forget them.
    func withdraw(
        _ passages: [PassageID], of tenant: TenantID, _ effects: inout Effects,
        _ context: StageContext
    ) {
        guard !passages.isEmpty else { return }
        for passage in passages {
            effects.emit(PassageWithdrawal(passage: passage, tenant: tenant, at: context.now))
        }
        effects.setTimer(
            Self.forgetTimer + context.input.id.rawValue, at: context.now + Self.withdrawnKept,
            note: passages.map(\.rawValue).joined(separator: " "))
    }

    /// Forgets the passages that were withdrawn then, but for those that came back meanwhile.
    func forget(
        _ timer: FiredTimer, _ state: IndexerState, _ context: StageContext
    ) -> Plan<IndexerCall> {
        let known = Set(state.known.map(\.id))
        var effects = context.effects
        for name in timer.note.split(separator: " ") {
            let passage = PassageID(String(name))
            if !known.contains(passage) {
                effects.emitTombstone(
                    topic: .knowledgePassages, key: "\(timer.tenant)/\(passage)",
                    tenant: timer.tenant)
            }
            effects.emitTombstone(
                topic: .knowledgePassages, key: PassageWithdrawal.key(of: passage, timer.tenant),
                tenant: timer.tenant)
        }
        return .finish(effects)
    }
}

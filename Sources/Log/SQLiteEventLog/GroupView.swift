/// A group's members and leases as the file holds them, and what a member should do about them.
struct GroupView: Hashable, Sendable {
    /// A member's row.
    struct Member: Hashable, Sendable {
        var slot: String
        /// The number that its leases carry; no two members of a group ever have the same.
        var epoch: Int64
        /// The run of the machine that the deadline belongs to.
        var boot: String
        /// When the member counts as gone, in milliseconds of the machine's uptime.
        var deadline: Int64
    }

    var members: [Member]
    /// The epoch of the member that owns each partition.
    var leases: [Int32: Int64]

    /// What a member should do.
    struct Decision: Hashable, Sendable {
        /// The member's own standing in the group.
        enum Standing: Hashable, Sendable {
            case member
            /// It was silent for too long and its row is gone: it may join again.
            case expelled
            /// A newer session has its slot.
            case superseded
        }

        var standing = Standing.member
        /// Partitions that it owned and does not own any more.
        var lost: [Int32] = []
        /// Partitions that are another's by right: to be finished and given away.
        var surplus: [Int32] = []
        /// Partitions that are its by right, and that nobody alive owns.
        var free: [Int32] = []
        /// Members that are gone.
        var gone: [Member] = []
    }

    /// Decides for the member of a slot and epoch that owns some partitions.
    func decide(
        slot: String, epoch: Int64, owned: Set<Int32>, partitions: Int32, now: Int64, boot: String
    ) -> Decision {
        var decision = Decision()
        guard let own = members.first(where: { $0.slot == slot }), own.epoch == epoch else {
            let taken = members.contains { $0.slot == slot }
            decision.standing = taken ? .superseded : .expelled
            decision.lost = owned.sorted()
            return decision
        }
        // A member that can read this is alive, whatever its deadline says.
        let (live, gone) = members.reduce(into: ([Member](), [Member]())) { split, member in
            let lives = member.epoch == epoch || (member.boot == boot && member.deadline > now)
            if lives { split.0.append(member) } else { split.1.append(member) }
        }
        decision.gone = gone
        let epochs = Set(live.map(\.epoch))
        let slots = live.map(\.slot).sorted()
        let rank = slots.firstIndex(of: slot) ?? 0
        for partition in 0..<partitions {
            let owner = leases[partition]
            let isMine = Int(partition) * slots.count / Int(partitions) == rank
            if owner == epoch {
                if isMine {
                    if !owned.contains(partition) { decision.free.append(partition) }
                } else {
                    decision.surplus.append(partition)
                }
                continue
            }
            if owned.contains(partition) { decision.lost.append(partition) }
            if isMine, owner.map({ !epochs.contains($0) }) ?? true {
                decision.free.append(partition)
            }
        }
        return decision
    }
}

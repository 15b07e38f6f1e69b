import Testing

@testable import SQLiteEventLog

@Suite("Group view")
struct GroupViewTests {
    private func member(_ slot: String, _ epoch: Int64, deadline: Int64 = 100) -> GroupView.Member {
        GroupView.Member(slot: slot, epoch: epoch, boot: "boot", deadline: deadline)
    }

    private func decide(
        _ view: GroupView, slot: String, epoch: Int64, owned: Set<Int32> = [], boot: String = "boot"
    ) -> GroupView.Decision {
        view.decide(
            slot: slot, epoch: epoch, owned: owned, partitions: 6, now: 50, boot: boot)
    }

    @Test("a lone member may take everything")
    func alone() {
        let view = GroupView(members: [member("a", 1)], leases: [:])
        #expect(decide(view, slot: "a", epoch: 1).free == [0, 1, 2, 3, 4, 5])
    }

    @Test("members divide the partitions in the order of their slots", arguments: 1...8)
    func division(_ count: Int) {
        let members = (0..<count).map { member("slot-\($0)", Int64(10 - $0)) }
        let view = GroupView(members: members.shuffled(), leases: [:])
        let shares = members.map { decide(view, slot: $0.slot, epoch: $0.epoch).free }
        #expect(shares.flatMap { $0 } == [0, 1, 2, 3, 4, 5])
        let sizes = shares.map(\.count)
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }

    @Test("what another living member holds is neither free nor lost to it")
    func owned() {
        let view = GroupView(
            members: [member("a", 1), member("b", 2)],
            leases: [0: 1, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1])
        let first = decide(view, slot: "a", epoch: 1, owned: [0, 1, 2, 3, 4, 5])
        #expect(first == GroupView.Decision(surplus: [3, 4, 5]))
        #expect(decide(view, slot: "b", epoch: 2) == GroupView.Decision())
    }

    @Test("a silent member's partitions are free, and so are those of before a reboot")
    func silence() {
        let gone = member("b", 2, deadline: 50)
        let leases: [Int32: Int64] = [0: 1, 1: 1, 2: 1, 3: 2, 4: 2, 5: 2]
        let view = GroupView(members: [member("a", 1), gone], leases: leases)
        let decision = decide(view, slot: "a", epoch: 1, owned: [0, 1, 2])
        #expect(decision == GroupView.Decision(free: [3, 4, 5], gone: [gone]))

        let rebooted = GroupView(members: [member("a", 1), member("b", 2)], leases: leases)
        #expect(
            decide(rebooted, slot: "a", epoch: 1, owned: [0, 1, 2], boot: "next").gone.count == 1)
    }

    @Test("leases inherited from a predecessor are taken up or given up")
    func inheritance() {
        let view = GroupView(
            members: [member("a", 3), member("b", 2)],
            leases: [0: 3, 1: 3, 2: 3, 3: 3, 4: 2, 5: 2])
        let decision = decide(view, slot: "a", epoch: 3)
        #expect(decision.free == [0, 1, 2])
        #expect(decision.surplus == [3])
    }

    @Test("a replaced or expelled member has lost everything")
    func standing() {
        let replaced = GroupView(members: [member("a", 2)], leases: [0: 2])
        let first = decide(replaced, slot: "a", epoch: 1, owned: [0, 1])
        #expect(first == GroupView.Decision(standing: .superseded, lost: [0, 1]))
        let expelled = GroupView(members: [member("b", 2)], leases: [0: 2])
        let second = decide(expelled, slot: "a", epoch: 1, owned: [0])
        #expect(second == GroupView.Decision(standing: .expelled, lost: [0]))
    }
}

import EventLog
import Testing

@testable import Kafka
@testable import KafkaEventLog

/// What is handed out around an assignment that comes and goes, step by step.
@Suite("A member's state")
struct MemberStateTests {
    private func message(_ offset: Int64) -> Message {
        Message(
            topic: "t", partition: 0, offset: offset, timestamp: 0, key: [], value: [],
            headers: [])
    }

    private func owning(from offset: Int64 = 0) -> MemberState {
        var state = MemberState()
        state.own([0], [TopicPartitionOffset("t", 0, offset: offset)])
        return state
    }

    private func work(_ state: inout MemberState, _ offsets: Int64...) -> MemberState.Work {
        let records = state.receive(offsets.map(message))
        return MemberState.Work(records: records, epoch: state.epoch)
    }

    private func offsets(_ result: PollResult?) -> [Int64]? { result?.records.map(\.offset) }

    @Test("records of a partition that was lost and came back are handed out, with both news")
    func lostAndBack() {
        var state = owning()
        #expect(state.report(nil)?.assigned == [0])
        _ = state.release(lost: true)
        state.own([0], [TopicPartitionOffset("t", 0, offset: 5)])
        let taken = work(&state, 5, 6)
        let result = state.report(taken)
        #expect(result?.lost == [0])
        #expect(result?.assigned == [0])
        // They come only once: the next offset to hand out is 7.
        #expect(offsets(result) == [5, 6])
        let rest = work(&state, 5, 6, 7)
        #expect(offsets(state.report(rest)) == [7])
    }

    @Test("records that were taken before the partition was lost are not, and come again")
    func takenBefore() {
        var state = owning()
        _ = state.report(nil)
        let early = work(&state, 0, 1)
        _ = state.release(lost: true)
        state.own([0], [TopicPartitionOffset("t", 0, offset: 0)])
        #expect(offsets(state.report(early)) == [])
        let again = work(&state, 0, 1)
        #expect(offsets(state.report(again)) == [0, 1])
    }

    @Test("records are not handed out once their partition is asked back")
    func askedBack() {
        var state = owning()
        _ = state.report(nil)
        let early = work(&state, 0)
        state.revocation = .wanted
        let result = state.report(early)
        #expect(result?.revoking == [0])
        #expect(offsets(result) == [])
        let late = work(&state, 1)
        #expect(late.records.isEmpty)
        #expect(state.report(late) == nil)
    }

    @Test("a partition that was lost before it was announced is never heard of")
    func neverAnnounced() {
        var state = owning()
        #expect(state.release(lost: true) == [0])
        #expect(state.report(nil) == nil)
    }

    @Test("what was fetched for others, or for an earlier assignment, is dropped")
    func foreign() {
        var state = owning(from: 3)
        _ = state.report(nil)
        let taken = work(&state, 1, 2, 3)
        #expect(offsets(state.report(taken)) == [3])
        _ = state.release(lost: false)
        let late = work(&state, 4)
        #expect(state.report(late) == nil)
    }
}

import Testing

@testable import StageRuntime

@Suite struct OffsetTrackerTests {
    @Test("the position never passes unfinished work, in whatever order work ends")
    func positionNeverPassesUnfinished() {
        for seed in UInt64(1)...200 {
            var random = SeededGenerator(seed: seed)
            var tracker = OffsetTracker()
            // Offsets have gaps: transaction markers and compaction make them.
            var offsets: [Int64] = []
            var last: Int64 = 0
            for _ in 0..<60 {
                last += Int64.random(in: 1...3, using: &random)
                offsets.append(last)
                let isNew = tracker.begin(last)
                #expect(isNew)
            }
            var open = Set(offsets)
            for offset in offsets.shuffled(using: &random) {
                tracker.finish(offset)
                open.remove(offset)
                #expect(tracker.position == open.min() ?? last + 1)
                let ahead = tracker.finishedAhead
                for done in offsets where !open.contains(done) && done > open.min() ?? last {
                    #expect(ahead.contains { $0.contains(done) })
                }
                #expect(!open.contains { offset in ahead.contains { $0.contains(offset) } })
            }
            #expect(tracker.finishedAhead.isEmpty)
        }
    }

    @Test("what finished ahead of the position is skipped in the next life")
    func skipsWhatFinished() {
        var first = OffsetTracker()
        for offset in Int64(10)...15 { _ = first.begin(offset) }
        for offset in [10, 12, 13, 15] as [Int64] { first.finish(offset) }
        #expect(first.position == 11)
        let stored = OffsetRanges.encode(first.finishedAhead)
        var second = OffsetTracker(finishedAhead: OffsetRanges.decode(stored))
        let begun = (Int64(11)...16).filter { second.begin($0) }
        #expect(begun == [11, 14, 16])
        second.finish(11)
        #expect(second.position == 14)
        #expect(second.finishedAhead == [15...15])
    }

    @Test("what finished in an earlier life and was read in part only stays known")
    func skipsReadInPart() {
        var tracker = OffsetTracker(finishedAhead: [13...16])
        _ = tracker.begin(12)
        _ = tracker.begin(13)
        tracker.finish(12)
        #expect(tracker.position == 14)
        #expect(tracker.finishedAhead == [14...16])
    }

    @Test("ranges that cannot be read are passed over")
    func brokenRanges() {
        #expect(OffsetRanges.decode(Array("1-2,x,9-3,5-5,".utf8)) == [1...2, 5...5])
    }
}

/// SplitMix64: the same seed gives the same run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

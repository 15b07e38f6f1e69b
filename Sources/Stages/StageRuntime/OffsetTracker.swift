/// The offsets of one partition that are in hand: a position never passes unfinished work, and
/// what finished ahead of it is remembered, so that it is not done again after a restart.
struct OffsetTracker: Sendable {
    private struct Entry {
        var offset: Int64
        var done: Bool
    }

    /// Entries in the order of their offsets; those before `first` are dropped now and then.
    private var entries: [Entry] = []
    private var first = 0
    /// What finished ahead of the position in an earlier life.
    private var skips: [ClosedRange<Int64>]
    private var next: Int64?

    /// Begins with what had finished ahead of the committed position.
    init(finishedAhead skips: [ClosedRange<Int64>] = []) {
        self.skips = skips
    }

    /// The number of offsets in hand.
    var unfinished: Int { entries[first...].count { !$0.done } }

    /// Takes an offset in hand; answers false if it was finished in an earlier life.
    mutating func begin(_ offset: Int64) -> Bool {
        let done = skips.contains { $0.contains(offset) }
        entries.append(Entry(offset: offset, done: done))
        next = offset + 1
        trim()
        return !done
    }

    /// Marks an offset as finished.
    mutating func finish(_ offset: Int64) {
        guard let index = index(of: offset) else { return }
        entries[index].done = true
        trim()
    }

    /// The offset to read next after a restart: that of the oldest unfinished record.
    ///
    /// `nil` before any record was seen.
    var position: Int64? {
        first < entries.count ? entries[first].offset : next
    }

    /// What has finished ahead of the position, as ranges.
    var finishedAhead: [ClosedRange<Int64>] {
        var ranges: [ClosedRange<Int64>] = []
        var start: Int64?
        var end: Int64 = 0
        for entry in entries[first...] {
            if entry.done {
                if start == nil { start = entry.offset }
                end = entry.offset
            } else if let begun = start {
                ranges.append(begun...end)
                start = nil
            }
        }
        if let begun = start { ranges.append(begun...end) }
        // Of what was finished in an earlier life, what was not read yet is still ahead.
        if let next {
            ranges += skips.filter { $0.upperBound >= next }
                .map { max($0.lowerBound, next)...$0.upperBound }
        }
        return ranges
    }

    private mutating func trim() {
        while first < entries.count, entries[first].done { first += 1 }
        // Moving the rest down costs as much as the rest is long: do it seldom.
        if first > 256, first * 2 > entries.count {
            entries.removeFirst(first)
            first = 0
        }
        if let next { skips.removeAll { $0.upperBound < next } }
    }

    private func index(of offset: Int64) -> Int? {
        var low = first
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].offset == offset ? low : nil
    }
}

/// The text form of ranges of offsets in the stage's state: `5-9,12-12`.
enum OffsetRanges {
    /// Writes ranges.
    static func encode(_ ranges: [ClosedRange<Int64>]) -> [UInt8] {
        Array(ranges.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",").utf8)
    }

    /// Reads ranges; parts that are not ranges are passed over.
    static func decode(_ bytes: [UInt8]) -> [ClosedRange<Int64>] {
        String(decoding: bytes, as: UTF8.self).split(separator: ",").compactMap { part in
            let ends = part.split(separator: "-").compactMap { Int64($0) }
            guard ends.count == 2, ends[0] <= ends[1] else { return nil }
            return ends[0]...ends[1]
        }
    }
}

import FoundationEssentials

/// Leaves out identical lines that follow each other closely, and counts them.
///
/// A value: the logger keeps it under a lock and gives it the time.
struct RepeatedLines {
    /// An identical line appears at most this often, in seconds: often enough to see that it
    /// goes on, seldom enough that a failing loop does not fill the disk.
    static let window: TimeInterval = 10
    /// How many different lines are remembered; a process says few different things in 10 s.
    static let capacity = 256

    private struct Entry {
        var begun: Date
        var suppressed: Int
    }

    private var entries: [LogLine: Entry] = [:]
    private var nextSweep = Date.distantPast

    /// The lines to write now, each with the number of identical ones left out before it.
    mutating func admit(_ line: LogLine, at now: Date) -> [(line: LogLine, suppressed: Int)] {
        var lines: [(line: LogLine, suppressed: Int)] = []
        if let entry = entries[line], isOpen(entry, at: now) {
            entries[line]?.suppressed += 1
            return sweep(at: now)
        }
        let suppressed = entries[line]?.suppressed ?? 0
        entries[line] = Entry(begun: now, suppressed: 0)
        lines = sweep(at: now)
        lines.append((line, suppressed))
        return lines
    }

    /// The lines that were left out since they were last written; forgets all.
    mutating func flush() -> [(line: LogLine, suppressed: Int)] {
        let lines = entries.filter { $0.value.suppressed > 0 }
            .map { (line: $0.key, suppressed: $0.value.suppressed) }
        entries = [:]
        return lines
    }

    private func isOpen(_ entry: Entry, at now: Date) -> Bool {
        let age = now.timeIntervalSince(entry.begun)
        return age >= 0 && age < Self.window
    }

    /// Forgets what is over and says how often it had repeated; at most once a second, so that
    /// a busy log does not search the table for each line.
    private mutating func sweep(at now: Date) -> [(line: LogLine, suppressed: Int)] {
        guard now >= nextSweep || entries.count > Self.capacity else { return [] }
        nextSweep = now.addingTimeInterval(1)
        let over = entries.filter { !isOpen($0.value, at: now) }
        for line in over.keys { entries[line] = nil }
        var lines = over.filter { $0.value.suppressed > 0 }
            .map { (line: $0.key, suppressed: $0.value.suppressed) }
        if entries.count > Self.capacity { lines += flush() }
        return lines
    }
}

/// How late compaction may come to what a newer record of its key has replaced, where brokers see
/// to it: until then the old one is still there.
package struct CompactionBounds: Hashable, Sendable {
    /// What compacted topics are created with.
    ///
    /// A tombstone alone deletes nothing: the segment that
    /// is written to is never compacted, and stays that for a week unless it is told otherwise
    /// (KIP-354).
    package static let standard = CompactionBounds(lag: .seconds(3_600), segment: .seconds(3_600))

    /// The longest that a record stays uncompacted (`max.compaction.lag.ms`).
    package var lag: Duration
    /// After which a segment is closed when something new comes (`segment.ms`).
    package var segment: Duration

    /// Describes bounds.
    package init(lag: Duration, segment: Duration) {
        self.lag = lag
        self.segment = segment
    }

    /// Whether nothing is kept longer than these bounds allow.
    package func isWithin(_ other: Self) -> Bool {
        lag <= other.lag && min(segment, lag) <= other.segment
    }
}

import Synchronization

/// An ``IdentityTable`` that several share: who routes messages, and who reads what stands in the
/// log.
package final class IdentityBook: Sendable {
    /// How long what was sighted may take from the log's end to this table.
    package static let patience = Duration.seconds(10)

    /// Told whether what was waited for was followed in time.
    package typealias Followed = @Sendable (Bool) -> Void

    private struct Contents {
        var table = IdentityTable()
        /// Whether every conversation of the log has a sighting.
        var isComplete = false
        /// The last offset that was followed of each partition.
        var followed: [Int: Int64] = [:]
        /// Who waits for which sighting; several may wait for one that was made twice.
        var waiting: [RecordID: [Wait]] = [:]
        /// When those are looked for next that have waited too long.
        var nextLook = ContinuousClock.now
    }

    private struct Wait {
        var until: ContinuousClock.Instant
        var tell: Followed
    }

    private let contents = Mutex(Contents())
    /// Whether nobody reads the log into this: what is written is followed at once.
    private let isAlone: Bool

    /// Knows nobody yet; one that `isAlone` is the only one over its log.
    package init(isAlone: Bool = false) { self.isAlone = isAlone }

    /// Whether every conversation of the log has a sighting, as it began when they were written
    /// already: one of them says so, or it was found that nothing had been said yet.
    package var isComplete: Bool { contents.withLock(\.isComplete) }

    /// Notes that the log holds no message yet.
    package func noteNothingSaid() { contents.withLock { $0.isComplete = true } }

    /// Where a message goes, and whether what it tells has to be followed first.
    package func route(_ sighting: IdentitySighting) -> IdentityTable.Route {
        contents.withLock { $0.table.route(sighting) }
    }

    /// Tells once a sighting has been followed that is about to be written, or that it was not in
    /// time.
    package func expect(_ id: RecordID, _ tell: @escaping Followed) {
        let now = ContinuousClock.now
        let late = contents.withLock { contents in
            let late = now < contents.nextLook ? [] : Self.takeLate(&contents, at: now)
            contents.waiting[id, default: []].append(Wait(until: now + Self.patience, tell: tell))
            return late
        }
        for wait in late { wait.tell(false) }
    }

    /// Those that have waited too long; whoever comes later tells them.
    private static func takeLate(
        _ contents: inout Contents, at now: ContinuousClock.Instant
    ) -> [Wait] {
        contents.nextLook = now + .seconds(1)
        var late: [Wait] = []
        for (id, waits) in contents.waiting where waits.contains(where: { $0.until < now }) {
            contents.waiting[id] = nil
            late += waits
        }
        return late
    }

    /// Notes that sightings stand in the log, or do not.
    package func written(_ sightings: [(RecordID, IdentitySighting)], isStored: Bool) {
        if isStored {
            guard isAlone else { return }
            for (id, sighting) in sightings { follow(sighting, id) }
        } else {
            for (id, _) in sightings { tell(id, false) }
        }
    }

    /// Follows a sighting that stands at an offset of the log.
    package func follow(
        _ sighting: IdentitySighting, _ id: RecordID, partition: Int, offset: Int64
    ) {
        follow(sighting, id)
        contents.withLock { $0.followed[partition] = offset }
    }

    private func follow(_ sighting: IdentitySighting, _ id: RecordID) {
        contents.withLock { contents in
            contents.table.follow(sighting)
            if sighting.isComplete == true { contents.isComplete = true }
        }
        tell(id, true)
    }

    private func tell(_ id: RecordID, _ isFollowed: Bool) {
        let waits = contents.withLock { $0.waiting.removeValue(forKey: id) ?? [] }
        for wait in waits { wait.tell(isFollowed) }
    }

    /// Whether what stands at an offset of the log has been followed.
    package func hasFollowed(partition: Int, offset: Int64) -> Bool {
        contents.withLock { $0.followed[partition] ?? -1 >= offset }
    }

    /// What a sighting that stands in the log moved.
    package func moves(by sighting: IdentitySighting) -> [IdentityTable.Move] {
        contents.withLock { $0.table.moves(by: sighting) }
    }
}

package import AuditRecords
package import Conversation

/// Checks a tenant's audit log against its chain.
///
/// Entries and links are given in the order of their topics, best by turns: what has found its
/// partner is let go, so that a long log takes little memory. No key is needed: the hashes are over
/// what the log keeps, and an erased entry holds as long as its bytes stand there.
package struct AuditVerification: Sendable {
    /// Something that is not as it was written.
    package enum Finding: Hashable, Sendable {
        /// An entry says something else than when it was chained.
        case changed(RecordID)
        /// A chained entry is not in the log.
        case missing(RecordID)
        /// An entry stands among chained ones and is not chained: it was put in.
        case inserted(RecordID)
        /// A link is not what its parts make, or does not follow the one before.
        case broken(number: Int)
        /// Links are missing before this one.
        case gap(before: Int)
        /// There are two links of one number: two have written the chain.
        case forked(number: Int)
        /// The chain is shorter than it was at a checkpoint: its end is cut off.
        case cutOff(at: Int, was: Int)
        /// At a checkpoint the chain had another head: it was written anew.
        case rewritten(at: Int)
    }

    /// What came out.
    package struct Outcome: Hashable, Sendable {
        /// How many links were followed.
        package var links = 0
        /// The last link's number and hash: the next anchor to keep elsewhere.
        package var count = 0
        /// The hash of the last link.
        package var head = AuditLink.beginning
        /// Entries behind the chain's end, which are chained in a moment.
        package var waiting = 0
        /// What is wrong.
        package var findings: [Finding] = []

        /// Whether all is as it was written.
        package var holds: Bool { findings.isEmpty }
    }

    /// Entries whose repeats are recognised.
    private static let mostMatched = 10_000

    private var outcome = Outcome()
    /// Where the log begins, where what was before is no longer kept.
    private let start: Int
    private var entries: [RecordID: (content: String, place: Int)] = [:]
    private var links: [RecordID: AuditLink] = [:]
    private var matched: [RecordID: String] = [:]
    private var matchedBefore: [RecordID: String] = [:]
    private var place = 0
    private var lastMatched = -1
    private var checkpoints: [Int: [String]] = [:]
    private var heads: [Int: String] = [:]

    /// Prepares to check a tenant's log.
    ///
    /// - Parameters:
    ///   - anchors: checkpoints that were kept elsewhere; only they show that an end is cut off
    ///     together with its links.
    ///   - base: the checkpoint before which nothing is kept any more; `nil` for the beginning.
    package init(anchors: [AuditCheckpoint] = [], from base: AuditCheckpoint? = nil) {
        start = base?.count ?? 0
        if let base {
            outcome.count = base.count
            outcome.head = base.head
            heads[base.count] = base.head
        }
        for anchor in anchors { add(anchor) }
    }

    /// Takes the next entry, with its value as the log keeps it.
    package mutating func add(entry: RecordID, stored: [UInt8]) {
        let content = AuditHash.content(stored)
        place += 1
        if let known = matched[entry] ?? matchedBefore[entry] {
            // Written again, as who is not sure does, it says the same.
            if known != content { outcome.findings.append(.changed(entry)) }
        } else if let link = links.removeValue(forKey: entry) {
            match(entry, content, link.content, place)
        } else if let known = entries[entry] {
            if known.content != content { outcome.findings.append(.changed(entry)) }
        } else {
            entries[entry] = (content, place)
        }
    }

    /// Takes the next link.
    package mutating func add(_ link: AuditLink) {
        guard link.number > start else { return }
        outcome.links += 1
        if link.number <= outcome.count {
            outcome.findings.append(.forked(number: link.number))
        } else {
            if link.number > outcome.count + 1 {
                outcome.findings.append(.gap(before: link.number))
            } else if link.previous != outcome.head {
                outcome.findings.append(.broken(number: link.number))
            }
            if !AuditHash.holds(link) { outcome.findings.append(.broken(number: link.number)) }
            outcome.count = link.number
            outcome.head = link.hash
            if checkpoints[link.number] != nil { heads[link.number] = link.hash }
        }
        if let entry = entries.removeValue(forKey: link.entry) {
            match(link.entry, entry.content, link.content, entry.place)
        } else {
            links[link.entry] = link
        }
    }

    /// Takes a checkpoint, of the log or kept elsewhere; those of the log come in its order.
    package mutating func add(_ checkpoint: AuditCheckpoint) {
        guard checkpoint.count >= start else { return }
        checkpoints[checkpoint.count, default: []].append(checkpoint.head)
        if checkpoint.count == outcome.count { heads[outcome.count] = outcome.head }
    }

    /// What came out, once all was given.
    package func finished() -> Outcome {
        var outcome = outcome
        for (count, heads) in checkpoints.sorted(by: { $0.key < $1.key }) {
            if count > outcome.count {
                outcome.findings.append(.cutOff(at: outcome.count, was: count))
            } else if count > 0, heads.contains(where: { $0 != self.heads[count] }) {
                outcome.findings.append(.rewritten(at: count))
            }
        }
        outcome.findings += links.values.sorted { $0.number < $1.number }.map { .missing($0.entry) }
        let loose = entries.sorted { $0.value.place < $1.value.place }
        outcome.findings += loose.filter { $0.value.place < lastMatched }.map { .inserted($0.key) }
        outcome.waiting = loose.count { $0.value.place > lastMatched }
        return outcome
    }

    private mutating func match(
        _ entry: RecordID, _ content: String, _ chained: String, _ place: Int
    ) {
        if content != chained { outcome.findings.append(.changed(entry)) }
        lastMatched = max(lastMatched, place)
        matched[entry] = content
        if matched.count >= Self.mostMatched {
            matchedBefore = matched
            matched = [:]
        }
    }
}

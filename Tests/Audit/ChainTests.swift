import AuditChain
import AuditRecords
import AuditStage
import Conversation
import Records
import StageRuntime
import Testing

/// A tenant's audit log with its chain, as the stage makes it of what the log keeps.
private struct ChainedLog {
    var entries: [(id: RecordID, stored: [UInt8])] = []
    var links: [any Payload] = []
    private var state = AuditStage.State()
    private var now = Timestamp(seconds: 1_800_000_000)
    private var timer: FiredTimer?

    init(_ count: Int) throws {
        for number in 1...count {
            try add(RecordID("entry \(number)"), Array("sealed words of \(number)".utf8))
        }
    }

    mutating func add(_ id: RecordID, _ stored: [UInt8]) throws {
        entries.append((id, stored))
        let entry = AuditEntry(tenant: "sol", actor: "a", action: "b", subject: "c", at: now)
        let headers = RecordHeaders(
            id: id, type: AuditEntry.type, source: "t", time: now, subject: "sol",
            correlation: id, causation: id, tenant: "sol")
        let position = RecordPosition(topic: "audit", partition: 0, offset: 0)
        try step(.record(entry, headers, position: position), stored)
    }

    /// A day goes by.
    mutating func day() throws {
        now = now + .seconds(86_400)
        guard let due = timer else { return }
        timer = nil
        try step(.timer(due), [])
    }

    private mutating func step(_ input: StageInput, _ stored: [UInt8]) throws {
        var context = StageContext(stage: "audit", input: input, key: "sol", now: now, step: 0)
        context.stored = stored
        guard case .finish(let effects) = try AuditStage().begin(input, &state, context) else {
            return
        }
        links += effects.outputs.compactMap(\.payload)
        for case .set(let set) in effects.timers { timer = set }
    }

    var checkpoints: [AuditCheckpoint] { links.compactMap { $0 as? AuditCheckpoint } }

    func verified(
        anchors: [AuditCheckpoint] = [], from base: AuditCheckpoint? = nil
    ) -> AuditVerification.Outcome {
        var verification = AuditVerification(anchors: anchors, from: base)
        for entry in entries { verification.add(entry: entry.id, stored: entry.stored) }
        for link in links {
            switch link {
            case let link as AuditLink: verification.add(link)
            case let checkpoint as AuditCheckpoint: verification.add(checkpoint)
            default: break
            }
        }
        return verification.finished()
    }
}

@Suite struct ChainTests {
    @Test("what was written verifies, and tells where the chain ends")
    func whole() throws {
        let log = try ChainedLog(5)
        let outcome = log.verified()
        #expect(outcome.holds)
        #expect(outcome.links == 5)
        #expect(outcome.count == 5)
        #expect(outcome.head == (log.links.last as? AuditLink)?.hash)
    }

    @Test("a byte that was flipped is found")
    func flipped() throws {
        var log = try ChainedLog(5)
        log.entries[2].stored[0] ^= 1
        #expect(log.verified().findings == [.changed("entry 3")])
    }

    @Test("an entry that was taken out of the middle, or put in, is found")
    func middle() throws {
        var log = try ChainedLog(5)
        log.entries.remove(at: 2)
        #expect(log.verified().findings == [.missing("entry 3")])
        log = try ChainedLog(5)
        log.entries.insert(("false", [1]), at: 2)
        #expect(log.verified().findings == [.inserted("false")])
    }

    @Test("a link that was taken out or changed is found")
    func links() throws {
        var log = try ChainedLog(5)
        log.links.remove(at: 2)
        #expect(log.verified().findings.contains(.gap(before: 4)))
        log = try ChainedLog(5)
        if var link = log.links[2] as? AuditLink {
            link.content = String(repeating: "f", count: 64)
            log.links[2] = link
        }
        #expect(log.verified().findings.contains(.broken(number: 3)))
    }

    @Test("a cut end is found by what was kept elsewhere, or by the log's own checkpoint")
    func tail() throws {
        var log = try ChainedLog(5)
        try log.day()
        let anchor = try #require(log.checkpoints.last)
        #expect(anchor.count == 5)
        #expect(log.verified(anchors: [anchor]).holds)
        log.entries.removeLast(2)
        log.links = Array(log.links.prefix(3))
        #expect(log.verified().holds)
        #expect(log.verified(anchors: [anchor]).findings == [.cutOff(at: 3, was: 5)])
        log.links.append(anchor)
        #expect(log.verified().findings == [.cutOff(at: 3, was: 5)])
    }

    @Test("a log that was written anew from its beginning is found by what was kept elsewhere")
    func rewritten() throws {
        var log = try ChainedLog(3)
        try log.day()
        let anchor = try #require(log.checkpoints.last)
        var other = try ChainedLog(1)
        try other.add("entry 2", [9])
        try other.add("entry 3", [9])
        #expect(other.verified().holds)
        #expect(other.verified(anchors: [anchor]).findings == [.rewritten(at: 3)])
    }

    @Test("two who wrote one chain are found")
    func forked() throws {
        var log = try ChainedLog(3)
        var other = try ChainedLog(2)
        try other.add("entry of another", [7])
        log.links.append(other.links[2])
        #expect(log.verified().findings.contains(.forked(number: 3)))
    }

    @Test("a log whose beginning is no longer kept verifies from its checkpoint on")
    func pruned() throws {
        var log = try ChainedLog(3)
        try log.day()
        let base = try #require(log.checkpoints.last)
        try log.add("entry 4", [4])
        try log.add("entry 5", [5])
        log.entries.removeFirst(3)
        log.links.removeFirst(4)
        #expect(log.verified(from: base).holds)
        #expect(log.verified(from: base).links == 2)
        #expect(!log.verified().holds)
    }

    @Test("an entry whose key was destroyed still verifies: its bytes stand as they were sealed")
    func erased() throws {
        // Nobody can open these bytes, and nobody has to.
        let log = try ChainedLog(3)
        #expect(log.verified().holds)
    }

    @Test("what is not chained yet waits, and what was written twice counts once")
    func waiting() throws {
        var log = try ChainedLog(3)
        log.entries.append(("late", [1]))
        log.entries.append(log.entries[0])
        let outcome = log.verified()
        #expect(outcome.holds)
        #expect(outcome.waiting == 1)
        log.entries.append((log.entries[0].id, [0]))
        #expect(log.verified().findings == [.changed("entry 1")])
    }

    @Test("a checkpoint is made once a day, while something new is chained")
    func daily() throws {
        var log = try ChainedLog(2)
        try log.day()
        try log.day()
        #expect(log.checkpoints.map(\.count) == [2])
        try log.add("entry 3", [3])
        try log.day()
        #expect(log.checkpoints.map(\.count) == [2, 3])
    }
}

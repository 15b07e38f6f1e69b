import Conversation
import Foundation
import PipelineTesting
import TenantKeys
import Testing

/// The ledger of what was erased, in two places outside of the data.
@Suite("Ledger of erasures")
struct ErasureLedgerTests {
    private static let time = Timestamp(milliseconds: 1_800_000_000_000)

    private func ledger(_ purges: Int, of installation: String = "abc") throws -> ErasureLedger {
        var ledger = try ErasureLedger(of: installation, at: Self.time)
        for number in 0..<purges {
            try ledger.enter(
                PurgeID("p\(number)"), of: TenantID("t\(number)"), keys: [KeyID("k\(number)")],
                at: Self.time)
        }
        return ledger
    }

    @Test("is read as it was written, and an entry is made once")
    func same() throws {
        var ledger = try ledger(3)
        #expect(try ErasureLedger(text: ledger.text) == ledger)
        let before = ledger
        try ledger.enter("p1", of: "t1", keys: ["another"], at: Self.time)
        #expect(ledger == before)
        #expect(ledger.entries.map(\.sequence) == [1, 2, 3])
    }

    @Test("a line that was changed, taken out or moved is found")
    func changed() throws {
        let lines = try ledger(3).text.split(separator: "\n").map(String.init)
        func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
        var changed = lines
        changed[1] = changed[1].replacingOccurrences(of: "t0", with: "tx")
        #expect(throws: LedgerError.broken(line: 3)) { try ErasureLedger(text: text(changed)) }
        var shorter = lines
        shorter.remove(at: 2)
        #expect(throws: LedgerError.broken(line: 3)) { try ErasureLedger(text: text(shorter)) }
        var swapped = lines
        swapped.swapAt(2, 3)
        #expect(throws: LedgerError.broken(line: 3)) { try ErasureLedger(text: text(swapped)) }
        #expect(throws: LedgerError.broken(line: 1)) { try ErasureLedger(text: "") }
        #expect(throws: LedgerError.broken(line: 1)) { try ErasureLedger(text: "x\n") }
    }

    @Test("a last line that was not written to its end is none, and the next takes its place")
    func torn() throws {
        let folder = try TemporaryFolder()
        let files = LedgerFiles(keys: folder.path + "/keys", state: folder.path + "/state")
        let one = try ledger(1)
        try files.replace(with: one)
        let text = try String(contentsOfFile: files.first, encoding: .utf8)
        try Data((text + #"{"sequence":2,"#).utf8).write(to: URL(filePath: files.first))
        #expect(try files.read(of: nil).first == .whole(one))
        let number = try files.enter(
            "p1", of: "t1", keys: ["k1"], installation: "abc", at: Self.time)
        #expect(number == 2)
        let copies = try files.read(of: "abc")
        #expect(copies.first.ledger?.entries.count == 2)
        #expect(copies.first == copies.second)
    }

    @Test("both copies get each entry, also where a kill came between them")
    func both() throws {
        let folder = try TemporaryFolder()
        let files = LedgerFiles(keys: folder.path + "/keys", state: folder.path + "/state")
        try files.replace(with: ledger(0))
        for number in 0..<3 {
            _ = try files.enter(
                PurgeID("p\(number)"), of: "t", keys: [], installation: "abc", at: Self.time)
        }
        let whole = try String(contentsOfFile: files.first, encoding: .utf8)
        let second = files.second(of: "abc")
        #expect(try String(contentsOfFile: second, encoding: .utf8) == whole)
        let lines = whole.split(separator: "\n").dropLast().map { $0 + "\n" }.joined()
        try Data(lines.utf8).write(to: URL(filePath: second))
        // The same entry, not another one.
        let again = try files.enter(
            "p2", of: "t", keys: [], installation: "abc", at: Self.time + .seconds(60))
        #expect(again == 3)
        #expect(try String(contentsOfFile: second, encoding: .utf8) == whole)
        // Only its owner reads it.
        let mode = try FileManager.default.attributesOfItem(atPath: second)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test("copies that do not have the same beginning get no entry, nor does a missing one")
    func different() throws {
        let folder = try TemporaryFolder()
        let files = LedgerFiles(keys: folder.path + "/keys", state: folder.path + "/state")
        try files.replace(with: ledger(1))
        var other = try ErasureLedger(of: "abc", at: Self.time)
        try other.enter("px", of: "t", keys: [], at: Self.time)
        try Data(other.text.utf8).write(to: URL(filePath: files.first))
        #expect(throws: LedgerError.self) {
            try files.enter("p9", of: "t", keys: [], installation: "abc", at: Self.time)
        }
        try FileManager.default.removeItem(atPath: files.first)
        #expect(throws: LedgerError.self) {
            try files.enter("p9", of: "t", keys: [], installation: "abc", at: Self.time)
        }
    }

    @Test("lies where programs keep their state, unless named")
    func places() {
        #expect(LedgerFiles.stateFolder(["PARLEY_LEDGER": "/l", "HOME": "/h"]) == "/l")
        #expect(LedgerFiles.stateFolder(["XDG_STATE_HOME": "/x", "HOME": "/h"]) == "/x/parley")
        #expect(
            LedgerFiles.stateFolder(["XDG_STATE_HOME": "x", "HOME": "/h"])
                == "/h/.local/state/parley")
        #expect(LedgerFiles.stateFolder([:]) == nil)
    }

    // MARK: Whether an installation may start

    private func verdict(
        _ log: LoggedErasures, _ first: LedgerCopy, _ second: LedgerCopy
    ) -> LedgerVerdict {
        LedgerVerdict(log, first, second, names: ("first", "second"))
    }

    /// A log in which so many purges are done, and one is under way.
    private func log(_ done: Int, under way: PurgeID? = nil) -> LoggedErasures {
        var log = LoggedErasures(installation: "abc")
        for number in 0..<done {
            log.purges[PurgeID("p\(number)")] = .some(number + 1)
            log.destroyed.insert(KeyID("k\(number)"))
        }
        if let way { log.purges[way] = .some(nil) }
        return log
    }

    @Test("the first start begins the ledger, also one that was cut off in the midst of it")
    func first() throws {
        #expect(verdict(LoggedErasures(), .missing, .missing) == .begin(installation: nil))
        let begun = LedgerCopy.whole(try ledger(0))
        #expect(verdict(LoggedErasures(), .missing, begun) == .begin(installation: "abc"))
        #expect(verdict(LoggedErasures(), begun, begun) == .begin(installation: "abc"))
    }

    @Test("a log that knows all that the ledger knows may start")
    func start() throws {
        let copy = LedgerCopy.whole(try ledger(2))
        #expect(verdict(log(2), copy, copy) == .start)
        // As after a kill before the log was told of the entry, and between the two copies.
        let next = LedgerCopy.whole(try ledger(3))
        #expect(verdict(log(2, under: "p2"), next, next) == .start)
        #expect(verdict(log(2, under: "p2"), next, copy) == .start)
    }

    @Test("a log that is older than the ledger starts nothing")
    func ahead() throws {
        let copy = LedgerCopy.whole(try ledger(2))
        #expect(verdict(log(1), copy, copy) == .refuse(.ahead("t1")))
        // One from before the ledger began.
        #expect(verdict(LoggedErasures(), copy, copy) == .refuse(.ahead("t0")))
        #expect(verdict(LoggedErasures(), copy, .missing) == .refuse(.ahead("t0")))
        // An older keys folder with it: the machine's own copy tells.
        let older = LedgerCopy.whole(try ledger(1))
        #expect(verdict(log(1), older, copy) == .refuse(.ahead("t1")))
    }

    @Test("nothing starts with a copy that is missing, broken, older or another's")
    func refused() throws {
        let copy = LedgerCopy.whole(try ledger(2))
        let older = LedgerCopy.whole(try ledger(1))
        let other = LedgerCopy.whole(try ledger(2, of: "xyz"))
        #expect(verdict(log(2), .missing, copy) == .refuse(.missing("first")))
        #expect(verdict(log(2), copy, .missing) == .refuse(.missing("second")))
        #expect(verdict(log(2), .broken("x"), copy) == .refuse(.broken("first", "x")))
        #expect(verdict(log(2), older, copy) == .refuse(.different))
        #expect(verdict(log(2), older, older) == .refuse(.behind))
        #expect(verdict(log(2), copy, other) == .refuse(.stranger("second")))
    }

    @Test("what is restored is the longest ledger that all copies begin, and what the log lacks")
    func restoration() throws {
        let copy = LedgerCopy.whole(try ledger(2))
        let older = LedgerCopy.whole(try ledger(1))
        let whole = try ledger(2)
        for (first, second) in [
            (copy, copy), (older, copy), (copy, .missing), (.broken("x"), copy),
        ] {
            let plan = try #require(LedgerRestoration(log(1), first, second))
            #expect(plan.ledger == whole)
            #expect(plan.erased.map(\.tenant) == ["t1"])
        }
        let before = try #require(LedgerRestoration(LoggedErasures(), copy, copy))
        #expect(before.erased.count == 2)
        // A copy is missing, and nothing else: nothing is to be erased.
        #expect(LedgerRestoration(log(2), .missing, copy)?.erased == [])
        // Nobody knows any more what was erased since.
        #expect(LedgerRestoration(log(2), older, .missing) == nil)
        #expect(LedgerRestoration(log(2), .missing, .missing) == nil)
    }
}

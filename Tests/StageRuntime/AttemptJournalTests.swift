import FileSignals
import Foundation
import PipelineTesting
import Synchronization
import Testing

@testable import StageRuntime

/// Words that only outlive a journal.
private final class ArrayWords: AttemptWords {
    private let words = Mutex([UInt64](repeating: 0, count: AttemptJournal.words))
    let count = AttemptJournal.words
    let currentThread: UInt64 = 7
    func load(_ index: Int) -> UInt64 { words.withLock { $0[index] } }
    func store(_ value: UInt64, at index: Int) { words.withLock { $0[index] = value } }

    /// What a process notes when it crashes.
    func crash(signal: UInt64, thread: UInt64) {
        store(signal, at: AttemptJournal.crashWord)
        store(thread, at: AttemptJournal.crashWord + 1)
    }
}

@Suite("Attempt journal")
struct AttemptJournalTests {
    private let words = ArrayWords()

    private func attempts(_ journal: AttemptJournal) -> [Int] {
        (0..<4).map { journal.suspicion(of: .command($0))?.attempts ?? 0 }
    }

    /// A journal of a process that decides record 0 and calls for records 1 and 2.
    private func busy() {
        let journal = AttemptJournal(words)
        _ = journal.calling(for: .command(1))
        _ = journal.calling(for: .command(2))
        journal.answered(journal.calling(for: .command(3)))
        journal.deciding(.command(0))
    }

    @Test("a crash of the deciding thread accuses what it decided and nothing else")
    func deciding() {
        busy()
        words.crash(signal: 4, thread: 7)
        #expect(attempts(AttemptJournal(words, lastSignal: 4)) == [1, 0, 0, 0])
    }

    @Test("a crash of another thread accuses the calls under way")
    func calling() {
        busy()
        words.crash(signal: 11, thread: 8)
        #expect(attempts(AttemptJournal(words)) == [0, 1, 1, 0])
    }

    @Test("where only the supervisor saw the crash, all that was in hand is accused")
    func supervisor() {
        busy()
        #expect(attempts(AttemptJournal(words, lastSignal: 11)) == [1, 1, 1, 0])
    }

    @Test(
        "a kill, a clean end or another process's signal accuses nobody",
        arguments: [(nil, 0), (9, 0), (15, 0), (11, 255)] as [(Int32?, UInt64)])
    func harmless(_ seen: Int32?, _ noted: UInt64) {
        busy()
        words.crash(signal: noted, thread: 7)
        let journal = AttemptJournal(words, lastSignal: seen)
        #expect(!journal.hasSuspects)
    }

    @Test("accusations add up over starts, outlast kills, and end with the finished work")
    func addingUp() {
        busy()
        words.crash(signal: 4, thread: 7)
        _ = AttemptJournal(words)
        _ = AttemptJournal(words, lastSignal: 9)
        busy()
        words.crash(signal: 4, thread: 7)
        let third = AttemptJournal(words)
        #expect(attempts(third) == [2, 0, 0, 0])
        third.clear([.command(0)])
        #expect(attempts(third) == [0, 0, 0, 0])
        #expect(!AttemptJournal(words).hasSuspects)
    }

    @Test("a record that is not even read is remembered as such")
    func reading() {
        AttemptJournal(words).deciding(.command(0), isReading: true)
        words.crash(signal: 5, thread: 7)
        #expect(AttemptJournal(words).suspicion(of: .command(0))?.whileReading == true)
        #expect(AttemptJournal(words).suspicion(of: .command(0))?.whileReading == true)
    }

    @Test("a file that is no journal is begun anew")
    func foreign() {
        for index in 0..<AttemptJournal.words { words.store(UInt64(index) &* 31 | 1, at: index) }
        words.store(0, at: 0)
        #expect(!AttemptJournal(words, lastSignal: 11).hasSuspects)
    }

    @Test("a journal's file is one process's, and keeps what was stored")
    func file() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/words"
        var words = try #require(try MappedWords(path: path, count: 8))
        words.store(.max, at: 7)
        #expect(try MappedWords(path: path, count: 8) == nil)
        words = try #require(try MappedWords(path: folder.path + "/other", count: 8))
        #expect(words.load(7) == 0)
        let again = try #require(try MappedWords(path: path, count: 8))
        #expect(again.load(7) == .max)
        #expect(throws: FileError.self) {
            try MappedWords(path: folder.path + "/no/such", count: 8)
        }
    }

    @Test("a journal is taken over from an owner that lets go a moment later")
    func lingering() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/words"
        let owner = Mutex(try MappedWords(path: path, count: 8))
        #expect(owner.withLock { $0 != nil })
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 0.05)
            owner.withLock { $0 = nil }
        }
        #expect(try MappedWords(path: path, count: 8) != nil)
    }
}

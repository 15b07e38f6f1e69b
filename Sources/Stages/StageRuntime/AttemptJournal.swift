import Synchronization

/// Words that outlive the process: a mapped file, or an array in tests.
package protocol AttemptWords: Sendable {
    /// How many words there are.
    var count: Int { get }
    /// The calling thread, as a number that is not 0.
    var currentThread: UInt64 { get }
    /// A word.
    func load(_ index: Int) -> UInt64
    /// Sets a word, at once and in the order of the program.
    func store(_ value: UInt64, at index: Int)
}

/// Remembers past the end of the process what a stage was at, so that a record that ends its
/// process again and again is recognised.
///
/// What is being decided (one at a time) and what calls are under way is written before the work
/// and cleared after it. A process that *crashed* leaves its suspects: what the crashed thread was
/// deciding, or, if it decided nothing, the calls under way. Each has one more attempt against it.
/// A suspect's calls then run one at a time, so that a second crash names one. With
/// ``AttemptJournal/mostAttempts`` against it, it is set aside without being tried.
///
/// A process that was killed, by an operator or for want of memory, leaves no suspects: that says
/// nothing about the record in hand.
package final class AttemptJournal: Sendable {
    /// A record is tried no more after so many crashes.
    package static let mostAttempts = 2
    /// The words of a journal.
    package static let words = Layout.suspects + 4 * Layout.mostSuspects
    /// Where a crash is to be noted: the signal's number, then the thread.
    package static let crashWord = 1
    /// A crash that another process's signal brought about; nobody's fault here.
    package static let foreignSignal: UInt64 = 255

    /// What a crash left behind about a subject.
    struct Suspicion: Sendable {
        /// How many crashes.
        var attempts: Int
        /// Whether it was being read, not decided, in one of them.
        var whileReading: Bool
    }

    /// Where things stand among the words.
    private enum Layout {
        /// Tells a journal of this form from other files.
        static let form = 0
        /// Thread, name, partition, offset; none if the thread is 0.
        static let deciding = 4
        /// Name, partition and offset of each call under way; none if the name is 0.
        static let calls = 8
        /// More calls at once are not suspected.
        static let mostCalls = 256
        /// Name, partition, offset and attempts; none if the name is 0.
        static let suspects = calls + 3 * mostCalls
        /// More suspects than one crash can leave.
        static let mostSuspects = 512
    }

    private static let form: UInt64 = 0x5041_524c_4559_0001
    /// Says in the partition's word that the record is only being read, in the attempts' that it
    /// was.
    private static let reading: UInt64 = 1 << 63

    private let words: any AttemptWords
    private let suspects: Mutex<[AttemptSubject: Suspicion]>
    private let freeCalls: Mutex<[Int]>
    /// Whether there were suspects at the start; there are no new ones before the next.
    package let hasSuspects: Bool

    /// Takes a journal over from the process before.
    ///
    /// `lastSignal` is the signal that ended that process, where a supervisor saw it: a crash
    /// that the process could not note itself (its stack was full) is known by it.
    package init(_ words: any AttemptWords, lastSignal: Int32? = nil) {
        precondition(words.count >= Self.words, "the journal has all its words")
        self.words = words
        if words.load(Layout.form) != Self.form {
            for index in 0..<Self.words { words.store(0, at: index) }
            words.store(Self.form, at: Layout.form)
        }
        var found = Self.suspects(in: words)
        for (subject, isReading) in Self.accused(in: words, lastSignal: lastSignal) {
            found[subject, default: Suspicion(attempts: 0, whileReading: false)].attempts += 1
            if isReading { found[subject]?.whileReading = true }
        }
        // First, so that a process killed just here does not count a crash twice.
        words.store(0, at: Self.crashWord)
        Self.write(found, to: words)
        hasSuspects = !found.isEmpty
        suspects = Mutex(found)
        freeCalls = Mutex(Array((0..<Layout.mostCalls).reversed()))
        words.store(0, at: Layout.deciding)
        for slot in 0..<Layout.mostCalls { words.store(0, at: Layout.calls + 3 * slot) }
    }

    // MARK: Before and after the work

    /// This thread begins to read or decide something; ``decided()`` must follow.
    func deciding(_ subject: AttemptSubject, isReading: Bool = false) {
        words.store(subject.name, at: Layout.deciding + 1)
        words.store(
            subject.partition | (isReading ? Self.reading : 0), at: Layout.deciding + 2)
        words.store(subject.offset, at: Layout.deciding + 3)
        words.store(words.currentThread, at: Layout.deciding)
    }

    /// It is decided.
    func decided() { words.store(0, at: Layout.deciding) }

    /// A call begins for something; the number is for ``answered(_:)``.
    func calling(for subject: AttemptSubject) -> Int? {
        guard let slot = freeCalls.withLock({ $0.popLast() }) else { return nil }
        let index = Layout.calls + 3 * slot
        words.store(subject.partition, at: index + 1)
        words.store(subject.offset, at: index + 2)
        words.store(subject.name, at: index)
        return slot
    }

    /// A call has ended.
    func answered(_ slot: Int?) {
        guard let slot else { return }
        words.store(0, at: Layout.calls + 3 * slot)
        freeCalls.withLock { $0.append(slot) }
    }

    // MARK: Suspects

    /// What there is against something.
    func suspicion(of subject: AttemptSubject) -> Suspicion? {
        guard hasSuspects else { return nil }
        return suspects.withLock { $0[subject] }
    }

    /// These are finished, durably.
    func clear(_ subjects: [AttemptSubject]) {
        guard hasSuspects, !subjects.isEmpty else { return }
        suspects.withLock { suspects in
            for subject in subjects { suspects[subject] = nil }
            Self.write(suspects, to: words)
        }
    }

    private static func suspects(
        in words: any AttemptWords
    ) -> [AttemptSubject: Suspicion] {
        var found: [AttemptSubject: Suspicion] = [:]
        for slot in 0..<Layout.mostSuspects {
            let index = Layout.suspects + 4 * slot
            guard words.load(index) != 0 else { continue }
            let attempts = words.load(index + 3)
            found[subject(at: index, in: words)] = Suspicion(
                attempts: Int(clamping: attempts & ~reading), whileReading: attempts & reading != 0)
        }
        return found
    }

    /// Those that a crash of the process before speaks against, and whether they were being read.
    private static func accused(
        in words: any AttemptWords, lastSignal: Int32?
    ) -> [(AttemptSubject, Bool)] {
        let noted = words.load(crashWord)
        // What the process noted itself is surer than what its supervisor saw.
        let signal = noted == 0 ? UInt64(lastSignal.map { max(0, $0) } ?? 0) : noted
        guard crashSignals.contains(signal) else { return [] }
        let crashed = noted == 0 ? 0 : words.load(crashWord + 1)
        let thread = words.load(Layout.deciding)
        var accused: [(AttemptSubject, Bool)] = []
        if thread != 0, crashed == 0 || crashed == thread {
            var subject = subject(at: Layout.deciding + 1, in: words)
            let isReading = subject.partition & reading != 0
            subject.partition &= ~reading
            accused.append((subject, isReading))
            if crashed == thread { return accused }
        }
        for slot in 0..<Layout.mostCalls where words.load(Layout.calls + 3 * slot) != 0 {
            accused.append((subject(at: Layout.calls + 3 * slot, in: words), false))
        }
        return accused
    }

    /// SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE and SIGSEGV (signal(7)): a process's own faults.
    private static let crashSignals: Set<UInt64> = [4, 5, 6, 7, 8, 11]

    private static func subject(at index: Int, in words: any AttemptWords) -> AttemptSubject {
        AttemptSubject(
            name: words.load(index), partition: words.load(index + 1),
            offset: words.load(index + 2))
    }

    /// Writes the suspects, those with most against them first, as far as there is room.
    private static func write(
        _ suspects: [AttemptSubject: Suspicion], to words: any AttemptWords
    ) {
        let worst = suspects.sorted { $0.value.attempts > $1.value.attempts }
        for slot in 0..<Layout.mostSuspects {
            let index = Layout.suspects + 4 * slot
            // Begun with none and ended with the name, so that none is ever half written.
            words.store(0, at: index)
            guard slot < worst.count else { continue }
            let (subject, suspicion) = worst[slot]
            words.store(subject.partition, at: index + 1)
            words.store(subject.offset, at: index + 2)
            words.store(
                UInt64(suspicion.attempts) | (suspicion.whileReading ? reading : 0), at: index + 3)
            words.store(subject.name, at: index)
        }
    }
}

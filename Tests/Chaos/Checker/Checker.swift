/// Holds a history against what Parley promises.
///
/// Pure: it knows only what could be seen from outside.
package struct Checker {
    /// A status that WhatsApp's side saw acknowledged this long before a message was sent again
    /// had settled it, in milliseconds.
    static let settledAhead: Int64 = 5_000

    private let history: History
    private var report = Report()

    private init(_ history: History) { self.history = history }

    /// The report on a history.
    package static func check(_ history: History) -> Report {
        var checker = Checker(history)
        checker.run()
        return checker.report
    }

    private mutating func run() {
        let written = Dictionary(grouping: history.written, by: \.conversation)
        let seen = Dictionary(grouping: history.seen, by: \.conversation)
        let acts = Dictionary(grouping: history.acts, by: \.conversation)
        let sights = Dictionary(grouping: history.sights, by: \.conversation)
        let handoffs = Dictionary(grouping: history.handoffs, by: \.conversation)
        let all = Set(written.keys).union(seen.keys).union(acts.keys)
        for conversation in all.sorted(by: { $0.description < $1.description }) {
            var story = Story(
                conversation, promise: history.promises[conversation.tenant] ?? .atMostOnce,
                written: written[conversation] ?? [], seen: seen[conversation] ?? [],
                acts: acts[conversation] ?? [],
                sights: Set((sights[conversation] ?? []).map(\.text)),
                handoffs: handoffs[conversation] ?? [], open: history.ledger?.items ?? [:])
            story.check(&report)
        }
        for (what, count) in history.returns { report.tally("sockets \(what)", count) }
        checkNotes()
        checkSockets()
        report.tally("conversations", all.count)
        report.tally("written", history.written.count)
        report.tally("seen", history.seen.count)
        checkLedger()
        checkWords()
    }

    /// What agents write for each other is there once, and no customer sees it.
    private mutating func checkNotes() {
        for message in history.seen where Words.isNote(message.text) {
            report.add(
                .noteTold, message.conversation, "\(message.message) says '\(message.text)'")
        }
        guard let notes = history.notes else { return }
        let counts = Dictionary(notes.map { ($0, 1) }, uniquingKeysWith: +)
        for act in history.acts {
            guard case .note(let text) = act.kind, act.outcome != .refused else { continue }
            let count = counts[History.Note(act.conversation, text)] ?? 0
            if count > 1 {
                report.add(
                    .repeated, act.conversation, "the note '\(text)' stands there \(count) times")
            } else if count == 1 {
                report.tally("notes kept")
            } else if act.outcome == .done {
                report.add(
                    .lost, act.conversation,
                    "\(act.agent)'s note '\(text)', taken \(act.answered), stands nowhere")
            }
        }
    }

    /// Who goes on from a cursor misses nothing and hears nothing twice.
    private mutating func checkSockets() {
        for slip in history.slips {
            switch slip.kind {
            case .twice:
                report.add(.repeated, nil, "\(slip.agent) was told the line \(slip.id) twice")
            case .missed:
                report.add(.lost, nil, "\(slip.agent) was never told that \(slip.id) ended")
            }
        }
    }

    /// No personal word stands where none may, and what was to be purged is.
    private mutating func checkWords() {
        for leak in history.leaks {
            let whose = leak.tenant.map { "words of \($0), which was purged," } ?? "personal words"
            report.add(.leaked, nil, "\(whose) stand in \(leak.place)")
        }
        for (tenant, isDone) in history.purges.sorted(by: { $0.key < $1.key }) {
            report.tally("purges")
            if !isDone { report.add(.stuck, nil, "\(tenant) was to be purged and is not") }
        }
    }

    private mutating func checkLedger() {
        guard let ledger = history.ledger else {
            return report.add(.unaccounted, nil, "the ledger gave no verdict")
        }
        for (message, state) in ledger.items.sorted(by: { $0.key < $1.key }) {
            if state == "unaccounted" || state == "dead_lettered" {
                report.add(.unaccounted, nil, "\(message) is \(state) in the ledger")
            } else if state == "awaiting" {
                report.add(.stuck, nil, "\(message) still waits in the ledger")
            }
        }
        // What is not listed one by one counts all the same.
        for (state, fault) in [
            ("unaccounted", Report.Fault.unaccounted), ("dead_lettered", .unaccounted),
            ("awaiting", .stuck),
        ] {
            let listed = ledger.items.values.count { $0 == state }
            let missing = (ledger.states[state] ?? 0) - listed
            for _ in 0..<max(0, missing) {
                report.add(fault, nil, "a message is \(state) in the ledger")
            }
        }
        let taken = history.written.count { $0.acknowledged != nil }
        if ledger.messages != taken {
            report.add(
                .unaccounted, nil,
                "the ledger counts \(ledger.messages) messages, but \(taken) were taken with 200")
        }
        if let figures = ledger.figures {
            report.tally("messages in figures", figures)
            if figures != taken {
                report.add(
                    .unaccounted, nil,
                    "figures count \(figures) messages, but \(taken) were taken with 200")
            }
        }
        for (state, count) in ledger.states { report.tally("ledger \(state)", count) }
    }
}

import Conversation
import EventLog
import PipelineTesting
import Records
import Testing

@testable import StageRuntime

/// A stage that keeps a long list per key, an entry for each of its lines: it does what commands
/// say.
private struct NotebookStage: Stage {
    struct State: DividedState {
        var title: String?
        var notes: [String: String] = [:]

        var entries: [String: String] {
            get { notes }
            set { notes = newValue }
        }
    }

    let reads: [any Payload.Type] = [HandoffCommand.self, CustomerPreference.self]
    let name = "notebook"

    func begin(
        _ input: StageInput, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        guard case .record(let command as HandoffCommand, _, _) = input,
            case .send(let content) = command.action, let text = content.plainText
        else { return .ignore(because: "not for me") }
        let words = text.split(separator: " ", maxSplits: 2).map(String.init)
        switch words[0] {
        case "put": state.notes[words[1]] = words[2]
        case "drop": state.notes[words[1]] = nil
        case "title": state.title = words[1]
        default: state = State()
        }
        return .finish(context.effects)
    }
}

/// Turns bytes around, behind the place that they are sealed for.
private struct ContextSeal: Sealing {
    private func mark(_ position: SealingContext) -> [UInt8] { Array("~\(position)~".utf8) }

    func sealed(
        _ value: [UInt8], of tenant: TenantID, at position: SealingContext
    ) throws(RecordError) -> [UInt8] {
        mark(position) + value.reversed()
    }

    func prepare(for values: [[UInt8]]) async {}

    func opened(_ bytes: [UInt8], at position: SealingContext) throws(RecordError) -> [UInt8] {
        guard bytes.starts(with: mark(position)) else {
            throw RecordError(type: "state", problem: "it was sealed for another place")
        }
        return bytes.dropFirst(mark(position).count).reversed()
    }
}

/// The engine with what a log would keep.
private struct Notebook {
    var engine: StageEngine
    var stored: [StateKey: [UInt8]]
    private let envelope: RecordEnvelope
    private var offset: Int64 = 0

    init(
        _ stored: [StateKey: [UInt8]] = [:], by envelope: RecordEnvelope = .program,
        largestRecord: Int = .max
    ) {
        self.envelope = envelope
        engine = StageEngine(
            stage: AnyStage(NotebookStage()), inputs: [InputTopic(.handoffCommands)],
            envelope: envelope, settings: RunnerSettings())
        engine.largestRecord = largestRecord
        self.stored = stored
    }

    /// The log's pieces after a process died: what was committed, read by another.
    var afterDeath: Notebook {
        var heir = Notebook(stored, by: envelope)
        heir.offset = offset
        return heir
    }

    mutating func take(_ texts: String..., key: String = "a") throws {
        let records = try texts.map { text in
            defer { offset += 1 }
            let command = HandoffCommand(
                tenant: "t", conversation: ConversationID(key), agent: "x", agentName: "X",
                action: .send(.text(text)), reference: "", at: Probe.now())
            let id = RecordID("\(offset)")
            let headers = RecordHeaders(
                id: id, type: HandoffCommand.type, source: "test", time: Probe.now(),
                subject: key, correlation: id, causation: id, tenant: "t")
            return ConsumedRecord(
                record: try envelope.record(command, headers: headers),
                partition: TopicPartition(Topic.handoffCommands.rawValue, 0), offset: offset)
        }
        let result = PollResult(records: records)
        var found = read(engine.stateNeeded(for: result))
        found.merge(read(engine.entriesNeeded(with: found))) { $1 }
        engine.accept(result, with: found, at: Probe.now())
    }

    private func read(_ keys: [StateKey]) -> [StateKey: [UInt8]] {
        stored.filter { keys.contains($0.key) }
    }

    /// Commits; gives what was written, by store and key.
    mutating func commit() -> [String: String] {
        let commit = engine.takeCommit()
        engine.committed()
        var written: [String: String] = [:]
        for change in commit.state where change.key.store != Store.ahead {
            stored[change.key] = change.value
            written["\(change.key.store):\(change.key.key)"] =
                change.value.map { String(decoding: $0, as: UTF8.self) } ?? "removed"
        }
        return written
    }

    /// What the stage knows of a key.
    func state(_ key: String = "a") throws -> NotebookStage.State? {
        let work = try #require(engine.keys[WorkKey(partition: 0, key: key)])
        #expect(work.stateProblem == nil)
        return work.state.value(of: NotebookStage.State.self)
    }
}

@Suite("Divided state")
struct DividedStateTests {
    @Test("only entries that changed are written, and their list only when one comes or goes")
    func onlyChanges() throws {
        var notebook = Notebook()
        try notebook.take("title list", "put x one", "put y two", "put y/z three")
        #expect(
            notebook.commit() == [
                "state:a": #"{"notes":{},"title":"list"}"#,
                "entries:a": #"["x","y","y/z"]"#, "entry:a/x": #""one""#, "entry:a/y": #""two""#,
                "entry:a/y%2Fz": #""three""#,
            ])
        try notebook.take("put x other")
        #expect(notebook.commit() == ["entry:a/x": #""other""#])
        try notebook.take("title names")
        #expect(notebook.commit() == ["state:a": #"{"notes":{},"title":"names"}"#])
        try notebook.take("put x other")
        #expect(notebook.commit() == [:])
        try notebook.take("drop y", "put x last")
        #expect(
            notebook.commit() == [
                "entries:a": #"["x","y/z"]"#, "entry:a/x": #""last""#, "entry:a/y": "removed",
            ])
    }

    @Test("what was committed is read again, and what was not is as if never decided")
    func deathBetween() throws {
        var notebook = Notebook()
        try notebook.take("title list", "put x one", "put y two")
        _ = notebook.commit()
        try notebook.take("put x lost", "drop y", "put z lost")
        var heir = notebook.afterDeath
        try heir.take("put w three")
        let state = try #require(try heir.state())
        #expect(state.title == "list")
        #expect(state.notes == ["x": "one", "y": "two", "w": "three"])
        #expect(
            heir.commit() == ["entries:a": #"["w","x","y"]"#, "entry:a/w": #""three""#])
    }

    @Test("a state that was stored whole is read, and divided with its first change")
    func storedWhole() throws {
        let whole = StateKey(partition: 0, store: Store.state, key: "a")
        let bytes = Array(#"{"notes":{"x":"one","y":"two"},"title":"list"}"#.utf8)
        var notebook = Notebook([whole: bytes])
        try notebook.take("drop y")
        #expect(try notebook.state()?.notes == ["x": "one"])
        #expect(
            notebook.commit() == [
                "state:a": #"{"notes":{},"title":"list"}"#, "entries:a": #"["x"]"#,
                "entry:a/x": #""one""#,
            ])
        var heir = notebook.afterDeath
        try heir.take("put x other")
        #expect(try heir.state()?.title == "list")
        #expect(heir.commit() == ["entry:a/x": #""other""#])
    }

    @Test("a state that is initial again leaves nothing behind")
    func emptied() throws {
        var notebook = Notebook()
        try notebook.take("title list", "put x one")
        _ = notebook.commit()
        var heir = notebook.afterDeath
        try heir.take("clear")
        _ = heir.commit()
        #expect(heir.stored.isEmpty)
        // Entries alone are state, too.
        try heir.take("put x one")
        #expect(Set(heir.commit().keys) == ["entries:a", "entry:a/x"])
        var again = heir.afterDeath
        try again.take("put y two")
        #expect(try again.state()?.notes == ["x": "one", "y": "two"])
    }

    @Test("keys with slashes are told apart")
    func slashes() throws {
        var notebook = Notebook()
        try notebook.take("put c/d one", key: "a/b")
        try notebook.take("put d two", key: "a/b/c")
        _ = notebook.commit()
        var heir = notebook.afterDeath
        try heir.take("put e three", key: "a/b")
        try heir.take("put e four", key: "a/b/c")
        #expect(try heir.state("a/b")?.notes == ["c/d": "one", "e": "three"])
        #expect(try heir.state("a/b/c")?.notes == ["d": "two", "e": "four"])
        let positions = notebook.stored.keys.filter { $0.store == EntryStore.entry }
        #expect(Set(positions.map { EntryStore.key(ofPiece: $0) }) == ["a/b", "a/b/c"])
    }

    @Test("an entry that is too large sets its input aside; all entries together may be larger")
    func tooLarge() throws {
        var notebook = Notebook(largestRecord: 1_000)
        let text = String(repeating: "t", count: 600)
        try notebook.take("put x \(text)", "put y \(text)", "put z \(text)\(text)", "put w last")
        _ = notebook.commit()
        #expect(Set(try notebook.state()?.notes.keys.map { $0 } ?? []) == ["x", "y", "w"])
        #expect(notebook.stored.values.allSatisfy { $0.count < 1_000 })
        #expect(notebook.engine.inFlight == 0)
    }

    @Test("an entry that is missing makes dead letters of its key's inputs, not of others'")
    func missingEntry() throws {
        var notebook = Notebook()
        try notebook.take("put x one")
        try notebook.take("put x one", key: "b")
        _ = notebook.commit()
        notebook.stored[
            EntryStore.key(of: "x", WorkKey(partition: 0, key: "a"))] = nil
        var heir = notebook.afterDeath
        try heir.take("put y two")
        try heir.take("put y two", key: "b")
        let commit = heir.engine.takeCommit()
        let letters = commit.outputs.filter { $0.topic == Topic.deadLetters.rawValue }
        #expect(letters.count == 1)
        #expect(
            letters.first?.header(HeaderName.deadReason)?.contains("its entry x is missing") == true
        )
        #expect(commit.state.contains { $0.key.key == "b/y" })
    }

    @Test("each entry is sealed for its own place, and so are their list and what lies beside them")
    func sealed() throws {
        let envelope = RecordEnvelope(.program, sealing: ContextSeal())
        var notebook = Notebook(by: envelope)
        try notebook.take("title elderflower", "put x elderflower", "put y two")
        let written = notebook.commit()
        #expect(Set(written.keys) == ["state:a", "entries:a", "entry:a/x", "entry:a/y"])
        #expect(written.values.allSatisfy { $0.hasPrefix("~") && !$0.contains("elderflower") })
        var heir = notebook.afterDeath
        try heir.take("put z three")
        #expect(try heir.state()?.title == "elderflower")
        #expect(try heir.state()?.notes == ["x": "elderflower", "y": "two", "z": "three"])
        let key = WorkKey(partition: 0, key: "a")
        notebook.stored[EntryStore.key(of: "y", key)] =
            notebook.stored[EntryStore.key(of: "x", key)]
        var misled = notebook.afterDeath
        try misled.take("put z three")
        #expect(misled.engine.keys[key]?.stateProblem != nil)
    }
}

import Conversation
import EventLog
import Records

/// What is to be stored of a divided state.
struct StatePieces: Sendable {
    /// What lies beside the entries, if it changed; `nil` in it where that is not stored.
    var rest: [UInt8]??
    /// Entries to be written, or removed (`nil`).
    var changed: [String: [UInt8]?] = [:]
    /// The list of all names, if it changed; `nil` in it where there are none.
    var list: [UInt8]??
    /// The names in the list.
    var names: Set<String> = []
}

/// What of a key's state lies in entries.
struct EntryWork: Sendable {
    /// The entries that are stored once all that is decided is committed.
    var names: Set<String> = []
    /// Whether the state is stored whole: then it is written anew with the first of its entries.
    var isWhole = false
    /// What waits for the next commit.
    var pieces = StatePieces()
}

/// Where entries lie among a group's pieces of state.
///
/// An entry is named by its key and its name; the list of a key's names is a piece of its own, by
/// which entries are found again.
enum EntryStore {
    /// Lists of names, by key.
    static let names = "entries"
    /// Entries, by key and name.
    static let entry = "entry"

    /// Where an entry lies.
    static func key(of name: String, _ key: WorkKey) -> StateKey {
        StateKey(
            partition: key.partition, store: entry, key: "\(key.key)/\(escaped(name))")
    }

    /// The key that a piece of state belongs to.
    static func key(ofPiece piece: StateKey) -> String {
        guard piece.store == entry, let slash = piece.key.lastIndex(of: "/") else {
            return piece.key
        }
        return String(piece.key[..<slash])
    }

    /// Where a piece of a stage's state is sealed for; `nil` for what is not sealed, as it holds
    /// hashes only.
    static func context(of piece: StateKey, in stage: String) -> SealingContext? {
        switch piece.store {
        case Store.state: return .state(stage: stage, key: piece.key)
        case names: return .stateEntries(stage: stage, key: piece.key)
        case entry:
            let key = key(ofPiece: piece)
            let name = piece.key.dropFirst(key.count + 1)
                .replacing("%2F", with: "/").replacing("%25", with: "%")
            return .stateEntry(stage: stage, key: key, name: String(name))
        default: return nil
        }
    }

    /// The name without slashes, of which the last ends the key.
    private static func escaped(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "%") })
        else { return name }
        return name.map { $0 == "/" ? "%2F" : $0 == "%" ? "%25" : String($0) }.joined()
    }
}

extension StageEngine {
    /// Adds where a key's state is read from, but for its entries.
    func insertState(of key: WorkKey, into needed: inout Set<StateKey>) {
        needed.insert(Self.stateKey(of: key, in: Store.state))
        if stage.division != nil { needed.insert(Self.stateKey(of: key, in: EntryStore.names)) }
    }

    /// The entries that must be at hand, too, once the pieces of state that a poll needs were read.
    func entriesNeeded(with stored: [StateKey: [UInt8]]) -> [StateKey] {
        guard stage.division != nil else { return [] }
        return stored.flatMap { piece, bytes -> [StateKey] in
            guard piece.store == EntryStore.names else { return [] }
            let key = WorkKey(partition: piece.partition, key: piece.key)
            // A list that cannot be read is reported when the key is loaded.
            let names = try? self.names(bytes, of: key)
            return (names ?? []).map { EntryStore.key(of: $0, key) }
        }
    }

    /// A key's state as it is stored beside its entries.
    func state(_ bytes: [UInt8]?, of key: WorkKey) throws(RecordError) -> any Erased {
        guard let bytes else { return stage.initialState }
        return try stage.state(
            try envelope.opened(bytes, at: .state(stage: stage.name, key: key.key)))
    }

    private func names(_ bytes: [UInt8], of key: WorkKey) throws(RecordError) -> [String] {
        try RecordCodec.decode(
            [String].self, from: try envelope.opened(bytes, at: listContext(key)))
    }

    private func listContext(_ key: WorkKey) -> SealingContext {
        .stateEntries(stage: stage.name, key: key.key)
    }

    private func entryContext(_ name: String, _ key: WorkKey) -> SealingContext {
        .stateEntry(stage: stage.name, key: key.key, name: name)
    }

    /// A key's state with its entries, from the state beside them.
    func withEntries(
        _ state: any Erased, of key: WorkKey, from stored: [StateKey: [UInt8]]
    ) throws(RecordError) -> KeyWork {
        guard let division = stage.division else { return KeyWork(state: state) }
        guard let bytes = stored[Self.stateKey(of: key, in: EntryStore.names)] else {
            var work = KeyWork(state: state)
            work.entries.isWhole = true
            return work
        }
        let names = try names(bytes, of: key)
        var found: [String: [UInt8]] = [:]
        for name in names {
            guard let entry = stored[EntryStore.key(of: name, key)] else {
                throw RecordError(type: "state", problem: "its entry \(name) is missing")
            }
            found[name] = try envelope.opened(entry, at: entryContext(name, key))
        }
        var work = KeyWork(state: try division.joined(state, found))
        work.entries.names = Set(names)
        return work
    }

    /// What a decision changed of a divided state, as it will be stored; `nil` if a piece is too
    /// large or cannot be written, and then its input was set aside.
    mutating func storedPieces(
        of active: ActiveDecision, dividedBy division: StateDivision, key: WorkKey,
        at now: Timestamp
    ) -> StoredState? {
        guard let work = keys[key] else { return .unchanged }
        let pieces: StatePieces
        do throws(RecordError) {
            pieces = try self.pieces(of: active, after: work, dividedBy: division, key)
        } catch {
            stop(active, unwritable: "what the stage remembers of this key", error, key, at: now)
            return nil
        }
        for (what, size) in sizes(of: pieces, key) where size > largestRecord {
            setAside(active, tooLarge: what, size, key, at: now)
            return nil
        }
        return .divided(pieces)
    }

    private func pieces(
        of active: ActiveDecision, after work: KeyWork, dividedBy division: StateDivision,
        _ key: WorkKey
    ) throws(RecordError) -> StatePieces {
        let tenant = active.input.tenant
        let known = work.entries.names
        let changes = try division.changes(work.state, active.state, known)
        var pieces = StatePieces()
        pieces.names = changes.names
        for (name, json) in changes.written {
            pieces.changed[name] = .some(
                try envelope.sealed(json, of: tenant, at: entryContext(name, key)))
        }
        for name in known.subtracting(changes.names) { pieces.changed[name] = .some(nil) }
        if known != changes.names {
            let json = try RecordCodec.encode(changes.names.sorted())
            pieces.list = .some(
                changes.names.isEmpty
                    ? nil : try envelope.sealed(json, of: tenant, at: listContext(key)))
        }
        if changes.isRestChanged || work.entries.isWhole {
            let isInitial = stage.isSame(changes.rest, stage.initialState)
            pieces.rest = .some(isInitial ? nil : try sealed(changes.rest, of: tenant, key: key))
        }
        return pieces
    }

    private func sizes(of pieces: StatePieces, _ key: WorkKey) -> [(what: String, bytes: Int)] {
        let room = key.key.utf8.count
        var sizes: [(what: String, bytes: Int)] = []
        if case .some(.some(let rest)) = pieces.rest {
            sizes.append(("what the stage remembers of this key", room + rest.count))
        }
        if case .some(.some(let list)) = pieces.list {
            sizes.append(("the list of this key's entries", room + list.count))
        }
        for (name, bytes) in pieces.changed {
            let size = EntryStore.key(of: name, key).key.utf8.count + (bytes?.count ?? 0)
            sizes.append(("an entry of this key", size))
        }
        return sizes
    }

    /// Notes what a decision left of a divided state, for the next commit.
    mutating func keep(_ pieces: StatePieces, of key: WorkKey) {
        guard var work = keys[key]?.entries else { return }
        work.pieces.changed.merge(pieces.changed) { $1 }
        if let rest = pieces.rest {
            work.pieces.rest = .some(rest)
            work.isWhole = false
        }
        if let list = pieces.list { work.pieces.list = .some(list) }
        work.names = pieces.names
        keys[key]?.entries = work
    }

    /// Adds what changed of a key's divided state to a commit.
    mutating func addPieces(of key: WorkKey, to commit: inout Commit) {
        guard let pieces = keys[key]?.entries.pieces else { return }
        keys[key]?.entries.pieces = StatePieces()
        if let rest = pieces.rest {
            commit.state.append(StateChange(Self.stateKey(of: key, in: Store.state), value: rest))
        }
        if let list = pieces.list {
            commit.state.append(
                StateChange(Self.stateKey(of: key, in: EntryStore.names), value: list))
        }
        for (name, bytes) in pieces.changed {
            commit.state.append(StateChange(EntryStore.key(of: name, key), value: bytes))
        }
    }

    private static func stateKey(of key: WorkKey, in store: String) -> StateKey {
        StateKey(partition: key.partition, store: store, key: key.key)
    }
}

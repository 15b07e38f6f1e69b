import Conversation

/// A state of which a part lies in entries of its own, so that a long list is not written anew with
/// every commit: only entries that changed are.
///
/// For long lists per key, such as the bookings of a day; no stage here needs it so far. The
/// decision does not notice: it has the whole state, and says here how it is cut. How finely is for
/// the stage to choose: all entries of a key are read with its state, and a list of their names is
/// written whenever one comes or goes, so that some hundred a key are well, and a few hundred bytes
/// or more an entry. Entries are sealed like all state, but a name is part of its entry's key in
/// the log, as a conversation's is: no personal word belongs there.
package protocol DividedState: StageState {
    /// What an entry holds.
    associatedtype Entry: Sendable & Codable & Equatable

    /// The entries by their names.
    ///
    /// Setting them takes them in again; with none set, the state is what is stored beside them. A
    /// state that was stored whole, before it was divided, is read with them.
    var entries: [String: Entry] { get set }
}

/// How the states of a stage are divided, without their type.
struct StateDivision: Sendable {
    /// What has to be stored after a state became another.
    struct Changes {
        /// Whether what lies beside the entries is another.
        var isRestChanged: Bool
        /// What lies beside the entries.
        var rest: any Erased
        /// Entries that are new or changed, as they are stored.
        var written: [String: [UInt8]]
        /// All entries that there are.
        var names: Set<String>
    }

    /// What has to be stored of a state where these entries of another are stored.
    let changes: @Sendable (any Erased, any Erased, Set<String>) throws(RecordError) -> Changes
    /// A state with its entries as they are stored.
    let joined: @Sendable (any Erased, [String: [UInt8]]) throws(RecordError) -> any Erased

    /// The division of a type, if it is a divided one.
    init?<State: StageState>(of type: State.Type) {
        guard let divided = type as? any DividedState.Type else { return nil }
        self.init(divided: divided)
    }

    private init<State: DividedState>(divided type: State.Type) {
        changes = { old, new, stored throws(RecordError) in
            var before = old.value(of: State.self)
            var after = new.value(of: State.self)
            let known = before.entries
            let entries = after.entries
            before.entries = [:]
            after.entries = [:]
            var written: [String: [UInt8]] = [:]
            for (name, entry) in entries where !stored.contains(name) || known[name] != entry {
                written[name] = try RecordCodec.encode(entry)
            }
            return Changes(
                isRestChanged: before != after, rest: ErasedValue(after), written: written,
                names: Set(entries.keys))
        }
        joined = { erased, stored throws(RecordError) in
            var state = erased.value(of: State.self)
            var entries: [String: State.Entry] = [:]
            for (name, bytes) in stored {
                entries[name] = try RecordCodec.decode(State.Entry.self, from: bytes)
            }
            state.entries = entries
            return ErasedValue(state)
        }
    }
}

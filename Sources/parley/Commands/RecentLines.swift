import Conversation

/// The lines that came last, a bounded number of them.
struct RecentLines {
    private static let most = 2_000

    private var known: Set<RecordID> = []
    private var order: [RecordID] = []

    /// Adds a line; says whether it is new.
    mutating func insert(_ line: RecordID) -> Bool {
        guard known.insert(line).inserted else { return false }
        order.append(line)
        if order.count > 2 * Self.most {
            for old in order.prefix(Self.most) { known.remove(old) }
            order.removeFirst(Self.most)
        }
        return true
    }
}

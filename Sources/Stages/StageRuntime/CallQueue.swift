import Conversation

/// The calls of a stage that wait for their turn, and whose turn is next.
///
/// Tenants share alike: next is the one with the fewest calls under way, among such the one served
/// longest ago; so nobody waits for all that another has brought. A tenant's own calls go on with
/// what was begun before they begin with more: the first document can be used while the others
/// wait, and fewer are held in memory.
struct CallQueue: Sendable {
    /// A call and how often it was tried, from 1.
    struct Entry: Sendable {
        var call: StartedCall
        var attempt: Int

        var tenant: TenantID { call.context.input.tenant }
        /// Whether it goes on with a decision that has had an answer, or has been tried before.
        var goesOn: Bool { attempt > 1 || call.context.step > 0 }
    }

    /// What one tenant waits for, and has under way.
    private struct Line: Sendable {
        var begun: ArraySlice<Entry> = []
        var new: ArraySlice<Entry> = []
        var running = 0
        /// When it was last served, as the number of its turn.
        var served = 0

        var isEmpty: Bool { begun.isEmpty && new.isEmpty }

        /// What decides whose turn it is; among equals the one who asked first.
        var rank: (running: Int, served: Int, asked: Int) {
            let asked = [begun.first, new.first].compactMap { $0?.call.token }.min()
            return (running, served, asked ?? 0)
        }

        mutating func dequeue(where isAllowed: (StartedCall) -> Bool) -> Entry? {
            Self.dequeue(from: &begun, isAllowed) ?? Self.dequeue(from: &new, isAllowed)
        }

        private static func dequeue(
            from entries: inout ArraySlice<Entry>, _ isAllowed: (StartedCall) -> Bool
        ) -> Entry? {
            guard let index = entries.firstIndex(where: { isAllowed($0.call) }) else { return nil }
            // Nearly always the first, which costs nothing to take off.
            return index == entries.startIndex ? entries.popFirst() : entries.remove(at: index)
        }
    }

    private var lines: [TenantID: Line] = [:]
    private var turn = 0
    private(set) var waiting = 0
    /// Calls under way.
    private(set) var running = 0

    var isEmpty: Bool { waiting == 0 }

    /// Puts a call behind those of its tenant that are as far.
    mutating func append(_ entry: Entry) {
        waiting += 1
        if entry.goesOn {
            lines[entry.tenant, default: Line()].begun.append(entry)
        } else {
            lines[entry.tenant, default: Line()].new.append(entry)
        }
    }

    /// Takes the call whose turn it is among those that may begin; it counts as under way.
    mutating func begin(where isAllowed: (StartedCall) -> Bool = { _ in true }) -> Entry? {
        var passedOver: Set<TenantID> = []
        while let tenant = next(except: passedOver) {
            guard let entry = lines[tenant]?.dequeue(where: isAllowed) else {
                passedOver.insert(tenant)
                continue
            }
            turn += 1
            waiting -= 1
            running += 1
            lines[tenant]?.running += 1
            lines[tenant]?.served = turn
            return entry
        }
        return nil
    }

    private func next(except passedOver: Set<TenantID>) -> TenantID? {
        lines.lazy.filter { !$0.value.isEmpty && !passedOver.contains($0.key) }.min {
            $0.value.rank < $1.value.rank
        }?.key
    }

    /// A call has ended.
    mutating func ended(_ tenant: TenantID) {
        running -= 1
        lines[tenant]?.running -= 1
        if let line = lines[tenant], line.isEmpty, line.running == 0 { lines[tenant] = nil }
    }

    /// Forgets what waits; what is under way goes on.
    mutating func removeWaiting() {
        waiting = 0
        for tenant in lines.keys {
            lines[tenant]?.begun = []
            lines[tenant]?.new = []
        }
    }
}

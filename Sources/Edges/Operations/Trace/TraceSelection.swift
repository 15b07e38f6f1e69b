import Conversation

/// Chooses, among a conversation's records, those that belong to one message's story.
///
/// That is all with its correlation id; what answers it together with other messages of its
/// burst, with what follows from that; and what came from outside and caused any of it, such as a
/// status or an agent's command.
enum TraceSelection {
    static func select(_ records: [TracedRecord], of root: RecordID) -> [TracedRecord] {
        select(records, ofAny: [root])
    }

    /// The stories of several messages together, as of a burst.
    static func select(_ records: [TracedRecord], ofAny roots: Set<RecordID>) -> [TracedRecord] {
        let messages = Set(roots.map { MessageID($0.rawValue) })
        var chosen: Set<Int> = []
        for (index, record) in records.enumerated()
        where roots.contains(record.headers.correlation)
            || !messages.isDisjoint(with: record.answers)
        {
            chosen.insert(index)
        }
        addConsequences(&chosen, records)
        addCauses(&chosen, records)
        addDecisions(&chosen, records)
        return chosen.sorted().map { records[$0] }
    }

    /// What was caused by a chosen record, however far down.
    private static func addConsequences(_ chosen: inout Set<Int>, _ records: [TracedRecord]) {
        var byCause: [RecordID: [Int]] = [:]
        for (index, record) in records.enumerated() {
            byCause[record.headers.causation, default: []].append(index)
        }
        var open = Array(chosen)
        while let index = open.popLast() {
            for next in byCause[records[index].headers.id] ?? []
            where chosen.insert(next).inserted {
                open.append(next)
            }
        }
    }

    /// The records from outside that caused chosen ones; what else those caused is not of it.
    private static func addCauses(_ chosen: inout Set<Int>, _ records: [TracedRecord]) {
        var byID: [RecordID: [Int]] = [:]
        for (index, record) in records.enumerated() where record.decision == nil {
            byID[record.headers.id, default: []].append(index)
        }
        var open = Array(chosen)
        while let index = open.popLast() {
            for cause in byID[records[index].headers.causation] ?? []
            where chosen.insert(cause).inserted {
                open.append(cause)
            }
        }
    }

    /// What stages decided about chosen records.
    private static func addDecisions(_ chosen: inout Set<Int>, _ records: [TracedRecord]) {
        let inputs = Set(chosen.map { records[$0].headers.id })
        for (index, record) in records.enumerated() {
            guard let decision = record.decision, inputs.contains(decision.input) else { continue }
            chosen.insert(index)
        }
    }
}

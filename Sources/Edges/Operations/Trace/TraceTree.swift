package import Conversation
import JSON
import Records

/// Builds the causal tree of a message from the records of its story: pure.
package struct TraceTree {
    private let records: [TracedRecord]
    private let content: Bool
    private var byID: [RecordID: [Int]] = [:]
    private var decisionsOf: [RecordID: [Int]] = [:]
    private var byCause: [RecordID: [Int]] = [:]
    private var lettersOf: [RecordID: [Int]] = [:]
    private var redrivenFrom: [String: [Int]] = [:]
    private var placed: Set<Int> = []

    /// The trees of a message's story: the message's own first, then what belongs to it and has
    /// no cause here.
    ///
    /// `records` are a conversation's; those of other stories are left out. What people wrote is
    /// shown with `content` only.
    package static func build(
        _ records: [TracedRecord], of root: RecordID, content: Bool = false
    ) -> [TraceNode] {
        let story = DecisionParts.joined(TraceSelection.select(records, of: root))
        var tree = TraceTree(story, content: content)
        return tree.forest(root)
    }

    private init(_ records: [TracedRecord], content: Bool) {
        self.records = records
        self.content = content
        for (index, record) in records.enumerated() {
            if let decision = record.decision {
                decisionsOf[decision.input, default: []].append(index)
            } else if record.dead != nil {
                lettersOf[record.headers.id, default: []].append(index)
            } else {
                byID[record.headers.id, default: []].append(index)
                if let letter = record.redriveOf {
                    redrivenFrom[letter, default: []].append(index)
                } else if record.headers.causation != record.headers.id {
                    byCause[record.headers.causation, default: []].append(index)
                }
            }
        }
    }

    private mutating func forest(_ root: RecordID) -> [TraceNode] {
        // A timer's setter is known by the timer's id, which is derived from it.
        attachTimers()
        var forest: [TraceNode] = []
        let tops =
            (byID[root] ?? [])
            + records.indices.filter { isTop($0) && records[$0].headers.id != root }
        for index in tops where !placed.contains(index) {
            forest.append(node(index, after: nil))
        }
        for input in decisionsOf.keys.sorted() where byID[input] == nil {
            forest += timers(input, after: nil)
        }
        // Whatever is left has a cause outside of what was read.
        for index in records.indices where !placed.contains(index) {
            forest.append(node(index, after: nil))
        }
        return forest
    }

    private func isTop(_ index: Int) -> Bool {
        let record = records[index]
        guard record.decision == nil, record.dead == nil, record.redriveOf == nil else {
            return false
        }
        return record.headers.causation == record.headers.id
    }

    // MARK: Nodes

    private mutating func node(_ index: Int, after parent: Timestamp?) -> TraceNode {
        placed.insert(index)
        let record = records[index]
        if let decision = record.decision { return node(decision, index, after: parent) }
        var node = TraceNode(
            kind: record.dead == nil ? .record : .deadLetter, name: record.position.topic,
            id: record.headers.id, position: record.position.description, at: record.at,
            delay: delay(record.at, parent), summary: summary(record), calls: [], children: [])
        let next: [Int]
        if record.dead != nil {
            next = redrivenFrom[record.position.description] ?? []
        } else if byID[record.headers.id]?.first == index {
            next =
                (decisionsOf[record.headers.id] ?? []) + (byCause[record.headers.id] ?? [])
                + (lettersOf[record.headers.id] ?? [])
        } else {
            // A repeat of the record: what followed stands below the first.
            node.summary += " (again)"
            next = []
        }
        node.children = children(next, after: record.at)
        return node
    }

    private func summary(_ record: TracedRecord) -> String {
        if let dead = record.dead { return "set aside by \(dead.stage): \(dead.reason)" }
        let words =
            record.problem.map { "cannot be read: \($0)" }
            ?? RecordSummary.text(record.value, content: content)
        return record.redriveOf == nil ? words : words + " (redriven)"
    }

    private mutating func node(
        _ decision: Decision, _ index: Int, after parent: Timestamp?
    ) -> TraceNode {
        let ended = decision.exchanges.last?.resumed ?? decision.began
        var node = TraceNode(
            kind: .decision, name: decision.stage, id: decision.input,
            position: records[index].position.description, at: decision.began,
            delay: delay(decision.began, parent), summary: RecordSummary.ending(decision.outcome),
            calls: decision.exchanges.map(TraceNode.Call.init), children: [])
        var next: [Int] = []
        if case .finished(let outputs) = decision.outcome {
            next = outputs.flatMap { byID[$0] ?? [] }
        }
        if case .dead = decision.outcome {
            next = (lettersOf[decision.input] ?? []).filter {
                records[$0].dead?.stage == decision.stage
            }
        }
        node.children = children(next, after: ended)
        node.children +=
            setTimers[index].map { timers in
                timers.flatMap { self.timers($0, after: ended) }
            } ?? []
        return node
    }

    private mutating func children(_ indices: [Int], after moment: Timestamp) -> [TraceNode] {
        let order = indices.sorted {
            (moments($0), records[$0].position.offset) < (moments($1), records[$1].position.offset)
        }
        // Decisions first: they claim their outputs, and the rest hangs from the record itself.
        var nodes: [TraceNode] = []
        for index in order where records[index].decision != nil && !placed.contains(index) {
            nodes.append(node(index, after: moment))
        }
        for index in order where !placed.contains(index) {
            nodes.append(node(index, after: moment))
        }
        return nodes.sorted { $0.at < $1.at }
    }

    private func moments(_ index: Int) -> Int64 {
        (records[index].decision?.began ?? records[index].at).milliseconds
    }

    private func delay(_ moment: Timestamp, _ parent: Timestamp?) -> Int64 {
        parent.map { moment.milliseconds - $0.milliseconds } ?? 0
    }

    // MARK: Timers

    /// The timers that a decision set, by the decision's index.
    private var setTimers: [Int: [RecordID]] = [:]
    /// Steps of a decision looked at for the setting of a timer: more calls than any turn makes.
    private static let mostSteps = 64

    private mutating func attachTimers() {
        for (timer, indices) in decisionsOf where byID[timer] == nil {
            guard let fired = indices.first, let decision = records[fired].decision,
                decision.position.hasPrefix("timer/")
            else { continue }
            let name = String(decision.position.dropFirst("timer/".count))
            if let setter = setter(of: timer, name, decision.stage) {
                setTimers[setter, default: []].append(timer)
            }
        }
    }

    private func setter(of timer: RecordID, _ name: String, _ stage: String) -> Int? {
        for (input, indices) in decisionsOf {
            for index in indices where records[index].decision?.stage == stage {
                for step in 0..<Self.mostSteps
                where RecordID.derived(from: input, by: "\(stage)/\(step)/timer/\(name)") == timer {
                    return index
                }
            }
        }
        return nil
    }

    /// A timer with its decisions, unless it stands elsewhere already.
    private mutating func timers(_ timer: RecordID, after parent: Timestamp?) -> [TraceNode] {
        let indices = (decisionsOf[timer] ?? []).filter { !placed.contains($0) }
        guard let first = indices.first, let decision = records[first].decision else { return [] }
        var node = TraceNode(
            kind: .timer, name: decision.position, id: timer, position: nil, at: decision.began,
            delay: delay(decision.began, parent), summary: "due", calls: [], children: [])
        node.children = children(indices + (byCause[timer] ?? []), after: decision.began)
        return [node]
    }
}

extension TraceNode.Call {
    /// Reads a decision's exchange.
    init(_ exchange: Decision.Exchange) {
        let call = JSONFields(bytes: Array(exchange.call.text.utf8))
        let answer = JSONFields(bytes: Array(exchange.answer.text.utf8))
        let answered = answer.onlyField(in: answer.whole)
        // A long call is recorded by its hash, with its name.
        let marked = call.value(of: "omittedBytes", in: call.whole) == nil ? nil : call
        name =
            marked.flatMap { $0.value(of: "name", in: $0.whole).flatMap($0.string) }
            ?? call.onlyField(in: call.whole)?.name ?? call.string(call.whole) ?? "?"
        self.answer = answered?.name ?? answer.string(answer.whole) ?? "?"
        began = exchange.began
        milliseconds = exchange.resumed.milliseconds - exchange.began.milliseconds
        model = answered.flatMap { field in
            answer.value(of: "_0", in: field.value)
                .flatMap { answer.value(of: "model", in: $0) }.flatMap(answer.string)
        }
    }
}

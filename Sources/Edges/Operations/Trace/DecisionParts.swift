import Conversation
import Records

/// Puts together what a stage recorded of one decision in parts, for a reader who wants it whole.
enum DecisionParts {
    /// The records with each decision once: at its end, with all its calls and outputs, or at its
    /// newest part where the end is not recorded.
    ///
    /// Of a run that ended too early, by a crash, nothing is left where a later one came to an end.
    static func joined(_ records: [TracedRecord]) -> [TracedRecord] {
        var lives: [Life: [Int]] = [:]
        var ended: Set<String> = []
        for (index, record) in records.enumerated() {
            guard let decision = record.decision else { continue }
            if !decision.isInterim { ended.insert(name(of: decision)) }
            // The version before recorded no parts: each of its records tells all there was then.
            if decision.part != nil { lives[Life(decision), default: []].append(index) }
        }
        return records.enumerated().compactMap { index, record in
            guard let decision = record.decision else { return record }
            if decision.isInterim, ended.contains(name(of: decision)) { return nil }
            guard let parts = lives[Life(decision)], parts.count > 1 else { return record }
            guard index == parts.last else { return nil }
            var whole = record
            whole.value = .payload(join(parts.compactMap { records[$0].decision }, decision))
            return whole
        }
    }

    /// One run of one input.
    private struct Life: Hashable {
        var name: String
        var began: Timestamp

        init(_ decision: Decision) {
            name = DecisionParts.name(of: decision)
            began = decision.began
        }
    }

    private static func name(of decision: Decision) -> String {
        "\(decision.stage)/\(decision.input)"
    }

    private static func join(_ parts: [Decision], _ last: Decision) -> Decision {
        var whole = last
        whole.exchanges = parts.flatMap(\.exchanges)
        let outputs = parts.flatMap { part -> [RecordID] in
            switch part.outcome {
            case .finished(let outputs), .committed(let outputs): outputs
            case .ignored, .repeated, .dead: []
            }
        }
        switch last.outcome {
        case .finished: whole.outcome = .finished(outputs: outputs)
        case .committed: whole.outcome = .committed(outputs: outputs)
        case .ignored, .repeated, .dead: break
        }
        return whole
    }
}

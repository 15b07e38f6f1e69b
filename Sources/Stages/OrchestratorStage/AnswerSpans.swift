import Conversation

/// Spans such as "from 9:00 to 18:00": a passage must say them, in that order.
enum AnswerSpans {
    /// The first span of an answer's facts that no passage says, as words.
    static func wrong(in facts: AnswerFacts, _ evidence: AnswerEvidence) -> String? {
        for (first, second) in zip(facts.numbers, facts.numbers.dropFirst()) {
            guard let gap = second.gap, !first.agrees(with: second) else { continue }
            guard isSpan(gap) || first.isTime && second.isTime && gap.count <= 30 else { continue }
            if !isSaid(first, second, evidence) {
                return "\"\(first.text)\(gap)\(second.text)\""
            }
        }
        return nil
    }

    /// Whether some passage has both in this order: in one sentence with at most one number
    /// between, or as neighbours in a row of a table.
    private static func isSaid(
        _ first: AnswerFacts.Fact, _ second: AnswerFacts.Fact, _ evidence: AnswerEvidence
    ) -> Bool {
        let isInOne = evidence.units.contains { unit in
            holds(unit.facts.numbers, first, second, within: 2)
        }
        return isInOne || holds(evidence.facts.numbers, first, second, within: 1)
    }

    private static func holds(
        _ numbers: [AnswerFacts.Fact], _ first: AnswerFacts.Fact, _ second: AnswerFacts.Fact,
        within reach: Int
    ) -> Bool {
        numbers.indices.contains { index in
            numbers[index].agrees(with: first)
                && numbers[(index + 1)...].prefix(reach).contains { $0.agrees(with: second) }
        }
    }

    /// Whether what stands between two numbers makes them a span: a dash, or a word for "to" with
    /// at most a unit beside it.
    private static func isSpan(_ gap: String) -> Bool {
        guard gap.count <= 24, !gap.contains(where: { ";.\n".contains($0) }) else { return false }
        if gap.contains(where: { "-–—−~〜～至到".contains($0) }) || gap.contains("から") {
            return true
        }
        let words = Words.of(gap)
        return words.count <= 4 && words.contains { joints.contains($0) }
    }

    private static let joints: Set<String> = [
        "to", "until", "till", "through", "hasta", "ate", "a", "as", "au", "jusqu", "jusque", "bis",
        "tot", "do", "до", "по", "alle", "ile", "kadar", "sampai", "hingga", "den", "til", "pana",
        "la", "εως", "μεχρι", "עד", "الى", "حتي", "حتى", "से", "तक", "부터",
    ]
}

import Conversation

/// Whether something is included or costs extra, which are each other's opposite without a "not".
enum Inclusion {
    /// What is wrong with a statement whose nearest sentences all say the opposite.
    static func problem(
        _ statement: StatedAnswer.Statement, in language: String?, _ evidence: AnswerEvidence
    ) -> String? {
        guard let isIncluded = side(of: statement.text, in: language) else { return nil }
        let words = statement.words.filter { !within.contains($0) && !beyond.contains($0) }
        let shared = evidence.units.map { unit in words.count { unit.vocabulary.holds($0) } }
        guard let most = shared.max(), most > 0 else { return nil }
        let sides = zip(shared, evidence.units).filter { $0.0 == most }.map {
            side(of: $0.1.text, in: evidence.language)
        }
        guard sides.allSatisfy({ $0 == !isIncluded }) else { return nil }
        return "The passages that it names say the opposite of this: "
            + "\"\(statement.text.prefix(120))\"."
    }

    /// Whether a text says "included", or "extra"; `nil` if neither or both.
    private static func side(of text: String, in language: String?) -> Bool? {
        let words = Words.of(text)
        let isWithin = words.contains { within.contains($0) }
        guard isWithin != words.contains(where: { beyond.contains($0) }) else { return nil }
        return isWithin != Negation.isDenied(text, in: language)
    }

    private static let within: Set<String> = [
        "included", "includes", "include", "incluido", "incluida", "incluye", "incluyen",
        "inklusive", "inbegriffen", "enthalten", "free", "gratis", "gratuito", "gratuita",
        "kostenlos",
    ]
    private static let beyond: Set<String> = [
        "excluded", "excludes", "extra", "excluido", "excluida", "separately", "aufpreis",
    ]
}

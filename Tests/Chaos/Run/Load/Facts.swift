import ChaosChecker

/// What the businesses know: made-up things, each in a drawer of its own, so that each question
/// has one answer that is known by its word.
struct Facts: Sendable {
    struct Fact: Sendable, Hashable {
        var thing: String
        /// The word of the answer, such as `Q1042`.
        var word: String
        var question: String { "Where is the \(thing) key?" }
    }

    static let all: [Fact] = {
        let heads = ["bak", "dor", "fim", "gul", "hab", "jit", "kos", "lun"]
        let tails = ["anter", "ebold", "irrup", "oximo", "uvalt", "yndra", "aquil", "ephon"]
        return heads.enumerated().flatMap { head in
            tails.enumerated().map { tail in
                Fact(
                    thing: head.element + tail.element,
                    word: "Q\(1_000 + head.offset * 100 + tail.offset)")
            }
        }
    }()

    /// One section for each thing.
    static var document: String {
        "# Keys\n\n"
            + all.map { fact in
                "## \(fact.thing) key\n\nThe \(fact.thing) key is in \(Words.factMark)"
                    + "\(fact.word.dropFirst()).\n\n"
            }.joined()
    }
}

import Conversation
import Operations

/// What came of a question that a customer wrote.
struct AnswerOutcome: Codable, Hashable, Sendable {
    /// What the customer got.
    enum Kind: String, Codable, Sendable, CaseIterable {
        /// An answer that says what it should.
        case right
        /// Another answer, or one where nothing answers.
        case wrong
        /// A person.
        case handedOver
        /// A courtesy, or nothing.
        case silent
    }

    /// The question's document, by its place in the file.
    var document: Int
    /// The language that is asked in.
    var language: String
    /// Whether the documents that are there answer it.
    var isAnswerable: Bool
    var kind: Kind
    /// Whether the document that answers it was found first.
    var isFoundFirst: Bool
    /// Whether the answerer that was asked for said it, and no other stood in for it.
    var isOwn: Bool
    /// Answers of a model that no passage supported, so that nobody read them.
    var heldBack: Int
    /// The question, and what was said to it, to look at.
    var asked: String
    var said: String

    /// Whether that is what should have come of it.
    var isRight: Bool { isAnswerable ? kind == .right : kind == .handedOver }

    /// Judges what was proposed.
    init(
        _ question: QuestionSet.Question, language: String, isAnswerable: Bool,
        document name: String, _ reasons: AnswerReasons
    ) {
        document = question.document
        self.language = language
        self.isAnswerable = isAnswerable
        asked = question.text
        said = String((reasons.text ?? "").prefix(Self.longestText))
        isFoundFirst =
            isAnswerable && reasons.questions.first?.passages.first?.document == name
        isOwn = reasons.provenance?.fallback == nil
        heldBack = (reasons.provenance?.checks ?? []).count { $0.verdict == .heldBack }
        kind =
            switch reasons.outcome {
            case "answer":
                isAnswerable && Self.says(reasons, question.answers, or: name) ? .right : .wrong
            case "handoff": .handedOver
            default: .silent
            }
    }

    private static let longestText = 500

    /// Whether an answer says one of what right ones say; where the file does not tell that,
    /// whether it cites the right document.
    private static func says(
        _ reasons: AnswerReasons, _ answers: [String], or document: String
    ) -> Bool {
        guard !answers.isEmpty else {
            return reasons.questions.flatMap(\.passages).contains {
                $0.isCited && $0.document == document
            }
        }
        let said = plain(reasons.text ?? "")
        return answers.contains { answer in
            let wanted = plain(answer)
            return !wanted.isEmpty && holds(said, wanted)
        }
    }

    /// Whole words, where words have blanks between them.
    private static func holds(_ said: String, _ wanted: String) -> Bool {
        let isSpaced = wanted.unicodeScalars.allSatisfy { $0.value < 0x0E00 }
        return isSpaced ? " \(said) ".contains(" \(wanted) ") : said.contains(wanted)
    }

    /// Letters and digits of one kind, with one blank for whatever stands between.
    private static func plain(_ text: String) -> String {
        TextFolding.fold(text).split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
    }
}

/// How many questions were answered how.
struct AnswerFigures: Codable, Hashable, Sendable {
    var questions = 0
    var right = 0
    var wrong = 0
    var handedOver = 0
    var silent = 0
    /// Questions whose document was found first, of those that one answers.
    var foundFirst = 0
    /// Questions that nothing answers, and those of them that a person got.
    var absent = 0
    var absentHandedOver = 0
    /// Answers of the built-in answerer in a model's place.
    var quotedInstead = 0
    /// Answers of a model that were held back.
    var heldBack = 0
    /// The share of questions of which came what should.
    var share = 0.0
    /// Within which it lies 95 times of 100, had other documents been drawn.
    var low = 0.0
    var high = 0.0

    init(_ outcomes: [AnswerOutcome]) {
        questions = outcomes.count
        right = outcomes.count { $0.kind == .right }
        wrong = outcomes.count { $0.kind == .wrong }
        handedOver = outcomes.count { $0.kind == .handedOver }
        silent = outcomes.count { $0.kind == .silent }
        foundFirst = outcomes.count(where: \.isFoundFirst)
        absent = outcomes.count { !$0.isAnswerable }
        absentHandedOver = outcomes.count { !$0.isAnswerable && $0.kind == .handedOver }
        quotedInstead = outcomes.count { !$0.isOwn && [.right, .wrong].contains($0.kind) }
        heldBack = outcomes.reduce(0) { $0 + $1.heldBack }
        let figures = RetrievalFigures(outcomes.map(\.place))
        (share, low, high) = (figures.recallAt1, figures.low, figures.high)
    }

    /// Of those that the documents answer, the share whose document was found first.
    var recallAt1: Double { Self.share(foundFirst, of: questions - absent) }
    /// Of those that the documents answer, the share that was answered right.
    var rightShare: Double { Self.share(right, of: questions - absent) }
    /// Of those that were handed over, the share that nothing answers.
    var refusalPrecision: Double { Self.share(absentHandedOver, of: handedOver) }
    /// Of those that nothing answers, the share that was handed over.
    var refusalRecall: Double { Self.share(absentHandedOver, of: absent) }
    /// Their harmonic mean; `nil` where the documents answer everything.
    var refusalF1: Double? {
        guard absent > 0 else { return nil }
        let sum = refusalPrecision + refusalRecall
        return sum > 0 ? 2 * refusalPrecision * refusalRecall / sum : 0
    }

    private static func share(_ part: Int, of all: Int) -> Double {
        all > 0 ? Double(part) / Double(all) : 0
    }
}

extension AnswerOutcome {
    /// As retrieval's figures count: what should have come of it, came first.
    var place: RetrievalFigures.Outcome { .init(document: document, place: isRight ? 1 : nil) }
}

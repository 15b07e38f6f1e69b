import Conversation
import Foundation

/// Writes questions whose answers are known to an installation of its own, as customers do, and
/// counts what came of them: from the webhook to what is proposed, nothing is measured but what
/// customers get.
struct AnswersEvaluation: Sendable {
    /// A chat model that is tried besides the built-in answerer.
    struct Model: Sendable {
        var url: String
        var name: String
        var key: String?
    }

    let options: EvaluationOptions
    var model: Model?
    /// Every so many paragraphs one is left out.
    var leftOut: Int?
    /// How long the model has for a turn, in milliseconds.
    var turnTime: Int?
    var before: AnswersReport?
    /// Below this share of right outcomes of the built-in answerer the evaluation fails.
    var floor = 0.0
    /// Below this F1 of what it hands over, too.
    var refusalFloor = 0.0

    init(_ options: EvaluationOptions) { self.options = options }

    func run() async throws -> AnswersReport {
        let sets = try options.sets()
        let outside = try AnsweringOutside()
        defer { outside.stop() }
        var started = AnswersReport(
            embeddings: options.embeddingURL ?? "none: words alone", variant: options.variant,
            seed: options.seed, leftOut: leftOut, floor: floor, refusalFloor: refusalFloor)
        started.before = before?.files
        let (empty, port) = (started, outside.port)
        var more = ["--allow-private-urls", "--burst-pause", "0"]
        if let turnTime { more += ["--turn-time", "\(turnTime)"] }
        return try await EvaluatedInstallation.use(options, more: more) { installation in
            var report = empty
            for (number, set) in sets.enumerated() {
                report.add(
                    set.file, "built-in",
                    try await ask(
                        set, "quoting-\(number + 1)", .init(graphPort: port), installation))
                guard let model else { continue }
                report.add(
                    set.file, model.name,
                    try await ask(
                        set, "model-\(number + 1)", .init(graphPort: port, model: model),
                        installation))
            }
            report.judge(model?.name)
            return report
        }
    }

    /// What comes of a file's questions at a business of their own.
    private func ask(
        _ set: EvaluationOptions.Asked, _ tenant: String, _ served: ServedTenant,
        _ installation: EvaluatedInstallation
    ) async throws -> [AnswerOutcome] {
        let documents = set.documents.documents
        let isThere = documents.indices.map { !isLeftOut($0) }
        let business = try await installation.add(
            tenant, zip(documents, isThere).filter(\.1).map(\.0), serving: served)
        let questions = options.questions(of: set)
        let answered = try await installation.write(
            questions.map(\.text), to: business, atOnce: served.model == nil ? 4 : 1)
        // Of all questions together a language is surely known.
        let language =
            LanguageGuess.language(of: questions.map(\.text).joined(separator: " ")) ?? "und"
        return zip(questions, answered).map { question, reasons in
            var question = question
            if options.questions.indices.contains(0) {
                // What answers says it in the documents' language, or in the customer's.
                question.answers += set.documents.answers(
                    of: question, amongThoseOf: set.asker)
            }
            return AnswerOutcome(
                question, language: language,
                isAnswerable: question.isAnswerable && isThere[question.document],
                document: documents[question.document].name, reasons)
        }
    }

    private func isLeftOut(_ document: Int) -> Bool {
        leftOut.map { document % $0 == $0 - 1 } ?? false
    }
}

extension QuestionSet {
    /// What right answers to the counterpart of another file's question say.
    func answers(of question: Question, amongThoseOf other: QuestionSet) -> [String] {
        let same = other.questions.filter { $0.document == question.document }
        let mine = questions.filter { $0.document == question.document }
        // Variants have other words: the answers tell which it is.
        guard same.count == mine.count,
            let place = same.firstIndex(where: { $0.answers == question.answers })
        else { return [] }
        return mine[place].answers
    }
}

package import Conversation
import OrchestratorStage

/// What a question was answered with, and why: fields are called as in what tells of a message.
package struct TriedAnswer: Hashable, Sendable, Codable {
    /// A passage that was found.
    package struct Found: Hashable, Sendable, Codable {
        /// The passage.
        package var passage: PassageID
        /// The document's id.
        package var documentID: DocumentID
        /// The name of its document.
        package var document: String
        /// The version of the document, where that is not the first.
        package var version: Int?
        /// The page that it begins on, from 1.
        package var page: Int?
        /// The sheet that it stands on.
        package var sheet: String?
        /// The headings above it.
        package var headings: [String]
        /// Its text.
        package var text: String
        /// The hash of headings and text.
        package var contentHash: String
        /// By words and meaning together; higher is better.
        package var score: Double
        /// The cosine of question and passage.
        package var similarity: Double?
        /// The share of the question's words that it holds.
        package var overlap: Double?
        /// Whether the answer cites it.
        package var isCited: Bool
        /// The words of it that the answer uses.
        package var quote: String?
    }

    /// What was looked for.
    package struct Question: Hashable, Sendable, Codable {
        /// The words, in the light of those before.
        package var query: String
        /// How it was looked for.
        package var search: String
        /// Why the search was less than whole.
        package var searchProblem: String?
        /// How likely it is that the best passage answers.
        package var answerability: Answerability?
        /// What was found, best first.
        package var passages: [Found]
    }

    /// A call of the turn to the world outside.
    package struct Call: Hashable, Sendable, Codable {
        /// `complete`, `search`, `compare` or `rows`.
        package var name: String
        /// How long it took.
        package var milliseconds: Int64
    }

    /// What a check said of a model's answer.
    package struct Check: Hashable, Sendable, Codable {
        /// `passed`, `heldBack`, `declined` or `notAsked`.
        package var verdict: String
        /// Why, where it was held back.
        package var problem: String?
        /// What the model wrote, where it was held back.
        package var answer: String?
    }

    /// `answer`, `courtesy`, `handoff`, `silence`, or `tool` where the turn would go on once
    /// another stage has done something, which is not done here.
    package var outcome: String
    /// What the customer would read; missing for nothing.
    package var text: String?
    /// Why a person would be asked, or why nothing would be said.
    package var reason: String?
    /// What an agent would read of it.
    package var summary: String?
    /// The language of the answer.
    package var language: String?
    /// What was looked for and found.
    package var questions: [Question]
    /// The model, or `built-in`.
    package var model: String?
    /// The prompt's name, if a model was asked.
    package var prompt: String?
    /// The prompt's version.
    package var promptHash: String?
    /// The tokens that the model read.
    package var promptTokens: Int?
    /// The tokens that it wrote.
    package var completionTokens: Int?
    /// What the checks said, in order.
    package var checks: [Check]
    /// Why the built-in answerer stood in for the model.
    package var fallback: String?
    /// The tools that the turn used, or would use.
    package var tools: [String]
    /// Whether the customer would be asked whether it helped.
    package var isUnsure: Bool
    /// The calls of the turn, in order.
    package var calls: [Call]
    /// How long it all took.
    package var milliseconds: Int64
}

extension TriedAnswer {
    /// What a trial came to.
    package init(_ outcome: AnswerTrial.Outcome) {
        let reply = outcome.reply
        var citations: [Citation] = []
        var kind = "silence"
        var (text, reason, summary): (String?, String?, String?) = (nil, nil, nil)
        switch reply?.proposal {
        case .answer(let words, let cited):
            (kind, text, citations) = ("answer", words, cited)
        case .courtesy(let words): (kind, text) = ("courtesy", words)
        case .handoff(let why, let note, let notice):
            (kind, reason, summary) = ("handoff", why.rawValue, note)
            text = notice.isEmpty ? nil : notice
        case .silence(let why): reason = why
        case nil where !outcome.wanted.isEmpty: kind = "tool"
        case nil: reason = outcome.ignored
        }
        let provenance = reply?.provenance
        let isAsked = provenance?.prompt != nil
        self.init(
            outcome: kind, text: text, reason: reason, summary: summary,
            language: reply?.language,
            questions: [Question(outcome.question, citing: citations)],
            model: provenance?.model, prompt: provenance?.prompt,
            promptHash: provenance?.promptHash,
            promptTokens: isAsked ? provenance?.promptTokens : nil,
            completionTokens: isAsked ? provenance?.completionTokens : nil,
            checks: (provenance?.checks ?? []).map {
                Check(verdict: $0.verdict.rawValue, problem: $0.problem, answer: $0.answer)
            }, fallback: provenance?.fallback?.rawValue,
            tools: provenance?.tools ?? outcome.wanted.map(\.tool),
            isUnsure: provenance?.isUnsure == true,
            calls: outcome.calls.map {
                Call(name: $0.call.name, milliseconds: $0.length.wholeMilliseconds)
            }, milliseconds: outcome.length.wholeMilliseconds)
    }
}

extension TriedAnswer.Question {
    fileprivate init(_ question: GroundedQuestion, citing citations: [Citation]) {
        let cited = Dictionary(citations.map { ($0.passage, $0.quote) }) { first, _ in first }
        self.init(
            query: question.query, search: question.search.rawValue,
            searchProblem: question.searchProblem, answerability: question.answerability,
            passages: question.passages.map { passage in
                TriedAnswer.Found(
                    passage: passage.id, documentID: passage.document,
                    document: passage.documentName, version: passage.version, page: passage.page,
                    sheet: passage.sheet, headings: passage.headings, text: passage.text,
                    contentHash: passage.contentHash, score: passage.score,
                    similarity: passage.similarity, overlap: passage.overlap,
                    isCited: cited[passage.id] != nil, quote: cited[passage.id] ?? nil)
            })
    }
}

extension OrchestratorCall {
    fileprivate var name: String {
        switch self {
        case .complete: "complete"
        case .search: "search"
        case .compare: "compare"
        case .rows: "rows"
        }
    }
}

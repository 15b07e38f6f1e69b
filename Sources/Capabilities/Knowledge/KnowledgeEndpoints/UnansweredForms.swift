package import Conversation
import ConversationView
import Endpoints
package import JSON
package import KnowledgeRecords

/// Which questions are wanted.
package struct UnansweredQuery: Described, Decodable, Hashable {
    /// Of how many days until now.
    package var days: Int?
    /// ``open`` or ``settled``.
    package var standing: String?

    static let standardDays = 14
    static let mostDays = 90
    static let open = "open"
    static let settled = "settled"

    package static let schema = JSONSchema.object([
        .optional(
            "days", .integer("Of how many days until now.", 1...mostDays, standard: standardDays)),
        .optional(
            "standing",
            .words([open, settled], "Those that want an answer, or those that want none any more.")
        ),
    ])
}

/// Questions that ask the same.
package struct UnansweredGroup: Hashable, Sendable, Codable {
    /// What was made of it last.
    package struct Mark: Hashable, Sendable, Codable {
        /// `open`, `suggested`, `answered` or `putAside`.
        package var standing: String
        /// The document that answers it.
        package var document: DocumentID?
        /// The suggested question.
        package var question: String?
        /// The suggested answer.
        package var answer: String?
        /// Who says so.
        package var by: String?
        /// When.
        package var at: Timestamp
    }

    /// A name that it keeps as long as its oldest question is looked at.
    package var id: String
    /// The question, as it is asked most usually.
    package var title: String
    /// Other ways in which it was asked.
    package var others: [String]
    /// The language, as far as it is known.
    package var language: String?
    /// How often it was asked.
    package var count: Int
    /// In how many conversations.
    package var conversations: Int
    /// How often for each reason.
    package var reasons: [String: Int]
    /// When it was asked first.
    package var firstAt: Timestamp
    /// When it was asked last.
    package var lastAt: Timestamp
    /// What was made of it; missing for nothing.
    package var mark: Mark?
    /// The messages that asked, the newest first; bounded.
    package var messages: [MissedMessage]

    init(_ group: QuestionGroups.Group) {
        id = group.id
        title = group.title
        others = group.others
        language = group.language
        count = group.questions.count
        conversations = group.conversations
        reasons = group.questions.reduce(into: [:]) { $0[$1.reason.rawValue, default: 0] += 1 }
        firstAt = group.oldest
        lastAt = group.newest
        mark = group.mark.map { Mark($0) }
        messages = Array(group.messages.prefix(QuestionMark.mostMessages))
    }
}

extension UnansweredGroup.Mark {
    init(_ mark: MissedQuestion.Mark) {
        by = mark.byName ?? mark.by
        at = mark.at
        switch mark.standing {
        case .open: standing = "open"
        case .suggested(let question, let answer):
            standing = "suggested"
            self.question = question
            self.answer = answer
        case .answered(let document):
            standing = "answered"
            self.document = document
        case .putAside: standing = "putAside"
        }
    }
}

/// The answer to a list of unanswered questions.
package struct UnansweredList: Hashable, Sendable, Codable, Described {
    /// The groups, those asked most first.
    package var groups: [UnansweredGroup]
    /// How many questions they hold.
    package var questions: Int
    /// Whether older ones were left out, as there are too many.
    package var isCut: Bool

    private static let message = JSONSchema.object([
        .required("conversation", .text("The conversation.")),
        .required("message", .text("The message.")),
    ])

    private static let mark = JSONSchema.object(
        [
            .required(
                "standing",
                .words(["open", "suggested", "answered", "putAside"], "How it stands.")),
            .optional("document", .text("The document that answers it.")),
            .optional("question", .text("The suggested question.")),
            .optional("answer", .text("The suggested answer.")),
            .optional("by", .text("Who says so.")),
            .required("at", .time("When.")),
        ], named: "QuestionMark")

    private static let group = JSONSchema.object(
        [
            .required("id", .text("A name that it keeps while its oldest question is shown.")),
            .required("title", .text("The question.")),
            .required("others", .list(.text(), "Other ways in which it was asked.")),
            .optional("language", .text("The language, as far as it is known.")),
            .required("count", .count("How often it was asked.")),
            .required("conversations", .count("In how many conversations.")),
            .required(
                "reasons", JSONSchema(.map(.count()), "How often for each reason, by its name.")),
            .required("firstAt", .time("When it was asked first.")),
            .required("lastAt", .time("When it was asked last.")),
            .optional("mark", mark),
            .required("messages", .list(message, "The messages that asked, the newest first.")),
        ], named: "UnansweredGroup")

    package static let schema = JSONSchema.object(
        [
            .required("groups", .list(group, "Those asked most first.")),
            .required("questions", .count("How many questions they hold.")),
            .required("isCut", .boolean("Whether older ones were left out.")),
        ], named: "UnansweredList")
}

extension JSONSchema {
    fileprivate static let asked = JSONSchema.list(
        .object([
            .required("conversation", .id("The conversation.")),
            .required("message", .id("The message.")),
        ]), "The messages that asked.", 1...QuestionMark.mostMessages)
}

/// What becomes of questions.
package struct SettlementForm: Described, Codable, Hashable {
    /// How they stand.
    package enum Standing: String, Hashable, Sendable, Codable, CaseIterable {
        case answered, putAside, open
    }

    /// The messages that asked.
    package var messages: [MissedMessage]
    /// How they stand.
    package var standing: Standing
    /// The document that answers them.
    package var document: DocumentID?

    package static let schema = JSONSchema.object(
        [
            .required("messages", .asked),
            .required(
                "standing",
                .words(Standing.allCases.map(\.rawValue), "How the questions stand from now on.")),
            .optional("document", .id("The document that answers them, where one does.")),
        ], named: "SettlementForm")
}

/// An answer that somebody suggests.
package struct SuggestionForm: Described, Codable, Hashable {
    /// The messages that asked.
    package var messages: [MissedMessage]
    /// The question.
    package var question: String
    /// The answer.
    package var answer: String

    package static let schema = JSONSchema.object(
        [
            .required("messages", .asked),
            .required(
                "question",
                .text(
                    "The question.", 1...300, pattern: #"[^\u0000-\u001f]*\S[^\u0000-\u001f]*"#,
                    rule: "a question of 1 to 300 characters in one line")),
            .required(
                "answer",
                .text(
                    "The answer.", 1...3_000, pattern: #"[\s\S]*\S[\s\S]*"#,
                    rule: "an answer of 1 to 3000 characters")),
        ], named: "AnswerSuggestionForm")
}

/// What was marked.
package struct MarkedQuestions: Hashable, Sendable, Codable, Described {
    /// How many questions.
    package var questions: Int

    package static let schema = JSONSchema.object(
        [.required("questions", .count("How many questions."))], named: "MarkedQuestions")
}

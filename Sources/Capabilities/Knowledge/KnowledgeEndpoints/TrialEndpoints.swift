package import AnswerTrial
import Conversation
package import Endpoints
package import HTTPServer
package import JSON

/// Trying a question: what customers would be answered, and why, without a customer.
package struct TrialEndpoints: Sendable {
    /// Tries questions, one after the other, and tells what came of the last.
    package typealias Try =
        @Sendable (TenantScope, TrialForm) async throws -> TriedAnswer

    private let attempt: Try

    /// Answers by what tries questions.
    package init(_ attempt: @escaping Try) { self.attempt = attempt }

    /// The endpoints.
    package var endpoints: [Endpoint] {
        [
            .tenant(
                .at(
                    .post, "/api/v1/tenants/{tenant}/trials", "answers.try",
                    "Tries a question as a customer would ask it: what is found, composed and "
                        + "answered. Nothing is sent, and nothing counted."),
                may: .suggestDocuments,
                .init(
                    body: JSONBody<TrialForm>.self, gives: Reply<TriedAnswer>.self,
                    problems: [.notTried])
            ) { call in Reply(try await attempt(call.scope, call.body.value)) }
        ]
    }
}

extension Problem.Kind {
    /// The question could not be tried.
    package static let notTried = Self(422, "not_tried")
}

/// What is tried.
package struct TrialForm: Described, Codable, Hashable {
    /// What a customer writes.
    package var question: String
    /// What they wrote before, the oldest first.
    package var before: [String]?

    /// Asks a question.
    package init(question: String, before: [String]? = nil) {
        self.question = question
        self.before = before
    }

    private static let words = JSONSchema.text(
        "A message.", 1...2_000, pattern: #"[\s\S]*\S[\s\S]*"#,
        rule: "a message of 1 to 2000 characters")

    package static let schema = JSONSchema.object(
        [
            .required("question", words),
            .optional(
                "before", .list(words, "What the customer wrote before, the oldest first.", 0...6)),
        ], named: "TrialForm")
}

extension TriedAnswer: Described {
    private static let found = JSONSchema.object(
        [
            .required("passage", .text("The passage.")),
            .required("documentID", .text("The document.")),
            .required("document", .text("The document's name.")),
            .optional("version", .integer("Its version, where not the first.", 1...Int.max)),
            .optional("page", .integer("The page that it begins on.", 1...Int.max)),
            .optional("sheet", .text("The sheet that it stands on.")),
            .required("headings", .list(.text(), "The headings above it.")),
            .required("text", .text("Its text.")),
            .required("contentHash", .text("The hash of headings and text.")),
            .required("score", .number("By words and meaning together; higher is better.")),
            .optional("similarity", .number("The cosine of question and passage.")),
            .optional("overlap", .number("The share of the question's words that it holds.")),
            .required("isCited", .boolean("Whether the answer cites it.")),
            .optional("quote", .text("The words of it that the answer uses.")),
        ], named: "TriedPassage")

    private static let question = JSONSchema.object(
        [
            .required("query", .text("What was looked for.")),
            .required("search", .text("How.")),
            .optional("searchProblem", .text("Why the search was less than whole.")),
            .optional(
                "answerability",
                .object([
                    .required("probability", .number("How likely the first answers, 0 to 1.")),
                    .required(
                        "zone", .words(["answer", "unsure", "none"], "What follows from that.")),
                    .required("coefficients", .text("The coefficients' name and version.")),
                ])),
            .required("passages", .list(found, "What was found, best first.")),
        ], named: "TriedQuestion")

    package static let schema = JSONSchema.object(
        [
            .required(
                "outcome",
                .words(
                    ["answer", "courtesy", "handoff", "silence", "tool"], "What would be done.")),
            .optional("text", .text("What the customer would read.")),
            .optional("reason", .text("Why a person is asked, or why nothing is said.")),
            .optional("summary", .text("What an agent would read.")),
            .optional("language", .text("The language of the answer.")),
            .required("questions", .list(question, "What was looked for and found.")),
            .optional("model", .text("The model, or built-in.")),
            .optional("prompt", .text("The prompt's name, if a model was asked.")),
            .optional("promptHash", .text("The prompt's version.")),
            .optional("promptTokens", .count("Tokens that the model read.")),
            .optional("completionTokens", .count("Tokens that it wrote.")),
            .required(
                "checks",
                .list(
                    .object([
                        .required("verdict", .text("What a check came to.")),
                        .optional("problem", .text("Why it was held back.")),
                        .optional("answer", .text("What the model wrote.")),
                    ]), "What the checks said, in order.")),
            .optional("fallback", .text("Why the built-in answerer stood in.")),
            .required("tools", .list(.text(), "The tools that the turn used, or would use.")),
            .required("isUnsure", .boolean("Whether it would be asked whether it helped.")),
            .required(
                "calls",
                .list(
                    .object([
                        .required("name", .text("What was asked.")),
                        .required("milliseconds", .count("How long it took.")),
                    ]), "The calls of the turn, in order.")),
            .required("milliseconds", .count("How long it all took.")),
        ], named: "TriedAnswer")
}

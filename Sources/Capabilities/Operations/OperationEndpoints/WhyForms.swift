import Conversation
import Endpoints
package import JSON
package import Operations

/// Whose reasons are wanted, and whether today's passages are, too.
struct WhyParameters: Described, Decodable, Hashable {
    var id: String
    var today: Bool?

    static let schema = JSONSchema.object([
        .required("id", .text("A message's wamid, or any record's id.", 1...512)),
        .optional("today", .boolean("Whether to look again for what was asked; yes unless told.")),
    ])
}

extension AnswerReport: Described {
    package static let schema = JSONSchema.object(
        [
            .required("then", reasons),
            .optional("today", .list(today, "What the same questions find today.")),
        ], named: "AnswerReport")

    private static let found = JSONSchema.object(
        [
            .required("passage", .text("The passage.")),
            .required("document", .text("The name of its document.")),
            .optional(
                "version",
                .integer("The document's version, where it is not the first.", 1...Int.max)),
            .optional("page", .integer("The page that it begins on.", 1...Int.max)),
            .required("headings", .list(.text(), "The headings above it.")),
            .required("text", .text("Its text, as it was when it was found.")),
            .required("contentHash", .text("The hash of headings and text.")),
            .required("score", .number("By words and meaning together; higher is better.")),
            .optional("similarity", .number("The cosine of question and passage.")),
            .optional("overlap", .number("The share of the question's words that it holds.")),
            .required("isCited", .boolean("Whether the answer cites it.")),
        ], named: "FoundThen")

    private static let today = JSONSchema.object(
        [
            .required("message", .text("The message that asks.")),
            .required("query", .text("What is looked for.")),
            .required("passages", .list(found, "What is found, best first.")),
        ], named: "FoundToday")

    private static let answerability = JSONSchema.object(
        [
            .required("probability", .number("How likely the first passage answers, 0 to 1.")),
            .required("zone", .words(["answer", "unsure", "none"], "What followed from it.")),
            .required("coefficients", .text("The coefficients' name and version.")),
        ], named: "AnswerabilityThen")

    private static let question = JSONSchema.object(
        [
            .required("message", .text("The message.")),
            .required("query", .text("What was looked for, in the light of what was said.")),
            .required("search", .text("How it was looked for.")),
            .optional("searchProblem", .text("Why the search was less than whole.")),
            .optional("background", .number("The mean cosine of what is about something else.")),
            .optional("answerability", answerability),
            .required("passages", .list(found, "What was found, best first.")),
        ], named: "QuestionThen")

    private static let call = JSONSchema.object(
        [
            .required("name", .text("What was asked: complete, search, compare, rows.")),
            .required("milliseconds", .integer("How long it took.", Int.min...Int.max)),
            .optional("asked", .text("What a model was asked, as JSON text.")),
            .optional("answered", .text("What a model answered, as JSON text.")),
        ], named: "CallThen")

    private static let citation = JSONSchema.object(
        [
            .required("passage", .text("The passage.")),
            .required("document", .text("The document.")),
            .required("documentName", .text("The document's name.")),
            .optional("page", .integer("The page.", 1...Int.max)),
            .optional("sheet", .text("The sheet.")),
            .required("headings", .list(.text(), "The headings above it.")),
            .required("contentHash", .text("The hash of headings and text, as they were then.")),
            .optional("quote", .text("The words that the answer uses.")),
            .optional(
                "version",
                .integer("The document's version, where it is not the first.", 1...Int.max)),
        ], named: "CitationThen")

    private static let check = JSONSchema.object(
        [
            .required(
                "verdict",
                .words(["passed", "heldBack", "declined", "notAsked"], "What came of it.")),
            .optional("problem", .text("Why it was held back.")),
            .optional("answer", .text("What the model wrote, bounded, where it was held back.")),
        ], named: "CheckThen")

    private static let provenance = JSONSchema.object(
        [
            .required("passages", .list(citation, "What was offered to the answerer.")),
            .optional(
                "isUnsure", .boolean("Whether it was not sure that the documents answer it.")),
            .optional("citations", .list(citation, "What the reply cites.")),
            .optional("prompt", .text("The prompt's name, where a model was asked.")),
            .optional("promptHash", .text("The version of the prompt: its file's hash.")),
            .required("model", .text("The model, or built-in.")),
            .optional("promptTokens", .count("Tokens that the model read.")),
            .optional("completionTokens", .count("Tokens that the model wrote.")),
            .optional("search", .text("How passages were looked for.")),
            .required("positions", .list(.text(), "Where the questions stand in the log.")),
            .optional("checks", .list(check, "What was said of the model's answers, in order.")),
            .optional("fallback", .text("Why the built-in answerer stood in for the model.")),
            .optional("tools", .list(.text(), "The tools that were used, in order.")),
        ], named: "ProvenanceThen")

    private static let reasons = JSONSchema.object(
        [
            .required("message", .text("The message that was asked about.")),
            .required("tenant", .text("The business.")),
            .required("conversation", .text("The conversation.")),
            .required("questions", .list(question, "What was answered together.")),
            .optional(
                "outcome",
                .words(
                    ["answer", "courtesy", "handoff", "silence"],
                    "What was proposed; missing where nothing is yet.")),
            .optional("text", .text("What it says, or why.")),
            .optional("followUp", .text("What the customer was asked below it.")),
            .optional("language", .text("The language that it is in.")),
            .optional("provenance", provenance),
            .required("calls", .list(call, "The calls of the turn, in order.")),
            .optional("at", .time("When it was proposed.")),
        ], named: "AnswerReasons")
}

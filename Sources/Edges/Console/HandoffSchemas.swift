import Conversation
package import ConversationView
import Endpoints
package import JSON

extension Handoff: Described {
    package static let schema = JSONSchema.object(
        [
            .required("conversation", .text("The conversation.")),
            .required("tenant", .text("The business.")),
            .required("customer", customer),
            .required("status", .words(["queued", "claimed"], "Whether somebody has it.")),
            .optional("holder", holder),
            .optional("reason", .text("Why a person is needed.")),
            .optional("summary", .text("What it is about.")),
            .required("waitingSince", .time("Since when it waits, or did until it was claimed.")),
            .required("isOverdue", .boolean("Whether it waits longer than is promised.")),
            .required("epoch", .count("The ownership epoch.")),
            .required("updatedAt", .time("When something about it changed.")),
            .optional("last", last),
            .optional("customerAt", .time("When the customer last wrote.")),
            .optional(
                "takeUpBy",
                .time("By when the agent to whom it was given has to show themselves.")),
            .optional("returnsTo", formerHolder),
            .optional(
                "version",
                .count("Which state of it this is: drop what is older than what you have.")),
            .optional("labels", .list(.text(), "The labels that it bears.")),
            .optional("parkedUntil", .time("Until when its agent laid it aside.")),
            .optional("queue", .text("The queue in which it waits, or did.")),
        ], named: "Handoff")

    static let formerHolder = JSONSchema.object(
        [.required("id", .text("The agent.")), .required("name", .text("The name."))],
        note: "From whom it was taken, and to whom it can be given back.")

    static let last = JSONSchema.object(
        [
            .required("speaker", .words(speakers, "Who spoke.")),
            .required("text", .text("The beginning of what was said.")),
            .optional("kind", .text("What it was, if not words alone.")),
            .required("at", .time("When.")),
        ], note: "What was said last.")

    static let speakers = ["customer", "bot", "agent", "system", "owner", "note"]

    static let holder = JSONSchema.object(
        [.required("id", .text("The agent.")), .required("name", .text("The name."))],
        note: "Who has it.")

    static let customer = JSONSchema.object(
        [
            .optional("userID", .text("WhatsApp's id within the portfolio.")),
            .optional("parentUserID", .text("WhatsApp's id within the parent portfolio.")),
            .optional("phone", .text("The phone number's digits.")),
            .optional("name", .text("The profile's name.")),
            .optional("username", .text("The user name.")),
        ], note: "The customer.")
}

extension HandoffList: Described {
    package static let schema = JSONSchema.object(
        [
            .required("handoffs", .list(Handoff.schema, "The longest waiting first.")),
            .optional("next", .text("Where the next page begins; give it back as `after`.")),
            .required("waiting", .count("How many wait for an agent, on all pages.")),
            .required("claimed", .count("How many an agent has, on all pages.")),
        ], named: "HandoffList")
}

extension HandoffTranscript: Described {
    package static let schema = JSONSchema.object(
        [
            .required("handoff", Handoff.schema),
            .required("lines", .list(line, "What was said, oldest first.")),
            .optional("suggestion", suggestion),
            .optional("next", .text("Where older lines are kept: give it back as `before`.")),
        ], named: "Transcript")

    static let line = JSONSchema.object([
        .required("id", .text("The record that it comes from.")),
        .required(
            "speaker",
            .words(
                Handoff.speakers,
                "Who spoke; `owner` is the business on its phone, `note` an agent for colleagues "
                    + "alone.")),
        .optional("name", .text("The agent's name.")),
        .required("text", .text("What was said.")),
        .required("at", .time("When.")),
        .optional("content", JSONSchema(.any, "What it holds besides words, by its kind.")),
        .optional("delivery", .text("What became of it.")),
        .optional("deliveryDetail", .text("Why, where it did not simply arrive.")),
        .optional("deliveryCode", .integer("WhatsApp's code of the error.", -1...Int.max)),
        .optional("remedy", .text("What can be done about it.")),
        .optional(
            "choices",
            .list(.words(["again", "template"]), "What an agent may do about it.")),
        .optional("pricing", pricing),
        .optional("repeats", .text("The line that is sent again by this one.")),
        .optional("sentAgainAs", .text("The line by which this one was sent again.")),
    ])

    private static let pricing = JSONSchema.object(
        [
            .optional("category", .text("What it counts as, such as service or marketing.")),
            .optional("type", .text("Why it is billed or free, such as regular.")),
            .optional("model", .text("How it is billed.")),
            .optional("billable", .boolean("Whether it is billed.")),
        ], note: "What WhatsApp says that it costs.")

    static let suggestion = JSONSchema.object(
        [
            .optional(
                "id", .text("What it is called: name it in what you send from it, or dismiss it.")),
            .required("text", .text("Its words.")),
            .required("citations", .list(JSONSchema(.any), "What they rest on.")),
        ], note: "What the bot would say.")
}

import Conversation
import Endpoints
package import JSON
import RoutingRecords

extension AgentRequest {
    /// What a request of a kind is made of.
    package static func schema(of kind: Kind) -> JSONSchema {
        var fields: [JSONSchema.Field] = [
            .required("type", .words([kind.rawValue])),
            .required(
                "cmdId", .text("The client's own id of it.", 1...AgentSession.referenceCharacters)),
        ]
        if kind.isAboutConversation {
            fields.append(.required("conversation", .id("The conversation.")))
        }
        fields += own(of: kind)
        return JSONSchema.object(
            fields, named: "ask-\(kind.rawValue)", note: note(of: kind))
    }

    private static func own(of kind: Kind) -> [JSONSchema.Field] {
        let note = JSONSchema.Field.optional("note", .text("Words for colleagues."))
        switch kind {
        case .claim, .release, .renew, .returnTo, .agents, .next, .resume: return []
        case .setStatus:
            return [
                .required("status", .words(AgentStatus.allCases.map(\.rawValue), "What one is."))
            ]
        case .answerOffer:
            return [
                .required("offer", .text("The offer.")),
                .required("accept", .boolean("Whether it is accepted.")),
            ]
        case .park:
            return [.required("until", .time("Until when; the customer's next word ends it."))]
        case .send:
            return [
                .optional("text", .text("Words to the customer.")),
                .optional("content", JSONSchema(.any, "What else to send than words alone.")),
                .optional("suggestion", .text("The suggestion that the words were made from.")),
            ] + seen
        case .dismiss: return [.required("suggestion", .text("The suggestion."))]
        case .resend:
            return [.required("line", .text("The line that did not arrive."))] + seen
        case .close:
            return [.optional("outcome", .text("What came of it.", 1...64)), note, from]
        case .takeOver:
            return [.optional("agent", .text("The colleague who has it.")), note]
        case .transfer:
            return [
                .required("to", .words(Target.allCases.map(\.rawValue), "Whom it goes to.")),
                .optional("agent", .text("The colleague, where it goes to one.")),
                .optional("queue", .text("The queue, where it goes to a team.")), note, from,
            ]
        case .reopen: return [note]
        case .note: return [.required("text", .text("The words."))]
        case .run: return [.required("steps", .list(step, "What is done, in order.", 1...8))] + seen
        case .read:
            return [.optional("cursor", .text("What the page before gave as `next`."))]
        case .list:
            return [.required("cursor", .text("What the page before gave as `next`."))]
        }
    }

    private static let step = JSONSchema.object([
        .required("kind", .words(HandoffStep.Kind.allCases.map(\.rawValue), "What is done.")),
        .optional("text", .text("Words to the customer or for colleagues, or what came of it.")),
        .optional("label", .text("The label.")),
    ])

    private static let from = JSONSchema.Field.optional(
        "from", .text("The colleague who has it, where a supervisor acts in their place."))
    private static let seen: [JSONSchema.Field] = [
        .optional("epoch", .count("The ownership epoch that its author knew.")),
        .optional("basedOn", .text("The last line that its author had seen.")),
        .optional("confirmed", .boolean("Whether it goes although something new has come.")),
    ]

    private static func note(of kind: Kind) -> String {
        switch kind {
        case .claim: "To answer a conversation alone."
        case .release: "To put it back into the queue."
        case .close: "To end the handoff, with what came of it."
        case .send: "To write to the customer: words or content."
        case .resend: "To send a message again that did not arrive, once."
        case .renew: "To keep a claim alive; the console does so while the socket is open."
        case .takeOver: "To take it from the bot, or from the colleague who is named."
        case .returnTo: "To give it back to the colleague from whom it was taken."
        case .transfer: "To give it to a colleague, to a team, to the queue or to the bot."
        case .setStatus: "To say what one is: offers come to who is available."
        case .answerOffer: "To accept what is offered, or to decline it."
        case .next: "To take what is next; `done` names the conversation."
        case .park:
            "To lay a conversation aside: it stays one's own and takes nothing of one's time."
        case .resume: "To take it up again."
        case .dismiss: "To put aside what the bot would say, for everybody."
        case .reopen: "To take it back from the bot after the handoff ended."
        case .note: "To write down words for colleagues, which no customer ever sees."
        case .run: "To do several things together, such as the steps of a macro: all or none."
        case .agents: "To see to whom a conversation can be given."
        case .read: "To read what was said; with a cursor, what was said before it."
        case .list: "To see more of the queue, after a cursor."
        }
    }
}

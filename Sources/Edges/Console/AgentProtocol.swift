import Conversation
import ConversationView
import Endpoints
package import JSON
import RoutingRecords

/// The description of the agents' WebSocket, as an AsyncAPI document.
///
/// It is made of the same schemas as the answers over HTTP; a test holds every request and message
/// against it.
package struct AgentProtocol: Hashable, Encodable, Described {
    /// Where it is served.
    package static let path = "/api/v1/asyncapi.json"
    /// Any JSON: the document's form is AsyncAPI's.
    package static let schema = JSONSchema(.any, "An AsyncAPI 3 document.")

    /// The document.
    package let document: JSONValue

    /// Makes the document.
    package init() {
        var shared: [String: JSONValue] = [:]
        var messages: [String: JSONValue] = [:]
        func add(_ name: String, _ prefix: String, _ schema: JSONSchema) -> JSONValue {
            let key = "\(prefix)-\(name)"
            var message: [String: JSONValue] = [
                "name": .string(name), "contentType": "application/json",
                "payload": schema.document(sharing: &shared),
            ]
            message["summary"] = schema.note.map { .string($0) }
            messages[key] = .object(message)
            return .string(key)
        }
        let asked =
            AgentNotice.Kind.allCases.map {
                add($0.rawValue, "ask", AgentNotice.schema(of: $0))
            }
            + AgentRequest.Kind.allCases.map {
                add($0.rawValue, "ask", AgentRequest.schema(of: $0))
            }
        let said = AgentMessage.schemas.map { add($0.name, "say", $0.schema) }
        Self.fillEvents(in: &shared)
        func references(_ keys: [JSONValue], in place: String) -> JSONValue {
            .array(keys.map { ["$ref": .string("#/\(place)/\($0.string ?? "")")] })
        }
        var inChannel: [String: JSONValue] = [:]
        for key in (asked + said).compactMap(\.string) {
            inChannel[key] = ["$ref": .string("#/components/messages/\(key)")]
        }
        let inAgent = "channels/agent/messages"
        document = [
            "asyncapi": "3.0.0",
            "info": [
                "title": "Parley's agents' socket", "version": .string("\(AgentNotice.spoken)"),
                "description": .string(Self.words),
            ],
            "defaultContentType": "application/json",
            "channels": [
                "agent": [
                    "address": "/api/v1/agent", "messages": .object(inChannel),
                    "description": .string(Self.opening),
                    "bindings": ["ws": ["method": "GET", "bindingVersion": "0.1.0"]],
                ]
            ],
            "operations": [
                "ask": [
                    "action": "receive", "channel": ["$ref": "#/channels/agent"],
                    "summary": "What an agent's client says.",
                    "messages": references(asked, in: inAgent),
                ],
                "say": [
                    "action": "send", "channel": ["$ref": "#/channels/agent"],
                    "summary": "What the console says.",
                    "messages": references(said, in: inAgent),
                ],
            ],
            "components": ["messages": .object(messages), "schemas": .object(shared)],
        ]
    }

    /// What stands in a frame of changes is what stands in a frame of its own.
    private static func fillEvents(in shared: inout [String: JSONValue]) {
        let name = "say-\(AgentFrame.events)"
        guard case .object(var frame)? = shared[name],
            case .object(var fields)? = frame["properties"]
        else { return }
        let changes = AgentMessage.changes.map { change -> JSONValue in
            ["$ref": .string("#/components/schemas/say-\(change)")]
        }
        fields["events"] = [
            "type": "array", "minItems": 1, "items": ["oneOf": .array(changes)],
            "description": "What changed, in its order.",
        ]
        frame["properties"] = .object(fields)
        shared[name] = .object(frame)
    }

    /// The document alone.
    package func encode(to encoder: any Encoder) throws { try document.encode(to: encoder) }

    private static let opening =
        "Fetch a ticket over HTTP, and offer the subprotocols \(AgentSession.subprotocol) and "
        + "ticket.TICKET. Say `hello` first, with the cursor of what you took in last, if there "
        + "is one, and the conversation that you show. The console answers `welcome`. Where that "
        + "says `isResumed`, all that you missed follows, and nothing twice. Else a page of the "
        + "queue follows, after `reset` where you came with a cursor, and `opened` with the "
        + "conversation that you show, if it is open: forget what you showed. A `queue` without a "
        + "`cmdId` always replaces all that you know. Then `events` tell each change, in order; "
        + "keep the `cursor` of each frame once you took it in. A `handoff` whose `version` is "
        + "lower than that of the one you have is dropped, and a `line` whose id you have. Who "
        + "reads too slowly gets the newest state of each thing alone, then `reset`, then "
        + "`goodbye`. After a cut come back after half a second, then longer each time up to half "
        + "a minute, with some chance in it, and not before `retryAfter` of a `goodbye`."
    private static let words =
        "One JSON object a text frame, of at most \(FrameLimits.frame) bytes, told apart by "
        + "`type`; pass over types and fields that you do not know. Each command bears a new "
        + "`cmdId`; `accepted`, `refused`, `error` or what was asked for bears the same one. The "
        + "same `cmdId` again is not done again, and answered as before: so send again what had no "
        + "answer. `accepted` says in `position` the cursor by which its effects were told; "
        + "`refused` says in `code` why, and in `state` how the handoff stands. "
        + "A send may say what its author had seen; what is older than the newest word of the "
        + "customer or a colleague is refused with the code `overtaken` and what is new, unless "
        + "it is confirmed under a new `cmdId`. What is given to an agent is theirs for two "
        + "minutes, and for as long as any claim once they do something or their socket is open. "
        + "`hello`, `ping`, `here` and `sign` bear no `cmdId`. A client that says `probe` among "
        + "the features of its hello is asked for `here` now and then, and is cut off if it says "
        + "nothing; `ping` is answered with `pong`. A `sign` lives for ten seconds and may be lost."
}

extension AgentNotice {
    /// What a notice of a kind is made of.
    package static func schema(of kind: Kind) -> JSONSchema {
        JSONSchema.object(
            [.required("type", .words([kind.rawValue]))] + own(of: kind),
            named: "ask-\(kind.rawValue)", note: note(of: kind))
    }

    private static func own(of kind: Kind) -> [JSONSchema.Field] {
        switch kind {
        case .ping, .here: []
        case .hello:
            [
                .required(
                    "protocol", .integer("The version that it speaks.", spoken...spoken)),
                .optional("cursor", .text("The cursor of what it took in last.", 1...64)),
                .optional(
                    "features", .list(.text(), "What it can: `probe`, to answer with `here`.")),
                .optional("conversation", .id("The conversation that it shows.")),
            ]
        case .sign:
            [
                .required("conversation", .id("The conversation.")),
                .required("doing", .words(AgentSign.Doing.allCases.map(\.rawValue))),
            ]
        }
    }

    private static func note(of kind: Kind) -> String {
        switch kind {
        case .hello: "The first thing that a client says."
        case .ping: "To see whether the line lives: `pong` answers."
        case .here: "Answers `probe`: messages are read."
        case .sign: "That somebody writes in a conversation, or looks at it, or went elsewhere."
        }
    }
}

extension AgentMessage {
    /// What each message is made of.
    package static let schemas: [(name: String, schema: JSONSchema)] = [
        message(
            "welcome", "The socket is open for this agent.",
            [
                .required("agent", .text("The agent.")), .required("name", .text("The name.")),
                .required("tenant", .text("The business.")), cursor,
                .required("isResumed", .boolean("Whether all that was missed follows.")),
                .required("protocol", .count("The version of the protocol.")),
                .required("serverTime", .time("The console's clock.")),
                .required("features", .list(.text(), "What the console can.")),
            ]),
        message(
            AgentFrame.events, "What changed, in order.",
            [cursor, .required("events", .list(JSONSchema(.any), "The changes."))]),
        message(
            "reset", "What is shown is to be read anew; a page of the queue follows.",
            [
                .required("because", .text("A sentence for people.")),
                .optional("cursor", .text("The cursor after it.")),
            ]),
        message(
            "opened", "The conversation that the client shows, after a page of the queue.",
            [.required("transcript", HandoffTranscript.schema)]),
        message(
            "sign", "Somebody writes in a conversation that you look at, or looks at it, too.",
            [
                conversation, .required("agent", .text("Who.")),
                .required("name", .text("What they are called.")),
                .required("doing", .words(AgentSign.Doing.allCases.map(\.rawValue))),
                .required("seconds", .count("For how long that counts.")),
            ]),
        message("probe", "Say `here`.", []),
        message("pong", "The line lives.", [cursor]),
        message(
            "goodbye", "The socket is about to be closed.",
            [
                .required("code", .text("A word for programs.")),
                .required("retryAfter", .count("Seconds after which to come back.")),
            ]),
        message(
            "queue", "A page of the open handoffs: the first comes unasked.",
            HandoffList.schema.fields + [.optional("cmdId", .text("What it answers."))]),
        message(
            "updated", "A handoff is new or changed.", [.required("handoff", Handoff.schema)]),
        message(
            "ended", "A handoff ended; the bot answers again.",
            [conversation, .optional("by", .text("Who ended it."))]),
        message(
            "line", "Something was said, or a note was written.",
            [conversation, .required("line", HandoffTranscript.line)]),
        message(
            "suggestion", "The bot would say this.",
            [conversation, .required("suggestion", HandoffTranscript.suggestion)]),
        message(
            "suggestionEnded", "A suggestion is one no more: show it no longer.",
            [conversation, .required("end", ended)]),
        message(
            "delivery", "What became of a message.", [conversation, .required("delivery", report)]),
        message(
            "clockChanged", "A conversation's clocks are other than before.",
            [conversation, .required("clocks", ClockNews.faces)]),
        message(
            "transcript", "What was said, as it was asked for.",
            [ref, .required("transcript", HandoffTranscript.schema)]),
        message(
            "accepted", "A command was done.",
            [
                ref, conversation,
                .required("position", .text("The cursor by which what it did was told.")),
            ]),
        message(
            "refused", "A command was refused: nothing was done.",
            [
                ref, conversation, .required("because", .text("A sentence for the agent.")),
                .optional("holder", .text("The name of the agent who has it.")),
                .required(
                    "code",
                    .text("A word for programs: `overtaken` where something new had come.")),
                .optional("state", Handoff.schema),
                .optional("news", .list(HandoffTranscript.line, "What had come.")),
            ]),
        message(
            "routing", "How routing stands for the agent: comes unasked after the queue.",
            [
                .required("status", .words(statuses, "What the agent is.")),
                .required("queues", queues), .required("offers", .list(.object(offer), "Offers.")),
            ]),
        message("offerMade", "A conversation is offered to the agent.", offer),
        message(
            "offerEnded", "An offer ended.",
            [
                .required("offer", .text("The offer.")), conversation,
                .required("reason", .words(ends, "How it ended.")),
            ]),
        message(
            "agentChanged", "Somebody of the team, or the agent, stands otherwise.",
            [
                .required("agent", .text("The agent.")), .required("name", .text("The name.")),
                .required("status", .words(statuses, "What they are.")),
                .required("isReachable", .boolean("Whether they are there.")),
                .optional(
                    "because", .words(["missedOffers"], "Why, where they did not choose it.")),
            ]),
        message("agents", "To whom it can be given.", [ref, .required("agents", colleagues)]),
        message(
            "error", "It was not understood, or nobody knows whether it was done.",
            [
                .optional("cmdId", .text("What it answers, where that was understood.")),
                .required("code", .text("A word for programs.")),
                .required("message", .text("A sentence for people.")),
            ]),
    ]

    /// What stands in `events`: all that is neither about the connection nor answers a request.
    package static var changes: [String] {
        let others: Set = [
            "welcome", AgentFrame.events, "queue", "reset", "opened", "sign", "probe", "pong",
            "goodbye", "transcript", "accepted", "refused", "agents", "routing",
        ]
        return schemas.map(\.name).filter { !others.contains($0) }
    }

    private static let ref = JSONSchema.Field.required("cmdId", .text("The request's own."))
    private static let cursor = JSONSchema.Field.required(
        "cursor", .text("Where you stand once you took it in."))
    private static let conversation = JSONSchema.Field.required(
        "conversation", .text("The conversation."))
    private static let statuses = AgentStatus.allCases.map(\.rawValue)
    private static let ends = [
        RoutingOffer.End.accepted, .declined, .missed, .unreachable, .taken, .withdrawn,
    ].map(\.rawValue)
    private static let queues = JSONSchema.list(
        .object([
            .required("id", .text("The queue.")), .required("name", .text("What it is called.")),
            .required("isMine", .boolean("Whether the agent belongs to it.")),
        ]), "In the order in which they are served; none where there is one for everybody.")
    private static let offer: [JSONSchema.Field] = [
        .required("offer", .text("The offer.")), conversation,
        .optional("queue", .text("The queue in which it waits.")),
        .required("expires", .time("Until when it stands.")),
        .required("secondsLeft", .count("How long that is from now on: clocks differ.")),
    ]
    private static let colleagues = JSONSchema.list(
        .object([
            .required("id", .text("The agent.")), .required("name", .text("The name.")),
            .required("isHere", .boolean("Whether their socket is open.")),
        ]), "By name.")
    private static let ended = JSONSchema.object(
        [
            .required("suggestion", .text("The suggestion.")),
            .required(
                "outcome",
                .words(SuggestionEnd.Outcome.allCases.map(\.rawValue), "What became of it.")),
            .optional(
                "because",
                .words(
                    SuggestionEnd.Cause.allCases.map(\.rawValue), "Why, where it was ignored.")),
            .optional("agent", .text("Who sent it, put it aside or answered otherwise.")),
            .optional("edit", JSONSchema(.any, "How what was sent differs from it.")),
            .optional("messages", .list(.text(), "The lines that were sent instead.")),
        ], note: "What became of a suggestion.")
    private static let report = JSONSchema.object(
        [
            .required("message", .text("The line.")),
            .required("state", .text("What became of it.")),
            .optional("detail", .text("Why, where it did not simply arrive.")),
            .optional("code", .integer("WhatsApp's code of the error.", -1...Int.max)),
            .optional("remedy", .text("What can be done about it.")),
            .optional(
                "choices", .list(.words(["again", "template"]), "What an agent may do about it.")),
        ], note: "What became of a message.")

    private static func message(
        _ name: String, _ note: String, _ fields: [JSONSchema.Field]
    ) -> (name: String, schema: JSONSchema) {
        (
            name,
            .object(
                [.required("type", .words([name]))] + fields, named: "say-\(name)", note: note)
        )
    }
}

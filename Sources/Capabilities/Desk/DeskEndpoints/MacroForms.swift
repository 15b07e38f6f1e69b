import Conversation
import DeskRecords
import Endpoints
package import JSON

/// A step of a macro.
package struct MacroStep: Hashable, Sendable, Codable, Described {
    /// What is done.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A canned reply is sent: `reply`.
        case reply
        /// `text` is written down for colleagues.
        case note
        /// The conversation is marked with `label`.
        case label
        /// `label` is taken off.
        case unlabel
        /// It goes to the queue.
        case queue
        /// It goes to the bot.
        case bot
        /// It is closed; `text` is what came of it.
        case close
    }

    /// What is done.
    package var kind: Kind
    /// Words for colleagues, or what came of it.
    package var text: String?
    /// The canned reply.
    package var reply: String?
    /// The label.
    package var label: String?

    init(_ step: DeskMacro.Step) {
        switch step {
        case .reply(let id):
            kind = .reply
            reply = id.rawValue
        case .note(let words):
            kind = .note
            text = words
        case .label(let id, let isOn):
            kind = isOn ? .label : .unlabel
            label = id.rawValue
        case .queue: kind = .queue
        case .bot: kind = .bot
        case .close(let outcome):
            kind = .close
            text = outcome
        }
    }

    var step: DeskMacro.Step {
        switch kind {
        case .reply: .reply(RecordID(reply ?? ""))
        case .note: .note(text ?? "")
        case .label: .label(RecordID(label ?? ""), true)
        case .unlabel: .label(RecordID(label ?? ""), false)
        case .queue: .queue
        case .bot: .bot
        case .close: .close(outcome: text ?? "")
        }
    }

    package static let schema = JSONSchema.object(
        [
            .required("kind", .words(Kind.allCases.map(\.rawValue), "What is done.")),
            .optional("text", .text("Words for colleagues, or what came of it.", 1...1_000)),
            .optional("reply", .id("The canned reply.")),
            .optional("label", .id("The label.")),
        ], named: "MacroStep")
}

/// A macro, as it is wished.
package struct MacroForm: Hashable, Sendable, Codable, Described {
    /// What it is called.
    package var name: String
    /// What is done.
    package var steps: [MacroStep]

    func macro(_ id: RecordID) -> DeskMacro {
        DeskMacro(id: id, name: name, steps: steps.map(\.step))
    }

    package static let schema = JSONSchema.object(
        [
            .required("name", .text("What it is called.", 1...60)),
            .required(
                "steps", .list(MacroStep.schema, "What is done.", 1...DeskMacro.mostSteps)),
        ], named: "MacroForm")
}

/// A macro, as it is listed.
package struct MacroListing: Hashable, Sendable, Codable, Described {
    /// The macro.
    package var id: String
    /// What it is called.
    package var name: String
    /// What is done.
    package var steps: [MacroStep]
    /// Whether it lies away.
    package var isArchived: Bool

    init(_ macro: DeskMacro, isArchived: Bool) {
        id = macro.id.rawValue
        name = macro.name
        steps = macro.steps.map { MacroStep($0) }
        self.isArchived = isArchived
    }

    package static let schema = JSONSchema.object(
        [
            .required("id", .text("The macro.")),
            .required("name", .text("What it is called.")),
            .required("steps", .list(MacroStep.schema, "What is done.")),
            .required("isArchived", .boolean("Whether it lies away.")),
        ], named: "Macro")
}

/// A tenant's macros.
package struct MacroListings: Hashable, Sendable, Codable, Described {
    /// By name.
    package var macros: [MacroListing]
    package static let schema = JSONSchema.object(
        [.required("macros", .list(MacroListing.schema, "By name."))], named: "Macros")
}

/// What conversations may be closed with.
package struct OutcomeListing: Hashable, Sendable, Codable, Described {
    /// What is usual where nobody says otherwise; pages have words for these.
    static let usual = ["solved", "promised", "unreachable", "mistaken", "spam"]

    /// In the order in which they are offered.
    package var outcomes: [String]
    /// Whether they are the usual ones.
    package var areUsual: Bool

    package static let schema = JSONSchema.object(
        [
            .required("outcomes", .list(.text(), "In the order in which they are offered.")),
            .required("areUsual", .boolean("Whether they are the usual ones.")),
        ], named: "Outcomes")
}

/// What conversations are to be closed with.
package struct OutcomeForm: Hashable, Sendable, Codable, Described {
    /// In the order in which they are offered.
    package var outcomes: [String]

    package static let schema = JSONSchema.object(
        [
            .required(
                "outcomes",
                .list(
                    .text("An outcome.", 1...64),
                    "In the order in which they are offered; the usual ones, where it is empty.",
                    0...20))
        ], named: "OutcomesForm")
}

/// What somebody has begun to write.
package struct DraftForm: Hashable, Sendable, Codable, Described {
    /// Words for the customer.
    package var text: String?
    /// The line that they answer.
    package var quotes: String?
    /// Words for colleagues.
    package var note: String?
    /// Whether it is a note that is being written.
    package var isNote: Bool?

    var words: AgentDraft.Words {
        AgentDraft.Words(text: text, quotes: quotes, note: note, isNote: isNote)
    }

    static let kept: [JSONSchema.Field] = [
        .optional("text", .text("Words for the customer.", 0...20_000)),
        .optional("quotes", .text("The line that they answer.", 1...256)),
        .optional("note", .text("Words for colleagues.", 0...4_000)),
        .optional("isNote", .boolean("Whether it is a note that is being written.")),
    ]

    package static let schema = JSONSchema.object(kept, named: "DraftForm")
}

/// What somebody has begun to write, as it is listed.
package struct DraftListing: Hashable, Sendable, Codable, Described {
    /// The conversation.
    package var conversation: String
    /// Words for the customer.
    package var text: String?
    /// The line that they answer.
    package var quotes: String?
    /// Words for colleagues.
    package var note: String?
    /// Whether it is a note that is being written.
    package var isNote: Bool?

    init(_ conversation: ConversationID, _ words: AgentDraft.Words) {
        self.conversation = conversation.rawValue
        text = words.text
        quotes = words.quotes
        note = words.note
        isNote = words.isNote
    }

    package static let schema = JSONSchema.object(
        [.required("conversation", .text("The conversation."))] + DraftForm.kept, named: "Draft")
}

/// What somebody has begun to write, everywhere.
package struct DraftListings: Hashable, Sendable, Codable, Described {
    /// By conversation.
    package var drafts: [DraftListing]
    package static let schema = JSONSchema.object(
        [.required("drafts", .list(DraftListing.schema, "By conversation."))], named: "Drafts")
}

/// Which macro is meant.
package struct OneMacro: Described, Decodable, Hashable {
    /// The macro.
    package var macro: String
    package static let schema = JSONSchema.object([.required("macro", .id("The macro."))])
}

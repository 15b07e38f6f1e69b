package import Conversation

/// Words that agents send often.
package struct CannedReply: Hashable, Sendable, Codable {
    /// The reply.
    package var id: RecordID
    /// What agents type for it, after a `/`; unique among those of one language in use.
    package var shortcut: String
    /// The language, such as `es`; empty for any.
    package var language: String
    /// What it is called in lists.
    package var title: String
    /// The words, with variables.
    package var text: String

    /// Describes a reply.
    package init(id: RecordID, shortcut: String, language: String, title: String, text: String) {
        self.id = id
        self.shortcut = shortcut
        self.language = language
        self.title = title
        self.text = text
    }
}

/// What conversations can be marked with.
package struct DeskLabel: Hashable, Sendable, Codable {
    /// The colours that there are, by the names that pages know.
    package static let colours = [
        "grey", "red", "orange", "yellow", "green", "teal", "blue", "purple",
    ]

    /// The label.
    package var id: RecordID
    /// What it is called; unique among those in use.
    package var name: String
    /// One of ``colours``.
    package var colour: String

    /// Describes a label.
    package init(id: RecordID, name: String, colour: String) {
        self.id = id
        self.name = name
        self.colour = colour
    }
}

/// Several things that agents often do one after another, done together.
package struct DeskMacro: Hashable, Sendable, Codable {
    /// Steps of one macro.
    package static let mostSteps = 8

    /// One of them.
    package enum Step: Hashable, Sendable, Codable {
        /// To send a canned reply.
        case reply(RecordID)
        /// To write words down for colleagues.
        case note(String)
        /// To mark the conversation with a label, or to take that off.
        case label(RecordID, Bool)
        /// To give it back to the queue.
        case queue
        /// To give it to the bot.
        case bot
        /// To close it, with what came of it.
        case close(outcome: String)

        /// Whether nothing can be done after it.
        package var isEnd: Bool {
            switch self {
            case .queue, .bot, .close: true
            case .reply, .note, .label: false
            }
        }
    }

    /// The macro.
    package var id: RecordID
    /// What it is called; unique among those in use.
    package var name: String
    /// What is done, in order.
    package var steps: [Step]

    /// Describes a macro.
    package init(id: RecordID, name: String, steps: [Step]) {
        self.id = id
        self.name = name
        self.steps = steps
    }
}

/// What is wished of a tenant's desk.
///
/// Decided by the stage `desk`, and answered by one ``DeskEvent`` with the same reference.
package struct DeskCommand: Payload {
    package static let type = "parley.desk.command"
    package static let topic = Topic.deskCommands
    package static let personal: [FieldPath] = ["action", "reference"]

    /// What is wished.
    package enum Action: Hashable, Sendable, Codable {
        /// A reply as it is to be.
        case saveReply(CannedReply)
        /// To put a reply away, or to take it out again.
        case archiveReply(RecordID, Bool)
        /// A label as it is to be.
        case saveLabel(DeskLabel)
        /// To put a label away, or to take it out again.
        case archiveLabel(RecordID, Bool)
        /// To let one label go on as another.
        case mergeLabel(RecordID, into: RecordID)
        /// To mark a conversation with a label, or to take that off.
        case label(ConversationID, RecordID, Bool)
        /// A macro as it is to be.
        case saveMacro(DeskMacro)
        /// To put a macro away, or to take it out again.
        case archiveMacro(RecordID, Bool)
        /// What conversations may be closed with, in the order in which it is offered; what is
        /// usual, where it is empty.
        case saveOutcomes([String])
    }

    /// The business.
    package var tenant: TenantID
    /// What is wished.
    package var action: Action
    /// The request's own id, echoed in the event that answers it.
    package var reference: String
    /// When.
    package var at: Timestamp

    /// The business.
    package var key: String { tenant.rawValue }
    /// The id of its record: the same request, sent again, has the same.
    package var id: RecordID { .derived(from: RecordID(reference), by: "desk/\(tenant)") }

    /// Describes a command.
    package init(tenant: TenantID, action: Action, reference: String, at: Timestamp) {
        self.tenant = tenant
        self.action = action
        self.reference = reference
        self.at = at
    }
}

/// What happened to a tenant's desk: a view is a fold of these.
package struct DeskEvent: Payload {
    package static let type = "parley.desk.event"
    package static let topic = Topic.deskEvents
    package static let personal: [FieldPath] = ["change", "reference"]

    /// Why nothing was done.
    package enum Refusal: String, Hashable, Sendable, Codable {
        /// There is no such reply or label.
        case unknown
        /// Another one in use is called so.
        case taken
        /// There are as many as there may be.
        case tooMany
        /// It names a variable that there is not.
        case variable
        /// It lies away, or went on as another.
        case away
        /// A macro does nothing, too much, something after its end, or what there is not.
        case steps
    }

    /// What happened.
    package enum Change: Hashable, Sendable, Codable {
        /// A reply is new or changed.
        case replySaved(CannedReply)
        /// A reply was put away or taken out again.
        case replyArchived(RecordID, Bool)
        /// A label is new or changed.
        case labelSaved(DeskLabel)
        /// A label was put away or taken out again.
        case labelArchived(RecordID, Bool)
        /// One label goes on as another.
        case labelMerged(RecordID, into: RecordID)
        /// A conversation was marked, or that was taken off.
        case labelled(ConversationID, RecordID, Bool)
        /// A macro is new or changed.
        case macroSaved(DeskMacro)
        /// A macro was put away or taken out again.
        case macroArchived(RecordID, Bool)
        /// What conversations may be closed with from now on.
        case outcomesSaved([String])
        /// Nothing was done.
        case refused(Refusal)
    }

    /// The business.
    package var tenant: TenantID
    /// What happened.
    package var change: Change
    /// The `reference` of the command that this answers.
    package var reference: String?
    /// When.
    package var at: Timestamp

    /// The business.
    package var key: String { tenant.rawValue }

    /// Describes an event.
    package init(tenant: TenantID, change: Change, reference: String?, at: Timestamp) {
        self.tenant = tenant
        self.change = change
        self.reference = reference
        self.at = at
    }
}

/// The record types of the desk.
package enum DeskRecords {
    /// All of them: the program joins this list with those of its other modules.
    package static let types: [any Payload.Type] = [
        DeskCommand.self, DeskEvent.self, AgentDraft.self,
    ]
}

extension Topic {
    /// What is wished of desks.
    package static let deskCommands = Topic("desk.commands", kept: .pipeline)
    /// What happened to them.
    package static let deskEvents = Topic("desk.events", kept: .never)
}

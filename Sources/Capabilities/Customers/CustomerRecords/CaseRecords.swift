package import Conversation

/// A matter that a customer came with: a range of a conversation, whose messages stay where they
/// are.
package struct ConversationCase: Hashable, Sendable, Codable {
    /// The case.
    package var id: RecordID
    /// What it is about, in few words.
    package var title: String
    /// When what belongs to it began.
    package var from: Timestamp
    /// When it was closed; `nil` while it is open.
    package var to: Timestamp?
    /// What it bears: labels of the desk.
    package var labels: [RecordID]
    /// What came of it.
    package var outcome: String?
    /// Words for colleagues.
    package var note: String?
    /// The case of the same conversation as which it goes on.
    package var into: RecordID?
    /// Who opened it by hand; `nil` where a handoff did.
    package var openedBy: String?
    /// How often it changed.
    package var version: Int

    /// Describes a case.
    package init(
        id: RecordID, title: String, from: Timestamp, to: Timestamp? = nil,
        labels: [RecordID] = [], outcome: String? = nil, note: String? = nil,
        into: RecordID? = nil, openedBy: String? = nil, version: Int = 1
    ) {
        self.id = id
        self.title = title
        self.from = from
        self.to = to
        self.labels = labels
        self.outcome = outcome
        self.note = note
        self.into = into
        self.openedBy = openedBy
        self.version = version
    }
}

/// What is wished of the cases of a conversation.
///
/// Decided by the stage `cases`, and answered by one ``CaseEvent`` with the same reference.
package struct CaseCommand: Payload {
    package static let type = "parley.case.command"
    package static let topic = Topic.casesCommands
    package static let personal: [FieldPath] = ["action", "reference"]

    /// What is wished.
    package enum Action: Hashable, Sendable, Codable {
        /// To open one by hand, of what was said since then.
        case open(RecordID, title: String, since: Timestamp, by: String)
        /// What it says, by who saw that version of it.
        case edit(RecordID, title: String, labels: [RecordID], note: String?, version: Int)
        /// To close it, with what came of it.
        case close(RecordID, outcome: String?, version: Int)
        /// To let it go on as another case, or by itself again.
        case link(RecordID, into: RecordID?, version: Int)
    }

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// What is wished.
    package var action: Action
    /// The request's own id, echoed in the event that answers it.
    package var reference: String
    /// When.
    package var at: Timestamp

    /// The conversation.
    package var key: String { conversation.rawValue }
    /// The id of its record: the same request, sent again, has the same.
    package var id: RecordID {
        .derived(from: RecordID(reference), by: "cases/\(tenant)/\(conversation)")
    }

    /// Describes a command.
    package init(
        tenant: TenantID, conversation: ConversationID, action: Action, reference: String,
        at: Timestamp
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.action = action
        self.reference = reference
        self.at = at
    }
}

/// A case as it is now, or why it did not change.
package struct CaseEvent: Payload {
    package static let type = "parley.case.event"
    package static let topic = Topic.casesEvents
    package static let personal: [FieldPath] = ["change", "reference"]

    /// Why nothing was done.
    package enum Refusal: String, Hashable, Sendable, Codable {
        /// There is no such case among the latest.
        case unknown
        /// Somebody changed it since it was read.
        case changed
        /// The other one goes on as this one.
        case circle
        /// One is open already.
        case open
        /// It is closed.
        case closed
    }

    /// What happened.
    package enum Change: Hashable, Sendable, Codable {
        /// The case is like this now.
        case now(ConversationCase)
        /// Nothing was done.
        case refused(Refusal)
    }

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// What happened.
    package var change: Change
    /// The `reference` of the command that this answers.
    package var reference: String?
    /// When.
    package var at: Timestamp

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes an event.
    package init(
        tenant: TenantID, conversation: ConversationID, change: Change, reference: String?,
        at: Timestamp
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.change = change
        self.reference = reference
        self.at = at
    }
}

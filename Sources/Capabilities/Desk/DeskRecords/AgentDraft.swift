package import Conversation

/// What somebody has begun to write in a conversation: theirs alone, whoever has the conversation,
/// at whatever device they go on.
///
/// It decides about nothing, so that no stage reads it; the newest of a key is all that is kept.
package struct AgentDraft: Payload {
    package static let type = "parley.desk.draft"
    package static let topic = Topic.deskDrafts
    package static let personal: [FieldPath] = ["author", "words"]

    /// What was begun.
    package struct Words: Hashable, Sendable, Codable {
        /// Words for the customer.
        package var text: String?
        /// The line that they answer.
        package var quotes: String?
        /// Words for colleagues.
        package var note: String?
        /// Whether it is a note that is being written.
        package var isNote: Bool?

        /// Describes what was begun.
        package init(
            text: String? = nil, quotes: String? = nil, note: String? = nil, isNote: Bool? = nil
        ) {
            self.text = text
            self.quotes = quotes
            self.note = note
            self.isNote = isNote
        }

        /// Whether nothing was.
        package var isEmpty: Bool {
            (text ?? "").isEmpty && (note ?? "").isEmpty && quotes == nil && isNote != true
        }
    }

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// Who writes.
    package var author: AgentID
    /// What they have begun; `nil` where they have not any more.
    package var words: Words?
    /// When.
    package var at: Timestamp

    /// The conversation and who writes.
    package var key: String { "\(tenant)/\(conversation)/\(author)" }

    /// Describes a draft.
    package init(
        tenant: TenantID, conversation: ConversationID, author: AgentID, words: Words?,
        at: Timestamp
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.author = author
        self.words = words
        self.at = at
    }
}

extension Topic {
    /// What people have begun to write.
    package static let deskDrafts = Topic("desk.drafts", kept: .newestOfKey)
}

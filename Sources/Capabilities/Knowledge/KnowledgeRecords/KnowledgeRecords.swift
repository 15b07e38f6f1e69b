package import Conversation

/// A customer's message that the documents did not answer, or not surely.
package struct MissedMessage: Hashable, Sendable, Codable {
    /// The conversation.
    package var conversation: ConversationID
    /// The message; of several that were answered together, the newest.
    package var message: MessageID

    /// Names a message.
    package init(conversation: ConversationID, message: MessageID) {
        self.conversation = conversation
        self.message = message
    }
}

/// What people made of questions that the documents did not answer.
package struct QuestionMark: Payload {
    package static let type = "parley.question.mark"
    package static let topic = Topic.knowledgeQuestions
    package static let personal: [FieldPath] = ["standing", "by", "byName"]

    /// How the questions stand from then on.
    package enum Standing: Hashable, Sendable, Codable {
        /// They wait for an answer, as if nothing had been said of them.
        case open
        /// Somebody who may not write answers suggests one.
        case suggested(question: String, answer: String)
        /// An answer was typed: it is this document.
        case answered(DocumentID)
        /// They want no answer.
        case putAside
    }

    /// The most messages that are marked at once.
    package static let mostMessages = 500

    /// The business.
    package var tenant: TenantID
    /// The messages that asked.
    package var messages: [MissedMessage]
    /// How they stand.
    package var standing: Standing
    /// Who says so: an account's id, or what else it is.
    package var by: String
    /// What they are called.
    package var byName: String?
    /// When.
    package var at: Timestamp

    /// The business: what is said of its questions has one order.
    package var key: String { tenant.rawValue }

    /// Describes a mark.
    package init(
        tenant: TenantID, messages: [MissedMessage], standing: Standing, by: String,
        byName: String? = nil, at: Timestamp
    ) {
        self.tenant = tenant
        self.messages = messages
        self.standing = standing
        self.by = by
        self.byName = byName
        self.at = at
    }
}

/// The record types of what people make of what the bot knows.
package enum KnowledgeRecords {
    /// All of them: the program joins this list with those of its other modules.
    package static let types: [any Payload.Type] = [QuestionMark.self]
}

extension Topic {
    /// What people made of questions that were not answered: kept as long as the questions.
    package static let knowledgeQuestions = Topic("knowledge.questions", kept: .messages)
}

package import Conversation

/// That somebody writes in a conversation, or looks at it: soon over, and kept nowhere.
package struct AgentSign: Hashable, Sendable, Codable {
    /// What somebody does.
    package enum Doing: String, Hashable, Sendable, Codable, CaseIterable {
        /// They write.
        case typing
        /// They look at it.
        case viewing
        /// They went elsewhere.
        case left
    }

    /// The conversation.
    package var conversation: ConversationID
    /// Who.
    package var agent: AgentID
    /// What they are called.
    package var name: String
    /// What they do.
    package var doing: Doing
    /// For how many seconds that counts, if nothing more is heard.
    package var seconds: Int
}

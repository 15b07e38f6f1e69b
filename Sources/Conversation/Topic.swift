/// A topic by its name, and how long what stands in it is kept.
///
/// Whoever owns a topic declares it once, as a static member; equal names are equal topics.
package struct Topic: Hashable, Sendable {
    /// How long records are kept.
    package enum Retention: Hashable, Sendable {
        /// For ever: who did what.
        case never
        /// The newest record of each key, for ever: who is a tenant, what is known.
        case newestOfKey
        /// What was written in conversations: a tenant may want it kept for less time than the
        /// installation does.
        case messages
        /// As long as a replay has to be possible.
        case decisions
        /// As the pipeline file says.
        case pipeline
    }

    /// The name in the log.
    package let rawValue: String
    /// How long records are kept.
    package let retention: Retention

    /// Declares a topic.
    package init(_ name: String, kept retention: Retention) {
        rawValue = name
        self.retention = retention
    }

    /// Whether only the newest record of a key is kept.
    package var isCompacted: Bool { retention == .newestOfKey }

    /// Whether it holds what was written in conversations.
    package var holdsMessages: Bool { retention == .messages }

    /// Whether nothing of it may be lost with time.
    package var neverExpires: Bool { retention == .never || isCompacted }
}

extension Topic {
    /// What customers wrote, as webhooks brought it.
    package static let messagesInbound = Topic("messages.inbound", kept: .messages)
    /// What was said before a number was connected here, as its phone shared it.
    package static let messagesHistory = Topic("messages.history", kept: .messages)
    /// What WhatsApp says became of messages that were sent.
    package static let messagesStatus = Topic("messages.status", kept: .messages)
    /// What WhatsApp says became of messages, without naming the send that it is about.
    package static let messagesUnplaced = Topic("messages.unplaced", kept: .messages)
    /// Which identifiers of customers were seen together: who is whose follows from their order.
    package static let identitySightings = Topic("identity.sightings", kept: .never)
    /// What WhatsApp says of accounts and numbers.
    package static let accountsUpdates = Topic("accounts.updates", kept: .pipeline)
    /// What is wished of documents: uploads, removals, embedding again.
    package static let documents = Topic("documents", kept: .pipeline)
    /// What became of each document.
    package static let documentsState = Topic("documents.state", kept: .newestOfKey)
    /// The passages that answers are found in.
    package static let knowledgePassages = Topic("knowledge.passages", kept: .newestOfKey)
    /// Messages with the passages that may answer them.
    package static let questionsGrounded = Topic("questions.grounded", kept: .messages)
    /// What the bot would say.
    package static let repliesProposed = Topic("replies.proposed", kept: .messages)
    /// What turns ask of other stages.
    package static let toolsRequests = Topic("tools.requests", kept: .messages)
    /// What came of it.
    package static let toolsResults = Topic("tools.results", kept: .messages)
    /// Media that customers sent, to be fetched from WhatsApp.
    package static let mediaRequests = Topic("media.requests", kept: .messages)
    /// What became of them.
    package static let mediaResults = Topic("media.results", kept: .messages)
    /// Files that are kept with messages, and since when they were last of use.
    package static let mediaKept = Topic("media.kept", kept: .messages)
    /// Files that WhatsApp was given to send, and by which ids it knows them.
    package static let mediaUploads = Topic("media.uploads", kept: .newestOfKey)
    /// What agents want done.
    package static let handoffCommands = Topic("handoff.commands", kept: .messages)
    /// What happened in conversations that a person has to do with.
    package static let handoffEvents = Topic("handoff.events", kept: .messages)
    /// What may go to customers.
    package static let messagesOutbound = Topic("messages.outbound", kept: .messages)
    /// What became of it.
    package static let messagesDelivery = Topic("messages.delivery", kept: .messages)
    /// The templates of each business, as they were last synchronised.
    package static let templates = Topic("templates", kept: .newestOfKey)
    /// What keeps each business from sending over WhatsApp.
    package static let channels = Topic("channels", kept: .newestOfKey)
    /// What senders notice of that.
    package static let channelsReports = Topic("channels.reports", kept: .pipeline)
    /// The settings of each tenant.
    package static let tenants = Topic("tenants", kept: .newestOfKey)
    /// How many tokens of models each business used, as each process counts them.
    package static let tokensUsed = Topic("tokens.used", kept: .newestOfKey)
    /// What each stage did with each record: calls with their answers, and why it ignored one.
    package static let decisions = Topic("decisions", kept: .decisions)
    /// Records that were set aside, bytes and headers unchanged.
    package static let deadLetters = Topic("dead.letters", kept: .pipeline)
}

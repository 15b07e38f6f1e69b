package import Conversation

/// What is wished of a tenant's routing: by people who set it up, by agents, by their sockets.
///
/// Decided by the stage `routing`, and answered by one ``RoutingEvent`` with the same reference.
package struct RoutingCommand: Payload {
    package static let type = "parley.routing.command"
    package static let topic = Topic.routingCommands
    package static let personal: [FieldPath] = ["action", "reference"]

    /// What is wished.
    package enum Action: Hashable, Sendable, Codable {
        /// A queue as it is to be.
        case saveQueue(RoutingQueue)
        /// That there is a queue no more.
        case removeQueue(RecordID)
        /// What an agent can do and how much.
        case saveProfile(AgentProfile)
        /// To which business numbers an agent is limited; `nil` for none.
        case limit(AgentID, [BusinessNumberID]?)
        /// What an agent chose to be.
        case setStatus(AgentID, name: String, AgentStatus)
        /// The first of an agent's sockets is open, or what they may do changed.
        case appeared(AgentID, name: String, mayAnswer: Bool)
        /// The last of an agent's sockets is gone.
        case vanished(AgentID)
        /// An agent's answer to an offer.
        case answer(RecordID, AgentID, isAccepted: Bool)
        /// An agent wants what is next for them.
        case next(AgentID, name: String)
        /// A conversation that waits is to wait in another queue.
        case move(ConversationID, to: RecordID)
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
    package var id: RecordID { .derived(from: RecordID(reference), by: "routing/\(tenant)") }

    /// Describes a command.
    package init(tenant: TenantID, action: Action, reference: String, at: Timestamp) {
        self.tenant = tenant
        self.action = action
        self.reference = reference
        self.at = at
    }
}

/// What happened to a conversation, as far as routing has to know.
///
/// Brought by the stage `arrivals` from what is keyed by conversation to what is keyed by tenant.
package struct RoutingNews: Payload {
    package static let type = "parley.routing.news"
    package static let topic = Topic.routingNews
    package static let personal: [FieldPath] = ["change"]

    /// What happened.
    package enum Change: Hashable, Sendable, Codable {
        /// It waits for a person: anew, with why, or again.
        case waits(ArrivalFacts)
        /// An agent has it.
        case held(AgentID, name: String)
        /// Its agent laid it aside.
        case parked(AgentID)
        /// Its agent has it before them again.
        case resumed(AgentID)
        /// No person has to do with it.
        case ended
        /// What routing wished of it was refused.
        case refused(reference: String)
    }

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// The ownership epoch after it.
    package var epoch: Int
    /// What happened.
    package var change: Change
    /// When.
    package var at: Timestamp

    /// The business.
    package var key: String { tenant.rawValue }

    /// Describes news.
    package init(
        tenant: TenantID, conversation: ConversationID, epoch: Int, change: Change, at: Timestamp
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.epoch = epoch
        self.change = change
        self.at = at
    }
}

/// What is known of a conversation that comes into the queue.
package struct ArrivalFacts: Hashable, Sendable, Codable {
    /// Why a person is needed; `nil` where it comes back.
    package var reason: String?
    /// The customer's language, where it can be told.
    package var language: String?
    /// The business number.
    package var number: BusinessNumberID?
    /// The agent who had it last.
    package var previous: AgentID?
    /// The queue to which somebody gave it.
    package var queue: RecordID?
    /// Whether its agent gave it back, so that it is not offered to them first; `nil` for no.
    package var isGivenBack: Bool?

    /// Describes what is known.
    package init(
        reason: String? = nil, language: String? = nil, number: BusinessNumberID? = nil,
        previous: AgentID? = nil, queue: RecordID? = nil, isGivenBack: Bool? = nil
    ) {
        self.reason = reason
        self.language = language
        self.number = number
        self.previous = previous
        self.queue = queue
        self.isGivenBack = isGivenBack
    }
}

/// What happened to a tenant's queues as they are set up: kept for ever, as a view is a fold of it.
package struct RoutingSetting: Payload {
    package static let type = "parley.routing.setting"
    package static let topic = Topic.routingSettings
    package static let personal: [FieldPath] = ["change", "reference"]

    /// What happened.
    package enum Change: Hashable, Sendable, Codable {
        /// A queue is new or changed.
        case queueSaved(RoutingQueue)
        /// There is a queue no more.
        case queueRemoved(RecordID)
        /// An agent can do this, and so much at once.
        case profileSaved(AgentProfile)
        /// Nothing was done.
        case refused(RoutingRefusal)
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

/// Why nothing was done.
package enum RoutingRefusal: String, Hashable, Sendable, Codable {
    /// There is no such queue.
    case unknown
    /// Another one is called so.
    case taken
    /// There are as many as there may be.
    case tooMany
    /// It is the one that takes what no other does, and there are others.
    case isDefault
    /// The offer stands no more.
    case noOffer
    /// Nothing waits that this agent could take.
    case nothingWaits
    /// The conversation does not wait.
    case notWaiting
    /// The agent has as much as they can.
    case full
    /// The conversation was somebody else's meanwhile.
    case lost
}

/// What routing did: places, offers, agents.
package struct RoutingEvent: Payload {
    package static let type = "parley.routing.event"
    package static let topic = Topic.routingEvents
    package static let personal: [FieldPath] = ["change", "reference"]

    /// What happened.
    package enum Change: Hashable, Sendable, Codable {
        /// A conversation is in this queue; `nil`: in none.
        case placed(ConversationID, RecordID?)
        /// A conversation is offered to an agent.
        case offered(RoutingOffer)
        /// An offer ended.
        case offerEnded(RoutingOffer, RoutingOffer.End)
        /// An agent stands otherwise.
        case agent(AgentStanding)
        /// A conversation has waited so long that supervisors hear of it.
        case alerted(ConversationID, RecordID)
        /// What was wished is done, and changed nothing else that is told.
        case done
        /// Nothing was done.
        case refused(RoutingRefusal)
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
    package init(tenant: TenantID, change: Change, reference: String? = nil, at: Timestamp) {
        self.tenant = tenant
        self.change = change
        self.reference = reference
        self.at = at
    }
}

/// In which queue a conversation is: brought from what is keyed by tenant to what is keyed by
/// conversation, as promises to customers depend on it.
package struct RoutingPlace: Payload {
    package static let type = "parley.routing.place"
    package static let topic = Topic.routingPlaces
    package static let personal: [FieldPath] = []

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// The queue and its priority; `nil` where it is in none.
    package var place: ServiceLevels.Place?
    /// Whether no person has to do with it any more; `nil` for no.
    package var hasEnded: Bool?
    /// When.
    package var at: Timestamp

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes a place.
    package init(
        tenant: TenantID, conversation: ConversationID, place: ServiceLevels.Place?,
        hasEnded: Bool? = nil, at: Timestamp
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.place = place
        self.hasEnded = hasEnded
        self.at = at
    }
}

/// The record types of routing.
package enum RoutingRecords {
    /// All of them: the program joins this list with those of its other modules.
    package static let types: [any Payload.Type] = [
        RoutingCommand.self, RoutingNews.self, RoutingSetting.self, RoutingEvent.self,
        RoutingPlace.self,
    ]
}

extension Topic {
    /// What is wished of routing.
    package static let routingCommands = Topic("routing.commands", kept: .pipeline)
    /// What happened to conversations, as far as routing has to know.
    package static let routingNews = Topic("routing.news", kept: .pipeline)
    /// Queues and agents as they are set up.
    package static let routingSettings = Topic("routing.settings", kept: .never)
    /// What routing did.
    package static let routingEvents = Topic("routing.events", kept: .pipeline)
    /// In which queue each conversation is.
    package static let routingPlaces = Topic("routing.places", kept: .pipeline)
}

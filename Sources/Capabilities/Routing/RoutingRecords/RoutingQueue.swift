package import Conversation

/// A team of agents, and the conversations that wait for it.
package struct RoutingQueue: Hashable, Sendable, Codable {
    /// The queue.
    package var id: RecordID
    /// What it is called; unique among a tenant's.
    package var name: String
    /// Which queue is served first, 1 before 2; among equals, who waits longest.
    package var priority: Int
    /// Who belongs to it.
    package var members: [AgentID]
    /// What agents must be able to do, all of it.
    package var skills: [String]
    /// How much of an agent's capacity one of its conversations takes.
    package var weight: Int
    /// Which conversations come here; where several queues would take one, the first in order.
    package var takes: [RoutingRule]
    /// Whether it takes what no queue's rules name.
    package var isDefault: Bool
    /// How long an agent has to answer an offer, in seconds.
    package var offerSeconds: Int
    /// After how long skills are asked for no more, in seconds.
    package var widenAfter: Int?
    /// After how long a conversation goes on in another queue, in seconds.
    package var overflowAfter: Int?
    /// That other queue.
    package var overflow: RecordID?
    /// After how long supervisors are told, in seconds.
    package var alertAfter: Int?

    /// Describes a queue.
    package init(
        id: RecordID, name: String, priority: Int = 5, members: [AgentID] = [],
        skills: [String] = [], weight: Int = 1, takes: [RoutingRule] = [], isDefault: Bool = false,
        offerSeconds: Int = 30, widenAfter: Int? = nil, overflowAfter: Int? = nil,
        overflow: RecordID? = nil, alertAfter: Int? = nil
    ) {
        self.id = id
        self.name = name
        self.priority = priority
        self.members = members
        self.skills = skills
        self.weight = weight
        self.takes = takes
        self.isDefault = isDefault
        self.offerSeconds = offerSeconds
        self.widenAfter = widenAfter
        self.overflowAfter = overflowAfter
        self.overflow = overflow
        self.alertAfter = alertAfter
    }
}

/// Which conversations a queue takes: all that is named has to hold, of each list one.
package struct RoutingRule: Hashable, Sendable, Codable {
    /// Why a person is needed: names of ``HandoffReason``.
    package var reasons: [String]?
    /// Languages of customers, such as `es`.
    package var languages: [String]?
    /// Business numbers to which customers wrote.
    package var numbers: [BusinessNumberID]?
    /// Labels that conversations bear.
    package var labels: [RecordID]?

    /// Describes a rule.
    package init(
        reasons: [String]? = nil, languages: [String]? = nil, numbers: [BusinessNumberID]? = nil,
        labels: [RecordID]? = nil
    ) {
        self.reasons = reasons
        self.languages = languages
        self.numbers = numbers
        self.labels = labels
    }

    /// Whether it names nothing: such a rule would take everything.
    package var isEmpty: Bool {
        [reasons?.count, languages?.count, numbers?.count, labels?.count].allSatisfy {
            $0 ?? 0 == 0
        }
    }
}

/// What an agent can do and how much at once.
package struct AgentProfile: Hashable, Sendable, Codable {
    /// What an agent of whom nothing is said has.
    package static let standardCapacity = 4

    /// The agent.
    package var agent: AgentID
    /// What they can do: languages, products, words of the tenant's own.
    package var skills: [String]
    /// How much weight of conversations they are offered at most.
    package var capacity: Int
    /// The business numbers to which they are limited: of others they see nothing, and are offered
    /// nothing; `nil` for all.
    package var numbers: [BusinessNumberID]?

    /// Describes an agent.
    package init(
        agent: AgentID, skills: [String] = [], capacity: Int = standardCapacity,
        numbers: [BusinessNumberID]? = nil
    ) {
        self.agent = agent
        self.skills = skills
        self.capacity = capacity
        self.numbers = numbers
    }

    /// Whether they may have what was written to a number; what is known of none is for those who
    /// may have all.
    package func includes(_ number: BusinessNumberID?) -> Bool {
        guard let numbers else { return true }
        return number.map { numbers.contains($0) } ?? false
    }
}

/// What an agent chose to be.
package enum AgentStatus: String, Hashable, Sendable, Codable, CaseIterable {
    /// Offers come.
    case available
    /// At work on something else: no offers come.
    case busy
    /// Not there: no offers come.
    case away
}

/// How an agent stands.
package struct AgentStanding: Hashable, Sendable, Codable {
    /// Why it is another than before, where the agent did not choose it.
    package enum Cause: String, Hashable, Sendable, Codable {
        /// Two offers in a row were not answered.
        case missedOffers
    }

    /// The agent.
    package var agent: AgentID
    /// The agent's name.
    package var name: String
    /// What they chose.
    package var status: AgentStatus
    /// Whether any of their sockets is open, or was a moment ago.
    package var isReachable: Bool
    /// Why it is another, where they did not choose it.
    package var because: Cause?

    /// Describes an agent.
    package init(
        agent: AgentID, name: String, status: AgentStatus, isReachable: Bool,
        because: Cause? = nil
    ) {
        self.agent = agent
        self.name = name
        self.status = status
        self.isReachable = isReachable
        self.because = because
    }
}

/// A conversation that is offered to an agent, until then.
package struct RoutingOffer: Hashable, Sendable, Codable {
    /// How an offer ends.
    package enum End: String, Hashable, Sendable, Codable {
        /// The agent has the conversation.
        case accepted
        /// The agent does not want it.
        case declined
        /// The agent did not answer.
        case missed
        /// The agent's sockets are gone.
        case unreachable
        /// Somebody else has the conversation, or it was somebody's in between.
        case taken
        /// The conversation went elsewhere, or ended.
        case withdrawn
    }

    /// The offer.
    package var id: RecordID
    /// The conversation.
    package var conversation: ConversationID
    /// The agent.
    package var agent: AgentID
    /// The queue in which it waits; `nil` where there are none.
    package var queue: RecordID?
    /// The conversation's epoch: at another one nothing comes of the offer.
    package var epoch: Int
    /// When it was made.
    package var madeAt: Timestamp
    /// Until when it stands.
    package var expires: Timestamp

    /// Describes an offer.
    package init(
        id: RecordID, conversation: ConversationID, agent: AgentID, queue: RecordID?, epoch: Int,
        madeAt: Timestamp, expires: Timestamp
    ) {
        self.id = id
        self.conversation = conversation
        self.agent = agent
        self.queue = queue
        self.epoch = epoch
        self.madeAt = madeAt
        self.expires = expires
    }
}

package import Conversation
import RoutingRecords
import StageRuntime

/// The bounds of a tenant's routing, and its times.
package enum RoutingLimits {
    /// Queues of one tenant.
    package static let queues = 100
    /// Members of one queue.
    package static let members = 1_000
    /// How long an agent counts as there after the last socket closed: a reload, a tunnel.
    package static let grace = Duration.seconds(75)
    /// How long after that what they have not answered goes back into the queue.
    package static let vacateAfter = Duration.seconds(120)
    /// How long a customer who comes again waits for the agent they know, at most.
    package static let previousWait = Duration.seconds(30)
    /// After how long whoever declined or missed an offer may be offered the same again.
    package static let round = Duration.seconds(60)
    /// How long the handoff stage has to answer what was accepted.
    package static let confirmation = Duration.seconds(30)
    /// Offers in a row that may be missed.
    package static let misses = 2
    /// While the business is closed hours are looked at again after so long: they may be others.
    package static let look = Duration.seconds(60)
    /// Pieces of the state, each stored for itself.
    static let cells = 128
}

/// What the stage remembers of a tenant: queues as they are set up beside cells of agents and
/// conversations, of which only those that changed are stored.
package struct RoutingState: DividedState {
    var queues: [RoutingQueue] = []
    var profiles: [String: AgentProfile] = [:]
    private var cells: [String: RoutingCell] = [:]

    /// Nothing.
    package init() {}

    /// The cells by their names.
    package var entries: [String: RoutingCell] {
        get { cells }
        set { cells = newValue }
    }

    private enum CodingKeys: String, CodingKey {
        case queues = "q"
        case profiles = "p"
        case cells = "c"
    }

    /// Reads what was stored; what is missing is empty.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        queues = try box.decodeIfPresent([RoutingQueue].self, forKey: .queues) ?? []
        profiles = try box.decodeIfPresent([String: AgentProfile].self, forKey: .profiles) ?? [:]
        cells = try box.decodeIfPresent([String: RoutingCell].self, forKey: .cells) ?? [:]
    }

    // MARK: What is in the cells

    /// When something is due next, as its timer is set.
    var lookAt: Timestamp? {
        get { cells[Self.lookCell]?.lookAt }
        set {
            guard cells[Self.lookCell]?.lookAt != newValue else { return }
            cells[Self.lookCell] = newValue.map { RoutingCell(lookAt: $0) }
        }
    }

    private static let lookCell = "look"

    subscript(agent agent: AgentID) -> RoutingAgent? {
        get { cells[Self.cell("a", agent.rawValue)]?.agents[agent.rawValue] }
        set {
            let cell = Self.cell("a", agent.rawValue)
            cells[cell, default: RoutingCell()].agents[agent.rawValue] = newValue
        }
    }

    subscript(item conversation: ConversationID) -> RoutingItem? {
        get { cells[Self.cell("c", conversation.rawValue)]?.items[conversation.rawValue] }
        set {
            let cell = Self.cell("c", conversation.rawValue)
            cells[cell, default: RoutingCell()].items[conversation.rawValue] = newValue
            if cells[cell]?.items.isEmpty == true { cells[cell] = nil }
        }
    }

    /// All agents that are known, in no order.
    var agents: [(id: AgentID, agent: RoutingAgent)] {
        cells.values.flatMap { cell in
            cell.agents.map { (AgentID($0.key), $0.value) }
        }
    }

    /// Looks at every conversation, in no order.
    func eachItem(_ body: (ConversationID, RoutingItem) -> Void) {
        for cell in cells.values {
            for (id, item) in cell.items { body(ConversationID(id), item) }
        }
    }

    /// The conversations for which something holds, in the order of their ids.
    func items(where holds: (RoutingItem) -> Bool) -> [ConversationID] {
        var found: [ConversationID] = []
        eachItem { if holds($1) { found.append($0) } }
        return found.sorted()
    }

    /// Names of entries stand in the log as they are: a number says nothing of anybody.
    private static func cell(_ kind: String, _ id: String) -> String {
        var hash: UInt32 = 2_166_136_261
        for byte in id.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return "\(kind)\(hash % UInt32(RoutingLimits.cells))"
    }

    // MARK: Queues

    func queue(_ id: RecordID?) -> RoutingQueue? {
        guard let id else { return nil }
        return queues.first { $0.id == id }
    }

    func profile(of agent: AgentID) -> AgentProfile {
        profiles[agent.rawValue] ?? AgentProfile(agent: agent)
    }
}

/// A piece of the state.
package struct RoutingCell: Hashable, Sendable, Codable {
    var agents: [String: RoutingAgent] = [:]
    var items: [String: RoutingItem] = [:]
    var lookAt: Timestamp?

    init(lookAt: Timestamp? = nil) { self.lookAt = lookAt }

    private enum CodingKeys: String, CodingKey {
        case agents = "a"
        case items = "i"
        case lookAt = "l"
    }

    /// Reads what was stored; what is missing is empty.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        agents = try box.decodeIfPresent([String: RoutingAgent].self, forKey: .agents) ?? [:]
        items = try box.decodeIfPresent([String: RoutingItem].self, forKey: .items) ?? [:]
        lookAt = try box.decodeIfPresent(Timestamp.self, forKey: .lookAt)
    }

    /// Writes what there is.
    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: CodingKeys.self)
        if !agents.isEmpty { try box.encode(agents, forKey: .agents) }
        if !items.isEmpty { try box.encode(items, forKey: .items) }
        try box.encodeIfPresent(lookAt, forKey: .lookAt)
    }
}

/// What is known of an agent.
struct RoutingAgent: Hashable, Sendable, Codable {
    var name: String
    var status = AgentStatus.available
    /// Whether they may answer customers, as their socket says.
    var mayAnswer = false
    /// Whether a socket of theirs is open.
    var isConnected = false
    /// Since when none is; `nil` while one is, or none ever was.
    var goneSince: Timestamp?
    /// Whether they count as there: a moment of absence is none.
    var isReachable = false
    /// Whether what they have not answered went back into the queue since they left.
    var isVacated: Bool?
    /// Offers in a row that they did not answer.
    var misses = 0
    /// Since when they have been given nothing.
    var idleSince: Timestamp
    /// The weight of what they have and what is offered to them: the sum over all conversations.
    var load = 0
    /// The conversation that is offered to them.
    var offered: ConversationID?

    init(name: String, idleSince: Timestamp) {
        self.name = name
        self.idleSince = idleSince
    }

    private enum CodingKeys: String, CodingKey {
        case name = "n"
        case status = "s"
        case mayAnswer = "m"
        case isConnected = "c"
        case goneSince = "g"
        case isReachable = "r"
        case isVacated = "v"
        case misses = "x"
        case idleSince = "i"
        case load = "l"
        case offered = "o"
    }

    func standing(as agent: AgentID, because cause: AgentStanding.Cause? = nil) -> AgentStanding {
        AgentStanding(
            agent: agent, name: name, status: status, isReachable: isReachable, because: cause)
    }
}

/// A conversation that waits for a person or has one.
struct RoutingItem: Hashable, Sendable, Codable {
    /// Who has it, as far as it is known.
    enum Holding: Hashable, Sendable, Codable {
        /// It waits.
        case waiting
        /// It is offered; where the agent accepted, the handoff stage is asked.
        case offered(RoutingOffer, acceptedBy: String?)
        /// An agent has it.
        case held(AgentID)
        /// An agent has it, and laid it aside.
        case parked(AgentID)
    }

    /// What it takes of an agent's capacity.
    struct Charge: Hashable, Sendable, Codable {
        var agent: AgentID
        var weight: Int

        private enum CodingKeys: String, CodingKey {
            case agent = "a"
            case weight = "w"
        }
    }

    var epoch: Int
    /// Since when the customer waits.
    var since: Timestamp
    var holding = Holding.waiting
    var queue: RecordID?
    /// The queue in which it began to wait: its times count.
    var home: RecordID?
    var facts: ArrivalFacts
    var labels: [RecordID]?
    /// Whether somebody chose the queue.
    var isMoved: Bool?
    var charge: Charge?
    /// Who declined or missed it in this round, and when the round ends.
    var passedBy: [AgentID]?
    var roundEnds: Timestamp?
    /// What its age brought about.
    var isWidened: Bool?
    var hasOverflowed: Bool?
    var isAlerted: Bool?
    /// When its age brings about the next.
    var dueAt: Timestamp?

    init(epoch: Int, since: Timestamp, facts: ArrivalFacts) {
        self.epoch = epoch
        self.since = since
        self.facts = facts
    }

    private enum CodingKeys: String, CodingKey {
        case epoch = "e"
        case since = "s"
        case holding = "h"
        case queue = "q"
        case home = "o"
        case facts = "f"
        case labels = "l"
        case isMoved = "m"
        case charge = "c"
        case passedBy = "p"
        case roundEnds = "r"
        case isWidened = "w"
        case hasOverflowed = "v"
        case isAlerted = "a"
        case dueAt = "d"
    }

    var isWaiting: Bool { holding == .waiting }

    var offer: RoutingOffer? {
        guard case .offered(let offer, _) = holding else { return nil }
        return offer
    }

    var holder: AgentID? {
        switch holding {
        case .held(let agent), .parked(let agent): agent
        case .waiting, .offered: nil
        }
    }

    /// It waits from now on: what happened while it did before counts no more.
    mutating func beginWait(at moment: Timestamp) {
        since = moment
        passedBy = nil
        roundEnds = nil
        isWidened = nil
        hasOverflowed = nil
        isAlerted = nil
        dueAt = nil
    }
}

// MARK: - What must hold

extension RoutingState {
    /// The weight that an agent is counted to have.
    package func load(of agent: AgentID) -> Int { self[agent: agent]?.load ?? 0 }

    /// The weights of all conversations, by the agents who have them or are offered them: what
    /// ``load(of:)`` must be.
    package var sums: [AgentID: Int] {
        var sums: [AgentID: Int] = [:]
        eachItem { _, item in
            if let charge = item.charge { sums[charge.agent, default: 0] += charge.weight }
        }
        return sums
    }

    /// Who has a conversation, as far as routing knows; the agent is `nil` while it waits, and all
    /// of it where no person has to do with it.
    package func holding(of conversation: ConversationID) -> (agent: AgentID?, epoch: Int)? {
        self[item: conversation].map { ($0.holder, $0.epoch) }
    }

    /// The conversations that wait or have somebody.
    package var conversations: Set<ConversationID> {
        var found: Set<ConversationID> = []
        eachItem { id, _ in found.insert(id) }
        return found
    }
}

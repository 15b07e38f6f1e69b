import Conversation
import StageRuntime

/// What the handoff stage remembers of a conversation: small, for it is written at every commit.
package struct HandoffState: StageState {
    /// Who answers, and the epoch.
    var owner = ConversationMode()
    /// The tenant; `nil` until the first message.
    var tenant: TenantID?
    /// The business number; `nil` until the first message.
    var number: BusinessNumberID?
    /// The customer.
    var contact = Contact()
    /// When the customer last wrote: what keeps the 24-hour window open.
    var anchor: Timestamp?
    /// WhatsApp's own word that the window is closed for whoever wrote no later.
    var closedFor: Timestamp?
    /// Since when the customer wants no messages of the business's own accord.
    var optedOut: Timestamp?
    /// When they last said that they want them again.
    var optedIn: Timestamp?
    /// The window, by its last message, for which a template was sent to open it again.
    var reopened: Timestamp?
    /// What was said lately.
    var transcript: [TranscriptLine] = []
    /// Messages of this epoch whose reply may still come.
    var awaiting: [MessageID] = []
    /// Messages of earlier epochs whose reply may still come; it must not be sent.
    var stale: [MessageID] = []
    /// Messages whose reply came before them.
    var answeredEarly: [MessageID] = []
    /// Replies that came before the message that they answer.
    var early: [EarlyReply] = []
    /// Recent outbound messages, and who spoke.
    var recent: [SentMark] = []
    /// References of commands that were handled.
    var references: [String] = []
    /// Since when the conversation is in the queue.
    var queuedSince: Timestamp?
    /// Until when the claim lasts without a sign of the agent.
    var leaseUntil: Timestamp?
    /// The request that the customer was asked to confirm last.
    var asked: RecordID?
    /// The suspension of the business that the customer was told of last, by its beginning.
    var toldOfSuspension: Timestamp?

    /// Messages that were changed or taken back lately, as one may come after that; `nil` for none.
    var changed: [Change]?
    /// Whether it is a group's, to which nothing is sent; `nil` for no.
    var isGroup: Bool?
    /// What is remembered of the business's phone; `nil` for nothing.
    var phone: PhoneState?

    /// What is remembered of agents who gave it to each other; `nil` for nothing.
    var desk: DeskState?

    /// The conversation in which this one goes on.
    var movedInto: ConversationID?
    /// The number of the last move.
    var moveOrder: Int64?

    /// The opening that the customer was told of last, while it was closed until then.
    var toldOfOpening: Timestamp?

    /// The agent who had it last, whom a customer who comes again knows.
    var lastAgent: AgentID?
    /// Until when its agent laid it aside; `nil` while it is not.
    var parkedUntil: Timestamp?

    /// What is remembered for the desk, whoever has it; `nil` for nothing.
    var facts: DeskFacts?

    /// A conversation never seen.
    package init() {}

    /// What became of a message that the customer changed or took back.
    struct Change: Hashable, Sendable, Codable {
        var message: MessageID
        /// The words that it has now; `nil` where it was taken back.
        var text: String?

        /// A line of the transcript as it is to be read now.
        func changed(_ entry: TranscriptEntry) -> TranscriptEntry {
            var entry = entry
            entry.text = text ?? TranscriptEntry.takenBack
            if text == nil { entry.content = nil }
            return entry
        }
    }

    /// A reply that came before the message that it answers.
    struct EarlyReply: Hashable, Sendable, Codable {
        var reply: ProposedReply
        var correlation: RecordID
    }
}

/// One letter and an id: which outbound message was whose; between them, whether it was lost, or
/// sent again, and behind them WhatsApp's name of it in ours.
struct SentMark: Hashable, Sendable, Codable {
    /// What became of it, as far as a person may do something about it.
    enum Fate: Character {
        /// The customer never saw it.
        case lost = "!"
        /// It was given up, and nobody knows whether the customer saw it.
        case doubted = "?"
        /// It was sent again: that is done once.
        case repeated = "+"
    }
    enum Speaker: Character {
        case bot = "b"
        case agent = "a"
        case system = "s"
    }
    var speaker: Speaker
    var id: RecordID
    var fate: Fate?
    /// WhatsApp's message, by our name; `nil` while it is not known to be one.
    var name: MessageID?
    /// Whether it was called for more than once, so that it may have another name, too.
    var wasRetried = false

    init(_ speaker: Speaker, _ id: RecordID) {
        self.speaker = speaker
        self.id = id
    }

    init(from decoder: any Decoder) throws {
        self.init(text: try decoder.singleValueContainer().decode(String.self))
    }

    /// Reads the stored form.
    init(text: String) {
        speaker = text.first.flatMap(Speaker.init(rawValue:)) ?? .system
        fate = text.dropFirst().first.flatMap(Fate.init(rawValue:))
        let parts = text.dropFirst(fate == nil ? 1 : 2).split(
            separator: " ", omittingEmptySubsequences: false
        ).map(String.init)
        id = RecordID(parts.first ?? "")
        name = parts.count > 1 && !parts[1].isEmpty ? MessageID(parts[1]) : nil
        wasRetried = parts.count > 2
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// The stored form.
    var text: String {
        "\(speaker.rawValue)\(fate.map { String($0.rawValue) } ?? "")\(id.rawValue)"
            + (name != nil || wasRetried ? " \(name?.rawValue ?? "")" : "")
            + (wasRetried ? " +" : "")
    }
}

extension HandoffState: Codable {
    private enum Field: String, CodingKey {
        case owner = "o"
        case tenant = "t"
        case number = "n"
        case contact = "c"
        case anchor = "w"
        case closedFor = "x"
        case optedOut = "v"
        case optedIn = "i"
        case reopened = "j"
        case transcript = "l"
        case awaiting = "a"
        case stale = "s"
        case answeredEarly = "e"
        case early = "p"
        case recent = "r"
        case references = "k"
        case queuedSince = "q"
        case leaseUntil = "u"
        case asked = "y"
        case toldOfSuspension = "z"
        case changed = "d"
        case isGroup = "g"
        case phone = "h"
        case desk = "D"
        case movedInto = "m"
        case moveOrder = "f"
        case toldOfOpening = "C"
        case lastAgent = "b"
        case parkedUntil = "E"
        case facts = "F"
    }

    /// Reads the short form; what is missing is empty.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Field.self)
        func list<Element: Decodable>(_ field: Field) throws -> [Element] {
            try box.decodeIfPresent([Element].self, forKey: field) ?? []
        }
        owner = try box.decodeIfPresent(ConversationMode.self, forKey: .owner) ?? .init()
        tenant = try box.decodeIfPresent(TenantID.self, forKey: .tenant)
        number = try box.decodeIfPresent(BusinessNumberID.self, forKey: .number)
        contact = try box.decodeIfPresent(Contact.self, forKey: .contact) ?? Contact()
        anchor = try box.decodeIfPresent(Timestamp.self, forKey: .anchor)
        closedFor = try box.decodeIfPresent(Timestamp.self, forKey: .closedFor)
        optedOut = try box.decodeIfPresent(Timestamp.self, forKey: .optedOut)
        optedIn = try box.decodeIfPresent(Timestamp.self, forKey: .optedIn)
        reopened = try box.decodeIfPresent(Timestamp.self, forKey: .reopened)
        transcript = try list(.transcript)
        awaiting = try list(.awaiting)
        stale = try list(.stale)
        answeredEarly = try list(.answeredEarly)
        early = try list(.early)
        recent = try list(.recent)
        references = try list(.references)
        queuedSince = try box.decodeIfPresent(Timestamp.self, forKey: .queuedSince)
        leaseUntil = try box.decodeIfPresent(Timestamp.self, forKey: .leaseUntil)
        asked = try box.decodeIfPresent(RecordID.self, forKey: .asked)
        toldOfSuspension = try box.decodeIfPresent(Timestamp.self, forKey: .toldOfSuspension)
        changed = try box.decodeIfPresent([Change].self, forKey: .changed)
        isGroup = try box.decodeIfPresent(Bool.self, forKey: .isGroup)
        phone = try box.decodeIfPresent(PhoneState.self, forKey: .phone)
        desk = try box.decodeIfPresent(DeskState.self, forKey: .desk)
        movedInto = try box.decodeIfPresent(ConversationID.self, forKey: .movedInto)
        moveOrder = try box.decodeIfPresent(Int64.self, forKey: .moveOrder)
        toldOfOpening = try box.decodeIfPresent(Timestamp.self, forKey: .toldOfOpening)
        lastAgent = try box.decodeIfPresent(AgentID.self, forKey: .lastAgent)
        parkedUntil = try box.decodeIfPresent(Timestamp.self, forKey: .parkedUntil)
        facts = try box.decodeIfPresent(DeskFacts.self, forKey: .facts)
    }

    /// Writes the short form; what is empty is left out.
    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Field.self)
        func list(_ elements: [some Encodable], _ field: Field) throws {
            if !elements.isEmpty { try box.encode(elements, forKey: field) }
        }
        try box.encode(owner, forKey: .owner)
        try box.encodeIfPresent(tenant, forKey: .tenant)
        try box.encodeIfPresent(number, forKey: .number)
        try box.encode(contact, forKey: .contact)
        try box.encodeIfPresent(anchor, forKey: .anchor)
        try box.encodeIfPresent(closedFor, forKey: .closedFor)
        try box.encodeIfPresent(optedOut, forKey: .optedOut)
        try box.encodeIfPresent(optedIn, forKey: .optedIn)
        try box.encodeIfPresent(reopened, forKey: .reopened)
        try list(transcript, .transcript)
        try list(awaiting, .awaiting)
        try list(stale, .stale)
        try list(answeredEarly, .answeredEarly)
        try list(early, .early)
        try list(recent, .recent)
        try list(references, .references)
        try box.encodeIfPresent(queuedSince, forKey: .queuedSince)
        try box.encodeIfPresent(leaseUntil, forKey: .leaseUntil)
        try box.encodeIfPresent(asked, forKey: .asked)
        try box.encodeIfPresent(toldOfSuspension, forKey: .toldOfSuspension)
        try box.encodeIfPresent(changed, forKey: .changed)
        try box.encodeIfPresent(isGroup, forKey: .isGroup)
        try box.encodeIfPresent(phone, forKey: .phone)
        try box.encodeIfPresent(desk, forKey: .desk)
        try box.encodeIfPresent(movedInto, forKey: .movedInto)
        try box.encodeIfPresent(moveOrder, forKey: .moveOrder)
        try box.encodeIfPresent(toldOfOpening, forKey: .toldOfOpening)
        try box.encodeIfPresent(lastAgent, forKey: .lastAgent)
        try box.encodeIfPresent(parkedUntil, forKey: .parkedUntil)
        try box.encodeIfPresent(facts, forKey: .facts)
    }
}

extension Array {
    /// Appends, and lets go of the oldest beyond `limit`.
    mutating func append(_ element: Element, keeping limit: Int) {
        append(element)
        if count > limit { removeFirst(count - limit) }
    }
}

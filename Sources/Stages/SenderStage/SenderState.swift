import Conversation
import StageRuntime

/// What the sender remembers of a conversation.
package struct SenderState: StageState {
    /// Where the first waiting message stands.
    enum Phase: Hashable, Sendable, Codable {
        /// The intent to call is durable. Found at a beginning, it means that the process ended
        /// between the intent and the answer.
        case calling
        /// It was called for, but the answer is missing: it waits for a status until then.
        case unknown(until: Timestamp)
    }

    /// Messages not yet settled, in order; `phase` is about the first.
    var queue: [WaitingMessage] = []
    /// Where the first stands; `nil` if it may be sent as soon as its time has come.
    var phase: Phase?
    /// The newest ownership epoch.
    var epoch = 0
    /// What the business number owes for messages to this customer.
    var debt = PairDebt()
    /// Messages sent lately, for statuses.
    var recent: [RecentSend] = []
    /// The message that came last.
    ///
    /// If the process ends while it is in hand, its record comes again, maybe after statuses that
    /// settled it and left no other trace of it; what came before it is finished with.
    var last: RecordID?
    /// The business number that the conversation is with, once something was to be sent.
    var number: BusinessNumberID?
    /// WhatsApp's own word that the window is closed for whoever wrote no later: it overrules the
    /// clock.
    var closedFor: Timestamp?
    /// How many steps wrote something: part of the ids of what they wrote.
    var turn = 0

    /// A conversation never seen.
    package init() {}
}

/// A message that waits to be sent, or whose send is not settled: no more of the outbound record
/// than sending needs.
struct WaitingMessage: Hashable, Sendable {
    var id: RecordID
    var correlation: RecordID
    var number: BusinessNumberID
    var recipient: Contact
    var content: OutboundContent
    var epoch: Int
    /// Whether an agent wrote it: a person's own words are not void because the owner changed.
    var isFromAgent: Bool
    var answers: [MessageID]
    var anchor: Timestamp
    /// Attempts made, the present one included.
    var attempts = 0
    /// Failures in a row that allow another attempt.
    var failures = 0
    var notBefore: Timestamp?
    /// Whether it was reported that it waits for the business to be let send again.
    var isHeld: Bool?

    init(
        _ content: OutboundContent, of message: OutboundMessage, id: RecordID,
        correlation: RecordID
    ) {
        self.id = id
        self.correlation = correlation
        number = message.number
        recipient = message.recipient
        recipient.name = nil
        recipient.username = nil
        self.content = content
        epoch = message.epoch
        if case .agent = message.author { isFromAgent = true } else { isFromAgent = false }
        answers = message.answers
        anchor = message.windowAnchor
    }
}

/// Plain text stands in `text`, all else in `content`.
extension WaitingMessage: Codable {
    private enum Field: String, CodingKey {
        case id, correlation, number, recipient, text, content, epoch, isFromAgent, answers, anchor
        case attempts, failures, notBefore, isHeld
    }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Field.self)
        id = try box.decode(RecordID.self, forKey: .id)
        correlation = try box.decode(RecordID.self, forKey: .correlation)
        number = try box.decode(BusinessNumberID.self, forKey: .number)
        recipient = try box.decode(Contact.self, forKey: .recipient)
        content = try box.content(text: .text, whole: .content)
        epoch = try box.decode(Int.self, forKey: .epoch)
        isFromAgent = try box.decode(Bool.self, forKey: .isFromAgent)
        answers = try box.decode([MessageID].self, forKey: .answers)
        anchor = try box.decode(Timestamp.self, forKey: .anchor)
        attempts = try box.decode(Int.self, forKey: .attempts)
        failures = try box.decode(Int.self, forKey: .failures)
        notBefore = try box.decodeIfPresent(Timestamp.self, forKey: .notBefore)
        isHeld = try box.decodeIfPresent(Bool.self, forKey: .isHeld)
    }

    func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Field.self)
        try box.encode(id, forKey: .id)
        try box.encode(correlation, forKey: .correlation)
        try box.encode(number, forKey: .number)
        try box.encode(recipient, forKey: .recipient)
        try box.encode(content, text: .text, whole: .content)
        try box.encode(epoch, forKey: .epoch)
        try box.encode(isFromAgent, forKey: .isFromAgent)
        try box.encode(answers, forKey: .answers)
        try box.encode(anchor, forKey: .anchor)
        try box.encode(attempts, forKey: .attempts)
        try box.encode(failures, forKey: .failures)
        try box.encodeIfPresent(notBefore, forKey: .notBefore)
        try box.encodeIfPresent(isHeld, forKey: .isHeld)
    }
}

/// A message that was sent, or given up: what its statuses need.
struct RecentSend: Hashable, Sendable {
    /// The rank of a message that failed.
    static let failedRank = 9

    /// Where a rank stands among all: a failure replaces what WhatsApp merely took or sent, and
    /// what reached the phone after all replaces a failure, whatever came first.
    static func order(of rank: Int) -> Int { rank == failedRank ? 3 : rank * 2 }

    var id: RecordID
    var correlation: RecordID
    /// Our name of WhatsApp's message, or WhatsApp's own in states from before ours was another
    /// one; `nil` while no attempt is known to have arrived.
    var message: MessageID?
    var epoch: Int
    /// The attempt that was settled.
    var attempt: Int
    /// How far it has come: 0 accepted, then as ``MessageStatus/Progress/rank``.
    var rank: Int
    /// How far another attempt has come, if one turned out to have arrived too.
    var otherRank: Int
    var answers: [MessageID]
    /// Whether WhatsApp has said what it costs.
    var isPriced = false
}

/// The stored form is one JSON string, a fifth of the work of an object: ids hold no spaces.
extension RecentSend: Codable {
    /// Stands behind the rank where the price is known.
    private static let priceMark: Character = "p"

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let parts = try container.decode(String.self).split(
            separator: " ", omittingEmptySubsequences: false
        ).map(String.init)
        guard parts.count >= 7, let epoch = Int(parts[3]), let attempt = Int(parts[4]),
            let rank = Int(parts[5].filter { $0 != Self.priceMark }), let otherRank = Int(parts[6])
        else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a sent message has seven parts or more")
        }
        id = RecordID(parts[0])
        correlation = RecordID(parts[1])
        message = parts[2].isEmpty ? nil : MessageID(parts[2])
        self.epoch = epoch
        self.attempt = attempt
        self.rank = rank
        self.otherRank = otherRank
        isPriced = parts[5].contains(Self.priceMark)
        answers = parts[7...].map { MessageID($0) }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// The stored form.
    var text: String {
        var text = "\(id.rawValue) \(correlation.rawValue) \(message?.rawValue ?? "")"
        text += " \(epoch) \(attempt) \(rank)\(isPriced ? "p" : "") \(otherRank)"
        for answer in answers {
            text += " "
            text += answer.rawValue
        }
        return text
    }
}

extension SenderState: Codable {
    private enum Field: String, CodingKey {
        case queue = "q"
        case phase = "p"
        case epoch = "e"
        case debt = "d"
        case recent = "r"
        case turn = "t"
        case number = "n"
        case last = "l"
        case closedFor = "w"
    }

    /// Reads the short form; what is missing is empty.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Field.self)
        queue = try box.decodeIfPresent([WaitingMessage].self, forKey: .queue) ?? []
        phase = try box.decodeIfPresent(Phase.self, forKey: .phase)
        epoch = try box.decodeIfPresent(Int.self, forKey: .epoch) ?? 0
        debt = try box.decodeIfPresent(PairDebt.self, forKey: .debt) ?? PairDebt()
        recent = try box.decodeIfPresent([RecentSend].self, forKey: .recent) ?? []
        last = try box.decodeIfPresent(RecordID.self, forKey: .last)
        closedFor = try box.decodeIfPresent(Timestamp.self, forKey: .closedFor)
        turn = try box.decodeIfPresent(Int.self, forKey: .turn) ?? 0
        number =
            try box.decodeIfPresent(BusinessNumberID.self, forKey: .number) ?? queue.first?.number
    }

    /// Writes the short form; what is empty is left out.
    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Field.self)
        if !queue.isEmpty { try box.encode(queue, forKey: .queue) }
        try box.encodeIfPresent(phase, forKey: .phase)
        try box.encode(epoch, forKey: .epoch)
        if debt != PairDebt() { try box.encode(debt, forKey: .debt) }
        if !recent.isEmpty { try box.encode(recent, forKey: .recent) }
        try box.encodeIfPresent(last, forKey: .last)
        try box.encodeIfPresent(closedFor, forKey: .closedFor)
        try box.encode(turn, forKey: .turn)
        try box.encodeIfPresent(number, forKey: .number)
    }
}

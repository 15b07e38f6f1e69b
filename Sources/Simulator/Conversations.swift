import HTTPServer

/// Names a conversation: a business number and a customer's phone.
struct ConversationName: Hashable, Sendable {
    var number: String
    var phone: String
}

/// What a customer saw: a message of the business.
struct SeenMessage: Encodable, Sendable {
    /// The place in the conversation's log, from 1.
    var index: Int
    var wamid: String
    var type: String
    var text: String?
    /// When it was accepted, in milliseconds since 1970.
    var at: Int64
    var callback_data: String?
    /// The message that it quotes.
    var reply_to: String?
    /// The file that came with it.
    var medium: SeenMedium?
    /// The statuses reported so far, in order.
    var statuses: [String] = []
    /// When a webhook with a status of it was first answered with 200, in milliseconds since 1970.
    var status_acknowledged_at: Int64?
    /// The whole call's body, for who looks at the phone.
    var body: [UInt8] = []

    private enum CodingKeys: String, CodingKey {
        case index, wamid, type, text, at, callback_data, reply_to, medium, statuses
        case status_acknowledged_at
    }
}

/// What a customer wrote, as WhatsApp's side remembers it.
struct WrittenTrace: Encodable, Sendable {
    var wamid: String
    /// When it was written, in milliseconds since 1970.
    var at: Int64
    /// When its webhook was first answered with 200, in milliseconds since 1970.
    var acknowledged_at: Int64?
    /// The message as webhooks have it, for who looks at the phone.
    var json = ""

    private enum CodingKeys: String, CodingKey {
        case wamid, at, acknowledged_at
    }
}

/// What the simulator knows of one customer's conversation with one number.
struct SimulatedConversation: Sendable {
    /// Somebody who waits for the next message.
    struct Waiter: Sendable {
        var id: UInt64
        var after: Int
        var writer: ResponseWriter
    }

    /// Marks kept: enough to look at, bounded for long runs.
    static let marksKept = 100
    /// Messages of the customer kept, for the same reason.
    static let tracesKept = 500

    var name: String
    var userID: String
    var hidesPhone = false
    var hidesUserID = false
    /// When the customer last wrote, in milliseconds since 1970.
    var lastWrote: Int64?
    var seen: [SeenMessage] = [] { didSet { revision &+= 1 } }
    var read: [String] = [] { didSet { revision &+= 1 } }
    var typing: [String] = []
    /// When the pair's debt is repaid, in milliseconds since 1970.
    var repaidAt: Int64 = 0
    var waiters: [Waiter] = []
    var written: [WrittenTrace] = [] { didSet { revision &+= 1 } }
    /// Changes with whatever a phone shows.
    private(set) var revision = 1
    /// How many older ones were let go.
    var forgotten = 0

    /// Notes what the customer wrote; answers its number.
    mutating func note(_ wamid: String, _ json: String, at now: Int64) -> Int {
        if written.count >= 2 * Self.tracesKept {
            written.removeFirst(Self.tracesKept)
            forgotten += Self.tracesKept
        }
        written.append(WrittenTrace(wamid: wamid, at: now, json: json))
        return forgotten + written.count - 1
    }

    /// Notes that a webhook with the message of that number was answered with 200.
    mutating func acknowledge(_ number: Int, at now: Int64) {
        guard written.indices.contains(number - forgotten) else { return }
        let known = written[number - forgotten].acknowledged_at
        written[number - forgotten].acknowledged_at = known ?? now
    }

    mutating func mark(_ wamid: String, typing isTyping: Bool) {
        read.append(wamid)
        if isTyping { typing.append(wamid) }
        if read.count > 2 * Self.marksKept { read.removeFirst(Self.marksKept) }
        if typing.count > 2 * Self.marksKept { typing.removeFirst(Self.marksKept) }
    }

    /// Takes the waiters whose wait is over.
    mutating func takeWaiters() -> [Waiter] {
        guard !waiters.isEmpty else { return [] }
        let ready = waiters.filter { seen.count > $0.after }
        waiters.removeAll { seen.count > $0.after }
        return ready
    }
}

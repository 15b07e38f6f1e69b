import Cryptography
import HTTPServer

/// What the simulated WhatsApp knows: decides about each call, does nothing itself.
struct World: Sendable {
    /// What is to be done about a call, outside the lock.
    struct Outcome: Sendable {
        /// The answer; `nil` closes the connection without one.
        var response: HTTPResponse?
        /// How long the answer waits.
        var delay: Duration = .zero
        /// Webhooks to come.
        var updates: [WebhookUpdate] = []
        /// Answers to those who waited for a message.
        var answers: [(ResponseWriter, HTTPResponse)] = []

        init(_ response: HTTPResponse?) { self.response = response }
    }

    /// A medium that customers may have sent, or that a business uploaded.
    struct StoredMedium: Sendable {
        var bytes: [UInt8]
        var mediaType: String
        var number: String
        /// Until when WhatsApp has it, in milliseconds since 1970.
        var until: Int64
        /// Whether a business uploaded it: only such can be sent.
        var isUpload: Bool
        /// The address's secret part, and until when it is good, in milliseconds since 1970.
        var ticket = ""
        var ticketUntil: Int64 = 0
    }

    let configuration: SimulatorConfiguration
    var businesses: [String: SimulatedBusiness] = [:]
    /// Names of businesses, by number and by token.
    var names: [String: String] = [:]
    var tokens: [String: String] = [:]
    var conversations: [ConversationName: SimulatedConversation] = [:]
    /// Whose message a `wamid` of a customer is; bounded, the oldest half let go.
    var writers = BoundedMap<ConversationName>(limit: 200_000)
    /// Phones of customers, by portfolio and user id.
    var phones: [String: String] = [:]
    var media: [String: StoredMedium] = [:]
    /// Templates by business, name and language.
    var templates: [String: SimulatedTemplate] = [:]
    var faults = Faults()
    var calls = CallLog()
    var stats = SimulatorStats()
    var random: SeededRandom
    private var rates: [String: (second: Int64, count: Int)] = [:]
    private var nextWaiter: UInt64 = 0

    init(_ configuration: SimulatorConfiguration, businesses: [SimulatedBusiness]) {
        self.configuration = configuration
        random = SeededRandom(seed: configuration.seed)
        for business in businesses { register(business) }
    }

    /// Adds a business or changes it.
    mutating func register(_ business: SimulatedBusiness) {
        if let old = businesses[business.name] {
            names[old.number] = nil
            tokens[old.accessToken] = nil
        }
        businesses[business.name] = business
        names[business.number] = business.name
        tokens[business.accessToken] = business.name
        // The one that each account begins with at Meta.
        let sample = SimulatedTemplate(
            business: business.name, name: "hello_world", language: "en_US",
            body: "Welcome and congratulations!!", footer: "WhatsApp Business Platform")
        if templates[sample.key] == nil { templates[sample.key] = sample }
    }

    func business(ofNumber number: String) -> SimulatedBusiness? {
        names[number].flatMap { businesses[$0] }
    }

    /// A fresh `wamid`, as WhatsApp makes them: base64 around the customer's phone number and an id
    /// of 18 hexadecimal digits (public webhook bodies, decoded); random digits stand for a number
    /// that the customer hides.
    mutating func makeWamid(_ key: ConversationName) -> String {
        let isHidden = conversations[key]?.hidesPhone == true
        let phone =
            isHidden ? String(100_000_000_000 + random.next() % 900_000_000_000) : key.phone
        var bytes: [UInt8] = [0x1c, 0x18, UInt8(truncatingIfNeeded: phone.utf8.count)]
        bytes += Array(phone.utf8)
        bytes += [0x15, 0x02, 0x00, 0x11, 0x18, 0x12]
        var number = random.next()
        for index in 0..<18 {
            if index == 9 { number = random.next() }
            bytes.append(Array("0123456789ABCDEF".utf8)[Int(number & 15)])
            number >>= 4
        }
        bytes.append(0)
        return "wamid." + Base64.encode(bytes)
    }

    /// The conversation of a phone with a business, begun if need be.
    mutating func open(_ business: SimulatedBusiness, phone: String) -> ConversationName {
        let key = ConversationName(number: business.number, phone: phone)
        if conversations[key] == nil {
            let userID = UserID.make(phone: phone, portfolio: business.portfolio)
            conversations[key] = SimulatedConversation(name: "Customer \(phone)", userID: userID)
            phones["\(business.portfolio)/\(userID)"] = phone
        }
        return key
    }

    /// Whether the number is over its rate in this second.
    mutating func isOverRate(_ number: String, at now: Int64) -> Bool {
        guard let limit = configuration.messagesPerSecond else { return false }
        let second = now / 1000
        let count = rates[number].map { $0.second == second ? $0.count : 0 } ?? 0
        rates[number] = (second, count + 1)
        return count >= limit
    }

    /// Takes a waiter in, or answers at once if there is something to see.
    mutating func wait(
        for key: ConversationName, after: Int, writer: ResponseWriter
    ) -> UInt64? {
        guard let conversation = conversations[key], conversation.seen.count <= after else {
            return nil
        }
        nextWaiter += 1
        conversations[key]?.waiters.append(.init(id: nextWaiter, after: after, writer: writer))
        return nextWaiter
    }

    /// Takes a waiter out; `nil` if it was answered.
    mutating func stopWaiting(_ id: UInt64, for key: ConversationName) -> ResponseWriter? {
        guard let index = conversations[key]?.waiters.firstIndex(where: { $0.id == id }) else {
            return nil
        }
        return conversations[key]?.waiters.remove(at: index).writer
    }
}

/// Counts since the start.
struct SimulatorStats: Encodable, Sendable {
    var calls = 0
    var accepted = 0
    var refused: [String: Int] = [:]
    var marks = 0
    var uploads = 0
    var messagesFromCustomers = 0
    var messagesFromPhones = 0
    var updates = 0
    var webhooks = 0
    var webhookRetries = 0
    var webhooksGivenUp = 0
}

/// A dictionary that lets go of old entries, so that long runs stay bounded.
struct BoundedMap<Value: Sendable>: Sendable {
    private var young: [String: Value] = [:]
    private var old: [String: Value] = [:]
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    subscript(_ key: String) -> Value? {
        get { young[key] ?? old[key] }
        set {
            young[key] = newValue
            if young.count >= limit / 2 {
                old = young
                young = [:]
            }
        }
    }
}

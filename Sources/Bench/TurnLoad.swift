import Cryptography

/// What every message of a load needs to get in.
struct TurnMessages: Sendable {
    /// The business, new in each run, so that a log that is used again knows nothing of it.
    struct Business: Sendable {
        /// How many numbers share the load: WhatsApp's limit is one number's.
        static let numberCount = 16

        let run: Int
        let secret = "bench-app-secret"

        var tenant: String { "bench-\(run)" }
        var account: String { "7\(run)" }
        func number(_ index: Int) -> String { "9\(run)\(10 + index)" }
    }

    /// Questions that the document answers, by a share of their words.
    static let questions = [
        "What time do you open on Saturday?",
        "How much is a city bike for one day?",
        "Is a helmet included in the rental?",
        "Can I pay my bicycle rental with a credit card?",
    ]
    /// A small document: one passage answers each question.
    static let document = """
        # Opening hours

        On Saturday we open at 9:00; that is the time from Monday to Friday too.

        # Prices

        A city bike is 15 euros for one day, however much you ride.

        # Helmets

        A helmet is included in the rental of every bicycle.

        # Paying

        You can pay the bicycle rental with a credit card or with cash.
        """

    let business: Business
    private let key: HMACKey

    init(_ business: Business) throws {
        self.business = business
        key = try HMACKey(Array(business.secret.utf8))
    }

    /// The phone of a customer, by which a reply finds its turn.
    static func phone(_ customer: Int) -> String { "34\(600_000_000 + customer)" }

    /// The customer that a `to` of a Graph call means.
    static func customer(ofPhone digits: some StringProtocol) -> Int? {
        guard digits.hasPrefix("346"), let number = Int(digits.dropFirst(2)) else { return nil }
        return number - 600_000_000
    }

    /// A whole signed request, in which a customer asks for the `turn`-th time.
    func request(customer: Int, turn: Int) throws -> [UInt8] {
        let body = Array(body(customer: customer, turn: turn).utf8)
        let signature = Hex.encode(try key.authenticate(body))
        let head = """
            POST /webhook HTTP/1.1\r
            Host: localhost\r
            Content-Type: application/json\r
            X-Hub-Signature-256: sha256=\(signature)\r
            Content-Length: \(body.count)\r
            \r

            """
        return Array(head.utf8) + body
    }

    private func body(customer: Int, turn: Int) -> String {
        let phone = Self.phone(customer)
        let user = "ES.1349120865\(600_000_000 + customer)"
        let number = business.number(customer % Business.numberCount)
        let question = Self.questions[(customer + turn) % Self.questions.count]
        let seconds = BenchLog.now() / 1_000
        return """
            {"object":"whatsapp_business_account","entry":[{"id":"\(business.account)",\
            "changes":[{"value":{"messaging_product":"whatsapp","metadata":{\
            "display_phone_number":"15550783881","phone_number_id":"\(number)"},"contacts":[{\
            "profile":{"name":"Sheena Nelson"},"wa_id":"\(phone)","user_id":"\(user)"}],\
            "messages":[{"from":"\(phone)","from_user_id":"\(user)",\
            "id":"wamid.bench\(business.run).\(customer).\(turn)","timestamp":"\(seconds)",\
            "type":"text","text":{"body":"\(question)"}}]},"field":"messages"}]}]}
            """
    }
}

/// Keeps a number of conversations going, each with the next message as soon as the last one is
/// answered; from one thread.
struct TurnLoad: Sendable {
    /// When to begin no more turns.
    struct End: Sendable {
        var turns = Int.max
        var nanoseconds: UInt64 = .max
        /// What comes before does not count for the rate: at first nothing is under way.
        var warmUpNanoseconds: UInt64 = 0
    }

    /// A turn that takes longer has failed.
    static let patience: UInt64 = 20_000_000_000

    let messages: TurnMessages
    let book: TurnBook
    let port: Int
    let conversations: Int
    /// The first customer; loads of one run use different ones.
    let firstCustomer: Int
    /// Customers of each conversation, taken in turn: one customer alone would soon reach
    /// WhatsApp's limit of a message in 6 seconds.
    let customersEach: Int
    let end: End

    /// The outcome of a load.
    struct Outcome: Sendable {
        var account = TurnBook.Account()
        /// From the warm-up's end to the last reply or the end, whichever is first.
        var seconds = 0.0
        /// Replies within that time.
        var answeredInTime = 0
        /// Webhooks that were not answered 200, by status.
        var refused: [Int: Int] = [:]
    }

    /// Blocks its thread until the load is over and all replies have come.
    ///
    /// - Throws: `ClientSocket.Failure` if the webhook cannot be reached.
    func run() throws -> Outcome {
        var run = try Run(self)
        try run.perform()
        return run.outcome
    }

    private struct Conversation {
        var customer = 0
        var began: UInt64 = 0
        var request: [UInt8] = []
        var sent = 0
        var answer = AnswerReader()
        var waitsForAnswer = false
        var waitsForReply = false
        var turns = 0
    }

    /// Holds a socket in an array, which takes no noncopyable elements.
    private final class SocketBox {
        let socket: ClientSocket
        init(_ socket: consuming ClientSocket) { self.socket = socket }
    }

    private struct Run: ~Copyable {
        private let load: TurnLoad
        private let sockets: [SocketBox]
        private var ready = ReadinessSet()
        private var conversations: [Conversation]
        private var buffer = [UInt8](repeating: 0, count: 16_384)
        private var begun = 0
        private let start = ProcessUsage.nanoseconds()
        /// Since when replies count for the rate, and how many had come before.
        private var counted: (since: UInt64, before: Int)?
        private(set) var outcome = Outcome()

        init(_ load: TurnLoad) throws {
            self.load = load
            sockets = try (0..<load.conversations).map { _ in
                SocketBox(try ClientSocket(port: load.port))
            }
            conversations = Array(repeating: Conversation(), count: load.conversations)
            for (index, box) in sockets.enumerated() {
                ready.add(box.socket.descriptor, index: index)
            }
        }

        mutating func perform() throws {
            let last = load.end.nanoseconds == .max ? .max : start + load.end.nanoseconds
            var now = start
            var isTimed = false
            for index in conversations.indices { try begin(index, at: now) }
            while conversations.contains(where: { $0.waitsForReply || $0.waitsForAnswer }) {
                hear()
                now = ProcessUsage.nanoseconds()
                if counted == nil, now - start >= load.end.warmUpNanoseconds {
                    counted = (now, load.book.account.nanoseconds.count)
                }
                if now >= last, !isTimed {
                    isTimed = true
                    time(until: now)
                }
                for index in conversations.indices {
                    advance(index, at: now)
                    let isFree =
                        !conversations[index].waitsForReply && !conversations[index].waitsForAnswer
                    if isFree, now < last { try begin(index, at: now) }
                }
            }
            if !isTimed { time(until: now) }
            outcome.account = load.book.account
        }

        private mutating func time(until now: UInt64) {
            let (since, before) = counted ?? (start, 0)
            outcome.seconds = Double(now - since) / 1e9
            outcome.answeredInTime = load.book.account.nanoseconds.count - before
        }

        /// Takes in what has come: answers to webhooks, and replies.
        private mutating func hear() {
            var indices: [Int] = []
            // Replies come on another thread: they wait here a millisecond at most.
            ready.wait(milliseconds: 1) { indices.append($0) }
            for index in indices where conversations[index].waitsForAnswer {
                receive(index)
            }
            for customer in load.book.takeAnswered() {
                let index = (customer - load.firstCustomer) / load.customersEach
                guard conversations.indices.contains(index) else { continue }
                if conversations[index].customer == customer {
                    conversations[index].waitsForReply = false
                }
            }
        }

        private mutating func receive(_ index: Int) {
            guard let count = sockets[index].socket.receive(into: &buffer) else {
                outcome.refused[0, default: 0] += 1
                conversations[index].waitsForAnswer = false
                return
            }
            guard count > 0, conversations[index].answer.append(buffer, count) else { return }
            let status = conversations[index].answer.status
            if status != 200 { outcome.refused[status, default: 0] += 1 }
            conversations[index].waitsForAnswer = false
        }

        private mutating func begin(_ index: Int, at now: UInt64) throws {
            guard begun < load.end.turns else { return }
            begun += 1
            let turn = conversations[index].turns
            let customer =
                load.firstCustomer + index * load.customersEach + turn % load.customersEach
            conversations[index] = Conversation(
                customer: customer, began: now,
                request: try load.messages.request(customer: customer, turn: turn),
                waitsForAnswer: true, waitsForReply: true, turns: turn + 1)
            load.book.begin(customer, at: ProcessUsage.nanoseconds())
            advance(index, at: now)
        }

        /// Sends what is unsent, and gives up what takes too long.
        private mutating func advance(_ index: Int, at now: UInt64) {
            let unsent = conversations[index].sent..<conversations[index].request.count
            if !unsent.isEmpty {
                let sent = sockets[index].socket.send(conversations[index].request, unsent)
                conversations[index].sent += sent ?? 0
            }
            guard conversations[index].waitsForReply || conversations[index].waitsForAnswer,
                now > conversations[index].began + TurnLoad.patience
            else { return }
            _ = load.book.giveUp(conversations[index].customer)
            conversations[index].waitsForReply = false
            conversations[index].waitsForAnswer = false
        }
    }
}

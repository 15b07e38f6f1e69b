/// One connection as its event loop sees it; touched on the loop's thread only.
final class ClientConnection {
    /// What the connection does.
    enum Phase {
        /// Reads requests.
        case reading
        /// Waits for a handler's answer.
        case handling
        /// Sends an answer that is still being made.
        case streaming
        /// Sends its last octets, then half-closes.
        case closing
        /// Half-closed; reads and drops until the peer closes (RFC 9112, 9.6).
        case draining
        /// Upgraded.
        case raw
    }

    let descriptor: Int32
    let token: UInt64
    let remoteAddress: String
    var parser: RequestParser
    var phase = Phase.reading
    /// What the poller watches for.
    var interest = Poller.read

    var output: [UInt8] = []
    var outputStart = 0
    /// The answer to the request in progress, kept while its handler is still on the stack.
    var answer: HTTPResponse?
    var isInHandler = false
    /// Shapes the answer to the request in progress.
    var exchange = ResponseSerializer.Context()

    /// When the present phase has lasted too long, in monotonic nanoseconds.
    var deadline: UInt64
    /// When the header section or body in progress began, or 0.
    var headStart: UInt64 = 0
    var bodyStart: UInt64 = 0
    var lastWriteProgress: UInt64 = 0
    /// Octets of a body that is still coming, as they are counted over all connections.
    var comingBodyBytes = 0
    var requestCount = 0
    var drainedCount = 0
    /// The peer will send no more.
    var inputEnded = false
    /// Counted neither in the total nor by address: it is only told 503.
    var isOverLimit = false
    var readingPaused = false

    /// Where the answer that is being made comes from.
    var stream: BodyWriter?
    /// When it began, and when something was made of it last.
    var streamStart: UInt64 = 0
    var lastProduced: UInt64 = 0

    var raw: RawConnection?
    var rawHandler: (any RawConnectionHandler)?

    init(
        descriptor: Int32, token: UInt64, remoteAddress: String, parser: RequestParser,
        now: UInt64, headerDeadline: UInt64
    ) {
        self.descriptor = descriptor
        self.token = token
        self.remoteAddress = remoteAddress
        self.parser = parser
        headStart = now
        deadline = now + headerDeadline
    }

    /// Octets that the socket did not take yet.
    var pendingOutput: Int { output.count - outputStart }

    /// Notes that the socket took octets; keeps memory for the next response unless it is much.
    func didWrite(_ count: Int) {
        outputStart += count
        guard outputStart == output.count else { return }
        output.removeAll(keepingCapacity: output.capacity <= 65_536)
        outputStart = 0
    }
}

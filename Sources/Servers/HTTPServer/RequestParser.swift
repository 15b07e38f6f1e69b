/// Turns the octets of one connection into requests, without IO (RFC 9112).
///
/// Strict: whatever could be read in two ways is rejected, and after a rejection nothing more
/// is parsed. How the octets are cut into pieces never changes the outcome.
package struct RequestParser {
    /// What `next` found.
    package enum Event: Sendable {
        /// A whole request.
        case request(HTTPRequest)
        /// A head whose sender waits for `100 Continue` before it sends the body.
        case continueExpected
    }

    /// Where in a request the connection stands; each has its own deadline.
    package enum Phase: Sendable, Equatable {
        /// Between requests.
        case idle
        /// Some octets of a head are here.
        case head
        /// The head is whole, the body is not.
        case body
        /// A request was rejected.
        case failed
    }

    /// The body limit, in octets, of a route that differs from `Limits.bodyBytes`; else nil.
    package typealias BodyLimit = @Sendable (HTTPMethod, String) -> Int?

    private enum State {
        case head
        case fixed(ParsedHead, remaining: Int)
        case chunked(ParsedHead, limit: Int)
        case failed(RequestRejection)
    }

    private let limits: Limits
    private let bodyLimit: BodyLimit?
    private let remoteAddress: String
    private var buffer: [UInt8] = []
    private var consumed = 0
    private var scanner = HeadScanner()
    private var chunks = ChunkedDecoder()
    private var body: [UInt8] = []
    private var state = State.head

    /// A parser at the start of a connection.
    package init(limits: Limits, bodyLimit: BodyLimit? = nil, remoteAddress: String = "") {
        self.limits = limits
        self.bodyLimit = bodyLimit
        self.remoteAddress = remoteAddress
    }

    /// Octets given and not yet part of a request.
    package var bufferedCount: Int { buffer.count - consumed }

    /// Octets of the current body that are here.
    package var bodyCount: Int { body.count }

    /// Where in a request the connection stands.
    package var phase: Phase {
        switch state {
        case .head: bufferedCount == 0 ? .idle : .head
        case .fixed, .chunked: .body
        case .failed: .failed
        }
    }

    /// Adds octets that were read.
    package mutating func append(_ bytes: Span<UInt8>) {
        if case .failed = state { return }
        appendSpan(bytes, to: &buffer)
    }

    /// Takes what was given and not parsed, as an upgraded connection needs.
    package mutating func takeRemainder() -> [UInt8] {
        let rest = Array(buffer[consumed...])
        buffer = []
        consumed = 0
        return rest
    }

    /// The next event among the octets given, or nil if more are needed.
    ///
    /// - Throws: `RequestRejection`, then and at every later call; the connection must close.
    package mutating func next() throws(RequestRejection) -> Event? {
        do {
            let event = try step()
            discardConsumed()
            return event
        } catch {
            state = .failed(error)
            buffer = []
            consumed = 0
            body = []
            throw error
        }
    }

    private mutating func step() throws(RequestRejection) -> Event? {
        switch state {
        case .failed(let rejection): throw rejection
        case .head:
            guard let head = try scanHead() else { return nil }
            return try begin(head)
        case .fixed(let head, let remaining):
            return continueFixed(head, remaining)
        case .chunked(let head, let limit):
            return try continueChunked(head, limit)
        }
    }

    private mutating func scanHead() throws(RequestRejection) -> ParsedHead? {
        guard consumed < buffer.count else { return nil }
        // A second reference, dropped on return: a span of the field would lock all of `self`.
        let octets = buffer
        let bytes = octets.span.extracting(consumed..<octets.count)
        guard let head = try scanner.scan(bytes, limits: limits) else { return nil }
        consumed += scanner.length
        scanner = HeadScanner()
        return head
    }

    private mutating func begin(_ head: ParsedHead) throws(RequestRejection) -> Event? {
        guard head.framing != .none else { return .request(finish(head)) }
        let limit = bodyLimit?(head.method, head.path) ?? limits.bodyBytes
        switch head.framing {
        case .none: break
        case .length(let length):
            guard length <= limit else {
                throw RequestRejection(413, "body larger than \(limit) octets")
            }
            if length <= bufferedCount { return continueFixed(head, length) }
            // A length is a promise only: memory for more than this comes with the octets.
            body.reserveCapacity(min(length, 65_536))
            state = .fixed(head, remaining: length)
        case .chunked:
            state = .chunked(head, limit: limit)
        }
        if head.expectsContinue, bufferedCount == 0 { return .continueExpected }
        return try step()
    }

    private mutating func continueFixed(_ head: ParsedHead, _ remaining: Int) -> Event? {
        let count = min(remaining, bufferedCount)
        body.append(contentsOf: buffer[consumed..<(consumed + count)])
        consumed += count
        guard count == remaining else {
            state = .fixed(head, remaining: remaining - count)
            return nil
        }
        return .request(finish(head))
    }

    private mutating func continueChunked(_ head: ParsedHead, _ limit: Int)
        throws(RequestRejection) -> Event?
    {
        let octets = buffer
        consumed += try chunks.decode(
            octets.span.extracting(consumed..<octets.count), into: &body, bodyLimit: limit,
            overheadLimit: limits.chunkOverheadBytes)
        guard chunks.isDone else { return nil }
        chunks = ChunkedDecoder()
        return .request(finish(head))
    }

    private mutating func finish(_ head: ParsedHead) -> HTTPRequest {
        state = .head
        let whole = body
        body = []
        return HTTPRequest(head: head, body: whole, remoteAddress: remoteAddress)
    }

    /// Keeps the buffer's memory for the next read unless it grew far beyond a usual request.
    private mutating func discardConsumed() {
        guard consumed > 0 else { return }
        if consumed == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= 16_384)
            consumed = 0
        } else if consumed > 65_536 {
            buffer.removeFirst(consumed)
            consumed = 0
        }
    }
}

/// How much one peer, and all peers together, may take from the server.
///
/// Every dimension of a request has a bound; facts/kafka-and-delivery.md, 7.3 lists what known
/// servers choose.
package struct Limits: Sendable {
    /// Bytes of the request target; RFC 9112, 3 asks for request lines of at least 8000 octets.
    package var targetBytes = 8_192
    /// Bytes of all header lines together, as Node limits them.
    package var headerBytes = 16_384
    /// Number of header lines.
    package var headerCount = 100
    /// Bytes of a body where no route says otherwise; larger ones get 413.
    package var bodyBytes = 1_048_576
    /// Bytes of all bodies that are still coming, over all connections.
    ///
    /// Whose body would exceed it gets 503 with `Retry-After`. A body that comes with its header
    /// section is not held to it: who sends little is not kept out by those who send much, slowly.
    package var comingBodyBytes = 128 * 1_048_576
    /// Bytes of chunk extensions and trailers in one chunked body; both are ignored.
    package var chunkOverheadBytes = 8_192

    /// Open connections over all event loops; those above get 503 with `Retry-After`.
    package var connections = 4_096
    /// Open connections of one address; nil where a proxy stands in front and all share one.
    package var connectionsPerAddress: Int?

    /// Time from a request's first byte (or the accept) to the end of its header section.
    package var headerDeadline: Duration = .seconds(10)
    /// Time a body may take before its rate counts.
    package var bodyGrace: Duration = .seconds(10)
    /// Bytes a second that a body must reach on average after the grace.
    package var bodyBytesPerSecond = 4_096
    /// Time a whole body may take, however fast it comes.
    package var bodyDeadline: Duration = .seconds(300)
    /// Time a kept connection may wait between requests.
    package var idle: Duration = .seconds(75)
    /// Time a peer may leave the output buffer without taking one byte.
    package var writeStall: Duration = .seconds(20)
    /// Time that a connection is drained after the last response, so that it can be read.
    package var linger: Duration = .seconds(2)
    /// Bytes read and dropped while draining.
    package var lingerBytes = 1_048_576

    /// Requests after which a connection is closed, so that load spreads after a restart.
    package var requestsPerConnection = 100_000
    /// Bytes of following requests kept while one is being answered; reading pauses above.
    ///
    /// Requests of one connection are answered one after the other (RFC 9112, 9.3.2 allows
    /// parallel work on safe methods only), so this bounds the pipelining depth.
    package var pipelinedBytes = 65_536
    /// Bytes of output one connection may leave unread: a kept connection reads no further
    /// request above it, an upgraded connection refuses to send.
    package var writeBufferBytes = 1_048_576

    /// Answers that are made piece by piece at once, over all connections; others get 503.
    package var streams = 64
    /// Bytes of such an answer that may wait for the peer; its maker waits above.
    package var streamBufferBytes = 65_536
    /// Time that the maker of such an answer may be silent.
    package var streamSilence: Duration = .seconds(60)
    /// Time that such an answer may take, however fast it is taken.
    package var streamDeadline: Duration = .seconds(3_600)

    /// The default limits.
    package init() {}
}

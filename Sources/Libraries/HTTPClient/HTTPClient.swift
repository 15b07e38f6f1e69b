import Synchronization

/// An HTTP/1.1 client over libcurl, which keeps connections alive and reuses them.
///
/// One thread of its own serves all requests. A request is written at most once unless it is GET
/// or HEAD: see `Transfer` for what curl would do.
package final class HTTPClient: Sendable {
    /// What all requests of a client share.
    package struct Configuration: Sendable {
        /// Connections to one host (and port) at a time; further requests wait for one.
        package var connectionsPerHost = 256
        /// Idle connections that are kept in all.
        package var idleConnections = 512
        /// An idle connection older than this is not used again: many servers and load balancers
        /// close after 60 s, and a request that crosses with that closing has an unknown outcome.
        package var idleLifetime: Duration = .seconds(45)
        /// The User-Agent header field, if any.
        package var userAgent: String?

        /// The defaults.
        package init() {}
    }

    private let loop: TransferLoop

    /// Starts the client's thread; throws `notSent` when the system has no resources for it.
    package init(_ configuration: Configuration = Configuration()) throws(HTTPClientError) {
        loop = try TransferLoop(configuration)
        try loop.start()
    }

    deinit {
        loop.stop()
    }

    /// Sends a request and waits for the whole answer, of any status; cancelling the task aborts
    /// it.
    package func send(
        _ request: HTTPClientRequest
    ) async throws(HTTPClientError) -> HTTPClientResponse {
        if let name = request.firstInvalidHeader { throw .invalidHeader(name: name) }
        if Task.isCancelled { throw .cancelled(requestMayHaveBeenWritten: false) }
        let transfer = Transfer(request)
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.add(transfer, continuation)
            }
        } onCancel: {
            loop.cancel(transfer)
        }
        return try outcome.get()
    }
}

extension HTTPClientRequest {
    /// The name of the first header field that would break out of its line.
    fileprivate var firstInvalidHeader: String? {
        headers.fields.first { field in
            field.name.isEmpty || !field.name.utf8.allSatisfy(Self.isTokenCharacter)
                || field.value.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7f }
        }?.name.filter { $0.isASCII && !$0.isNewline }
    }

    /// The characters of a token (RFC 9110, section 5.6.2).
    private static func isTokenCharacter(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: Array("!#$%&'*+-.^_`|~".utf8).contains(character)
        }
    }
}

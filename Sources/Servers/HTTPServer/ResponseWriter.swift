import Synchronization

/// Called on an event loop's thread for every request; must not block.
///
/// It, or whatever it hands the writer to, calls `respond` once, from any thread.
package typealias RequestHandler = @Sendable (HTTPRequest, ResponseWriter) -> Void

/// The place where the answer to one request goes.
///
/// If it is dropped without an answer, the peer gets 500, so no request stays open for ever.
package final class ResponseWriter: Sendable {
    private enum Destination: Sendable {
        case connection(EventLoop, token: UInt64)
        case closure(@Sendable (HTTPResponse) -> Void)
    }

    private let destination: Destination
    private let isDone = Atomic(false)

    init(loop: EventLoop, token: UInt64) {
        destination = .connection(loop, token: token)
    }

    /// A writer whose answer goes to `destination`, as tests of handlers use it.
    package init(destination: @escaping @Sendable (HTTPResponse) -> Void) {
        self.destination = .closure(destination)
    }

    deinit {
        guard !isDone.load(ordering: .relaxed) else { return }
        deliver(Problem(500, "no_response", "the request was not answered").response)
    }

    /// Answers the request; later calls are ignored.
    package func respond(_ response: HTTPResponse) {
        guard !isDone.exchange(true, ordering: .acquiringAndReleasing) else { return }
        deliver(response)
    }

    /// Closes the connection without an answer, as a server that dies would.
    ///
    /// Later calls are ignored. A writer of a test's closure answers nothing.
    package func abort() {
        guard !isDone.exchange(true, ordering: .acquiringAndReleasing) else { return }
        if case .connection(let loop, let token) = destination { loop.post(.abort(token)) }
    }

    private func deliver(_ response: HTTPResponse) {
        switch destination {
        case .connection(let loop, let token): loop.answer(token, response)
        case .closure(let receive): receive(response)
        }
    }
}

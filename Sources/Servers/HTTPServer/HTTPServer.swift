import Synchronization

/// An HTTP/1.1 server on threads of its own; strict, and limited in every dimension.
package final class HTTPServer: Sendable {
    /// Where to listen and how much to allow.
    package struct Configuration: Sendable {
        /// A name or numeric address of this machine.
        package var host = "127.0.0.1"
        /// The port; 0 takes a free one.
        package var port = 0
        /// Number of event-loop threads, at least 1.
        package var loops = 1
        /// The limits of connections and requests.
        package var limits = Limits()
        /// The body limit, in bytes, of routes that differ from `limits`; see `Router.bodyLimit`.
        package var bodyLimit: (@Sendable (HTTPMethod, String) -> Int?)?

        /// A configuration for a free port on the loopback address.
        package init(host: String = "127.0.0.1", port: Int = 0, loops: Int = 1) {
            self.host = host
            self.port = port
            self.loops = loops
        }
    }

    private struct State {
        var loops: [EventLoop] = []
        var port: Int?
        var isStarted = false
        var running = 0
        var isStopped = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let configuration: Configuration
    private let handler: RequestHandler
    private let admission: Admission
    private let overlap: String?
    private let fault: String?
    private let state = Mutex(State())

    /// A server that is not started; `handler` must not block.
    package init(configuration: Configuration, handler: @escaping RequestHandler) {
        self.configuration = configuration
        self.handler = handler
        overlap = nil
        fault = nil
        admission = Admission(limits: configuration.limits)
    }

    /// A server whose requests and body limits a router decides.
    package init(configuration: Configuration, router: Router) {
        var configuration = configuration
        configuration.bodyLimit = router.bodyLimit
        self.configuration = configuration
        handler = { router.handle($0, $1) }
        overlap = router.overlap
        fault = router.fault
        admission = Admission(limits: configuration.limits)
    }

    /// The port it listens on, once started.
    package var port: Int? { state.withLock { $0.port } }

    /// Connections that are open now.
    package var connectionCount: Int { admission.total }

    /// Binds, listens and starts the threads.
    ///
    /// - Returns: the port bound to.
    /// - Throws: `HTTPServerError` naming host and port, for example that the port is in use, or
    ///   two routes that overlap.
    @discardableResult
    package func start() throws(HTTPServerError) -> Int {
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
        guard isFirst else { throw .alreadyStarted }
        if let overlap { throw .overlappingRoutes(overlap) }
        if let fault { throw .unfitRoute(fault) }
        let listener = try Socket.listen(host: configuration.host, port: configuration.port)
        let port = Socket.boundPort(listener)
        var loops: [EventLoop] = []
        for _ in 0..<max(1, configuration.loops) {
            loops.append(
                try EventLoop(
                    limits: configuration.limits, bodyLimit: configuration.bodyLimit,
                    handler: handler, admission: admission,
                    onStopped: { [weak self] in self?.loopStopped() }))
        }
        loops[0].listen(on: listener, handingTo: loops)
        state.withLock { state in
            state.loops = loops
            state.port = port
            state.running = loops.count
        }
        for loop in loops { try loop.start() }
        return port
    }

    /// Serves until `shutdown` has ended or the task is cancelled.
    ///
    /// - Throws: what `start` throws, if it was not started before.
    package func run() async throws {
        if port == nil { try start() }
        await withTaskCancellationHandler {
            await stopped()
        } onCancel: {
            post(.stop)
        }
    }

    /// Stops accepting, closes idle connections, lets requests in progress end, and returns when
    /// all is closed; what is left after the duration is cut off.
    package func shutdown(within duration: Duration) async {
        guard state.withLock({ $0.port != nil && !$0.isStopped }) else { return }
        post(.drain)
        let cutOff = Task {
            try await Task.sleep(for: duration)
            post(.stop)
        }
        await stopped()
        cutOff.cancel()
    }

    private func post(_ command: EventLoop.Command) {
        for loop in state.withLock({ $0.loops }) { loop.post(command) }
    }

    private func stopped() async {
        await withCheckedContinuation { continuation in
            let isStopped = state.withLock { state in
                if !state.isStopped { state.waiters.append(continuation) }
                return state.isStopped
            }
            if isStopped { continuation.resume() }
        }
    }

    private func loopStopped() {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.running -= 1
            guard state.running == 0 else { return [] }
            state.isStopped = true
            state.loops = []
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

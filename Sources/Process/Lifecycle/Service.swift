/// Something that runs as long as the process does: a stage, a server, a supervisor.
package protocol Service: Sendable {
    /// The service's name, for people.
    var name: String { get }

    /// Runs until it is done, fails, or its task is cancelled.
    func run() async throws
}

/// A service that can finish what it has begun before it stops.
package protocol DrainingService: Service {
    /// Asks ``Service/run()`` to take nothing new, finish what is in flight, and return.
    ///
    /// Returns once that is asked for; whoever asks waits for `run` itself, and cancels it when
    /// the time is over.
    func drain() async
}

/// A service made of a closure.
package struct ClosureService: Service {
    /// The service's name.
    package let name: String
    private let body: @Sendable () async throws -> Void

    /// Names the closure.
    package init(_ name: String, _ body: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Runs the closure.
    package func run() async throws { try await body() }
}

/// Why a server could not start.
package enum HTTPServerError: Error, Equatable, CustomStringConvertible, Sendable {
    /// Another process listens on that host and port.
    case addressInUse(host: String, port: Int)
    /// The host has no address on this machine, or the port is not allowed.
    case cannotListen(host: String, port: Int, reason: String)
    /// The system refused a poller, an event counter or a thread.
    case systemResources(call: String, reason: String)
    /// Two routes fit one path, so which of them answers would be chance.
    case overlappingRoutes(String)
    /// A route is not to be served, for this reason.
    case unfitRoute(String)
    /// `start` was called a second time.
    case alreadyStarted

    /// What went wrong and what to do, for a person.
    package var description: String {
        switch self {
        case .addressInUse(let host, let port):
            "cannot listen on \(host):\(port): the port is in use by another process; "
                + "stop that process or choose another port"
        case .cannotListen(let host, let port, let reason):
            "cannot listen on \(host):\(port): \(reason)"
        case .systemResources(let call, let reason):
            "cannot start the HTTP server: \(call) failed: \(reason)"
        case .overlappingRoutes(let both):
            "cannot start the HTTP server: some path fits both \(both); give one another path"
        case .unfitRoute(let reason): "cannot start the HTTP server: \(reason)"
        case .alreadyStarted: "the HTTP server was started already"
        }
    }
}

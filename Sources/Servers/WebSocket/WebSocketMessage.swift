/// A whole message, put together from its fragments.
package enum WebSocketMessage: Sendable, Equatable {
    /// Valid UTF-8.
    case text(String)
    /// Any bytes.
    case binary([UInt8])
}

/// How a connection ended (RFC 6455, 7.4).
package struct WebSocketClose: Sendable, Equatable {
    /// The status code: 1005 if the peer gave none, 1006 if it vanished.
    package let code: UInt16
    /// The peer's reason, up to 123 bytes.
    package let reason: String

    /// A close with its code and reason.
    package init(code: UInt16, reason: String = "") {
        self.code = code
        self.reason = reason
    }

    static let vanished = WebSocketClose(code: 1_006)

    /// Whether a code may be sent on the wire.
    static func isSendable(_ code: UInt16) -> Bool {
        switch code {
        case 1_000...1_003, 1_007...1_014, 3_000...4_999: true
        default: false
        }
    }
}

/// How much a peer may send and leave unread.
package struct WebSocketLimits: Sendable {
    /// Bytes of one message, summed over its fragments.
    package var messageBytes = 1_048_576
    /// Fragments of one message; without a bound, empty ones cost memory for nothing.
    package var fragments = 1_024
    /// Messages that wait for their reader; above it, reading from the peer pauses.
    package var waitingMessages = 64
    /// Time between pings; proxies cut connections that are silent for 30 to 60 s.
    package var pingInterval: Duration = .seconds(25)
    /// Pings in a row without a pong, after which the peer is taken for gone.
    package var missedPongs = 2
    /// Time for the peer to answer a Close before the connection is cut.
    package var closeDeadline: Duration = .seconds(5)

    /// The default limits.
    package init() {}
}

/// Why a message cannot be sent or a connection cannot be made.
package enum WebSocketError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The connection is closed or closing.
    case closed
    /// No connection to the server could be made.
    case cannotConnect(host: String, port: Int, reason: String)
    /// The server answered the handshake with something else than an upgrade.
    case refused(status: Int, reason: String)

    /// What went wrong, for a person.
    package var description: String {
        switch self {
        case .closed: "the WebSocket connection is closed"
        case .cannotConnect(let host, let port, let reason):
            "cannot connect to \(host):\(port): \(reason)"
        case .refused(let status, let reason):
            "the server refused the WebSocket connection (\(status)): \(reason)"
        }
    }
}

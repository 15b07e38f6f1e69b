import Cryptography
package import HTTPServer

/// The opening handshake (RFC 6455, 4).
package enum Handshake {
    private static let identifier = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// What a server decides about handshakes.
    package struct Policy: Sendable {
        /// Subprotocols that the server speaks, best first.
        package var protocols: [String]
        /// Whether a page of that origin may connect; nil stands for programs, which send none.
        ///
        /// An origin is no authentication.
        package var allowsOrigin: @Sendable (String?) -> Bool

        /// A policy; without `allowsOrigin`, browsers of any origin are refused.
        package init(
            protocols: [String] = [],
            allowsOrigin: @escaping @Sendable (String?) -> Bool = { $0 == nil }
        ) {
            self.protocols = protocols
            self.allowsOrigin = allowsOrigin
        }
    }

    /// An accepted handshake: the headers of the 101 and the subprotocol agreed on.
    package struct Acceptance: Sendable {
        /// Header lines of the response.
        package let headers: [(name: String, value: String)]
        /// The subprotocol, or nil if none of those offered is spoken here.
        package let subprotocol: String?
    }

    /// The value of `Sec-WebSocket-Accept` for a key.
    package static func accept(forKey key: String) -> String {
        Base64.encode(SHA1.digest(Array((key + identifier).utf8)))
    }

    /// Checks a request.
    ///
    /// - Throws: `Problem` 400, 403 (origin), or 426 (version); `response(for:)` makes the
    ///   response of it.
    package static func check(_ request: HTTPRequest, _ policy: Policy) throws(Problem)
        -> Acceptance
    {
        guard request.method == .get, request.isHTTP11, request.body.isEmpty else {
            throw bad("a WebSocket handshake is a GET in HTTP/1.1 without a body")
        }
        guard tokens(request, "Upgrade").contains("websocket"),
            tokens(request, "Connection").contains("upgrade")
        else { throw bad("Upgrade: websocket and Connection: Upgrade are missing") }
        guard request.headers.all(named: "Sec-WebSocket-Version") == ["13"] else {
            throw Problem(
                .upgradeRequired, "only WebSocket version 13 is spoken here")
        }
        let keys = request.headers.all(named: "Sec-WebSocket-Key")
        guard keys.count == 1, keys[0].utf8.count == 24, let bytes = Base64.decode(keys[0]),
            bytes.count == 16
        else { throw bad("Sec-WebSocket-Key is not the base64 of 16 bytes") }
        guard policy.allowsOrigin(request.headers.first(named: "Origin")) else {
            throw Problem(
                403, "origin", "pages of this origin may not connect")
        }
        let offered = list(request, "Sec-WebSocket-Protocol")
        let chosen = policy.protocols.first { offered.contains($0) }
        var headers = [
            (name: "Upgrade", value: "websocket"), (name: "Connection", value: "Upgrade"),
            (name: "Sec-WebSocket-Accept", value: accept(forKey: keys[0])),
        ]
        if let chosen { headers.append((name: "Sec-WebSocket-Protocol", value: chosen)) }
        return Acceptance(headers: headers, subprotocol: chosen)
    }

    /// The response to a handshake that was refused; 426 names the version (RFC 6455, 4.4).
    package static func response(for error: Problem) -> HTTPResponse {
        var response = error.response
        if error.kind.status == 426 {
            response.headers += [("Sec-WebSocket-Version", "13"), ("Upgrade", "websocket")]
        }
        return response
    }

    /// The subprotocols that a request offers, in order; a ticket may be among them.
    package static func offeredProtocols(_ request: HTTPRequest) -> [String] {
        list(request, "Sec-WebSocket-Protocol")
    }

    private static func bad(_ message: String) -> Problem {
        Problem(.badHandshake, message)
    }

    private static func tokens(_ request: HTTPRequest, _ name: String) -> [String] {
        list(request, name).map { $0.lowercased() }
    }

    private static func list(_ request: HTTPRequest, _ name: String) -> [String] {
        request.headers.all(named: name).flatMap { value in
            value.split(separator: ",").map { element in
                let isBlank = { (character: Character) in character == " " || character == "\t" }
                return String(
                    element.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
            }
        }
    }
}

extension Problem.Kind {
    /// The request is no handshake.
    package static let badHandshake = Self(400, "bad_handshake")
    /// Another version of the protocol is wanted.
    package static let upgradeRequired = Self(426, "upgrade_required")
}

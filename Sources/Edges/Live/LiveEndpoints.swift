package import Endpoints
package import HTTPServer
package import JSON
import WebSocket

/// The live socket over HTTP, and the tokens that open it.
package struct LiveEndpoints: Sendable {
    /// The subprotocol that may be named; none has to be.
    private static let subprotocol = "parley.live.1"

    private let hub: LiveHub
    private let access: any LiveAccess
    private let source: SourceGuard
    private let tokens: LiveTokens

    /// Answers by what the hub hears and the console's rules let through.
    package init(_ hub: LiveHub, _ access: any LiveAccess, from source: SourceGuard) {
        self.hub = hub
        self.access = access
        self.source = source
        tokens = LiveTokens(limits: hub.limits)
    }

    /// The endpoints.
    package var endpoints: [Endpoint] { [token, socket] }

    private var token: Endpoint {
        .known(
            .at(
                .post, "/api/v1/live/tokens", "live.issueToken",
                "Issues a token that opens one live socket for whoever asks, within half a minute."
            ),
            .init(gives: Reply<LiveToken>.self, [201])
        ) { call in
            let caller = LiveCaller(principal: call.principal, request: call.request)
            return Reply(
                LiveToken(token: try tokens.issue(for: caller, at: hub.now())),
                status: 201)
        }
    }

    private var socket: Endpoint {
        .anyone(
            .at(
                .get, "/api/v1/live", "live",
                "Opens a live socket: it says hello, then hears what changes in its rooms."),
            .init(
                gives: Upgrade.self, [101], problems: [.badHandshake, .upgradeRequired])
        ) { call in Upgrade(await connect(call.request)) }
    }

    private func connect(_ request: HTTPRequest) async -> HTTPResponse {
        let session = LiveSession(
            hub: hub, access: access, tokens: tokens, opener: await opener(request))
        let host = request.headers.first(named: "Host")
        var limits = WebSocketLimits()
        limits.messageBytes = hub.limits.mostFrameBytes
        limits.waitingMessages = 16
        let source = source
        return WebSocketConnection.upgrade(
            request,
            policy: Handshake.Policy(protocols: [Self.subprotocol]) {
                source.allows(origin: $0, host: host)
            }, limits: limits
        ) { await session.run($0) }
    }

    /// Who opens a socket by what the request itself says: a page by its cookie, and then only a
    /// page that says that it is ours; programs by a key.
    ///
    /// Else the hello has to bring a token.
    private func opener(_ request: HTTPRequest) async -> LiveCaller? {
        let hasKey = request.headers.first(named: "Authorization") != nil
        guard hasKey || request.headers.first(named: "Origin") != nil else { return nil }
        do throws(Problem) {
            return LiveCaller(
                principal: try await access.principal(of: request), request: request)
        } catch {
            return nil
        }
    }
}

/// A token that opens one live socket.
package struct LiveToken: Hashable, Codable, Described {
    /// The token: `token` of the hello.
    package var token: String

    package static let schema = JSONSchema.object(
        [.required("token", .text("To be sent as `token` of the hello, once."))],
        named: "LiveToken")
}

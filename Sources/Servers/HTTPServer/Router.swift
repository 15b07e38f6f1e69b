/// Finds the handler of a request by method and path.
///
/// No two routes of a method may fit one path: the server does not start with such. A path without
/// names in braces is found by one look-up. A GET route answers HEAD too.
package struct Router: Sendable {
    /// Answers a request on the cooperative pool.
    package typealias Handler =
        @Sendable (HTTPRequest, PathParameters) async throws -> HTTPResponse
    /// Answers a request by callback, begun on the event loop's thread; must not block.
    package typealias RawHandler = @Sendable (HTTPRequest, PathParameters, ResponseWriter) -> Void

    private enum Action: Sendable {
        case task(Handler)
        case callback(RawHandler)
    }

    private struct Route: Sendable {
        let method: HTTPMethod
        let pattern: RoutePattern
        let maximumBodyBytes: Int?
        let action: Action
    }

    private struct Match {
        let route: Route
        let parameters: PathParameters
    }

    private var plain: [String: [Route]] = [:]
    private var patterns: [Route] = []
    private var hasBodyLimits = false
    /// Two routes that some path fits both, in words.
    private(set) var overlap: String?
    /// Why a server with these routes does not start, in words.
    private(set) var fault: String?
    private let onUnexpectedError: (@Sendable (any Error, HTTPRequest) -> Void)?
    private let source: SourceGuard?

    /// A router without routes.
    ///
    /// `onUnexpectedError` hears of thrown errors that are no `Problem`, which the peer sees only
    /// as 500. With a `source`, no route answers what comes from elsewhere.
    package init(
        from source: SourceGuard? = nil,
        onUnexpectedError: (@Sendable (any Error, HTTPRequest) -> Void)? = nil
    ) {
        self.source = source
        self.onUnexpectedError = onUnexpectedError
    }

    /// Keeps a server with these routes from starting.
    package mutating func refuse(because reason: String) { fault = fault ?? reason }

    /// Adds a route; `maximumBodyBytes` replaces the server's body limit before the body is read.
    package mutating func on(
        _ method: HTTPMethod, _ pattern: String, maximumBodyBytes: Int? = nil,
        handler: @escaping Handler
    ) {
        add(method, pattern, maximumBodyBytes, .task(handler))
    }

    /// Adds a route whose handler answers by callback.
    package mutating func onRaw(
        _ method: HTTPMethod, _ pattern: String, maximumBodyBytes: Int? = nil,
        handler: @escaping RawHandler
    ) {
        add(method, pattern, maximumBodyBytes, .callback(handler))
    }

    private mutating func add(
        _ method: HTTPMethod, _ text: String, _ maximumBodyBytes: Int?, _ action: Action
    ) {
        let pattern = RoutePattern(text)
        let route = Route(
            method: method, pattern: pattern, maximumBodyBytes: maximumBodyBytes, action: action)
        hasBodyLimits = hasBodyLimits || maximumBodyBytes != nil
        let others = patterns + plain.values.joined()
        if let other = others.first(where: {
            $0.method == method && $0.pattern.overlaps(pattern)
        }) {
            overlap = "\(method.rawValue) \(other.pattern.text) and \(method.rawValue) \(text)"
        }
        if let path = pattern.plain {
            plain[path, default: []].append(route)
        } else {
            patterns.append(route)
        }
    }

    /// The body limits of the routes, for `HTTPServer.Configuration.bodyLimit`.
    package var bodyLimit: (@Sendable (HTTPMethod, String) -> Int?)? {
        guard hasBodyLimits else { return nil }
        return { method, path in
            find(
                method, path,
                path.split(separator: "/", omittingEmptySubsequences: false)
                    .dropFirst().map(String.init)
            )?.route.maximumBodyBytes
        }
    }

    /// Answers a request, or hands it to its route.
    package func handle(_ request: HTTPRequest, _ writer: ResponseWriter) {
        if let source {
            do throws(Problem) {
                try source.check(request)
            } catch {
                return writer.respond(error.response)
            }
        }
        guard let match = find(request.method, request.path, request.pathSegments) else {
            writer.respond(refusal(request))
            return
        }
        switch match.route.action {
        case .callback(let handler): handler(request, match.parameters, writer)
        case .task(let handler):
            Task {
                writer.respond(await respond(request, match.parameters, handler))
            }
        }
    }

    private func respond(_ request: HTTPRequest, _ parameters: PathParameters, _ handler: Handler)
        async -> HTTPResponse
    {
        do {
            return try await handler(request, parameters)
        } catch let error as Problem {
            return error.response
        } catch {
            onUnexpectedError?(error, request)
            return Problem(500, "internal", "something went wrong on our side").response
        }
    }

    private func find(
        _ method: HTTPMethod, _ path: String, _ segments: @autoclosure () -> [String]
    ) -> Match? {
        let wanted: [HTTPMethod] = method == .head ? [.head, .get] : [method]
        for method in wanted {
            if let route = plain[path]?.first(where: { $0.method == method }) {
                return Match(route: route, parameters: PathParameters())
            }
            guard !patterns.isEmpty else { continue }
            let segments = segments()
            for route in patterns where route.method == method {
                guard let parameters = route.pattern.match(segments) else { continue }
                return Match(route: route, parameters: parameters)
            }
        }
        return nil
    }

    /// 405 with the methods that the path has, or 404.
    private func refusal(_ request: HTTPRequest) -> HTTPResponse {
        let segments = request.pathSegments
        let allowed = HTTPMethod.allCases.filter { find($0, request.path, segments) != nil }
        guard !allowed.isEmpty else {
            return Problem(404, "not_found", "there is nothing at this path").response
        }
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        return Problem(405, "method_not_allowed", "this path takes \(names)")
            .response(headers: [("Allow", names)])
    }
}

import HTTPServer

/// What a request parser made of a stream, in a form that can be compared.
struct ParsedStream: Equatable {
    /// One request.
    struct Request: Equatable, CustomStringConvertible {
        var method: String
        var target: String
        var path: String
        var headers: [[String]]
        var body: [UInt8]
        var isHTTP11: Bool

        init(_ request: HTTPRequest) {
            method = request.method.rawValue
            target = request.target
            path = request.path
            headers = request.headers.pairs.map { [$0.name, $0.value] }
            body = request.body
            isHTTP11 = request.isHTTP11
        }

        /// The values of all header lines of a name given in lower case.
        func values(_ name: String) -> [String] {
            headers.filter { $0[0].lowercased() == name }.map { $0[1] }
        }

        var description: String { "\(method) \(target) \(headers) \(body.count)" }
    }

    var requests: [Request] = []
    var rejection: RequestRejection?
    /// Octets given and not used.
    var left = 0

    /// Limits so small that a fuzzer reaches them.
    static let limits: Limits = {
        var limits = Limits()
        limits.targetBytes = 200
        limits.headerBytes = 600
        limits.headerCount = 12
        limits.bodyBytes = 500
        limits.chunkOverheadBytes = 60
        return limits
    }()

    init(_ pieces: [ArraySlice<UInt8>]) throws(PropertyViolation) {
        var parser = RequestParser(limits: Self.limits)
        for piece in pieces {
            parser.append(piece.span)
            do throws(RequestRejection) {
                while let event = try parser.next() {
                    if case .request(let request) = event { requests.append(Request(request)) }
                }
            } catch {
                if let rejection {
                    try hold(rejection == error, "first \(rejection), then \(error)")
                }
                rejection = error
            }
        }
        left = parser.bufferedCount
        try hold(rejection == nil || left == 0, "\(left) octets are kept after a rejection")
        try hold(rejection == nil || parser.phase == .failed, "parsing goes on after a rejection")
        try hold(
            parser.bodyCount <= Self.limits.bodyBytes, "a body of \(parser.bodyCount) is kept")
    }

    init(_ bytes: [UInt8]) throws(PropertyViolation) { try self.init([bytes[...]]) }
}

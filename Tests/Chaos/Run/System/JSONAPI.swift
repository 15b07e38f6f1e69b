import FoundationEssentials
import HTTPClient

/// A JSON API on this machine.
struct JSONAPI: Sendable {
    struct Refused: Error, CustomStringConvertible {
        var status: Int
        var description: String
    }

    private static let client = Result { try HTTPClient() }

    let base: String
    var key: String?
    var timeout: Duration = .seconds(20)

    /// Calls; throws unless the answer is a 2xx.
    @discardableResult
    func call(
        _ method: HTTPClientRequest.Method, _ path: String, _ body: (any Encodable)? = nil
    ) async throws -> [UInt8] {
        let bytes = try body.map { [UInt8](try JSONEncoder().encode($0)) }
        return try await send(method, path, bytes)
    }

    @discardableResult
    func send(
        _ method: HTTPClientRequest.Method, _ path: String, _ body: [UInt8]?
    ) async throws -> [UInt8] {
        var fields: HTTPClientHeaders = ["Content-Type": "application/json"]
        if let key { fields["Authorization"] = "Bearer \(key)" }
        // Each call is an act of its own.
        if method == .post { fields["Idempotency-Key"] = UUID().uuidString }
        var request = HTTPClientRequest(method, base + path, headers: fields, body: body)
        request.timeout = timeout
        let response = try await Self.client.get().send(request)
        guard (200..<300).contains(response.status) else {
            let text = String(decoding: response.body.prefix(300), as: UTF8.self)
            throw Refused(
                status: response.status,
                description: "\(method) \(path): \(response.status) \(text)")
        }
        return response.body
    }

    func get<Value: Decodable>(_ path: String, as type: Value.Type) async throws -> Value {
        try JSONDecoder().decode(type, from: Data(try await call(.get, path)))
    }

    func post<Value: Decodable>(
        _ path: String, _ body: any Encodable, as type: Value.Type
    ) async throws -> Value {
        try JSONDecoder().decode(type, from: Data(try await call(.post, path, body)))
    }
}

/// The wall clock and waiting.
enum Time {
    /// Milliseconds since 1970, as everything in a history.
    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// Sleeps; an end of the task ends it early, which whoever sleeps looks for.
    static func sleep(_ duration: Duration) async {
        try? await Task.sleep(for: duration)
    }

    /// Waits until something is so; `false` if the time is over first.
    static func wait(
        atMost limit: Duration, every pause: Duration = .milliseconds(100),
        until isSo: () async -> Bool
    ) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while !(await isSo()) {
            guard ContinuousClock.now < deadline, !Task.isCancelled else { return false }
            await sleep(pause)
        }
        return true
    }
}

import Configuration
import FoundationEssentials
import HTTPClient

/// Speaks the JSON APIs of this installation: the simulator's and the console's.
struct APIClient: Sendable {
    /// A refusal, in the server's own words.
    struct Refusal: Error, CustomStringConvertible {
        var status: Int
        var description: String
    }

    private struct ErrorBody: Decodable {
        struct Content: Decodable {
            var message: String
        }
        var error: Content
    }

    let base: String
    let key: String?
    private let http: HTTPClient

    init(base: String, key: String? = nil, over http: HTTPClient) {
        self.base = base
        self.key = key
        self.http = http
    }

    /// Calls an API and reads its answer.
    ///
    /// - Throws: ``Refusal`` for an error status, `HTTPClientError` if nobody answers.
    func call<Answer: Decodable>(
        _ method: HTTPClientRequest.Method, _ path: String, body: [UInt8]? = nil,
        timeout: Duration = .seconds(30), as type: Answer.Type
    ) async throws -> Answer {
        let bytes = try await send(method, path, body: body, timeout: timeout)
        return try JSONDecoder().decode(type, from: Data(bytes))
    }

    /// Calls an API and answers the bytes of its answer.
    @discardableResult
    func send(
        _ method: HTTPClientRequest.Method, _ path: String, body: [UInt8]? = nil,
        timeout: Duration = .seconds(30)
    ) async throws -> [UInt8] {
        var headers: HTTPClientHeaders = ["Content-Type": "application/json"]
        if let key { headers["Authorization"] = "Bearer \(key)" }
        var request = HTTPClientRequest(method, base + path, headers: headers, body: body)
        request.timeout = timeout
        let response = try await http.send(request)
        guard (200..<300).contains(response.status) else {
            // Any other body is told by its status alone.
            let error = try? JSONDecoder().decode(ErrorBody.self, from: Data(response.body))
            throw Refusal(
                status: response.status,
                description: error?.error.message ?? "HTTP status \(response.status)")
        }
        return response.body
    }

    /// A value as JSON.
    static func json(_ value: some Encodable) throws -> [UInt8] {
        [UInt8](try JSONEncoder().encode(value))
    }

    /// A text as a part of a path or a query.
    static func escaped(_ text: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
        return text.utf8.map { byte -> String in
            if plain.contains(byte) { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}

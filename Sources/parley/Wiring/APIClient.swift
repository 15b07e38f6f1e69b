import Configuration
import Conversation
import Cryptography
import FoundationEssentials
import HTTPClient

/// Speaks the JSON APIs of this installation: the simulator's and the console's.
struct APIClient: Sendable {
    /// A refusal, in the server's own words.
    struct Refusal: Error, CustomStringConvertible {
        var status: Int
        /// The server's word for it, if it said one.
        var code: String?
        var description: String
    }

    /// That there is no answer, in a person's words.
    struct Silence: Error, CustomStringConvertible {
        var description: String
    }

    /// What servers of ours say of a request that they refuse (RFC 9457).
    private struct ProblemBody: Decodable {
        var code: String?
        var detail: String
    }

    let base: String
    let key: String?
    private let service: String
    private let http: HTTPClient

    /// `service` is what errors call the server, such as `console`.
    init(_ service: String, base: String, key: String? = nil, over http: HTTPClient) {
        self.service = service
        self.base = base
        self.key = key
        self.http = http
    }

    /// Calls an API and reads its answer.
    ///
    /// - Throws: ``Refusal`` for an error status, ``Silence`` if nobody answers.
    func call<Answer: Decodable>(
        _ method: HTTPClientRequest.Method, _ path: String, body: [UInt8]? = nil,
        timeout: Duration = .seconds(30), as type: Answer.Type
    ) async throws -> Answer {
        let bytes = try await send(method, path, body: body, timeout: timeout)
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw Silence(
                description: "the answer of the \(service) at \(base) is not understood: does "
                    + "another version of Parley, or something else, run there?")
        }
    }

    /// Calls an API and answers the bytes of its answer; `version` is that of what is changed.
    @discardableResult
    func send(
        _ method: HTTPClientRequest.Method, _ path: String, body: [UInt8]? = nil,
        version: Int? = nil, timeout: Duration = .seconds(30)
    ) async throws -> [UInt8] {
        var headers: HTTPClientHeaders = ["Content-Type": "application/json"]
        if let key { headers["Authorization"] = "Bearer \(key)" }
        if let version { headers["If-Match"] = "\"\(version)\"" }
        // Each call is an act of its own; what is made must have a name.
        if method == .post {
            headers["Idempotency-Key"] = try RandomBytes.token(bytes: 16)
        }
        var request = HTTPClientRequest(method, base + path, headers: headers, body: body)
        request.timeout = timeout
        let response: HTTPClientResponse
        do throws(HTTPClientError) {
            response = try await http.send(request)
        } catch {
            throw silence(error, timeout)
        }
        guard (200..<300).contains(response.status) else {
            throw refusal(response)
        }
        return response.body
    }

    private func refusal(_ response: HTTPClientResponse) -> Refusal {
        // Of any other body the status says enough.
        let problem = try? JSONDecoder().decode(ProblemBody.self, from: Data(response.body))
        return Refusal(
            status: response.status, code: problem?.code,
            description: problem.map { VisibleText.line($0.detail) }
                ?? "something other than the \(service) answers at \(base) "
                + "(status \(response.status))")
    }

    private func silence(_ error: HTTPClientError, _ timeout: Duration) -> Silence {
        let words =
            switch error {
            case .notSent(_, _, let detail):
                "the \(service) at \(base) cannot be reached: is `parley up` running? (\(detail))"
            case .unknown(.timeout, _, _, _):
                "the \(service) at \(base) did not answer within "
                    + "\(timeout.components.seconds) s; whether it did what was asked is not known"
            case .unknown(_, _, _, let detail):
                "the connection to the \(service) at \(base) broke; whether it did what was asked "
                    + "is not known (\(detail))"
            case .responseTooLarge:
                "the answer of the \(service) at \(base) is too large to be read"
            case .invalidURL, .invalidHeader, .forbiddenAddress:
                "the \(service) cannot be asked: \(error)"
            case .cancelled: "the question to the \(service) was cancelled"
            }
        return Silence(description: words)
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

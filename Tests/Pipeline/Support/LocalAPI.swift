import FoundationEssentials
import HTTPClient

/// A JSON API on this machine, called as any program would.
struct LocalAPI: Sendable {
    struct Answer: Sendable {
        var status: Int
        var body: JSON
        /// The lines by which a browser is given cookies.
        var cookies: [String] = []
    }

    /// An answer that was not the wanted kind.
    struct Refused: Error, CustomStringConvertible {
        var description: String
    }

    private static let client = Result { try HTTPClient() }

    let base: String
    var key: String?

    /// Calls and answers whatever status came.
    func send(
        _ method: HTTPClientRequest.Method, _ path: String, _ body: [UInt8]? = nil,
        headers: [(String, String)] = [], timeout: Duration = .seconds(90)
    ) async throws -> Answer {
        var fields: HTTPClientHeaders = ["Content-Type": "application/json"]
        if let key { fields["Authorization"] = "Bearer \(key)" }
        // Each call is an act of its own.
        if method == .post { fields["Idempotency-Key"] = UUID().uuidString }
        for (name, value) in headers { fields[name] = value }
        var request = HTTPClientRequest(method, base + path, headers: fields, body: body)
        request.timeout = timeout
        let response = try await Self.client.get().send(request)
        // What is no JSON is told by its status.
        let json =
            (try? JSON(response.body)) ?? .text(String(decoding: response.body, as: UTF8.self))
        let cookies = response.headers.fields.filter { $0.name.lowercased() == "set-cookie" }
        return Answer(status: response.status, body: json, cookies: cookies.map(\.value))
    }

    /// Calls and answers the body of a 2xx.
    @discardableResult
    func call(
        _ method: HTTPClientRequest.Method, _ path: String, _ body: [UInt8]? = nil
    ) async throws -> JSON {
        let answer = try await send(method, path, body)
        guard (200..<300).contains(answer.status) else {
            throw Refused(description: "\(method) \(path): \(answer.status) \(answer.body)")
        }
        return answer.body
    }

    static func escaped(_ text: String) -> String {
        text.utf8.map { byte -> String in
            let character = Character(UnicodeScalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
                return String(character)
            }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}

import FoundationEssentials
import HTTPClient

extension LanguageModelError {
    /// A server's own words are kept to this many characters.
    private static let mostDetailCharacters = 300
    /// A server that asks for more patience than this is not believed.
    private static let longestRetryAfter: Duration = .seconds(3600)

    /// What it means that there is no answer.
    init(_ error: HTTPClientError) {
        switch error {
        case .invalidURL, .forbiddenAddress:
            self = .permanent(.invalidURL, detail: error.description)
        case .invalidHeader:
            self = .permanent(
                .unauthorized, detail: "the key has characters that no header field can carry")
        case .notSent(.timeout, _, _), .unknown(.timeout, _, _, _):
            self = .transient(.timeout, retryAfter: nil, detail: error.description)
        case .notSent, .unknown:
            self = .transient(.connection, retryAfter: nil, detail: error.description)
        case .responseTooLarge:
            self = .malformedAnswer(detail: error.description)
        case .cancelled:
            self = .cancelled
        }
    }

    /// What an answer with another status than 200 means.
    init(_ response: HTTPClientResponse, model: String, address: String, key: String?) {
        let failure = ServerFailure(response.body)
        let said = Self.clean(failure.message, key: key)
        let status = response.status
        let words = said.isEmpty ? "status \(status)" : "status \(status), \(said)"
        let after = Self.retryAfter(response.headers)
        switch status {
        case 401, 403:
            // The server's words often quote a part of the key.
            let hint =
                key == nil
                ? "no key was sent: set PARLEY_MODEL_KEY, or the tenant's model key"
                : "check the key (PARLEY_MODEL_KEY, or the tenant's model key) and its rights"
            self = .permanent(.unauthorized, detail: "status \(status) from \(address); \(hint)")
        case 402:
            self = .permanent(.quotaExhausted, detail: words)
        case 429 where failure.code == "insufficient_quota":
            self = .permanent(.quotaExhausted, detail: words)
        case 404:
            self = .permanent(
                .notFound,
                detail: "\(words); check that \(address) is right and that it serves the model "
                    + "\(model)")
        case 429:
            self = .transient(.rateLimited, retryAfter: after, detail: words)
        case 408, 504:
            self = .transient(.timeout, retryAfter: after, detail: words)
        case 409, 425, 500, 502, 503, 505...599:
            self = .transient(.serverError, retryAfter: after, detail: words)
        case 300..<400:
            self = .permanent(
                .invalidURL, detail: "\(address) redirects (status \(status)); set its target")
        case 201..<300:
            self = .malformedAnswer(detail: "status \(status) instead of 200")
        default:
            self = .permanent(.invalidRequest, detail: words)
        }
    }

    /// One line without control characters and without the key.
    static func clean(_ text: String, key: String?) -> String {
        var text = text
        if let key { text = text.replacing(key, with: "…") }
        let line = text.split(whereSeparator: { $0.isWhitespace || $0.isNewline })
            .joined(separator: " ")
        return String(line.prefix(mostDetailCharacters))
    }

    /// Seconds, or a date (RFC 9110, section 10.2.3), or OpenAI's `retry-after-ms`.
    static func retryAfter(_ headers: HTTPClientHeaders, now: Date = Date()) -> Duration? {
        let wait: Duration
        if let text = headers["retry-after-ms"], let value = Double(text), value >= 0 {
            wait = .milliseconds(min(value, 1e9))
        } else if let text = headers["retry-after"] {
            if let value = Double(text), value >= 0 {
                wait = .seconds(min(value, 1e6))
            } else if let date = HTTPDate.parse(text) {
                wait = .seconds(max(0, date.timeIntervalSince(now)))
            } else {
                return nil
            }
        } else {
            return nil
        }
        return min(wait, longestRetryAfter)
    }
}

/// The error object of a server, of whatever shape: OpenAI's, a plain text, or FastAPI's.
private struct ServerFailure {
    var message = ""
    var code: String?

    init(_ body: [UInt8]) {
        // What is no JSON (a proxy's HTML page) is left out: its status says enough.
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(body)) else {
            return
        }
        let error = value["error"] ?? value
        message =
            error.string ?? error["message"]?.string ?? error["detail"]?.string
            ?? value["message"]?.string ?? ""
        code = error["code"]?.string ?? error["type"]?.string
    }
}

import FoundationEssentials
import HTTPClient
import JSON

extension LanguageModelError {
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
        self.init(
            ServerFailure(response.body), status: response.status,
            after: Self.retryAfter(response.headers), model: model, address: address, key: key)
    }

    /// What an error means that came inside of a 200, as gateways send it: its own code, where it
    /// has one, says what the status should have been.
    init(inside error: JSONValue, key: String?) {
        let failure = ServerFailure(error)
        let status = failure.names.compactMap { Int($0) }.first { (400...599).contains($0) }
        if let status {
            self.init(failure, status: status, after: nil, model: "", address: "", key: key)
        } else if failure.isContextTooLong {
            self = .permanent(.contextTooLong, detail: "status 200" + failure.suffix)
        } else {
            self = .malformedAnswer(detail: "status 200 with an error in it" + failure.suffix)
        }
    }

    private init(
        _ failure: ServerFailure, status: Int, after: Duration?, model: String, address: String,
        key: String?
    ) {
        let words = "status \(status)" + failure.suffix
        switch status {
        // Servers do not agree on the status of this: 400, 413, 422, or 500 as if it could pass.
        case _ where failure.isContextTooLong && [400, 413, 422, 500].contains(status):
            self = .permanent(.contextTooLong, detail: words)
        case 401, 403:
            // The server's words often quote a part of the key.
            let hint =
                key == nil
                ? "no key was sent: set PARLEY_MODEL_KEY, or the tenant's model key"
                : "check the key (PARLEY_MODEL_KEY, or the tenant's model key) and its rights"
            let source = address.isEmpty ? "" : " from \(address)"
            self = .permanent(.unauthorized, detail: "status \(status)\(source); \(hint)")
        case 402:
            self = .permanent(.quotaExhausted, detail: words)
        case 429 where failure.names.contains("insufficient_quota"):
            self = .permanent(.quotaExhausted, detail: words)
        case 404:
            let hint =
                address.isEmpty
                ? "check the model's name"
                : "check that \(address) is right and that it serves the model \(model)"
            self = .permanent(.notFound, detail: "\(words); \(hint)")
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
    /// The code and the type, which say the same in other words.
    var names: [String] = []

    init(_ body: [UInt8]) {
        // What is no JSON (a proxy's HTML page) is left out: its status says enough.
        let value = try? JSONDecoder().decode(JSONValue.self, from: Data(body))
        self.init(value ?? .null)
    }

    init(_ value: JSONValue) {
        let error = value["error"] ?? value
        message =
            error.string ?? error["message"]?.string ?? error["detail"]?.string
            ?? value["message"]?.string ?? ""
        names = [error["code"], error["type"]].compactMap { $0?.code }
    }

    /// What the server calls the failure, after a comma; its sentence is left out, as it may quote
    /// what was asked.
    var suffix: String {
        let words = names.filter { name in
            name.utf8.count <= 64 && name.first?.isLetter == true
                && name.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
                        || byte == 0x5f || byte == 0x2d || byte == 0x2e
                }
        }
        return words.map { ", \($0)" }.joined()
    }

    /// Whether the messages were longer than the model's context.
    ///
    /// Sources: OpenAI's API reference (`context_length_exceeded`), llama.cpp's server
    /// (`exceed_context_size_error`, "input is too large to process"), vLLM ("maximum context
    /// length"), Mistral and Anthropic ("prompt is too long"), Gemini ("exceeds the maximum number
    /// of tokens").
    var isContextTooLong: Bool {
        let known = [
            "context_length_exceeded", "exceed_context_size_error", "string_above_max_length",
        ]
        if names.contains(where: { known.contains($0) }) { return true }
        let words = message.lowercased()
        return [
            "context size", "context length", "context window", "input is too large to process",
            "prompt is too long", "input is too long", "prompt too long", "too many tokens",
            "maximum number of tokens", "reduce the length of the messages",
        ].contains { words.contains($0) }
    }
}

extension JSONValue {
    /// A code, whether it is a text or a number.
    fileprivate var code: String? {
        if case .integer(let value) = self { String(value) } else { string }
    }
}

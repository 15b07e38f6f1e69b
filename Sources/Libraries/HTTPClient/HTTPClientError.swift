/// Why there is no answer.
///
/// A sender that must not send twice looks at `requestMayHaveBeenWritten` only: when it is false
/// no byte of the request left, and sending again is safe. No case holds a query, user
/// information, a header or a body.
package enum HTTPClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kept a request from being written.
    package enum Obstacle: String, Sendable, Codable {
        /// The host's name has no address, or no name server answered.
        case nameResolution
        /// The connection was refused or the host cannot be reached.
        case connection
        /// TLS could not be agreed on, or the certificate is not trusted.
        case tls
        /// A timeout ended before a connection was ready.
        case timeout
        /// Something else, which the detail names.
        case other
    }

    /// What happened after the request may have been written.
    package enum Loss: String, Sendable, Codable {
        /// The timeout ended before the whole answer was there.
        case timeout
        /// The connection was closed or reset before the whole answer was there.
        case connection
        /// The answer is not HTTP.
        case malformedAnswer
        /// Something else, which the detail names.
        case other
    }

    /// The text is not an absolute http or https URL.
    case invalidURL(url: String)
    /// A header field's name or value cannot be sent as such (RFC 9110, section 5).
    case invalidHeader(name: String)
    /// The rule of the request forbids the address that the host's name stands for.
    case forbiddenAddress(url: String, address: String)
    /// Nothing was written: sending again cannot do anything twice.
    case notSent(Obstacle, url: String, detail: String)
    /// The request may have been written and acted on; `status` is known if an answer began.
    case unknown(Loss, url: String, status: Int?, detail: String)
    /// The answer is longer than the request allows; it was acted on, with this status.
    case responseTooLarge(url: String, limitBytes: Int, status: Int)
    /// The task was cancelled, or the client shut down.
    case cancelled(requestMayHaveBeenWritten: Bool)

    /// Whether the other side may have received the request.
    package var requestMayHaveBeenWritten: Bool {
        switch self {
        case .invalidURL, .invalidHeader, .forbiddenAddress, .notSent: false
        case .unknown, .responseTooLarge: true
        case .cancelled(let written): written
        }
    }

    /// One sentence for a log line.
    package var description: String {
        switch self {
        case .invalidURL(let url):
            "\(url) is not an absolute http or https URL"
        case .invalidHeader(let name):
            "the header field \(name) has a name or value that HTTP does not allow"
        case .forbiddenAddress(let url, let address):
            "\(url) leads to \(address), which is not a public address; "
                + "if that is meant, add it to the allowed addresses"
        case .notSent(let obstacle, let url, let detail):
            "the request to \(url) was not sent (\(obstacle.rawValue)): \(detail)"
        case .unknown(let loss, let url, let status, let detail):
            "it is unknown whether \(url) acted on the request (\(loss.rawValue)"
                + (status.map { ", status \($0)" } ?? "") + "): \(detail)"
        case .responseTooLarge(let url, let limit, let status):
            "the answer of \(url) (status \(status)) is longer than \(limit) bytes"
        case .cancelled(let written):
            "the request was cancelled \(written ? "after it may have been" : "before it was") sent"
        }
    }

    /// The URL without user information, query and fragment, which often hold secrets.
    static func safe(_ url: String) -> String {
        var text = url[...]
        if let end = text.firstIndex(where: { $0 == "?" || $0 == "#" }) { text = text[..<end] }
        guard let scheme = text.firstIndex(of: ":"), text[scheme...].hasPrefix("://") else {
            // Without a scheme nobody knows which part is what; user information may be in it.
            return text.contains("@") ? "…" : String(text.prefix(200))
        }
        let start = text.index(scheme, offsetBy: 3)
        // curl ends the authority at the first slash, backslash included (WHATWG and curl agree).
        let end = text[start...].firstIndex { $0 == "/" || $0 == "\\" } ?? text.endIndex
        let host = text[start..<end].lastIndex(of: "@").map { text.index(after: $0) } ?? start
        return String((text[..<start] + text[host...]).prefix(500))
    }
}

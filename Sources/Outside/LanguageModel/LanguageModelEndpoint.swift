package import HTTPClient
import Synchronization

/// A server that speaks OpenAI's HTTP interface, and how to reach it.
///
/// Source for paths and fields: OpenAI's API reference, as vLLM, Ollama and llama.cpp's server
/// implement it too.
package struct LanguageModelEndpoint: Sendable, CustomStringConvertible {
    /// More than any answer of a model needs; a batch of embeddings takes about 1 MB.
    private static let mostResponseBytes = 32 * 1024 * 1024

    private let base: String
    /// Never to be shown.
    let key: String?
    /// Which addresses may be reached: `.publicOnly` where a tenant sets the URL.
    package var addressRule: AddressRule = .any
    /// How long connecting may take.
    package var connectTimeout: Duration = .seconds(5)

    /// Takes a base URL, with or without a version such as `/v1` at its end, and a key, if any.
    package init(baseURL: String, key: String? = nil) {
        var text = baseURL[...]
        while text.last == "/" { text.removeLast() }
        base = Self.hasVersion(text) ? String(text) : text + "/v1"
        self.key = key.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The base URL without user information and query.
    package var description: String {
        let end = base.firstIndex { $0 == "?" || $0 == "#" } ?? base.endIndex
        guard let at = base[..<end].lastIndex(of: "@"), let scheme = base.firstIndex(of: "/") else {
            return String(base[..<end])
        }
        return base[..<scheme] + "//" + base[base.index(after: at)..<end]
    }

    /// Whether this is OpenAI itself, which is stricter than its imitators.
    var isOpenAI: Bool { base.hasPrefix("https://api.openai.com/") }

    /// Whether a new connection costs next to nothing: no TLS, no distance.
    private var isOnThisMachine: Bool {
        ["http://127.", "http://localhost", "http://[::1]"].contains { base.hasPrefix($0) }
    }

    /// What the server's answers showed of it.
    private let server = ServerKind()

    /// Posts a body, JSON unless told otherwise, and gives the body of a 200; throws what any other
    /// answer means.
    func post(
        _ path: String, _ body: [UInt8], as mediaType: String = "application/json",
        timeout: Duration, model: String, over client: HTTPClient
    ) async throws(LanguageModelError) -> [UInt8] {
        var request = HTTPClientRequest(.post, base + path, body: body)
        request.headers = ["Content-Type": mediaType, "Accept": "application/json"]
        if let key { request.headers["Authorization"] = "Bearer \(key)" }
        request.timeout = timeout
        request.connectTimeout = min(connectTimeout, timeout)
        request.maximumResponseBytes = Self.mostResponseBytes
        request.addressRule = addressRule
        // See the property for the 40 ms that this saves.
        request.usesOwnConnection = isOnThisMachine && server.maySplitAnswers
        let response: HTTPClientResponse
        do {
            response = try await client.send(request)
        } catch {
            throw LanguageModelError(error)
        }
        server.learn(from: response)
        guard response.status == 200 else {
            throw LanguageModelError(
                response, model: model, address: description + path, key: key)
        }
        return response.body
    }

    /// Whether a segment of the path looks like `v1` or `v1beta`.
    private static func hasVersion(_ url: Substring) -> Bool {
        guard let scheme = url.firstIndex(of: ":") else { return false }
        return url[scheme...].split(separator: "/").dropFirst(2).contains { segment in
            segment.first == "v" && segment.dropFirst().first?.isNumber == true
        }
    }
}

/// What kind of server answers at an endpoint.
private final class ServerKind: Sendable {
    private let isPython = Mutex<Bool?>(nil)

    /// Whether it may write an answer in two pieces, as the servers of Python's standard library
    /// do; any may, until its first answer tells.
    var maySplitAnswers: Bool { isPython.withLock { $0 } ?? true }

    func learn(from response: HTTPClientResponse) {
        guard isPython.withLock({ $0 }) == nil else { return }
        let name = response.headers["server"] ?? ""
        isPython.withLock { $0 = name.contains("Python/") }
    }
}

import Foundation
import HTTPServer
import Synchronization

/// A chat and embedding server that speaks OpenAI's interface over real HTTP and answers by rule.
final class ModelDouble: Sendable {
    /// What it does about a question.
    enum Behaviour: Sendable {
        /// Answers this; `{n}` becomes the number of the passage that holds the words.
        case say(String, holding: String = "")
        /// Answers with this status.
        case fail(Int)
        /// Asks to wait, in the words of the header `Retry-After`.
        case busy(String)
        /// Takes this long, then says nothing of use.
        case stall(Duration)
        /// Closes the connection.
        case hangUp
    }

    private static let dimensions = 64

    private let server: HTTPServer
    let port: Int
    private let asked: Asked

    private final class Asked: Sendable {
        let texts = Mutex<[String]>([])
        let embedded = Mutex(0)
        /// Addresses of the pictures that it was shown.
        let pictures = Mutex<[String]>([])
        /// The sounds that it was given to write down, forms and all.
        let sounds = Mutex<[[UInt8]]>([])
        let model = Mutex<String?>(nil)
        /// Requests for embeddings that may be answered, and those that wait.
        let permits = Mutex<(left: Int, waiting: [CheckedContinuation<Void, Never>])>((.max, []))
    }

    /// Starts on a free port; `rule` sees the customer's question, or what else the model was told
    /// last.
    init(_ rule: @escaping @Sendable (String) -> Behaviour = { _ in .say("HANDOFF") }) throws {
        let asked = Asked()
        self.asked = asked
        var configuration = HTTPServer.Configuration()
        configuration.host = "127.0.0.1"
        server = HTTPServer(configuration: configuration) { request, writer in
            Self.answer(request, writer, asked, rule)
        }
        port = try server.start()
    }

    var url: String { "http://127.0.0.1:\(port)/v1" }
    /// What it was asked, in order.
    var questions: [String] { asked.texts.withLock { $0 } }
    /// How many texts it embedded.
    var embedded: Int { asked.embedded.withLock { $0 } }

    /// The pictures that it was shown, as `data:` addresses.
    var pictures: [String] { asked.pictures.withLock { $0 } }
    /// The forms by which it was given sounds.
    var sounds: [[UInt8]] { asked.sounds.withLock { $0 } }

    /// Says from now on that another model makes its vectors.
    func change(to model: String) { asked.model.withLock { $0 = model } }

    /// Answers so many requests for embeddings from now on, then holds them.
    func answerEmbeddings(_ count: Int) {
        let released = asked.permits.withLock { permits in
            let released = permits.waiting.prefix(count)
            permits.waiting.removeFirst(released.count)
            permits.left = count - released.count
            return released
        }
        for waiting in released { waiting.resume() }
    }

    func stop() async { await server.shutdown(within: .milliseconds(100)) }

    private static func answer(
        _ request: HTTPRequest, _ writer: ResponseWriter, _ asked: Asked,
        _ rule: @Sendable (String) -> Behaviour
    ) {
        if request.path.hasSuffix("/audio/transcriptions") {
            asked.sounds.withLock { $0.append(request.body) }
            let words = #"{"text":"What time do you open on Saturday?"}"#
            return writer.respond(.json(Array(words.utf8)))
        }
        guard let body = try? JSON(request.body) else {  // told by the status
            return writer.respond(HTTPResponse(status: 400))
        }
        if request.path.hasSuffix("/embeddings") {
            Task {
                await permission(asked)
                writer.respond(embeddings(of: body, asked))
            }
            return
        }
        let content = body["messages"].elements.last?["content"] ?? .null
        let words = content.string ?? content.elements.compactMap { $0["text"].string }.joined()
        let shown = content.elements.compactMap { $0["image_url"]["url"].string }
        asked.pictures.withLock { $0 += shown }
        asked.texts.withLock { $0.append(words) }
        let question = words.range(of: "\nQuestion: ", options: .backwards).map {
            words[$0.upperBound...]
        }
        switch rule(String(question ?? words[...])) {
        case .say(let text, let needle):
            writer.respond(completion(text.replacing("{n}", with: number(of: needle, in: words))))
        case .fail(let status): writer.respond(HTTPResponse(status: status))
        case .busy(let wait):
            writer.respond(HTTPResponse(status: 429, headers: [("Retry-After", wait)], body: []))
        case .hangUp: writer.abort()
        case .stall(let time):
            Task {
                // Ended early only with the test.
                try? await Task.sleep(for: time)
                writer.respond(completion("too late"))
            }
        }
    }

    private static func permission(_ asked: Asked) async {
        await withCheckedContinuation { continuation in
            let isFree = asked.permits.withLock { permits in
                guard permits.left > 0 else {
                    permits.waiting.append(continuation)
                    return false
                }
                permits.left -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    /// The number of the passage that holds these words.
    private static func number(of needle: String, in prompt: String) -> String {
        let start = prompt.range(of: needle)?.lowerBound ?? prompt.startIndex
        let before = prompt[..<start]
        guard let open = before.range(of: "\n[", options: .backwards) else { return "1" }
        return String(before[open.upperBound...].prefix { $0.isNumber })
    }

    private static func completion(_ text: String) -> HTTPResponse {
        struct Completion: Encodable {
            struct Choice: Encodable {
                struct Message: Encodable {
                    var role = "assistant"
                    var content: String
                }
                var index = 0
                var message: Message
                var finish_reason = "stop"
            }
            struct Usage: Encodable {
                var prompt_tokens = 10
                var completion_tokens = 5
            }
            var object = "chat.completion"
            var model = "double"
            var choices: [Choice]
            var usage = Usage()
        }
        let completion = Completion(choices: [.init(message: .init(content: text))])
        // A struct of strings always encodes.
        return .json((try? jsonBytes(completion)) ?? [])
    }

    private static func embeddings(of body: JSON, _ asked: Asked) -> HTTPResponse {
        struct Embeddings: Encodable {
            struct Item: Encodable {
                var index: Int
                var embedding: [Float]
            }
            var object = "list"
            var model: String?
            var data: [Item]
        }
        let texts = body["input"].string.map { [$0] } ?? body["input"].elements.compactMap(\.string)
        asked.embedded.withLock { $0 += texts.count }
        let items = texts.enumerated().map {
            Embeddings.Item(index: $0.offset, embedding: vector(of: $0.element))
        }
        let answer = Embeddings(model: asked.model.withLock { $0 }, data: items)
        return .json((try? jsonBytes(answer)) ?? [])  // plain numbers encode
    }

    /// A unit vector that counts the hashes of the words: texts with the same words are near.
    private static func vector(of text: String) -> [Float] {
        var vector = [Float](repeating: 0.01, count: dimensions)
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            var hash: UInt32 = 2_166_136_261
            for byte in word.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
            vector[Int(hash % UInt32(dimensions))] += 1
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / length }
    }
}

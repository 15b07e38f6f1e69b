import Conversation
import Foundation
import HTTPServer
import Synchronization

/// The outside world of a measured pipeline, which answers at once: WhatsApp's Graph API and an
/// embedding server, in this process.
final class InstantOutside: Sendable {
    /// As many as a vector of multilingual-e5-small has, so that reading one costs the same.
    private static let dimensions = 384

    /// Counts of calls.
    struct Calls: Sendable {
        var messages = 0
        var marks = 0
        var embeddings = 0
        /// The last message, as JSON.
        var lastBody: [UInt8] = []
    }

    private let calls = Mutex(Calls())
    private let vectors = Mutex<[String: String]>([:])
    private let book = Mutex<TurnBook?>(nil)

    /// The counts so far.
    var counts: Calls { calls.withLock { $0 } }

    /// Tells a book of the replies from now on.
    func report(to book: TurnBook) { self.book.withLock { $0 = book } }

    /// The routes of both.
    func add(to router: inout Router) {
        router.onRaw(.post, "/v1/embeddings") { [self] request, _, writer in
            writer.respond(embed(request.body))
        }
        router.onRaw(.post, "/{version}/{number}/messages") { [self] request, _, writer in
            let now = ProcessUsage.nanoseconds()
            writer.respond(response(request.body, at: now))
        }
    }

    /// Takes a message, or a sign that one was read.
    func response(_ body: [UInt8], at now: UInt64) -> HTTPResponse {
        guard let to = Self.recipient(in: body) else {
            calls.withLock { $0.marks += 1 }
            return .json(Array("{\"success\":true}".utf8))
        }
        if let customer = TurnMessages.customer(ofPhone: to) {
            book.withLock { $0 }?.reply(to: customer, at: now)
        }
        let number = calls.withLock { calls -> Int in
            calls.messages += 1
            calls.lastBody = body
            return calls.messages
        }
        let answer =
            "{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":\"\(to)\",\"wa_id\":\""
            + "\(to)\"}],\"messages\":[{\"id\":\"wamid.benchreply\(number)\"}]}"
        return .json(Array(answer.utf8))
    }

    /// The digits of the body's `to`; `nil` if it has none.
    ///
    /// A search of the bytes: reading JSON would make this process a part of what is measured.
    static func recipient(in body: [UInt8]) -> String? {
        let name = Array("\"to\":\"".utf8)
        guard body.count > name.count else { return nil }
        for start in 0...(body.count - name.count) where body[start] == name[0] {
            guard body[start..<start + name.count].elementsEqual(name) else { continue }
            let rest = body[(start + name.count)...].prefix { $0 != UInt8(ascii: "\"") }
            return String(decoding: rest.filter { $0 != UInt8(ascii: "+") }, as: UTF8.self)
        }
        return nil
    }

    // MARK: Embeddings

    private struct EmbeddingRequest: Decodable {
        var input: [String]
    }

    private func embed(_ body: [UInt8]) -> HTTPResponse {
        // What cannot be read is reported as such below.
        guard let request = try? RecordCodec.decode(EmbeddingRequest.self, from: body) else {
            // Nothing else calls this server.
            return Problem(400, "bad_json", "the body has no input").response
        }
        calls.withLock { $0.embeddings += 1 }
        let items = request.input.enumerated().map { index, text in
            "{\"object\":\"embedding\",\"index\":\(index),\"embedding\":\(vector(of: text))}"
        }
        let text = "{\"object\":\"list\",\"data\":[\(items.joined(separator: ","))]}"
        return .json(Array(text.utf8))
    }

    private func vector(of text: String) -> String {
        if let known = vectors.withLock({ $0[text] }) { return known }
        let json = "[" + Self.unitVector(of: text).map { "\($0)" }.joined(separator: ",") + "]"
        vectors.withLock { $0[text] = json }
        return json
    }

    /// A vector of length 1 that texts with the same words share; any two lie close together, as
    /// those of the E5 family do, so that the pipeline answers as it would with that model.
    static func unitVector(of text: String) -> [Float] {
        var vector = [Float](repeating: 0, count: dimensions)
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            // FNV-1a: the same in every run, which Swift's own hash is not.
            let hash = word.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
                ($0 ^ UInt64($1)) &* 0x100_0000_01b3
            }
            vector[1 + Int(hash % UInt64(dimensions - 1))] += 1
        }
        let words = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // Four parts in common, one of its own: cosines from 0.94 to 1.
        vector[0] = 4 * max(words, 1)
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / length }
    }
}

import LanguageModel
import Synchronization

/// Vectors of sentences that were compared with a question: customers ask about the same
/// passages again and again, and a sentence costs a small model tens of milliseconds.
final class SentenceVectors: Sendable {
    /// A few dozen sentences may be new, and the server may be busy with a document.
    static let timeout = Duration.seconds(8)
    /// Sentences kept: at 1.5 kilobytes each, a few megabytes.
    private static let most = 4_000

    private let embeddings: Embeddings
    private let known = Mutex<[String: [Float]]>([:])

    init(_ embeddings: Embeddings) {
        self.embeddings = embeddings
    }

    /// The vectors of some sentences, in their order.
    func vectors(of texts: [String]) async throws(LanguageModelError) -> [[Float]] {
        let missing = known.withLock { known in
            Array(Set(texts.filter { known[$0] == nil })).sorted()
        }
        let made = missing.isEmpty ? [] : try await embeddings.embed(missing, as: .passage)
        return known.withLock { known in
            if known.count + made.count > Self.most {
                known = known.filter { texts.contains($0.key) }
            }
            for (text, vector) in zip(missing, made) { known[text] = vector }
            return texts.map { known[$0] ?? [] }
        }
    }
}

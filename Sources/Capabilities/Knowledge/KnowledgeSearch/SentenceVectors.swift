import Conversation
import LanguageModel
import Synchronization

/// Vectors of sentences that were compared with a question: customers ask about the same
/// passages again and again, and a sentence costs a small model tens of milliseconds.
final class SentenceVectors: Sendable {
    /// A few dozen sentences may be new, and the server may be busy with a document.
    static let timeout = Duration.seconds(8)
    /// Sentences kept: at 1.5 kilobytes each, a few megabytes.
    private static let most = 4_000

    /// What is kept, all made by one model.
    private struct Known {
        var space: VectorSpace?
        var vectors: [String: [Float]] = [:]
    }

    private let embeddings: Embeddings
    private let known = Mutex(Known())

    init(_ embeddings: Embeddings) {
        self.embeddings = embeddings
    }

    /// The vectors of some sentences, in their order, all of one model.
    func vectors(of texts: [String]) async throws(LanguageModelError) -> Embeddings.Made {
        let kept = known.withLock { $0 }
        let missing = Set(texts.filter { kept.vectors[$0] == nil }).sorted()
        guard !missing.isEmpty else {
            return Embeddings.Made(
                vectors: texts.map { kept.vectors[$0] ?? [] }, model: kept.space?.model ?? "")
        }
        let made = try await embeddings.made(of: missing, as: .passage)
        let fresh = Dictionary(zip(missing, made.vectors)) { first, _ in first }
        if kept.space == made.space || missing.count == Set(texts).count {
            keep(fresh, of: made.space, with: texts)
            return Embeddings.Made(
                vectors: texts.map { fresh[$0] ?? kept.vectors[$0] ?? [] }, model: made.model)
        }
        // The model was changed: what the one before made cannot stand beside this.
        known.withLock { $0 = Known() }
        let all = try await embeddings.made(of: texts, as: .passage)
        keep(
            Dictionary(zip(texts, all.vectors)) { first, _ in first }, of: all.space, with: texts)
        return all
    }

    private func keep(_ fresh: [String: [Float]], of space: VectorSpace, with texts: [String]) {
        known.withLock { known in
            if known.space != space { known = Known(space: space) }
            if known.vectors.count + fresh.count > Self.most {
                known.vectors = known.vectors.filter { texts.contains($0.key) }
            }
            known.vectors.merge(fresh) { $1 }
        }
    }
}

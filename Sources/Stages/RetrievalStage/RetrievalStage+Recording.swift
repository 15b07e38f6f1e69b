package import Conversation
import StageRuntime

/// What was found stands in the topic of passages: decisions only refer to it.
extension RetrievalStage {
    /// The topic of passages.
    ///
    /// What is withdrawn stays in it for longer than decisions are kept.
    package var keptTopics: [Topic] { [.knowledgePassages] }

    /// The passages that were found.
    package func kept(in answer: RetrievalAnswer) -> [[UInt8]] {
        guard case .found(let found) = answer else { return [] }
        return found.passages.compactMap(Self.json)
    }

    /// The passage as a search would find it.
    package func kept(by record: any Payload) -> [[UInt8]] {
        guard let passage = record as? Passage else { return [] }
        return [SearchAnswer.Found(passage)].compactMap(Self.json)
    }

    private static func json(_ found: SearchAnswer.Found) -> [UInt8]? {
        // Text and whole numbers only: it can always be written.
        try? RecordCodec.encode(found)
    }
}

import Conversation
import StageRuntime

/// How a message joins a burst.
enum Arrival: Hashable {
    /// It waits with others for an answer.
    case waits
    /// It needs no answer, and why.
    case silence(because: String)
}

extension [Dialogue.Pending] {
    /// Receives a message: it joins the burst, corrects it, or needs no answer.
    mutating func receive(_ pending: Dialogue.Pending) -> Arrival {
        let message = pending.question.message
        switch message.content {
        case .edit(let of, let text, _):
            guard let index = firstIndex(where: { $0.question.message.message == of })
            else { return .silence(because: "a change of a message that was answered already") }
            correct(index, text, with: pending)
            return .silence(because: "the changed words are answered with their message")
        case .revoke(let of):
            removeAll { $0.question.message.message == of }
            return .silence(because: "the customer took a message back")
        case .reaction: return .silence(because: "a reaction asks nothing")
        case .system: return .silence(because: "WhatsApp's word about the customer")
        case .callPermission: return .silence(because: "an answer about calls")
        case .sticker: return .silence(because: "a sticker asks nothing")
        default:
            append(pending)
            return .waits
        }
    }

    /// Replaces a message's words and passages by those of its edit.
    private mutating func correct(
        _ index: Int, _ text: String?, with edit: Dialogue.Pending
    ) {
        guard let text, !text.trimmingSpaces.isEmpty else { return }
        self[index].words = text
        self[index].question.query = edit.question.query
        self[index].question.passages = edit.question.passages
        self[index].question.search = edit.question.search
        self[index].question.background = edit.question.background
        self[index].question.vector = edit.question.vector
    }
}

extension Dialogue {
    /// When the burst's turn should begin, with the tenant's own pause where it has one.
    func turnTime(
        _ settings: OrchestratorSettings, pause own: Duration?, now: Timestamp
    ) -> Timestamp {
        let pause = own ?? settings.burstPause
        let first = pending.first?.arrived ?? now
        if pending.count >= settings.mostBurstMessages { return now }
        return min(now + pause, max(now, first + settings.longestBurst))
    }

    /// The customer's words in the burst, one message a line.
    var words: String {
        pending.compactMap { $0.words?.trimmingSpaces }.filter { !$0.isEmpty }
            .joined(separator: "\n")
    }

    /// What was looked for, all messages together.
    var query: String {
        pending.map(\.question.query).filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// The passages of all messages, the newest message's first, each once, with the most that
    /// any of the messages has to say for it.
    func passages(atMost limit: Int) -> [RankedPassage] {
        var indexes: [PassageID: Int] = [:]
        var merged: [RankedPassage] = []
        let lists = pending.reversed().map(\.question.passages)
        for rank in 0..<(lists.map(\.count).max() ?? 0) {
            for passage in lists.compactMap({ rank < $0.count ? $0[rank] : nil }) {
                if let index = indexes[passage.id] {
                    merged[index].overlap = [merged[index].overlap, passage.overlap]
                        .compactMap(\.self).max()
                    merged[index].similarity = [merged[index].similarity, passage.similarity]
                        .compactMap(\.self).max()
                } else {
                    indexes[passage.id] = merged.count
                    merged.append(passage)
                }
            }
        }
        return Array(merged.prefix(limit))
    }

    /// The language that most of the passages are written in which were found.
    var documentLanguage: String? {
        var counts: [String: Int] = [:]
        for passage in pending.flatMap(\.question.passages) {
            if let language = PassageText(passage).language { counts[language, default: 0] += 1 }
        }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// What the query means, where it is one message's.
    var vector: QuestionVector? { pending.count == 1 ? pending[0].question.vector : nil }

    /// The background of the newest message that was searched by meaning.
    var background: Double? { pending.last { $0.question.background != nil }?.question.background }

    /// How the burst was searched: as well as its best search.
    var search: GroundedQuestion.Search {
        let searches = pending.map(\.question.search)
        if searches.contains(.vectorsAndText) { return .vectorsAndText }
        return searches.contains(.textOnly) ? .textOnly : .none
    }
}

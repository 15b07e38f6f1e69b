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
        case .call: return .silence(because: "a call, which no program answers")
        case .sticker: return .silence(because: "a sticker asks nothing")
        case _ where message.group != nil:
            return .silence(because: "groups are not answered")
        case _ where message.content.isBlankText:
            return .silence(because: "there is nothing to see in the text")
        default:
            append(pending)
            return .waits
        }
    }

    /// Replaces a message's words and passages by those of its edit.
    fileprivate mutating func correct(
        _ index: Int, _ text: String?, with edit: Dialogue.Pending
    ) {
        guard let text, !text.trimmingSpaces.isEmpty else { return }
        self[index].words = text
        self[index].question.query = edit.question.query
        self[index].question.passages = edit.question.passages
        self[index].question.search = edit.question.search
        self[index].question.background = edit.question.background
        self[index].question.vector = edit.question.vector
        self[index].question.answerability = edit.question.answerability
    }
}

extension Dialogue {
    /// Messages remembered that were taken back: one may come after that.
    private static let mostTakenBack = 16
    /// Edits remembered because their message may come after them; they are large, for they hold
    /// what was found for them.
    private static let mostEarlyEdits = 2

    /// Follows what a message changes or takes back, also of what was said before; answers why the
    /// message itself asks nothing, if it was taken back before it came.
    ///
    /// - Returns: The message with the words that it was changed to meanwhile.
    mutating func follow(_ arrived: Pending) -> (pending: Pending, silence: String?) {
        let message = arrived.question.message
        switch message.content {
        case .revoke(let target):
            forget(target)
            note(EarlyChange(message: target, edit: nil))
        case .edit(let target, let text, _):
            replace(target, by: text)
            note(EarlyChange(message: target, edit: arrived))
        default: break
        }
        guard let changes = early?.filter({ $0.message == message.message }), !changes.isEmpty
        else { return (arrived, nil) }
        if changes.contains(where: { $0.edit == nil }) {
            return (arrived, "the customer took it back before it came")
        }
        var one = [arrived]
        for case let edit? in changes.map(\.edit) {
            guard case .edit(_, let text, _) = edit.question.message.content else { continue }
            one.correct(0, text, with: edit)
        }
        return (one[0], nil)
    }

    private mutating func note(_ change: EarlyChange) {
        let known = early ?? []
        guard change.edit != nil else {
            let edits = known.filter { $0.edit != nil && $0.message != change.message }
            let takenBack = known.filter { $0.edit == nil } + [change]
            early = edits + takenBack.suffix(Self.mostTakenBack)
            return
        }
        // What was here before its change needs no memory of it.
        let isHere =
            (pending + (later ?? [])).contains { $0.question.message.message == change.message }
            || recent.contains { $0.messages?.contains(change.message) == true }
        guard !isHere else { return }
        let edits = known.filter { $0.edit != nil } + [change]
        early = edits.suffix(Self.mostEarlyEdits) + known.filter { $0.edit == nil }
    }

    /// Forgets what was said in a message.
    private mutating func forget(_ message: MessageID) {
        recent.removeAll { $0.messages?.contains(message) == true }
    }

    /// Puts what was said in a message otherwise.
    private mutating func replace(_ message: MessageID, by text: String?) {
        guard let text, !VisibleText.isBlank(text),
            let index = recent.firstIndex(where: { $0.messages?.contains(message) == true })
        else { return }
        // Of several messages in one line nobody can tell which words were whose.
        recent[index].text = String(text.prefix(Self.longestLine))
    }

    /// What the customer wrote and sent in the burst, as a model reads it: one message a line.
    var reading: String {
        pending.compactMap { pending -> String? in
            let message = pending.question.message
            guard pending.words == message.content.words else { return pending.words }
            return message.reading
        }.map(\.trimmingSpaces).filter { !VisibleText.isBlank($0) }.joined(separator: "\n")
    }

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

import Conversation
import StageRuntime

/// What a turn does with media: part of ``TurnSettings``, as it decides what the turn waits for.
package struct TurnMedia: Hashable, Sendable, Codable {
    /// Whether the model sees pictures.
    package var seesImages: Bool
    /// How long a message's medium may put off its answer, in milliseconds.
    package var waitMilliseconds: Int64

    /// Describes what becomes of media.
    package init(seesImages: Bool, waitMilliseconds: Int64) {
        self.seesImages = seesImages
        self.waitMilliseconds = waitMilliseconds
    }

    /// Whether it is of use to know what came with a message.
    func reads(_ content: MessageContent) -> Bool {
        switch content {
        case .audio, .document: true
        case .image: seesImages
        default: false
        }
    }
}

extension Dialogue.Pending {
    /// Until when the message's medium is waited for; `nil` where there is nothing to wait for.
    func mediumDue(_ media: TurnMedia?) -> Timestamp? {
        guard let media, question.medium == nil, media.reads(question.message.content) else {
            return nil
        }
        return arrived + .milliseconds(media.waitMilliseconds)
    }

    /// Takes what came with the message: what was said in a sound are the customer's words.
    mutating func take(_ read: GroundedQuestion) {
        question.medium = read.medium
        if case .audio = question.message.content { words = read.medium?.text ?? words }
        guard read.search != .none else { return }
        question.query = read.query
        question.search = read.search
        question.searchProblem = read.searchProblem
        question.passages = read.passages
        question.background = read.background
        question.vector = read.vector
    }
}

extension Dialogue {
    /// Until when the burst's media are waited for; `nil` where there is nothing to wait for.
    func mediaDue(_ media: TurnMedia?) -> Timestamp? {
        pending.compactMap { $0.mediumDue(media) }.max()
    }
}

/// What the model is shown of what came besides words.
extension OrchestratorStage {
    /// Pictures of one turn, and bytes of each: what models take in one request, with room.
    private static let mostImages = 4
    private static let imageBytes = 8 * 1024 * 1024
    /// What models see (OpenAI, "Images and vision": supported formats).
    private static let imageTypes: Set<String> = [
        "image/png", "image/jpeg", "image/gif", "image/webp",
    ]

    /// Receives what came with a message that was gathered before.
    func receiveMedium(
        _ question: GroundedQuestion, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        func index(in list: [Dialogue.Pending]) -> Int? {
            list.firstIndex { $0.question.message.message == question.message.message }
        }
        if let later = state.later, let index = index(in: later) {
            state.later?[index].take(question)
            return .ignore(because: "the medium's message waits for the turn to end")
        }
        guard state.turn == nil, let index = index(in: state.pending) else {
            return .ignore(because: "the turn went on without the medium")
        }
        state.pending[index].take(question)
        // Nobody writes any more because a medium was fetched: the pause counts from the words.
        let newest = state.pending.map(\.arrived).max() ?? context.now
        return wait(since: newest, &state, context) ?? start(&state, context)
    }

    /// The pictures that the model is shown.
    func images(of state: Dialogue) -> [BlobReference] {
        guard state.turn?.settings.media?.seesImages == true else { return [] }
        return Array(state.pending.compactMap(Self.image).prefix(Self.mostImages))
    }

    private static func image(_ pending: Dialogue.Pending) -> BlobReference? {
        guard case .image = pending.question.message.content,
            let blob = pending.question.medium?.blob, imageTypes.contains(blob.mediaType),
            blob.size <= imageBytes
        else { return nil }
        return blob
    }

    /// Whether the model can be asked although there is not a word of the customer's.
    func showsMedia(_ state: Dialogue) -> Bool {
        guard state.turn?.settings.model != nil, state.turn?.settings.media != nil else {
            return false
        }
        return !images(of: state).isEmpty || state.pending.contains { Self.document($0) != nil }
    }

    private static func document(_ pending: Dialogue.Pending) -> (name: String, text: String)? {
        guard case .document(let medium) = pending.question.message.content,
            let text = pending.question.medium?.text, !text.isEmpty
        else { return nil }
        return (medium.filename ?? "", text)
    }

    /// The customer's words, and in words what came besides: the model has to know of what it
    /// cannot see.
    func shown(_ state: Dialogue) -> String {
        guard state.turn?.settings.media != nil else { return state.reading }
        let seen = Set(images(of: state).map(\.sha256))
        var lines = [state.reading].filter { !$0.isEmpty }
        for pending in state.pending {
            guard let line = line(about: pending, seeing: seen) else { continue }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }

    private func line(
        about pending: Dialogue.Pending, seeing seen: Set<String>
    ) -> String? {
        let content = pending.question.message.content
        guard content.medium != nil else { return nil }
        if let image = Self.image(pending), seen.contains(image.sha256) {
            return prompts.media.render("picture", [:])
        }
        if let document = Self.document(pending) {
            return prompts.media.render(
                "document", ["filename": document.name, "text": document.text])
        }
        // What was said in it are the customer's words.
        if case .audio = content, pending.words?.isEmpty == false { return nil }
        return prompts.media.render("unseen", ["kind": content.kind])
    }
}

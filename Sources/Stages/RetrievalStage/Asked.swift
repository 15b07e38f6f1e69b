import Conversation
import StageRuntime

/// What is asked with an input: a message's words, or those of its medium once they are read.
struct Asked {
    /// What of a document without a word of the customer's is looked for: its beginning says what
    /// it is.
    private static let beginning = 300

    /// The message.
    var message: InboundMessage
    /// What to look for; empty for nothing.
    var words = ""
    /// What came with the message, where that is the input.
    var medium: MediumReading?
    /// Whether the words are a document's, which are nobody's question.
    var isWritten = false

    /// Reads an input; `nil` if nothing is asked with it.
    init?(_ input: StageInput) {
        guard case .record(let record, _, _) = input else { return nil }
        switch record {
        case let message as InboundMessage:
            self.message = message
            words = message.content.words?.trimmingSpaces ?? ""
        case let fetched as FetchedMedium:
            message = fetched.message
            medium = fetched.reading
            let text = fetched.reading.text?.trimmingSpaces ?? ""
            switch message.content {
            case .audio: words = text
            case .document where message.content.words?.trimmingSpaces.isEmpty ?? true:
                words = String(text.prefix(Self.beginning))
                isWritten = true
            // The words under it were looked for with the message.
            default: break
            }
        default: return nil
        }
    }
}

extension MessageContent {
    /// Whether the bot may wait for what came with it.
    var isForBot: Bool {
        switch self {
        case .image, .audio, .document: true
        default: false
        }
    }
}

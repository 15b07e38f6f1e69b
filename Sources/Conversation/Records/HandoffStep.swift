/// One of several things that an agent does together: all of them are done, or none.
package struct HandoffStep: Hashable, Sendable, Codable {
    /// Steps of one command.
    package static let most = 8

    /// What is done.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// To write `text` to the customer.
        case reply
        /// To write `text` down for colleagues.
        case note
        /// To mark the conversation with `label`.
        case label
        /// To take `label` off.
        case unlabel
        /// To give the conversation back to the queue.
        case queue
        /// To give it to the bot.
        case bot
        /// To close it; `text` is what came of it.
        case close

        /// Whether nothing can be done after it.
        package var isEnd: Bool { self == .queue || self == .bot || self == .close }
    }

    /// What is done.
    package var kind: Kind
    /// The words.
    package var text: String?
    /// The label.
    package var label: RecordID?

    /// Describes a step.
    package init(_ kind: Kind, text: String? = nil, label: RecordID? = nil) {
        self.kind = kind
        self.text = text
        self.label = label
    }
}

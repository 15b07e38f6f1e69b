/// WhatsApp's 24-hour customer service window: inside it a business may write freely.
package enum ConversationWindow {
    /// How long the window stays open after the customer's newest message (WhatsApp, "Service
    /// messages").
    package static let length = Duration.seconds(24 * 3600)
    /// How long before its end we stop: clocks differ, and a send takes a moment.
    package static let margin = Duration.seconds(60)

    /// Whether a message may be sent at `now`, if the customer last wrote at `anchor`.
    package static func isOpen(since anchor: Timestamp, at now: Timestamp) -> Bool {
        now < anchor + length - margin
    }
}

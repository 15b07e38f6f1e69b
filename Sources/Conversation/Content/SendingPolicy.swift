/// What WhatsApp lets a business send to a customer now: the one place that knows.
///
/// Within 24 hours of the customer's newest message anything goes, later only what WhatsApp has
/// approved before (WhatsApp, "Service messages").
package struct SendingPolicy: Hashable, Sendable {
    /// Why something may not go.
    package enum Refusal: Hashable, Sendable {
        /// The customer has never written.
        case neverWrote
        /// The customer last wrote more than 24 hours ago.
        case windowClosed
        /// The customer wants no messages of the business's own accord.
        case optedOut

        /// A sentence for people.
        package var sentence: String {
            switch self {
            case .neverWrote:
                "the customer has not written yet; WhatsApp takes only approved templates until "
                    + "they do"
            case .windowClosed:
                "the customer last wrote more than 24 hours ago; WhatsApp takes only approved "
                    + "templates until they write again"
            case .optedOut:
                "the customer wants no messages that they did not ask for: no template goes until "
                    + "they say that they want them again"
            }
        }
    }

    /// How long the window stays open after the customer's newest message.
    package static let window = Duration.seconds(24 * 3600)
    /// How far WhatsApp's clock may be ahead of ours: a message from later than that is none that
    /// opened the window, or a wrong clock would hold it open for years.
    package static let skew = Duration.seconds(5 * 60)
    /// How long before its end we stop: clocks differ, and a send takes a moment.
    package static let margin = Duration.seconds(60)

    /// The customer's newest message; `nil` if there is none.
    package var anchor: Timestamp?
    /// WhatsApp's own word that the window is closed for whoever wrote no later (131047): it
    /// overrules the clock.
    package var closedFor: Timestamp?

    /// Whether the customer wants no messages of the business's own accord.
    package var isOptedOut: Bool

    /// The policy for a customer who last wrote at `anchor`.
    package init(
        lastWrote anchor: Timestamp?, closedFor: Timestamp? = nil, isOptedOut: Bool = false
    ) {
        self.anchor = anchor
        self.closedFor = closedFor
        self.isOptedOut = isOptedOut
    }

    /// When the window closes; `nil` if it never opened.
    package var closes: Timestamp? { anchor.map { $0 + Self.window - Self.margin } }

    /// Whether anything may go.
    package func isWindowOpen(at now: Timestamp) -> Bool {
        guard let anchor, let closes else { return false }
        return anchor <= now + Self.skew && now < closes && closedFor.map { anchor > $0 } ?? true
    }

    /// Why this may not go at `now`; `nil` if it may.
    package func refusal(of content: OutboundContent, at now: Timestamp) -> Refusal? {
        if case .template = content.body { return isOptedOut ? .optedOut : nil }
        guard anchor != nil else { return .neverWrote }
        return isWindowOpen(at: now) ? nil : .windowClosed
    }
}

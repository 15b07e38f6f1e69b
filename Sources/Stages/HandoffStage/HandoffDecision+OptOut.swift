import Conversation
import StageRuntime

extension HandoffDecision {
    /// A word by which the customer ends, or allows, messages that they did not ask for.
    mutating func noteWish(of message: InboundMessage) {
        // What somebody writes in a group is no wish about their own conversation.
        guard message.group == nil, let wish = OptOutWords.wish(of: message.content) else {
            return
        }
        follow(wish, at: min(message.sentAt, message.receivedAt))
    }

    /// The same, by WhatsApp's own buttons.
    mutating func note(_ preference: CustomerPreference) -> String? {
        state.tenant = preference.tenant
        state.number = preference.number
        follow(preference.wish, at: min(preference.at, preference.receivedAt))
        return "the customer's wish is noted"
    }

    /// The newest wish counts, however late it comes.
    mutating func follow(_ wish: OptOutWords.Wish, at moment: Timestamp) {
        if let last = state.optedOut ?? state.optedIn, last > moment { return }
        state.optedOut = wish == .stop ? moment : nil
        state.optedIn = wish == .resume ? moment : nil
    }
}

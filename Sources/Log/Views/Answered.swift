package import Conversation

/// An event that answers a command, as a view announces it once its rows can be read.
package struct Answered<Event: Payload>: ViewChange {
    /// The reference of the command.
    package let reference: String
    /// The event.
    package let event: Event

    /// An event, if it answers a command.
    package init?(_ event: Event, to reference: String?) {
        guard let reference else { return nil }
        self.reference = reference
        self.event = event
    }
}

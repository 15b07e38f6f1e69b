/// Something that a record says about a customer's message.
package enum LedgerFact: Hashable, Sendable {
    /// The message came in; `takesBack` is the message that the customer takes back with it. It is
    /// passed on where it comes from a conversation that goes on in another one.
    case accepted(tenant: String, takesBack: MessageKey?, isPassedOn: Bool = false)
    /// An operator had it handled again.
    case acceptedAgain
    /// Passages were looked for.
    case grounded
    /// A reply was proposed to this message and `others` of the same burst.
    case proposed(silent: Bool, others: [MessageKey])
    /// Words were let go to the customer.
    case outbound
    /// WhatsApp has the words.
    case delivered
    /// The words will not arrive.
    case failed
    /// The words were not sent; `stale` if because a person has the conversation.
    case dropped(stale: Bool)
    /// The sender waits until then, in milliseconds since 1970.
    case held(until: Int64)
    /// Whether WhatsApp has the words is unknown.
    case unknownOutcome
    /// A person was recorded, or has the conversation.
    case person
    /// The message waits for its turn: the orchestrator's timer for it is durable.
    case waitsForTurn
    /// A stage did nothing about the message on purpose.
    case ignoredByOrchestrator
    /// The handoff stage let a reply go no further: a person has the conversation.
    case replyWithheld
    /// A record of the message's story was set aside.
    case dead
    /// A dead letter was redriven.
    case redriven
    /// A dead letter was given up.
    case discarded
}

/// Where and when a fact was read.
package struct FactPosition: Hashable, Sendable {
    /// The partition.
    package var partition: Int32
    /// The offset.
    package var offset: Int64
    /// The record's time, in milliseconds since 1970.
    package var at: Int64

    /// Names a position and time.
    package init(partition: Int32, offset: Int64, at: Int64) {
        self.partition = partition
        self.offset = offset
        self.at = at
    }
}

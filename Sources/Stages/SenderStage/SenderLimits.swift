/// The bounds of what the sender keeps and waits for.
package struct SenderLimits: Hashable, Sendable {
    /// Messages of one conversation that may wait at once; more means that something is wrong.
    package static let waiting = 64
    /// Sent messages remembered, to match statuses; those that were read are let go earlier.
    package static let recent = 20
    /// Messages sent because of one input; the rest follow by timer, so that no input runs long.
    package static let sendsPerInput = 8
    /// How often a message of unknown outcome is sent again where the tenant wants at least one.
    package static let resends = 4
    /// Waits shorter than this are not worth telling people about.
    package static let quietWait = Duration.seconds(5)

    /// How long an unknown outcome waits for a status, 30 to 120 s: a status usually comes within
    /// seconds, and the next message waits meanwhile.
    package let settleWait: Duration
    /// The time that one message to one customer costs (WhatsApp, "About the platform": 6 s).
    package let pairInterval: Duration
    /// Messages to one customer that may go out at once, on debt: WhatsApp allows 45 but does not
    /// publish its rule, so this stays well below.
    package let pairBurst: Int

    /// Describes bounds.
    package init(
        settleWait: Duration = .seconds(60), pairInterval: Duration = .seconds(6),
        pairBurst: Int = 10
    ) {
        self.settleWait = min(max(settleWait, .seconds(30)), .seconds(120))
        self.pairInterval = pairInterval
        self.pairBurst = max(1, pairBurst)
    }
}

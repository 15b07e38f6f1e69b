package import Conversation
import StageRuntime

/// The bounds of what the handoff stage keeps and waits for.
package struct HandoffLimits: Sendable {
    /// Lines of transcript kept per conversation: what an agent needs to see where it stands.
    package static let transcriptLines = 20
    /// Characters kept of one line; the whole text stands in the log.
    package static let transcriptCharacters = 1_000
    /// Messages remembered because a reply to them may still come; a burst is far shorter.
    package static let awaitedMessages = 64
    /// Outbound messages remembered, to know whose a delivery is.
    package static let recentOutbound = 20
    /// Command references remembered, so that a repeated command does nothing.
    package static let references = 32
    /// Replies kept that came before the message that they answer.
    package static let earlyReplies = 16
    /// Suggestions remembered of which nothing has become: whoever writes from one may go on with
    /// it although a newer one has come.
    package static let suggestions = 3
    /// Changed and withdrawn messages remembered, as a message may come after its change.
    package static let changedMessages = 16
    /// Messages from the phone held that may be what was sent from here; there is one, mostly.
    package static let heldEchoes = 8
    /// How long such a message waits for WhatsApp's answer to the send, which takes seconds.
    package static let echoWait = Duration.seconds(120)
    /// How long such a reply waits for its message, which is already in the log.
    package static let earlyWait = Duration.seconds(30)
    /// UTF-16 units of one text message.
    package static let textUnits = ContentLimits.text
    /// Messages that one long text may become; more is refused, with the limit named.
    package static let textParts = 8

    /// How long an agent who was given a conversation has to show themselves.
    package static let takeUpWait = Duration.seconds(120)
    /// How long a conversation may be laid aside at most.
    package static let longestParking = Duration.seconds(30 * 86_400)
    /// Bytes of a note, or of a reason: it has to fit into a frame with all else.
    package static let noteBytes = 8_000

    /// How long a claim lasts without a sign of the agent.
    package var lease: Duration

    /// A quarter of an hour without an agent's word is long for a customer who waits.
    package static let standardLease = Duration.seconds(15 * 60)
    /// Describes bounds.
    package init(lease: Duration = standardLease) { self.lease = lease }
}

/// What the handoff stage wants to know of a tenant.
package struct HandoffSettings: SettingsPart {
    /// How long a conversation may wait in the queue before it is overdue, in seconds.
    package var serviceLevelSeconds: Int?
    /// Why nobody answers its customers; `nil` where they are answered.
    package var standing: TenantSettings.Standing?
    /// The template that asks a customer to write again, once the window has closed over a message.
    package var reopening: TenantSettings.Reopening?
    /// How long an answer from the business's phone silences the bot, in seconds.
    package var phoneClaimSeconds: Int?

    /// When people answer; at any time where there are none.
    ///
    /// The zone's rules are in it: the stage asks no system for them, and a decision's record holds
    /// those that it was made by.
    package var hours: TenantSettings.Hours?
    /// What is promised in some queues instead; `nil` for nothing.
    package var targets: [ServiceLevels.Target]?

    /// A tenant that is not known, or says nothing.
    package init() {}

    /// Describes a tenant.
    package init(
        serviceLevelSeconds: Int?, standing: TenantSettings.Standing? = nil,
        phoneClaimSeconds: Int? = nil, reopening: TenantSettings.Reopening? = nil,
        hours: TenantSettings.Hours? = nil, targets: [ServiceLevels.Target]? = nil
    ) {
        self.reopening = reopening
        self.hours = hours
        self.targets = targets
        self.serviceLevelSeconds = serviceLevelSeconds
        self.standing = standing
        self.phoneClaimSeconds = phoneClaimSeconds
    }

    /// How long an answer from the phone silences the bot in businesses that say nothing: whoever
    /// took up the phone goes on for a while.
    package static let standardPhoneClaim = Duration.seconds(3_600)

    /// How long an answer from the phone silences the bot; `nil` where it does not.
    var phoneClaim: Duration? {
        guard let seconds = phoneClaimSeconds else { return Self.standardPhoneClaim }
        return seconds > 0 ? .seconds(seconds) : nil
    }

    /// How long a conversation may wait in a place; `nil` where nothing is promised.
    func serviceLevel(in place: ServiceLevels.Place?) -> Duration? {
        let promises = ServiceLevels(
            queueWaitSeconds: serviceLevelSeconds ?? ServiceLevels.standardQueueWaitSeconds,
            targets: targets)
        return promises.seconds(of: .queueWait, in: place).map { .seconds($0) }
    }
}

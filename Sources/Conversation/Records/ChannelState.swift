/// Why a business, or one of its numbers, cannot send over WhatsApp now.
package struct ChannelStop: Hashable, Sendable, Codable {
    /// How far it reaches.
    package enum Reach: String, Hashable, Sendable, Codable {
        /// All numbers of the business.
        case tenant
        /// All numbers of its account.
        case account
        /// One number.
        case number
    }

    /// How far it reaches.
    package var reach: Reach
    /// The number that it was noticed with; the only one, where it reaches no further.
    package var number: BusinessNumberID
    /// WhatsApp's error code.
    package var code: Int
    /// Since when.
    package var since: Timestamp
    /// When one message is tried again, to see whether it is over.
    package var until: Timestamp
    /// How often in a row WhatsApp refused.
    package var failures: Int
    /// A mark of the token that was refused: another one is tried at once.
    package var token: String?
    /// What Meta's support asks for.
    package var trace: String?
    /// When it is over, where WhatsApp says so.
    package var ends: Timestamp?

    /// Describes a stop.
    package init(
        reach: Reach, number: BusinessNumberID, code: Int, since: Timestamp, until: Timestamp,
        failures: Int = 1, token: String? = nil, trace: String? = nil, ends: Timestamp? = nil
    ) {
        self.reach = reach
        self.number = number
        self.code = code
        self.since = since
        self.until = until
        self.failures = failures
        self.token = token
        self.trace = trace
        self.ends = ends
    }

    /// What the code means, and what to do.
    package var entry: GraphErrorEntry { GraphErrorEntry.of(code) }

    /// Whether it concerns a number of the business.
    package func concerns(_ number: BusinessNumberID) -> Bool {
        reach != .number || number == self.number
    }

    /// How long after a message should have looked whether it is over nothing is known any more:
    /// then no message waits, and somebody has to try.
    private static let doubt = Duration.seconds(900)

    /// Whether it is as good as known that nothing can be sent.
    ///
    /// Answers that cannot leave are not made; once that is in doubt, one is.
    package func isCertain(at now: Timestamp) -> Bool { now < until + Self.doubt }

    /// A sentence for people.
    package var sentence: String { "WhatsApp refused with error \(code): \(entry.meaning)" }
}

/// What keeps a business from sending over WhatsApp, as all processes are to know it: so it holds
/// after a restart, and in every sender.
///
/// Compacted, by tenant.
package struct ChannelState: Payload {
    package static let type = "parley.channel"
    package static let topic = Topic.channels
    package static let personal: [FieldPath] = []

    /// The business.
    package var tenant: TenantID
    /// What keeps it from sending; nothing, mostly.
    package var stops: [ChannelStop]
    /// What WhatsApp last said of its account, its numbers and its templates, oldest first.
    package var events: [ChannelEvent]
    /// When it changed.
    package var at: Timestamp

    /// The business.
    package var key: String { tenant.rawValue }

    /// Describes a state.
    package init(
        tenant: TenantID, stops: [ChannelStop], events: [ChannelEvent] = [], at: Timestamp
    ) {
        self.tenant = tenant
        self.stops = stops
        self.events = events
        self.at = at
    }
}

/// What a sender noticed about a business's line to WhatsApp.
///
/// Taken by the stage `channels`, which decides what it means for all.
package struct ChannelReport: Payload {
    package static let type = "parley.channel.report"
    package static let topic = Topic.channelsReports
    package static let personal: [FieldPath] = []

    /// What was noticed.
    package enum Word: Hashable, Sendable, Codable {
        /// WhatsApp refused everything, not this message alone: it is tried again at `until`.
        case refused(code: Int, reach: ChannelStop.Reach, until: Timestamp, trace: String?)
        /// A message waits because of that; its sender knows of a stop that ends at `knowing`.
        case held(knowing: Timestamp? = nil)
        /// WhatsApp took a message: what held it back is over.
        case sent
    }

    /// The business.
    package var tenant: TenantID
    /// The number that sent.
    package var number: BusinessNumberID
    /// The conversation in which it was noticed.
    package var conversation: ConversationID
    /// What was noticed.
    package var word: Word
    /// A mark of the token that was used.
    package var token: String?
    /// When.
    package var at: Timestamp

    /// The business.
    package var key: String { tenant.rawValue }

    /// Describes a report.
    package init(
        tenant: TenantID, number: BusinessNumberID, conversation: ConversationID, word: Word,
        token: String?, at: Timestamp
    ) {
        self.tenant = tenant
        self.number = number
        self.conversation = conversation
        self.word = word
        self.token = token
        self.at = at
    }
}

/// What held a conversation's messages back may be over: they are looked at again at once.
///
/// Travels among the outbound messages, as the sender is asked nowhere else.
package struct SendingResumed: Payload {
    package static let type = "parley.sending.resumed"
    package static let topic = Topic.messagesOutbound
    package static let personal: [FieldPath] = []

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// When.
    package var at: Timestamp

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes it.
    package init(tenant: TenantID, conversation: ConversationID, at: Timestamp) {
        self.tenant = tenant
        self.conversation = conversation
        self.at = at
    }
}

extension TenantSettings {
    /// The numbers that WhatsApp lets send nothing; `nil` where there are none.
    package var stoppedNumbers: [BusinessNumberID]? {
        if stops.isEmpty { return nil }
        let stopped = numbers.map(\.id).filter { number in
            stops.contains { $0.concerns(number) }
        }
        return stopped.isEmpty ? nil : stopped
    }

    /// A mark of the token that sends: another one for another token, and no word of it.
    package var tokenMark: String { String(accessToken.box.suffix(16)) }
}

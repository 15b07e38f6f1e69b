package import Conversation

/// How far one clock of a case has come.
package struct ClockFace: Hashable, Sendable, Codable {
    /// How late it is.
    package enum Level: String, Hashable, Sendable, Codable {
        /// There is time.
        case fine
        /// It is time.
        case warned
        /// It is too late.
        case breached
    }

    /// What it measures.
    package var clock: ServiceLevels.Promise
    /// Since when it measures that.
    package var startedAt: Timestamp
    /// Whether it runs: a clock stands while it is the customer's turn.
    package var isRunning: Bool
    /// When the promise runs out, by the hours of when this was written; `nil` where nothing is
    /// promised, the clock stands, or the business does not open.
    package var due: Timestamp?
    /// How late it is.
    package var level: Level

    /// Describes a clock.
    package init(
        clock: ServiceLevels.Promise, startedAt: Timestamp, isRunning: Bool, due: Timestamp?,
        level: Level
    ) {
        self.clock = clock
        self.startedAt = startedAt
        self.isRunning = isRunning
        self.due = due
        self.level = level
    }
}

/// A case that is open: a conversation from when people are to answer it until it is closed.
package struct CaseStanding: Hashable, Sendable, Codable {
    /// Since when.
    package var openedAt: Timestamp
    /// Since when it waits in the queue; `nil` while somebody has it.
    package var waitingSince: Timestamp?
    /// Who has it.
    package var holder: AgentID?
    /// What they are called.
    package var holderName: String?
    /// When the customer wrote the oldest message that nobody answered; `nil` for none.
    package var unansweredSince: Timestamp?
    /// When a person last did something.
    package var quietSince: Timestamp
    /// Messages of people that did not arrive, since the last that did.
    package var lost: Int
    /// Its clocks.
    package var clocks: [ClockFace]

    /// Describes a case.
    package init(
        openedAt: Timestamp, waitingSince: Timestamp?, holder: AgentID?, holderName: String?,
        unansweredSince: Timestamp?, quietSince: Timestamp, lost: Int, clocks: [ClockFace]
    ) {
        self.openedAt = openedAt
        self.waitingSince = waitingSince
        self.holder = holder
        self.holderName = holderName
        self.unansweredSince = unansweredSince
        self.quietSince = quietSince
        self.lost = lost
        self.clocks = clocks
    }

    /// When the first of its promises runs out.
    package var due: Timestamp? { clocks.compactMap(\.due).min() }
    /// Whether one was missed, and it is still the business's turn.
    package var isBreached: Bool { clocks.contains { $0.level == .breached && $0.isRunning } }
}

/// What was measured: it stays as it is, whatever becomes of hours and promises.
package struct ClockResult: Hashable, Sendable, Codable {
    /// What was measured.
    package enum Measure: String, Hashable, Sendable, Codable, CaseIterable {
        /// From the queue until somebody took it.
        case queueWait
        /// Until a person's first message.
        case firstResponse
        /// Until a person's next message.
        case nextResponse
        /// Until it was closed, without the customer's turns.
        case resolution
        /// How long a person was busy with it.
        case handling

        /// What a clock measures.
        package init(_ clock: ServiceLevels.Promise) {
            switch clock {
            case .queueWait: self = .queueWait
            case .firstResponse: self = .firstResponse
            case .nextResponse: self = .nextResponse
            case .resolution: self = .resolution
            }
        }
    }

    /// How it ended.
    package enum End: String, Hashable, Sendable, Codable {
        /// As it should: taken, answered, closed.
        case done
        /// Nobody took it before it was closed, or before the customer could be written to no more.
        case abandoned
        /// It was closed without an answer.
        case unanswered
    }

    /// What was measured.
    package var measure: Measure
    /// How it ended.
    package var end: End
    /// From when.
    package var startedAt: Timestamp
    /// Until when.
    package var endedAt: Timestamp
    /// Seconds in which the business was open and it was its turn.
    package var openSeconds: Int64
    /// Seconds in which it was its turn, by the calendar.
    package var calendarSeconds: Int64
    /// What was promised then, in open seconds; `nil` for nothing.
    package var targetSeconds: Int?
    /// Whose it is: who took it, wrote it, closed it or was busy; `nil` where nobody was.
    package var agent: AgentID?
    /// What they were called.
    package var agentName: String?
    /// How long the bot had it before, from the customer's message on, in seconds.
    package var botSeconds: Int64?
    /// By which hours and rules of the time zone it was reckoned.
    package var schedule: String

    /// Describes a result.
    package init(
        measure: Measure, end: End, startedAt: Timestamp, endedAt: Timestamp, openSeconds: Int64,
        calendarSeconds: Int64, targetSeconds: Int?, agent: AgentID?, agentName: String?,
        botSeconds: Int64? = nil, schedule: String
    ) {
        self.measure = measure
        self.end = end
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.openSeconds = openSeconds
        self.calendarSeconds = calendarSeconds
        self.targetSeconds = targetSeconds
        self.agent = agent
        self.agentName = agentName
        self.botSeconds = botSeconds
        self.schedule = schedule
    }

    /// Whether more time passed than was promised.
    package var isBreach: Bool { targetSeconds.map { openSeconds > Int64($0) } ?? false }
}

/// How a case stands now, and what was measured of it: views and reports are folds of these.
package struct ServiceLevelEvent: Payload {
    package static let type = "parley.service.level"
    package static let topic = Topic.serviceLevels
    package static let personal: [FieldPath] = ["standing", "results"]

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// The epoch with which the case began: with the conversation, its name.
    package var epoch: Int
    /// How it stands; `nil` once it is closed.
    package var standing: CaseStanding?
    /// What was measured.
    package var results: [ClockResult]
    /// The clocks that are late as of now, and told.
    package var late: [ServiceLevels.Promise]
    /// The business number to which the customer wrote, where that is known.
    package var number: BusinessNumberID?
    /// When.
    package var at: Timestamp

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes an event.
    package init(
        tenant: TenantID, conversation: ConversationID, epoch: Int, standing: CaseStanding?,
        results: [ClockResult], late: [ServiceLevels.Promise], number: BusinessNumberID? = nil,
        at: Timestamp
    ) {
        self.number = number
        self.tenant = tenant
        self.conversation = conversation
        self.epoch = epoch
        self.standing = standing
        self.results = results
        self.late = late
        self.at = at
    }
}

/// The record types of service levels.
package enum ServiceLevelRecords {
    /// All of them: the program joins this list with those of its other modules.
    package static let types: [any Payload.Type] = [ServiceLevelEvent.self]
}

extension Topic {
    /// How long customers wait for people, and what was promised to them.
    package static let serviceLevels = Topic("service.levels", kept: .never)
}

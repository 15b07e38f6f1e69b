/// What a business promises its customers once people are to answer them: open time, in seconds.
package struct ServiceLevels: Hashable, Sendable, Codable {
    /// What a promise is about: each is a clock of its own.
    package enum Promise: String, Hashable, Sendable, Codable, CaseIterable {
        /// From the queue until somebody takes the conversation.
        case queueWait
        /// From when people are to answer until a person's first message.
        case firstResponse
        /// From the oldest message that nobody answered until a person's next message.
        case nextResponse
        /// Until the conversation is closed, without the time in which the customer is to answer.
        case resolution
    }

    /// The promise to whoever waits in the queue, where nothing else is said.
    package static let standardQueueWaitSeconds = 300
    /// The longest that can be promised: 90 days around the clock.
    package static let longestSeconds = 7_776_000
    /// After how much of the time somebody is warned, where nothing else is said.
    package static let standardWarnPercent = 80

    /// Until somebody takes it.
    package var queueWaitSeconds: Int?
    /// Until a person's first message.
    package var firstResponseSeconds: Int?
    /// Until a person's next message.
    package var nextResponseSeconds: Int?
    /// Until it is closed.
    package var resolutionSeconds: Int?
    /// After how many hundredths of the time somebody is warned.
    package var warnPercent: Int?
    /// Whether those who supervise are told of what was missed; they are, unless told otherwise.
    package var escalates: Bool?

    /// Describes promises.
    package init(
        queueWaitSeconds: Int? = nil, firstResponseSeconds: Int? = nil,
        nextResponseSeconds: Int? = nil, resolutionSeconds: Int? = nil, warnPercent: Int? = nil,
        escalates: Bool? = nil
    ) {
        self.queueWaitSeconds = queueWaitSeconds
        self.firstResponseSeconds = firstResponseSeconds
        self.nextResponseSeconds = nextResponseSeconds
        self.resolutionSeconds = resolutionSeconds
        self.warnPercent = warnPercent
        self.escalates = escalates
    }

    /// What is promised of a clock; `nil` for nothing.
    package func seconds(of clock: Promise) -> Int? {
        switch clock {
        case .queueWait: queueWaitSeconds
        case .firstResponse: firstResponseSeconds
        case .nextResponse: nextResponseSeconds
        case .resolution: resolutionSeconds
        }
    }
}

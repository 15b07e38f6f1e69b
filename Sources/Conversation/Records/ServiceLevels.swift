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
    /// What is promised instead in some queues, or to those of some priority; `nil` for nothing.
    package var targets: [Target]?

    /// What is promised instead of the above; a clock of which it says nothing is promised as where
    /// less is named.
    package struct Target: Hashable, Sendable, Codable {
        /// The queue in which a conversation is; `nil` for any.
        package var queue: RecordID?
        /// The priority of the queue in which it is; `nil` for any.
        package var priority: Int?
        /// Until somebody takes it; 0: nothing is promised.
        package var queueWaitSeconds: Int?
        /// Until a person's first message; 0: nothing is promised.
        package var firstResponseSeconds: Int?
        /// Until a person's next message; 0: nothing is promised.
        package var nextResponseSeconds: Int?
        /// Until it is closed; 0: nothing is promised.
        package var resolutionSeconds: Int?

        /// Describes a target.
        package init(
            queue: RecordID? = nil, priority: Int? = nil, queueWaitSeconds: Int? = nil,
            firstResponseSeconds: Int? = nil, nextResponseSeconds: Int? = nil,
            resolutionSeconds: Int? = nil
        ) {
            self.queue = queue
            self.priority = priority
            self.queueWaitSeconds = queueWaitSeconds
            self.firstResponseSeconds = firstResponseSeconds
            self.nextResponseSeconds = nextResponseSeconds
            self.resolutionSeconds = resolutionSeconds
        }

        /// What it says of a clock; `nil` for nothing, 0 for that nothing is promised.
        package func seconds(of clock: Promise) -> Int? {
            switch clock {
            case .queueWait: queueWaitSeconds
            case .firstResponse: firstResponseSeconds
            case .nextResponse: nextResponseSeconds
            case .resolution: resolutionSeconds
            }
        }

        /// Whether it is about what is in this queue, of this priority.
        func holds(in place: Place) -> Bool {
            (queue == nil || queue == place.queue)
                && (priority == nil || priority == place.priority)
        }

        /// How much it names: a queue counts for more than a priority.
        var rank: Int { (queue == nil ? 0 : 2) + (priority == nil ? 0 : 1) }
    }

    /// Where a conversation is, as far as promises depend on it.
    package struct Place: Hashable, Sendable, Codable {
        /// The queue; `nil` for none.
        package var queue: RecordID?
        /// The queue's priority.
        package var priority: Int?

        /// Describes a place.
        package init(queue: RecordID? = nil, priority: Int? = nil) {
            self.queue = queue
            self.priority = priority
        }

        private enum CodingKeys: String, CodingKey {
            case queue = "q"
            case priority = "p"
        }
    }

    /// Describes promises.
    package init(
        queueWaitSeconds: Int? = nil, firstResponseSeconds: Int? = nil,
        nextResponseSeconds: Int? = nil, resolutionSeconds: Int? = nil, warnPercent: Int? = nil,
        escalates: Bool? = nil, targets: [Target]? = nil
    ) {
        self.queueWaitSeconds = queueWaitSeconds
        self.firstResponseSeconds = firstResponseSeconds
        self.nextResponseSeconds = nextResponseSeconds
        self.resolutionSeconds = resolutionSeconds
        self.warnPercent = warnPercent
        self.escalates = escalates
        self.targets = targets
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

    /// What is promised of a clock in a place; `nil` for nothing.
    ///
    /// What names most goes first: queue and priority, then the queue, then the priority, then what
    /// is promised everywhere.
    package func seconds(of clock: Promise, in place: Place?) -> Int? {
        let known = place.flatMap { place in
            targets?.filter { $0.holds(in: place) && $0.seconds(of: clock) != nil }
                .max { $0.rank < $1.rank }
        }
        let wanted = known?.seconds(of: clock) ?? seconds(of: clock)
        return wanted == 0 ? nil : wanted
    }
}

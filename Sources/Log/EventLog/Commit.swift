/// The name of a piece of a group's state: it belongs to a partition number, and moves with it.
package struct StateKey: Hashable, Sendable {
    /// The partition number that the state belongs to: that of the input topics, which are
    /// co-partitioned within a group.
    package var partition: Int32
    /// Which of the group's stores, such as `state` or `handled`.
    package var store: String
    /// The key within the store.
    package var key: String

    /// Names a piece of state.
    package init(partition: Int32, store: String, key: String) {
        self.partition = partition
        self.store = store
        self.key = key
    }
}

/// A change to a piece of state.
package struct StateChange: Hashable, Sendable {
    /// Which piece.
    package var key: StateKey
    /// Its new bytes, or `nil` to remove it.
    package var value: [UInt8]?
    /// When the piece may be dropped by the log, in milliseconds since 1970, or `nil` for never.
    package var expires: Int64?

    /// Describes a change.
    package init(_ key: StateKey, value: [UInt8]?, expires: Int64? = nil) {
        self.key = key
        self.value = value
        self.expires = expires
    }
}

/// The name of a durable timer; setting it again replaces it.
package struct TimerKey: Hashable, Sendable {
    /// The partition number that the timer belongs to.
    package var partition: Int32
    /// The record key that the timer is for, such as a conversation.
    package var key: String
    /// The timer's name among those of its key.
    package var name: String

    /// Names a timer.
    package init(partition: Int32, key: String, name: String) {
        self.partition = partition
        self.key = key
        self.name = name
    }
}

/// A durable timer: delivered by a poll once it is due, until a commit cancels or replaces it.
package struct DurableTimer: Hashable, Sendable {
    /// The timer's name.
    package var key: TimerKey
    /// When it is due, in milliseconds since 1970.
    package var due: Int64
    /// What its owner wants back.
    package var payload: [UInt8]

    /// Describes a timer.
    package init(key: TimerKey, due: Int64, payload: [UInt8]) {
        self.key = key
        self.due = due
        self.payload = payload
    }
}

/// A change to a group's timers.
package enum TimerChange: Hashable, Sendable {
    /// Sets a timer, replacing one of the same name.
    case set(DurableTimer)
    /// Removes a timer; harmless if there is none.
    case cancel(TimerKey)

    /// The timer's name.
    package var key: TimerKey {
        switch self {
        case .set(let timer): timer.key
        case .cancel(let key): key
        }
    }
}

/// What a group member makes durable together or not at all.
package struct Commit: Sendable {
    /// Records to append, in order.
    package var outputs: [Record]
    /// The next offset to read of each input partition that moved.
    package var positions: [TopicPartition: Int64]
    /// Changes of state, in order; the last for a key wins.
    package var state: [StateChange]
    /// Changes of timers, in order; the last for a key wins.
    package var timers: [TimerChange]

    /// Makes a commit, empty by default.
    package init(
        outputs: [Record] = [], positions: [TopicPartition: Int64] = [:],
        state: [StateChange] = [], timers: [TimerChange] = []
    ) {
        self.outputs = outputs
        self.positions = positions
        self.state = state
        self.timers = timers
    }

    /// Whether there is nothing to commit.
    package var isEmpty: Bool {
        outputs.isEmpty && positions.isEmpty && state.isEmpty && timers.isEmpty
    }
}

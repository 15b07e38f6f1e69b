import Conversation
import EventLog
import Records
import StageRuntime

/// Which of a stage's past inputs a replay compares.
package struct ReplayRange: Hashable, Sendable {
    /// An end of the range.
    package enum Bound: Hashable, Sendable {
        /// When the stage began with the input, in milliseconds since 1970.
        case time(Int64)
        /// The input's offset in its partition, whichever it is.
        case offset(Int64)
    }

    /// From here on; from the beginning of the kept log if `nil`.
    package var from: Bound?
    /// Until there, not included; to the end of what is decided if `nil`.
    package var to: Bound?
    /// Only this tenant's.
    package var tenant: String?
    /// Only this key's: a conversation, a document.
    package var key: String?

    /// Describes a range; everything unless told otherwise.
    package init(
        from: Bound? = nil, to: Bound? = nil, tenant: String? = nil, key: String? = nil
    ) {
        self.from = from
        self.to = to
        self.tenant = tenant
        self.key = key
    }

    /// The time before which nothing is in range, if the range tells.
    var begins: Int64? {
        if case .time(let time)? = from { time } else { nil }
    }

    /// The time from which nothing is in range, if the range tells.
    var ends: Int64? {
        if case .time(let time)? = to { time } else { nil }
    }

    /// Whether what began at a time with an input at an offset is in range; `nil` where a timer
    /// has no offset and offsets are asked for.
    func contains(began: Int64, offset: Int64?) -> Bool? {
        var isIn = true
        switch from {
        case nil: break
        case .time(let time): isIn = began >= time
        case .offset(let first):
            guard let offset else { return nil }
            isIn = offset >= first
        }
        switch to {
        case nil: return isIn
        case .time(let time): return isIn && began < time
        case .offset(let end):
            guard let offset else { return isIn ? nil : false }
            return isIn && offset < end
        }
    }

    /// Whether a record of this tenant and key may be in range.
    func concerns(tenant: String?, key: [UInt8]) -> Bool {
        if let wanted = self.tenant, wanted != tenant { return false }
        if let wanted = self.key { return Array(wanted.utf8) == key }
        return true
    }
}

extension RecordPosition {
    /// Reads `topic-partition@offset`; `nil` for anything else, such as a timer's name.
    init?(text: String) {
        guard let at = text.lastIndex(of: "@"), let dash = text[..<at].lastIndex(of: "-"),
            let partition = Int32(text[text.index(after: dash)..<at]),
            let offset = Int64(text[text.index(after: at)...])
        else { return nil }
        self.init(topic: String(text[..<dash]), partition: partition, offset: offset)
    }

    /// Its partition.
    var topicPartition: TopicPartition { TopicPartition(topic, partition) }
}

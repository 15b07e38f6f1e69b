/// What the ledger knows of one message, in about 48 bytes.
struct LedgerEntry: Sendable {
    /// What was seen of it, in any order.
    struct Evidence: OptionSet, Sendable {
        let rawValue: UInt16
        static let accepted = Self(rawValue: 1 << 0)
        static let takenBack = Self(rawValue: 1 << 1)
        static let silence = Self(rawValue: 1 << 2)
        static let person = Self(rawValue: 1 << 3)
        static let delivered = Self(rawValue: 1 << 4)
        static let failed = Self(rawValue: 1 << 5)
        static let dropped = Self(rawValue: 1 << 6)
        static let withheld = Self(rawValue: 1 << 7)
        static let discarded = Self(rawValue: 1 << 8)
        static let ignored = Self(rawValue: 1 << 9)
        static let turn = Self(rawValue: 1 << 10)
    }

    /// How far the message's story has come: the last record that is somebody's input.
    enum Step: UInt8, Sendable, Comparable {
        case none, inbound, grounded, proposed, outbound, unknown

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

        /// Who has to go on from here.
        var waiting: MessageFate.Waiting {
            switch self {
            case .none, .inbound: .retrieval
            case .grounded: .orchestrator
            case .proposed: .handoff
            case .outbound: .sender
            case .unknown: .outcome
            }
        }

        /// The topic of that record.
        var topic: String {
            switch self {
            case .none, .inbound: "messages.inbound"
            case .grounded: "questions.grounded"
            case .proposed: "replies.proposed"
            case .outbound, .unknown: "messages.outbound"
            }
        }

        /// The group that reads it.
        var group: String {
            switch self {
            case .none, .inbound: "retrieval"
            case .grounded: "orchestrator"
            case .proposed: "handoff"
            case .outbound, .unknown: "sender"
            }
        }
    }

    var evidence: Evidence = []
    var step: Step = .none
    /// The number of the tenant's name.
    var tenant: UInt16 = 0
    /// Dead letters that wait for an operator.
    var openDeadLetters: Int16 = 0
    /// How often the webhook was repeated.
    var repeats: UInt16 = 0
    var partition: Int32 = 0
    /// The message's own offset.
    var inboundOffset: Int64 = 0
    /// The offset of the record at `step`.
    var offset: Int64 = 0
    /// When the message came in.
    var acceptedAt: Int64 = 0
    /// When it was last heard of, or until when it is known to wait.
    var heardAt: Int64 = 0

    /// Moves on to a record that is somebody's input, unless the story is already further.
    mutating func advance(to step: Step, _ position: FactPosition) {
        guard step > self.step || (step == self.step && position.offset > offset) else { return }
        self.step = step
        offset = position.offset
        partition = position.partition
    }

    /// What is known together with the message of the same burst that bears the reply.
    func joined(with leader: LedgerEntry) -> LedgerEntry {
        var joined = self
        joined.evidence.formUnion(
            leader.evidence.subtracting([.accepted, .takenBack, .discarded]))
        joined.openDeadLetters += leader.openDeadLetters
        joined.heardAt = max(heardAt, leader.heardAt)
        if leader.step >= step {
            joined.step = leader.step
            joined.offset = leader.offset
            joined.partition = leader.partition
        }
        return joined
    }
}

package import EventLog
package import Records

/// Accounts for every message: a fold of the log's records, in whatever order topics are read.
///
/// A pure value: it reads no clock and does no IO. About a hundred bytes a message.
package struct LedgerFold: Sendable {
    /// How long a message may be silent before it is unaccounted for, by why it is silent.
    package struct Patience: Hashable, Sendable {
        /// After its stage has taken the record: a burst, a model's turn, a status on its way.
        package var working: Duration
        /// After its stage has passed the record by and nothing at all came of it; a little, as
        /// topics are not read at the same moment.
        package var passed: Duration
        /// After the orchestrator has put it by for its turn: the timer is durable, so it waits as
        /// safely as a record that is not read yet, for a stage that is stopped or has much to do.
        package var turn: Duration

        /// Sets the times, in the order of how much explains a silence.
        ///
        /// The turn's longest time is a minute and the early reply's half of that; a quarter of
        /// an hour covers restarts between. That a turn has not come in a day is past explaining
        /// by a stage that is stopped.
        package init(
            working: Duration = .seconds(900), passed: Duration = .seconds(30),
            turn: Duration = .seconds(86_400)
        ) {
            self.working = working
            self.passed = passed
            self.turn = turn
        }
    }

    private(set) var entries: [MessageKey: LedgerEntry] = [:]
    /// Messages answered together with a later one of their burst.
    private var leaders: [MessageKey: MessageKey] = [:]
    /// Messages that one conversation passed on to another: of those, the first may stand in a
    /// partition that another fold reads.
    private var passedOn: Set<MessageKey> = []
    /// Messages taken back before they were read here.
    private var takenBack: Set<MessageKey> = []
    private var tenants: [String] = []
    private var tenantNumbers: [String: UInt16] = [:]
    /// Whether facts about messages that were not accepted here are kept: where topics are read
    /// side by side the message may come later, else it was another program's or is out of range.
    private let keepsUnknown: Bool

    /// An empty ledger.
    package init(keepsUnknown: Bool = true) {
        self.keepsUnknown = keepsUnknown
    }

    /// Takes a record of any topic.
    package mutating func apply(_ record: ConsumedRecord, by envelope: RecordEnvelope) {
        guard let (key, fact) = LedgerFact.read(record.record, by: envelope) else { return }
        let position = FactPosition(
            partition: record.partition.partition, offset: record.offset,
            at: record.record.timestamp)
        note(fact, of: key, at: position)
    }

    /// Takes a fact.
    package mutating func note(_ fact: LedgerFact, of key: MessageKey, at position: FactPosition) {
        if case .accepted(let tenant, let target, let isPassedOn) = fact {
            if isPassedOn { passedOn.insert(key) }
            let number = number(of: tenant)
            let isTakenBack = !takenBack.isEmpty && takenBack.remove(key) != nil
            Self.accept(&entries[key, default: LedgerEntry()], number, isTakenBack, position)
            if let target { takeBack(target) }
            return
        }
        if case .proposed(let isSilent, let others) = fact, !others.isEmpty {
            for other in others where other != key {
                leaders[other] = key
                // The leader may stand outside of the range.
                if entries[other] != nil { _ = entries[key, default: LedgerEntry()] }
            }
            return Self.apply(
                .proposed(silent: isSilent, others: []), position,
                to: &entries[key, default: LedgerEntry()])
        }
        if keepsUnknown {
            Self.apply(fact, position, to: &entries[key, default: LedgerEntry()])
        } else if let index = entries.index(forKey: key) {
            Self.apply(fact, position, to: &entries.values[index])
        }
    }

    private mutating func takeBack(_ target: MessageKey) {
        if entries[target]?.evidence.contains(.accepted) == true {
            entries[target]?.evidence.insert(.takenBack)
        } else {
            takenBack.insert(target)
        }
    }

    private mutating func number(of tenant: String) -> UInt16 {
        if let number = tenantNumbers[tenant] { return number }
        let number = UInt16(clamping: tenants.count)
        tenants.append(tenant)
        tenantNumbers[tenant] = number
        return number
    }

    private static func accept(
        _ entry: inout LedgerEntry, _ tenant: UInt16, _ isTakenBack: Bool, _ position: FactPosition
    ) {
        if entry.evidence.contains(.accepted) {
            // The first is the message, whichever of them is read first.
            entry.repeats &+= 1
            guard position.offset < entry.inboundOffset else { return }
        }
        entry.evidence.insert(.accepted)
        if isTakenBack { entry.evidence.insert(.takenBack) }
        entry.tenant = tenant
        entry.inboundOffset = position.offset
        entry.acceptedAt = position.at
        if entry.step == .none { entry.partition = position.partition }
        entry.advance(to: .inbound, position)
        entry.heardAt = max(entry.heardAt, position.at)
    }

    private static func apply(
        _ fact: LedgerFact, _ position: FactPosition, to entry: inout LedgerEntry
    ) {
        entry.heardAt = max(entry.heardAt, position.at)
        switch fact {
        case .accepted: break
        case .acceptedAgain: entry.advance(to: .inbound, position)
        case .grounded: entry.advance(to: .grounded, position)
        case .proposed(let isSilent, _):
            if isSilent { entry.evidence.insert(.silence) }
            entry.advance(to: .proposed, position)
        case .outbound: entry.advance(to: .outbound, position)
        case .delivered: entry.evidence.insert(.delivered)
        case .failed: entry.evidence.insert(.failed)
        case .dropped(let isStale): entry.evidence.insert(isStale ? .withheld : .dropped)
        case .held(let until): entry.heardAt = max(entry.heardAt, until)
        case .unknownOutcome:
            // Its offset is a delivery's, which no group's position is compared with.
            if entry.step < .unknown { entry.step = .unknown }
        case .person: entry.evidence.insert(.person)
        case .waitsForTurn: entry.evidence.insert(.turn)
        case .ignoredByOrchestrator: entry.evidence.insert(.ignored)
        case .replyWithheld: entry.evidence.insert(.withheld)
        case .dead: entry.openDeadLetters += 1
        case .redriven: entry.openDeadLetters -= 1
        case .discarded:
            entry.openDeadLetters -= 1
            entry.evidence.insert(.discarded)
        }
    }
}

// MARK: - Judging

extension LedgerFold {
    /// The number of messages known, whether accepted or only spoken of.
    package var count: Int { entries.count }

    /// What became of a message, or `nil` if it never came in here.
    ///
    /// `positions` are the groups' next offsets to read, taken before the records were read, and
    /// `now` is in milliseconds since 1970.
    package func fate(
        of key: MessageKey, positions: [String: [TopicPartition: Int64]], now: Int64,
        patience: Patience = Patience()
    ) -> MessageFate? {
        guard let entry = entries[key], entry.evidence.contains(.accepted) else { return nil }
        return fate(
            of: entry, key, Judgement(positions: positions, now: now, patience: patience))
    }

    /// What a message's silence is judged by.
    struct Judgement {
        var positions: [String: [TopicPartition: Int64]]
        var now: Int64
        var patience: Patience
        /// Until when what was written to a tenant is erased, in milliseconds since 1970.
        var erased: [String: Int64] = [:]
    }

    func fate(of entry: LedgerEntry, _ key: MessageKey, _ judgement: Judgement) -> MessageFate {
        if !judgement.erased.isEmpty, let time = judgement.erased[tenant(of: entry)],
            entry.acceptedAt <= time
        {
            return .erased
        }
        var entry = entry
        if !leaders.isEmpty, let leader = leaders[key], let other = entries[leader] {
            entry = entry.joined(with: other)
        }
        let evidence = entry.evidence
        if evidence.contains(.person) { return .handed }
        if evidence.contains(.failed) { return .undelivered }
        if evidence.contains(.delivered) { return .answered }
        if entry.openDeadLetters > 0 { return .deadLettered }
        if evidence.contains(.dropped) { return .undelivered }
        if evidence.contains(.silence) || evidence.contains(.ignored) { return .silent }
        if evidence.contains(.withheld) { return .handed }
        if evidence.contains(.takenBack) { return .silent }
        if evidence.contains(.discarded) { return .discarded }
        let isOverdue = isOverdue(entry, judgement)
        return isOverdue ? .unaccounted(entry.step.waiting) : .awaiting(entry.step.waiting)
    }

    /// Whether the stage whose turn it is has had the record and nothing came of it for too long.
    ///
    /// A record that its stage has not reached is late, not lost: that is what lag is for.
    private func isOverdue(_ entry: LedgerEntry, _ judgement: Judgement) -> Bool {
        let silent = judgement.now - entry.heardAt
        if entry.step == .unknown { return silent > judgement.patience.working.milliseconds }
        let topicPartition = TopicPartition(entry.step.topic, entry.partition)
        let position = judgement.positions[entry.step.group]?[topicPartition] ?? 0
        guard position > entry.offset else { return false }
        // Retrieval decides at once: the question stands in the log, or was never written.
        let patience =
            switch entry.step {
            case .inbound: judgement.patience.passed
            case .grounded where entry.evidence.contains(.turn): judgement.patience.turn
            default: judgement.patience.working
            }
        return silent > patience.milliseconds
    }

    /// Puts together what several folds of a log's partitions know of the messages that went from
    /// one partition to another, so that each is counted once, where it went on.
    static func join(_ folds: inout [LedgerFold]) {
        for index in folds.indices {
            for key in folds[index].passedOn {
                for other in folds.indices where other != index {
                    guard let first = folds[other].entries[key],
                        let last = folds[index].entries[key]
                    else { continue }
                    var whole = last.joined(with: first)
                    whole.acceptedAt = min(first.acceptedAt, last.acceptedAt)
                    folds[index].entries[key] = whole
                    folds[other].entries[key] = nil
                }
            }
        }
    }

    /// The name of an entry's tenant.
    func tenant(of entry: LedgerEntry) -> String {
        tenants.indices.contains(Int(entry.tenant)) ? tenants[Int(entry.tenant)] : "-"
    }

    /// Forgets what came in before a time and is settled, and what was only spoken of by then.
    package mutating func forget(
        before time: Int64, positions: [String: [TopicPartition: Int64]], now: Int64,
        patience: Patience = Patience()
    ) {
        let judgement = Judgement(positions: positions, now: now, patience: patience)
        let old = entries.filter { key, entry in
            guard entry.evidence.contains(.accepted) else { return entry.heardAt < time }
            return entry.acceptedAt < time && fate(of: entry, key, judgement).isSettled
        }
        guard !old.isEmpty else { return }
        for key in old.keys {
            entries[key] = nil
            leaders[key] = nil
        }
        takenBack = []
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 {
        components.seconds &* 1000 &+ components.attoseconds / 1_000_000_000_000_000
    }
}

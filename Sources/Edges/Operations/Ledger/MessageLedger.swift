import Conversation
package import EventLog
package import Records
package import TenantKeys

/// Accounts for every message of a time range from the log's topics alone.
///
/// Partitions are read side by side, few topics first: the others only where something is open.
package struct MessageLedger: Sendable {
    /// Which messages to account for.
    package struct Range: Sendable {
        /// Accepted at or after this, in milliseconds since 1970.
        package var from: Int64?
        /// Accepted before this, in milliseconds since 1970.
        package var to: Int64?
        /// Only this tenant's.
        package var tenant: String?

        /// Describes a range; everything unless told otherwise.
        package init(from: Int64? = nil, to: Int64? = nil, tenant: String? = nil) {
            self.from = from
            self.to = to
            self.tenant = tenant
        }
    }

    /// Partitions read at once: as many as processors that a ledger may well keep busy.
    private static let shards = 4
    /// Messages listed at most unless told otherwise.
    package static let standardLimit = 100

    private let log: any EventLog
    private let envelope: RecordEnvelope
    private let patience: LedgerFold.Patience
    private let keys: KeyTable

    /// Prepares to read a log, of which `keys` were destroyed or live.
    package init(
        _ log: any EventLog, by envelope: RecordEnvelope, keys: KeyTable = KeyTable(),
        patience: LedgerFold.Patience = .init()
    ) {
        self.keys = keys
        self.log = log
        self.envelope = envelope
        self.patience = patience
    }

    /// Accounts for the messages of a range, as of `now` (milliseconds since 1970); with `content`,
    /// those that are listed have WhatsApp's ids, too.
    ///
    /// - Throws: What the log says; `.permanent` where a topic of the pipeline is missing.
    package func report(
        _ range: Range = Range(), at now: Int64, listing limit: Int = standardLimit,
        content: Bool = false
    ) async throws -> LedgerReport {
        // Positions first: what they have passed stands in what is read after.
        let positions = try await log.groupPositions()
        let partitions = try await partitions(of: .messagesInbound)
        let judgement = LedgerFold.Judgement(
            positions: positions, now: now, patience: patience, erased: keys.erasedMessages)
        let count = min(Self.shards, partitions.count)
        let (log, envelope) = (log, envelope)
        let folds = try await withThrowingTaskGroup(of: LedgerFold.self) { group in
            for shard in 0..<count {
                let numbers = partitions.filter { Int($0) % count == shard }
                group.addTask {
                    try await ShardReader(
                        log: log, envelope: envelope, partitions: numbers, of: partitions.count,
                        range: range
                    ).read(judgement)
                }
            }
            var folds: [LedgerFold] = []
            for try await fold in group { folds.append(fold) }
            LedgerFold.join(&folds)
            return folds
        }
        var tally = LedgerTally(tenant: range.tenant, limit: limit)
        for fold in folds { tally.add(fold, judgement, acceptedBefore: range.to ?? .max) }
        return await tally.finish { suspect in
            guard content, let record = await Self.record(of: suspect, in: log) else {
                return (await Self.id(of: suspect, in: log), nil)
            }
            await envelope.prepare(for: [record])
            let id = record.record.header(HeaderName.id) ?? ""
            // What cannot be opened here has no name but ours.
            guard
                case .payload(let message as InboundMessage)? =
                    try? envelope.decode(record.record).value
            else { return (id, nil) }
            return (id, message.graphID.rawValue)
        }
    }

    private func partitions(of topic: Topic) async throws(EventLogError) -> [Int32] {
        guard
            let found = try await log.describeTopics().first(where: { $0.name == topic.rawValue })
        else { throw .permanent(reason: "there is no topic \(topic.rawValue)") }
        return found.partitions.indices.map { Int32($0) }
    }

    /// Reads a message's id back, as the fold keeps only its hash.
    static func id(of suspect: LedgerTally.Suspect, in log: any EventLog) async -> String {
        await record(of: suspect, in: log)?.record.header(HeaderName.id) ?? ""
    }

    private static func record(
        of suspect: LedgerTally.Suspect, in log: any EventLog
    ) async -> ConsumedRecord? {
        let topicPartition = TopicPartition(Topic.messagesInbound.rawValue, suspect.entry.partition)
        return await RecordLookup.record(
            at: topicPartition, suspect.entry.inboundOffset, in: log)
    }
}

/// Reads some partitions of the ledger's topics into one fold.
private struct ShardReader {
    let log: any EventLog
    let envelope: RecordEnvelope
    let partitions: [Int32]
    /// How many partitions the messages have.
    let of: Int
    let range: MessageLedger.Range

    /// Records a poll.
    private static let batch = 2_000

    func read(_ judgement: LedgerFold.Judgement) async throws(EventLogError) -> LedgerFold {
        var fold = LedgerFold(keepsUnknown: false)
        try await read([.messagesInbound], into: &fold, from: range.from, to: range.to)
        try await read([.repliesProposed], into: &fold, from: range.from)
        try await read(
            [.messagesDelivery, .handoffEvents, .deadLetters], into: &fold, from: range.from)
        // What is open stands where the other topics say; decisions come before the questions
        // that were committed with them, so that no question seems to be missing.
        guard let oldest = fold.oldestOpen(judgement) else { return fold }
        try await read([.decisions, .messagesOutbound], into: &fold, from: oldest)
        try await read([.questionsGrounded], into: &fold, from: oldest)
        return fold
    }

    private func read(
        _ topics: [Topic], into fold: inout LedgerFold, from: Int64?, to: Int64? = nil
    ) async throws(EventLogError) {
        var spans: [TopicPartition: Swift.Range<Int64>] = [:]
        let described = try await log.describeTopics()
        for topic in topics {
            guard let description = described.first(where: { $0.name == topic.rawValue }) else {
                continue
            }
            var starts: [Int32: Int64] = [:]
            var ends: [Int32: Int64] = [:]
            if let from { starts = try await log.offsets(of: topic.rawValue, at: from) }
            if let to { ends = try await log.offsets(of: topic.rawValue, at: to) }
            for (number, kept) in description.partitions.enumerated() {
                let number = Int32(number)
                // All shards read a topic whose partitions are others: dead letters, and on SQLite
                // the decisions.
                let isOther = description.partitions.count != of
                guard isOther || partitions.contains(number) else { continue }
                let start = max(kept.low, starts[number] ?? 0)
                let end = min(kept.high, ends[number] ?? .max)
                if start < end { spans[TopicPartition(topic.rawValue, number)] = start..<end }
            }
        }
        try await RecordSpans.read(
            spans, in: log, batch: Self.batch, headers: LedgerFact.headers + envelope.headersToOpen
        ) { record in fold.apply(record, by: envelope) }
    }
}

extension KeyTable {
    /// Until when what was written to tenants is erased, in milliseconds since 1970.
    var erasedMessages: [String: Int64] {
        Dictionary(uniqueKeysWithValues: erased.map { ($0.key.rawValue, $0.value.milliseconds) })
    }
}

extension LedgerFold {
    /// When the oldest message came in whose fate is open, or `nil` if none is.
    func oldestOpen(_ judgement: Judgement) -> Int64? {
        var oldest: Int64?
        for (key, entry) in entries where entry.evidence.contains(.accepted) {
            switch fate(of: entry, key, judgement) {
            case .awaiting, .unaccounted: oldest = min(oldest ?? .max, entry.acceptedAt)
            default: break
            }
        }
        return oldest
    }
}

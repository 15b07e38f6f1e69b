import Conversation
package import EventLog
import JSON
package import Records
package import StageRuntime

/// Runs a stage's past again over what the log holds, with the answers that were recorded, and
/// compares what it writes with what stands in the topics, byte for byte; what is sealed there is
/// compared opened (``ReplayComparison``).
///
/// It reads topics and calls pure functions: there is nothing here through which it could reach
/// WhatsApp, a model or a group's state.
package final class ReplayRun<S: Stage> {
    /// What may be shown of a difference, and where repeated records go.
    package struct Options {
        /// Whether a difference is shown with the bytes of both sides: personal content.
        package var showsContent: Bool
        /// Where the repeated records of the range are written, if anywhere.
        package var shadow: ShadowTopics?

        /// Describes a run; nothing is written or shown unless told otherwise.
        package init(showsContent: Bool = false, shadow: ShadowTopics? = nil) {
            self.showsContent = showsContent
            self.shadow = shadow
        }
    }

    let range: ReplayRange
    let log: any EventLog
    let inputs: [InputTopic]
    let envelope: RecordEnvelope
    private let options: Options
    let stage: S
    var replay: StageReplay<S>
    /// What recorded answers refer to, read when the first does.
    var kept: [String: [UInt8]]?
    let comparison: ReplayComparison
    var standing: StandingOutputs
    var report: ReplayReport
    private var keys: Set<String> = []
    private(set) var decided: Set<MessageKey> = []
    private(set) var compared: Set<MessageKey> = []
    /// Keys whose state is not known, because the log begins later or a decision is lost.
    private(set) var doubts: Set<String> = []
    /// Keys that came out otherwise than recorded: so may their state.
    private(set) var diverged: Set<String> = []
    private var begun: Set<String> = []
    private var doubtsInRange: Set<String> = []
    /// Whether the key's last record was in range: then its timers are.
    private var isKeyInRange: [String: Bool] = [:]
    /// The inputs to which some part of the outputs is another: one that is begun and committed
    /// in steps counts once.
    private var isDifferent = false
    private var firstKept: [TopicPartition: Int64] = [:]
    /// Repeated records that stand in no topic, for ``LiveTopics``; decisions and dead letters
    /// are not among them.
    package private(set) var missing: [Record] = []

    /// Prepares a run over the inputs of a stage.
    package init(
        _ stage: S, reading inputs: [InputTopic], in log: any EventLog,
        by envelope: RecordEnvelope, _ range: ReplayRange, _ options: Options = Options()
    ) {
        self.envelope = envelope
        self.log = log
        self.stage = stage
        self.inputs = inputs
        self.range = range
        self.options = options
        replay = StageReplay(stage, reading: inputs, by: envelope)
        comparison = ReplayComparison(by: envelope)
        standing = StandingOutputs(of: stage.name, by: comparison)
        report = ReplayReport(stage: stage.name)
    }

    /// Runs, and tells what was found.
    ///
    /// - Throws: What the log says; `.permanent` where a topic of the pipeline is missing.
    package func run() async throws(EventLogError) -> ReplayReport {
        let positions = try await log.groupPositions()[replay.name] ?? [:]
        let source = try await ReplaySource(log, range)
        try await select(from: source)
        try await readStanding(from: source)
        try await repeatDecisions(from: source)
        try await lookForUndecided(from: source, positions)
        await noteLeft()
        report.doubtfulKeys = doubtsInRange.count
        report.missing = missing.count
        return report
    }

    // MARK: Reading

    /// Finds the keys that have decisions in range, so that only their past is repeated.
    private func select(from source: ReplaySource) async throws(EventLogError) {
        let topic = Topic.decisions.rawValue
        let spans = source.narrowed(
            try await source.spans(of: topic, from: range.begins), of: topic)
        try await RecordSpans.read(spans, in: log) { record in
            // Where it cannot be opened, its place is plain, or it is found again, and told, when
            // it is to be repeated.
            guard isOurs(record.record),
                let value = (try? envelope.json(of: record.record)) ?? record.record.value
            else { return }
            let json = JSONFields(bytes: value)
            let position = json.value(of: "place", in: json.whole).flatMap(json.string) ?? ""
            decided.insert(MessageKey(bytes: Array(position.utf8)))
            let offset = RecordPosition(text: position)?.offset
            if range.contains(began: record.record.timestamp, offset: offset) != false {
                keys.insert(String(decoding: record.record.key, as: UTF8.self))
            }
        }
    }

    private func isOurs(_ record: Record) -> Bool {
        record.header(HeaderName.source) == HeaderName.source(ofStage: replay.name)
            && range.concerns(tenant: record.header(HeaderName.tenant), key: record.key)
    }

    private func readStanding(from source: ReplaySource) async throws(EventLogError) {
        for (name, topic) in source.topics {
            // Outputs go to the pipeline's topics; decisions are compared as they are read.
            guard envelope.types.topics[name] != nil, name != Topic.decisions.rawValue else {
                continue
            }
            // What is repeated before the range refers to what it wrote, too.
            let from = needsPast ? nil : range.begins.map { $0 - ReplaySource.clockTolerance }
            let spans = try await source.spans(of: name, from: from)
            try await RecordSpans.read(spans, in: log) { standing.add($0) }
            for (index, kept) in topic.partitions.enumerated() where kept.low > 0 {
                let partition = TopicPartition(name, Int32(index))
                let first = await RecordLookup.first(of: partition, from: kept.low, in: log)
                firstKept[partition] = first?.record.timestamp ?? .max
            }
        }
    }

    /// Whether what was decided before the range matters in it.
    private var needsPast: Bool {
        replay.remembers || inputs.contains { $0.repeatsWithin != nil }
    }

    private func repeatDecisions(from source: ReplaySource) async throws(EventLogError) {
        let topic = Topic.decisions.rawValue
        let spans = source.narrowed(
            try await source.spans(
                of: topic, from: needsPast ? nil : range.begins, to: range.ends),
            of: topic)
        let cut = Set(
            (source.topics[topic]?.partitions ?? []).enumerated()
                .filter { $0.element.low > 0 }.map { Int32($0.offset) })
        try await RecordSpans.readBatches(spans, in: log, batch: ReplaySource.batch) {
            records throws(EventLogError) in
            let decisions = try await self.whole(records.compactMap { self.decision($0) }, source)
            let positions = decisions.compactMap { RecordPosition(text: $0.decision.position) }
            let inputs = try await source.records(at: positions)
            for recorded in decisions {
                let (record, decision) = (recorded.record, recorded.decision)
                let position = RecordPosition(text: decision.position)
                if self.begun.insert(decision.key).inserted, self.replay.remembers,
                    cut.contains(record.partition.partition)
                {
                    self.doubts.insert(decision.key)
                }
                try await self.repeatDecision(
                    record, decision, input: position.map { .record(inputs[$0], $0) } ?? .timer,
                    source)
            }
        }
    }

    private func decision(
        _ record: ConsumedRecord
    ) -> RecordedDecision? {
        guard isOurs(record.record) else { return nil }
        let key = String(decoding: record.record.key, as: UTF8.self)
        guard keys.contains(key) else { return nil }
        // A decision that cannot be read is as good as gone.
        let value = try? envelope.decode(record.record).value
        if case .payload(let decision as Decision) = value {
            return RecordedDecision(record: record, decision: decision)
        }
        doubts.insert(key)
        if case .erased = value {
            if range.contains(began: record.record.timestamp, offset: nil) != false {
                report.erased += 1
            }
        } else {
            report.undecided += 1
        }
        return nil
    }

    // MARK: Repeating

    private enum Input {
        case timer
        case record(ConsumedRecord?, RecordPosition)
    }

    private func isInRange(_ decision: Decision, _ input: Input) -> Bool {
        var offset: Int64?
        if case .record(_, let position) = input { offset = position.offset }
        let isIn = range.contains(began: decision.began.milliseconds, offset: offset)
        if offset != nil { isKeyInRange[decision.key] = isIn ?? false }
        return isIn ?? isKeyInRange[decision.key] ?? false
    }

    private func repeatDecision(
        _ record: ConsumedRecord, _ decision: Decision, input: Input, _ source: ReplaySource
    ) async throws(EventLogError) {
        let isIn = isInRange(decision, input)
        report.oldest = min(report.oldest ?? .max, decision.began.milliseconds)
        if !isIn { report.history += 1 }
        var consumed: ConsumedRecord?
        if case .record(let found, _) = input {
            guard let found else {
                doubts.insert(decision.key)
                if isIn, !decision.isInterim { report.inputsGone += 1 }
                return
            }
            guard !comparison.isErased(found.record) else {
                doubts.insert(decision.key)
                if isIn, !decision.isInterim { report.erased += 1 }
                return
            }
            consumed = found
        }
        let replayed = replay.run(decision, of: consumed)
        let isSame =
            replayed.stop == nil
            && replayed.records.contains {
                $0.topic == record.record.topic
                    && comparison.digest(of: $0) == comparison.digest(of: record.record)
            }
        if isIn {
            try await judge(replayed, decision, record, isSame: isSame, source)
            if let shadow = options.shadow {
                try await shadow.append(replayed.records, topics: source.topics)
            }
        } else if !isSame {
            // What cannot be repeated leaves a state that nobody knows.
            doubts.insert(decision.key)
        }
        if isIn, replayed.stop?.isLost == true { doubts.insert(decision.key) }
        if !isSame { diverged.insert(decision.key) }
    }

    private func judge(
        _ replayed: ReplayedDecision, _ decision: Decision, _ record: ConsumedRecord,
        isSame: Bool, _ source: ReplaySource
    ) async throws(EventLogError) {
        let isDoubtful = doubts.contains(decision.key)
        var lines: [String]? = replayed.stop.map {
            ReplayDifference.lines(for: $0, content: options.showsContent)
        }
        var count = 0
        for written in replayed.records where written.topic != record.record.topic {
            switch standing.match(written) {
            case .same(let isSealedAlike):
                count += 1
                if !isSealedAlike { report.sealedOtherwise += 1 }
            case .other(let position):
                if lines == nil { lines = await self.lines(written, standing: position) }
            case .none:
                if isGone(written, source) {
                    report.outputsGone += 1
                } else {
                    if written.topic != Topic.deadLetters.rawValue { missing.append(written) }
                    if lines == nil {
                        lines = ["the replay writes \(Self.name(written)); no topic holds it"]
                    }
                }
            }
        }
        if lines == nil, !isSame { lines = decisionLines(replayed, record) }
        conclude(decision, lines, outputs: count, replayed.stop, isDoubtful: isDoubtful)
    }

    private func conclude(
        _ decision: Decision, _ lines: [String]?, outputs: Int, _ stop: ReplayStop?,
        isDoubtful: Bool
    ) {
        report.outputs += outputs
        if isDoubtful { doubtsInRange.insert(decision.key) }
        if let lines, !isDoubtful, stop?.isLost != true {
            isDifferent = true
            if report.first == nil {
                report.first = ReplayDifference(
                    input: decision.input.rawValue, position: decision.position, lines: lines)
            }
        }
        guard !decision.isInterim else { return }
        defer { isDifferent = false }
        if case .askedFormerly = stop {
            report.askedFormerly += 1
        } else if stop?.isLost == true {
            report.unrecorded += 1
        } else if isDoubtful {
            report.doubtful += 1
            if lines == nil { report.doubtfulSame += 1 }
        } else if isDifferent {
            report.different += 1
        } else {
            report.identical += 1
            compared.insert(MessageKey(decision.input))
        }
    }

    // MARK: Comparing

    private func lines(_ written: Record, standing position: RecordPosition) async -> [String] {
        let head = "\(Self.name(written)), which stands at \(position):"
        let found = await RecordLookup.record(at: position.topicPartition, position.offset, in: log)
        guard let found else { return [head, "it was dropped from the topic meanwhile"] }
        return [head]
            + ReplayDifference.lines(
                standing: plain(found.record), repeated: plain(written),
                content: options.showsContent)
    }

    private func decisionLines(
        _ replayed: ReplayedDecision, _ record: ConsumedRecord
    ) -> [String] {
        let head = "the record of the decision at \(RecordPosition(of: record)):"
        guard let written = replayed.records.last(where: { $0.topic == record.record.topic })
        else { return [head, "the replay does not end here"] }
        return [head]
            + ReplayDifference.lines(
                standing: plain(record.record), repeated: plain(written),
                content: options.showsContent)
    }

    /// A record for people to compare; as it stands, where it cannot be opened.
    private func plain(_ record: Record) -> Record {
        var plain = record
        plain.value = (try? envelope.json(of: record)) ?? record.value
        return plain
    }

    /// Whether a record may have been dropped from its topic, by age or compaction.
    private func isGone(_ record: Record, _ source: ReplaySource) -> Bool {
        guard let topic = source.topics[record.topic] else { return false }
        if topic.cleanup == .compact { return true }
        let number = Partitioner.partition(of: record.key, count: Int32(topic.partitions.count))
        let first = firstKept[TopicPartition(record.topic, number)]
        return first.map { record.timestamp <= $0 } ?? false
    }

    private static func name(_ record: Record) -> String {
        "\(record.topic) \(record.header(HeaderName.id) ?? "")"
    }
}

extension ReplayStop {
    /// Whether it is the record that lacks something, and not the stage that does otherwise.
    var isLost: Bool {
        switch self {
        case .answerNotRecorded, .answerUnreadable, .beginningNotKept, .askedFormerly,
            .settingsUnreadable:
            true
        case .timerNotSet, .asksOtherwise, .asksLess, .asksMore: false
        }
    }
}

import Conversation
import EventLog
import Records
import StageRuntime

/// What is left when all decisions are repeated: inputs without one, and records without a cause.
extension ReplayRun {
    /// Looks for inputs in range that left no decision: not handled yet, set aside as they could
    /// not be read, or handled so long ago that their decision is gone.
    func lookForUndecided(
        from source: ReplaySource, _ positions: [TopicPartition: Int64]
    ) async throws(EventLogError) {
        let letters = try await letters(from: source)
        for input in inputs {
            let name = input.topic.rawValue
            let spans = source.narrowed(
                try await source.spans(of: name, from: range.begins, to: range.ends), of: name)
            try await RecordSpans.read(spans, in: log) { record in
                let position = RecordPosition(of: record)
                let tenant = record.record.header(HeaderName.tenant)
                guard range.concerns(tenant: tenant, key: record.record.key),
                    range.contains(began: record.record.timestamp, offset: record.offset) == true,
                    !decided.contains(MessageKey(bytes: Array(position.description.utf8)))
                else { return }
                if let letter = letters[position] {
                    takeUnreadable(record, letter)
                } else if comparison.isErased(record.record) {
                    // Whoever met it after its key was destroyed did nothing with it.
                    report.erased += 1
                } else if isForAnother(record.record) {
                    // Passed over without a decision, as it cannot be read: nothing to repeat.
                    report.forOthers += 1
                } else if record.offset >= positions[record.partition] ?? 0 {
                    report.pending += 1
                } else {
                    report.undecided += 1
                    if report.undecidedPositions.count < ReplayReport.placesShown {
                        report.undecidedPositions.append(position.description)
                    }
                }
            }
        }
    }

    /// Whether an operator had it handled again by another stage.
    private func isForAnother(_ record: Record) -> Bool {
        record.header(HeaderName.redriveStage).map { $0 != replay.name } ?? false
    }

    private func letters(
        from source: ReplaySource
    ) async throws(EventLogError) -> [RecordPosition: Record] {
        let topic = Topic.deadLetters.rawValue
        guard source.topics[topic] != nil else { return [:] }
        var letters: [RecordPosition: Record] = [:]
        try await RecordSpans.read(try await source.spans(of: topic), in: log) { record in
            let record = record.record
            guard record.header(HeaderName.deadStage) == replay.name,
                let topic = record.header(HeaderName.deadTopic),
                let partition = record.header(HeaderName.deadPartition).flatMap({ Int32($0) }),
                let offset = record.header(HeaderName.deadOffset).flatMap({ Int64($0) })
            else { return }
            letters[RecordPosition(topic: topic, partition: partition, offset: offset)] = record
        }
        return letters
    }

    private func takeUnreadable(_ record: ConsumedRecord, _ letter: Record) {
        let replayed = replay.runUnreadable(record, at: Timestamp(milliseconds: letter.timestamp))
        let isSame = replayed.records.contains {
            comparison.digest(of: $0) == comparison.digest(of: letter)
        }
        guard isSame else {
            report.setAside += 1
            return
        }
        report.identical += 1
        report.outputs += 1
        for record in replayed.records { _ = standing.match(record) }
    }

    /// What stands in the topics because of a compared input, and the replay did not write.
    func noteLeft() async {
        let left = standing.left(of: compared)
        guard let position = left.first else { return }
        report.different += left.count
        guard report.first == nil else { return }
        let found = await RecordLookup.record(at: position.topicPartition, position.offset, in: log)
        report.first = ReplayDifference(
            input: found?.record.header(HeaderName.causation) ?? "", position: position.description,
            lines: ["this record stands in its topic; the replay does not write it"])
    }
}

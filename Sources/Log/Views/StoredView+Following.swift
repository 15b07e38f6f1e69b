import Conversation
import EventLog
import Records
import Telemetry

/// How a view follows its topics.
extension StoredView {
    private typealias Mark = ViewWriter.Mark

    /// The most records of one transaction.
    private static let batchRecords = 2_000
    /// The most records that one processor decodes before another may take the next.
    private static let runRecords = 250
    /// How long a poll waits for records once the view has caught up; between two, the file is
    /// looked at.
    private static let idleWait = Duration.seconds(1)
    /// How long records are gathered after many came, once the view has caught up: with a
    /// transaction for each poll the same pages would be written again and again.
    private static let gathering = Duration.milliseconds(200)
    /// So many records of one poll are many: of fewer each is shown at once.
    private static let manyRecords = 10
    /// The same for a view that is in no hurry, after any records.
    private static let longGathering = Duration.seconds(2)

    /// What a poll brought, with the positions after it.
    private struct Polled: Sendable {
        var records: [ConsumedRecord] = []
        var decoded: [RecordEnvelope.Decoded] = []
        var positions: [TopicPartition: Int64] = [:]
    }

    /// Opens the file, and reads on from where its rows end, until cancelled.
    func follow() async throws(ViewFailure) {
        let marks = try await writer.open()
        let ranges = try await ranges()
        try Self.check(marks, against: ranges)
        var starts: [TopicPartition: ReadStart] = [:]
        for partition in ranges.keys {
            // From the last record on that is in the rows: it must still be the same.
            starts[partition] = marks[partition].map { .offset($0.offset) } ?? .beginning
        }
        let reader: any EventLogReader
        do throws(EventLogError) { reader = try await log.openReader(starts) } catch {
            throw .log(error)
        }
        // A waiting poll does not see that the task is cancelled; closing the reader ends it.
        let result: Result<Void, ViewFailure> = await withTaskCancellationHandler {
            do throws(ViewFailure) {
                return .success(try await read(reader, after: marks, within: ranges))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            Task { await reader.close() }
        }
        await reader.close()
        if !Task.isCancelled { try result.get() }
    }

    /// Throws if the log is shorter than the rows say, or has other partitions.
    private static func check(
        _ marks: [TopicPartition: Mark], against ranges: [TopicPartition: PartitionRange]
    ) throws(ViewFailure) {
        for (partition, mark) in marks {
            guard let range = ranges[partition] else {
                throw .startOver(because: "it is made of another log: no \(partition) here")
            }
            guard mark.offset < range.high else {
                throw .startOver(
                    because: "it is made of another log: \(partition) ends before its position")
            }
        }
    }

    /// Reads and applies until cancelled; the next records are read while some are applied.
    private func read(
        _ reader: any EventLogReader, after marks: [TopicPartition: Mark],
        within ranges: [TopicPartition: PartitionRange]
    ) async throws(ViewFailure) {
        var unchecked = marks
        var polled = Polled()
        var gathered = ContinuousClock.now
        while !Task.isCancelled {
            async let coming = poll(reader, gatheringUntil: gathered)
            let applied: Result<Void, ViewFailure>
            do throws(ViewFailure) {
                applied = .success(try await apply(polled, unchecked: &unchecked))
            } catch {
                applied = .failure(error)
                await reader.close()  // ends the poll
            }
            let next = await coming
            try applied.get()
            noteProgress(polled.positions, ranges)
            polled = try next.get()
            if view.isUnhurried, !polled.records.isEmpty {
                gathered = .now + Self.longGathering
            } else if polled.records.count >= Self.manyRecords {
                gathered = .now + Self.gathering
            }
        }
    }

    /// Waits for records; after many, those that come meanwhile are gathered.
    private func poll(
        _ reader: any EventLogReader, gatheringUntil gathered: ContinuousClock.Instant
    ) async -> Result<Polled, ViewFailure> {
        var polled = Polled()
        do throws(EventLogError) {
            let wait = isCaughtUp ? Self.idleWait : .milliseconds(50)
            polled.records = try await reader.poll(atMost: Self.batchRecords, waiting: wait)
            let room = Self.batchRecords - polled.records.count
            if isCaughtUp, !polled.records.isEmpty, room > 0, ContinuousClock.now < gathered {
                // Cancelled: what is there is applied.
                try? await Task.sleep(until: gathered)
                polled.records += try await reader.poll(atMost: room, waiting: .zero)
            }
        } catch {
            return .failure(.log(error))
        }
        polled.positions = await reader.positions
        let runs = stride(from: 0, to: polled.records.count, by: Self.runRecords).map { start in
            Array(polled.records[start...].prefix(Self.runRecords))
        }
        polled.decoded = await envelope.decode(runs: runs, as: view.types)
        return .success(polled)
    }

    /// Applies what was read, in one transaction.
    private func apply(
        _ polled: Polled, unchecked: inout [TopicPartition: Mark]
    ) async throws(ViewFailure) {
        var batch = ViewWriter.Batch()
        batch.records.reserveCapacity(polled.records.count)
        for (consumed, decoded) in zip(polled.records, polled.decoded.joined()) {
            let mark = Mark(
                offset: consumed.offset, id: consumed.record.header(HeaderName.id) ?? "",
                time: consumed.record.timestamp)
            if let known = unchecked.removeValue(forKey: consumed.partition),
                known.offset == mark.offset
            {
                // An empty id was forgotten with a tenant's rows.
                guard known.time == mark.time, known.id.isEmpty || known.id == mark.id else {
                    throw .startOver(
                        because: "it is made of another log: other records stand in "
                            + "\(consumed.partition)")
                }
                continue
            }
            batch.marks[consumed.partition] = mark
            switch decoded {
            case .success(let record): batch.records.append(record)
            case .failure(let broken): passOver(broken.position, because: broken.error)
            }
        }
        guard !batch.marks.isEmpty else { return try await writer.check() }
        for failure in try await writer.apply(batch) {
            passOver(failure.record.position, because: failure.error)
        }
        instruments.records.increment(by: batch.records.count)
        for record in batch.records { applied.happened(record.headers.id) }
    }

    private func noteProgress(
        _ positions: [TopicPartition: Int64], _ ranges: [TopicPartition: PartitionRange]
    ) {
        guard !isCaughtUp else { return }
        let behind = ranges.reduce(Int64(0)) { sum, range in
            let from = max(range.value.low, positions[range.key] ?? 0)
            return sum + max(0, range.value.high - from)
        }
        instruments.behind.set(Double(behind))
        if behind == 0 { setCaughtUp(true) }
    }

    private func ranges() async throws(ViewFailure) -> [TopicPartition: PartitionRange] {
        var ranges: [TopicPartition: PartitionRange] = [:]
        let described: [TopicDescription]
        do throws(EventLogError) { described = try await log.describeTopics() } catch {
            throw .log(error)
        }
        let names = Set(view.topics.map(\.rawValue))
        for topic in described where names.contains(topic.name) {
            for (number, range) in topic.partitions.enumerated() {
                ranges[TopicPartition(topic.name, Int32(number))] = range
            }
        }
        let found = Set(ranges.keys.map(\.topic))
        if let missing = names.subtracting(found).min() {
            throw .log(.permanent(reason: "there is no topic \(missing)"))
        }
        return ranges
    }
}

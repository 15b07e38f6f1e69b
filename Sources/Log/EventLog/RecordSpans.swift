/// Reads fixed spans of partitions to their ends.
package enum RecordSpans {
    /// How long a reader may bring nothing before what is left counts as compacted away or as
    /// marks of transactions, which hold offsets and no records.
    private static let quiet = Duration.seconds(4)
    /// One wait of those.
    private static let wait = Duration.seconds(1)

    /// Calls with every record of the spans, with at least the headers named or else all; in order
    /// within a partition.
    ///
    /// - Throws: What the log says.
    package static func read(
        _ spans: [TopicPartition: Range<Int64>], in log: any EventLog, batch: Int = 1_000,
        headers: [String]? = nil, _ body: (ConsumedRecord) throws(EventLogError) -> Void
    ) async throws(EventLogError) {
        try await readBatches(
            spans, in: log, batch: batch, headers: headers
        ) { records throws(EventLogError) in
            // Lent, not copied: a long read is mostly memory taken and given.
            let lent = records.span
            for index in lent.indices { try body(lent[index]) }
        }
    }

    /// Calls with the records of the spans as they are read, at most `batch` at once; in order
    /// within a partition.
    ///
    /// - Throws: What the log says.
    package static func readBatches(
        _ spans: [TopicPartition: Range<Int64>], in log: any EventLog, batch: Int = 1_000,
        headers: [String]? = nil,
        _ body: ([ConsumedRecord]) async throws(EventLogError) -> Void
    ) async throws(EventLogError) {
        let spans = spans.filter { !$0.value.isEmpty }
        guard !spans.isEmpty else { return }
        let reader = try await log.openReader(
            spans.mapValues { .offset($0.lowerBound) }, headers: headers)
        do throws(EventLogError) {
            try await drain(reader, spans, batch, body)
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
    }

    private static func drain(
        _ reader: any EventLogReader, _ spans: [TopicPartition: Range<Int64>], _ batch: Int,
        _ body: ([ConsumedRecord]) async throws(EventLogError) -> Void
    ) async throws(EventLogError) {
        var silent = Duration.zero
        var positions = await reader.positions
        while spans.contains(where: { positions[$0] ?? 0 < $1.upperBound }) {
            let records = try await reader.poll(atMost: batch, waiting: wait)
            silent = records.isEmpty ? silent + wait : .zero
            if silent >= quiet { return }
            positions = await reader.positions
            // Mostly nothing lies behind its span: then nothing is looked at here, nor copied.
            let isWithin = spans.allSatisfy { positions[$0] ?? 0 <= $1.upperBound }
            try await body(
                isWithin
                    ? records
                    : records.filter { $0.offset < spans[$0.partition]?.upperBound ?? 0 })
        }
    }
}

/// Reads single records.
package enum RecordLookup {
    /// The record at a position; `nil` where the log no longer holds it or cannot be read.
    package static func record(
        at topicPartition: TopicPartition, _ offset: Int64, in log: any EventLog
    ) async -> ConsumedRecord? {
        await first(of: topicPartition, from: offset, in: log).flatMap {
            $0.offset == offset ? $0 : nil
        }
    }

    /// The first record at or after an offset of each of several partitions.
    ///
    /// `nil` for those whose rest holds none but marks of transactions; those that the log does not
    /// tell about in time are left out.
    package static func firsts(
        from positions: [TopicPartition: Int64], to ends: [TopicPartition: Int64],
        in log: any EventLog
    ) async throws(EventLogError) -> [TopicPartition: ConsumedRecord?] {
        guard !positions.isEmpty else { return [:] }
        let reader = try await log.openReader(positions.mapValues { .offset($0) })
        var found: [TopicPartition: ConsumedRecord?] = [:]
        let deadline = ContinuousClock.now + .seconds(5)
        do throws(EventLogError) {
            while found.count < positions.count, ContinuousClock.now < deadline {
                let records = try await reader.poll(atMost: 500, waiting: .milliseconds(200))
                for record in records where found[record.partition] == nil {
                    found[record.partition] = .some(record)
                }
                for (topicPartition, position) in await reader.positions
                where found[topicPartition] == nil && position >= ends[topicPartition] ?? .max {
                    found[topicPartition] = .some(nil)
                }
            }
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
        return found
    }

    /// The first record at or after an offset.
    package static func first(
        of topicPartition: TopicPartition, from offset: Int64, in log: any EventLog
    ) async -> ConsumedRecord? {
        do throws(EventLogError) {
            let reader = try await log.openReader([topicPartition: .offset(offset)])
            let record: ConsumedRecord?
            do throws(EventLogError) {
                record = try await reader.poll(atMost: 1, waiting: .seconds(5)).first
            } catch {
                await reader.close()
                throw error
            }
            await reader.close()
            return record
        } catch {
            // A report says what it can; the log's trouble shows with the next question.
            return nil
        }
    }
}

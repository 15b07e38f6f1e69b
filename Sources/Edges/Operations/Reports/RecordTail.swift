import Conversation
package import EventLog

/// Follows a topic.
package struct RecordTail: Sendable {
    /// Where to begin.
    package enum Start: Hashable, Sendable {
        /// At the first kept record.
        case beginning
        /// At this time, in milliseconds since 1970.
        case time(Int64)
        /// After the last record.
        case end
        /// So many records before the end, of all partitions together, as far as offsets tell.
        case last(Int64)
    }

    /// Which records are meant; what is not given does not matter.
    package struct Filter: Hashable, Sendable {
        /// Of this tenant.
        package var tenant: String?
        /// With this key.
        package var key: String?
        /// Of this type, whole or its end: `delivery` for `parley.delivery`.
        package var type: String?

        /// Describes a choice.
        package init(tenant: String? = nil, key: String? = nil, type: String? = nil) {
            self.tenant = tenant
            self.key = key
            self.type = type
        }

        /// Whether a record is meant.
        package func includes(_ record: Record) -> Bool {
            if let tenant, record.header(HeaderName.tenant) != tenant { return false }
            if let key, record.key != Array(key.utf8) { return false }
            guard let type else { return true }
            let own = record.header(HeaderName.type) ?? ""
            return own == type || own.hasSuffix("." + type)
        }
    }

    private let log: any EventLog
    private let topic: String

    /// Prepares to follow a topic.
    package init(_ log: any EventLog, topic: String) {
        self.log = log
        self.topic = topic
    }

    /// Calls with the records from a start to the end as it is now, in order of time across
    /// partitions, then, if wanted, with each new one until `body` answers `false` or the task is
    /// cancelled.
    ///
    /// - Throws: `.permanent` if there is no such topic, or what the log says.
    package func read(
        _ filter: Filter = Filter(), from start: Start, follow: Bool,
        _ body: (ConsumedRecord) -> Bool
    ) async throws(EventLogError) {
        guard
            let description = try await log.describeTopics().first(where: { $0.name == topic })
        else {
            throw .permanent(reason: "there is no topic \(topic); `parley topics` lists them")
        }
        var spans: [TopicPartition: Range<Int64>] = [:]
        let starts = try await starts(start, description)
        for (number, range) in description.partitions.enumerated()
        where wanted(filter, number, description) {
            let low = min(range.high, max(range.low, starts[Int32(number)] ?? range.low))
            spans[TopicPartition(topic, Int32(number))] = low..<range.high
        }
        guard try await readPast(spans, filter, start, body), follow else { return }
        try await followOn(spans.mapValues { .offset($0.upperBound) }, filter, body)
    }

    /// A key's records stand in one partition.
    private func wanted(_ filter: Filter, _ number: Int, _ description: TopicDescription) -> Bool {
        guard let key = filter.key else { return true }
        let count = Int32(description.partitions.count)
        return Partitioner.partition(of: Array(key.utf8), count: count) == Int32(number)
    }

    private func starts(
        _ start: Start, _ description: TopicDescription
    ) async throws(EventLogError) -> [Int32: Int64] {
        switch start {
        case .beginning: return [:]
        case .time(let time): return try await log.offsets(of: topic, at: time)
        case .end, .last:
            var starts: [Int32: Int64] = [:]
            for (number, range) in description.partitions.enumerated() {
                let back: Int64 = if case .last(let count) = start { count } else { 0 }
                starts[Int32(number)] = max(range.low, range.high - back)
            }
            return starts
        }
    }

    /// Records held to be put into order before they are passed on.
    private static let orderingWindow = 10_000

    private func readPast(
        _ spans: [TopicPartition: Range<Int64>], _ filter: Filter, _ start: Start,
        _ body: (ConsumedRecord) -> Bool
    ) async throws(EventLogError) -> Bool {
        var waiting: [ConsumedRecord] = []
        var isWanted = true
        func pass() {
            waiting.sort { ($0.record.timestamp, $0.offset) < ($1.record.timestamp, $1.offset) }
            if case .last(let count) = start { waiting = waiting.suffix(Int(count)) }
            for record in waiting where isWanted { isWanted = body(record) }
            waiting = []
        }
        try await RecordSpans.read(spans, in: log) { record in
            guard isWanted, filter.includes(record.record) else { return }
            waiting.append(record)
            if waiting.count >= Self.orderingWindow { pass() }
        }
        pass()
        return isWanted
    }

    private func followOn(
        _ starts: [TopicPartition: ReadStart], _ filter: Filter,
        _ body: (ConsumedRecord) -> Bool
    ) async throws(EventLogError) {
        let reader = try await log.openReader(starts)
        do throws(EventLogError) {
            while !Task.isCancelled {
                for record in try await reader.poll(atMost: 500, waiting: .seconds(1))
                where filter.includes(record.record) {
                    guard body(record) else { return await reader.close() }
                }
            }
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
    }
}

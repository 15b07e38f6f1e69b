import EventLog
import Synchronization

/// A log that answers nothing for a while, as one whose disk or broker hangs.
final class HangingLog: EventLog {
    private let log: any EventLog
    private let hangs = Mutex(false)

    init(_ log: any EventLog) { self.log = log }

    func hang() { hangs.withLock { $0 = true } }
    func goOn() { hangs.withLock { $0 = false } }

    private func wait() async {
        while hangs.withLock({ $0 }), !Task.isCancelled {
            // Cancelled: the loop ends.
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    var capabilities: Set<Capability> { log.capabilities }
    var largestRecord: Int { log.largestRecord }

    func createTopics(_ topics: [TopicConfiguration]) async throws(EventLogError) {
        try await log.createTopics(topics)
    }

    func describeTopics() async throws(EventLogError) -> [TopicDescription] {
        await wait()
        return try await log.describeTopics()
    }

    func groupPositions() async throws(EventLogError) -> [String: [TopicPartition: Int64]] {
        await wait()
        return try await log.groupPositions()
    }

    func members(of group: String) async throws(EventLogError) -> [String] {
        try await log.members(of: group)
    }

    func lag(
        of group: String, in topics: Set<String>
    ) async throws(EventLogError) -> [String: Int64] {
        try await log.lag(of: group, in: topics)
    }

    func offsets(
        of topic: String, at timestamp: Int64
    ) async throws(EventLogError) -> [Int32: Int64] {
        try await log.offsets(of: topic, at: timestamp)
    }

    func openAppender() async throws(EventLogError) -> any EventLogAppender {
        try await log.openAppender()
    }

    func openSession(
        _ membership: Membership
    ) async throws(EventLogError) -> any EventLogSession {
        try await log.openSession(membership)
    }

    func openReader(
        _ starts: [TopicPartition: ReadStart], headers names: [String]?
    ) async throws(EventLogError) -> any EventLogReader {
        try await log.openReader(starts, headers: names)
    }

    func close() async { await log.close() }
}

import Conversation
package import EventLog
import StageRuntime

/// Tells whether what people name stands in the log at all: a command about nothing should say so
/// instead of finding nothing.
package struct LogNames: Sendable {
    private let log: any EventLog

    /// Prepares to look into a log.
    package init(_ log: any EventLog) {
        self.log = log
    }

    /// Whether there is or was such a tenant: it is connected, or a record of one of these topics
    /// is its.
    ///
    /// - Throws: What the log says.
    package func knows(tenant: String, in topics: [String]) async throws(EventLogError) -> Bool {
        for topic in [Topic.tenants.rawValue] + topics {
            if try await has(RecordTail.Filter(tenant: tenant), in: topic) { return true }
        }
        return false
    }

    /// Whether a topic holds a record of that kind; `false` where there is no such topic.
    ///
    /// - Throws: What the log says.
    package func has(
        _ filter: RecordTail.Filter, in topic: String
    ) async throws(EventLogError) -> Bool {
        guard try await log.describeTopics().contains(where: { $0.name == topic }) else {
            return false
        }
        var isThere = false
        try await RecordTail(log, topic: topic).read(filter, from: .beginning, follow: false) { _ in
            isThere = true
            return false
        }
        return isThere
    }

    /// The highest end of the topics' partitions: no record of them has this offset or a later one.
    ///
    /// - Throws: What the log says.
    package func end(of topics: [String]) async throws(EventLogError) -> Int64 {
        let wanted = Set(topics)
        return try await log.describeTopics().filter { wanted.contains($0.name) }
            .flatMap(\.partitions).map(\.high).max() ?? 0
    }
}

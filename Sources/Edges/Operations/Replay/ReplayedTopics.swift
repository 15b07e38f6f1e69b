import Conversation
package import EventLog

/// Takes what a replay writes to topics of its own, which no stage reads:
/// `replay.RUN.TOPIC`, with as many partitions as the real one.
package final class ShadowTopics {
    /// How long what a replay wrote is kept.
    private static let retention = Duration.seconds(7 * 24 * 3_600)

    private let log: any EventLog
    private let appender: any EventLogAppender
    private let run: String
    private var made: Set<String> = []
    /// How many records were written, by shadow topic.
    package private(set) var written: [String: Int] = [:]

    /// Opens the shadow of a run, whose name is a part of the topics' names.
    ///
    /// - Throws: `.permanent` if the name is empty or holds more than small letters, digits and
    ///   dashes.
    package init(of run: String, in log: any EventLog) async throws(EventLogError) {
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789-")
        guard !run.isEmpty, run.count <= 40, run.allSatisfy(allowed.contains) else {
            throw .permanent(
                reason: "'\(run)' cannot name a replay: use small letters, digits and dashes")
        }
        self.run = run
        self.log = log
        appender = try await log.openAppender()
    }

    /// The shadow of a topic.
    package func name(of topic: String) -> String { "replay.\(run).\(topic)" }

    /// Writes records to the shadows of their topics.
    func append(
        _ records: [Record], topics: [String: TopicDescription]
    ) async throws(EventLogError) {
        var shadows: [Record] = []
        for var record in records {
            let name = name(of: record.topic)
            if made.insert(name).inserted {
                let count = Int32(topics[record.topic]?.partitions.count ?? 1)
                try await log.createTopics([
                    TopicConfiguration(
                        name: name, partitions: count, cleanup: .delete(retention: Self.retention))
                ])
            }
            record.topic = name
            shadows.append(record)
            written[name, default: 0] += 1
        }
        if !shadows.isEmpty { try await appender.append(shadows) }
    }

    /// Releases the appender.
    package func close() async { await appender.close() }
}

/// Writes what a replay wrote and no topic holds to the real topics.
///
/// A record that stands there already is never written again: not every reader drops a repeat.
package enum LiveTopics {
    /// Records in one append.
    private static let batch = 400

    /// Appends the records in their order.
    ///
    /// - Throws: What the log says; what was appended before stands.
    package static func append(
        _ records: [Record], to log: any EventLog
    ) async throws(EventLogError) {
        let appender = try await log.openAppender()
        do throws(EventLogError) {
            for start in stride(from: 0, to: records.count, by: batch) {
                try await appender.append(
                    Array(records[start..<min(records.count, start + batch)]))
            }
        } catch {
            await appender.close()
            throw error
        }
        await appender.close()
    }
}

import EventLog
import Foundation
import PipelineTesting
import SQLiteEventLog
import Testing

/// The wall clock in milliseconds.
func wallClock() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

/// Expects an error of the port and gives its words.
func reason(
    _ body: () async throws -> Void
) async throws -> (kind: String, words: String) {
    let error = try #require(await #expect(throws: EventLogError.self) { try await body() })
    let kind =
        switch error {
        case .transient: "transient"
        case .full: "full"
        case .fenced: "fenced"
        case .superseded: "superseded"
        case .indeterminate: "indeterminate"
        case .permanent: "permanent"
        }
    return (kind, error.description)
}

extension EventLog {
    /// Appends records and waits until they are durable.
    func append(_ records: [Record]) async throws {
        let appender = try await openAppender()
        try await appender.append(records)
        await appender.close()
    }

    /// All values of a topic, with those that are tombstones as `nil`.
    func values(of topic: String) async throws -> [String?] {
        let reader = try await openReader(of: [topic], from: .beginning)
        var found: [ConsumedRecord] = []
        while true {
            let more = try await reader.poll(atMost: 10_000, waiting: .zero)
            guard !more.isEmpty else { break }
            found += more
        }
        await reader.close()
        return found.map { $0.record.value.map { String(decoding: $0, as: UTF8.self) } }
    }
}

/// A record of one partition.
func record(_ topic: String, _ key: String, _ value: String?, at time: Int64) -> Record {
    Record(
        topic: topic, key: Array(key.utf8), value: value.map { Array($0.utf8) }, timestamp: time,
        partition: 0)
}

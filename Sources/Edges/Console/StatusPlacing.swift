import Conversation
import ConversationView
import EventLog
import SQLite
import Synchronization
import Telemetry
import Views

/// Passes on statuses that did not say whose they are, once the view knows their message.
///
/// What was passed on is kept in memory alone: after a start it is passed on again, under the same
/// id, which the sender knows for longer than the view keeps it.
final class StatusPlacing: Sendable {
    /// The wait after the log or the view failed.
    private static let pause = Duration.milliseconds(500)

    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let passedOn = Mutex<Set<RecordID>>([])

    init() {
        (signals, signal) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        // What waited when the process before ended.
        signal.yield()
    }

    /// The view may know more now.
    func wake() { signal.yield() }

    /// Passes on what is known, until cancelled.
    func run(
        _ conversations: StoredView, _ records: ConsoleRecords, logger: Logger
    ) async {
        do { try await conversations.waitUntilCaughtUp() } catch { return }
        for await _ in signals {
            do {
                try await pass(conversations, records)
            } catch {
                logger.warning("statuses wait to be placed", [.error: .error(error)])
                // Cancelled: the loop ends.
                try? await Task.sleep(for: Self.pause)
                signal.yield()
            }
        }
    }

    private func pass(_ conversations: StoredView, _ records: ConsoleRecords) async throws {
        let placed = try await conversations.read { rows throws(SQLiteError) in
            try ConversationView.placedStatuses(rows)
        }
        let known = passedOn.withLock { $0 }
        let fresh = placed.filter { !known.contains($0.id) }
        if !fresh.isEmpty {
            try await records.appender.append(
                fresh.map { try records.record($0.status, id: $0.id) })
        }
        // What the view keeps no more comes no more.
        passedOn.withLock { $0 = Set(placed.map(\.id)) }
    }
}

import Conversation
import EventLog
import Records
import StageRuntime
import Synchronization

/// Appends in a loop, each producer one call after the other, without anything around it.
struct BareAppend: Sendable {
    let log: any EventLog
    let seconds: Int
    let topic: String

    /// The figures of one loop.
    struct Outcome: Sendable {
        var recordsPerSecond: Double
        /// Nanoseconds until an append was durable.
        var nanoseconds: [UInt64]
        var failures: Int
    }

    private struct State {
        var sent = 0
        var running = 0
        var nanoseconds: [UInt64] = []
        var failures = 0
        var done: CheckedContinuation<Void, Never>?
    }

    /// Appends batches of `records` with that many producers.
    func run(records: Int, producers: Int) async throws -> Outcome {
        let appender = try await log.openAppender()
        let loop = Loop(
            appender: appender, records: records, topic: topic,
            end: ProcessUsage.nanoseconds() + UInt64(seconds) * 1_000_000_000)
        let start = ProcessUsage.nanoseconds()
        await loop.run(producers: producers)
        let elapsed = Double(ProcessUsage.nanoseconds() - start) / 1e9
        await appender.close()
        return loop.outcome(seconds: elapsed)
    }

    /// A record of the size that a text message has.
    static func record(_ number: Int, in topic: String) -> Record {
        let id = RecordID("wamid.bench.\(number)")
        let key = "conversation-\(number % 5_000)"
        var record = RecordEnvelope.conversation.tombstone(
            topic: .messagesInbound, key: key,
            headers: RecordHeaders(
                id: id, type: InboundMessage.type, source: "whatsapp/1",
                time: Timestamp(milliseconds: 1_790_000_000_000), subject: key, correlation: id,
                causation: id, tenant: "bench"))
        record.topic = topic
        record.value = filling
        return record
    }

    private static let filling = [UInt8](repeating: 0x61, count: 600)

    /// The running loop: each completion begins the producer's next append.
    private final class Loop: Sendable {
        private let appender: any EventLogAppender
        private let records: Int
        private let topic: String
        private let end: UInt64
        private let state = Mutex(State())

        init(appender: any EventLogAppender, records: Int, topic: String, end: UInt64) {
            self.appender = appender
            self.topic = topic
            self.records = records
            self.end = end
        }

        func run(producers: Int) async {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    state.done = continuation
                    state.running = producers
                }
                for _ in 0..<producers { next() }
            }
        }

        private func next() {
            let first = state.withLock { state in
                defer { state.sent += records }
                return state.sent
            }
            let began = ProcessUsage.nanoseconds()
            let batch = (first..<first + records).map { BareAppend.record($0, in: topic) }
            appender.append(batch) { self.finish($0, began) }
        }

        private func finish(_ result: Result<Void, EventLogError>, _ began: UInt64) {
            let now = ProcessUsage.nanoseconds()
            let done = state.withLock { state -> CheckedContinuation<Void, Never>? in
                switch result {
                case .success: state.nanoseconds.append(now - began)
                case .failure: state.failures += 1
                }
                guard now >= end else { return nil }
                state.running -= 1
                return state.running == 0 ? state.done : nil
            }
            if now < end { next() }
            done?.resume()
        }

        func outcome(seconds: Double) -> Outcome {
            state.withLock { state in
                Outcome(
                    recordsPerSecond: Double(state.nanoseconds.count * records) / seconds,
                    nanoseconds: state.nanoseconds, failures: state.failures)
            }
        }
    }
}

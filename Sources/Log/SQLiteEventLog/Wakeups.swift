import Dispatch
import EventLog
import FileSignals
import SQLite
import Synchronization

/// Wakes the sessions and readers of this process when any process touches their files.
///
/// One thread waits for all. Twice a second it also looks whether the database changed, in case a
/// committer died between its commit and the touch.
final class Wakeups: Sendable {
    private struct Subscription {
        var file: Int32
        var reasons: WakeReasons
        var signal: WakeSignal
    }

    private struct State {
        var subscriptions: [Int: [Subscription]] = [:]
        var next = 0
        var stopped = false
    }

    private let location: LogLocation
    private let watch: FileWatch
    private let state = Mutex(State())

    /// A lost touch delays a record by this; an idle process wakes this often, for 20 µs.
    private static let lookInterval: Duration = .milliseconds(500)

    init(_ location: LogLocation) throws {
        self.location = location
        watch = try FileWatch()
    }

    /// Begins to watch, on a thread of its own, until `stop()`.
    func start() {
        DispatchQueue(label: "parley.log.wakeups").async { [self] in
            run()
        }
    }

    func stop() {
        state.withLock { $0.stopped = true }
        watch.interrupt()
    }

    /// Wakes `signal` when a topic gets records or the group changes.
    ///
    /// - Returns: The subscription's number, to end it by.
    func subscribe(
        _ signal: WakeSignal, topics: [Int64], group: Int64? = nil
    ) throws -> Int {
        var made: [Subscription] = []
        for topic in topics {
            let file = try watch.add(location.wakeFolder + "/" + LogLocation.wakeName(topic: topic))
            made.append(Subscription(file: file, reasons: .records, signal: signal))
        }
        if let group {
            let file = try watch.add(location.wakeFolder + "/" + LogLocation.wakeName(group: group))
            made.append(Subscription(file: file, reasons: .group, signal: signal))
        }
        return state.withLock { state in
            state.next += 1
            state.subscriptions[state.next] = made
            return state.next
        }
    }

    func unsubscribe(_ number: Int) {
        state.withLock { state in
            guard let ended = state.subscriptions.removeValue(forKey: number) else { return }
            let used = Set(state.subscriptions.values.joined().map(\.file))
            for file in Set(ended.map(\.file)).subtracting(used) { watch.remove(file) }
        }
    }

    /// Wakes all who wait: after a clock was moved.
    func wakeAll() {
        wake { _ in true }
    }

    private func wake(where matches: (Int32) -> Bool) {
        let woken = state.withLock { state in
            state.subscriptions.values.joined().filter { matches($0.file) }
        }
        for subscription in woken { subscription.signal.wake(subscription.reasons) }
    }

    private func run() {
        let clock = ContinuousClock()
        var connection: Connection?
        var version: Int64?
        var nextLook = clock.now
        while !state.withLock(\.stopped) {
            let rest = max(0, (nextLook - clock.now).milliseconds + 1)
            if let written = watch.wait(milliseconds: Int32(clamping: rest)) {
                if !written.isEmpty { wake { written.contains($0) } }
            } else {
                wakeAll()
            }
            guard clock.now >= nextLook else { continue }
            nextLook = clock.now + Self.lookInterval
            if connection == nil {
                // If it cannot be opened now, the next look tries again; touches still wake.
                connection = try? Connection(
                    path: location.path, options: ConnectionOptions(access: .readWrite))
            }
            // An unreadable file is reported by the polls themselves.
            guard let found = try? connection?.dataVersion() else { continue }
            if let version, version != found { wakeAll() }
            version = found
        }
    }
}

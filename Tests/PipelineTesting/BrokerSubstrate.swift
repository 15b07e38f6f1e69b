import EventLog
import KafkaEventLog

/// Brokers for tests: one is started, or named by the environment.
package enum BrokerSubstrate {
    /// Opens a log on a broker with fresh names; `nil` where none can be had.
    package static var open: (@Sendable (OffsetClock) async throws -> TestLog)? {
        guard TestBroker.isAvailable else { return nil }
        return { clock in
            let folder = try TemporaryFolder()
            let log = try openLog(folder, clock)
            return TestLog(
                log: log, clock: clock, wake: { log.wake() },
                another: {
                    // Another machine: nothing is shared but the broker.
                    try openLog(TemporaryFolder(), clock)
                }, cleanUp: { _ = folder })
        }
    }

    /// What to do to have one.
    package static let hint = TestBroker.missing

    private static func openLog(
        _ folder: TemporaryFolder, _ clock: OffsetClock
    ) throws -> KafkaEventLog {
        let servers = try TestBroker.bootstrapServers()
        return try KafkaEventLog(
            KafkaSettings(
                bootstrapServers: servers, cacheFolder: folder.path,
                clock: {
                    // The folder lives as long as the log, which holds its clock.
                    withExtendedLifetime(folder) { clock.now }
                }))
    }
}

import Lifecycle
import Operations

extension StageParts {
    /// Adds the running ledger: once an installation, so it stands with the console, which has
    /// one replica and writes nothing of the messages' own topics.
    mutating func addLedger(_ process: ProcessContext) {
        let ledger = LedgerService(
            process.log, by: process.envelope, keys: process.tenantKeys.table,
            metrics: process.metrics, logger: process.logger,
            now: SystemClock.milliseconds)
        // Readiness does not wait for it: agents need the console, alerts can come a little later.
        add(ClosureService("ledger") { try await ledger.run() }) { true }
    }
}

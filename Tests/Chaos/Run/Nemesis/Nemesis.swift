import CLinux
import ChaosChecker
import Glibc
import HTTPClient
import Synchronization

/// Does to the running system what machines, operators and luck do.
final class Nemesis: Sendable {
    private let installation: Installation
    private let whatsApp: WhatsApp
    private let broker: Broker?
    private let recoveries: Recoveries
    private let bystanders: Bystanders
    /// Processes that are stopped now.
    private let stopped = Mutex<Set<Int32>>([])

    init(
        _ installation: Installation, _ whatsApp: WhatsApp, broker: Broker?,
        _ recoveries: Recoveries, _ bystanders: Bystanders
    ) {
        self.installation = installation
        self.whatsApp = whatsApp
        self.broker = broker
        self.recoveries = recoveries
        self.bystanders = bystanders
    }

    /// Acts until the deadline, then lets everything go on.
    func run(_ plan: Plan, until deadline: ContinuousClock.Instant) async {
        var plan = plan
        await withDiscardingTaskGroup { group in
            while let (wait, action) = plan.next() {
                await Time.sleep(wait)
                guard ContinuousClock.now < deadline, !Task.isCancelled else { break }
                Journal.event(action.name, action.details)
                await perform(action, in: &group, until: deadline)
            }
            group.cancelAll()
        }
        for pid in stopped.withLock({ $0 }) { resume(pid) }
        DiskLimit.lift(installation.data)
    }

    private func perform(
        _ action: Action, in group: inout DiscardingTaskGroup,
        until deadline: ContinuousClock.Instant
    ) async {
        switch action {
        case .kill(let slot):
            guard let entry = running(slot) else { return }
            recoveries.killed(slot, entry.pid)
            _ = kill(entry.pid, SIGKILL)
        case .restart(let slot):
            guard let entry = running(slot) else { return }
            _ = kill(entry.pid, SIGTERM)
        case .stop(let slot, let time), .fence(let slot, let time):
            guard let entry = running(slot) else { return }
            stop(entry.pid)
            group.addTask {
                await Time.sleep(time)
                self.resume(entry.pid)
            }
        case .rotate:
            // What the console's death interrupts, its next life goes on with.
            group.addTask {
                _ = try? await self.installation.console.call(
                    .post, "/api/v1/secrets/rotate", ["addsKey": true])
            }
        case .purge(let tenant): group.addTask { await self.bystanders.purge(tenant) }
        case .killAll:
            for pid in stopped.withLock({ $0 }) { resume(pid) }
            recoveries.disturbed()
            installation.killUp()
            await Time.sleep(.seconds(8))
        case .broker(let time):
            recoveries.disturbed()
            await broker?.cutOff(for: time)
        case .disk(let time):
            recoveries.disturbed()
            DiskLimit.impose(installation.data)
            await Time.sleep(time)
            DiskLimit.lift(installation.data)
        case .endpoint(let tenant, let ingester):
            let url = installation.webhooks[ingester]
            // An ingester that does not answer now is tried by the webhooks themselves.
            _ = try? await whatsApp.register(["name": tenant, "webhook_url": url])
        }
    }

    /// The process of a slot that is not stopped already.
    private func running(_ slot: String) -> ProcessTable.Entry? {
        installation.process(of: slot).flatMap { entry in
            stopped.withLock { $0.contains(entry.pid) } ? nil : entry
        }
    }

    private func stop(_ pid: Int32) {
        stopped.withLock { _ = $0.insert(pid) }
        _ = kill(pid, SIGSTOP)
    }

    private func resume(_ pid: Int32) {
        let isStopped = stopped.withLock { $0.remove(pid) != nil }
        if isStopped { _ = kill(pid, SIGCONT) }
    }
}

/// A full disk, without privileges: no file of the stages' processes may grow past a few
/// kilobytes, which to writers of an SQLite file is the same.
enum DiskLimit {
    /// Too little for a log of any age.
    private static let bytes: UInt64 = 4_096

    static func impose(_ data: String) { set(bytes, data) }
    static func lift(_ data: String) { set(.max, data) }

    private static func set(_ bytes: UInt64, _ data: String) {
        for entry in ProcessTable.having("--data", data) {
            // A process that has just ended has no limit to set.
            _ = linux_limit_files(entry.pid, bytes)
        }
    }
}

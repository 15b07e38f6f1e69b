import FoundationEssentials
import Glibc

/// Keeps a data folder for one installation: for the process that runs it, and for the processes
/// that this one started, until the last of them is gone.
///
/// Both locks are the kernel's and end with their holders, however those end.
package final class InstallationLock: Sendable {
    /// How long one that says that it stops is waited for: what `parley up` takes at most.
    private static let stopping = Duration.seconds(70)
    /// How long any other is waited for: a process that was killed takes a moment to be gone.
    private static let killed = Duration.seconds(2)
    /// How long the processes of one that was killed are waited for; the kernel kills them, too.
    private static let orphans = Duration.seconds(20)
    private static let look = Duration.milliseconds(20)
    /// Stands behind the process's id in the file of one that stops.
    private static let stoppingMark = "stopping"

    /// The descriptor for the processes of the installation to hold.
    package let processes: Int32
    private let own: Int32

    private init(own: Int32, processes: Int32) {
        self.own = own
        self.processes = processes
    }

    /// Takes a folder, as soon as an earlier installation that ends is gone; `tell` hears what is
    /// waited for.
    ///
    /// - Throws: ``ConfigurationError`` naming the process that holds it and goes on.
    package static func acquire(
        _ data: DataFolder, tell: @Sendable (String) -> Void = { _ in }
    ) async throws -> InstallationLock {
        let own = try open(data.lockFile)
        let processes: Int32
        do {
            try await wait(for: own, data, tell)
            processes = try open(data.processesLockFile)
        } catch {
            close(own)
            throw error
        }
        do {
            try await waitForOrphans(processes, data, tell)
        } catch {
            close(processes)
            close(own)
            throw error
        }
        let lock = InstallationLock(own: own, processes: processes)
        lock.note("\(getpid())")
        return lock
    }

    /// Says to whoever wants the folder next that it is worth waiting.
    package func noteStopping() { note("\(getpid()) \(Self.stoppingMark)") }

    /// Gives the folder away; processes that hold ``processes`` go on holding it.
    package func release() {
        close(processes)
        close(own)
    }

    private func note(_ text: String) {
        let bytes = Array(text.utf8)
        // A hint for others; the lock itself needs no words.
        _ = ftruncate(own, 0)
        _ = unsafe pwrite(own, bytes, bytes.count, 0)
    }

    private static func wait(
        for file: Int32, _ data: DataFolder, _ tell: (String) -> Void
    ) async throws {
        let clock = ContinuousClock()
        let began = clock.now
        var hasReported = false
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            let words = holder(data).split(separator: " ")
            let isStopping = words.last.map { $0 == stoppingMark } ?? false
            guard clock.now - began < (isStopping ? stopping : killed) else {
                throw ConfigurationError(
                    data.path,
                    "another `parley up` is running here (process \(words.first ?? "?")); stop it, "
                        + "or choose another folder with --data")
            }
            if isStopping, !hasReported {
                tell("waiting for process \(words.first ?? "?"), which stops …")
                hasReported = true
            }
            try await Task.sleep(for: look)
        }
    }

    private static func waitForOrphans(
        _ file: Int32, _ data: DataFolder, _ tell: (String) -> Void
    ) async throws {
        let clock = ContinuousClock()
        let began = clock.now
        var hasReported = false
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            guard clock.now - began < orphans else {
                throw ConfigurationError(
                    data.path,
                    "processes of an earlier `parley up` still run here and do not end; "
                        + "`pgrep -f \(data.path)` finds them")
            }
            if !hasReported, clock.now - began > .seconds(1) {
                tell("waiting for the processes of an earlier `parley up` to end …")
                hasReported = true
            }
            try await Task.sleep(for: look)
        }
    }

    private static func holder(_ data: DataFolder) -> String {
        // A hint; without it the process stays unnamed.
        let text = (try? String(contentsOfFile: data.lockFile, encoding: .utf8)) ?? ""
        return String(text.prefix(40))
    }

    private static func open(_ path: String) throws(ConfigurationError) -> Int32 {
        let file = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw cannotOpen(path) }
        defer { close(file) }
        // Far from the numbers under which a child finds what it is given.
        let high = fcntl(file, F_DUPFD_CLOEXEC, 64)
        guard high >= 0 else { throw cannotOpen(path) }
        return high
    }

    private static func cannotOpen(_ path: String) -> ConfigurationError {
        ConfigurationError(path, "cannot be opened: \(unsafe String(cString: strerror(errno)))")
    }
}

import Glibc
import Synchronization

/// A supervised process's end of the socket that it shares with its supervisor.
///
/// The child writes `ready` into it, and reads its end when the supervisor is gone, even killed
/// by SIGKILL. Linux's `PR_SET_PDEATHSIG` is not used for our own programs: `prctl` is variadic,
/// so Swift cannot call it. As a service it returns when the supervisor is gone, which stops its
/// group.
package final class ParentWatch: Service {
    /// The environment variable that names the inherited file descriptor.
    package static let variable = "PARLEY_SUPERVISOR_FD"
    /// The environment variable that says which signal ended the child's process before.
    package static let lastSignalVariable = "PARLEY_LAST_SIGNAL"
    /// The bytes that tell the supervisor that the child is ready.
    static let readyMessage: [UInt8] = Array("ready\n".utf8)
    /// An orphan that does not drain is ended after this time, so that it holds no port or lock.
    static let orphanLimit: UInt32 = 30

    /// The service's name.
    package let name = "parent watch"
    private let descriptor: Int32

    /// Finds the supervisor in the environment; `nil` if the process has none.
    package init?(environment: [String: String]) {
        guard let text = environment[Self.variable], let descriptor = Int32(text),
            descriptor > STDERR_FILENO, fcntl(descriptor, F_GETFD) >= 0
        else { return nil }
        // Children of this process must not hold the socket open.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        self.descriptor = descriptor
    }

    /// The signal that ended the process before this one, where a supervisor saw it.
    package static func lastSignal(environment: [String: String]) -> Int32? {
        environment[lastSignalVariable].flatMap { Int32($0) }
    }

    /// Tells the supervisor that this process does its work now.
    package func reportReady() {
        unsafe Self.readyMessage.withUnsafeBytes { bytes in
            // A supervisor that is gone is noticed by `run`.
            _ = unsafe send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }

    /// Returns when the supervisor is gone, or the task is cancelled.
    package func run() async throws {
        let (gone, report) = AsyncStream.makeStream(of: Void.self)
        let descriptor = descriptor
        let started = DetachedThread.run {
            var byte: UInt8 = 0
            var count = 1
            repeat {
                count = unsafe recv(descriptor, &byte, 1, 0)
            } while count > 0 || (count < 0 && errno == EINTR)
            alarm(Self.orphanLimit)
            report.finish()
        }
        guard started else { throw ChildProcessError.noThread }
        for await _ in gone {}
        try Task.checkCancellation()
    }
}

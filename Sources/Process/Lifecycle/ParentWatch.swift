import CLinux
import Glibc

/// A supervised process's tie to its supervisor.
///
/// The kernel kills the process as soon as the supervisor is gone, however that ended
/// (`PR_SET_PDEATHSIG` of prctl(2)), so that it holds no port or lock a moment longer: a kill is as
/// safe as a stop. Through a socket that both share it says `ready`.
package struct ParentWatch: Sendable {
    /// The environment variable that names the inherited file descriptor.
    package static let variable = "PARLEY_SUPERVISOR_FD"
    /// The environment variable that names the supervisor's process.
    static let processVariable = "PARLEY_SUPERVISOR_PID"
    /// The environment variable that says which signal ended the child's process before.
    package static let lastSignalVariable = "PARLEY_LAST_SIGNAL"
    /// The bytes that tell the supervisor that the child is ready.
    static let readyMessage: [UInt8] = Array("ready\n".utf8)

    private let descriptor: Int32

    /// Finds the supervisor in the environment, and ends with it from now on; `nil` if the process
    /// has none.
    package init?(environment: [String: String]) {
        guard let text = environment[Self.variable], let descriptor = Int32(text),
            descriptor > STDERR_FILENO, fcntl(descriptor, F_GETFD) >= 0
        else { return nil }
        // Children of this process must not hold the socket open.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        self.descriptor = descriptor
        Self.endWithSupervisor(environment)
    }

    /// The signal that ended the process before this one, where a supervisor saw it.
    package static func lastSignal(environment: [String: String]) -> Int32? {
        environment[lastSignalVariable].flatMap { Int32($0) }
    }

    /// Tells the supervisor that this process does its work now.
    package func reportReady() {
        unsafe Self.readyMessage.withUnsafeBytes { bytes in
            // One that is gone takes this process along.
            _ = unsafe send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }

    private static func endWithSupervisor(_ environment: [String: String]) {
        _ = linux_end_with_parent(SIGKILL)
        // Asked for first and looked at then, its end is missed at no moment.
        guard let supervisor = environment[processVariable].flatMap({ Int32($0) }),
            getppid() != supervisor
        else { return }
        _ = kill(getpid(), SIGKILL)
    }
}

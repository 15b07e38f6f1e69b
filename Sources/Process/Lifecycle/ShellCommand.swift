import CLinux
import Glibc

/// Why a command gave no output; never what it wrote.
package enum ShellCommandError: Error, Equatable, CustomStringConvertible {
    /// The shell could not be started.
    case notStarted(reason: String)
    /// It had not ended in time, and was killed.
    case tooSlow(limit: Duration)
    /// It ended with another code than 0.
    case failed(ProcessExit)
    /// It wrote more than was asked for.
    case tooLong(bytes: Int)

    /// What happened, for people.
    package var description: String {
        switch self {
        case .notStarted(let reason): "cannot be run by /bin/sh: \(reason)"
        case .tooSlow(let limit): "had not ended after \(limit), and was killed"
        case .failed(let exit): "failed: it ended with \(exit)"
        case .tooLong(let bytes): "wrote more than \(bytes) bytes"
        }
    }
}

/// Runs a command line of the operator's by the shell and takes what it writes.
package enum ShellCommand {
    /// What a command wrote to its standard output; its errors go where ours go.
    ///
    /// Blocks the thread, until the limit at most: the command and what it started are killed then.
    /// - Throws: ``ShellCommandError``.
    package static func output(
        of command: String, within limit: Duration, atMost bytes: Int
    ) throws(ShellCommandError) -> [UInt8] {
        var pair: [Int32] = [-1, -1]
        guard unsafe pipe(&pair) == 0 else {
            throw .notStarted(reason: Spawn.reason(errno))
        }
        defer { close(pair[0]) }
        _ = fcntl(pair[0], F_SETFD, FD_CLOEXEC)
        let pid: pid_t
        do throws(ShellCommandError) {
            pid = try start(command, output: pair[1])
        } catch {
            close(pair[1])
            throw error
        }
        close(pair[1])
        let deadline = ContinuousClock.now + limit
        let read = Self.read(pair[0], atMost: bytes, until: deadline)
        let exit = wait(for: pid, until: read == nil ? .now : deadline)
        guard let read else {
            throw ContinuousClock.now < deadline ? .tooLong(bytes: bytes) : .tooSlow(limit: limit)
        }
        guard let exit else { throw .tooSlow(limit: limit) }
        guard exit == .code(0) else { throw .failed(exit) }
        return read
    }

    private static func start(
        _ command: String, output: Int32
    ) throws(ShellCommandError) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        unsafe linux_close_from(&actions, STDERR_FILENO + 1)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        unsafe sigfillset(&defaults)
        var unblocked = sigset_t()
        unsafe sigemptyset(&unblocked)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        unsafe posix_spawnattr_setsigmask(&attributes, &unblocked)
        // A group of its own, so that what it starts can be killed with it.
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        var pid: pid_t = 0
        let failure = unsafe Spawn.withCStrings(["/bin/sh", "-c", command]) { arguments in
            unsafe posix_spawn(&pid, "/bin/sh", &actions, &attributes, arguments, environ)
        }
        guard failure == 0 else { throw .notStarted(reason: Spawn.reason(failure)) }
        return pid
    }

    /// All that comes; `nil` if it is too much or too late.
    private static func read(
        _ descriptor: Int32, atMost limit: Int, until deadline: ContinuousClock.Instant
    ) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let rest = ContinuousClock.now.duration(to: deadline)
            guard rest > .zero else { return nil }
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let milliseconds = Int32(clamping: rest.components.seconds * 1_000 + 1_000)
            guard unsafe poll(&watched, 1, min(milliseconds, 100)) > 0 else { continue }
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
            guard bytes.count <= limit else { return nil }
        }
    }

    /// How it ended; `nil` if it had to be killed.
    private static func wait(
        for pid: pid_t, until deadline: ContinuousClock.Instant
    ) -> ProcessExit? {
        var status: Int32 = 0
        while true {
            let ended = unsafe waitpid(pid, &status, WNOHANG)
            if ended == pid { return ProcessExit(waitStatus: status) }
            if ended < 0, errno != EINTR { return nil }
            guard ContinuousClock.now < deadline else { break }
            usleep(1_000)
        }
        _ = kill(-pid, SIGKILL)
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return nil
    }
}

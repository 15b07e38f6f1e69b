import Glibc

/// What a finished child left behind.
package struct ToolOutput: Sendable, Equatable {
    /// How the process ended.
    package enum Ending: Sendable, Equatable {
        /// By itself, with this code.
        case exited(Int32)
        /// By this signal.
        case signalled(Int32)
    }

    /// How the process ended.
    package var ending: Ending
    /// What it printed.
    package var output: [UInt8]
    /// The first bytes of standard error.
    package var complaint: String
}

/// A child in a process group of its own; when its owner goes, the whole group is killed.
///
/// All calls block: run them on a thread that may.
struct ChildProcess: ~Copyable {
    /// Why `collect` gave up.
    enum Failure: Error {
        case timedOut, outputTooLarge, cancelled
    }

    private let pid: pid_t
    private let output: Int32
    private let complaint: Int32

    /// The most of standard error that is kept, in bytes: the first words say what was wrong.
    private static let complaintBytes = 8 << 10
    /// How often cancelling is looked at, in milliseconds.
    private static let tickMilliseconds: Int32 = 50
    /// How long the killed group is waited for, in milliseconds: a process dies within a few, but
    /// one that nobody reaps (the first process of a container may not) stays for ever.
    private static let lastWaitMilliseconds = 1_000

    /// Starts `arguments[0]` with exactly the given environment.
    init(arguments: [String], environment: [String]) throws(ToolError) {
        let output = try Self.makePipe()
        let complaint: (read: Int32, write: Int32)
        do throws(ToolError) {
            complaint = try Self.makePipe()
        } catch {
            close(output.read)
            close(output.write)
            throw error
        }
        var pid: pid_t = 0
        let code = Self.spawn(
            &pid, arguments, environment, output: output.write, complaint: complaint.write)
        close(output.write)
        close(complaint.write)
        guard code == 0 else {
            close(output.read)
            close(complaint.read)
            throw .notStarted(detail: "\(arguments.first ?? "") does not start, error \(code)")
        }
        self.pid = pid
        self.output = output.read
        self.complaint = complaint.read
    }

    /// Reads what the child prints until it has ended.
    func collect(
        atMost limitBytes: Int, within wallTime: Duration, isCancelled: () -> Bool
    ) throws(Failure) -> ToolOutput {
        let deadline = ContinuousClock.now + wallTime
        var printed: [UInt8] = []
        var complaints: [UInt8] = []
        var streams = [
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: complaint, events: Int16(POLLIN), revents: 0),
        ]
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while streams.contains(where: { $0.fd >= 0 }) {
            if isCancelled() { throw .cancelled }
            if ContinuousClock.now >= deadline { throw .timedOut }
            // What the child left running holds its pipes open: it goes with the child.
            if hasEnded { kill(-pid, SIGKILL) }
            guard unsafe poll(&streams, 2, Self.tickMilliseconds) > 0 else { continue }
            for index in streams.indices where streams[index].revents != 0 {
                let count = unsafe read(streams[index].fd, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 {
                    streams[index].fd = -1
                } else if index == 0 {
                    printed += buffer.prefix(count)
                    if printed.count > limitBytes { throw .outputTooLarge }
                } else if complaints.count < Self.complaintBytes {
                    complaints += buffer.prefix(count)
                }
            }
        }
        while !hasEnded {
            if isCancelled() { throw .cancelled }
            if ContinuousClock.now >= deadline { throw .timedOut }
            poll(nil, 0, 1)
        }
        let text = String(decoding: complaints.prefix(Self.complaintBytes), as: UTF8.self)
        return ToolOutput(ending: ending, output: printed, complaint: text)
    }

    deinit {
        // The leader is not reaped before this line, so the group's number is still ours.
        kill(-pid, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        close(output)
        close(complaint)
        // The rest of the group is not ours to reap, and dies a little after the signal: wait, so
        // that the scratch directory is in nobody's use once the owner goes on.
        var waited = 0
        while kill(-pid, 0) == 0, waited < Self.lastWaitMilliseconds {
            poll(nil, 0, 1)
            waited += 1
        }
    }

    private var hasEnded: Bool {
        var info = unsafe siginfo_t()
        let code = unsafe waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT)
        return unsafe code == 0 && info.si_signo == SIGCHLD
    }

    private var ending: ToolOutput.Ending {
        var info = unsafe siginfo_t()
        _ = unsafe waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT)
        let status = unsafe info._sifields._sigchld.si_status
        return unsafe info.si_code == CLD_EXITED ? .exited(status) : .signalled(status)
    }

    private static func makePipe() throws(ToolError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw .notStarted(detail: "no pipe can be opened, error \(errno)")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ pid: inout pid_t, _ arguments: [String], _ environment: [String],
        output: Int32, complaint: Int32
    ) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, complaint, 2)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        guard let program = arguments.first else { return EINVAL }
        return unsafe withCStrings(arguments) { argv in
            unsafe withCStrings(environment) { envp in
                unsafe posix_spawn(&pid, program, &actions, &attributes, argv, envp)
            }
        }
    }
}

/// Lends a null-terminated array of C strings, as `argv` and `envp` are.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers = unsafe strings.map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    defer { unsafe pointers.forEach { unsafe free($0) } }
    return unsafe pointers.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else {
            preconditionFailure("an array that ends with nil has a base address")
        }
        return unsafe body(base)
    }
}

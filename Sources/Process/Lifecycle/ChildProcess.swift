import Glibc
import Synchronization

/// One run of a program as a child process.
///
/// A thread of its own starts the child and waits for it: Linux kills a child that ends with its
/// parent when the starting *thread* ends (prctl(2)), so that thread has to live as long as the
/// child.
package final class ChildProcess: Sendable {
    private enum Phase {
        case starting
        case running(pid_t)
        case ended
    }

    /// The program that runs.
    package let program: ChildProgram
    private let phase = Mutex(Phase.starting)
    private let started = OneTimeValue<Result<pid_t, ChildProcessError>>()
    private let ready = OneTimeValue<Bool>()
    private let ended = OneTimeValue<ProcessExit>()

    private init(_ program: ChildProgram) { self.program = program }

    /// Starts the program.
    ///
    /// - Throws: ``ChildProcessError`` if it cannot be started.
    package static func start(
        _ program: ChildProgram
    ) async throws(ChildProcessError) -> ChildProcess {
        let child = ChildProcess(program)
        guard DetachedThread.run({ child.live() }) else { throw .noThread }
        // Not cancelled: a child that has started must become known.
        let started = await Task { await child.started.get() }.value
        guard let started else { throw .noThread }
        _ = try started.get()
        return child
    }

    /// The process id while the child runs.
    package var pid: Int32? {
        phase.withLock { phase in
            if case .running(let pid) = phase { pid } else { nil }
        }
    }

    /// How the child ended, once it has.
    package var status: ProcessExit? { ended.current }

    /// Waits until the child has ended; `nil` if the task is cancelled before.
    package func waitUntilEnded() async -> ProcessExit? { await ended.get() }

    /// Waits until the child is ready.
    ///
    /// - Throws: ``ChildProcessError`` if it ended or the time was over before.
    package func waitUntilReady(within limit: Duration) async throws(ChildProcessError) {
        let isReady: Bool?
        switch program.readiness {
        case .running: isReady = true
        case .message: isReady = await ready.get(within: limit)
        case .port(let port): isReady = await Self.listens(port, unless: ended, within: limit)
        }
        if isReady == true { return }
        if let status = ended.current {
            throw .endedEarly(program: program.name, status: status)
        }
        throw .notReady(program: program.name, limit: limit)
    }

    /// Asks the child to end, and kills it and what it has started when the limit is over.
    package func stop(within limit: Duration) async -> ProcessExit? {
        signal(SIGTERM)
        // Stopping goes on even if whoever asked for it is cancelled.
        return await Task {
            if let status = await ended.get(within: limit) { return status }
            killGroup()
            return await ended.get()
        }.value
    }

    /// Sends a signal to the child; nothing happens if it has ended.
    package func signal(_ number: Int32) {
        phase.withLock { phase in
            if case .running(let pid) = phase { _ = kill(pid, number) }
        }
    }

    private func killGroup() {
        phase.withLock { phase in
            if case .running(let pid) = phase { _ = kill(-pid, SIGKILL) }
        }
    }

    /// The child's thread: starts it, hears from it, and waits for its end.
    private func live() {
        do throws(ChildProcessError) {
            let pair = try Self.socketPair(for: program)
            defer { close(pair.ours) }
            let pid = try spawn(link: pair.theirs)
            phase.withLock { $0 = .running(pid) }
            started.set(.success(pid))
            wait(for: pid, hearing: pair.ours)
        } catch {
            started.set(.failure(error))
        }
    }

    /// Starts the program; its end of the socket is closed here, open or not in the child.
    private func spawn(link: Int32) throws(ChildProcessError) -> pid_t {
        defer { close(link) }
        let output = try Self.openOutput(program.output)
        defer { if output != STDERR_FILENO { close(output) } }
        return try Spawn.start(program, link: link, output: output)
    }

    private func wait(for pid: pid_t, hearing link: Int32) {
        // A foreign program's own children may hold the socket for long, so it is not read.
        if program.watchesParent { hear(link) }
        // The child stays a zombie until all signals to its id and group are over, so that they
        // cannot reach another process that was given the same id.
        var information = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0,
            errno == EINTR
        {}
        var status: Int32 = 0
        phase.withLock { phase in
            _ = kill(-pid, SIGKILL)
            while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
            phase = .ended
        }
        ended.set(ProcessExit(waitStatus: status))
        ready.set(false)
    }

    /// Reads the child's messages until it closes its end.
    private func hear(_ link: Int32) {
        var buffer = [UInt8](repeating: 0, count: 64)
        while true {
            let count = unsafe recv(link, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            if buffer.prefix(count).contains(UInt8(ascii: "\n")) { ready.set(true) }
        }
    }

    private static func socketPair(
        for program: ChildProgram
    ) throws(ChildProcessError) -> (ours: Int32, theirs: Int32) {
        var pair: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &pair) == 0 else {
            throw .notStarted(program: program.path, reason: Spawn.reason(errno))
        }
        return (pair[0], pair[1])
    }

    private static func openOutput(
        _ output: ChildProgram.Output
    ) throws(ChildProcessError) -> Int32 {
        guard case .file(let path) = output else { return STDERR_FILENO }
        var status = Glibc.stat()
        if unsafe stat(path, &status) == 0, status.st_size > ChildProgram.largestLogBytes {
            _ = unsafe rename(path, path + ".1")
        }
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .noOutput(path: path, reason: Spawn.reason(errno))
        }
        return descriptor
    }

    /// Whether something listens on a loopback port before the limit is over or the child ends.
    private static func listens(
        _ port: UInt16, unless ended: OneTimeValue<ProcessExit>, within limit: Duration
    ) async -> Bool {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while clock.now < deadline, ended.current == nil, !Task.isCancelled {
            if accepts(port) { return true }
            // A cancelled wait is seen by the loop's condition.
            try? await Task.sleep(for: .milliseconds(25))
        }
        return false
    }

    /// Whether a connection to a loopback port is accepted; the kernel answers at once.
    private static func accepts(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, length) == 0
            }
        }
    }
}

import CLinux
import Glibc

/// Starts programs by `posix_spawnp(3)`.
///
/// Not Foundation's `Process`: a child must get default signal actions back (ours ignore SIGTERM
/// for the sake of the dispatch source), a process group of its own (or Ctrl-C would reach it
/// past its supervisor), and no file descriptor but those that it is meant to have.
enum Spawn {
    /// The descriptor under which a child finds its supervisor.
    static let supervisorDescriptor: Int32 = 3

    /// Starts a program.
    ///
    /// - Returns: its process id, which is its process group as well.
    /// - Throws: ``ChildProcessError``.
    static func start(
        _ program: ChildProgram, link: Int32, output: Int32
    ) throws(ChildProcessError) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        if program.watchesParent {
            unsafe posix_spawn_file_actions_adddup2(&actions, link, supervisorDescriptor)
        }
        var first = supervisorDescriptor + (program.watchesParent ? 1 : 0)
        if let lock = program.holds {
            unsafe posix_spawn_file_actions_adddup2(&actions, lock, first)
            first += 1
        }
        // Whatever else this process has open without O_CLOEXEC stays its own.
        unsafe linux_close_from(&actions, first)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        unsafe sigfillset(&defaults)
        var unblocked = sigset_t()
        unsafe sigemptyset(&unblocked)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        unsafe posix_spawnattr_setsigmask(&attributes, &unblocked)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var environment = program.environment
        environment[ParentWatch.variable] =
            program.watchesParent ? String(supervisorDescriptor) : nil
        environment[ParentWatch.processVariable] = program.watchesParent ? String(getpid()) : nil
        let commandLine = program.commandLine(from: getpid())
        var pid: pid_t = 0
        let failure = unsafe withCStrings(commandLine) { arguments in
            unsafe withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                unsafe posix_spawnp(
                    &pid, commandLine[0], &actions, &attributes, arguments, environment)
            }
        }
        guard failure == 0 else {
            throw .notStarted(program: program.path, reason: reason(failure))
        }
        return pid
    }

    /// The system's words for an error number.
    static func reason(_ number: Int32) -> String {
        unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    }

    /// Lends strings as C's null-terminated array of C strings.
    static func withCStrings<Result>(
        _ strings: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = unsafe strings.map { unsafe strdup($0) }
        defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
        return unsafe body(copies + [nil])
    }
}

/// A program to run as a child process.
package struct ChildProgram: Sendable {
    /// When a child counts as ready.
    package enum Readiness: Sendable, Hashable {
        /// When it says so by ``ParentWatch/reportReady()``: for our own programs.
        case message
        /// When something listens on this loopback port: for foreign programs.
        case port(UInt16)
        /// As soon as it runs.
        case running
    }

    /// Where the child's standard output and error go.
    package enum Output: Sendable, Hashable {
        /// Appended to a file; at the start of a child a file that has grown beyond
        /// ``ChildProgram/largestLogBytes`` is moved to `PATH.1`.
        case file(String)
        /// To this process's own standard error, without a prefix: the lines say who wrote them.
        case inherited
    }

    /// The size in bytes from which a log file is set aside at the next start.
    package static let largestLogBytes = 16 << 20

    /// The child's name, for people.
    package var name: String
    /// The program's path, absolute or found along `PATH`.
    package var path: String
    /// The arguments, without the program itself.
    package var arguments: [String]
    /// The whole environment of the child.
    package var environment: [String: String]
    /// When it counts as ready.
    package var readiness: Readiness
    /// Where its output goes.
    package var output: Output
    /// Whether it is one of ours, which ties itself to its supervisor by a ``ParentWatch``.
    ///
    /// A foreign program is started through `setpriv --pdeathsig` (util-linux, always there on
    /// Debian), so that it is killed with its supervisor as well.
    package var watchesParent: Bool
    /// A file descriptor that it holds for as long as it lives, such as that of a lock.
    package var holds: Int32?

    /// Describes a program.
    package init(
        name: String, path: String, arguments: [String], environment: [String: String],
        readiness: Readiness = .message, output: Output = .inherited, watchesParent: Bool = true,
        holds: Int32? = nil
    ) {
        self.name = name
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.readiness = readiness
        self.output = output
        self.watchesParent = watchesParent
        self.holds = holds
    }

    /// The program as it is started after an earlier process of it ended so: one of ours is told
    /// of the signal.
    func after(_ end: ProcessExit?) -> ChildProgram {
        guard watchesParent else { return self }
        var program = self
        program.environment[ParentWatch.lastSignalVariable] =
            if case .signal(let number) = end { String(number) } else { nil }
        return program
    }

    /// Becomes the foreign program, unless its supervisor was gone before its end could be told:
    /// `$0` is the supervisor's process.
    private static let trampoline = #"[ "$PPID" = "$0" ] || exit 1; exec "$@""#

    /// The command line as it is started by a supervisor's process.
    func commandLine(from supervisor: Int32) -> [String] {
        guard !watchesParent else { return [path] + arguments }
        return ["setpriv", "--pdeathsig", "KILL", "--", "sh", "-c", Self.trampoline]
            + ["\(supervisor)", path] + arguments
    }
}

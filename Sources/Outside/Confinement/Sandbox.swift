import Dispatch
import FoundationEssentials
import Glibc
import Synchronization

/// How far a reading process is shut off from the machine beyond its limits.
package struct Isolation: Sendable, Equatable, CustomStringConvertible {
    /// The process has no network: it lives in a network namespace without interfaces.
    package var networkIsCut: Bool
    /// The process runs as `nobody` because this one runs as root.
    package var userIsDropped: Bool

    /// One sentence for a log line at start-up.
    package var description: String {
        let network =
            networkIsCut
            ? "without network" : "WITH network, as namespaces are not permitted here"
        let user = userIsDropped ? "as nobody" : "as this process's user"
        return "Tools run in child processes \(network), \(user)."
    }
}

/// Runs a tool in a child process with limits on everything that it can use up.
package struct Sandbox: Sendable {
    private let limits: ToolLimits
    private let scratchParent: String

    /// The ids of `nobody` and `nogroup`, fixed by Debian's base-passwd.
    private static let nobody: UInt32 = 65534
    /// A queue of its own: its threads may block on pipes, those of the cooperative pool may not.
    private static let queue = DispatchQueue(
        label: "parley.tools", qos: .utility, attributes: .concurrent)
    /// How far a tool stands back from what answers customers: a tenth of a busy processor is left
    /// to it, so that a busy machine does not take it for a document that never ends.
    private static let niceness = 10
    private static let knownIsolation = Mutex<Isolation?>(nil)

    /// Closes every inherited descriptor, sets the limits and becomes the tool.
    ///
    /// Bash because it can close descriptors above 9, and is there on every Debian.
    private static let wrapper = """
        cd -- "$1" || exit 126
        for path in /proc/self/fd/*; do
          number=${path##*/}
          if [ "$number" -gt 2 ]; then eval "exec $number>&-"; fi
        done
        ulimit -c 0 && ulimit -n 64 && ulimit -v "$3" && ulimit -f "$4" \
          && ulimit -S -t "$2" && ulimit -H -t $(($2 + 2)) \
          || exit 126
        shift 4
        exec "$@"
        """

    /// Becomes the tool, unless the process that wants it was gone before its end could be told.
    private static let lastCheck = #"[ "$PPID" = "$0" ] || exit 125; exec "$@""#

    /// A sandbox whose children work in directories below `scratchParent`.
    package init(limits: ToolLimits, scratchParent: String) {
        self.limits = limits
        self.scratchParent = scratchParent
    }

    /// Runs `tool` over `bytes`, stored as `name` in the child's working directory; how it ended is
    /// for the caller to judge.
    package func run(
        _ tool: ConfinedTool, _ arguments: [String], file name: String, bytes: [UInt8]
    ) async throws(ToolError) -> ToolOutput {
        guard unsafe access(tool.path, X_OK) == 0 else {
            throw .missing(tool: tool.name, debianPackage: tool.debianPackage)
        }
        let cancelled = Cancellation()
        let result = await withTaskCancellationHandler {
            await Self.blocking {
                self.runBlocking(
                    [tool.path] + arguments, in: self.isolationBlocking(), file: (name, bytes),
                    cancelled)
            }
        } onCancel: {
            cancelled.flag.store(true, ordering: .relaxed)
        }
        let output = try result.get()
        if case .exited(126...127) = output.ending {
            throw .notStarted(detail: output.complaint)
        }
        return output
    }

    /// What this machine permits, found out once by trying.
    package func isolation() async -> Isolation {
        await Self.blocking { self.isolationBlocking() }
    }

    private static func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }

    private func isolationBlocking() -> Isolation {
        if let known = Self.knownIsolation.withLock({ $0 }) { return known }
        let isRoot = geteuid() == 0
        var found = Isolation(networkIsCut: false, userIsDropped: false)
        let candidates = [
            Isolation(networkIsCut: true, userIsDropped: isRoot),
            Isolation(networkIsCut: false, userIsDropped: isRoot),
        ]
        for candidate in candidates {
            let result = runBlocking(["/bin/true"], in: candidate, file: nil, Cancellation())
            if case .success(let output) = result, output.ending == .exited(0) {
                found = candidate
                break
            }
        }
        Self.knownIsolation.withLock { $0 = found }
        return found
    }

    private func runBlocking(
        _ command: [String], in isolation: Isolation, file: (name: String, bytes: [UInt8])?,
        _ cancelled: Cancellation
    ) -> Result<ToolOutput, ToolError> {
        do throws(ToolError) {
            let scratch = try ScratchDirectory(
                in: scratchParent, owner: isolation.userIsDropped ? Self.nobody : nil)
            if let file { try scratch.write(file.bytes, named: file.name) }
            let child = try ChildProcess(
                arguments: arguments(for: command, in: isolation, scratch: scratch.path),
                environment: [
                    "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "PYTHONDONTWRITEBYTECODE=1",
                    // One thread a tool: several do not make tesseract faster, only busier.
                    "OMP_THREAD_LIMIT=1",
                    "HOME=\(scratch.path)", "TMPDIR=\(scratch.path)",
                ])
            return .success(try collect(from: child, cancelled))
        } catch {
            return .failure(error)
        }
    }

    private func collect(
        from child: borrowing ChildProcess, _ cancelled: Cancellation
    ) throws(ToolError) -> ToolOutput {
        do throws(ChildProcess.Failure) {
            let output = try child.collect(
                atMost: limits.outputBytes, within: limits.wallTime,
                isCancelled: { cancelled.flag.load(ordering: .relaxed) })
            if output.ending == .signalled(SIGXCPU) {
                throw .timedOut
            }
            return output
        } catch {
            switch error {
            case .timedOut: throw .timedOut(after: limits.wallTime)
            case .outputTooLarge: throw .outputTooLarge(limitBytes: limits.outputBytes)
            case .cancelled: throw .cancelled
            }
        }
    }

    private func arguments(
        for command: [String], in isolation: Isolation, scratch: String
    ) -> [String] {
        // Best effort at its lowest: the idle class might never come to its turn.
        var words = ["/usr/bin/nice", "-n", String(Self.niceness)]
        words += ["/usr/bin/ionice", "-c", "2", "-n", "7", "-t"]
        words += ["/bin/bash", "--norc", "--noprofile", "-c", Self.wrapper, "tool", scratch]
        words += [String(limits.processorSeconds)]
        // ulimit -v counts KiB; -f too.
        words += [String(limits.memoryBytes >> 10), String(limits.fileBytes >> 10)]
        if isolation.networkIsCut {
            // Root may make the namespace as it is; others only inside a user namespace.
            let asUser = isolation.userIsDropped ? [] : ["--user", "--map-current-user"]
            words += ["/usr/bin/unshare"] + asUser + ["--net", "--ipc", "--"]
        }
        // The kernel kills the tool with the process that wants its words: the thread that started
        // it waits for it all the while.
        words += ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--no-new-privs"]
        if isolation.userIsDropped {
            words += ["--reuid=\(Self.nobody)", "--regid=\(Self.nobody)", "--clear-groups"]
            words += ["--bounding-set=-all"]
        }
        return words + ["--", "/bin/sh", "-c", Self.lastCheck, "\(getpid())"] + command
    }
}

/// Says to a blocked thread that its task was cancelled.
private final class Cancellation: Sendable {
    let flag = Atomic(false)
}

import BrokerRelay
import Foundation
import Kafka
import Synchronization

/// A Kafka-protocol broker for tests: one a process, started when first asked for.
///
/// `KAFKA_BOOTSTRAP_SERVERS` names one that runs already; else `PARLEY_NOIDA_DB` is the path of
/// PyPI's `noida-db`, which is started on a free port of 127.0.0.1 over a temporary folder and
/// ends with this process.
///
/// noida-db 0.2.3 is not Kafka in what it says of aborted transactions, which the relay corrects.
/// Nor does it ever end the session of a group's member that has fallen silent (only one of the
/// same instance id takes over), or a transaction that has run out of time. A commit of a
/// transaction that it does not know, or aborted when it was started again, is answered without an
/// error (EndTxn), so it must not be restarted under producers.
package enum TestBroker {
    /// Why a test that needs a broker is skipped.
    package static let missing =
        "NO KAFKA BROKER: set KAFKA_BOOTSTRAP_SERVERS, or PARLEY_NOIDA_DB to noida-db's path"

    /// Whether a broker is at hand.
    package static let isAvailable = running != nil || executable != nil

    /// Whether it is one that somebody runs, rather than our own noida-db.
    package static var isNamed: Bool { running != nil }

    /// Where the broker listens.
    ///
    /// - Throws: `TestBrokerError` if there is none or it does not start.
    package static func bootstrapServers() throws -> String {
        if let running { return running }
        return try started.get()
    }

    /// A name that no other test has.
    package static func uniqueName(_ purpose: String) -> String {
        "\(purpose)-\(UUID().uuidString.prefix(8).lowercased())"
    }

    /// The broker's own folder, which its script removes.
    private static func temporaryFolder() throws -> String {
        let path = NSTemporaryDirectory() + uniqueName("parley-kafka")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private static let running = environment("KAFKA_BOOTSTRAP_SERVERS")
    private static let executable = environment("PARLEY_NOIDA_DB")
    private static let started = Result { try start().servers }

    /// Starts a broker that no other test uses, and names the folder that it keeps all in.
    ///
    /// - Throws: ``TestBrokerError`` if there is none or it does not start.
    package static func startAnother() throws -> (servers: String, folder: String) {
        try start()
    }

    /// Starts the broker, waits while standard input is open, and then ends the broker.
    ///
    /// This process's end closes the input; the broker inherits blocked signals. The script says
    /// nothing: the last line of a run of tests is the runner's own.
    private static let script = """
        exec 2>/dev/null
        "$0" start --only kafka --kafka-port "$1" --data-dir "$2" --host 127.0.0.1 >/dev/null &
        read -r _; "$0" down --data-dir "$2" >/dev/null
        kill -9 $!; wait $!; rm -rf "$2"
        """

    private static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func start() throws -> (servers: String, folder: String) {
        guard let executable else { throw TestBrokerError(reason: missing) }
        let port = try freePort()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let folder = try temporaryFolder()
        process.arguments = ["-c", script, executable, String(port), folder]
        let held = Pipe()
        kept.withLock { $0.append(held) }
        // Nobody else may keep it open: not the broker, not what other tests start.
        _ = fcntl(held.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = held
        try process.run()
        let servers = "127.0.0.1:\(try BrokerRelay(before: port).port)"
        let admin = try Admin(ClientConfiguration(bootstrapServers: servers, clientID: "tests"))
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(20)
        while clock.now < deadline {
            // Until it answers, each question fails.
            if (try? admin.topics(within: .milliseconds(500))) != nil { return (servers, folder) }
        }
        throw TestBrokerError(reason: "\(executable) did not answer on \(servers)")
    }

    /// Never written to, and closed by the end of this process: one for each broker, as what it is
    /// given closes here.
    private static let kept = Mutex<[Pipe]>([])

    /// A port of 127.0.0.1 that nothing listens on.
    package static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, size) | getsockname(descriptor, pointer, &size)
            }
        }
        guard status == 0 else { throw TestBrokerError(reason: "no free port") }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// Why there is no broker.
package struct TestBrokerError: Error, CustomStringConvertible {
    /// What went wrong.
    package var reason: String

    /// A sentence for people.
    package var description: String { reason }

    /// Names what went wrong.
    package init(reason: String) {
        self.reason = reason
    }
}

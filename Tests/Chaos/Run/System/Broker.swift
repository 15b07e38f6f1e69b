import BrokerRelay
import Glibc
import Lifecycle
import Synchronization

/// A noida-db of the run's own, behind a relay.
final class Broker: Sendable {
    private let program: ChildProgram
    private let process = Mutex<ChildProcess?>(nil)
    /// Corrects what is the broker's fault and not Parley's; see there.
    private let relay: BrokerRelay

    init(_ executable: String, folder: String, port: Int, environment: [String: String]) throws {
        relay = try BrokerRelay(before: UInt16(port))
        program = ChildProgram(
            name: "noida-db", path: executable,
            arguments: [
                "start", "--only", "kafka", "--kafka-port", "\(port)", "--data-dir",
                "\(folder)/broker", "--host", "127.0.0.1",
            ], environment: environment, readiness: .port(UInt16(port)),
            output: .file("\(folder)/broker.log"), watchesParent: false)
    }

    var url: String { "kafka:127.0.0.1:\(relay.port)" }

    func start() async throws {
        let child = try await ChildProcess.start(program)
        process.withLock { $0 = child }
        try await child.waitUntilReady(within: .seconds(30))
    }

    /// Cuts its clients off for a while, as when a network fails.
    ///
    /// It is not ended: noida-db 0.2.3 aborts what is under way when it starts again and then says
    /// to a producer that asks for the commit that it is done, gives the producer ids that it has
    /// given before to others, and goes on acknowledging while it saves its file. So what is
    /// found would be the broker's fault, which no Kafka has.
    func cutOff(for time: Duration) async {
        relay.cut()
        await Time.sleep(time)
        relay.restore()
    }

    /// Kills it; its own child, which is the broker proper, ends with its process group.
    func stop() async {
        let child = process.withLock { $0 }
        child?.signal(SIGKILL)
        _ = await child?.waitUntilEnded()
    }
}

import BrokerRelay
import Glibc
import Lifecycle
import Synchronization

/// A noida-db of the run's own, on a data folder that outlives its deaths.
final class Broker: Sendable {
    private let program: ChildProgram
    private let process = Mutex<ChildProcess?>(nil)
    /// Corrects what is the broker's fault and not Parley's; see there.
    private let relay: BrokerRelay
    private let folder: String

    init(_ executable: String, folder: String, port: Int, environment: [String: String]) throws {
        relay = try BrokerRelay(before: UInt16(port))
        self.folder = folder
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

    /// Cuts its clients off, ends it, and starts it again.
    ///
    /// It is cut off first, and asked to end: it writes its file every few seconds only, so a
    /// SIGKILL loses what it has acknowledged, and so does its own end what comes in meanwhile,
    /// which no Kafka with replicas does.
    func bounce(for time: Duration) async {
        relay.cut()
        defer { relay.restore() }
        // What has come through is answered by then.
        await Time.sleep(.seconds(1))
        let down = ChildProgram(
            name: "noida-db down", path: program.path,
            arguments: ["down", "--data-dir", "\(folder)/broker"],
            environment: program.environment, readiness: .running,
            output: .file("\(folder)/broker.log"), watchesParent: false)
        do {
            _ = try await ChildProcess.start(down).waitUntilEnded()
            let child = process.withLock { $0 }
            let isDown = await Time.wait(atMost: .seconds(20)) { child?.status != nil }
            if !isDown { Journal.say("the broker did not end as asked; it is killed") }
        } catch {
            Journal.say("the broker could not be asked to end: \(error)")
        }
        await stop()
        await Time.sleep(time)
        for _ in 0..<10 {
            do {
                return try await start()
            } catch {
                Journal.say("the broker does not start: \(error)")
                await stop()
            }
        }
    }

    /// Kills it; its own child, which is the broker proper, ends with its process group.
    func stop() async {
        let child = process.withLock { $0 }
        child?.signal(SIGKILL)
        _ = await child?.waitUntilEnded()
    }
}

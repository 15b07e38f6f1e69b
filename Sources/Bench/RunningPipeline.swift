import Configuration
import Foundation
import Glibc
import HTTPClient
import Lifecycle

/// A whole installation, `parley up`, as a child of the measurement.
struct RunningPipeline: Sendable {
    /// It did not become what is to be measured.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let startLimit = Duration.seconds(90)
    private static let stopLimit = Duration.seconds(60)
    private static let pause = Duration.milliseconds(50)

    private let child: ChildProcess
    private let data: DataFolder
    private let portBase: Int
    private let http: HTTPClient

    var webhookPort: Int { portBase }

    /// Starts it and waits until every process is ready.
    static func start(
        log: String?, folder: ScratchFolder, outsidePort: Int
    ) async throws -> RunningPipeline {
        let data = DataFolder(path: folder.path + "/data")
        let base = try freePorts()
        var line = ["up", "--data", data.path, "--port-base", "\(base)", "--no-local-models"]
        line += ["--no-simulator", "--allow-private-urls", "--burst-pause", "0"]
        line += ["--embedding-url", "http://127.0.0.1:\(outsidePort)"]
        if let log { line += ["--log", log] }
        let executable = try FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/exe")
        let child = try await ChildProcess.start(
            ChildProgram(
                name: "parley up", path: executable, arguments: line,
                environment: ProcessInfo.processInfo.environment, readiness: .running,
                output: .file(folder.path + "/up.log"), watchesParent: false))
        let pipeline = RunningPipeline(
            child: child, data: data, portBase: base, http: try HTTPClient())
        do {
            try await pipeline.waitUntilReady(output: folder.path + "/up.log")
        } catch {
            await pipeline.stop()
            throw error
        }
        return pipeline
    }

    func stop() async { _ = await child.stop(within: Self.stopLimit) }

    private func waitUntilReady(output: String) async throws {
        let clock = ContinuousClock()
        let end = clock.now + Self.startLimit
        while clock.now < end, child.status == nil {
            if FileManager.default.fileExists(atPath: data.runFile) { return }
            try await Task.sleep(for: Self.pause)
        }
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""  // only a hint
        throw Failure(description: "parley up did not become ready:\n\(text.suffix(2_000))")
    }

    /// Connects the business, with its document.
    func connect(_ business: TurnMessages.Business, graphPort: Int) async throws {
        struct Tenant: Encodable {
            struct Number: Encodable {
                var id: String
                var messagesPerSecond = 1_000
            }
            var id: String
            var name = "Bench"
            var about = "A bicycle shop that is measured."
            var account: String
            var numbers: [Number]
            var appSecret: String
            var verifyToken = "bench-verify"
            var accessToken = "bench-access"
            var graphURL: String
        }
        let tenant = Tenant(
            id: business.tenant, account: business.account,
            numbers: (0..<TurnMessages.Business.numberCount).map {
                .init(id: business.number($0))
            }, appSecret: business.secret, graphURL: "http://127.0.0.1:\(graphPort)")
        try await post("/api/tenants", [UInt8](try JSONEncoder().encode(tenant)))
        try await post(
            "/api/tenants/\(business.tenant)/documents?name=shop.md&wait=60",
            Array(TurnMessages.document.utf8))
    }

    private func post(_ path: String, _ body: [UInt8]) async throws {
        let key = try String(contentsOfFile: data.consoleKeyFile, encoding: .utf8)
        var request = HTTPClientRequest(
            .post, "http://127.0.0.1:\(portBase + 1)\(path)",
            headers: ["Content-Type": "application/json", "Authorization": "Bearer \(key)"],
            body: body)
        request.timeout = .seconds(90)
        let response = try await http.send(request)
        guard (200..<300).contains(response.status) else {
            let text = String(decoding: response.body.prefix(500), as: UTF8.self)
            throw Failure(description: "\(path) was answered \(response.status): \(text)")
        }
    }

    /// Processor seconds so far of each process, by its name.
    func processorSeconds() -> [String: Double] {
        guard let parent = child.pid else { return [:] }
        var seconds = ["up": ProcessUsage.processorSeconds(of: parent)]
        // Always there on Linux.
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for pid in entries.compactMap({ Int32($0) }) {
            guard ProcessUsage.parent(of: pid) == parent else { continue }
            let name = ProcessUsage.commandLine(of: pid).drop { $0 != "stage" }.dropFirst().first
            seconds[name ?? "process \(pid)", default: 0] += ProcessUsage.processorSeconds(of: pid)
        }
        return seconds
    }

    /// Some ports in a row that nothing listens on, below those the kernel gives out.
    private static func freePorts() throws -> Int {
        for _ in 0..<100 {
            let base = Int.random(in: 10_000..<30_000) / 40 * 40
            if (base..<base + 24).allSatisfy({ !isTaken($0) }) { return base }
        }
        throw Failure(description: "found no free ports")
    }

    private static func isTaken(_ port: Int) -> Bool {
        do {
            _ = try ClientSocket(port: port)
            return true
        } catch {
            return false
        }
    }
}

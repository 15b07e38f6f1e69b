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
    private static let pause = Duration.milliseconds(10)

    private let child: ChildProcess
    private let data: DataFolder
    private let portBase: Int
    private let http: HTTPClient
    /// From its start until every process was ready.
    private(set) var startSeconds = 0.0

    var webhookPort: Int { portBase }

    /// Starts it and waits until every process is ready: with the embeddings at a port, or else
    /// with the demo business and the simulator, and no model.
    static func start(
        log: String?, folder: ScratchFolder, outsidePort: Int?
    ) async throws -> RunningPipeline {
        try await start(
            log: log, folder: folder,
            serving: outsidePort.map { .customers(outsidePort: $0) } ?? .demo)
    }

    /// What it is started for.
    enum Purpose: Sendable {
        /// The demo business with the simulator, and no model.
        case demo
        /// Customers' messages; embeddings are made at a port.
        case customers(outsidePort: Int)
        /// Documents that are searched, by words alone without an embedding server.
        case documents(embeddingURL: String?, more: [String] = [])

        fileprivate var options: [String] {
            switch self {
            case .demo: []
            case .customers(let port):
                [
                    "--no-simulator", "--allow-private-urls", "--burst-pause", "0",
                    "--embedding-url", "http://127.0.0.1:\(port)",
                ]
            case .documents(let url, let more):
                ["--no-simulator"] + (url.map { ["--embedding-url", $0] } ?? []) + more
            }
        }
    }

    /// Starts it and waits until every process is ready.
    static func start(
        log: String?, folder: ScratchFolder, serving purpose: Purpose
    ) async throws -> RunningPipeline {
        let data = DataFolder(path: folder.path + "/data")
        let base = try freePorts()
        var line = ["up", "--data", data.path, "--port-base", "\(base)", "--no-local-models"]
        line += purpose.options
        if let log { line += ["--log", log] }
        let executable = try FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/exe")
        let began = ProcessUsage.nanoseconds()
        // One for each start: the line that says "ready" is waited for.
        let output = folder.path + "/up-\(began).log"
        let child = try await ChildProcess.start(
            ChildProgram(
                name: "parley up", path: executable, arguments: line,
                environment: ProcessInfo.processInfo.environment
                    .merging(["PARLEY_LEDGER": folder.path + "/ledger"]) { $1 },
                readiness: .running, output: .file(output), watchesParent: false))
        var pipeline = RunningPipeline(
            child: child, data: data, portBase: base, http: try HTTPClient())
        do {
            try await pipeline.waitUntilReady(output: output)
        } catch {
            await pipeline.stop()
            throw error
        }
        pipeline.startSeconds = Double(ProcessUsage.nanoseconds() - began) / 1e9
        return pipeline
    }

    func stop() async { _ = await child.stop(within: Self.stopLimit) }

    /// Runs `body`, which uses the installation, and stops it however that ends.
    func use(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            await stop()
            throw error
        }
        await stop()
    }

    private func waitUntilReady(output: String) async throws {
        let clock = ContinuousClock()
        let end = clock.now + Self.startLimit
        var text = ""
        while clock.now < end, child.status == nil {
            text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""  // not yet there
            if text.split(separator: "\n").contains(where: { $0.hasPrefix("ready") }) { return }
            try await Task.sleep(for: Self.pause)
        }
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
        try await post("/api/v1/tenants", [UInt8](try JSONEncoder().encode(tenant)))
        try await post(
            "/api/v1/tenants/\(business.tenant)/documents?name=shop.md&wait=60",
            Array(TurnMessages.document.utf8))
    }

    /// Posts to the console's API.
    func post(_ path: String, _ body: [UInt8]) async throws {
        _ = try await call(.post, path, body)
    }

    /// Asks the console's API.
    ///
    /// - Throws: ``Failure`` if it is not answered with success.
    func call(
        _ method: HTTPClientRequest.Method, _ path: String, _ body: [UInt8] = []
    ) async throws -> [UInt8] {
        let response = try await send(method, path, body)
        guard (200..<300).contains(response.status) else { throw Self.failure(path, response) }
        return response.body
    }

    /// What the console's API has at a path; `nil` where there is nothing.
    ///
    /// - Throws: ``Failure`` if it is answered neither with that nor with 404.
    func find(_ path: String) async throws -> [UInt8]? {
        let response = try await send(.get, path, [])
        if response.status == 404 { return nil }
        guard response.status == 200 else { throw Self.failure(path, response) }
        return response.body
    }

    private static func failure(_ path: String, _ response: HTTPClientResponse) -> Failure {
        let text = String(decoding: response.body.prefix(500), as: UTF8.self)
        return Failure(description: "\(path) was answered \(response.status): \(text)")
    }

    private func send(
        _ method: HTTPClientRequest.Method, _ path: String, _ body: [UInt8]
    ) async throws -> HTTPClientResponse {
        let key = try String(contentsOfFile: data.consoleKeyFile, encoding: .utf8)
        var request = HTTPClientRequest(
            method, "http://127.0.0.1:\(portBase + 1)\(path)",
            headers: [
                "Content-Type": "application/json", "Authorization": "Bearer \(key)",
                "Idempotency-Key": UUID().uuidString,
            ], body: body)
        request.timeout = .seconds(90)
        return try await http.send(request)
    }

    /// Processor seconds so far of each process, by its name.
    func processorSeconds() -> [String: Double] {
        sums { ProcessUsage.processorSeconds(of: $0) }
    }

    /// How long each process's threads have run so far, in nanoseconds, by its name.
    func runNanoseconds() -> [String: UInt64] {
        sums { ProcessUsage.runNanoseconds(of: $0) }
    }

    /// What each process has in memory, in units of 1,000,000 bytes, by its name.
    func residentMegabytes() -> [String: Double] {
        sums { ProcessUsage.residentBytes(of: $0) / 1_000_000 }
    }

    /// What is measured of each process, by its name: `up`, and for its children the stage, or the
    /// command; replicas of a stage together.
    private func sums<Value: AdditiveArithmetic>(
        _ measure: (Int32) -> Value
    ) -> [String: Value] {
        guard let parent = child.pid else { return [:] }
        var sums = ["up": measure(parent)]
        for pid in ProcessUsage.children(of: parent) {
            let words = ProcessUsage.commandLine(of: pid).dropFirst()
            let name = words.first == "stage" ? words.dropFirst().first : words.first
            sums[name ?? "process \(pid)", default: .zero] += measure(pid)
        }
        return sums
    }

    /// Some ports in a row that nothing listens on, below those the kernel gives out.
    static func freePorts() throws -> Int {
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

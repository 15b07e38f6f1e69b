import FoundationEssentials
import Glibc
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// An installation that runs: `parley up` with all its processes, in a folder of its own.
final class RunningInstallation: Sendable {
    /// The one that a suite shares.
    @TaskLocal static var shared: RunningInstallation?

    /// The demo business's name.
    static let demo = "bicicletas-sol"

    let folder: TemporaryFolder
    let base: Int
    let process: ChildProcess
    let simulator: LocalAPI
    let console: LocalAPI
    private let outputFile: String

    /// The data folder.
    var data: String { folder.path }
    /// What `parley up` said.
    var output: String { ParleyProgram.text(outputFile) }
    var webhook: String { "http://127.0.0.1:\(base)/webhook" }

    private init(
        _ folder: TemporaryFolder, _ base: Int, _ process: ChildProcess, _ outputFile: String,
        simulator: LocalAPI?
    ) {
        self.folder = folder
        self.base = base
        self.process = process
        self.outputFile = outputFile
        let key = ParleyProgram.text(folder.path + "/console.key").filter { !$0.isWhitespace }
        self.simulator = simulator ?? LocalAPI(base: "http://127.0.0.1:\(base + 2)")
        console = LocalAPI(base: "http://127.0.0.1:\(base + 1)", key: key)
    }

    /// Starts one and waits for its `ready` line; in the same folder and on the same ports as an
    /// earlier one if that is given.
    static func start(
        _ options: [String] = [], after earlier: RunningInstallation? = nil,
        in data: TemporaryFolder? = nil, simulator: LocalAPI? = nil,
        environment: [String: String] = [:]
    ) async throws -> RunningInstallation {
        let folder = try data ?? earlier?.folder ?? TemporaryFolder()
        let base = try earlier?.base ?? FreePorts.base()
        let file = "\(folder.path)/up-\(UUID().uuidString.prefix(8)).out"
        let words = [
            "up", "--data", folder.path, "--port-base", "\(base)", "--no-local-models",
        ]
        let process = try await ParleyProgram.start(
            words + options + (options.contains("--burst-pause") ? [] : ["--burst-pause", "100"])
                + (simulator == nil ? [] : ["--no-simulator", "--allow-private-urls"]),
            output: file, environment: environment)
        do {
            try await eventually("parley up is ready") {
                if ParleyProgram.text(file).contains("\nready: ") { return true }
                guard process.status == nil else {
                    throw NeverHappened(description: "parley up ended: \(ParleyProgram.text(file))")
                }
                return false
            }
            return RunningInstallation(folder, base, process, file, simulator: simulator)
        } catch {
            process.signal(SIGKILL)
            _ = await process.waitUntilEnded()
            throw NeverHappened(description: "\(error); it said: \(ParleyProgram.text(file))")
        }
    }

    /// Runs a body with an installation that is stopped, and checked, afterwards.
    static func with<Result>(
        _ options: [String] = [], after earlier: RunningInstallation? = nil,
        in data: TemporaryFolder? = nil, simulator: LocalAPI? = nil,
        environment: [String: String] = [:],
        _ body: (RunningInstallation) async throws -> Result
    ) async throws -> Result {
        let installation = try await start(
            options, after: earlier, in: data, simulator: simulator, environment: environment)
        let result: Result
        do {
            result = try await body(installation)
        } catch {
            installation.tell(about: error)
            await installation.end()
            throw error
        }
        try await installation.stop()
        return result
    }

    /// Stops it by SIGTERM: it has to exit with 0 and leave no process behind.
    func stop() async throws {
        let pid = try #require(process.pid)
        let children = ProcessTable.children(of: pid)
        process.signal(SIGTERM)
        let limit = Task { [process] in
            try await Task.sleep(for: .seconds(45))
            process.signal(SIGKILL)
        }
        let exit = await process.waitUntilEnded()
        limit.cancel()
        #expect(exit == .code(0), "parley up: \(output)")
        let left = children.filter { ProcessTable.isAlive($0.pid) }
        #expect(left.isEmpty, "after parley up had ended")
        #expect(ProcessTable.naming(data).isEmpty)
    }

    /// Kills `parley up` alone; its children have to notice.
    func kill9() async {
        process.signal(SIGKILL)
        _ = await process.waitUntilEnded()
    }

    /// Ends everything, whatever state it is in.
    func end() async {
        process.signal(SIGTERM)
        let limit = Task { [process] in
            try await Task.sleep(for: .seconds(30))
            process.signal(SIGKILL)
        }
        _ = await process.waitUntilEnded()
        limit.cancel()
        for entry in ProcessTable.naming(data) { _ = kill(entry.pid, SIGKILL) }
    }

    /// What the processes wrote, where something failed.
    func tell(about error: any Error) {
        let folder = data + "/logs"
        // Without a folder there is nothing to tell.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let logs = names.sorted().map { name in
            "== \(name)\n" + ParleyProgram.text("\(folder)/\(name)").suffix(2_000)
        }
        Issue.record("\(error)\n\(output)\n\(logs.joined(separator: "\n"))")
    }

    /// The living child that runs a stage, or the simulator.
    func child(_ name: String) -> ProcessTable.Entry? {
        process.pid.flatMap { pid in
            ProcessTable.children(of: pid).first { $0.name == name }
        }
    }

    /// A metric's values of a process, by the line's name and labels.
    func metrics(_ name: String) async throws -> [String: Double] {
        let words = try #require(child(name)).words
        let index = try #require(words.firstIndex(of: "--telemetry-port"))
        let api = LocalAPI(base: "http://127.0.0.1:\(words[index + 1])")
        let text = try await api.send(.get, "/metrics").body.string ?? ""
        var values: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: " ")
            if parts.count == 2, let value = Double(parts[1]) { values[String(parts[0])] = value }
        }
        return values
    }
}

/// Installations take memory and processors: no more than this many run at once.
actor InstallationSlots {
    static let all = InstallationSlots(2)
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    func take() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func give() {
        guard waiting.isEmpty else { return waiting.removeFirst().resume() }
        free += 1
    }
}

/// Gives a suite's tests one installation together, or a test its place among those that run.
struct InstallationScope: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { false }
    /// The options of a shared one; `nil` where the test starts its own.
    var options: [String]?

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        await InstallationSlots.all.take()
        do {
            if let options {
                try await RunningInstallation.with(options) { installation in
                    try await RunningInstallation.$shared.withValue(installation) {
                        try await function()
                    }
                }
            } else {
                try await function()
            }
        } catch {
            await InstallationSlots.all.give()
            throw error
        }
        await InstallationSlots.all.give()
    }
}

extension Trait where Self == InstallationScope {
    /// The suite's tests share an installation.
    static func installation(_ options: String...) -> Self { Self(options: options) }
    /// The test starts installations of its own, one after the other.
    static var ownInstallation: Self { Self(options: nil) }
}

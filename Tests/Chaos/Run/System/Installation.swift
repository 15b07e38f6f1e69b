import ChaosChecker
import FoundationEssentials
import Glibc
import Lifecycle
import Synchronization

/// The system under test: `parley up` on a data folder, started again whenever it ends.
final class Installation: Sendable {
    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    private struct State {
        var process: ChildProcess?
        var starts = 0
        var isEnding = false
    }

    let options: Options
    let data: String
    let log: String
    let base: Int
    private let state = Mutex(State())

    init(_ options: Options, folder: String, log: String, base: Int) throws {
        self.options = options
        self.log = log
        self.base = base
        data = "\(folder)/data"
        try FileManager.default.createDirectory(
            atPath: data, withIntermediateDirectories: true)
        try pipeline().write(toFile: pipelineFile, atomically: true, encoding: .utf8)
    }

    var console: JSONAPI {
        let bytes = FileManager.default.contents(atPath: "\(data)/console.key") ?? Data()
        let key = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        return JSONAPI(base: "http://127.0.0.1:\(base + 1)", key: key)
    }
    /// The webhooks of the ingesters.
    var webhooks: [String] {
        let ports = [base] + (1..<max(1, options.replicas)).map { base + 3 + $0 }
        return ports.map { "http://127.0.0.1:\($0)/webhook" }
    }
    var starts: Int { state.withLock { $0.starts } }
    var pid: Int32? { state.withLock { $0.process?.pid } }
    private var pipelineFile: String { "\(data)/pipeline.json5" }

    /// The repository's pipeline, with replicas, and the shortest wait for an outcome.
    private func pipeline() throws -> String {
        let text = String(
            decoding: try Data(
                contentsOf: URL(filePath: "\(options.home)/Pipelines/whatsapp.json5")),
            as: UTF8.self)
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("        ingester: {") {
                lines.append("        ingester: { inputs: {}, replicas: \(options.replicas) },")
                continue
            }
            lines.append(String(line))
            let stages = ["retrieval", "orchestrator", "handoff", "sender"]
            if let stage = stages.first(where: { line == "        \($0): {" }) {
                lines.append("            replicas: \(options.replicas),")
                if stage == "sender" {
                    lines.append("            settings: { settleWait: \"30s\" },")
                }
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Runs `parley up` until the task is cancelled, then stops it gracefully.
    func run() async {
        while !Task.isCancelled {
            do {
                let process = try await start()
                state.withLock {
                    $0.process = process
                    $0.starts += 1
                }
                _ = await process.waitUntilEnded()
            } catch {
                Journal.say("parley up cannot be started: \(error)")
            }
            await Time.sleep(.milliseconds(300))
        }
        _ = await state.withLock { $0.process }?.stop(within: .seconds(30))
        for entry in ProcessTable.having("--data", data) { _ = kill(entry.pid, SIGKILL) }
    }

    private func start() async throws -> ChildProcess {
        var environment = ProcessInfo.processInfo.environment
        environment["PARLEY_HOME"] = options.home
        environment["PARLEY_LEDGER"] = "\(data)/../ledger"
        for name in ["PARLEY_DATA", "PARLEY_MODEL_URL", "PARLEY_MODEL", "PARLEY_SECRET_KEYS"] {
            environment[name] = nil
        }
        return try await ChildProcess.start(
            ChildProgram(
                name: "parley up", path: options.parley,
                arguments: [
                    "up", "--data", data, "--log", log, "--port-base", "\(base)",
                    "--pipeline", pipelineFile, "--no-local-models", "--no-simulator",
                    "--allow-private-urls", "--burst-pause", "0",
                ], environment: environment, readiness: .running,
                output: .file("\(data)/../up.log"), watchesParent: false))
    }

    /// The stages' processes that run under the present `parley up`.
    var stages: [ProcessTable.Entry] {
        ProcessTable.having("--data", data).filter { $0.slot != nil }
    }

    /// The process of a slot.
    func process(of slot: String) -> ProcessTable.Entry? { stages.first { $0.slot == slot } }

    /// Kills `parley up` alone: its children have to notice.
    func killUp() { state.withLock { $0.process }?.signal(SIGKILL) }

    /// Runs a command of the program and answers what it says.
    func ask(_ words: [String], within limit: Duration) async throws -> String {
        let file = "\(data)/../ask-\(UInt64.random(in: .min ... .max)).out"
        // What is left behind is in the run's own folder.
        defer { try? FileManager.default.removeItem(atPath: file) }
        let process = try await ChildProcess.start(
            ChildProgram(
                name: words[0], path: options.parley,
                arguments: words + ["--data", data, "--log", log],
                environment: ProcessInfo.processInfo.environment, readiness: .running,
                output: .file(file), watchesParent: false))
        let limiter = Task {
            try await Task.sleep(for: limit)
            process.signal(SIGKILL)
        }
        _ = await process.waitUntilEnded()
        limiter.cancel()
        return String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
    }

    private struct Verdict: Decodable {
        struct Item: Decodable {
            var message: String
            var wamid: String?
            var tenant: String
            var state: String
        }
        var tenants: [String: [String: Int]]
        var items: [Item]
    }

    /// The verdict of `parley ledger` on some businesses; `nil` if there is none now.
    func ledger(of names: [String]) async -> History.Ledger? {
        do {
            let text = try await ask(
                ["ledger", "--json", "--content", "--list", "1000"], within: .seconds(60))
            let verdict = try JSONDecoder().decode(Verdict.self, from: Data(text.utf8))
            let items = verdict.items.filter { names.contains($0.tenant) }
                .map { ($0.wamid ?? $0.message, $0.state) }
            var states: [String: Int] = [:]
            for name in names { states.merge(verdict.tenants[name] ?? [:], uniquingKeysWith: +) }
            let messages = states.values.reduce(0, +)
            return History.Ledger(
                messages: messages, states: states, items: Dictionary(items) { $1 },
                figures: await figures(of: names, expecting: messages))
        } catch {
            return nil
        }
    }

    private struct Counted: Decodable {
        struct Figures: Decodable { var fromCustomers: Int }
        var now: Figures
    }

    /// How many messages of customers figures count of some businesses in the last day, or `nil`.
    ///
    /// The view may be seconds behind what is expected.
    private func figures(of names: [String], expecting messages: Int) async -> Int? {
        var count: Int?
        for _ in 0..<5 where count != messages {
            if count != nil { try? await Task.sleep(for: .seconds(2)) }
            var sum = 0
            for name in names {
                // Who cannot be asked now is asked again, or there is no verdict.
                guard
                    let text = try? await ask(
                        ["analytics", "--tenant", name, "--period", "24h", "--json"],
                        within: .seconds(30)),
                    let counted = try? JSONDecoder().decode(Counted.self, from: Data(text.utf8))
                else { return count }
                sum += counted.now.fromCustomers
            }
            count = sum
        }
        return count
    }
}

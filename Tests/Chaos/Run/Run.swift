import ChaosChecker
import FoundationEssentials
import HTTPClient
import Simulator

/// One whole run: sets up, lets load and faults loose, waits until all is quiet, and checks.
struct Run: Sendable {
    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    /// The businesses and what they promise.
    static let promises: [String: History.Promise] = [
        "once": .atMostOnce, "least": .atLeastOnce,
    ]
    /// The longest wait for everything to be settled: an unknown outcome waits for 30 s.
    private static let drainLimit = Duration.seconds(120)
    /// Businesses that may be removed for good meanwhile.
    private static let bystanders = 3

    let options: Options
    let folder: String
    let installation: Installation
    let whatsApp: WhatsApp
    let broker: Broker?
    let recorder = Recorder(promises: Run.promises)
    let bystanders: Bystanders

    private var tenants: [String] { Self.promises.keys.sorted() }

    init(_ options: Options) async throws {
        self.options = options
        folder =
            options.keep
            ?? FileManager.default.temporaryDirectory.appending(
                path: "parley-chaos-\(options.seed)-\(UUID().uuidString.prefix(8))"
            ).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        Journal.open("\(folder)/journal.jsonl")
        guard let base = Ports.base() else { throw Failed(description: "no free ports") }
        var log = options.log
        var broker: Broker?
        if log == "sqlite" { log = "sqlite:\(folder)/data/log.sqlite" }
        if log == "kafka" {
            let environment = ProcessInfo.processInfo.environment
            let path =
                environment["PARLEY_NOIDA_DB"] ?? "\(options.home)/.build/test-tools/bin/noida-db"
            let own = try Broker(
                path, folder: folder, port: base + Ports.width - 1, environment: environment)
            try await own.start()
            log = own.url
            broker = own
        }
        self.broker = broker
        installation = try Installation(options, folder: folder, log: log, base: base)
        whatsApp = try WhatsApp(port: base + Ports.width - 2, seed: options.seed)
        bystanders = Bystanders(Self.bystanders, installation, whatsApp)
    }

    /// Runs; answers whether nothing was found.
    func run() async throws -> Bool {
        Journal.say("chaos: \(options.command); data in \(folder)")
        let report = try await withThrowingTaskGroup(of: Report?.self) { group in
            group.addTask {
                try await whatsApp.simulator.run()
                return nil
            }
            group.addTask {
                await installation.run()
                return nil
            }
            group.addTask { try await body() }
            var report: Report?
            while report == nil, let next = try await group.next() { report = next }
            group.cancelAll()
            return report
        }
        await broker?.stop()
        guard let report else { throw Failed(description: "the run ended without a report") }
        return try finish(report)
    }

    private func finish(_ report: Report) throws -> Bool {
        let isClean = report.findings.isEmpty
        Journal.say(report.text)
        try JSONEncoder().encode(report).write(to: URL(filePath: "\(folder)/report.json"))
        if isClean {
            Journal.say("chaos: nothing lost, nothing twice, nothing out of order")
            if options.keep == nil { try FileManager.default.removeItem(atPath: folder) }
        } else {
            Journal.say(
                "chaos: FAILED with seed \(options.seed); data in \(folder); again: "
                    + options.command)
        }
        return isClean
    }

    private func body() async throws -> Report {
        try await Setup(installation, whatsApp, promises: Self.promises, bystanders).run()
        let load = CustomerLoad(whatsApp, recorder, seed: options.seed, tenants: tenants)
        let recoveries = Recoveries(installation)
        let nemesis = Nemesis(
            installation, whatsApp, broker: broker, recoveries, bystanders)
        let plan = Plan(
            options, tenants: tenants, bystanders: bystanders.names, hasBroker: broker != nil)
        let agents = agents()
        let deadline = ContinuousClock.now + .seconds(options.seconds)
        Journal.event("begun")
        await withTaskGroup(of: Void.self) { group in
            for agent in agents { group.addTask { await agent.run() } }
            group.addTask { await recoveries.run() }
            await withDiscardingTaskGroup { storm in
                storm.addTask { await load.run(options.conversations, until: deadline) }
                storm.addTask { await nemesis.run(plan, until: deadline) }
                storm.addTask {
                    var faults = FaultSwitch(
                        whatsApp: whatsApp, random: SeededRandom(seed: options.seed, purpose: 3))
                    if options.only != [] { await faults.run(until: deadline) }
                }
            }
            await drain(agents)
            group.cancelAll()
        }
        Journal.say(recoveries.text + "; parley up was started \(installation.starts) times")
        return try await judge(words: true)
    }

    private func agents() -> [Agent] {
        tenants.flatMap { tenant in
            (0..<2).map { number in
                let purpose = UInt64(100 + number) + (tenant == "once" ? 0 : 10)
                return Agent(
                    "\(tenant)-\(number)", of: tenant, installation, recorder,
                    random: SeededRandom(seed: options.seed, purpose: purpose))
            }
        }
    }

    /// Lets everything settle: all is taken in, nothing waits, no handoff is open.
    private func drain(_ agents: [Agent]) async {
        Journal.event("draining")
        // The simulator is this process's own.
        try? await whatsApp.clearFaults()
        let isDrained = await Time.wait(atMost: Self.drainLimit, every: .seconds(1)) {
            for agent in agents where !(await agent.isIdle) { return false }
            // What is not known now is asked again.
            return (try? await judge().findings.isEmpty) ?? false
        }
        // What would come too much comes soon after.
        await Time.sleep(.seconds(2))
        if isDrained { await compare(agents) }
        Journal.event("drained", ["in time": "\(isDrained)"])
    }

    /// What agents take for open and nobody has: they were never told of its end.
    private func compare(_ agents: [Agent]) async {
        struct Page: Decodable {
            struct Row: Decodable { var conversation: String }
            var handoffs: [Row]
        }
        for tenant in tenants {
            // Unknown, it is nobody's fault.
            guard
                let page = try? await installation.console.get(
                    "/api/v1/tenants/\(tenant)/handoffs", as: Page.self)
            else { continue }
            let open = Set(page.handoffs.map(\.conversation))
            for agent in agents where agent.tenant == tenant {
                for conversation in await agent.known where !open.contains(conversation) {
                    recorder.slipped(History.Slip(agent.id, .missed, conversation))
                }
            }
        }
    }

    /// The notes that transcripts hold, of the conversations in which some were written.
    private func notes() async throws -> [History.Note] {
        struct Page: Decodable {
            var lines: [AgentTalk.Line]
            var older: String?
        }
        let history = recorder.history
        let written = Set(
            history.acts.compactMap { act -> History.Conversation? in
                if case .note = act.kind { act.conversation } else { nil }
            })
        // Several ids may stand for one conversation; each note stands in one of them.
        var found: [String: History.Note] = [:]
        for (id, conversation) in recorder.names where written.contains(conversation) {
            var query = ""
            repeat {
                let page = try await installation.console.get(
                    "/api/v1/tenants/\(conversation.tenant)/conversations/\(id)\(query)",
                    as: Page.self)
                for line in page.lines where line.speaker == "note" {
                    found[line.id] = History.Note(conversation, line.text)
                }
                query = page.older.map { "?before=\($0)" } ?? ""
            } while !query.isEmpty
        }
        return Array(found.values)
    }

    /// The verdict; with `words`, also on what may be read where, and what was to be erased.
    private func judge(words isSearched: Bool = false) async throws -> Report {
        var history = try await whatsApp.complete(recorder.history)
        if isSearched {
            try await search(&history)
            history.notes = try await notes()
        }
        for _ in 0..<3 where history.ledger == nil {
            history.ledger = await installation.ledger(of: tenants)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try encoder.encode(history).write(to: URL(filePath: "\(folder)/history.json"))
        return Checker.check(history)
    }

    private func search(_ history: inout History) async throws {
        history.purges = await bystanders.settle()
        let search = LeakSearch(installation: installation, folder: folder)
        history.leaks = try await search.run()
        for (tenant, isDone) in history.purges where isDone {
            history.leaks += try await search.run(
                words: Bystanders.words(of: tenant), of: tenant)
        }
    }
}

import Configuration
import Conversation
import EventLog
import Operations
import Records
import StageRuntime

/// Runs a stage's past again with the answers that were recorded.
enum ReplayCommand: Command {
    static let specification = ArgumentSpecification(
        "parley replay",
        summary: "Runs a stage's past again and compares it to the byte; it never calls anyone. "
            + "Exits with 1 at a difference, with 3 if something could not be compared.",
        options: [
            .option("stage", "NAME", StageName.words(StageName.replayed)),
            .option("from", "TIME|OFFSET", "from then on (2026-11-21T09:30:00Z, 2h), or input 120"),
            .option("to", "TIME|OFFSET", "until then or there, not included"),
            .option("tenant", "ID", "only this tenant's"),
            .option("key", "KEY", "only this key's: a conversation, a document"),
            .option("shadow", "RUN", "also writes the outputs to topics replay.RUN.TOPIC"),
            .flag("live", "writes outputs that stand in no topic to the real ones; see --yes"),
            .flag("rebuild-state", "compares the stopped stage's state; with --live, repairs it"),
            .flag("yes", "does what --live tells; without, it only says so"),
            .flag("show-content", "shows both sides of a difference: personal content"),
            .flag("json", "prints JSON"),
        ] + settings + LogOptions.options)

    /// The settings that decide what a stage does; those that it ran with here are known.
    private static let settings = ProcessOptions.options.filter {
        ["pipeline", "prompts", "burst-pause", "turn-time"].contains($0.name)
    }
    /// What narrows a comparison; a state is rebuilt whole.
    private static let narrowing = ["from", "to", "tenant", "key", "shadow"]

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let word = arguments.value("stage")
        guard let name = word.flatMap({ StageName(rawValue: $0) }) else {
            let meant = word.flatMap {
                Spelling.nearest($0, among: StageName.replayed.map(\.rawValue))
            }
            throw ConfigurationError(
                specification.command,
                "--stage is \(StageName.words(StageName.replayed))"
                    + (meant.map { "; did you mean \($0)?" } ?? ""))
        }
        if name != .orchestrator, arguments.value("prompts") != nil {
            throw ConfigurationError(
                "--prompts", "\(name.rawValue) has no prompts: only the orchestrator has")
        }
        if name == .sender, arguments.has("live"), !arguments.has("rebuild-state") {
            throw ConfigurationError(
                "--live",
                "what the sender tells is what WhatsApp answered: it is never written again")
        }
        let options = LogOptions(specification.command, arguments)
        if arguments.has("rebuild-state"),
            let odd = narrowing.first(where: { arguments.value($0) != nil })
        {
            throw ConfigurationError(
                specification.command,
                "--\(odd) does not go with --rebuild-state: a state is rebuilt whole")
        }
        let bounds = try bounds(arguments, options)
        let process = try ProcessOptions(arguments)
        return try await options.withRecords { log, envelope, _ in
            let wiring = ReplayWiring(
                options: process, log: log, envelope: envelope)
            if arguments.has("rebuild-state") {
                let task = RebuildTask(
                    log: log, envelope: envelope, writes: arguments.has("live"), arguments)
                return try await wiring.run(task, of: name)
            }
            return try await wiring.run(
                CompareTask(
                    log: log, envelope: envelope, bounds: bounds, options: options, arguments),
                of: name)
        }
    }

    /// The ends of the range.
    ///
    /// - Throws: `ConfigurationError` where nothing can lie between them.
    private static func bounds(
        _ arguments: Arguments, _ options: LogOptions
    ) throws(ConfigurationError) -> (from: ReplayRange.Bound?, to: ReplayRange.Bound?) {
        func offset(_ name: String) -> Int64? {
            arguments.value(name).flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil }
        }
        func bound(_ name: String) throws(ConfigurationError) -> ReplayRange.Bound? {
            if let offset = offset(name) { return .offset(offset) }
            return try options.moment(name).map { .time($0) }
        }
        switch (offset("from"), offset("to")) {
        case (nil, nil): _ = try options.range()
        case (let from?, let to?) where from >= to:
            throw ConfigurationError(
                specification.command, "--from is not before --to: no offset lies between them")
        default: break
        }
        return (try bound("from"), try bound("to"))
    }
}

/// Compares a stage's past with what stands in the topics.
private struct CompareTask: ReplayTask {
    let log: any EventLog
    let envelope: RecordEnvelope
    let bounds: (from: ReplayRange.Bound?, to: ReplayRange.Bound?)
    let options: LogOptions
    let arguments: Arguments

    init(
        log: any EventLog, envelope: RecordEnvelope,
        bounds: (from: ReplayRange.Bound?, to: ReplayRange.Bound?),
        options: LogOptions, _ arguments: Arguments
    ) {
        self.log = log
        self.envelope = envelope
        self.bounds = bounds
        self.options = options
        self.arguments = arguments
    }

    func run<S: Stage>(_ stage: S, reading inputs: [InputTopic]) async throws -> Int32 {
        let topics = inputs.map(\.topic.rawValue)
        let range = ReplayRange(
            from: bounds.from, to: bounds.to, tenant: try await options.tenant(in: log, topics),
            key: arguments.value("key"))
        try await checkOffset(in: topics)
        var options = ReplayRun<S>.Options(showsContent: arguments.has("show-content"))
        if let run = arguments.value("shadow") {
            options.shadow = try await ShadowTopics(of: run, in: log)
        }
        let run = ReplayRun(
            stage, reading: inputs, in: log, by: envelope, range, options)
        let report = try await run.run()
        await options.shadow?.close()
        if report.isEmpty { try await checkKey(in: topics) }
        if arguments.has("json") {
            Terminal.say(json: try RecordCodec.encode(report))
        } else {
            Terminal.say(report: report.text)
            for (topic, count) in (options.shadow?.written ?? [:]).sorted(by: { $0.key < $1.key }) {
                Terminal.say("\(count) records written to \(topic)")
            }
        }
        if arguments.has("live") { try await write(run.missing) }
        return report.exitCode
    }

    /// An offset that no input has yet names nothing.
    private func checkOffset(in topics: [String]) async throws {
        guard case .offset(let offset)? = bounds.from else { return }
        let end = try await LogNames(log).end(of: topics)
        guard offset >= end else { return }
        throw ConfigurationError(
            ReplayCommand.specification.command,
            "--from is \(offset), but the stage's inputs end at \(end)")
    }

    /// A key that no input has names nothing.
    private func checkKey(in topics: [String]) async throws {
        guard let key = arguments.value("key") else { return }
        for topic in topics {
            if try await LogNames(log).has(RecordTail.Filter(key: key), in: topic) { return }
        }
        throw ConfigurationError(
            ReplayCommand.specification.command, "--key is '\(key)', which no input has")
    }

    private func write(_ missing: [Record]) async throws {
        let topics = Dictionary(grouping: missing, by: \.topic).mapValues(\.count)
        let words = topics.sorted { $0.key < $1.key }.map { "\($0.value) to \($0.key)" }
        guard !missing.isEmpty else {
            return Terminal.complain("live: every output stands in its topic; nothing to write")
        }
        let sum = "\(missing.count) outputs that stand nowhere: " + words.joined(separator: ", ")
        guard arguments.has("yes") else {
            return Terminal.complain("live: would write \(sum); add --yes to do it")
        }
        Terminal.complain("live: writing \(sum)")
        try await LiveTopics.append(missing, to: log)
    }
}

/// Compares, and with --live --yes repairs, a stopped stage's state.
private struct RebuildTask: ReplayTask {
    let log: any EventLog
    let envelope: RecordEnvelope
    let writes: Bool
    let arguments: Arguments

    init(
        log: any EventLog, envelope: RecordEnvelope, writes: Bool, _ arguments: Arguments
    ) {
        self.log = log
        self.envelope = envelope
        self.writes = writes
        self.arguments = arguments
    }

    func run<S: Stage>(_ stage: S, reading inputs: [InputTopic]) async throws -> Int32 {
        let rebuild = StateRebuild(
            stage, reading: inputs, in: log, by: envelope)
        let isSure = writes && arguments.has("yes")
        let report = try await rebuild.run(writing: isSure, at: SystemClock.milliseconds())
        if arguments.has("json") {
            Terminal.say(json: try RecordCodec.encode(report))
        } else {
            Terminal.say(report: report.text)
        }
        let changes = report.different + report.missing
        if isSure {
            Terminal.complain("live: \(changes) pieces of state are stored as they were rebuilt")
        } else if writes {
            Terminal.complain(
                "live: would store \(changes) pieces of state and \(report.timers) timers; "
                    + "add --yes to do it")
        }
        return report.doubtful > 0 ? 3 : changes > 0 && !isSure ? 1 : 0
    }
}

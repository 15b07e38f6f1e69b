import Configuration
import Foundation
import Glibc

/// What `parley bench` does, in a sentence.
package let benchSummary =
    "Measures webhooks (ingest), the log (log), the ledger (ledger), what it takes to know a "
    + "repeat (repeats), sealing (seal), the desk (desk), searches (search), whole turns "
    + "(pipeline) and rest (idle)."

/// Runs `parley bench …` with the words after `bench`; answers the process's exit code.
///
/// - Throws: `ConfigurationError` for a wrong command line, and what a measurement met.
package func runBench(_ arguments: [String]) async throws -> Int32 {
    let rest = Array(arguments.dropFirst())
    let name = arguments.first ?? "--help"
    if ["--help", "-h"].contains(name) {
        say(Measurement.all.map { $0.line.usage }.joined(separator: "\n\n"))
        return 0
    }
    if name == IngestServer.command { return try await IngestServer.run(rest) }
    guard let measurement = Measurement.all.first(where: { $0.name == name }) else {
        throw ConfigurationError(
            "parley bench",
            "name what to measure: ingest (webhooks until the 200), log (append, read, commit), "
                + "ledger (accounting for a million messages), repeats (bytes it takes to know a "
                + "message again), restore (a stage's state on a new machine), views "
                + "(conversations as they are shown), console (its lists and searches where there "
                + "is much), seal (sealing and opening values), desk (agents' sockets and the "
                + "inbox), search (passages by meaning, and by all), pipeline "
                + "(customers' messages until their replies), idle (what an installation takes "
                + "while nobody writes)")
    }
    if rest.contains("--help") || rest.contains("-h") {
        say(measurement.line.usage)
        return 0
    }
    return try await measurement.run(rest)
}

private func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}

/// What a measurement found.
protocol BenchReport: Encodable {
    /// What it says to people.
    var lines: [String] { get }
    /// Whether all that was asked for came back, so that the figures mean something.
    var isSound: Bool { get }
}

extension BenchReport {
    var isSound: Bool { true }

    /// Says what was found; answers the process's exit code.
    func say(asJSON: Bool) throws -> Int32 {
        if asJSON {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            Bench.say(String(decoding: try encoder.encode(self), as: UTF8.self))
        } else {
            Bench.say(lines.joined(separator: "\n"))
        }
        return isSound ? 0 : 1
    }
}

/// A measurement with its command line.
private struct Measurement: Sendable {
    let name: String
    let line: ArgumentSpecification
    private let measure: @Sendable (Arguments) async throws -> any BenchReport

    private init(
        _ name: String, _ summary: String, _ options: [ArgumentSpecification.Option],
        measure: @escaping @Sendable (Arguments) async throws -> any BenchReport
    ) {
        self.name = name
        self.measure = measure
        let log = ArgumentSpecification.Option.option(
            "log", "URL", "sqlite:PATH or kafka:HOST:PORT (default: SQLite, removed after)")
        line = ArgumentSpecification(
            "parley bench \(name)", summary: summary,
            options: [log] + options + [.flag("json", "prints the figures as JSON")])
    }

    /// Runs it and says what it found; answers the process's exit code.
    func run(_ words: [String]) async throws -> Int32 {
        let arguments = try Arguments(words, line)
        return try await measure(arguments).say(asJSON: arguments.has("json"))
    }

    private static let seconds = ArgumentSpecification.Option.option(
        "seconds", "N", "how long each measurement lasts (default: 10)")

    static let all = [
        ingest, log, ledger, repeats, restore, views, console, seal, desk, search, pipeline,
        idle,
    ]

    private static let console = Measurement(
        "console", "Measures the console's lists and searches where there is much.",
        [
            .option("users", "N", "accounts (default: 100000)"),
            .option("tenants", "N", "businesses (default: 10000)"),
            .option("entries", "N", "entries of the audit log (default: 1000000)"),
        ]
    ) { arguments in
        var bench = ConsoleBench()
        bench.users = try arguments.integer("users", in: 1...10_000_000) ?? bench.users
        bench.tenants = try arguments.integer("tenants", in: 1...1_000_000) ?? bench.tenants
        bench.entries = try arguments.integer("entries", in: 1...100_000_000) ?? bench.entries
        return try await bench.run()
    }

    private static let desk = Measurement(
        "desk", "Measures how soon agents hear of what happens, and how soon their inbox opens.",
        [
            seconds, .option("agents", "N", "agents' sockets (default: 2000)"),
            .option("conversations", "N", "of one business (default: 100000)"),
            .option("rate", "N", "changes a second (default: 50)"),
        ]
    ) { arguments in
        var bench = DeskBench()
        bench.log = arguments.value("log")
        bench.seconds = try arguments.integer("seconds", in: 1...600) ?? bench.seconds
        bench.agents = try arguments.integer("agents", in: 1...4_000) ?? bench.agents
        bench.conversations =
            try arguments.integer("conversations", in: 1...10_000_000) ?? bench.conversations
        bench.rate = try arguments.integer("rate", in: 1...1_000) ?? bench.rate
        return try await bench.run()
    }

    private static let search = Measurement(
        "search",
        "Measures how soon the nearest vectors and the best passages are found, on one thread.",
        [
            .option("vectors", "N", "how many (default: 100000, then 600000)"),
            .option("passages", "N", "of the search by words and meaning (default: 10000)"),
            .option("python", "FILE", "a Python with numpy, and faiss-cpu or hnswlib to compare"),
            .option(
                "index", "FILE",
                "measures only one process with such passages, which makes this file of an index "
                    + "or, where there is one, uses it"),
        ]
    ) { arguments in
        var bench = SearchBench()
        let counts = try arguments.integer("vectors", in: 100...2_000_000)
        bench.counts = counts.map { [$0] } ?? bench.counts
        bench.passages = try arguments.integer("passages", in: 0...200_000) ?? bench.passages
        bench.python = arguments.value("python")
        bench.index = arguments.value("index")
        return try await bench.run()
    }

    private static let views = Measurement(
        "views", "Measures how soon views of conversations and figures are built from the log.",
        [.option("messages", "N", "answered messages to show (default: 200000)")]
    ) { arguments in
        var bench = ViewsBench()
        bench.log = arguments.value("log")
        bench.messages =
            try arguments.integer("messages", in: 1...10_000_000) ?? bench.messages
        return try await bench.run()
    }

    private static let seal = Measurement(
        "seal", "Measures what sealing and opening a value takes, beside its JSON.",
        [.option("count", "N", "values in each measurement (default: 100000)")]
    ) { arguments in
        var bench = SealBench()
        bench.count = try arguments.integer("count", in: 1...10_000_000) ?? bench.count
        return try bench.run()
    }

    private static let ingest = Measurement(
        "ingest", "Measures signed webhooks a second and the time until their 200.",
        [
            seconds, .option("connections", "N", "kept-alive connections (default: 64)"),
            .flag("baseline", "only the server without signature, JSON and log"),
        ]
    ) { arguments in
        var bench = IngestBench()
        bench.log = arguments.value("log")
        bench.seconds = try arguments.integer("seconds", in: 1...600) ?? bench.seconds
        bench.connections =
            try arguments.integer("connections", in: 1...4_000) ?? bench.connections
        bench.baselineOnly = arguments.has("baseline")
        return try await bench.run()
    }

    private static let log = Measurement(
        "log", "Measures appending, reading, committing and waking on a log.", [seconds]
    ) { arguments in
        var bench = LogBench()
        bench.log = arguments.value("log")
        bench.seconds = try arguments.integer("seconds", in: 1...600) ?? bench.seconds
        return try await bench.run()
    }

    private static let ledger = Measurement(
        "ledger", "Measures how long accounting for many messages takes.",
        [.option("messages", "N", "messages to account for (default: 1000000)")]
    ) { arguments in
        var bench = LedgerBench()
        bench.log = arguments.value("log")
        bench.messages =
            try arguments.integer("messages", in: 1...10_000_000) ?? bench.messages
        return try await bench.run()
    }

    private static let repeats = Measurement(
        "repeats",
        "Measures the bytes that a stage remembers of each message, to know a repeat.",
        [.option("messages", "N", "messages to remember (default: 200000)")]
    ) { arguments in
        var bench = RepeatsBench()
        bench.log = arguments.value("log")
        bench.messages =
            try arguments.integer("messages", in: 1...10_000_000) ?? bench.messages
        return try await bench.run()
    }

    private static let restore = Measurement(
        "restore", "Measures how soon a new machine has the state of a stage.",
        [.option("pieces", "N", "pieces of state to restore (default: 1000000)")]
    ) { arguments in
        var bench = RestoreBench()
        bench.log = arguments.value("log")
        bench.pieces = try arguments.integer("pieces", in: 1...10_000_000) ?? bench.pieces
        return try await bench.run()
    }

    private static let idle = Measurement(
        "idle", "Measures what an installation takes while nobody writes, and its start.",
        [.option("seconds", "N", "how long it is looked at (default: 20)")]
    ) { arguments in
        var bench = IdleBench()
        bench.log = arguments.value("log")
        bench.seconds = try arguments.integer("seconds", in: 1...600) ?? bench.seconds
        return try await bench.run()
    }

    private static let pipeline = Measurement(
        "pipeline", "Measures a whole installation, from a customer's message to its reply.",
        [seconds, .option("concurrency", "K", "conversations at once (default: 768)")]
    ) { arguments in
        var bench = PipelineBench()
        bench.log = arguments.value("log")
        bench.seconds = try arguments.integer("seconds", in: 1...600) ?? bench.seconds
        bench.concurrency =
            try arguments.integer("concurrency", in: 1...1_000) ?? bench.concurrency
        return try await bench.run()
    }
}

import Configuration
import Foundation
import Glibc

/// What `parley bench` does, in a sentence.
package let benchSummary =
    "Measures webhooks (ingest), the log (log), the ledger (ledger), what it takes to know a "
    + "repeat (repeats) and whole turns (pipeline)."

/// Runs `parley bench …` with the words after `bench`; answers the process's exit code.
///
/// - Throws: `ConfigurationError` for a wrong command line, and what a measurement met.
package func runBench(_ arguments: [String]) async throws -> Int32 {
    let rest = Array(arguments.dropFirst())
    switch arguments.first {
    case "ingest": return try await BenchCommand.ingest(rest)
    case "log": return try await BenchCommand.log(rest)
    case "ledger": return try await BenchCommand.ledger(rest)
    case "repeats": return try await BenchCommand.repeats(rest)
    case "pipeline": return try await BenchCommand.pipeline(rest)
    case "--help", "-h", nil:
        FileHandle.standardOutput.write(Data((BenchCommand.usage + "\n").utf8))
        return 0
    case IngestServer.command: return try await IngestServer.run(rest)
    default:
        throw ConfigurationError(
            "parley bench",
            "name what to measure: ingest (webhooks until the 200), log (append, read, commit), "
                + "ledger (accounting for a million messages), repeats (bytes it takes to know a "
                + "message again), pipeline (customers' messages until their replies)")
    }
}

/// The command lines of the measurements.
enum BenchCommand {
    static let options: [ArgumentSpecification.Option] = [
        .option("log", "URL", "sqlite:PATH or kafka:HOST:PORT (default: SQLite, removed after)"),
        .option("seconds", "N", "how long each measurement lasts (default: 10)"),
        .flag("json", "prints the figures as JSON"),
    ]

    static let ingestLine = ArgumentSpecification(
        "parley bench ingest",
        summary: "Measures signed webhooks a second and the time until their 200.",
        options: options + [
            .option("connections", "N", "kept-alive connections (default: 64)"),
            .flag("baseline", "only the server without signature, JSON and log"),
        ])
    static let logLine = ArgumentSpecification(
        "parley bench log",
        summary: "Measures appending, reading, committing and waking on a log.",
        options: options)
    static let ledgerLine = ArgumentSpecification(
        "parley bench ledger",
        summary: "Measures how long accounting for many messages takes.",
        options: [
            options[0], .option("messages", "N", "messages to account for (default: 1000000)"),
            options[2],
        ])
    static let repeatsLine = ArgumentSpecification(
        "parley bench repeats",
        summary: "Measures the bytes that a stage remembers of each message, to know a repeat.",
        options: [
            options[0], .option("messages", "N", "messages to remember (default: 200000)"),
            options[2],
        ])
    static let pipelineLine = ArgumentSpecification(
        "parley bench pipeline",
        summary: "Measures a whole installation, from a customer's message to its reply.",
        options: options + [
            .option("concurrency", "K", "conversations at once (default: 64)")
        ])
    static var usage: String {
        [ingestLine.usage, logLine.usage, ledgerLine.usage, repeatsLine.usage, pipelineLine.usage]
            .joined(separator: "\n\n")
    }

    static func ingest(_ line: [String]) async throws -> Int32 {
        let arguments = try Arguments(line, ingestLine)
        var bench = IngestBench()
        bench.log = arguments.value("log")
        bench.seconds = try arguments.integer("seconds", in: 1...600) ?? bench.seconds
        bench.connections =
            try arguments.integer("connections", in: 1...4_000) ?? bench.connections
        bench.baselineOnly = arguments.has("baseline")
        let report = try await bench.run()
        try say(report.lines, report, asJSON: arguments.has("json"))
        return report.isSound ? 0 : 1
    }

    static func log(_ line: [String]) async throws -> Int32 {
        let arguments = try Arguments(line, logLine)
        var bench = LogBench()
        bench.log = arguments.value("log")
        bench.seconds = try arguments.integer("seconds", in: 1...600) ?? bench.seconds
        let report = try await bench.run()
        try say(report.lines, report, asJSON: arguments.has("json"))
        return 0
    }

    static func ledger(_ line: [String]) async throws -> Int32 {
        let arguments = try Arguments(line, ledgerLine)
        var bench = LedgerBench()
        bench.log = arguments.value("log")
        bench.messages =
            try arguments.integer("messages", in: 1...10_000_000) ?? bench.messages
        let report = try await bench.run()
        try say(report.lines, report, asJSON: arguments.has("json"))
        return 0
    }

    static func repeats(_ line: [String]) async throws -> Int32 {
        let arguments = try Arguments(line, repeatsLine)
        var bench = RepeatsBench()
        bench.log = arguments.value("log")
        bench.messages =
            try arguments.integer("messages", in: 1...10_000_000) ?? bench.messages
        let report = try await bench.run()
        try say(report.lines, report, asJSON: arguments.has("json"))
        return 0
    }

    static func pipeline(_ line: [String]) async throws -> Int32 {
        let arguments = try Arguments(line, pipelineLine)
        var bench = PipelineBench()
        bench.log = arguments.value("log")
        bench.seconds = try arguments.integer("seconds", in: 1...600) ?? bench.seconds
        bench.concurrency =
            try arguments.integer("concurrency", in: 1...1_000) ?? bench.concurrency
        let report = try await bench.run()
        try say(report.lines, report, asJSON: arguments.has("json"))
        return report.isSound ? 0 : 1
    }

    private static func say(
        _ lines: [String], _ report: some Encodable, asJSON: Bool
    ) throws {
        var text = lines.map { $0 + "\n" }.joined()
        if asJSON {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
            text = String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
        }
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}

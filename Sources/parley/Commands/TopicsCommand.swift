import Configuration
import Conversation
import Operations

/// Lists the log's topics.
enum TopicsCommand: Command {
    static let specification = ArgumentSpecification(
        "parley topics", summary: "Lists the log's topics with their records and clean-up.",
        options: [
            .flag("partitions", "shows each partition's offsets"), .flag("json", "prints JSON"),
        ] + LogOptions.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        try await LogOptions(specification.command, arguments).withLog { log in
            let report = try await TopicReport(of: log)
            if arguments.has("json") {
                Terminal.say(json: try RecordCodec.encode(report))
            } else {
                Terminal.say(
                    report: report.text(partitions: arguments.has("partitions")), heading: true)
            }
            return 0
        }
    }
}

/// Tells how far each stage is behind.
enum LagCommand: Command {
    static let specification = ArgumentSpecification(
        "parley lag", summary: "Tells how far each stage is behind, in records and in time.",
        options: [
            .flag("partitions", "shows each partition"), .flag("json", "prints JSON"),
        ] + LogOptions.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        try await LogOptions(specification.command, arguments).withLog { log in
            let report = try await LagReport(of: log, at: SystemClock.milliseconds())
            if arguments.has("json") {
                Terminal.say(json: try RecordCodec.encode(report))
            } else {
                Terminal.say(
                    report: report.text(partitions: arguments.has("partitions")), heading: true)
            }
            guard report.rows.isEmpty else { return 0 }
            // Nothing known is not all well.
            Terminal.complain(
                "no stage has committed a position in this log: none has handled anything yet, or "
                    + "it is another pipeline's log")
            return 1
        }
    }
}

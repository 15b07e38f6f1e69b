import Configuration
import EventLog
import Operations

/// Shows a topic's records.
enum TailCommand: Command {
    static let specification = ArgumentSpecification(
        "parley tail", words: "TOPIC",
        summary: "Shows a topic's last records, and with --follow those that come.",
        options: [
            .flag("follow", "goes on with what comes"),
            .option("from", "TIME", "from then on, or `beginning`, instead of the last 10 records"),
            .option("tenant", "ID", "only this tenant's"),
            .option("key", "KEY", "only this key's: a conversation"),
            .option("type", "TYPE", "only records of this type, such as `delivery`"),
            .flag("content", "shows what the records hold: personal content"),
            .flag("json", "prints a JSON object a line"),
        ] + LogOptions.options)

    /// Records shown where no start is named, as `tail` does.
    private static let standardCount: Int64 = 10

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 1 else {
            throw ConfigurationError(
                specification.command, "name one topic; `parley topics` lists them")
        }
        let options = LogOptions(specification.command, arguments)
        let start: RecordTail.Start
        if arguments.value("from") == "beginning" {
            start = .beginning
        } else {
            start = try options.range().from.map { .time($0) } ?? .last(standardCount)
        }
        let topic = arguments.words[0]
        let content = arguments.has("content")
        let asJSON = arguments.has("json")
        return try await options.withRecords { log, envelope, _ in
            let filter = RecordTail.Filter(
                tenant: try await options.tenant(in: log, [topic]),
                key: arguments.value("key"), type: arguments.value("type"))
            try await check(filter, topic, log, follows: arguments.has("follow"))
            let lines = RecordLine(envelope)
            try await RecordTail(log, topic: topic).read(
                filter, from: start, follow: arguments.has("follow")
            ) { record in
                // A record whose line cannot be written as JSON is shown as text.
                let json = asJSON ? try? lines.json(record, content: content) : nil
                if let json {
                    Terminal.say(json: Array(json.utf8))
                } else {
                    Terminal.say("\(lines.text(record, content: content))")
                }
                return true
            }
            return 0
        }
    }

    /// Tells of a key or a type that no record has: an error, but for one who waits for the first.
    private static func check(
        _ filter: RecordTail.Filter, _ topic: String, _ log: any EventLog, follows: Bool
    ) async throws {
        for (name, value, single) in [
            ("key", filter.key, RecordTail.Filter(key: filter.key)),
            ("type", filter.type, RecordTail.Filter(type: filter.type)),
        ] {
            guard let value, try await !LogNames(log).has(single, in: topic) else { continue }
            // A topic that does not exist is reported by reading it.
            guard try await log.describeTopics().contains(where: { $0.name == topic }) else {
                return
            }
            let problem = "no record of \(topic) has the \(name) '\(value)'"
            guard follows else { throw ConfigurationError(specification.command, problem) }
            Terminal.complain("\(specification.command): \(problem) yet")
        }
    }
}

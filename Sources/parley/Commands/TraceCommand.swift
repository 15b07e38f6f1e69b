import Configuration
import Conversation
import Operations

/// Tells the whole story of one message.
enum TraceCommand: Command {
    static let specification = ArgumentSpecification(
        "parley trace", words: "MESSAGE-ID",
        summary: "Tells what became of a message: every stage, call, send and status, with times.",
        options: [
            .flag("content", "shows what people wrote"), .flag("json", "prints JSON"),
        ] + LogOptions.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 1 else {
            throw ConfigurationError(
                specification.command, "name one message (its wamid) or one record's id")
        }
        let id = arguments.words[0]
        let options = LogOptions(specification.command, arguments)
        return try await options.withRecords { log, envelope, keys in
            let trace = MessageTrace(log, by: envelope, keys: keys)
            let story = try await trace.story(
                of: id, content: arguments.has("content"), at: SystemClock.milliseconds())
            guard let story else {
                Terminal.complain("parley: the log holds no record with the id \(id)")
                return 1
            }
            guard !arguments.has("json") else {
                Terminal.say(json: try RecordCodec.encode(story))
                return 0
            }
            Terminal.say("message \(story.message)  tenant \(story.tenant)  key \(story.key)")
            Terminal.say(report: TraceText.render(story.trees))
            if story.isCut { Terminal.say("… the conversation holds more records than are shown") }
            return 0
        }
    }
}

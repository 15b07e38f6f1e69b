import Configuration
import Conversation

/// Tells which Parley this is.
enum VersionCommand: Command {
    static let specification = ArgumentSpecification(
        "parley version", summary: "Tells the program's version.",
        options: [.flag("json", "prints JSON")])

    static func run(_ arguments: Arguments) async throws -> Int32 {
        if arguments.has("json") {
            Terminal.say(json: try RecordCodec.encode(["version": Parley.version]))
        } else {
            Terminal.say("parley \(Parley.version)")
        }
        return 0
    }
}

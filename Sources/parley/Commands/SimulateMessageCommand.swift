import Configuration
import Conversation
import EventLog
import FoundationEssentials
import HTTPClient
import StageRuntime

/// Writes to a business as a simulated customer and prints what comes back.
enum SimulateMessageCommand: Command {
    static let specification = ArgumentSpecification(
        "parley simulate message",
        summary: "Writes to a business as a simulated customer and prints the reply.",
        options: [
            .option("text", "TEXT", "what the customer writes"),
            .option("from", "PHONE", "the customer's phone (default: +34600111222)"),
            .option("name", "NAME", "the customer's profile name"),
            .option("business", "NAME", "the business (default: the only one, or the demo's)"),
            .option("wait", "SECONDS", "how long to wait for the reply (default: 30)"),
            .option("data", "DIR", "the data folder (default: $PARLEY_DATA, else .parley)"),
            .flag("json", "prints the reply with its citations and provenance as JSON"),
        ])

    private struct Written: Decodable {
        var wamid: String
        var cursor: Int
    }

    struct Seen: Decodable {
        struct Message: Codable {
            var wamid: String
            var type: String
            var text: String?
            var callback_data: String?
        }
        var messages: [Message]
    }

    private struct Business: Decodable {
        var name: String
    }

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard let text = arguments.value("text") else {
            throw ConfigurationError("parley simulate message", "--text is missing")
        }
        let wait = try arguments.integer("wait", in: 1...600) ?? 30
        let from = arguments.value("from") ?? "+34600111222"
        let data = try DataFolder.named(arguments)
        let running = try RunFile.read(from: data)
        guard let url = running.simulator else {
            throw ConfigurationError("parley simulate", "this installation runs no simulator")
        }
        let simulator = APIClient("simulator", base: url, over: try HTTPClient())
        let business = try await business(
            arguments.value("business"), simulator, demo: running.demo)
        let body = try APIClient.json(
            ["business": business, "from": from, "text": text].merging(
                arguments.value("name").map { ["name": $0] } ?? [:]
            ) { $1 })
        let written = try await simulator.call(
            .post, "/api/v1/messages", body: body, as: Written.self)
        let reply = try await reply(
            to: written, from: from, business, within: wait, simulator)
        guard let reply else {
            Terminal.complain(
                "parley: no reply came within \(wait) s; the conversation may wait for a person "
                    + "(`parley handoff list`), else look at the log files in \(data.logs)")
            return 1
        }
        guard arguments.has("json") else {
            Terminal.say(lines(reply))
            return 0
        }
        let json = try await ReplyReport.make(
            reply, to: WhatsAppMessageID(written.wamid), log: running.log, data: data,
            keys: CommandKeys.folder(named: nil, data))
        Terminal.say(json: json)
        return 0
    }

    /// A reply for people, with the lines that it has: nothing else is printed with it.
    static func lines(_ reply: Seen.Message) -> [TerminalLine] {
        reply.text.map { TerminalLine.lines(of: $0) } ?? ["[\(reply.type)]"]
    }

    private static func reply(
        to written: Written, from: String, _ business: String, within wait: Int,
        _ simulator: APIClient
    ) async throws -> Seen.Message? {
        let deadline = ContinuousClock.now + .seconds(wait)
        let path =
            "/api/v1/conversations/\(APIClient.escaped(business))/\(APIClient.escaped(from))"
        while ContinuousClock.now < deadline {
            let left = deadline - ContinuousClock.now
            let seconds = max(1, min(30, left.components.seconds))
            let seen = try await simulator.call(
                .get, "\(path)?after=\(written.cursor)&wait=\(seconds)",
                timeout: .seconds(seconds + 10), as: Seen.self)
            if let first = seen.messages.first { return first }
        }
        return nil
    }

    private static func business(
        _ name: String?, _ simulator: APIClient, demo: String?
    ) async throws -> String {
        if let name { return name }
        let known = try await simulator.call(.get, "/api/v1/businesses", as: [Business].self)
        return try chosen(of: known.map(\.name), demo: demo)
    }

    /// The business that is meant where none is named: the only one, or the demo's.
    static func chosen(of names: [String], demo: String?) throws(ConfigurationError) -> String {
        if let only = names.first, names.count == 1 { return only }
        if let demo, names.contains(demo) { return demo }
        throw ConfigurationError(
            "parley simulate message",
            names.isEmpty
                ? "the simulator has no business yet; `parley simulate business NAME` makes one"
                : "name a --business: \(names.joined(separator: ", "))")
    }
}

extension DataFolder {
    /// The folder that `--data` names, else the standard one.
    static func named(_ arguments: Arguments) throws(ConfigurationError) -> DataFolder {
        arguments.value("data").map { DataFolder(path: $0) }
            ?? .standard(ProcessInfo.processInfo.environment)
    }
}

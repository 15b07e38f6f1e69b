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
        let simulator = APIClient(base: url, over: try HTTPClient())
        let business = try await business(arguments.value("business"), simulator)
        let body = try APIClient.json(
            ["business": business, "from": from, "text": text].merging(
                arguments.value("name").map { ["name": $0] } ?? [:]
            ) { $1 })
        let written = try await simulator.call(
            .post, "/simulator/messages", body: body, as: Written.self)
        let reply = try await reply(
            to: written, from: from, business, within: wait, simulator)
        guard let reply else {
            Terminal.complain(
                "parley: no reply came within \(wait) s; look at the log files in \(data.logs)")
            return 1
        }
        guard arguments.has("json") else {
            Terminal.say(reply.text ?? "[\(reply.type)]")
            return 0
        }
        let json = try await ReplyReport.make(
            reply, to: MessageID(written.wamid), log: running.log, data: data)
        Terminal.say(json)
        return 0
    }

    private static func reply(
        to written: Written, from: String, _ business: String, within wait: Int,
        _ simulator: APIClient
    ) async throws -> Seen.Message? {
        let deadline = ContinuousClock.now + .seconds(wait)
        let path =
            "/simulator/conversations/\(APIClient.escaped(business))/\(APIClient.escaped(from))"
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

    private static func business(_ name: String?, _ simulator: APIClient) async throws -> String {
        if let name { return name }
        let known = try await simulator.call(.get, "/simulator/businesses", as: [Business].self)
        guard known.count == 1, let only = known.first else {
            let names = known.map(\.name).joined(separator: ", ")
            throw ConfigurationError("parley simulate", "name a --business: \(names)")
        }
        return only.name
    }
}

extension DataFolder {
    /// The folder that `--data` names, else the standard one.
    static func named(_ arguments: Arguments) throws(ConfigurationError) -> DataFolder {
        arguments.value("data").map { DataFolder(path: $0) }
            ?? .standard(ProcessInfo.processInfo.environment)
    }
}

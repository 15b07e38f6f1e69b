import Configuration
import Conversation
import FoundationEssentials
import HTTPClient
import JSON
import Lifecycle
import Simulator

/// Runs the simulator; `up` starts it as a child.
enum SimulateServeCommand: Command {
    static let specification = ArgumentSpecification(
        "parley simulate serve", summary: "Runs the WhatsApp simulator alone.",
        options: [
            .option("port", "N", "the port (default: 8702)"),
            .option("data", "DIR", "the data folder (default: $PARLEY_DATA, else .parley)"),
        ])

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let data = try DataFolder.named(arguments)
        var configuration = SimulatorConfiguration()
        configuration.port = try arguments.integer("port", in: 0...65_535) ?? 8_702
        configuration.dataDirectory = data.simulator
        let signals = TerminationSignals()
        let supervisor = ParentWatch(environment: ProcessInfo.processInfo.environment)
        let simulator = try Simulator(configuration)
        let port = try simulator.start()
        if let supervisor {
            supervisor.reportReady()
        } else {
            Terminal.say("ready: simulator \(Addresses.url(configuration.host, port))")
        }
        let result = await ServiceGroup(
            [ClosureService("simulator") { try await simulator.run() }],
            drainLimit: .seconds(2), signals: signals
        ).run()
        return result.exitCode
    }
}

/// Tells the simulator of a business.
enum SimulateBusinessCommand: Command {
    static let specification = ArgumentSpecification(
        "parley simulate business", words: "NAME",
        summary: "Registers a business with the simulator and prints its made-up secrets.",
        options: [
            .option("number", "ID", "its phone_number_id (default: made up from the name)"),
            .option("account", "ID", "its WhatsApp business account (default: made up)"),
            .option("webhook", "URL", "where its webhooks go (default: this installation's)"),
            .option("data", "DIR", "the data folder (default: $PARLEY_DATA, else .parley)"),
        ])

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 1 else {
            throw ConfigurationError("parley simulate business", "name one business")
        }
        let access = try SimulatorAccess.open(arguments)
        let (simulator, running) = (access.client, access.running)
        var body = ["name": arguments.words[0]]
        body["number_id"] = arguments.value("number")
        body["account_id"] = arguments.value("account")
        body["webhook_url"] = arguments.value("webhook") ?? running.webhook
        Terminal.say(
            json: try await simulator.send(
                .post, "/api/v1/businesses", body: try APIClient.json(body)))
        return 0
    }
}

/// Lets the simulated WhatsApp tell of a business's account.
enum SimulateNewsCommand: Command {
    static let specification = ArgumentSpecification(
        "parley simulate news", words: "FIELD VALUE",
        summary: "Tells of a business's account, or of a customer's wish, as WhatsApp would: "
            + "a webhook's field, and its value as JSON.",
        options: [
            .option("business", "NAME", "the business (default: demo)"),
            .option("data", "DIR", "the data folder (default: $PARLEY_DATA, else .parley)"),
        ])

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 2 else {
            throw ConfigurationError(
                specification.command,
                "give a field and its value, such as "
                    + #"account_update '{"event":"ACCOUNT_VIOLATION"}'"#)
        }
        let (field, value) = (arguments.words[0], arguments.words[1])
        // What is no JSON is no object either.
        guard let root = try? JSONTape(Array(value.utf8)).root, root.isObject else {
            throw ConfigurationError(specification.command, "the value is no JSON object")
        }
        let body =
            "{\"business\":\(JSONString.quoted(arguments.value("business") ?? "demo"))"
            + ",\"field\":\(JSONString.quoted(field)),\"value\":\(value)}"
        try await SimulatorAccess.open(arguments).client.send(
            .post, "/api/v1/news", body: Array(body.utf8))
        Terminal.say("told")
        return 0
    }
}

/// Makes the simulated WhatsApp misbehave.
enum SimulateFaultCommand: Command {
    static let specification = ArgumentSpecification(
        "parley simulate fault", words: "[KIND|clear]",
        summary: "Makes the simulator misbehave, or behave again; without a kind, lists them.",
        options: [
            .flag("json", "prints JSON"),
            .option("business", "NAME", "for one business only"),
            .option("count", "N", "how often (default: once)"),
            .option("probability", "P", "how likely, from 0 to 1, until it is cleared"),
            .option("milliseconds", "N", "how long, for delays"),
            .option("code", "N", "the error code, for refusals"),
            .option("data", "DIR", "the data folder (default: $PARLEY_DATA, else .parley)"),
        ])

    private struct Body: Encodable {
        var kind: String
        var business: String?
        var count: Int?
        var probability: Double?
        var milliseconds: Int?
        var code: Int?
    }

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard let word = arguments.words.first else {
            if arguments.has("json") {
                Terminal.say(json: try RecordCodec.encode(FaultKind.allCases.map(Kind.init)))
            } else {
                Terminal.say(kinds)
            }
            return 0
        }
        guard arguments.words.count == 1 else {
            throw ConfigurationError("parley simulate fault", "name one kind, or `clear`")
        }
        guard word != "clear" else {
            try await SimulatorAccess.open(arguments).client.send(.delete, "/api/v1/faults")
            Terminal.say("the simulator behaves again")
            return 0
        }
        let kind = try kind(word)
        let simulator = try SimulatorAccess.open(arguments).client
        var body = Body(kind: kind.rawValue, business: arguments.value("business"))
        body.count = try arguments.integer("count", in: 1...1_000_000)
        body.milliseconds = try arguments.integer("milliseconds", in: 0...600_000)
        body.code = try arguments.integer("code", in: 0...10_000_000)
        if let text = arguments.value("probability") {
            guard let probability = Double(text), (0...1).contains(probability) else {
                throw ConfigurationError("--probability", "should be a number from 0 to 1")
            }
            body.probability = probability
        }
        let answer = try await simulator.send(
            .post, "/api/v1/faults", body: try APIClient.json(body))
        if arguments.has("json") {
            Terminal.say(json: answer)
        } else {
            let often =
                arguments.value("count").map { "\($0) times" }
                ?? arguments.value("probability").map { "with probability \($0)" } ?? "once"
            Terminal.say("the simulator \(kind.summary), \(often)")
        }
        return 0
    }

    private struct Kind: Encodable {
        var kind: String
        var summary: String

        init(_ kind: FaultKind) {
            self.kind = kind.rawValue
            summary = kind.summary
        }
    }

    /// All kinds and what they do.
    static var kinds: [TerminalLine] {
        TextTable.lines(
            FaultKind.allCases.map { [$0.rawValue, $0.summary] }, under: ["KIND", "WHAT"])
    }

    /// The kind of that name.
    ///
    /// - Throws: `ConfigurationError` with the kinds, and the one that was probably meant.
    static func kind(_ word: String) throws(ConfigurationError) -> FaultKind {
        if let kind = FaultKind(rawValue: word) { return kind }
        let names = FaultKind.allCases.map(\.rawValue) + ["clear"]
        let hint = Spelling.nearest(word, among: names).map { "; did you mean \($0)?" } ?? ""
        throw ConfigurationError(
            specification.command,
            "there is no fault '\(word)'\(hint)\nthere are: \(names.joined(separator: ", "))")
    }
}

/// The way to a running installation's simulator.
enum SimulatorAccess {
    static func open(_ arguments: Arguments) throws -> (client: APIClient, running: RunFile) {
        let running = try RunFile.read(from: try DataFolder.named(arguments))
        guard let url = running.simulator else {
            throw ConfigurationError("parley simulate", "this installation runs no simulator")
        }
        return (APIClient("simulator", base: url, over: try HTTPClient()), running)
    }
}

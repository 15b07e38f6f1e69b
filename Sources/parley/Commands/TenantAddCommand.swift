import Configuration
import Console
import Conversation
import FoundationEssentials
import HTTPClient

/// Connects a business.
enum TenantAddCommand: Command {
    static let specification = ArgumentSpecification(
        "parley tenant add", words: "ID",
        summary: "Connects a business; secrets come from files or a prompt, never as arguments.",
        options: [
            .option("name", "NAME", "the business's name, as customers know it"),
            .option("about", "TEXT", "what the business does, in a sentence"),
            .option("account", "ID", "the WhatsApp business account's id"),
            .option("number", "ID[=DISPLAY]", "a phone_number_id (may repeat)", repeats: true),
            .option("app-secret-file", "FILE", "the app's secret, which signs webhooks"),
            .option("verify-token-file", "FILE", "the token that Meta shows to verify the webhook"),
            .option("access-token-file", "FILE", "the token that sends"),
            .option("graph-url", "URL", "the Graph API (default: Meta's own)"),
            .option("graph-version", "VERSION", "its version, such as v26.0"),
            .option("model-url", "URL", "a chat model of its own: the server's base URL"),
            .option("model", "NAME", "that model's name"),
            .option("model-key-file", "FILE", "that server's key"),
            .flag("model-sees-images", "shows customers' pictures to that model"),
            .option(
                "tokens-per-day", "N",
                "the most tokens that answers by a model may cost in a day (UTC); then the "
                    + "built-in answerer answers"),
            .option("turn-time", "MILLISECONDS", "how long a model has for a turn"),
            .option(
                "rerank", "WORD",
                "on: the server of --rerank-url puts passages in another order (see first whether "
                    + "that helps: parley eval retrieval --rerank-url); off"),
            .option("burst-pause", "MILLISECONDS", "how long the bot waits for more of a burst"),
            .option("service-level", "SECONDS", "how long a handoff may wait"),
            .option(
                "phone-claim", "SECONDS",
                "how long the bot is silent after an answer from the business's phone "
                    + "(default: 3600; 0: not at all)"),
            .option("unknown-outcome", "WORD", "atMostOnce (default) or atLeastOnce"),
            .option("message-retention", "DAYS", "how long messages are kept (default: 400)"),
            .option(
                "reopen-template", "NAME=LANGUAGE",
                "a template that asks to write again, once the 24 hours closed over a message"),
            .option(
                "groups", "WORD",
                "shown (default), or declined: what is written in groups is not taken in"),
            .flag("replace", "changes a tenant that is there; what is not given stays"),
            .option(
                "without", "NAME", "with --replace: takes a setting away (may repeat)",
                repeats: true),
        ] + ConsoleClient.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 1 else {
            throw ConfigurationError(
                "parley tenant add", "name the tenant: lower-case letters, digits and dashes")
        }
        let id = arguments.words[0]
        let console = try ConsoleClient(arguments)
        let request = try request(id, arguments)
        let body = try RecordCodec.encode(request)
        let tenant =
            if arguments.has("replace") {
                try await console.call(
                    .put, ConsoleClient.path("tenants", id), body: body, as: TenantListing.self)
            } else {
                try await console.call(
                    .post, ConsoleClient.path("tenants"), body: body, as: TenantListing.self)
            }
        Terminal.say("\(tenant.id) is connected; its webhook is /webhook/\(tenant.id)")
        return 0
    }

    /// The settings to take away, as their options are called.
    private static let removable = [
        "about": "about", "model": "model", "burst-pause": "burstPauseMilliseconds",
        "service-level": "handoffServiceLevelSeconds", "phone-claim": "phoneClaimSeconds",
        "unknown-outcome": "unknownOutcome", "message-retention": "messageRetentionDays",
        "reopen-template": "reopening", "groups": "groups", "tokens-per-day": "tokensPerDay",
        "turn-time": "turnMilliseconds", "rerank": "reranks",
    ]

    private static func without(_ arguments: Arguments) throws(ConfigurationError) -> [String]? {
        let names = arguments.all("without")
        guard !names.isEmpty else { return nil }
        var fields: [String] = []
        for name in names {
            guard arguments.has("replace"), let field = removable[name] else {
                throw ConfigurationError(
                    "--without \(name)",
                    "goes with --replace and names one of "
                        + removable.keys.sorted().joined(separator: ", "))
            }
            fields.append(field)
        }
        return fields
    }

    private static func request(
        _ id: String, _ arguments: Arguments
    ) throws(ConfigurationError) -> TenantRequest {
        var request = TenantRequest()
        request.id = id
        request.name = arguments.value("name")
        request.about = arguments.value("about")
        request.account = arguments.value("account")
        let numbers = arguments.all("number").map { number in
            let parts = number.split(separator: "=", maxSplits: 1).map(String.init)
            return TenantRequest.Number(
                id: parts.first, display: parts.count > 1 ? parts[1] : nil)
        }
        request.numbers = numbers.isEmpty && arguments.has("replace") ? nil : numbers
        request.without = try without(arguments)
        request.graphURL = arguments.value("graph-url")
        request.graphVersion = arguments.value("graph-version")
        if let word = arguments.value("rerank") {
            guard ["on", "off"].contains(word) else {
                throw ConfigurationError("--rerank", "is '\(word)', but should be on or off")
            }
            request.reranks = word == "on"
        }
        request.tokensPerDay = try arguments.integer("tokens-per-day", in: 0...1_000_000_000)
        request.turnMilliseconds = try arguments.integer("turn-time", in: 1_000...600_000)
        request.burstPauseMilliseconds = try arguments.integer("burst-pause", in: 0...60_000)
        request.handoffServiceLevelSeconds = try arguments.integer(
            "service-level", in: 1...604_800)
        request.phoneClaimSeconds = try arguments.integer(
            "phone-claim", in: 0...TenantSettings.longestPhoneClaimSeconds)
        request.unknownOutcome = arguments.value("unknown-outcome")
        request.groups = arguments.value("groups")
        request.messageRetentionDays = try arguments.integer(
            "message-retention", in: 1...TenantSettings.longestMessageDays)
        if let wish = arguments.value("reopen-template") {
            let parts = wish.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw ConfigurationError("--reopen-template", "is a name and a language: hello=en")
            }
            request.reopening = .init(template: parts[0], language: parts[1])
        }
        let isNew = !arguments.has("replace")
        func secret(_ name: String, isNeeded: Bool) throws(ConfigurationError) -> String? {
            if let file = arguments.value("\(name)-file") { return try Secret.read(file) }
            return isNeeded ? try Secret.ask(name) : nil
        }
        request.appSecret = try secret("app-secret", isNeeded: isNew)
        request.verifyToken = try secret("verify-token", isNeeded: isNew)
        request.accessToken = try secret("access-token", isNeeded: isNew)
        if arguments.value("model-url") != nil || arguments.value("model") != nil
            || arguments.has("model-sees-images")
        {
            request.model = .init(
                url: arguments.value("model-url"), name: arguments.value("model"),
                key: try secret("model-key", isNeeded: false),
                seesImages: arguments.has("model-sees-images") ? true : nil)
        }
        return request
    }
}

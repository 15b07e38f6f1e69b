import Configuration
import Console
import Conversation
import HTTPClient

/// Shows one tenant's settings; of secrets only whether they are set.
enum TenantShowCommand: Command {
    static let specification = ArgumentSpecification(
        "parley tenant show", words: "ID",
        summary: "Shows a business's settings; of secrets only whether they are set.",
        options: [.flag("json", "prints JSON")] + ConsoleClient.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 1 else {
            throw ConfigurationError("parley tenant show", "name one tenant")
        }
        let console = try ConsoleClient(arguments)
        let path = ConsoleClient.path("tenants", arguments.words[0])
        guard !arguments.has("json") else {
            Terminal.say(json: try await console.send(.get, path))
            return 0
        }
        let tenant = try await console.call(.get, path, as: TenantListing.self)
        Terminal.say(lines(tenant))
        return 0
    }

    /// The settings for people.
    static func lines(_ tenant: TenantListing) -> [TerminalLine] {
        TextTable.lines(rows(tenant))
    }

    /// What bounds a model, and what came of trying it.
    private static func answering(_ tenant: TenantListing) -> [[String]] {
        var rows: [[String]] = []
        if let tokens = tenant.tokensPerDay { rows.append(["tokens a day", "\(tokens)"]) }
        if let time = tenant.turnMilliseconds { rows.append(["turn time", "\(time) ms"]) }
        if let reranks = tenant.reranks { rows.append(["rerank", reranks ? "on" : "off"]) }
        if let trial = tenant.modelTrial {
            rows.append(["model tried", EvalModelCommand.words(trial)])
        }
        return rows
    }

    private static func rows(_ tenant: TenantListing) -> [[String]] {
        func isSet(_ secret: Bool) -> String { secret ? "set" : "not set" }
        var rows = [["id", tenant.id.rawValue], ["name", tenant.name]]
        if let about = tenant.about { rows.append(["about", about]) }
        rows.append(["account", tenant.account])
        for number in tenant.numbers {
            let display = number.display.map { " (\($0))" } ?? ""
            let rate = number.messagesPerSecond.map { ", \($0) a second" } ?? ""
            rows.append(["number", "\(number.id)\(display)\(rate)"])
        }
        rows += [
            ["app secret", isSet(tenant.secrets.appSecret)],
            ["verify token", isSet(tenant.secrets.verifyToken)],
            ["access token", isSet(tenant.secrets.accessToken)],
            ["Graph API", "\(tenant.graphURL)/\(tenant.graphVersion)"],
        ]
        if let model = tenant.model {
            let key = isSet(tenant.secrets.modelKey)
            rows.append(["model", "\(model.name) at \(model.url), key \(key)"])
        }
        rows += answering(tenant)
        if let pause = tenant.burstPauseMilliseconds {
            rows.append(["burst pause", "\(pause) ms"])
        }
        if let level = tenant.handoffServiceLevelSeconds {
            rows.append(["service level", "\(level) s"])
        }
        if let claim = tenant.phoneClaimSeconds {
            rows.append(["phone claim", "\(claim) s"])
        }
        rows.append(["unknown outcome", tenant.unknownOutcome])
        rows.append(["groups", tenant.groups])
        if let days = tenant.messageRetentionDays {
            rows.append(["messages kept", "\(days) days"])
        }
        if let reopening = tenant.reopening {
            rows.append(["reopening", "\(reopening.template) in \(reopening.language)"])
        }
        rows.append(["changed", tenant.updatedAt.rfc3339])
        for stop in tenant.stops ?? [] {
            rows.append([
                "cannot send",
                "\(stop.meaning) (\(stop.code)), since \(stop.since.rfc3339), tried again at "
                    + stop.until.rfc3339,
            ])
            rows.append(["what to do", stop.remedy])
        }
        for event in tenant.events ?? [] where event.weight != "news" {
            rows.append(["WhatsApp says", "\(event.at.rfc3339): \(event.meaning)"])
        }
        return rows
    }
}

import AnalyticsEndpoints
import AnalyticsView
import Configuration
import Conversation
import HTTPClient

/// Shows figures of a business, or of all.
enum AnalyticsCommand: Command {
    static let specification = ArgumentSpecification(
        "parley analytics",
        summary: "Counts what happened in a business up to now, compared with the time before.",
        options: [
            .option("period", "24h|7d|30d|90d", "how long (default: 7d)"),
            .option("by", "hour|day|week", "by what (default: hours of 24h, else days)"),
            .flag("all", "of all businesses, each in its own days"),
            .flag("csv", "as a table for spreadsheets, which the audit log tells of"),
            .flag("json", "prints JSON"),
        ] + ConsoleClient.tenantOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let isOfAll = arguments.has("all")
        guard !isOfAll || arguments.value("by") == nil, !isOfAll || arguments.value("tenant") == nil
        else { throw ConfigurationError("--all", "goes with --period alone") }
        let console = try ConsoleClient(arguments)
        var query = "?period=\(APIClient.escaped(arguments.value("period") ?? "7d"))"
        if let by = arguments.value("by") { query += "&by=\(APIClient.escaped(by))" }
        let base = isOfAll ? [] : ["tenants", try await console.tenant(arguments)]
        if arguments.has("csv") {
            let path = ConsoleClient.path(base + ["exports", "analytics.csv"])
            let table = try await console.send(.get, path + query)
            let lines = String(decoding: table, as: UTF8.self).split(whereSeparator: \.isNewline)
            Terminal.say(TextTable.lines(lines.map { [String($0)] }))
            return 0
        }
        let path = ConsoleClient.path(base + ["analytics"]) + query
        if isOfAll {
            let answer = try await console.call(.get, path, as: PlatformAnswer.self)
            try say(answer, arguments, lines(answer))
        } else {
            let answer = try await console.call(.get, path, as: AnalyticsAnswer.self)
            try say(answer, arguments, lines(answer))
        }
        return 0
    }

    private static func say(
        _ answer: some Encodable & Sendable, _ arguments: Arguments, _ lines: [TerminalLine]
    ) throws {
        if arguments.has("json") {
            Terminal.say(json: try RecordCodec.encode(answer))
        } else {
            Terminal.say(lines)
        }
    }

    // MARK: For people

    private static func rows(_ now: Figures, _ before: Figures) -> [[String]] {
        func text(_ count: Int?) -> String { count.map(String.init) ?? "-" }
        func within(_ seconds: Int64?) -> String { seconds.map { "within \($0) s" } ?? "-" }
        func row(_ name: String, _ value: (Figures) -> Int?) -> [String] {
            [name, text(value(now)), text(value(before))]
        }
        return [
            row("customers who wrote") { $0.customers },
            row("of them for the first time") { $0.newCustomers },
            row("messages of customers") { $0.fromCustomers },
            row("messages by the bot") { $0.byBot },
            row("messages by people") { $0.byPeople },
            row("questions the bot answered") { $0.answered },
            row("handed over to people") { $0.handedOver },
            row("of them without an answer") { $0.unanswered },
            row("left unanswered") { $0.left },
            row("say that it helped") { $0.helped },
            row("say that it did not") { $0.helpedNot },
            row("active in the team") { $0.members },
            ["half of the bot's answers", within(now.botHalf), within(before.botHalf)],
            ["half of people's first", within(now.peopleHalf), within(before.peopleHalf)],
        ]
    }

    /// A business's figures.
    static func lines(_ answer: AnalyticsAnswer) -> [TerminalLine] {
        var lines = TextTable.lines(
            rows(answer.now, answer.before),
            under: ["IN \(answer.period.rawValue)", "NOW", "BEFORE"])
        lines.append("")
        lines += TextTable.lines(
            answer.reasons.map { [$0.reason, "\($0.now)", "\($0.before)"] },
            under: ["HANDED OVER BECAUSE", "NOW", "BEFORE"])
        let (came, all) = (answer.returnedCustomers, answer.earlierCustomers)
        lines.append("\(came) of \(all) customers of the time before came back")
        lines.append("hours and days are those of \(answer.timeZone)")
        return lines
    }

    /// The figures of all businesses.
    static func lines(_ answer: PlatformAnswer) -> [TerminalLine] {
        var lines = TextTable.lines(
            rows(answer.now, answer.before).filter { !$0[0].hasPrefix("half") },
            under: ["IN \(answer.period.rawValue)", "NOW", "BEFORE"])
        lines.append("")
        lines += TextTable.lines(
            answer.rows.map { row in
                [
                    row.name, "\(row.now.fromCustomers)", "\(row.before.fromCustomers)",
                    "\(row.now.customers)", "\(row.now.handedOver)",
                    "\(row.features.count { $0.uses > 0 })",
                ]
            }, under: ["BUSINESS", "MESSAGES", "BEFORE", "CUSTOMERS", "HANDED", "FEATURES"])
        let (active, new) = (answer.activeBusinesses.now, answer.newBusinesses.now)
        lines.append("\(active) of \(answer.businesses) businesses were written to, \(new) are new")
        return lines
    }
}

import Configuration
import Conversation
import HTTPClient
import SuggestionEndpoints

/// What became of what the bot would have said while people had conversations.
enum EvalSuggestionsCommand: Command {
    static let specification = ArgumentSpecification(
        "parley eval suggestions",
        summary: "Counts what agents made of the bot's suggestions, by day, prompt and model; or "
            + "gives them with question, words and outcome, as JSON lines.",
        options: [
            .option("from", "DAY", "the first day, such as 2026-12-01 (default: 30 days ago)"),
            .option("to", "DAY", "the last day (default: today)"),
            .flag("lines", "gives each suggestion with all words, one JSON object a line"),
            .option(
                "outcome", "WORD",
                "of the lines, only those: sent, edited, dismissed, ignored or open"),
            .flag("json", "prints the counts as JSON"),
        ] + ConsoleClient.tenantOptions)

    /// Days that are looked back, where none is named.
    private static let standardDays: Int64 = 30

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let console = try ConsoleClient(arguments)
        let tenant = try await console.tenant(arguments)
        let now = ProcessContext.now()
        func day(_ moment: Timestamp) -> String { String(moment.rfc3339.prefix(10)) }
        let from =
            arguments.value("from") ?? day(now - .seconds(Self.standardDays * 86_400))
        let to = arguments.value("to") ?? day(now)
        var query = "?from=\(APIClient.escaped(from))&to=\(APIClient.escaped(to))"
        if arguments.has("lines") {
            if let outcome = arguments.value("outcome") {
                query += "&outcome=\(APIClient.escaped(outcome))"
            }
            let path = ConsoleClient.path("tenants", tenant, "exports", "suggestions")
            let lines = try await console.send(.get, path + query)
            for line in lines.split(separator: UInt8(ascii: "\n")) {
                Terminal.say(json: Array(line))
            }
            return 0
        }
        guard arguments.value("outcome") == nil else {
            throw ConfigurationError("--outcome", "goes with --lines")
        }
        let answer = try await console.call(
            .get, ConsoleClient.path("tenants", tenant, "suggestions") + query,
            as: SuggestionReportAnswer.self)
        if arguments.has("json") {
            Terminal.say(json: try RecordCodec.encode(answer))
        } else {
            Terminal.say(lines(answer))
        }
        return 0
    }

    // MARK: For people

    static func lines(_ report: SuggestionReportAnswer) -> [TerminalLine] {
        guard report.total.all > 0 else { return ["nothing was suggested in these days"] }
        func cells(_ first: String, _ counts: SuggestionReport.Counts) -> [String] {
            [first]
                + [
                    counts.all, counts.sent, counts.slight, counts.partial, counts.rewritten,
                    counts.changedFacts, counts.dismissed, counts.ignored, counts.open,
                ].map(String.init)
        }
        func name(_ maker: SuggestionReport.Maker) -> String {
            let hash = maker.promptHash.map { "@\($0.prefix(8))" } ?? ""
            let prompt = maker.prompt.map { "\($0)\(hash), " } ?? ""
            return prompt + (maker.model ?? "not recorded")
        }
        let heads = [
            "ALL", "SENT", "SLIGHT", "PARTIAL", "REWRITTEN", "FACTS", "DISMISSED", "IGNORED",
            "OPEN",
        ]
        return TextTable.lines(
            report.makers.map { cells(name($0.by), $0.counts) } + [cells("all", report.total)],
            under: ["MADE BY"] + heads)
            + TextTable.lines(
                report.days.map { cells($0.day, $0.counts) }, under: ["DAY"] + heads)
            + [
                "SLIGHT, PARTIAL and REWRITTEN were edited; FACTS of them have other figures, "
                    + "addresses or denials; days of \(report.timeZone)"
            ]
    }
}

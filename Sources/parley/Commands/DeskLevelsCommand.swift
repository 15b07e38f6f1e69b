import Configuration
import Conversation
import HTTPClient
import ServiceLevelEndpoints
import ServiceLevelRecords
import ServiceLevelView

/// Shows and changes what a business promises its customers, and what was measured.
enum DeskLevelsCommand: Command {
    static let specification = ArgumentSpecification(
        "parley desk levels",
        summary: "Shows or changes what is promised to customers, or reports what was measured.",
        options: [
            .option("queue", "SECONDS", "promises that somebody takes a conversation; 0: no more"),
            .option("first", "SECONDS", "promises a person's first message; 0: no more"),
            .option("next", "SECONDS", "promises a person's next message; 0: no more"),
            .option("resolution", "SECONDS", "promises that it is closed; 0: no more"),
            .option("in", "QUEUE", "promises that in this queue alone, by its name or id"),
            .option("priority", "1-9", "promises that in queues of this priority alone"),
            .flag("drop", "with --in or --priority: there as everywhere"),
            .option("warn", "PERCENT", "after how much of the time agents are warned"),
            .option("escalate", "YES|NO", "whether who supervises is told of what was missed"),
            .option("report", "agent|day", "what was measured, by agent or day, in open time"),
            .option("from", "DAY", "the report's first day, such as 2026-12-01"),
            .option("to", "DAY", "the report's last day (default: the first)"),
            .flag("csv", "the report as a table for spreadsheets"),
            .flag("json", "prints JSON"),
        ] + ConsoleClient.tenantOptions)

    /// What is promised, as the console says it and takes it.
    struct Levels: Codable {
        var queueWaitSeconds: Int?
        var firstResponseSeconds: Int?
        var nextResponseSeconds: Int?
        var resolutionSeconds: Int?
        var warnPercent: Int
        var escalates: Bool
        var targets: [ServiceLevels.Target]?
        var version: Int?
    }

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let console = try ConsoleClient(arguments)
        let tenant = try await console.tenant(arguments)
        if let grouping = arguments.value("report") {
            try await report(by: grouping, arguments, console, tenant)
            return 0
        }
        let path = ConsoleClient.path("tenants", tenant, "organisation", "levels")
        var levels = try await console.call(.get, path, as: Levels.self)
        let queues = try await LevelQueues(console, tenant)
        if try change(&levels, arguments, queues) {
            let version = levels.version
            levels.version = nil
            let body = try RecordCodec.encode(levels)
            levels = try ConsoleClient.answer(
                Levels.self, in: try await console.send(.put, path, body: body, version: version))
        }
        if arguments.has("json") {
            Terminal.say(json: try RecordCodec.encode(levels))
        } else {
            Terminal.say(lines(levels, queues))
        }
        return 0
    }

    /// Takes what is wished; says whether something is.
    private static func change(
        _ levels: inout Levels, _ arguments: Arguments, _ queues: LevelQueues
    ) throws(ConfigurationError) -> Bool {
        if arguments.value("in") != nil || arguments.value("priority") != nil {
            return try changeTarget(of: &levels, arguments, queues)
        }
        guard !arguments.has("drop") else {
            throw ConfigurationError("--drop", "goes with --in or --priority")
        }
        var isChanged = false
        func seconds(
            _ name: String, _ value: inout Int?
        ) throws(ConfigurationError) {
            guard
                let wanted = try arguments.integer(name, in: 0...ServiceLevels.longestSeconds)
            else { return }
            value = wanted == 0 ? nil : wanted
            isChanged = true
        }
        try seconds("queue", &levels.queueWaitSeconds)
        try seconds("first", &levels.firstResponseSeconds)
        try seconds("next", &levels.nextResponseSeconds)
        try seconds("resolution", &levels.resolutionSeconds)
        if let percent = try arguments.integer("warn", in: 10...99) {
            levels.warnPercent = percent
            isChanged = true
        }
        if let word = arguments.value("escalate") {
            guard ["yes", "no"].contains(word) else {
                throw ConfigurationError("--escalate", "is yes or no")
            }
            levels.escalates = word == "yes"
            isChanged = true
        }
        return isChanged
    }

    private static func report(
        by grouping: String, _ arguments: Arguments, _ console: ConsoleClient, _ tenant: String
    ) async throws {
        guard let from = arguments.value("from") else {
            throw ConfigurationError("--from", "is missing: the first day, such as 2026-12-01")
        }
        let query =
            "?by=\(APIClient.escaped(grouping))&from=\(APIClient.escaped(from))"
            + "&to=\(APIClient.escaped(arguments.value("to") ?? from))"
        if arguments.has("csv") {
            let path = ConsoleClient.path("tenants", tenant, "exports", "levels.csv")
            let table = try await console.send(.get, path + query)
            let lines = String(decoding: table, as: UTF8.self).split(whereSeparator: \.isNewline)
            Terminal.say(TextTable.lines(lines.map { [String($0)] }))
            return
        }
        let answer = try await console.call(
            .get, ConsoleClient.path("tenants", tenant, "desk", "levels") + query,
            as: ReportAnswer.self)
        if arguments.has("json") {
            Terminal.say(json: try RecordCodec.encode(answer))
        } else {
            Terminal.say(lines(answer))
        }
    }

    // MARK: For people

    static func lines(_ levels: Levels, _ queues: LevelQueues = .none) -> [TerminalLine] {
        func promise(_ seconds: Int?) -> String { seconds.map { "\($0) s" } ?? "nothing promised" }
        return TextTable.lines([
            ["queue", promise(levels.queueWaitSeconds)],
            ["first response", promise(levels.firstResponseSeconds)],
            ["next response", promise(levels.nextResponseSeconds)],
            ["resolution", promise(levels.resolutionSeconds)],
            ["warned after", "\(levels.warnPercent) %"],
            ["told when missed", levels.escalates ? "who supervises" : "nobody"],
        ]) + lines(targets: levels.targets ?? [], queues)
    }

    static func lines(_ report: ReportAnswer) -> [TerminalLine] {
        guard !report.rows.isEmpty else { return ["nothing was measured in these days"] }
        func figure(_ figure: Report.Figure?) -> String {
            guard let figure, figure.count > 0 else { return "-" }
            return "\(figure.median)/\(figure.p90)"
        }
        func cells(_ row: ReportRow, _ first: String) -> [String] {
            let missed = ClockResult.Measure.allCases.reduce(0) {
                $0 + (row.figure($1)?.breached ?? 0)
            }
            return [first] + ClockResult.Measure.allCases.map { figure(row.figure($0)) }
                + [String(missed), String(row.abandoned), String(row.unanswered)]
        }
        let rows = report.rows.map { row in
            cells(row, row.name ?? (row.key.isEmpty ? "nobody" : row.key))
        }
        return TextTable.lines(
            rows + [cells(report.total, "all")],
            under: [
                report.by == .agent ? "AGENT" : "DAY", "QUEUE", "FIRST", "NEXT", "RESOLUTION",
                "WORK", "MISSED", "LEFT", "UNANSWERED",
            ])
            + ["median/90 % in seconds of open time; days of \(report.timeZone)"]
    }
}

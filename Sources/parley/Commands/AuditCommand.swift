import AuditEndpoints
import AuditRecords
import AuditView
import Configuration
import Conversation
import HTTPClient

/// Lists who did what.
enum AuditCommand: Command {
    static let specification = ArgumentSpecification(
        "parley audit", summary: "Lists who did what and when, newest first.",
        options: [
            .option("tenant", "NAME", "of one tenant only (default: of all)"),
            .option("actor", "WHO", "done by: key/1a2b3c4d, agent/ana, or any agent/"),
            .option("action", "ACT", "done: document.add, or any document."),
            .option("target", "WHAT", "done to: account/1a2b, or any account/"),
            .option("outcome", "HOW", "done or refused"),
            .option("text", "WORDS", "has these words anywhere"),
            .option("subject", "WORDS", "done to what has these words in its name"),
        ] + LogOptions.range + ConsoleClient.listOptions)

    /// Entries of a page at most, by the console's own bound.
    private static let pageRows = 500

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let limit = try ConsoleClient.limit(arguments)
        let query = try query(arguments)
        let console = try ConsoleClient(arguments)
        func path(_ parts: String...) -> String {
            let base = arguments.value("tenant").map { ["tenants", $0] } ?? []
            return ConsoleClient.path(base + parts)
        }
        let rows = query + ["limit=\(min(limit, pageRows))"]
        let (entries, last) = try await console.rows(
            path("audit") + "?" + rows.joined(separator: "&"), of: AuditPage.self, atMost: limit
        ) { ($0.entries, $0.next) }
        guard !arguments.has("json") else {
            Terminal.say(json: try RecordCodec.encode(AuditPage(entries: entries)))
            return 0
        }
        var all = AuditCount(entries: entries.count, isExact: true)
        if last.next != nil {
            all = try await console.call(
                .get, path("counts", "audit") + "?" + query.joined(separator: "&"),
                as: AuditCount.self)
        }
        Terminal.say(lines(entries, of: all))
        return 0
    }

    private static func query(_ arguments: Arguments) throws -> [String] {
        let range = try LogOptions(specification.command, arguments).range()
        let filters = ["actor", "action", "target", "outcome", "text", "subject"]
        var query = filters.compactMap { name in
            arguments.value(name).map { "\(name)=\(APIClient.escaped($0))" }
        }
        if let from = range.from { query.append("from=\(from)") }
        if let to = range.to { query.append("to=\(to)") }
        return query
    }

    /// The entries for people; where they are not all, with how to see more.
    static func lines(_ entries: [AuditListing], of all: AuditCount) -> [TerminalLine] {
        guard !entries.isEmpty else { return ["nothing of that kind was done"] }
        let rows = entries.map { entry in
            [
                entry.at.rfc3339, entry.tenant.rawValue, entry.actor,
                entry.action + (entry.refusal.map { " (refused: \($0))" } ?? ""),
                entry.subject + (entry.target?.name.map { " \($0)" } ?? ""),
            ]
        }
        var lines = TextTable.lines(
            rows, under: ["TIME", "TENANT", "ACTOR", "ACTION", "SUBJECT"])
        if entries.count < all.entries {
            let most = all.isExact ? "\(all.entries)" : "more than \(all.entries)"
            lines.append(
                "\(entries.count) of \(most) are shown; --limit N or --all shows more")
        }
        return lines
    }
}

import Configuration
import Console
import Conversation
import ConversationView
import HTTPClient

/// Lists the conversations that wait for a person or have one.
enum HandoffListCommand: Command {
    static let specification = ArgumentSpecification(
        "parley handoff list",
        summary: "Lists the conversations that wait for a person or have one, and why.",
        options: [
            .option("tenant", "NAME", "of one tenant only (default: of all)")
        ] + ConsoleClient.listOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let limit = try ConsoleClient.limit(arguments)
        let console = try ConsoleClient(arguments)
        let path =
            arguments.value("tenant").map { ConsoleClient.path("tenants", $0, "handoffs") }
            ?? ConsoleClient.path("handoffs")
        let (handoffs, last) = try await console.rows(
            path, of: HandoffList.self, atMost: limit
        ) { ($0.handoffs, $0.next) }
        let list = HandoffList(
            handoffs: handoffs, waiting: last.waiting, claimed: last.claimed)
        guard !arguments.has("json") else {
            Terminal.say(json: try RecordCodec.encode(list))
            return 0
        }
        Terminal.say(lines(list, at: SystemClock.now()))
        return 0
    }

    /// The list for people; where it is not all, with how to see more.
    static func lines(_ list: HandoffList, at now: Timestamp) -> [TerminalLine] {
        guard !list.handoffs.isEmpty else { return ["nobody waits for a person"] }
        let rows = list.handoffs.map {
            [$0.tenant.rawValue] + AgentShell.columns($0, at: now)
        }
        var lines = TextTable.lines(
            rows, under: ["TENANT", "CONVERSATION", "STATUS", "CUSTOMER", "SINCE", "WHY"])
        for (index, handoff) in list.handoffs.enumerated() where handoff.isOverdue {
            lines[index + 1].style = .warning
        }
        let all = list.waiting + list.claimed
        if list.handoffs.count < all {
            lines.append(
                "\(list.handoffs.count) of \(all) are shown (\(list.waiting) wait); "
                    + "--limit N or --all shows more")
        }
        return lines
    }
}

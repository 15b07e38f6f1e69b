import Configuration
import Conversation
import HTTPClient

/// Shows whether a business is open, when that changes, and by which rules.
enum HoursCommand: Command {
    static let specification = ArgumentSpecification(
        "parley hours",
        summary: "Shows whether a business is open, when that changes, and by which zone's rules.",
        options: [.flag("json", "prints JSON")] + ConsoleClient.tenantOptions)

    /// What the console answers.
    struct State: Decodable {
        var inUse: Bool
        var isOpen: Bool?
        var changesAtLocal: String?
        var nowLocal: String?
        var timeZone: String
        var rules: String?
        var problem: String?
    }

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let console = try ConsoleClient(arguments)
        let tenant = try await console.tenant(arguments)
        let path = ConsoleClient.path("tenants", tenant, "organisation", "hours", "now")
        guard !arguments.has("json") else {
            Terminal.say(json: try await console.send(.get, path))
            return 0
        }
        Terminal.say(lines(try await console.call(.get, path, as: State.self)))
        return 0
    }

    /// The state for people.
    static func lines(_ state: State) -> [TerminalLine] {
        var rows = [["now", word(state)]]
        if let change = state.changesAtLocal {
            rows.append([state.isOpen == true ? "closes" : "opens", spaced(change)])
        } else if state.inUse, state.problem == nil {
            let what = state.isOpen == true ? "closing" : "opening"
            rows.append(["next", "no \(what) within 400 days"])
        }
        if let now = state.nowLocal { rows.append(["local time", spaced(now)]) }
        rows.append(["time zone", state.timeZone])
        rows.append(["zone rules", state.rules ?? "unknown"])
        if let problem = state.problem { rows.append(["problem", problem]) }
        var lines = TextTable.lines(rows)
        if state.isOpen != true { lines[0].style = .warning }
        return lines
    }

    private static func word(_ state: State) -> String {
        switch (state.inUse, state.isOpen) {
        case (false, _): "open at any time: no opening hours are set"
        case (true, true?): "open"
        case (true, false?): "closed"
        case (true, nil): "unknown"
        }
    }

    private static func spaced(_ local: String) -> String {
        local.split(separator: "T").joined(separator: " ")
    }
}

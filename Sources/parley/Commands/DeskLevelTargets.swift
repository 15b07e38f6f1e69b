import Configuration
import Conversation
import HTTPClient

/// The queues of a business, as its promises name them.
struct LevelQueues {
    /// No queues.
    static let none = Self(all: [])

    /// A queue: the console says more of it.
    struct Queue: Decodable {
        var id: RecordID
        var name: String
    }

    private struct Answer: Decodable {
        var queues: [Queue]
    }

    let all: [Queue]

    private init(all: [Queue]) { self.all = all }

    /// Asks the console.
    init(_ console: ConsoleClient, _ tenant: String) async throws {
        all = try await console.call(
            .get, ConsoleClient.path("tenants", tenant, "routing"), as: Answer.self
        ).queues
    }

    /// The queue that is called so.
    func id(of word: String) throws(ConfigurationError) -> RecordID {
        let found = all.filter {
            $0.id.rawValue == word || TextFolding.fold($0.name) == TextFolding.fold(word)
        }
        guard found.count == 1, let only = found.first else {
            let names = all.map(\.name).joined(separator: ", ")
            throw ConfigurationError(
                "--in", "names no queue: there are \(names.isEmpty ? "none" : names)")
        }
        return only.id
    }

    func name(of id: RecordID) -> String {
        all.first { $0.id == id }?.name ?? "a queue that is gone (\(id))"
    }
}

extension DeskLevelsCommand {
    /// Takes what is wished of one queue or priority; says whether something is.
    static func changeTarget(
        of levels: inout Levels, _ arguments: Arguments, _ queues: LevelQueues
    ) throws(ConfigurationError) -> Bool {
        var queue: RecordID?
        if let word = arguments.value("in") { queue = try queues.id(of: word) }
        let priority = try arguments.integer("priority", in: 1...9)
        for name in ["warn", "escalate"] where arguments.value(name) != nil {
            throw ConfigurationError("--\(name)", "is the same everywhere")
        }
        var targets = levels.targets ?? []
        let index = targets.firstIndex { $0.queue == queue && $0.priority == priority }
        if arguments.has("drop") {
            guard let index else {
                throw ConfigurationError("--drop", "nothing else is promised there")
            }
            targets.remove(at: index)
            levels.targets = targets
            return true
        }
        var target =
            index.map { targets[$0] } ?? ServiceLevels.Target(queue: queue, priority: priority)
        let before = target
        func seconds(_ name: String) throws(ConfigurationError) -> Int? {
            try arguments.integer(name, in: 0...ServiceLevels.longestSeconds)
        }
        target.queueWaitSeconds = try seconds("queue") ?? target.queueWaitSeconds
        target.firstResponseSeconds = try seconds("first") ?? target.firstResponseSeconds
        target.nextResponseSeconds = try seconds("next") ?? target.nextResponseSeconds
        target.resolutionSeconds = try seconds("resolution") ?? target.resolutionSeconds
        guard target != before else {
            throw ConfigurationError(
                "parley desk levels", "say what is promised there, such as --first 60, or --drop")
        }
        if let index { targets[index] = target } else { targets.append(target) }
        levels.targets = targets
        return true
    }

    static func lines(
        targets: [ServiceLevels.Target], _ queues: LevelQueues
    ) -> [TerminalLine] {
        guard !targets.isEmpty else { return [] }
        let rows = targets.map { target in
            [
                target.queue.map { queues.name(of: $0) } ?? "any",
                target.priority.map(String.init) ?? "any",
            ]
                + ServiceLevels.Promise.allCases.map { clock in
                    target.seconds(of: clock).map { $0 == 0 ? "nothing" : "\($0) s" } ?? "-"
                }
        }
        return TextTable.lines(
            rows, under: ["IN QUEUE", "PRIORITY", "QUEUE", "FIRST", "NEXT", "RESOLUTION"])
    }
}

import Bench
import Configuration

/// The commands, and the groups that they stand in.
enum CommandTable {
    /// The commands by the words that name them.
    static let commands: [(name: String, command: any Command.Type)] = [
        ("up", UpCommand.self),
        ("stage", StageCommand.self),
        ("knowledge add", KnowledgeAddCommand.self),
        ("knowledge answer", KnowledgeAnswerCommand.self),
        ("knowledge list", KnowledgeListCommand.self),
        ("knowledge remove", KnowledgeRemoveCommand.self),
        ("knowledge search", KnowledgeSearchCommand.self),
        ("knowledge terms", KnowledgeTermsCommand.self),
        ("knowledge web", KnowledgeWebCommand.self),
        ("knowledge sites", KnowledgeSitesCommand.self),
        ("eval retrieval", EvalRetrievalCommand.self), ("eval fit", EvalFitCommand.self),
        ("eval answers", EvalAnswersCommand.self), ("eval model", EvalModelCommand.self),
        ("eval suggestions", EvalSuggestionsCommand.self),
        ("prompts test", PromptsTestCommand.self),
        ("tenant add", TenantAddCommand.self),
        ("tenant list", TenantListCommand.self),
        ("tenant show", TenantShowCommand.self),
        ("tenant remove", TenantRemoveCommand.self),
        ("tenant purge", TenantPurgeCommand.self),
        ("tenant purges", TenantPurgesCommand.self),
        ("hours", HoursCommand.self),
        ("doctor", DoctorCommand.self),
        ("setup", SetupCommand.self),
        ("login", LoginCommand.self),
        ("logout", LogoutCommand.self),
        ("restore", RestoreCommand.self),
        ("secrets rotate", SecretsRotateCommand.self),
        ("handoff list", HandoffListCommand.self),
        ("agent", AgentCommand.self),
        ("desk replies", DeskRepliesCommand.self),
        ("desk labels", DeskLabelsCommand.self),
        ("desk levels", DeskLevelsCommand.self),
        ("customers list", CustomersListCommand.self),
        ("customers show", CustomersShowCommand.self),
        ("customers import", CustomersImportCommand.self),
        ("customers export", CustomersExportCommand.self),
        ("analytics", AnalyticsCommand.self),
        ("audit verify", AuditVerifyCommand.self),
        ("audit", AuditCommand.self),
        ("topics", TopicsCommand.self),
        ("lag", LagCommand.self),
        ("tail", TailCommand.self),
        ("trace", TraceCommand.self),
        ("why", WhyCommand.self),
        ("ledger", LedgerCommand.self),
        ("replay", ReplayCommand.self),
        ("dead-letters list", DeadLettersListCommand.self),
        ("dead-letters show", DeadLettersShowCommand.self),
        ("dead-letters redrive", DeadLettersRedriveCommand.self),
        ("dead-letters discard", DeadLettersDiscardCommand.self),
        ("simulate message", SimulateMessageCommand.self),
        ("simulate business", SimulateBusinessCommand.self),
        ("simulate news", SimulateNewsCommand.self),
        ("simulate fault", SimulateFaultCommand.self),
        ("simulate serve", SimulateServeCommand.self),
        ("completion", CompletionCommand.self),
        ("version", VersionCommand.self),
    ]

    /// The names of all commands, those that are no ``Command`` included.
    static var names: [String] { commands.map(\.name) + ["bench", "help"] }

    /// The words that name groups.
    static var groups: [String] {
        var found: [String] = []
        for name in commands.map(\.name) where name.contains(" ") {
            let group = String(name.prefix { $0 != " " })
            if !found.contains(group) { found.append(group) }
        }
        return found
    }

    /// The commands of a group.
    static func members(of group: String) -> [(name: String, command: any Command.Type)] {
        commands.filter { $0.name.hasPrefix(group + " ") }
    }

    /// The command that the first words name, and the words after it.
    static func find(_ line: [String]) -> (command: any Command.Type, rest: [String])? {
        for (name, command) in commands {
            let words = name.split(separator: " ").map(String.init)
            if line.starts(with: words) { return (command, Array(line.dropFirst(words.count))) }
        }
        return nil
    }
}

/// What a command line asks of the program.
enum CommandLineReading {
    /// To show something.
    case show([TerminalLine])
    /// Nothing that is known.
    case unknown([TerminalLine])
    /// To run a command with what follows its name.
    case run(any Command.Type, [String])
    /// A measurement: it reads its own command line, as each has options of its own.
    case bench([String])
    /// How a shell may go on with a command line.
    case complete([String])

    /// Reads a command line.
    static func read(_ line: [String]) -> Self {
        guard let first = line.first else { return .show(overview) }
        let rest = Array(line.dropFirst())
        switch first {
        case ShellCompletion.word:
            return .complete(rest.first == "--" ? Array(rest.dropFirst()) : rest)
        case "help", "--help", "-h": return help(rest)
        case "--version", "-V": return .show(["parley \(Parley.version)"])
        case "bench": return .bench(rest)
        default: break
        }
        if let (command, rest) = CommandTable.find(line) {
            // After `--` everything is a word.
            let asks = rest.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
            return asks ? .show(usage(command)) : .run(command, rest)
        }
        let group = CommandTable.groups.contains(first)
        if group, rest.allSatisfy({ ["--help", "-h", "help"].contains($0) }) {
            return .show(overview(of: first))
        }
        return .unknown(group ? unknown(rest[0], in: first) : unknown(first))
    }

    /// What `help` says of a command, a group, or all.
    private static func help(_ words: [String]) -> Self {
        let words = words.filter { !$0.hasPrefix("-") }
        guard let first = words.first else { return .show(overview) }
        if first == "bench" { return .bench(Array(words.dropFirst()) + ["--help"]) }
        if let (command, _) = CommandTable.find(words) { return .show(usage(command)) }
        guard CommandTable.groups.contains(first) else { return .unknown(unknown(first)) }
        return words.count == 1
            ? .show(overview(of: first)) : .unknown(unknown(words[1], in: first))
    }

    /// How a command is used, and what else there is where it has the name of a group.
    private static func usage(_ command: any Command.Type) -> [TerminalLine] {
        let lines = TerminalLine.lines(of: command.specification.usage)
        let name = CommandTable.commands.first { $0.command == command }?.name
        guard let name, !CommandTable.members(of: name).isEmpty else { return lines }
        return lines + ["commands:"] + indented(rows(of: name))
    }

    private static let hint: TerminalLine = "`parley help` lists all commands."

    private static func unknown(_ word: String) -> [TerminalLine] {
        let near = Spelling.nearest(word, among: CommandTable.names + CommandTable.groups)
        let meant: TerminalLine = near.map { "; did you mean `parley \($0)`?" } ?? ""
        let problem: TerminalLine = "parley: there is no command '\(word)'\(meant)"
        return [problem.styled(.problem), hint]
    }

    private static func unknown(_ word: String, in group: String) -> [TerminalLine] {
        let members = CommandTable.members(of: group).map {
            String($0.name.dropFirst(group.count + 1))
        }
        let near = Spelling.nearest(word, among: members)
        let meant: TerminalLine = near.map { "; did you mean `parley \(group) \($0)`?" } ?? ""
        let problem: TerminalLine = "parley: there is no command '\(group) \(word)'\(meant)"
        return [
            problem.styled(.problem), "There are: \(members.joined(separator: ", ")).",
        ]
    }

    /// All commands with what they do.
    static var overview: [TerminalLine] {
        var rows = CommandTable.commands.map { [$0.name, $0.command.specification.summary] }
        rows.append(["bench", benchSummary])
        return ["usage: parley COMMAND [options]", "", "commands:"] + indented(rows)
            + ["", "`parley COMMAND --help` tells more."]
    }

    /// The commands of a group with what they do.
    private static func overview(of group: String) -> [TerminalLine] {
        ["usage: parley \(group) COMMAND [options]", "", "commands:"] + indented(rows(of: group))
            + ["", "`parley \(group) COMMAND --help` tells more."]
    }

    private static func rows(of group: String) -> [[String]] {
        CommandTable.members(of: group).map { [$0.name, $0.command.specification.summary] }
    }

    private static func indented(_ rows: [[String]]) -> [TerminalLine] {
        TextTable.lines(rows).map { "  \($0)" }
    }
}

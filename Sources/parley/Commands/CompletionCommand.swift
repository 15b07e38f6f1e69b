import Configuration
import Simulator

/// Prints what makes a shell complete our command lines.
enum CompletionCommand: Command {
    static let specification = ArgumentSpecification(
        "parley completion", words: "bash|zsh|fish",
        summary: "Prints a script that makes a shell complete commands and options. "
            + "Try: source <(parley completion bash)")

    /// The scripts by shell: each asks the program, so that none is ever out of date.
    static let scripts: [String: [TerminalLine]] = [
        "bash": [
            "_parley() {",
            "    local line",
            "    COMPREPLY=()",
            "    while IFS= read -r line; do",
            "        if [[ $line == :files ]]; then",
            "            COMPREPLY=()",
            "            compopt -o default 2>/dev/null",
            "            return",
            "        fi",
            "        COMPREPLY+=(\"${line%%$'\\t'*}\")",
            "    done < <(\"${COMP_WORDS[0]}\" __complete -- \\",
            "        \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)",
            "}",
            "complete -F _parley parley",
        ],
        "zsh": [
            "#compdef parley",
            "_parley() {",
            "    local line",
            "    local -a found",
            "    for line in ${(f)\"$(\"${words[1]}\" __complete -- \\",
            "        \"${(@)words[2,CURRENT]}\" 2>/dev/null)\"}; do",
            "        if [[ $line == :files ]]; then",
            "            _files",
            "            return",
            "        fi",
            "        found+=(\"${line/$'\\t'/:}\")",
            "    done",
            "    _describe parley found",
            "}",
            "compdef _parley parley",
        ],
        "fish": [
            "function __parley_complete",
            "    set -l words (commandline -opc)",
            "    set -l found ($words[1] __complete -- $words[2..-1] \\",
            "        (commandline -ct) 2>/dev/null)",
            "    if contains -- :files $found",
            "        __fish_complete_path (commandline -ct)",
            "    else",
            "        printf '%s\\n' $found",
            "    end",
            "end",
            "complete -c parley -f -a '(__parley_complete)'",
        ],
    ]

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 1, let script = scripts[arguments.words[0]] else {
            let meant = arguments.words.first.flatMap {
                Spelling.nearest($0, among: scripts.keys.sorted())
            }
            throw ConfigurationError(
                specification.command,
                "name a shell: bash, zsh or fish"
                    + (meant.map { "; did you mean \($0)?" } ?? ""))
        }
        Terminal.say(script)
        return 0
    }
}

/// How a shell may go on with a command line: a pure function of the commands' specifications.
enum ShellCompletion {
    /// The hidden command that the shells' scripts call.
    static let word = "__complete"

    /// A word that may come next.
    struct Candidate: Hashable, Sendable {
        /// The word; `:files` stands for the names of files.
        var word: String
        /// What it does.
        var help = ""

        /// As the scripts read it.
        var line: TerminalLine {
            // The tab is ours: it parts the word from its help.
            help.isEmpty ? "\(word)" : TerminalLine(stringLiteral: "\(word)\t\(help)")
        }

        static let files = Candidate(word: ":files")
    }

    /// What may stand in place of the last word, which may be empty.
    static func candidates(for words: [String]) -> [Candidate] {
        let partial = words.last ?? ""
        let before = Array(words.dropLast())
        let all: [Candidate]
        if let (command, rest) = CommandTable.find(before) {
            all = candidates(of: command, after: rest, partial)
        } else if before.first == "help" {
            all = names(after: Array(before.dropFirst()))
        } else {
            all = names(after: before) + (before.isEmpty ? [Candidate(word: "--version")] : [])
        }
        if all.contains(.files), !partial.hasPrefix("-") { return [.files] }
        // Options only where one is begun: words come first.
        let fitting = all.filter { $0 != .files && $0.word.hasPrefix(partial) }
        let wordsOnly = fitting.filter { !$0.word.hasPrefix("-") }
        return partial.isEmpty && !wordsOnly.isEmpty ? wordsOnly : fitting
    }

    /// The next words of commands that begin with some words.
    private static func names(after before: [String]) -> [Candidate] {
        let names = CommandTable.commands.map { ($0.name, $0.command.specification.summary) }
        let others = [("bench", "Measures."), ("help", "Tells what a command does.")]
        var found: [Candidate] = []
        for (name, summary) in names + others {
            let words = name.split(separator: " ").map(String.init)
            guard words.count > before.count, words.starts(with: before) else { continue }
            let isWhole = words.count == before.count + 1
            let candidate = Candidate(word: words[before.count], help: isWhole ? summary : "")
            if !found.contains(where: { $0.word == candidate.word }) { found.append(candidate) }
        }
        return found
    }

    private static func candidates(
        of command: any Command.Type, after rest: [String], _ partial: String
    ) -> [Candidate] {
        let options = command.specification.options
        if let name = rest.last, name.hasPrefix("--"),
            let option = options.first(where: { "--\($0.name)" == name }), option.value != nil
        {
            return values(of: option)
        }
        let given = Set(rest.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) })
        return self.words(of: command)
            + options.filter { $0.repeats || !given.contains("--\($0.name)") }
            .map { Candidate(word: "--\($0.name)", help: $0.help) }
    }

    private static func words(of command: any Command.Type) -> [Candidate] {
        switch command.specification.command {
        case StageCommand.specification.command:
            StageName.allCases.map { Candidate(word: $0.rawValue) }
        case SimulateFaultCommand.specification.command:
            FaultKind.allCases.map { Candidate(word: $0.rawValue, help: $0.summary) }
                + [Candidate(word: "clear", help: "behaves again")]
        case CompletionCommand.specification.command:
            CompletionCommand.scripts.keys.sorted().map { Candidate(word: $0) }
        case KnowledgeAddCommand.specification.command: [.files]
        default: []
        }
    }

    private static func values(of option: ArgumentSpecification.Option) -> [Candidate] {
        switch (option.name, option.value) {
        case ("stage", _): StageName.allCases.map { Candidate(word: $0.rawValue) }
        case ("unknown-outcome", _):
            ["atMostOnce", "atLeastOnce"].map { Candidate(word: $0) }
        case (_, "FILE"), (_, "DIR"): [.files]
        default: []
        }
    }
}

import Configuration
import Conversation
import EventLog
import FoundationEssentials
import Operations
import Records

/// What the commands about dead letters share.
private enum DeadLetters {
    static let filters: [ArgumentSpecification.Option] =
        [
            .option("stage", "NAME", "set aside by this stage"),
            .option("tenant", "ID", "of this tenant"),
            .option("error", "WORDS", "with these words in the reason, or of this class"),
        ] + LogOptions.range
    static let json = ArgumentSpecification.Option.flag("json", "prints JSON")
    static let execution = ArgumentSpecification.Option.flag(
        "execute", "does it; without, only shows what would be done")
    static let positions = "[PLACE|RECORD-ID…]"

    /// What the command line means, checked against the letters there are: what it names and is
    /// not there would only look like nothing to do.
    static func filter(
        _ arguments: Arguments, _ specification: ArgumentSpecification, in log: any EventLog,
        by envelope: RecordEnvelope
    ) async throws -> DeadLetterFilter {
        let options = LogOptions(specification.command, arguments)
        let range = try options.range()
        let tenant = try await options.tenant(in: log, [Topic.deadLetters.rawValue])
        let filter = DeadLetterFilter(
            stage: arguments.value("stage"), tenant: tenant.map { TenantID($0) },
            error: arguments.value("error"),
            from: range.from.map { Timestamp(milliseconds: $0) },
            to: range.to.map { Timestamp(milliseconds: $0) }, positions: Set(arguments.words))
        let letters = try await DeadLetterActions(log, by: envelope).list(
            DeadLetterFilter(isOpen: false))
        var problems: [String] = []
        if let stage = filter.stage, StageName(rawValue: stage) == nil,
            !letters.contains(where: { $0.stage == stage })
        {
            let names = StageName.allCases.map(\.rawValue).joined(separator: ", ")
            problems.append("--stage is '\(stage)', but should be one of \(names)")
        }
        for position in arguments.words where !letters.contains(where: { $0.isNamed(position) }) {
            problems.append(
                "there is no dead letter '\(position)'; `parley dead-letters list` lists them")
        }
        guard problems.isEmpty else { throw ConfigurationError(specification.command, problems) }
        return filter
    }

    /// Says of letters that were named why they are not among those that are meant.
    static func tellOfOthers(
        _ filter: DeadLetterFilter, but meant: [DeadLetterView], in log: any EventLog,
        by envelope: RecordEnvelope
    ) async throws {
        guard !filter.positions.isEmpty else { return }
        let positions = Set(meant.map(\.position))
        let named = DeadLetterFilter(positions: filter.positions, isOpen: false)
        for letter in try await DeadLetterActions(log, by: envelope).list(named)
        where !positions.contains(letter.position) {
            Terminal.complain("\(DeadLetterText.leftAlone(letter))")
        }
    }

    /// Who does it, for the record.
    static var actor: String {
        "cli/" + (ProcessInfo.processInfo.environment["USER"] ?? "unknown")
    }

    static func apply(
        _ remedy: DeadLetterActions.Remedy, done: String,
        _ specification: ArgumentSpecification, _ arguments: Arguments
    ) async throws -> Int32 {
        try await LogOptions(specification.command, arguments).withRecords { log, envelope, _ in
            let actions = DeadLetterActions(log, by: envelope)
            let filter = try await filter(arguments, specification, in: log, by: envelope)
            guard arguments.has("execute") else {
                let letters = try await actions.list(filter).filter { remedy.fits($0) }
                try await tellOfOthers(filter, but: letters, in: log, by: envelope)
                let hint: TerminalLine = "would be \(done); add --execute to do it"
                try show(letters, arguments, by: envelope, hint)
                return 0
            }
            let now = Timestamp(milliseconds: SystemClock.milliseconds())
            let letters = try await actions.apply(remedy, to: filter, by: actor, at: now)
            // Those that were just dealt with are among the meant ones.
            try await tellOfOthers(filter, but: letters, in: log, by: envelope)
            try show(letters, arguments, by: envelope, "\(done)")
            return 0
        }
    }

    /// Prints letters as a table with what becomes of so many, or as JSON.
    static func show(
        _ letters: [DeadLetterView], _ arguments: Arguments, by envelope: RecordEnvelope,
        _ fate: TerminalLine? = nil
    ) throws {
        guard !arguments.has("json") else {
            Terminal.say(
                json: try DeadLetterText(envelope).json(letters, content: false))
            if let fate { Terminal.complain("\(letters.count) \(fate)") }
            return
        }
        Terminal.say(report: DeadLetterText(envelope).table(letters), heading: true)
        if let fate { Terminal.say("\(letters.count) \(fate)") }
    }
}

/// Lists dead letters.
enum DeadLettersListCommand: Command {
    static let specification = ArgumentSpecification(
        "parley dead-letters list", words: DeadLetters.positions,
        summary: "Lists records that were set aside.",
        options: DeadLetters.filters + [
            .flag("all", "also those that were dealt with"), DeadLetters.json,
        ] + LogOptions.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        try await LogOptions(specification.command, arguments).withRecords { log, envelope, _ in
            var filter = try await DeadLetters.filter(
                arguments, specification, in: log, by: envelope)
            // One that is named is shown whatever was done about it.
            filter.isOpen = !arguments.has("all") && filter.positions.isEmpty
            try DeadLetters.show(
                try await DeadLetterActions(log, by: envelope).list(filter), arguments,
                by: envelope)
            return 0
        }
    }
}

/// Shows dead letters in full.
enum DeadLettersShowCommand: Command {
    static let specification = ArgumentSpecification(
        "parley dead-letters show", words: "PLACE|RECORD-ID…",
        summary: "Shows dead letters with all their headers.",
        options: [
            .flag("content", "shows what the record holds: personal content"), DeadLetters.json,
        ]
            + DeadLetters.filters + LogOptions.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard !arguments.words.isEmpty else {
            throw ConfigurationError(
                specification.command,
                "name dead letters by their place, such as dead.letters-0@3, or their record's id")
        }
        return try await LogOptions(specification.command, arguments).withRecords {
            log, envelope, _ in
            var filter = try await DeadLetters.filter(
                arguments, specification, in: log, by: envelope)
            filter.isOpen = false
            let letters = try await DeadLetterActions(log, by: envelope).list(filter)
            guard !letters.isEmpty else {
                Terminal.complain("parley: there is no such dead letter")
                return 1
            }
            let content = arguments.has("content")
            if arguments.has("json") {
                Terminal.say(
                    json: try DeadLetterText(envelope).json(letters, content: content))
            } else {
                let text = DeadLetterText(envelope)
                let texts = letters.map { text.details($0, content: content) }
                Terminal.say(report: texts.joined(separator: "\n\n"))
            }
            return 0
        }
    }
}

/// Gives records that were set aside back to their stages.
enum DeadLettersRedriveCommand: Command {
    static let specification = ArgumentSpecification(
        "parley dead-letters redrive", words: DeadLetters.positions,
        summary: "Gives records that were set aside back to their stage, once and in order.",
        options: [DeadLetters.execution, DeadLetters.json] + DeadLetters.filters
            + LogOptions.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        try await DeadLetters.apply(
            .redrive, done: "redriven", specification, arguments)
    }
}

/// Gives up records that were set aside.
enum DeadLettersDiscardCommand: Command {
    static let specification = ArgumentSpecification(
        "parley dead-letters discard", words: DeadLetters.positions,
        summary: "Gives up records that were set aside; they stay in the topic, marked.",
        options: [DeadLetters.execution, .option("because", "REASON", "why, for the record")]
            + [DeadLetters.json] + DeadLetters.filters + LogOptions.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let reason = arguments.value("because") ?? "no reason given"
        return try await DeadLetters.apply(
            .discard(because: reason), done: "discarded", specification,
            arguments)
    }
}

/// What a command accepts: options with a value, flags, and words.
package struct ArgumentSpecification: Sendable {
    /// An option or a flag.
    package struct Option: Sendable {
        /// Its name, without dashes.
        package var name: String
        /// What its value is, such as `SECONDS`; `nil` for a flag.
        package var value: String?
        /// What it does.
        package var help: String
        /// Whether it may be given more than once.
        package var repeats: Bool

        /// An option with a value.
        package static func option(
            _ name: String, _ value: String, _ help: String, repeats: Bool = false
        ) -> Self {
            Self(name: name, value: value, help: help, repeats: repeats)
        }

        /// A flag.
        package static func flag(_ name: String, _ help: String) -> Self {
            Self(name: name, value: nil, help: help, repeats: false)
        }
    }

    /// The command, as it is typed: `parley knowledge add`.
    package var command: String
    /// What the words are, such as `FILE…`; empty if the command takes none.
    package var words: String
    /// What the command does, in a sentence.
    package var summary: String
    /// The options and flags.
    package var options: [Option]

    /// Describes a command.
    package init(_ command: String, words: String = "", summary: String, options: [Option] = []) {
        self.command = command
        self.words = words
        self.summary = summary
        self.options = options
    }

    /// The help text.
    package var usage: String {
        var lines = ["usage: \(command)\(options.isEmpty ? "" : " [options]") \(words)", summary]
        let names = options.map { "  --\($0.name)\($0.value.map { " \($0)" } ?? "")" }
        let width = names.map(\.count).max() ?? 0
        if !options.isEmpty { lines.append("options:") }
        for (name, option) in zip(names, options) {
            let gap = String(repeating: " ", count: width - name.count + 2)
            lines.append(name + gap + option.help)
        }
        return lines.joined(separator: "\n")
    }
}

/// A command line, read by a specification: strict, so that a slip is reported and not passed over.
package struct Arguments: Sendable {
    private let command: String
    private var values: [String: [String]] = [:]
    private var flags: Set<String> = []
    /// The words that belong to no option.
    package private(set) var words: [String] = []

    /// Reads a command line; `--` ends the options.
    ///
    /// - Throws: ``ConfigurationError`` with the usage for an unknown option, a missing value, or
    ///   an option that was given twice.
    package init(
        _ line: [String], _ specification: ArgumentSpecification
    ) throws(ConfigurationError) {
        command = specification.command
        var rest = line[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                words += rest
                break
            }
            guard argument.hasPrefix("--") else {
                words.append(argument)
                continue
            }
            let parts = argument.dropFirst(2).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let option = specification.options.first(where: { $0.name == name }) else {
                throw Self.unknown(name, specification)
            }
            try read(option, inline: parts.count > 1 ? String(parts[1]) : nil, &rest)
        }
        if specification.words.isEmpty, let word = words.first {
            throw ConfigurationError(
                command, "'\(word)' was not expected\n\(specification.usage)")
        }
    }

    private mutating func read(
        _ option: ArgumentSpecification.Option, inline: String?, _ rest: inout ArraySlice<String>
    ) throws(ConfigurationError) {
        guard let kind = option.value else {
            guard inline == nil else {
                throw ConfigurationError(command, "--\(option.name) takes no value")
            }
            flags.insert(option.name)
            return
        }
        guard let value = inline ?? rest.popFirst(), !value.isEmpty else {
            throw ConfigurationError(command, "--\(option.name) needs a value: \(kind)")
        }
        guard option.repeats || values[option.name] == nil else {
            throw ConfigurationError(command, "--\(option.name) was given twice")
        }
        values[option.name, default: []].append(value)
    }

    private static func unknown(
        _ name: String, _ specification: ArgumentSpecification
    ) -> ConfigurationError {
        let hint =
            Spelling.nearest(name, among: specification.options.map(\.name))
            .map { "; did you mean --\($0)?" } ?? ""
        return ConfigurationError(
            specification.command,
            "there is no option --\(name)\(hint)\n\(specification.usage)")
    }

    /// Whether a flag was given.
    package func has(_ flag: String) -> Bool { flags.contains(flag) }

    /// The value of an option, if it was given.
    package func value(_ option: String) -> String? { values[option]?.last }

    /// All values of an option that may repeat.
    package func all(_ option: String) -> [String] { values[option] ?? [] }

    /// The value of an option as a whole number of a range.
    ///
    /// - Throws: ``ConfigurationError`` naming the option, what was given and the range.
    package func integer(
        _ option: String, in range: ClosedRange<Int>
    ) throws(ConfigurationError) -> Int? {
        guard let text = value(option) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw ConfigurationError(
                command,
                "--\(option) is '\(text)', but should be a whole number from \(range.lowerBound) "
                    + "to \(range.upperBound)")
        }
        return number
    }
}

import Conversation
import FoundationEssentials
import JSON

/// What is wrong with a prompt file, and where.
package struct PromptError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name.
    package var file: String
    /// The line, from 1; `nil` if it is about the whole file.
    package var line: Int?
    /// What is wrong and what was expected.
    package var problem: String

    /// `file:line: problem`.
    package var description: String {
        "\(file)\(line.map { ":\($0)" } ?? ""): \(problem)"
    }
}

/// A prompt file: variables, sections of text, and the cases that test it.
///
/// Markdown in three parts, parted by lines of `---`: the front part declares `name` and
/// `variables`; the middle holds sections under `## NAME` with `{{variable}}` in them; the last
/// holds the cases as a fenced block of JSON5.
package struct PromptFile: Hashable, Sendable {
    /// A section of the middle part.
    package struct Section: Hashable, Sendable {
        /// The name.
        package var name: String
        /// The text.
        package var text: String
        /// The line of its heading, from 1.
        package var line: Int

        /// The section's list items, without their markers.
        package var items: [String] {
            text.split(whereSeparator: \.isNewline).compactMap { line in
                line.hasPrefix("- ") ? line.dropFirst(2).trimmingSpaces : nil
            }
        }
    }

    /// One case: what goes in, and what must come out.
    package struct Case: Hashable, Sendable, Codable {
        /// The text that is put in, or the name of the section to render.
        package var input: String
        /// The variables to render with.
        package var variables: [String: String]?
        /// What the phrases should make of the input; absent for nothing.
        package var expect: String?
        /// What the rendered text must hold.
        package var holds: [String]?
        /// What the rendered text must not hold.
        package var lacks: [String]?
    }

    /// The prompt's name.
    package let name: String
    /// The hash of the whole file, for provenance.
    package let hash: String
    /// What each variable is, by its name.
    package let variables: [String: String]
    /// The sections, in order.
    package let sections: [Section]
    /// The cases; at least one.
    package let cases: [Case]

    /// Reads a prompt file's text.
    ///
    /// - Throws: ``PromptError`` with the line.
    package init(_ text: String, file: String) throws(PromptError) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map(String.init)
        let rules = lines.indices.filter { lines[$0].trimmingSpaces == "---" }
        guard rules.count == 3, rules[0] == 0 else {
            throw PromptError(
                file: file, line: rules.count > 3 ? rules[3] + 1 : nil,
                problem: "a prompt begins with '---' and has three parts parted by '---': "
                    + "variables, text, cases")
        }
        hash = NameHash.hex(text)
        (name, variables) = try Self.front(lines[1..<rules[1]], file)
        sections = try Self.sections(lines[(rules[1] + 1)..<rules[2]], variables, file)
        cases = try Self.cases(lines[(rules[2] + 1)...], file)
    }

    /// The text of a section with its variables filled in.
    ///
    /// A variable without a value becomes nothing; what a value holds is never read as a
    /// variable. `nil` if there is no such section.
    package func render(_ section: String, _ values: [String: String]) -> String? {
        sections.first { $0.name == section }.map { Self.fill($0.text, values) }
    }

    /// A text with its variables filled in, as ``render(_:_:)`` does it.
    static func fill(_ text: String, _ values: [String: String]) -> String {
        var rendered = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{"),
            let close = rest[open.upperBound...].firstRange(of: "}}")
        {
            rendered += rest[..<open.lowerBound]
            rendered += values[rest[open.upperBound..<close.lowerBound].trimmingSpaces] ?? ""
            rest = rest[close.upperBound...]
        }
        return (rendered + rest).trimmingSpaces
    }

    private static func front(
        _ lines: ArraySlice<String>, _ file: String
    ) throws(PromptError) -> (String, [String: String]) {
        var name: String?
        var variables: [String: String] = [:]
        for (index, line) in zip(lines.indices, lines) where !line.trimmingSpaces.isEmpty {
            guard let colon = line.firstIndex(of: ":") else {
                throw PromptError(file: file, line: index + 1, problem: "expected 'KEY: value'")
            }
            let key = line[..<colon].trimmingSpaces
            let value = line[line.index(after: colon)...].trimmingSpaces
            if line.first == " " {
                variables[key] = value
            } else if key == "name" {
                name = value
            } else if key != "variables" {
                throw PromptError(
                    file: file, line: index + 1,
                    problem: "'\(key)' is unknown; expected 'name' or 'variables'")
            }
        }
        guard let name, !name.isEmpty else {
            throw PromptError(file: file, line: 1, problem: "the prompt has no 'name'")
        }
        return (name, variables)
    }

    private static func sections(
        _ lines: ArraySlice<String>, _ variables: [String: String], _ file: String
    ) throws(PromptError) -> [Section] {
        var sections: [Section] = []
        for (index, line) in zip(lines.indices, lines) {
            if line.hasPrefix("## ") {
                let name = line.dropFirst(3).trimmingSpaces
                sections.append(Section(name: name, text: "", line: index + 1))
            } else if !sections.isEmpty {
                sections[sections.count - 1].text += line + "\n"
            }
            for used in Self.used(in: line) where variables[used] == nil {
                throw PromptError(
                    file: file, line: index + 1,
                    problem: "the variable '\(used)' is not declared at the top of the file")
            }
        }
        guard !sections.isEmpty else {
            throw PromptError(file: file, line: nil, problem: "there is no '## ' section")
        }
        return sections
    }

    private static func used(in line: String) -> [String] {
        line.split(separator: "{{", omittingEmptySubsequences: false).dropFirst().compactMap {
            piece in
            piece.firstRange(of: "}}").map { piece[..<$0.lowerBound].trimmingSpaces }
        }
    }

    private static func cases(
        _ lines: ArraySlice<String>, _ file: String
    ) throws(PromptError) -> [Case] {
        let first = lines.startIndex + 1
        let json = lines.filter { !$0.hasPrefix("```") }.joined(separator: "\n")
        let cases: [Case]
        do {
            cases = try JSON5Text.decode([Case].self, from: json.utf8)
        } catch {
            throw PromptError(
                file: file, line: first, problem: "the cases are not a JSON5 list: \(error)")
        }
        guard !cases.isEmpty else {
            throw PromptError(file: file, line: first, problem: "a prompt has at least one case")
        }
        return cases
    }
}

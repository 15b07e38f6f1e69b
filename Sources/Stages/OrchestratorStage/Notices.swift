import Conversation

/// What the customer is told, in their language, as `notices.md` has it.
package struct Notices: Hashable, Sendable {
    /// The notices that every language must have.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case asked, unanswered, trouble, unreadable, greeting, thanks, goodbye, quote, helped,
            partial
    }

    private let texts: [String: [Kind: String]]
    /// The language where a customer's own is unknown.
    static let fallback = "en"

    /// Takes the texts of a prompt file: one section a language, `- KIND: text`.
    ///
    /// - Throws: ``PromptError`` naming a language's missing or unknown notice.
    package init(_ file: PromptFile) throws(PromptError) {
        var texts: [String: [Kind: String]] = [:]
        for section in file.sections {
            for item in section.items {
                let colon = item.firstIndex(of: ":") ?? item.endIndex
                guard colon < item.endIndex,
                    let kind = Kind(rawValue: item[..<colon].trimmingSpaces)
                else {
                    throw PromptError(
                        file: file.name, line: section.line,
                        problem: "'\(item.prefix(30))' in '\(section.name)' is no known notice")
                }
                texts[section.name, default: [:]][kind] =
                    item[item.index(after: colon)...].trimmingSpaces
            }
            let missing = Kind.allCases.filter { texts[section.name]?[$0] == nil }
            guard missing.isEmpty else {
                throw PromptError(
                    file: file.name, line: section.line,
                    problem: "'\(section.name)' lacks \(missing.map(\.rawValue))")
            }
        }
        guard texts[Self.fallback] != nil else {
            throw PromptError(file: file.name, line: nil, problem: "there is no section 'en'")
        }
        self.texts = texts
    }

    /// The languages that have notices.
    package var languages: [String] { texts.keys.sorted() }

    /// Whether a text is a notice, in whatever language.
    func isNotice(_ kind: Kind, _ text: String) -> Bool {
        texts.values.contains { $0[kind] == text }
    }

    /// A notice in a language, else in English.
    package func text(_ kind: Kind, in language: String?) -> String {
        let own = language.flatMap { texts[$0]?[kind] }
        return own ?? texts[Self.fallback]?[kind] ?? ""
    }
}

/// All prompt files that the orchestrator reads.
package struct PromptBook: Hashable, Sendable {
    /// The prompt of the chat model.
    package let answer: PromptFile
    /// The rule that tells who asks for a person.
    package let handoff: HandoffRule
    /// The rule that tells courtesies.
    package let courtesy: CourtesyRule
    /// What customers are told.
    package let notices: Notices
    /// What the model reads of tools' results, and of messages that came meanwhile.
    package let tools: PromptFile
    /// What the model reads of what came besides words.
    package let media: PromptFile
    /// How customers confirm what changes something.
    package let confirmations: Confirmations
    /// The rule that tells what customers say about the talk itself.
    package let remarks: Remarks

    /// The files, by their names under `Prompts/`.
    package static let names = [
        "answer.md", "handoff-requests.md", "courtesies.md", "notices.md", "tools.md",
        "confirmations.md", "media.md", "remarks.md",
    ]

    /// The sections of `answer.md`.
    private static let answerSections = ["system", "question", "correction", "results"]

    /// Reads an answer prompt of a tenant's own.
    ///
    /// - Throws: ``PromptError`` with file, line and what was expected.
    package static func ownAnswer(_ text: String, file: String) throws(PromptError) -> PromptFile {
        let prompt = try PromptFile(text, file: file)
        for section in answerSections where prompt.sections.allSatisfy({ $0.name != section }) {
            throw PromptError(
                file: file, line: nil, problem: "the section '## \(section)' is missing")
        }
        return prompt
    }

    /// Reads the files' texts, given by name.
    ///
    /// - Throws: ``PromptError`` with file, line and what was expected.
    package init(_ texts: [String: String]) throws(PromptError) {
        func file(_ name: String) throws(PromptError) -> PromptFile {
            guard let text = texts[name] else {
                throw PromptError(
                    file: name, line: nil, problem: "the file is missing in the prompts' folder")
            }
            return try PromptFile(text, file: name)
        }
        func file(_ name: String, with sections: [String]) throws(PromptError) -> PromptFile {
            let file = try file(name)
            for section in sections where file.sections.allSatisfy({ $0.name != section }) {
                throw PromptError(
                    file: name, line: nil, problem: "the section '## \(section)' is missing")
            }
            return file
        }
        answer = try file("answer.md", with: Self.answerSections)
        tools = try file("tools.md", with: ["result", "late", "meanwhile"])
        media = try file("media.md", with: ["picture", "unseen", "document"])
        confirmations = try Confirmations(try file("confirmations.md"))
        remarks = try Remarks(try file("remarks.md"))
        handoff = HandoffRule(try file("handoff-requests.md"))
        courtesy = CourtesyRule(try file("courtesies.md"))
        notices = try Notices(try file("notices.md"))
    }
}

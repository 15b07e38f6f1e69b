import Conversation
import JSON

/// How customers are asked to confirm what changes something, and how they say yes or no, as
/// `confirmations.md` has it.
package struct Confirmations: Hashable, Sendable {
    /// What a customer answers.
    enum Answer: Hashable {
        case yes, no
    }

    private let texts: [String: [String: String]]
    private let cover: PhraseCover

    /// Reads the texts of a prompt file, one section a language.
    ///
    /// There are `- ask: text` and `- not done: text`, and phrases parted by commas in `- yes:`,
    /// `- no:` and `- polite:`, which is what may stand beside them. `- ask TOOL: text` is the
    /// question of one tool, with its arguments as variables.
    ///
    /// - Throws: ``PromptError`` naming what a language lacks or says twice.
    package init(_ file: PromptFile) throws(PromptError) {
        var texts: [String: [String: String]] = [:]
        var phrases: [(kind: String, text: String)] = []
        for section in file.sections {
            func problem(_ text: String) -> PromptError {
                PromptError(
                    file: file.name, line: section.line, problem: "'\(section.name)' \(text)")
            }
            for item in section.items {
                guard let colon = item.firstIndex(of: ":") else {
                    throw problem("has '\(item.prefix(30))', which is no 'NAME: text'")
                }
                let name = item[..<colon].trimmingSpaces
                let text = item[item.index(after: colon)...].trimmingSpaces
                switch name {
                case "yes", "no", "polite":
                    phrases += text.split(separator: ",").map { (name, $0.trimmingSpaces) }
                case "not done": texts[section.name, default: [:]][name] = text
                case _ where name == "ask" || name.hasPrefix("ask "):
                    texts[section.name, default: [:]][name] = text
                default: throw problem("says '\(name)', which is not known")
                }
            }
            for name in ["ask", "not done"] where texts[section.name]?[name] == nil {
                throw problem("lacks '\(name)'")
            }
        }
        guard texts[Notices.fallback] != nil else {
            throw PromptError(file: file.name, line: nil, problem: "there is no section 'en'")
        }
        let cover = PhraseCover(phrases)
        if let both = cover.ambiguous(["yes", "no"]) {
            throw PromptError(file: file.name, line: nil, problem: "'\(both)' means yes and no")
        }
        self.texts = texts
        self.cover = cover
    }

    /// The languages that have questions.
    package var languages: [String] { texts.keys.sorted() }

    /// What the words answer, if they say yes or no and nothing else.
    func answer(in words: String) -> Answer? {
        guard let kinds = cover.kinds(in: words) else { return nil }
        switch (kinds.contains("yes"), kinds.contains("no")) {
        case (true, false): return .yes
        case (false, true): return .no
        default: return nil
        }
    }

    /// The question whether a tool may be used with some arguments; in English where the language
    /// has none.
    func question(_ tool: String, _ arguments: JSONValue, in language: String?) -> String {
        var values: [String: String] = [:]
        if case .object(let members) = arguments {
            for (name, value) in members { values[name] = Self.words(of: value) }
        }
        let parts = values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        values["request"] = "\(tool) (\(parts.joined(separator: "; ")))"
        let own = texts[language ?? ""] ?? texts[Notices.fallback] ?? [:]
        return PromptFile.fill(own["ask \(tool)"] ?? own["ask"] ?? "", values)
    }

    /// What a customer reads who said no.
    func notDone(in language: String?) -> String {
        (texts[language ?? ""] ?? texts[Notices.fallback])?["not done"] ?? ""
    }

    private static func words(of value: JSONValue) -> String {
        switch value {
        case .string(let text): return text
        case .array(let values): return values.map(words).joined(separator: ", ")
        default:
            let bytes = (try? RecordCodec.encode(value)) ?? []  // it was read as JSON
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

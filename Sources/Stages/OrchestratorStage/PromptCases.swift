import Conversation

/// The cases that stand in prompt files, tried.
package enum PromptCases {
    /// A case that does not hold.
    package struct Failure: Hashable, Sendable, Codable {
        /// What is put in.
        package var input: String
        /// What is wrong.
        package var problem: String
    }

    /// The cases of a file that do not hold, with the other files of its book.
    package static func failures(of file: PromptFile, in book: PromptBook) -> [Failure] {
        file.cases.flatMap { item in
            problems(item, of: file, book).map { Failure(input: item.input, problem: $0) }
        }
    }

    private static func problems(
        _ item: PromptFile.Case, of file: PromptFile, _ book: PromptBook
    ) -> [String] {
        switch file.name {
        case "handoff-requests":
            let asks = book.handoff.asksForPerson(item.input) ? "asked" : nil
            return differs(asks, item)
        case "courtesies": return differs(book.courtesy.kind(of: item.input), item)
        case "remarks": return differs(book.remarks.kind(of: item.input)?.rawValue, item)
        case "confirmations":
            return differs(book.confirmations.answer(in: item.input).map { "\($0)" }, item)
        case "notices":
            guard let kind = Notices.Kind(rawValue: item.input) else {
                return ["there is no such notice"]
            }
            return wrong(book.notices.text(kind, in: item.expect), item)
        default:
            guard let text = file.render(item.input, item.variables ?? [:]) else {
                return ["there is no section '## \(item.input)'"]
            }
            return wrong(text, item)
        }
    }

    private static func differs(_ found: String?, _ item: PromptFile.Case) -> [String] {
        guard found != item.expect else { return [] }
        return ["it is \(found ?? "nothing"), not \(item.expect ?? "nothing")"]
    }

    private static func wrong(_ text: String, _ item: PromptFile.Case) -> [String] {
        (item.holds ?? []).filter { !text.contains($0) }.map { "'\($0)' is missing" }
            + (item.lacks ?? []).filter { text.contains($0) }.map { "'\($0)' is in it" }
    }
}

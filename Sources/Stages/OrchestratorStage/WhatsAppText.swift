import Conversation

/// What models write in Markdown, in WhatsApp's own marks: `*bold*`, no headings, no `[text](URL)`.
///
/// WhatsApp Help Center, "How to format your messages".
enum WhatsAppText {
    /// The text as WhatsApp shows it.
    static func of(_ text: String) -> String {
        var text = text.replacing("**", with: "*").replacing("__", with: "_")
        text = withoutLinks(text)
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return lines.map { line in
            let bare = line.drop { $0 == " " }
            let marks = bare.prefix { $0 == "#" }
            guard (1...6).contains(marks.count), bare.dropFirst(marks.count).first == " " else {
                return String(line)
            }
            let title = bare.dropFirst(marks.count).trimmingSpaces
            return title.contains("*") ? title : "*\(title)*"
        }.joined(separator: "\n")
    }

    /// `[text](URL)` as `text: URL`, or the address alone where both are the same.
    private static func withoutLinks(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let middle = rest.firstRange(of: "]("),
            let open = rest[..<middle.lowerBound].lastIndex(of: "["),
            let close = rest[middle.upperBound...].firstIndex(of: ")")
        {
            let label = rest[rest.index(after: open)..<middle.lowerBound]
            let address = rest[middle.upperBound..<close]
            let isAddress = address.contains(".") && !address.contains(" ")
            result += rest[..<open]
            if isAddress {
                result += label == address ? String(address) : "\(label): \(address)"
            } else {
                result += rest[open...close]
            }
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}

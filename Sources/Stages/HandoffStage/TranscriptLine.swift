import Conversation

/// A line of the transcript as the state keeps it: one text, written once when the line is made,
/// because the state is written at every commit and the line is read only at a handoff.
///
/// A line that is not words alone begins with a capital letter and has its content, as JSON,
/// before the words.
struct TranscriptLine: Hashable, Sendable {
    /// Between the parts: ASCII's unit separator, which no id holds; the words come last.
    private static let separator: Character = "\u{1f}"

    /// The stored form.
    let text: String

    init(_ entry: TranscriptEntry) {
        var agent = ""
        var name = ""
        let letter: String
        switch entry.speaker {
        case .customer: letter = "c"
        case .bot: letter = "b"
        case .system: letter = "s"
        case .owner: letter = "o"
        case .agent(let id, let agentName):
            letter = "a"
            agent = id.rawValue
            name = agentName.filter { $0 != Self.separator }
        }
        let words = Self.words(entry.text)
        var parts = [letter, String(entry.at.milliseconds), entry.id.rawValue, agent, name]
        // JSON escapes the separator. Without its content a line still says what it is.
        if let content = entry.content, let json = try? RecordCodec.encode(content) {
            parts[0] = letter.uppercased()
            parts.append(String(decoding: json, as: UTF8.self))
        }
        parts.append(words)
        text = parts.joined(separator: String(Self.separator))
    }

    /// As much of what was said as is kept.
    static func words(_ text: String) -> String {
        // Units are counted first because counting characters takes longer.
        guard text.utf8.count > HandoffLimits.transcriptCharacters,
            text.count > HandoffLimits.transcriptCharacters
        else { return text }
        return text.prefix(HandoffLimits.transcriptCharacters) + "…"
    }

    /// The line's entry; `nil` if the stored text is not one.
    var entry: TranscriptEntry? {
        let isPlain = text.first?.isLowercase ?? true
        let parts = text.split(
            separator: Self.separator, maxSplits: isPlain ? 5 : 6, omittingEmptySubsequences: false
        ).map(String.init)
        guard parts.count == (isPlain ? 6 : 7), let at = Int64(parts[1]) else { return nil }
        let speaker: TranscriptEntry.Speaker =
            switch parts[0].lowercased() {
            case "c": .customer
            case "b": .bot
            case "a": .agent(AgentID(parts[3]), name: parts[4])
            case "o": .owner
            default: .system
            }
        // What cannot be read is shown by its words.
        let content =
            isPlain
            ? nil : try? RecordCodec.decode(TranscriptContent.self, from: Array(parts[5].utf8))
        return TranscriptEntry(
            id: RecordID(parts[2]), speaker: speaker, text: parts[isPlain ? 5 : 6],
            at: Timestamp(milliseconds: at), content: content)
    }
}

extension TranscriptLine: Codable {
    init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

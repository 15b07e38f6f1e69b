import Conversation

/// A line of the transcript as the state keeps it: one text, written once when the line is made,
/// because the state is written at every commit and the line is read only at a handoff.
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
        case .agent(let id, let agentName):
            letter = "a"
            agent = id.rawValue
            name = agentName.filter { $0 != Self.separator }
        }
        var words = entry.text
        // Units are counted first because counting characters takes longer.
        if words.utf8.count > HandoffLimits.transcriptCharacters,
            words.count > HandoffLimits.transcriptCharacters
        {
            words = words.prefix(HandoffLimits.transcriptCharacters) + "…"
        }
        text = [
            letter, String(entry.at.milliseconds), entry.id.rawValue, agent, name, words,
        ].joined(separator: String(Self.separator))
    }

    /// The line's entry; `nil` if the stored text is not one.
    var entry: TranscriptEntry? {
        let parts = text.split(
            separator: Self.separator, maxSplits: 5, omittingEmptySubsequences: false
        ).map(String.init)
        guard parts.count == 6, let at = Int64(parts[1]) else { return nil }
        let speaker: TranscriptEntry.Speaker =
            switch parts[0] {
            case "c": .customer
            case "b": .bot
            case "a": .agent(AgentID(parts[3]), name: parts[4])
            default: .system
            }
        return TranscriptEntry(
            id: RecordID(parts[2]), speaker: speaker, text: parts[5],
            at: Timestamp(milliseconds: at))
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

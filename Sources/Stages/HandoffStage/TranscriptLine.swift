import Conversation

/// A line of the transcript as the state keeps it: one JSON string, which is several times
/// cheaper to write than an object with five fields.
struct TranscriptLine: Hashable, Sendable {
    var entry: TranscriptEntry

    init(_ entry: TranscriptEntry) {
        self.entry = entry
        if entry.text.count > HandoffLimits.transcriptCharacters {
            self.entry.text = entry.text.prefix(HandoffLimits.transcriptCharacters) + "…"
        }
    }
}

extension TranscriptLine: Codable {
    /// Between the parts: ASCII's unit separator, which no id holds; the text comes last.
    private static let separator: Character = "\u{1f}"

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let parts = try container.decode(String.self).split(
            separator: Self.separator, maxSplits: 5, omittingEmptySubsequences: false
        ).map(String.init)
        guard parts.count == 6, let at = Int64(parts[1]) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a line of transcript has six parts")
        }
        let speaker: TranscriptEntry.Speaker =
            switch parts[0] {
            case "c": .customer
            case "b": .bot
            case "a": .agent(AgentID(parts[3]), name: parts[4])
            default: .system
            }
        entry = TranscriptEntry(
            id: RecordID(parts[2]), speaker: speaker, text: parts[5],
            at: Timestamp(milliseconds: at))
    }

    func encode(to encoder: any Encoder) throws {
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
        let parts = [
            letter, String(entry.at.milliseconds), entry.id.rawValue, agent, name, entry.text,
        ]
        var container = encoder.singleValueContainer()
        try container.encode(parts.joined(separator: String(Self.separator)))
    }
}

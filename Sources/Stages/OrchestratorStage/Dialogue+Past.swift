import Conversation

extension Dialogue.Line {
    /// Who said it, as the model reads it.
    var speaker: String {
        if isCustomer { return "Customer: " }
        return isColleague == true ? "Colleague: " : "You: "
    }

    /// Whether it only marks where a person's part is over.
    var isHandedBack: Bool { isColleague == true && text == Dialogue.handedBack }
}

extension Dialogue {
    /// Keeps what others than the bot said, in the order of its time, and forgets what holds no
    /// more.
    mutating func remember(
        _ past: ConversationPast, at now: Timestamp, _ settings: OrchestratorSettings
    ) {
        for entry in past.withdrawn ?? [] { forget(entry) }
        var lines = recent
        for entry in past.lines {
            let message = MessageID(entry.id.rawValue)
            guard !lines.contains(where: { $0.messages?.contains(message) == true })
            else { continue }
            lines.append(
                Line(
                    isCustomer: entry.speaker == .customer,
                    text: String(entry.text.prefix(Self.longestLine)), at: entry.at,
                    messages: [message], isColleague: entry.isOfPerson ? true : nil))
        }
        let inOrder = lines.enumerated().sorted { ($0.1.at, $0.0) < ($1.1.at, $1.0) }
        lines = inOrder.map(\.1).filter { now.since($0.at) <= settings.longestPause }
        if past.isHandedBack, lines.contains(where: { $0.isColleague == true }) {
            lines.append(
                Line(isCustomer: false, text: Self.handedBack, at: now, isColleague: true))
        }
        recent = lines.suffix(settings.mostRecentLines)
    }

    /// Forgets what was said; what the bot said itself is known by its words, as it stands here
    /// before it is sent.
    private mutating func forget(_ entry: TranscriptEntry) {
        let message = MessageID(entry.id.rawValue)
        let words = String(entry.text.prefix(Self.longestLine))
        recent.removeAll { line in
            line.messages?.contains(message) == true
                || (entry.speaker == .bot && !line.isCustomer && line.isColleague != true
                    && line.text == words)
        }
    }

    /// What the model reads where a person's part is over.
    fileprivate static let handedBack = "(I have answered; from here on you answer again.)"
}

/// The id of one attempt to send: WhatsApp gives it back in statuses
/// (`biz_opaque_callback_data`), so that a status finds its conversation and its attempt even if
/// the answer to the send was lost.
///
/// Its text is `p1.CONVERSATION.OUTBOUND.ATTEMPT`: opaque ids only, because every app of the
/// business account can read it.
package struct AttemptID: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The most characters that WhatsApp takes (facts: WhatsApp, "Message object").
    package static let longest = 512
    /// What every text begins with: the format's version.
    package static let prefix = "p1"

    /// The conversation.
    package var conversation: ConversationID
    /// The outbound message's record.
    package var outbound: RecordID
    /// The attempt's number, from 1.
    package var attempt: Int

    /// Names an attempt.
    package init(conversation: ConversationID, outbound: RecordID, attempt: Int) {
        self.conversation = conversation
        self.outbound = outbound
        self.attempt = attempt
    }

    /// Reads the text form, or gives `nil` for anything else: another program's data is normal.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.longest else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0] == Self.prefix else { return nil }
        guard let attempt = Int(parts[parts.count - 1]), attempt > 0 else { return nil }
        let outbound = parts[parts.count - 2]
        let conversation = parts[1..<(parts.count - 2)].joined(separator: ".")
        guard !outbound.isEmpty, !conversation.isEmpty else { return nil }
        self.init(
            conversation: ConversationID(conversation), outbound: RecordID(String(outbound)),
            attempt: attempt)
    }

    /// Reads the text form.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "an attempt is p1.CONVERSATION.OUTBOUND.ATTEMPT")
        }
        self = id
    }

    /// Writes the text form.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// The text form.
    package var description: String {
        "\(Self.prefix).\(conversation.rawValue).\(outbound.rawValue).\(attempt)"
    }
}

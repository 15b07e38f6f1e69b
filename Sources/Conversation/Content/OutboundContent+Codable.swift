import JSON

/// The JSON form: `{KIND: {…}}`, and `quotes` beside it where a message is quoted.
///
/// Plain text is `{"text":{"_0":"…"}}`, as it always was. What this version cannot read becomes
/// ``OutboundContent/Body/other(type:raw:)`` and is written as it came.
extension OutboundContent: Codable {
    private struct Field: CodingKey, Hashable {
        static let quotes = Self("quotes")

        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    private enum TextField: String, CodingKey {
        case text = "_0"
        case preview
    }

    private enum ReactionField: String, CodingKey {
        case message = "to"
        case emoji
    }

    /// Reads the form above.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Field.self)
        guard let kind = box.allKeys.first(where: { $0 != .quotes }) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "there is no content"))
        }
        // What a later version fills into a known kind may be as unknown as a later kind.
        if let known = try? Self.known(kind, in: box) {
            body = known
        } else {
            let raw = try box.decode(NestedJSON.self, forKey: kind)
            body = .other(type: kind.stringValue, raw: RawJSON(raw.text))
        }
        quotes = try box.decodeIfPresent(WhatsAppMessageID.self, forKey: .quotes)
    }

    private static func known(
        _ kind: Field, in box: KeyedDecodingContainer<Field>
    ) throws -> Body? {
        func media() throws -> OutboundMedia { try box.decode(OutboundMedia.self, forKey: kind) }
        switch kind.stringValue {
        case "text":
            let text = try box.nestedContainer(keyedBy: TextField.self, forKey: kind)
            return .text(
                try text.decode(String.self, forKey: .text),
                preview: try text.decodeIfPresent(Bool.self, forKey: .preview) ?? false)
        case "image": return .image(try media())
        case "video": return .video(try media())
        case "audio": return .audio(try media())
        case "document": return .document(try media())
        case "sticker": return .sticker(try media())
        case "interactive":
            return .interactive(try box.decode(InteractiveMessage.self, forKey: kind))
        case "template": return .template(try box.decode(TemplateMessage.self, forKey: kind))
        case "location": return .location(try box.decode(Location.self, forKey: kind))
        case "contacts": return .contacts(try box.decode([ContactCard].self, forKey: kind))
        case "reaction":
            let reaction = try box.nestedContainer(keyedBy: ReactionField.self, forKey: kind)
            return .reaction(
                to: try reaction.decode(WhatsAppMessageID.self, forKey: .message),
                emoji: try reaction.decodeIfPresent(String.self, forKey: .emoji))
        default: return nil
        }
    }

    /// Writes the form above.
    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Field.self)
        // Containers are written one after the other: what is nested comes last.
        try box.encodeIfPresent(quotes, forKey: .quotes)
        let field = Field(kind)
        switch body {
        case .text(let text, let preview):
            var nested = box.nestedContainer(keyedBy: TextField.self, forKey: field)
            try nested.encode(text, forKey: .text)
            if preview { try nested.encode(true, forKey: .preview) }
        case .image(let media), .video(let media), .audio(let media), .document(let media),
            .sticker(let media):
            try box.encode(media, forKey: field)
        case .interactive(let message): try box.encode(message, forKey: field)
        case .template(let message): try box.encode(message, forKey: field)
        case .location(let location): try box.encode(location, forKey: field)
        case .contacts(let cards): try box.encode(cards, forKey: field)
        case .reaction(let message, let emoji):
            var nested = box.nestedContainer(keyedBy: ReactionField.self, forKey: field)
            try nested.encode(message, forKey: .message)
            try nested.encodeIfPresent(emoji, forKey: .emoji)
        case .other(_, let raw): try box.encode(NestedJSON(raw.text), forKey: field)
        }
    }
}

// Content beside other fields: plain text in a field of text, as it was before there was anything
// else, and all else whole.

extension KeyedDecodingContainer {
    /// Reads content from the field that holds it.
    package func content(text: Key, whole: Key) throws -> OutboundContent {
        if let content = try decodeIfPresent(OutboundContent.self, forKey: whole) {
            return content
        }
        return .text(try decode(String.self, forKey: text))
    }
}

extension KeyedEncodingContainer {
    /// Writes content to the field that it belongs to.
    package mutating func encode(_ content: OutboundContent, text: Key, whole: Key) throws {
        if let plain = content.plainText {
            try encode(plain, forKey: text)
        } else {
            try encode(content, forKey: whole)
        }
    }
}

import JSON

/// The JSON form: `{"type": KIND, …}` with the fields of the kind beside it.
///
/// What was kept whole has the type `other` and WhatsApp's word as `kind`: a known word may have
/// come without its part, and a word that is unknown today may be known to a later reader. A type
/// that this version does not know becomes `other`.
extension MessageContent: Codable {
    private enum Field: String, CodingKey {
        case type, text, media, location, raw, message, emoji, payload, id, title, description
        case name, response, kind, body, errors, call
    }

    /// Reads the form above.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Field.self)
        let type = try box.decode(String.self, forKey: .type)
        func media() throws -> Media { try box.decode(Media.self, forKey: .media) }
        func raw() throws -> RawJSON { try box.decode(RawJSON.self, forKey: .raw) }
        func message() throws -> MessageID { try box.decode(MessageID.self, forKey: .message) }
        func text(_ field: Field) throws -> String { try box.decode(String.self, forKey: field) }
        func maybe(_ field: Field) throws -> String? {
            try box.decodeIfPresent(String.self, forKey: field)
        }
        switch type {
        case "text": self = .text(try text(.text))
        case "image": self = .image(try media())
        case "video": self = .video(try media())
        case "audio": self = .audio(try media())
        case "document": self = .document(try media())
        case "sticker": self = .sticker(try media())
        case "location": self = .location(try box.decode(Location.self, forKey: .location))
        case "contacts": self = .contacts(try raw())
        case "reaction": self = .reaction(to: try message(), emoji: try maybe(.emoji))
        case "button": self = .button(text: try text(.text), payload: try maybe(.payload))
        case "choice":
            self = .choice(
                id: try text(.id), title: try text(.title), description: try maybe(.description))
        case "flow": self = .flow(name: try maybe(.name), response: try text(.response))
        case "call_permission":
            self = .callPermission(response: try text(.response), raw: try raw())
        case "call": self = .call(try box.decode(PhoneCall.self, forKey: .call))
        case "order": self = .order(text: try maybe(.text), raw: try raw())
        case "system":
            self = .system(kind: try text(.kind), body: try maybe(.body), raw: try raw())
        case "edit": self = .edit(of: try message(), text: try maybe(.text), raw: try raw())
        case "revoke": self = .revoke(of: try message())
        case "unsupported":
            self = .unsupported(
                kind: try maybe(.kind),
                errors: try box.decode([PlatformError].self, forKey: .errors))
        default:
            self = .other(
                type: type == Self.keptWhole ? try text(.kind) : type,
                raw: try box.decodeIfPresent(RawJSON.self, forKey: .raw) ?? RawJSON("null"))
        }
    }

    /// Writes the form above.
    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Field.self)
        if case .other(let type, let raw) = self {
            try box.encode(Self.keptWhole, forKey: .type)
            try box.encode(type, forKey: .kind)
            return try box.encode(raw, forKey: .raw)
        }
        try box.encode(kind, forKey: .type)
        switch self {
        case .text(let text): try box.encode(text, forKey: .text)
        case .image(let media), .video(let media), .audio(let media), .document(let media),
            .sticker(let media):
            try box.encode(media, forKey: .media)
        case .location(let location): try box.encode(location, forKey: .location)
        case .contacts(let raw): try box.encode(raw, forKey: .raw)
        case .reaction(let message, let emoji):
            try box.encode(message, forKey: .message)
            try box.encodeIfPresent(emoji, forKey: .emoji)
        case .button(let text, let payload):
            try box.encode(text, forKey: .text)
            try box.encodeIfPresent(payload, forKey: .payload)
        case .choice(let id, let title, let description):
            try box.encode(id, forKey: .id)
            try box.encode(title, forKey: .title)
            try box.encodeIfPresent(description, forKey: .description)
        case .flow(let name, let response):
            try box.encodeIfPresent(name, forKey: .name)
            try box.encode(response, forKey: .response)
        case .callPermission(let response, let raw):
            try box.encode(response, forKey: .response)
            try box.encode(raw, forKey: .raw)
        case .call(let call): try box.encode(call, forKey: .call)
        case .order(let text, let raw):
            try box.encodeIfPresent(text, forKey: .text)
            try box.encode(raw, forKey: .raw)
        case .system(let kind, let body, let raw):
            try box.encode(kind, forKey: .kind)
            try box.encodeIfPresent(body, forKey: .body)
            try box.encode(raw, forKey: .raw)
        case .edit(let message, let text, let raw):
            try box.encode(message, forKey: .message)
            try box.encodeIfPresent(text, forKey: .text)
            try box.encode(raw, forKey: .raw)
        case .revoke(let message): try box.encode(message, forKey: .message)
        case .unsupported(let kind, let errors):
            try box.encodeIfPresent(kind, forKey: .kind)
            try box.encode(errors, forKey: .errors)
        case .other: break
        }
    }

    /// The type of what was kept whole.
    private static let keptWhole = "other"
}

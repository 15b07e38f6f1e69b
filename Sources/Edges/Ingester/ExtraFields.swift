import Conversation
import JSON

/// What WhatsApp sends with a message that this version has no place for: it is kept as it came,
/// so that what Meta adds later is not lost before somebody reads it.
struct ExtraFields {
    /// The fields that are read.
    private let read: Set<String>
    /// The objects of which only some fields are read.
    private let parts: [String: ExtraFields]

    private init(_ read: Set<String>, parts: [String: ExtraFields] = [:]) {
        self.read = read
        self.parts = parts
    }

    /// What a message has beside `content`; `nil` if there is nothing.
    static func of(_ message: JSONView, with content: MessageContent) -> RawJSON? {
        // It was kept whole.
        if case .other = content { return nil }
        return Self.message.rest(of: message).map { RawJSON($0) }
    }

    /// What a message of the business's phone has beside `content`; `nil` if there is nothing.
    static func of(echo: JSONView, with content: MessageContent) -> RawJSON? {
        if case .other = content { return nil }
        let fields = ["to", "to_user_id", "to_parent_user_id", "history_context"]
        let read = ExtraFields(Self.message.read.union(fields), parts: Self.message.parts)
        return read.rest(of: echo).map { RawJSON($0) }
    }

    /// The JSON of the fields of an object that are not read.
    private func rest(of object: JSONView) -> String? {
        var rest = ""
        func keep(_ name: String, _ json: String) {
            // Text can always be written.
            guard let quoted = try? RecordCodec.encode(name) else { return }
            rest += (rest.isEmpty ? "{" : ",") + String(decoding: quoted, as: UTF8.self)
            rest += ":" + json
        }
        for (name, value) in object.fields where !read.contains(name) {
            guard let part = parts[name], value.isObject else {
                keep(name, value.raw.text)
                continue
            }
            if let json = part.rest(of: value) { keep(name, json) }
        }
        return rest.isEmpty ? nil : rest + "}"
    }

    private static let medium = ExtraFields([
        "id", "mime_type", "sha256", "caption", "filename", "voice", "animated",
    ])

    private static let reply = ExtraFields(["id", "title", "description"])

    /// A message; `contacts`, `order`, `system` and `edit` are kept whole.
    private static let message = ExtraFields(
        [
            "from", "from_user_id", "from_parent_user_id", "group_id", "id", "timestamp", "type",
            "referral", "errors", "contacts", "order", "system", "edit",
        ],
        parts: [
            "context": ExtraFields([
                "id", "from", "forwarded", "frequently_forwarded", "referred_product",
            ]),
            "text": ExtraFields(["body"]),
            "image": medium, "video": medium, "audio": medium, "voice": medium,
            "document": medium, "sticker": medium,
            "location": ExtraFields(["latitude", "longitude", "name", "address"]),
            "reaction": ExtraFields(["message_id", "emoji"]),
            "button": ExtraFields(["payload", "text"]),
            "interactive": ExtraFields(
                ["type", "call_permission_reply"],
                parts: [
                    "button_reply": reply, "list_reply": reply,
                    "nfm_reply": ExtraFields(["name", "body", "response_json"]),
                ]),
            "revoke": ExtraFields(["original_message_id"]),
            "unsupported": ExtraFields(["type"]),
        ])
}

import Endpoints
import HTTPServer
package import JSON

/// What a played customer sends: one of its fields besides name and quote.
package struct PlayedMessage: Described, Codable, Hashable {
    /// A place.
    package struct Place: Described, Codable, Hashable {
        /// Degrees north.
        package var latitude: Double
        /// Degrees east.
        package var longitude: Double
        /// What it is called.
        package var name: String?

        package static let schema = JSONSchema.object([
            .required("latitude", .number("Degrees north.")),
            .required("longitude", .number("Degrees east.")),
            .optional("name", .text("What it is called.", 1...200)),
        ])
    }

    /// Somebody's card.
    package struct Card: Described, Codable, Hashable {
        /// The name.
        package var name: String
        /// The number.
        package var phone: String

        package static let schema = JSONSchema.object([
            .required("name", .text("The name.", 1...200)),
            .required("phone", .text("The number.", 3...40)),
        ])
    }

    /// A file that was put on the phone.
    package struct File: Described, Codable, Hashable {
        /// The file.
        package var id: String
        /// How it is sent.
        package var kind: String
        /// Its media type.
        package var mime_type: String
        /// Its SHA-256 in base64.
        package var sha256: String
        /// The words under it.
        package var caption: String?
        /// A document's name.
        package var filename: String?
        /// Whether it was spoken for this chat.
        package var voice: Bool?

        package static let schema = JSONSchema.object([
            .required("id", .id("The file.")),
            .required(
                "kind",
                .words(["image", "audio", "video", "document", "sticker"], "How it is sent.")),
            .required("mime_type", .text("Its media type.", 1...200)),
            .required("sha256", .text("Its SHA-256 in base64.", 1...100)),
            .optional("caption", .text("The words under it.", 1...1_024)),
            .optional("filename", .text("A document's name.", 1...240)),
            .optional("voice", .boolean("Whether it was spoken for this chat.")),
        ])
    }

    /// A button or row that was tapped.
    package struct Tap: Described, Codable, Hashable {
        /// What was tapped.
        package var kind: String
        /// Its id, or a template's payload.
        package var id: String
        /// What stands on it.
        package var title: String
        /// What stands under a row.
        package var description: String?

        package static let schema = JSONSchema.object([
            .required("kind", .words(["button", "row", "template"], "What was tapped.")),
            .required("id", .text("Its id, or a template's payload.", 1...256)),
            .required("title", .text("What stands on it.", 1...100)),
            .optional("description", .text("What stands under a row.", 1...200)),
        ])
    }

    /// A reaction to a message, or a change of one.
    package struct About: Described, Codable, Hashable {
        /// What is done.
        package var act: String
        /// The message.
        package var wamid: String
        /// The emoji, or the new words; without it a reaction is taken back.
        package var text: String?

        package static let schema = JSONSchema.object([
            .required("act", .words(["react", "edit", "delete"], "What is done.")),
            .required("wamid", .text("The message.", 1...400)),
            .optional("text", .text("The emoji, or the new words.", 1...4_096)),
        ])
    }

    /// Bytes of a file.
    package static let fileBytes = 16 << 20

    /// The profile's name, as it is from now on.
    package var name: String?
    /// The message that is answered.
    package var quotes: String?
    /// Words.
    package var text: String?
    /// A place.
    package var place: Place?
    /// Somebody's card.
    package var card: Card?
    /// A file.
    package var file: File?
    /// What was tapped.
    package var tap: Tap?
    /// What is done about a message.
    package var about: About?

    package static let schema = JSONSchema.object(
        [
            .optional("name", .text("The profile's name.", 1...100)),
            .optional("quotes", .text("The message that is answered.", 1...400)),
            .optional("text", .text("Words.", 1...4_096)),
            .optional("place", Place.schema), .optional("card", Card.schema),
            .optional("file", File.schema), .optional("tap", Tap.schema),
            .optional("about", About.schema),
        ], named: "PlayedMessage")

    /// The message as WhatsApp's webhook holds it (WhatsApp, "Webhooks: messages"); `nil` where
    /// nothing is said.
    var webhook: [String: JSONValue]? {
        guard var message = content else { return nil }
        if let quotes { message["context"] = .object(["id": .string(quotes)]) }
        return message
    }

    private var content: [String: JSONValue]? {
        if let text { return Self.message("text", ["body": .string(text)]) }
        if let place {
            var fields: [String: JSONValue] = [
                "latitude": .number(place.latitude), "longitude": .number(place.longitude),
            ]
            fields["name"] = place.name.map { .string($0) }
            return Self.message("location", fields)
        }
        if let card {
            let person: JSONValue = .object([
                "name": .object([
                    "formatted_name": .string(card.name), "first_name": .string(card.name),
                ]),
                "phones": .array([
                    .object(["phone": .string(card.phone), "type": .string("CELL")])
                ]),
            ])
            return ["type": .string("contacts"), "contacts": .array([person])]
        }
        if let file { return Self.message(file.kind, Self.fields(of: file)) }
        if let tap { return Self.message(tap) }
        return about.flatMap { Self.message($0) }
    }

    private static func message(
        _ type: String, _ fields: [String: JSONValue]
    ) -> [String: JSONValue] {
        ["type": .string(type), type: .object(fields)]
    }

    private static func fields(of file: File) -> [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "id": .string(file.id), "mime_type": .string(file.mime_type),
            "sha256": .string(file.sha256),
        ]
        fields["caption"] = file.caption.map { .string($0) }
        if file.kind == "document" { fields["filename"] = .string(file.filename ?? "file") }
        if file.kind == "audio" { fields["voice"] = .bool(file.voice ?? false) }
        return fields
    }

    private static func message(_ tap: Tap) -> [String: JSONValue] {
        switch tap.kind {
        case "template":
            return message("button", ["payload": .string(tap.id), "text": .string(tap.title)])
        case "row":
            var row: [String: JSONValue] = ["id": .string(tap.id), "title": .string(tap.title)]
            row["description"] = tap.description.map { .string($0) }
            return message(
                "interactive", ["type": .string("list_reply"), "list_reply": .object(row)])
        default:
            return message(
                "interactive",
                [
                    "type": .string("button_reply"),
                    "button_reply": .object([
                        "id": .string(tap.id), "title": .string(tap.title),
                    ]),
                ])
        }
    }

    private static func message(_ about: About) -> [String: JSONValue]? {
        switch about.act {
        case "react":
            return message(
                "reaction",
                ["message_id": .string(about.wamid), "emoji": .string(about.text ?? "")])
        case "edit":
            guard let text = about.text else { return nil }
            return message(
                "edit",
                [
                    "original_message_id": .string(about.wamid),
                    "message": .object(message("text", ["body": .string(text)])),
                ])
        default: return message("revoke", ["original_message_id": .string(about.wamid)])
        }
    }
}

/// What the message became.
package struct PlayedAnswer: Described, Codable, Hashable {
    /// The message.
    package var wamid: String

    package static let schema = JSONSchema.object(
        [.required("wamid", .text("The message."))], named: "PlayedAnswer")
}

/// A file on the customer's phone.
package struct PlayedFile: Described, Codable, Hashable {
    /// The file.
    package var id: String
    /// Its media type.
    package var mime_type: String
    /// Its SHA-256 in base64.
    package var sha256: String

    package static let schema = JSONSchema.object(
        [
            .required("id", .text("The file.")), .required("mime_type", .text("Its media type.")),
            .required("sha256", .text("Its SHA-256 in base64.")),
        ], named: "PlayedFile")
}

/// Whether a simulated WhatsApp runs here.
package struct SimulatorStanding: Described, Codable, Hashable {
    /// Whether one does.
    package var isRunning: Bool
    /// Its businesses, by name.
    package var businesses: [SimulatorBusiness]

    package static let schema = JSONSchema.object(
        [
            .required("isRunning", .boolean("Whether one does.")),
            .required(
                "businesses", .list(SimulatorBusiness.schema, "Its businesses, by name.")),
        ], named: "SimulatorStanding")
}

/// A business that the simulated WhatsApp knows.
package struct SimulatorBusiness: Described, Codable, Hashable {
    /// The name by which the simulator calls it.
    package var name: String
    /// The number as people read it.
    package var displayNumber: String
    /// Whether its webhook was told.
    package var isConnected: Bool

    package static let schema = JSONSchema.object(
        [
            .required("name", .text("The name by which the simulator calls it.")),
            .required("displayNumber", .text("The number as people read it.")),
            .required("isConnected", .boolean("Whether its webhook was told.")),
        ], named: "SimulatorBusiness")
}

/// Which business is meant.
struct OneBusiness: Described, Decodable {
    var business: String
    static let schema = JSONSchema.object([
        .required("business", .text("The simulated business.", 1...200))
    ])
}

/// Whose phone is meant.
struct OnePhone: Described, Decodable {
    var business: String
    var phone: String

    static let schema = JSONSchema.object([
        .required("business", .text("The simulated business.", 1...200)),
        .required("phone", phone),
    ])

    static let phone = JSONSchema.text(
        "The customer's phone.", 5...20, pattern: "[0-9]+", rule: "the digits of a phone number")
}

/// Which chat is looked at, and whether it is waited for.
struct OneChat: Described, Decodable {
    var business: String
    var phone: String
    var revision: Int?
    var wait: Int?

    static let schema = JSONSchema.object([
        .required("business", .text("The simulated business.", 1...200)),
        .required("phone", OnePhone.phone),
        .optional("revision", .count("The revision that is shown.")),
        .optional("wait", .integer("Seconds to wait for another one.", 0...20)),
    ])
}

/// Whose file comes, and of which kind.
struct OneUpload: Described, Decodable {
    var business: String
    var mediaType: String

    static let schema = JSONSchema.object([
        .required("business", .text("The simulated business.", 1...200)),
        .required(
            "mediaType",
            .text(
                "Its media type.", 3...200, pattern: "[a-z]+/[a-zA-Z0-9.+-]+(; ?[a-z]+=[a-z0-9]+)?",
                rule: "a media type, such as image/png")),
    ])
}

/// Which file is meant.
struct OneMedium: Described, Decodable {
    var medium: String
    static let schema = JSONSchema.object([.required("medium", .id("The file."))])
}

/// A file that a page shows; nothing in it is run.
struct ShownFile: EndpointAnswer {
    static let media = AnswerMedia.other("*/*")

    /// What a browser shows without running anything; all else is only saved.
    private static let shown = ["image/png", "image/jpeg", "image/gif", "image/webp"]
    private static let heard = ["audio/", "video/"]

    let bytes: [UInt8]
    let mediaType: String

    func response() -> HTTPResponse {
        let isShown =
            Self.shown.contains(mediaType) || Self.heard.contains { mediaType.hasPrefix($0) }
        return HTTPResponse(
            status: 200,
            headers: [
                ("Content-Type", isShown ? mediaType : "application/octet-stream"),
                ("X-Content-Type-Options", "nosniff"),
                ("Content-Security-Policy", "sandbox; default-src 'none'"),
                ("Content-Disposition", isShown ? "inline" : "attachment"),
                ("Cross-Origin-Resource-Policy", "same-origin"),
                ("Cache-Control", "private, no-store"),
            ], body: bytes)
    }
}

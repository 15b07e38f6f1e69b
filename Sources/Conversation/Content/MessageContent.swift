package import JSON

/// What a customer's message holds, by WhatsApp's `type`.
package enum MessageContent: Hashable, Sendable {
    /// Written text.
    case text(String)
    /// A picture.
    case image(Media)
    /// A film.
    case video(Media)
    /// A sound; a voice note if `Media.voice`.
    case audio(Media)
    /// A file.
    case document(Media)
    /// A sticker.
    case sticker(Media)
    /// A place.
    case location(Location)
    /// Contact cards, as WhatsApp's JSON array.
    case contacts(RawJSON)
    /// A reaction to a message; no emoji means that it was taken back.
    case reaction(to: MessageID, emoji: String?)
    /// A tap on a template's quick reply.
    case button(text: String, payload: String?)
    /// A tap on a reply button or a list row.
    case choice(id: String, title: String, description: String?)
    /// A submitted flow; the response is text that should be JSON but need not be.
    case flow(name: String?, response: String)
    /// An answer to a request for permission to call.
    case callPermission(response: String, raw: RawJSON)
    /// A voice call: that it rings, or that it ended.
    case call(PhoneCall)
    /// An order from the catalogue.
    case order(text: String?, raw: RawJSON)
    /// WhatsApp's word about the customer: a changed number or user id.
    case system(kind: String, body: String?, raw: RawJSON)
    /// A message that the customer changed; the new content as WhatsApp's JSON.
    case edit(of: MessageID, text: String?, raw: RawJSON)
    /// A message that the customer took back.
    case revoke(of: MessageID)
    /// A message that WhatsApp could not pass on, with the reasons.
    case unsupported(kind: String?, errors: [PlatformError])
    /// A kind that this version does not know, kept whole.
    case other(type: String, raw: RawJSON)

    /// The text that a person would read as the customer's words, if there is any.
    package var words: String? {
        switch self {
        case .text(let body): body
        case .image(let media), .video(let media), .document(let media): media.caption
        case .button(let text, _): text
        case .choice(_, let title, _): title
        case .order(let text, _): text
        case .edit(_, let text, _): text
        default: nil
        }
    }

    /// The name of the case, WhatsApp's `type` where there is one.
    package var kind: String {
        switch self {
        case .text: "text"
        case .image: "image"
        case .video: "video"
        case .audio: "audio"
        case .document: "document"
        case .sticker: "sticker"
        case .location: "location"
        case .contacts: "contacts"
        case .reaction: "reaction"
        case .button: "button"
        case .choice: "choice"
        case .flow: "flow"
        case .callPermission: "call_permission"
        case .call: "call"
        case .order: "order"
        case .system: "system"
        case .edit: "edit"
        case .revoke: "revoke"
        case .unsupported: "unsupported"
        case .other(let type, _): type
        }
    }
}

/// A picture, film, sound, file or sticker; the bytes stay with WhatsApp for 7 days.
package struct Media: Hashable, Sendable, Codable {
    /// WhatsApp's media id.
    package var id: String
    /// The media type, such as `image/jpeg`.
    package var mediaType: String?
    /// The SHA-256 of the bytes, as WhatsApp writes it (base64).
    package var sha256: String?
    /// The customer's words under it.
    package var caption: String?
    /// A document's file name.
    package var filename: String?
    /// Whether a sound is a voice note.
    package var voice: Bool?
    /// Whether a sticker is animated.
    package var animated: Bool?

    /// Describes a medium.
    package init(
        id: String, mediaType: String? = nil, sha256: String? = nil, caption: String? = nil,
        filename: String? = nil, voice: Bool? = nil, animated: Bool? = nil
    ) {
        self.id = id
        self.mediaType = mediaType
        self.sha256 = sha256
        self.caption = caption
        self.filename = filename
        self.voice = voice
        self.animated = animated
    }
}

/// A voice call over WhatsApp, which no program here answers.
package struct PhoneCall: Hashable, Sendable, Codable {
    /// WhatsApp's id of the call, `wacid.…`.
    package var id: String
    /// WhatsApp's word: `connect` when it rings, `terminate` when it is over.
    package var event: String
    /// Whether the customer called; else the business did.
    package var isIncoming: Bool
    /// WhatsApp's word for how it ended, such as `COMPLETED`.
    package var status: String?
    /// How long they spoke, in seconds.
    package var seconds: Int?

    /// Describes a call.
    package init(
        id: String, event: String, isIncoming: Bool, status: String? = nil, seconds: Int? = nil
    ) {
        self.id = id
        self.event = event
        self.isIncoming = isIncoming
        self.status = status
        self.seconds = seconds
    }

    /// Whether the customer called and nobody spoke to them.
    package var isMissed: Bool {
        guard isIncoming, event == "terminate" else { return false }
        return status?.uppercased() != "COMPLETED" && (seconds ?? 0) == 0
    }
}

/// A place on the globe.
package struct Location: Hashable, Sendable, Codable {
    /// Degrees north.
    package var latitude: Double
    /// Degrees east.
    package var longitude: Double
    /// The place's name, for a chosen place.
    package var name: String?
    /// The place's address, for a chosen place.
    package var address: String?

    /// Describes a place.
    package init(latitude: Double, longitude: Double, name: String? = nil, address: String? = nil) {
        self.latitude = latitude
        self.longitude = longitude
        self.name = name
        self.address = address
    }
}

/// An error as WhatsApp reports it in webhooks and answers.
package struct PlatformError: Hashable, Sendable, Codable {
    /// WhatsApp's error code; decide on this.
    package var code: Int
    /// The short text.
    package var title: String?
    /// The details, for people.
    package var details: String?
    /// Whether WhatsApp calls it passing.
    package var isTransient: Bool?
    /// WhatsApp's trace id, for its support.
    package var trace: String?

    /// Describes an error.
    package init(
        code: Int, title: String? = nil, details: String? = nil, isTransient: Bool? = nil,
        trace: String? = nil
    ) {
        self.code = code
        self.title = title
        self.details = details
        self.isTransient = isTransient
        self.trace = trace
    }
}

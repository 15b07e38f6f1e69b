package import JSON

/// What goes out to a customer, whatever its kind: from whoever makes it to the Graph API's body.
package struct OutboundContent: Hashable, Sendable {
    /// What is sent.
    package enum Body: Hashable, Sendable {
        /// Written text, perhaps with a preview of its first link.
        case text(String, preview: Bool)
        /// A picture.
        case image(OutboundMedia)
        /// A film.
        case video(OutboundMedia)
        /// A sound.
        case audio(OutboundMedia)
        /// A file.
        case document(OutboundMedia)
        /// A sticker.
        case sticker(OutboundMedia)
        /// A text that can be answered with a tap.
        case interactive(InteractiveMessage)
        /// A text that WhatsApp approved before.
        case template(TemplateMessage)
        /// A place.
        case location(Location)
        /// Contact cards.
        case contacts([ContactCard])
        /// A reaction to a message; no emoji takes it back.
        case reaction(to: WhatsAppMessageID, emoji: String?)
        /// A kind that this version does not know, kept whole: it is refused, never lost.
        case other(type: String, raw: RawJSON)
    }

    /// What is sent.
    package var body: Body
    /// The message of the conversation that is quoted above it.
    package var quotes: WhatsAppMessageID?

    /// Describes what is sent.
    package init(_ body: Body, quoting quotes: WhatsAppMessageID? = nil) {
        self.body = body
        self.quotes = quotes
    }

    /// Plain text.
    package static func text(_ text: String) -> Self { Self(.text(text, preview: false)) }

    /// The text, if that is all there is to it: what has neither preview nor quotation.
    package var plainText: String? {
        guard quotes == nil, case .text(let text, preview: false) = body else { return nil }
        return text
    }

    /// Whether it quotes a message or reacts to one.
    package var namesMessages: Bool {
        if case .reaction = body { true } else { quotes != nil }
    }

    /// The name of its kind, WhatsApp's `type`.
    package var kind: String {
        switch body {
        case .text: "text"
        case .image: "image"
        case .video: "video"
        case .audio: "audio"
        case .document: "document"
        case .sticker: "sticker"
        case .interactive: "interactive"
        case .template: "template"
        case .location: "location"
        case .contacts: "contacts"
        case .reaction: "reaction"
        case .other(let type, _): type
        }
    }
}

/// A picture, film, sound, file or sticker to send.
package struct OutboundMedia: Hashable, Sendable, Codable {
    /// Where its bytes are.
    package var source: MediaSource
    /// The words under it.
    package var caption: String?
    /// A document's file name, as the customer sees it.
    package var filename: String?
    /// Whether a sound is shown as a voice note.
    package var voice: Bool?

    /// Describes a medium.
    package init(
        _ source: MediaSource, caption: String? = nil, filename: String? = nil, voice: Bool? = nil
    ) {
        self.source = source
        self.caption = caption
        self.filename = filename
        self.voice = voice
    }
}

/// Where the bytes of a medium are.
package enum MediaSource: Hashable, Sendable, Codable {
    /// With WhatsApp, under its media id, for 30 days.
    case uploaded(id: String)
    /// In the tenant's blobs: it must be uploaded before it can be sent.
    case blob(BlobReference)
}

/// A blob of the tenant: bytes kept outside the log, by their content.
package struct BlobReference: Hashable, Sendable, Codable {
    /// The SHA-256 of the bytes, in hexadecimal digits.
    package var sha256: String
    /// The media type, such as `image/jpeg`.
    package var mediaType: String
    /// How many bytes there are.
    package var size: Int

    /// Describes a blob.
    package init(sha256: String, mediaType: String, size: Int) {
        self.sha256 = sha256
        self.mediaType = mediaType
        self.size = size
    }
}

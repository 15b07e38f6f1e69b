/// What Parley has of a medium that a customer sent: the file, what is said or written in it, or
/// why there is none.
package struct MediumReading: Hashable, Sendable, Codable {
    /// The file among the tenant's media; its type is told by its bytes.
    package var blob: BlobReference?
    /// What is said in a sound, or the beginning of what is written in a document.
    package var text: String?
    /// Why there is no file.
    package var problem: MediumProblem?

    /// Bytes of ``text``: it travels with the question and is kept in state while a turn lasts.
    package static let textBytes = 6_000

    /// Describes a medium; the text is cut to what is kept of it.
    package init(
        blob: BlobReference? = nil, text: String? = nil, problem: MediumProblem? = nil
    ) {
        self.blob = blob
        self.text = text.map(Self.bounded)
        self.problem = problem
    }

    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > textBytes else { return text }
        var bounded = ""
        var room = textBytes - "…".utf8.count
        for character in text {
            room -= character.utf8.count
            guard room >= 0 else { break }
            bounded.append(character)
        }
        return bounded + "…"
    }
}

/// Why a medium that a customer sent is not there.
package enum MediumProblem: String, Hashable, Sendable, Codable {
    /// WhatsApp does not have it any more: it keeps media for seven days.
    case gone
    /// It has more bytes than are taken of its kind.
    case tooLarge
    /// Its bytes are not those that the webhook announced.
    case damaged
    /// WhatsApp refused to give it.
    case refused
    /// It could not be reached until its time was over.
    case unavailable
    /// The business number is not set up any more.
    case unknownBusiness

    /// A sentence for people.
    package var sentence: String {
        switch self {
        case .gone: "WhatsApp does not have the file any more"
        case .tooLarge: "the file is larger than what is taken of its kind"
        case .damaged: "the file's bytes are not those that WhatsApp announced"
        case .refused: "WhatsApp refused to give the file"
        case .unavailable: "the file could not be fetched from WhatsApp in time"
        case .unknownBusiness: "the business number is not set up any more"
        }
    }
}

extension MessageContent {
    /// The medium that it holds, if it holds one.
    package var medium: Media? {
        switch self {
        case .image(let media), .video(let media), .audio(let media), .document(let media),
            .sticker(let media):
            media
        default: nil
        }
    }

    /// The most bytes that are taken of a medium of its kind: what WhatsApp's apps let people send,
    /// with room, and never more than WhatsApp delivers (WhatsApp, "Media").
    package var mediumBytes: Int {
        let megabyte = 1024 * 1024
        return switch self {
        case .image: 16 * megabyte
        case .audio: 32 * megabyte
        case .sticker: 2 * megabyte
        default: 100 * megabyte
        }
    }
}

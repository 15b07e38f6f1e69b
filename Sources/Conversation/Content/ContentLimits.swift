/// WhatsApp's limits of what goes out (WhatsApp, "Text messages", "Interactive reply buttons",
/// "Interactive list", "Media"; captions as third parties report them).
package enum ContentLimits {
    /// The text of a message, or of a list.
    package static let text = 4_096
    /// The words under a medium.
    package static let caption = 1_024
    /// The text above buttons.
    package static let interactiveText = 1_024
    /// The line of a header.
    package static let header = 60
    /// The line below a text.
    package static let footer = 60
    /// Reply buttons.
    package static let buttons = 3
    /// The words on a button.
    package static let label = 20
    /// The id of a button.
    package static let buttonID = 256
    /// Sections of a list.
    package static let sections = 10
    /// Rows of a list, of all its sections together.
    package static let rows = 10
    /// The title of a section or a row.
    package static let listTitle = 24
    /// The id of a row.
    package static let rowID = 200
    /// The smaller words of a row.
    package static let rowDescription = 72
    /// A template's name.
    package static let templateName = 512
    /// Buttons of a template.
    package static let templateButtons = 10

    /// A text's length as WhatsApp may count it: its unit is not documented, and UTF-16 units are
    /// the strictest reading but bytes.
    package static func length(of text: String) -> Int { text.utf16.count }

    /// Whether a text is the address of a page.
    static func isWebURL(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].hasPrefix("//") else { return false }
        let host = parts[1].dropFirst(2).prefix { !"/?#".contains($0) }
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.value > 0x20 && $0.value != 0x7f && !$0.properties.isWhitespace
        }
        return ["http", "https"].contains(parts[0].lowercased()) && !host.isEmpty && isPlain
    }

    /// Whether a text is one emoji.
    static func isEmoji(_ text: String) -> Bool {
        guard text.count == 1, let first = text.unicodeScalars.first else { return false }
        let isFlag = (0x1f1e6...0x1f1ff).contains(first.value)
        if isFlag { return text.unicodeScalars.count == 2 }
        // Digits are emoji only with the mark that asks for it.
        return first.properties.isEmoji
            && (first.value > 0xff || text.unicodeScalars.contains("\u{fe0f}"))
    }
}

/// What a file is sent as.
enum MediaKind {
    case image, video, audio, document, sticker

    /// What people call it.
    var words: String {
        switch self {
        case .image: "a picture"
        case .video: "a film"
        case .audio: "a sound"
        case .document: "a document"
        case .sticker: "a sticker"
        }
    }

    /// The most bytes of a file of this type; `nil` if WhatsApp does not take the type.
    func limit(of mediaType: String) -> Int? {
        let type = mediaType.prefix { $0 != ";" }.lowercased()
        let megabyte = 1024 * 1024
        switch self {
        case .image: return ["image/jpeg", "image/png"].contains(type) ? 5 * megabyte : nil
        case .video: return ["video/mp4", "video/3gpp"].contains(type) ? 16 * megabyte : nil
        case .audio: return Self.sounds.contains(type) ? 16 * megabyte : nil
        case .document: return Self.documents.contains(type) ? 100 * megabyte : nil
        // An animated sticker may have 500 KB, and only its bytes tell which it is.
        case .sticker: return type == "image/webp" ? 500 * 1024 : nil
        }
    }

    private static let sounds: Set = [
        "audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg",
    ]

    private static let documents: Set = [
        "text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ]
}

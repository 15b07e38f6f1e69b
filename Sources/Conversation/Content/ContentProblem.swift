/// Something that WhatsApp would refuse, found before anything is sent.
package struct ContentProblem: Hashable, Sendable, Codable {
    /// What is wrong, for programs.
    package enum Code: String, Hashable, Sendable, Codable {
        /// It must not be empty.
        case empty
        /// It has more characters than WhatsApp takes.
        case tooLong = "too_long"
        /// There are more of them than WhatsApp takes.
        case tooMany = "too_many"
        /// It is there twice and must differ.
        case duplicate
        /// It is no URL of the web.
        case badURL = "bad_url"
        /// It is not one emoji.
        case notAnEmoji = "not_an_emoji"
        /// It has characters that WhatsApp does not take there.
        case badCharacters = "bad_characters"
        /// The number is outside of its range.
        case outOfRange = "out_of_range"
        /// This kind has no such part.
        case notAllowed = "not_allowed"
        /// The file has more bytes than WhatsApp takes.
        case tooLarge = "too_large"
        /// WhatsApp does not take files of this type here.
        case wrongMediaType = "wrong_media_type"
        /// Parameters with names stand among some without.
        case mixedParameters = "mixed_parameters"
        /// This version does not know the kind.
        case unknownKind = "unknown_kind"
    }

    /// Where: a path into the content's JSON, such as `interactive.action.buttons[2].title`.
    package var field: String
    /// What is wrong, for programs.
    package var code: Code
    /// A sentence for people.
    package var sentence: String

    /// Describes a problem.
    package init(field: String, code: Code, sentence: String) {
        self.field = field
        self.code = code
        self.sentence = sentence
    }
}

/// Gathers the problems of content.
struct ContentCheck {
    private(set) var problems: [ContentProblem] = []

    mutating func add(_ field: String, _ code: ContentProblem.Code, _ sentence: String) {
        problems.append(ContentProblem(field: field, code: code, sentence: sentence))
    }

    /// Text that must be there and not be too long; `name` is what people call it.
    mutating func text(_ text: String, _ field: String, _ name: String, atMost limit: Int) {
        if text.allSatisfy(\.isWhitespace) {
            add(field, .empty, "\(name) is empty")
        }
        self.optional(text, field, name, atMost: limit)
    }

    /// Text that may be missing but not be too long.
    mutating func optional(_ text: String?, _ field: String, _ name: String, atMost limit: Int) {
        let length = ContentLimits.length(of: text ?? "")
        if length > limit {
            add(
                field, .tooLong,
                "\(name) is \(length) characters long; WhatsApp takes at most \(limit)")
        }
    }

    /// Things that must be there, and not too many.
    mutating func count(_ count: Int, _ field: String, _ name: String, atMost limit: Int) {
        if count == 0 { add(field, .empty, "there are no \(name)") }
        if count > limit {
            add(field, .tooMany, "there are \(count) \(name); WhatsApp takes at most \(limit)")
        }
    }

    /// Texts of which no two may be the same.
    mutating func unique(_ texts: [(field: String, text: String)], _ name: String) {
        var seen: Set<String> = []
        for (field, text) in texts where !seen.insert(text).inserted {
            add(field, .duplicate, "two \(name) are the same: “\(text)”")
        }
    }

    /// The address of a page.
    mutating func url(_ text: String, _ field: String) {
        if !ContentLimits.isWebURL(text) {
            add(field, .badURL, "the address must begin with https:// or http:// and name a host")
        }
    }

    /// A place on the globe.
    mutating func location(_ location: Location, _ field: String) {
        if !(-90...90).contains(location.latitude) {
            add("\(field).latitude", .outOfRange, "the latitude is not between -90 and 90")
        }
        if !(-180...180).contains(location.longitude) {
            add("\(field).longitude", .outOfRange, "the longitude is not between -180 and 180")
        }
    }

    /// The bytes of a medium of a kind: WhatsApp's own word decides about what it already has.
    mutating func source(_ source: MediaSource, _ field: String, _ kind: MediaKind) {
        switch source {
        case .uploaded(let id):
            if id.isEmpty { add(field, .empty, "the media id is empty") }
        case .blob(let blob):
            guard let limit = kind.limit(of: blob.mediaType) else {
                return add(
                    field, .wrongMediaType,
                    "WhatsApp does not take \(blob.mediaType) as \(kind.words)")
            }
            if blob.size > limit {
                add(
                    field, .tooLarge,
                    "the file has \(blob.size) bytes; WhatsApp takes at most \(limit) of "
                        + "\(kind.words)")
            }
        }
    }
}

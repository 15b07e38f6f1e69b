import Conversation
import JSON

/// What a webhook's parts may take: a body is up to 3 MB, and what can never be stored would be
/// refused for the seven days of its repeats, or stop whoever has to store it later.
enum Fitting {
    /// The words of a message: 4,096 characters are WhatsApp's own limit, four bytes each.
    static let wordBytes = 16 * 1024
    /// A name, an id or a title; WhatsApp's are far shorter.
    static let nameBytes = 1024
    /// JSON that is kept as it came.
    static let rawBytes = 64 * 1024
    /// Errors that are kept of one message or status; there is one, mostly.
    static let errors = 8

    /// The beginning of a text, at most so many bytes of it, cut between characters.
    static func words(_ text: String, _ limit: Int = wordBytes) -> String {
        guard text.utf8.count > limit else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: limit)
        // Back to where a character begins; one that has no end is cut as it is.
        let floor = text.utf8.index(end, offsetBy: -min(limit, 64))
        while end > floor, String.Index(end, within: text) == nil {
            end = text.utf8.index(before: end)
        }
        return String(decoding: text.utf8[..<end], as: UTF8.self)
    }

    /// The JSON, or what tells that there was too much of it, with its beginning.
    static func raw(_ json: RawJSON, _ limit: Int = rawBytes) -> RawJSON {
        let size = json.text.utf8.count
        guard size > limit else { return json }
        // A text as JSON can always be written; the encoder escapes it.
        let beginning = (try? RecordCodec.encode(words(json.text, nameBytes))) ?? Array("null".utf8)
        let text = String(decoding: beginning, as: UTF8.self)
        return RawJSON(#"{"omitted_bytes":\#(size),"beginning":\#(text)}"#)
    }

    static func errors(_ errors: [PlatformError]?) -> [PlatformError]? {
        errors.map { errors in
            errors.prefix(Self.errors).map { error in
                var error = error
                error.title = error.title.map { words($0, nameBytes) }
                error.details = error.details.map { words($0, nameBytes) }
                error.trace = error.trace.map { words($0, nameBytes) }
                return error
            }
        }
    }
}

extension InboundMessage {
    /// The same with nothing in it that is larger than WhatsApp sends.
    var fitted: Self {
        var message = self
        message.content = content.fitted
        message.referral = referral.map { Fitting.raw($0) }
        message.errors = Fitting.errors(errors)
        message.extra = extra.map { Fitting.raw($0) }
        message.contact = contact.fitted
        message.context?.product = context?.product.map { Fitting.raw($0) }
        return message
    }
}

extension EchoedMessage {
    /// The same with nothing in it that is larger than WhatsApp sends.
    var fitted: Self {
        var echo = self
        echo.content = content.fitted
        echo.errors = Fitting.errors(errors)
        echo.extra = extra.map { Fitting.raw($0) }
        echo.recipient = recipient.fitted
        echo.context?.product = context?.product.map { Fitting.raw($0) }
        return echo
    }
}

extension MessageStatus {
    /// The same with nothing in it that is larger than WhatsApp sends.
    var fitted: Self {
        var status = self
        status.errors = Fitting.errors(errors)
        status.pricing = pricing.map { Fitting.raw($0) }
        status.recipient = recipient?.fitted
        return status
    }
}

extension Contact {
    fileprivate var fitted: Self {
        var contact = self
        contact.name = name.map { Fitting.words($0, Fitting.nameBytes) }
        contact.username = username.map { Fitting.words($0, Fitting.nameBytes) }
        return contact
    }
}

extension MessageContent {
    fileprivate var fitted: Self {
        func words(_ text: String?) -> String? { text.map { Fitting.words($0) } }
        switch self {
        case .text(let text): return .text(Fitting.words(text))
        case .image(let media): return .image(media.fitted)
        case .video(let media): return .video(media.fitted)
        case .audio(let media): return .audio(media.fitted)
        case .document(let media): return .document(media.fitted)
        case .sticker(let media): return .sticker(media.fitted)
        case .contacts(let raw): return .contacts(Fitting.raw(raw))
        case .button(let text, let payload):
            return .button(text: Fitting.words(text), payload: words(payload))
        case .choice(let id, let title, let description):
            return .choice(id: id, title: Fitting.words(title), description: words(description))
        case .flow(let name, let response):
            return .flow(name: name, response: Fitting.words(response, Fitting.rawBytes))
        case .callPermission(let response, let raw):
            return .callPermission(response: response, raw: Fitting.raw(raw))
        case .order(let text, let raw): return .order(text: words(text), raw: Fitting.raw(raw))
        case .system(let kind, let body, let raw):
            return .system(kind: kind, body: words(body), raw: Fitting.raw(raw))
        case .edit(let id, let text, let raw):
            return .edit(of: id, text: words(text), raw: Fitting.raw(raw))
        case .unsupported(let kind, let errors):
            return .unsupported(kind: kind, errors: Fitting.errors(errors) ?? [])
        case .other(let type, let raw): return .other(type: type, raw: Fitting.raw(raw))
        case .location, .reaction, .revoke, .call: return self
        }
    }
}

extension Media {
    fileprivate var fitted: Self {
        var media = self
        media.caption = caption.map { Fitting.words($0) }
        media.filename = filename.map { Fitting.words($0, Fitting.nameBytes) }
        return media
    }
}

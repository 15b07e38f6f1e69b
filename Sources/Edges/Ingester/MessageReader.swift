import Conversation
import JSON

/// Reads a customer's message out of WhatsApp's JSON, leniently: what is missing is left out, and
/// a kind that is not known is kept whole (facts: WhatsApp Cloud API, "messages" webhook).
enum MessageReader {
    /// What a message holds, by its `type`.
    static func content(of message: JSONView, _ names: WebhookNames) -> MessageContent {
        let type = message["type"]?.text ?? "unknown"
        let part = field(type, of: message)
        switch type {
        case "text":
            if let body = part?["body"]?.text { return .text(body) }
        case "image": if let media = media(part) { return .image(media) }
        case "video": if let media = media(part) { return .video(media) }
        case "audio", "voice": if let media = media(part) { return .audio(media) }
        case "document": if let media = media(part) { return .document(media) }
        case "sticker": if let media = media(part) { return .sticker(media) }
        case "location": if let location = location(part) { return .location(location) }
        case "contacts": if let part { return .contacts(part.raw) }
        case "interactive": if let choice = interactive(part) { return choice }
        case "order": if let part { return .order(text: part["text"]?.text, raw: part.raw) }
        default: if let known = rare(type, part, of: message, names) { return known }
        }
        return .other(type: type, raw: message.raw)
    }

    private static func field(_ type: String, of message: JSONView) -> JSONView? {
        switch type {
        case "text": message["text"]
        case "image": message["image"]
        case "video": message["video"]
        case "audio": message["audio"]
        case "voice": message["voice"]
        case "document": message["document"]
        case "sticker": message["sticker"]
        case "location": message["location"]
        case "contacts": message["contacts"]
        case "reaction": message["reaction"]
        case "button": message["button"]
        case "interactive": message["interactive"]
        case "order": message["order"]
        case "system": message["system"]
        case "edit": message["edit"]
        case "revoke": message["revoke"]
        case "unsupported": message["unsupported"]
        default: nil
        }
    }

    private static func rare(
        _ type: String, _ part: JSONView?, of message: JSONView, _ names: WebhookNames
    ) -> MessageContent? {
        switch type {
        case "reaction":
            guard let target = part?["message_id"]?.text else { return nil }
            let emoji = part?["emoji"]?.text
            return .reaction(to: names.message(target), emoji: emoji?.isEmpty == true ? nil : emoji)
        case "button":
            guard let text = part?["text"]?.text else { return nil }
            return .button(text: text, payload: part?["payload"]?.text)
        case "system":
            guard let part else { return nil }
            return .system(
                kind: part["type"]?.text ?? "unknown", body: part["body"]?.text, raw: part.raw)
        case "edit":
            guard let part, let target = part["original_message_id"]?.text else { return nil }
            let changed = part["message"].map { content(of: $0, names) }
            return .edit(of: names.message(target), text: changed?.words, raw: part.raw)
        case "revoke":
            guard let target = part?["original_message_id"]?.text else { return nil }
            return .revoke(of: names.message(target))
        case "unsupported":
            return .unsupported(
                kind: part?["type"]?.text, errors: errors(message["errors"]) ?? [])
        default: return nil
        }
    }

    private static func interactive(_ part: JSONView?) -> MessageContent? {
        guard let part else { return nil }
        if let choice = part["button_reply"] ?? part["list_reply"] {
            guard let id = choice["id"]?.text else { return nil }
            return .choice(
                id: id, title: choice["title"]?.text ?? "",
                description: choice["description"]?.text)
        }
        if let flow = part["nfm_reply"] {
            let response = flow["response_json"]
            return .flow(
                name: flow["name"]?.text, response: response?.text ?? response?.raw.text ?? "")
        }
        if let permission = part["call_permission_reply"] {
            return .callPermission(
                response: permission["response"]?.text ?? "unknown", raw: permission.raw)
        }
        return nil
    }

    private static func media(_ part: JSONView?) -> Media? {
        guard let part, let id = part["id"]?.text else { return nil }
        return Media(
            id: id, mediaType: part["mime_type"]?.text, sha256: part["sha256"]?.text,
            caption: part["caption"]?.text, filename: part["filename"]?.text,
            voice: part["voice"]?.boolean, animated: part["animated"]?.boolean)
    }

    private static func location(_ part: JSONView?) -> Location? {
        guard let latitude = part?["latitude"]?.number, let longitude = part?["longitude"]?.number,
            latitude.isFinite, longitude.isFinite
        else { return nil }
        return Location(
            latitude: latitude, longitude: longitude, name: part?["name"]?.text,
            address: part?["address"]?.text)
    }

    /// What a message refers to.
    static func context(of message: JSONView, _ names: WebhookNames) -> MessageContext? {
        guard let part = message["context"], part.isObject else { return nil }
        return MessageContext(
            message: part["id"]?.text.map { names.message($0) }, from: part["from"]?.text,
            forwarded: part["forwarded"]?.boolean,
            frequentlyForwarded: part["frequently_forwarded"]?.boolean,
            product: part["referred_product"]?.raw)
    }

    /// WhatsApp's errors; `nil` where there are none.
    static func errors(_ list: JSONView?) -> [PlatformError]? {
        let errors = (list?.elements ?? []).compactMap { error -> PlatformError? in
            guard let code = error["code"]?.integer else { return nil }
            return PlatformError(
                code: Int(code), title: error["title"]?.text ?? error["message"]?.text,
                details: error["error_data"]?["details"]?.text ?? error["details"]?.text)
        }
        return errors.isEmpty ? nil : errors
    }
}

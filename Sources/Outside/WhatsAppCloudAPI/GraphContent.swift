import Conversation

/// An object of the Graph API's JSON; fields without a value are left out.
struct GraphObject: Encodable, ExpressibleByDictionaryLiteral {
    private struct Field: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    private let fields: [(String, (any Encodable)?)]

    init(dictionaryLiteral elements: (String, (any Encodable)?)...) {
        fields = elements
    }

    func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Field.self)
        for case (let name, let value?) in fields { try box.encode(value, forKey: Field(name)) }
    }
}

extension OutboundContent {
    /// What stands under the name of its kind in a message's body.
    var graphPart: any Encodable {
        get throws(UnsendableContent) {
            switch body {
            case .text(let text, let preview):
                GraphObject(dictionaryLiteral: ("body", text), ("preview_url", preview))
            case .image(let media), .video(let media), .audio(let media), .document(let media),
                .sticker(let media):
                try media.graphPart
            case .interactive(let message): try message.graphPart
            case .template(let message): try message.graphPart
            case .location(let location): location.graphPart
            case .contacts(let cards): cards.map(\.graphPart)
            case .reaction(let message, let emoji):
                // No emoji takes a reaction back.
                GraphObject(dictionaryLiteral: ("message_id", message), ("emoji", emoji ?? ""))
            case .other(let type, _): throw .unknownKind(type)
            }
        }
    }
}

extension MediaSource {
    /// WhatsApp's media id.
    fileprivate var mediaID: String {
        get throws(UnsendableContent) {
            switch self {
            case .uploaded(let id): id
            case .blob: throw .notUploaded
            }
        }
    }

    /// A header, or a parameter of one: the type, and the medium under its name.
    fileprivate func part(
        as type: String, filename: String? = nil
    ) throws(UnsendableContent) -> GraphObject {
        let medium: GraphObject = ["id": try mediaID, "filename": filename]
        return ["type": type, type: medium]
    }
}

extension OutboundMedia {
    fileprivate var graphPart: GraphObject {
        get throws(UnsendableContent) {
            [
                "id": try source.mediaID, "caption": caption, "filename": filename,
                "voice": voice == true ? true : nil,
            ]
        }
    }
}

extension Location {
    fileprivate var graphPart: GraphObject {
        ["latitude": latitude, "longitude": longitude, "name": name, "address": address]
    }
}

extension ContactCard {
    fileprivate var graphPart: GraphObject {
        func list<Part>(_ parts: [Part], _ form: (Part) -> GraphObject) -> [GraphObject]? {
            parts.isEmpty ? nil : parts.map(form)
        }
        // WhatsApp wants one part of the name beside the whole.
        let isWhole = firstName == nil && lastName == nil
        let names: GraphObject = [
            "formatted_name": name, "first_name": isWhole ? name : firstName,
            "last_name": lastName,
        ]
        let organisation: GraphObject = ["company": company, "title": title]
        return [
            "name": names,
            "phones": list(phones) {
                ["phone": $0.phone, "type": $0.type, "wa_id": $0.account]
            },
            "emails": list(emails) { ["email": $0.address, "type": $0.type] },
            "urls": list(urls) { ["url": $0.address, "type": $0.type] },
            "org": company == nil && title == nil ? nil : organisation,
        ]
    }
}

// MARK: - What can be tapped

extension InteractiveMessage {
    fileprivate var graphPart: GraphObject {
        get throws(UnsendableContent) {
            let body: GraphObject = ["text": text]
            let footer = footer.map { text -> GraphObject in ["text": text] }
            return [
                "type": action.graphType, "header": try header?.graphPart, "body": body,
                "footer": footer, "action": action.graphPart,
            ]
        }
    }
}

extension InteractiveMessage.Header {
    fileprivate var graphPart: GraphObject {
        get throws(UnsendableContent) {
            switch self {
            case .text(let line): ["type": "text", "text": line]
            case .image(let source): try source.part(as: "image")
            case .video(let source): try source.part(as: "video")
            case .document(let source, let filename):
                try source.part(as: "document", filename: filename)
            }
        }
    }
}

extension InteractiveMessage.Action {
    fileprivate var graphType: String {
        switch self {
        case .buttons: "button"
        case .list: "list"
        case .link: "cta_url"
        case .locationRequest: "location_request_message"
        case .contactRequest: "request_contact_info"
        }
    }

    fileprivate var graphPart: GraphObject {
        switch self {
        case .buttons(let buttons):
            return [
                "buttons": buttons.map { button -> GraphObject in
                    let reply: GraphObject = ["id": button.id, "title": button.title]
                    return ["type": "reply", "reply": reply]
                }
            ]
        case .list(let button, let sections):
            return ["button": button, "sections": sections.map(\.graphPart)]
        case .link(let label, let url):
            let parameters: GraphObject = ["display_text": label, "url": url]
            return ["name": "cta_url", "parameters": parameters]
        case .locationRequest: return ["name": "send_location"]
        case .contactRequest: return ["name": "request_contact_info"]
        }
    }
}

extension ListSection {
    fileprivate var graphPart: GraphObject {
        let rows = rows.map { row -> GraphObject in
            ["id": row.id, "title": row.title, "description": row.description]
        }
        return ["title": title, "rows": rows]
    }
}

// MARK: - Templates

extension TemplateMessage {
    fileprivate var graphPart: GraphObject {
        get throws(UnsendableContent) {
            var components: [GraphObject] = []
            if let header {
                components.append(["type": "header", "parameters": [try header.graphPart]])
            }
            if !parameters.isEmpty {
                components.append(["type": "body", "parameters": parameters.map(\.graphPart)])
            }
            components += buttons.map(\.graphPart)
            let language: GraphObject = ["code": language]
            return [
                "name": name, "language": language,
                "components": components.isEmpty ? nil : components,
            ]
        }
    }
}

extension TemplateParameter {
    fileprivate var graphPart: GraphObject {
        ["type": "text", "parameter_name": name, "text": text]
    }
}

extension TemplateHeader {
    fileprivate var graphPart: GraphObject {
        get throws(UnsendableContent) {
            switch self {
            case .text(let parameter): parameter.graphPart
            case .image(let source): try source.part(as: "image")
            case .video(let source): try source.part(as: "video")
            case .document(let source, let filename):
                try source.part(as: "document", filename: filename)
            case .location(let location): ["type": "location", "location": location.graphPart]
            }
        }
    }
}

extension TemplateButton {
    fileprivate var graphPart: GraphObject {
        let (kind, parameter): (String, GraphObject) =
            switch value {
            case .quickReply(let payload):
                ("quick_reply", ["type": "payload", "payload": payload])
            case .url(let suffix): ("url", ["type": "text", "text": suffix])
            case .copyCode(let code):
                ("copy_code", ["type": "coupon_code", "coupon_code": code])
            }
        return [
            "type": "button", "sub_type": kind, "index": String(index),
            "parameters": [parameter],
        ]
    }
}

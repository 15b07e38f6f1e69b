import FoundationEssentials
import JSON

/// What the Graph API refuses about a message's content, with Meta's codes.
///
/// Each rule names its source: WhatsApp's page, or where only others report it, that. Characters
/// are counted as Swift does; WhatsApp does not say how it counts, so that whoever is stricter is
/// never refused here.
struct GraphRules {
    /// WhatsApp, "Text messages".
    static let text = 4_096
    /// As third parties report it; no page of WhatsApp's that was seen says so.
    static let caption = 1_024
    /// WhatsApp, "Interactive reply buttons".
    static let buttons = 3
    /// WhatsApp, "Interactive reply buttons" and "Interactive list".
    static let label = 20
    /// WhatsApp, "Interactive reply buttons".
    static let buttonID = 256
    /// WhatsApp, "Interactive reply buttons": the body, the footer, a header of text.
    static let body = 1_024
    static let footer = 60
    static let header = 60
    /// WhatsApp, "Interactive list": sections, rows of all of them, and their words.
    static let sections = 10
    static let rows = 10
    static let listTitle = 24
    static let rowID = 200
    static let rowDescription = 72
    /// WhatsApp, "Status webhook" and an older message object table.
    static let callbackData = 512
    /// WhatsApp, "Template fundamentals".
    static let templateName = 512

    /// The kinds that WhatsApp takes (WhatsApp, "Service messages").
    static let types: Set<String> = [
        "text", "image", "audio", "video", "document", "sticker", "location", "contacts",
        "interactive", "template", "reaction",
    ]

    private let message: JSONView

    /// Refuses a message whose content WhatsApp would refuse; templates and what a reaction names
    /// are looked up elsewhere.
    static func check(_ message: JSONView) throws(GraphError) {
        try GraphRules(message: message).check()
    }

    private func check() throws(GraphError) {
        guard let type = message["type"]?.string, Self.types.contains(type) else {
            throw .parameter("type is missing or not one that WhatsApp takes")
        }
        if let kind = message["recipient_type"]?.string, kind != "individual", kind != "group" {
            throw .parameter("recipient_type is individual or group")
        }
        if let data = message["biz_opaque_callback_data"]?.string, data.count > Self.callbackData {
            throw .parameter("biz_opaque_callback_data must be at most 512 characters long")
        }
        guard let content = message.field(type) else {
            throw GraphError(
                131_008, "Required parameter is missing", "the object \(type) is missing")
        }
        switch type {
        case "text": try within(content, "body", "text.body", 1...Self.text)
        case "image", "video", "document", "audio", "sticker": try media(content, type)
        case "location": try location(content)
        case "contacts": try contacts(content)
        case "reaction": try reaction(content)
        case "interactive": try interactive(content)
        case "template": try template(content)
        default: break
        }
    }

    // MARK: Simple kinds

    /// WhatsApp, "Media messages": by id or by link, and what may stand beside it.
    private func media(_ content: JSONView, _ type: String) throws(GraphError) {
        let id = content["id"]?.text ?? ""
        let link = content["link"]?.string ?? ""
        guard id.isEmpty != link.isEmpty else {
            throw .parameter("\(type) needs either id or link")
        }
        guard link.isEmpty || link.hasPrefix("https://") || link.hasPrefix("http://") else {
            throw .parameter("\(type).link is no URL")
        }
        if content["caption"] != nil, ["audio", "sticker"].contains(type) {
            throw .parameter("\(type) has no caption")
        }
        if let caption = content["caption"]?.string, caption.count > Self.caption {
            throw .parameter("\(type).caption must be at most 1024 characters long")
        }
        if content["filename"] != nil, type != "document" {
            throw .parameter("\(type) has no filename")
        }
        if content["voice"] != nil, type != "audio" { throw .parameter("\(type) is no voice") }
    }

    /// WhatsApp, "Location messages".
    private func location(_ content: JSONView) throws(GraphError) {
        guard let latitude = content["latitude"]?.number, (-90...90).contains(latitude),
            let longitude = content["longitude"]?.number, (-180...180).contains(longitude)
        else { throw .parameter("location needs a latitude and a longitude") }
    }

    /// WhatsApp, "Contacts messages": the whole name, and one part of it at least.
    private func contacts(_ content: JSONView) throws(GraphError) {
        guard !content.elements.isEmpty else { throw .parameter("contacts is empty") }
        for contact in content.elements {
            let name = contact["name"]
            guard name?["formatted_name"]?.string?.isEmpty == false else {
                throw GraphError(
                    131_008, "Required parameter is missing", "name.formatted_name is missing")
            }
            let parts = ["first_name", "last_name", "middle_name", "suffix", "prefix"]
            guard parts.contains(where: { name?.field($0)?.string?.isEmpty == false }) else {
                throw .parameter("contacts.name needs a part of the name beside the whole")
            }
        }
    }

    /// WhatsApp, "Reaction messages"; no emoji takes it back.
    private func reaction(_ content: JSONView) throws(GraphError) {
        guard content["message_id"]?.string?.isEmpty == false else {
            throw GraphError(131_008, "Required parameter is missing", "reaction.message_id")
        }
        guard let emoji = content["emoji"]?.string, emoji.count <= 1 else {
            throw .parameter("reaction.emoji is one emoji, or empty")
        }
        // As third parties report it.
        guard message["context"] == nil else { throw .parameter("a reaction quotes no message") }
    }

    // MARK: What can be tapped

    private func interactive(_ content: JSONView) throws(GraphError) {
        let type = content["type"]?.string ?? ""
        let action = content["action"]
        let body = content["body"]?["text"]?.string ?? ""
        // WhatsApp, "Interactive list": its text may be longer.
        let longest = type == "list" ? Self.text : Self.body
        guard (1...longest).contains(body.count) else {
            throw .parameter("interactive.body.text must be 1 to \(longest) characters long")
        }
        if let footer = content["footer"] {
            try within(footer, "text", "interactive.footer.text", 1...Self.footer)
        }
        if let header = content["header"] { try self.header(header, of: type) }
        switch type {
        case "button": try buttons(action?["buttons"]?.elements ?? [])
        case "list": try list(action)
        case "cta_url": try link(action)
        case "location_request_message": try named(action, "send_location")
        case "request_contact_info": try named(action, "request_contact_info")
        default: throw .parameter("interactive.type is not one that WhatsApp takes")
        }
    }

    private func header(_ header: JSONView, of type: String) throws(GraphError) {
        let kind = header["type"]?.string ?? ""
        if kind == "text" {
            return try within(header, "text", "interactive.header.text", 1...Self.header)
        }
        guard type != "list", ["image", "video", "document"].contains(kind),
            let medium = header.field(kind)
        else { throw .parameter("interactive.header.type is not one that fits") }
        try media(medium, kind)
    }

    private func buttons(_ buttons: [JSONView]) throws(GraphError) {
        guard (1...Self.buttons).contains(buttons.count) else {
            throw .parameter("action.buttons must be 1 to 3")
        }
        var titles: Set<String> = []
        var ids: Set<String> = []
        for button in buttons {
            guard button["type"]?.string == "reply", let reply = button["reply"] else {
                throw .parameter("a button is a reply")
            }
            try within(reply, "title", "reply.title", 1...Self.label)
            try within(reply, "id", "reply.id", 1...Self.buttonID)
            let isNew =
                titles.insert(reply["title"]?.string ?? "").inserted
                && ids.insert(reply["id"]?.string ?? "").inserted
            guard isNew else { throw .parameter("two buttons are the same") }
        }
    }

    private func list(_ action: JSONView?) throws(GraphError) {
        guard let action else { throw .parameter("action is missing") }
        try within(action, "button", "action.button", 1...Self.label)
        let sections = action["sections"]?.elements ?? []
        guard (1...Self.sections).contains(sections.count) else {
            throw .parameter("action.sections must be 1 to 10")
        }
        let rows = sections.flatMap { $0["rows"]?.elements ?? [] }
        guard (1...Self.rows).contains(rows.count) else {
            throw .parameter("the rows of all sections together must be 1 to 10")
        }
        for section in sections where sections.count > 1 || section["title"] != nil {
            try within(section, "title", "section.title", 1...Self.listTitle)
        }
        var ids: Set<String> = []
        for row in rows {
            try within(row, "title", "row.title", 1...Self.listTitle)
            try within(row, "id", "row.id", 1...Self.rowID)
            if row["description"] != nil {
                try within(row, "description", "row.description", 1...Self.rowDescription)
            }
            guard ids.insert(row["id"]?.string ?? "").inserted else {
                throw .parameter("two rows have the same id")
            }
        }
    }

    /// As client libraries have it.
    private func link(_ action: JSONView?) throws(GraphError) {
        try named(action, "cta_url")
        guard let parameters = action?["parameters"] else {
            throw .parameter("action.parameters is missing")
        }
        try within(parameters, "display_text", "parameters.display_text", 1...Self.label)
        let url = parameters["url"]?.string ?? ""
        guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
            throw .parameter("parameters.url is no URL")
        }
    }

    private func named(_ action: JSONView?, _ name: String) throws(GraphError) {
        guard action?["name"]?.string == name else { throw .parameter("action.name is \(name)") }
    }

    // MARK: Templates

    private func template(_ content: JSONView) throws(GraphError) {
        let name = content["name"]?.string ?? ""
        let isName =
            (1...Self.templateName).contains(name.count)
            && name.utf8.allSatisfy {
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f
            }
        guard isName else { throw .parameter("template.name is no template's name") }
        guard content["language"]?["code"]?.string?.isEmpty == false else {
            throw GraphError(
                131_008, "Required parameter is missing", "template.language.code is missing")
        }
    }

    private func within(
        _ object: JSONView, _ field: String, _ name: String, _ range: ClosedRange<Int>
    ) throws(GraphError) {
        let length = object.field(field)?.string?.count ?? 0
        guard range.contains(length) else {
            throw .parameter(
                "\(name) must be \(range.lowerBound) to \(range.upperBound) characters long")
        }
    }
}

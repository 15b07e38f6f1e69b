extension OutboundContent {
    /// What WhatsApp would refuse about it; empty if it may be sent.
    package var problems: [ContentProblem] {
        var check = ContentCheck()
        switch body {
        case .text(let text, _):
            check.text(text, "text", "the text", atMost: ContentLimits.text)
        case .image(let media): check.media(media, kind, .image)
        case .video(let media): check.media(media, kind, .video)
        case .audio(let media): check.media(media, kind, .audio)
        case .document(let media): check.media(media, kind, .document)
        case .sticker(let media): check.media(media, kind, .sticker)
        case .interactive(let message): check.interactive(message)
        case .template(let message): check.template(message)
        case .location(let location): check.location(location, "location")
        case .contacts(let cards): check.cards(cards)
        case .reaction(let message, let emoji):
            check.reaction(to: message, emoji)
            if quotes != nil {
                check.add("quotes", .notAllowed, "a reaction cannot quote a message")
            }
        case .other:
            check.add(
                kind, .unknownKind,
                "this version cannot send this message of the kind \(kind): it does not know its "
                    + "form")
        }
        if quotes?.rawValue.isEmpty == true {
            check.add("quotes", .empty, "the quoted message has no id")
        }
        return check.problems
    }
}

extension ContentCheck {
    fileprivate mutating func media(_ media: OutboundMedia, _ field: String, _ kind: MediaKind) {
        source(media.source, "\(field).source", kind)
        switch kind {
        case .audio, .sticker:
            if media.caption != nil {
                add("\(field).caption", .notAllowed, "\(kind.words) has no words under it")
            }
        case .image, .video, .document:
            optional(
                media.caption, "\(field).caption", "the words under it",
                atMost: ContentLimits.caption)
        }
        if media.filename != nil, kind != .document {
            add("\(field).filename", .notAllowed, "only a document has a file name")
        }
        guard media.voice == true else { return }
        guard kind == .audio else {
            return add("\(field).voice", .notAllowed, "only a sound can be a voice note")
        }
        if case .blob(let blob) = media.source, !blob.mediaType.hasPrefix("audio/ogg") {
            add("\(field).voice", .wrongMediaType, "a voice note is audio/ogg with Opus")
        }
    }

    fileprivate mutating func cards(_ cards: [ContactCard]) {
        if cards.isEmpty { add("contacts", .empty, "there are no contacts") }
        for (index, card) in cards.enumerated() {
            let field = "contacts[\(index)]"
            if card.name.allSatisfy(\.isWhitespace) {
                add("\(field).name", .empty, "a contact has no name")
            }
            for (position, phone) in card.phones.enumerated() where phone.phone.isEmpty {
                add("\(field).phones[\(position)].phone", .empty, "a contact's number is empty")
            }
        }
    }

    fileprivate mutating func reaction(to message: WhatsAppMessageID, _ emoji: String?) {
        if message.rawValue.isEmpty {
            add("reaction.to", .empty, "the message that is reacted to has no id")
        }
        if let emoji, !ContentLimits.isEmoji(emoji) {
            add("reaction.emoji", .notAnEmoji, "a reaction is one emoji")
        }
    }
}

// MARK: - What can be tapped

extension ContentCheck {
    fileprivate mutating func interactive(_ message: InteractiveMessage) {
        let isList = if case .list = message.action { true } else { false }
        text(
            message.text, "interactive.text", "the text",
            atMost: isList ? ContentLimits.text : ContentLimits.interactiveText)
        optional(
            message.footer, "interactive.footer", "the footer", atMost: ContentLimits.footer)
        if let head = message.header { header(head, of: message.action) }
        switch message.action {
        case .buttons(let buttons): self.buttons(buttons)
        case .list(let button, let sections): list(button, sections)
        case .link(let label, let url):
            let field = "interactive.action.link"
            text(label, "\(field).label", "the button's label", atMost: ContentLimits.label)
            self.url(url, "\(field).url")
        case .locationRequest, .contactRequest:
            if message.footer != nil {
                add("interactive.footer", .notAllowed, "a request has a text and nothing else")
            }
        }
    }

    private mutating func header(
        _ header: InteractiveMessage.Header, of action: InteractiveMessage.Action
    ) {
        let field = "interactive.header"
        switch action {
        case .locationRequest, .contactRequest:
            return add(field, .notAllowed, "a request has a text and nothing else")
        case .list:
            if case .text = header { break }
            return add(field, .notAllowed, "the header of a list is text")
        case .buttons, .link: break
        }
        switch header {
        case .text(let line): text(line, field, "the header", atMost: ContentLimits.header)
        case .image(let source): self.source(source, field, .image)
        case .video(let source): self.source(source, field, .video)
        case .document(let source, _): self.source(source, field, .document)
        }
    }

    private mutating func buttons(_ buttons: [ReplyButton]) {
        let field = "interactive.action.buttons"
        count(buttons.count, field, "buttons", atMost: ContentLimits.buttons)
        for (index, button) in buttons.enumerated() {
            let name = "the title of button \(index + 1)"
            text(button.title, "\(field)[\(index)].title", name, atMost: ContentLimits.label)
            text(
                button.id, "\(field)[\(index)].id", "the id of button \(index + 1)",
                atMost: ContentLimits.buttonID)
        }
        unique(buttons.enumerated().map { ("\(field)[\($0)].title", $1.title) }, "titles")
        unique(buttons.enumerated().map { ("\(field)[\($0)].id", $1.id) }, "ids")
    }

    private mutating func list(_ button: String, _ sections: [ListSection]) {
        let field = "interactive.action.list"
        text(button, "\(field).button", "the button's label", atMost: ContentLimits.label)
        count(
            sections.count, "\(field).sections", "sections", atMost: ContentLimits.sections)
        let rows = sections.enumerated().flatMap { position, section in
            section.rows.enumerated().map { index, row in
                (field: "\(field).sections[\(position)].rows[\(index)]", row: row)
            }
        }
        count(rows.count, "\(field).sections", "rows", atMost: ContentLimits.rows)
        for (position, section) in sections.enumerated() {
            let field = "\(field).sections[\(position)]"
            let name = "the title of section \(position + 1)"
            if sections.count > 1 {
                text(section.title ?? "", "\(field).title", name, atMost: ContentLimits.listTitle)
            } else {
                optional(section.title, "\(field).title", name, atMost: ContentLimits.listTitle)
            }
        }
        for (field, row) in rows {
            let name = "of the row “\(row.title)”"
            text(row.title, "\(field).title", "the title \(name)", atMost: ContentLimits.listTitle)
            text(row.id, "\(field).id", "the id \(name)", atMost: ContentLimits.rowID)
            optional(
                row.description, "\(field).description", "the description \(name)",
                atMost: ContentLimits.rowDescription)
        }
        unique(rows.map { ("\($0.field).id", $0.row.id) }, "ids")
    }
}

// MARK: - Templates

extension ContentCheck {
    fileprivate mutating func template(_ message: TemplateMessage) {
        let isName = Self.isTemplateWord(message.name)
        text(message.name, "template.name", "the name", atMost: ContentLimits.templateName)
        if !isName {
            add(
                "template.name", .badCharacters,
                "a template's name has lower-case letters, digits and underscores")
        }
        if message.language.isEmpty {
            add("template.language", .empty, "the template's language is missing")
        }
        if let header = message.header { self.header(header) }
        parameters(message.parameters, "template.parameters")
        buttons(message.buttons)
    }

    private mutating func header(_ header: TemplateHeader) {
        let field = "template.header"
        switch header {
        case .text(let parameter): parameters([parameter], field)
        case .image(let source): self.source(source, field, .image)
        case .video(let source): self.source(source, field, .video)
        case .document(let source, _): self.source(source, field, .document)
        case .location(let location):
            self.location(location, field)
            if (location.name ?? "").isEmpty || (location.address ?? "").isEmpty {
                add(field, .empty, "the place in a template needs a name and an address")
            }
        }
    }

    private mutating func parameters(_ parameters: [TemplateParameter], _ field: String) {
        let names = parameters.compactMap(\.name)
        if !names.isEmpty, names.count < parameters.count {
            add(field, .mixedParameters, "either all parameters have names or none has")
        }
        for (index, parameter) in parameters.enumerated() {
            if let name = parameter.name, !Self.isTemplateWord(name) {
                add("\(field)[\(index)].name", .badCharacters, "“\(name)” names no parameter")
            }
            let text = parameter.text
            self.text(
                text, "\(field)[\(index)].text", "parameter \(index + 1)",
                atMost: ContentLimits.interactiveText)
            if text.contains(where: { $0.isNewline || $0 == "\t" }) || text.contains("     ") {
                add(
                    "\(field)[\(index)].text", .badCharacters,
                    "parameter \(index + 1) has a line's end, a tab or more than four spaces in "
                        + "a row")
            }
        }
        unique(
            parameters.enumerated().compactMap { index, parameter in
                parameter.name.map { ("\(field)[\(index)].name", $0) }
            }, "parameters' names")
    }

    private mutating func buttons(_ buttons: [TemplateButton]) {
        let field = "template.buttons"
        if buttons.count > ContentLimits.templateButtons {
            count(buttons.count, field, "buttons", atMost: ContentLimits.templateButtons)
        }
        for (index, button) in buttons.enumerated() {
            if !(0..<ContentLimits.templateButtons).contains(button.index) {
                add("\(field)[\(index)].index", .outOfRange, "a template has up to 10 buttons")
            }
            switch button.value {
            case .quickReply(let word), .url(let word), .copyCode(let word):
                if word.isEmpty {
                    add("\(field)[\(index)].value", .empty, "what a button takes is empty")
                }
            }
        }
        unique(
            buttons.enumerated().map { ("\(field)[\($0)].index", "\($1.index)") },
            "buttons' places")
    }

    private static func isTemplateWord(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f
            }
    }
}

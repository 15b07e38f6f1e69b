/// A text that WhatsApp approved before, with what is filled in: all that may go outside the
/// conversation window.
package struct TemplateMessage: Hashable, Sendable, Codable {
    /// The name, the same in all languages.
    package var name: String
    /// The language as WhatsApp writes it, such as `en_US`.
    package var language: String
    /// What is filled in above the text.
    package var header: TemplateHeader?
    /// What is filled in to the text: all with names or, in their order, all without.
    package var parameters: [TemplateParameter]
    /// What is filled in to the buttons that need it.
    package var buttons: [TemplateButton]
    /// Its text as the customer reads it, where it is known here: for transcripts, not for
    /// WhatsApp.
    package var words: String?

    /// Describes a filled-in template.
    package init(
        name: String, language: String, header: TemplateHeader? = nil,
        parameters: [TemplateParameter] = [], buttons: [TemplateButton] = []
    ) {
        self.name = name
        self.language = language
        self.header = header
        self.parameters = parameters
        self.buttons = buttons
    }

    /// Reads it; what is missing is empty.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        name = try box.decode(String.self, forKey: .name)
        language = try box.decode(String.self, forKey: .language)
        header = try box.decodeIfPresent(TemplateHeader.self, forKey: .header)
        parameters = try box.decodeIfPresent([TemplateParameter].self, forKey: .parameters) ?? []
        buttons = try box.decodeIfPresent([TemplateButton].self, forKey: .buttons) ?? []
        words = try box.decodeIfPresent(String.self, forKey: .words)
    }
}

/// What is filled in above a template's text.
package enum TemplateHeader: Hashable, Sendable, Codable {
    /// A word of the header's line.
    case text(TemplateParameter)
    /// A picture.
    case image(MediaSource)
    /// A film.
    case video(MediaSource)
    /// A file.
    case document(MediaSource, filename: String?)
    /// A place, which needs a name and an address.
    case location(Location)
}

/// One word or more that are filled in to a template.
package struct TemplateParameter: Hashable, Sendable, Codable {
    /// The parameter's name, where the template names its parameters.
    package var name: String?
    /// The words.
    package var text: String

    /// Describes what is filled in.
    package init(name: String? = nil, _ text: String) {
        self.name = name
        self.text = text
    }
}

/// What is filled in to a template's button.
package struct TemplateButton: Hashable, Sendable, Codable {
    /// What a button takes.
    package enum Value: Hashable, Sendable, Codable {
        /// What comes back when it is tapped.
        case quickReply(payload: String)
        /// The end of its URL.
        case url(suffix: String)
        /// The code that it copies.
        case copyCode(String)
    }

    /// Which button of the template, from 0.
    package var index: Int
    /// What it takes.
    package var value: Value

    /// Describes what a button takes.
    package init(index: Int, _ value: Value) {
        self.index = index
        self.value = value
    }
}

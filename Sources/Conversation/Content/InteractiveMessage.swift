/// A text that the customer answers with a tap.
package struct InteractiveMessage: Hashable, Sendable, Codable {
    /// What stands above the text.
    package enum Header: Hashable, Sendable, Codable {
        /// A line of text.
        case text(String)
        /// A picture.
        case image(MediaSource)
        /// A film.
        case video(MediaSource)
        /// A file.
        case document(MediaSource, filename: String?)
    }

    /// What the customer can tap.
    package enum Action: Hashable, Sendable, Codable {
        /// Up to three buttons; the tapped one comes back.
        case buttons([ReplyButton])
        /// A list that a button opens; the tapped row comes back.
        case list(button: String, sections: [ListSection])
        /// A button that opens a page.
        case link(label: String, url: String)
        /// A button that sends where the customer is.
        case locationRequest
        /// A button that sends the customer's phone number.
        case contactRequest
    }

    /// What stands above the text.
    package var header: Header?
    /// The text.
    package var text: String
    /// The small line below it.
    package var footer: String?
    /// What the customer can tap.
    package var action: Action

    /// Describes a text with something to tap.
    package init(
        _ text: String, header: Header? = nil, footer: String? = nil, action: Action
    ) {
        self.text = text
        self.header = header
        self.footer = footer
        self.action = action
    }

    /// What the customer can tap, by the words on it.
    package var labels: [String] {
        switch action {
        case .buttons(let buttons): buttons.map(\.title)
        case .list(_, let sections): sections.flatMap { $0.rows.map(\.title) }
        case .link(let label, _): [label]
        case .locationRequest, .contactRequest: []
        }
    }
}

/// A button whose tap comes back as a message.
package struct ReplyButton: Hashable, Sendable, Codable {
    /// What comes back; decide on this, never on the title.
    package var id: String
    /// The words on it.
    package var title: String

    /// Describes a button.
    package init(id: String, title: String) {
        self.id = id
        self.title = title
    }
}

/// Rows of a list under one title.
package struct ListSection: Hashable, Sendable, Codable {
    /// The title; may be missing where there is but one section.
    package var title: String?
    /// The rows.
    package var rows: [ListRow]

    /// Describes a section.
    package init(title: String? = nil, rows: [ListRow]) {
        self.title = title
        self.rows = rows
    }
}

/// A row of a list, whose tap comes back as a message.
package struct ListRow: Hashable, Sendable, Codable {
    /// What comes back; decide on this, never on the title.
    package var id: String
    /// The words on it.
    package var title: String
    /// The smaller words below.
    package var description: String?

    /// Describes a row.
    package init(id: String, title: String, description: String? = nil) {
        self.id = id
        self.title = title
        self.description = description
    }
}

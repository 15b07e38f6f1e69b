package import JSON

/// A template of a business, as WhatsApp had it when the templates were last synchronised.
///
/// Compacted, by business, name and language; a tombstone says that it is gone.
package struct MessageTemplate: Payload {
    package static let type = "parley.template"
    package static let topic = Topic.templates
    package static let personal: [FieldPath] = ["parts"]

    /// What it is made of.
    package struct Parts: Hashable, Sendable, Codable {
        /// What stands above the text.
        package struct Header: Hashable, Sendable, Codable {
            /// `TEXT`, `IMAGE`, `VIDEO`, `DOCUMENT` or `LOCATION`, or a word of a later time.
            package var format: String
            /// The words of a header of text.
            package var text: String?

            /// Describes a header.
            package init(format: String, text: String? = nil) {
                self.format = format
                self.text = text
            }
        }

        /// Something to tap.
        package struct Button: Hashable, Sendable, Codable {
            /// `QUICK_REPLY`, `URL`, `PHONE_NUMBER`, `COPY_CODE`, or a word of a later time.
            package var type: String
            /// The words on it.
            package var text: String
            /// The page that it opens, with `{{1}}` at its end where something is filled in.
            package var url: String?

            /// Describes a button.
            package init(type: String, text: String, url: String? = nil) {
                self.type = type
                self.text = text
                self.url = url
            }

            /// Whether something has to be filled in to it.
            package var takesParameter: Bool {
                type == "COPY_CODE" || url.map { !MessageTemplate.places(in: $0).isEmpty } ?? false
            }
        }

        /// What stands above the text.
        package var header: Header?
        /// The text, with `{{1}}` or `{{name}}` where something is filled in.
        package var body: String
        /// The small line below it.
        package var footer: String?
        /// What can be tapped.
        package var buttons: [Button]

        /// Describes the parts.
        package init(
            header: Header? = nil, body: String, footer: String? = nil, buttons: [Button] = []
        ) {
            self.header = header
            self.body = body
            self.footer = footer
            self.buttons = buttons
        }
    }

    /// The business.
    package var tenant: TenantID
    /// The name, the same in all languages.
    package var name: String
    /// The language as WhatsApp writes it, such as `en_US`.
    package var language: String
    /// WhatsApp's word: only `APPROVED` ones go out.
    package var status: String
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    package var category: String
    /// What it is made of.
    package var parts: Parts
    /// When it was synchronised.
    package var at: Timestamp

    /// The business, the name and the language.
    package var key: String { Self.key(of: tenant, name, language) }

    /// The key of a template.
    package static func key(of tenant: TenantID, _ name: String, _ language: String) -> String {
        "\(tenant)/\(name)/\(language)"
    }

    /// Describes a template.
    package init(
        tenant: TenantID, name: String, language: String, status: String, category: String,
        parts: Parts, at: Timestamp
    ) {
        self.tenant = tenant
        self.name = name
        self.language = language
        self.status = status
        self.category = category
        self.parts = parts
        self.at = at
    }

    /// Whether it may be sent now.
    package var isApproved: Bool { status == "APPROVED" }

    /// The places of a text where something is filled in, by their names or numbers, each once.
    package static func places(in text: String) -> [String] {
        var places: [String] = []
        for piece in text.components(between: "{{", and: "}}") {
            let name = piece.trimmingSpaces
            if !name.isEmpty, !places.contains(name) { places.append(name) }
        }
        return places
    }
}

extension String {
    /// What stands between two marks, each time.
    fileprivate func components(between opening: String, and closing: String) -> [String] {
        var found: [String] = []
        var rest = self[...]
        while let start = rest.firstRange(of: opening) {
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: closing) else { break }
            found.append(String(rest[..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return found
    }
}

// MARK: - From WhatsApp

extension MessageTemplate {
    /// Reads a template as the Graph API lists it (WhatsApp, "Template management"); `nil` for what
    /// has no name, no language or no text part; that of an authentication template is WhatsApp's
    /// own, and empty here.
    package init?(_ raw: RawJSON, of tenant: TenantID, at now: Timestamp) {
        // What is not JSON is no template.
        guard let json = try? JSONTape(Array(raw.text.utf8)).root,
            let name = json["name"]?.string, let language = json["language"]?.string,
            let parts = Parts(json["components"]?.elements ?? [])
        else { return nil }
        self.init(
            tenant: tenant, name: name, language: language,
            status: json["status"]?.string ?? "UNKNOWN",
            category: json["category"]?.string ?? "UNKNOWN", parts: parts, at: now)
    }
}

extension MessageTemplate.Parts {
    fileprivate init?(_ components: [JSONView]) {
        func component(_ type: String) -> JSONView? {
            components.first { $0["type"]?.string?.uppercased() == type }
        }
        guard let body = component("BODY") else { return nil }
        self.init(
            header: component("HEADER").map {
                Header(format: $0["format"]?.string ?? "TEXT", text: $0["text"]?.string)
            },
            body: body["text"]?.string ?? "", footer: component("FOOTER")?["text"]?.string,
            buttons: (component("BUTTONS")?["buttons"]?.elements ?? []).map {
                Button(
                    type: $0["type"]?.string ?? "UNKNOWN", text: $0["text"]?.string ?? "",
                    url: $0["url"]?.string)
            })
    }
}

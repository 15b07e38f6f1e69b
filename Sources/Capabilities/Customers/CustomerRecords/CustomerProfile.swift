package import Conversation

/// What names a customer within a business: a keyed hash of what WhatsApp knows them by.
package enum NamedCustomer {}
/// Names a customer.
package typealias CustomerID = Identifier<NamedCustomer>

/// What WhatsApp knows a customer by: a phone number, else a user id of the business.
///
/// As text it begins with `p` or `u`, so that no number is taken for an id.
package struct CustomerIdentity: Hashable, Sendable, Codable, Comparable {
    /// The text.
    package let text: String

    /// Reads the text of one; `nil` for anything else.
    package init?(_ text: String) {
        guard text.count > 1, text.first == "p" || text.first == "u" else { return nil }
        self.text = text
    }

    /// A phone number, in digits: the ways in which some countries write one are one identity.
    package init(phone: String) { text = "p" + (PhoneForms.of(phone).min() ?? phone) }

    /// A user id.
    package init(user: String) { text = "u" + user }

    /// The phone number's digits, where it is one.
    package var phone: String? { text.first == "p" ? String(text.dropFirst()) : nil }
    /// The user id, where it is one.
    package var user: String? { text.first == "u" ? String(text.dropFirst()) : nil }

    /// Reads the text.
    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// Orders by the text.
    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// What a business keeps about a customer besides what was said.
package struct CustomerProfile: Hashable, Sendable, Codable {
    /// Something of the business's own, such as a number of theirs.
    package struct Field: Hashable, Sendable, Codable {
        /// What it is called.
        package var name: String
        /// What it says.
        package var value: String

        /// Describes a field.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Whether they want messages that they did not ask for, as the business knows it.
    package struct Consent: Hashable, Sendable, Codable {
        /// Whether they do.
        package var isGiven: Bool
        /// Where and how they said so.
        package var source: String
        /// When that was written down.
        package var at: Timestamp

        /// Describes what they said.
        package init(isGiven: Bool, source: String, at: Timestamp) {
            self.isGiven = isGiven
            self.source = source
            self.at = at
        }
    }

    /// What the business calls them; `nil` for the name that WhatsApp shows.
    package var name: String?
    /// An address.
    package var email: String?
    /// A language, such as `es`.
    package var language: String?
    /// Words for colleagues.
    package var note: String?
    /// Labels of the desk, by their ids.
    package var labels: [RecordID]
    /// What else is kept.
    package var fields: [Field]
    /// What they said of messages that they did not ask for.
    package var consent: Consent?

    /// Describes a customer.
    package init(
        name: String? = nil, email: String? = nil, language: String? = nil, note: String? = nil,
        labels: [RecordID] = [], fields: [Field] = [], consent: Consent? = nil
    ) {
        self.name = name
        self.email = email
        self.language = language
        self.note = note
        self.labels = labels
        self.fields = fields
        self.consent = consent
    }

    /// The profile with what an imported line says: what it leaves empty stays, labels are added.
    package func taking(_ line: CustomerProfile) -> CustomerProfile {
        var profile = self
        profile.name = line.name ?? name
        profile.email = line.email ?? email
        profile.language = line.language ?? language
        profile.note = line.note ?? note
        profile.labels += line.labels.filter { !labels.contains($0) }
        for field in line.fields {
            if let index = profile.fields.firstIndex(where: { $0.name == field.name }) {
                profile.fields[index] = field
            } else {
                profile.fields.append(field)
            }
        }
        // The same said again is no news.
        if let said = line.consent, said.isGiven != consent?.isGiven { profile.consent = said }
        return profile
    }
}

/// A contact card, as WhatsApp shows it.
package struct ContactCard: Hashable, Sendable, Codable {
    /// A phone number.
    package struct Phone: Hashable, Sendable, Codable {
        /// The number as it is shown.
        package var phone: String
        /// What it is for, such as `WORK`.
        package var type: String?
        /// The WhatsApp account: with it, the card has a button that writes to it.
        package var account: String?

        /// Describes a number.
        package init(_ phone: String, type: String? = nil, account: String? = nil) {
            self.phone = phone
            self.type = type
            self.account = account
        }
    }

    /// An address of mail or of a page.
    package struct Address: Hashable, Sendable, Codable {
        /// The address.
        package var address: String
        /// What it is for, such as `WORK`.
        package var type: String?

        /// Describes an address.
        package init(_ address: String, type: String? = nil) {
            self.address = address
            self.type = type
        }
    }

    /// The whole name, as it is shown.
    package var name: String
    /// The first name.
    package var firstName: String?
    /// The family name.
    package var lastName: String?
    /// The phone numbers.
    package var phones: [Phone]
    /// The addresses of mail.
    package var emails: [Address]
    /// The addresses of pages.
    package var urls: [Address]
    /// The company.
    package var company: String?
    /// The title within the company.
    package var title: String?

    /// Describes a card.
    package init(
        name: String, firstName: String? = nil, lastName: String? = nil, phones: [Phone] = [],
        emails: [Address] = [], urls: [Address] = [], company: String? = nil, title: String? = nil
    ) {
        self.name = name
        self.firstName = firstName
        self.lastName = lastName
        self.phones = phones
        self.emails = emails
        self.urls = urls
        self.company = company
        self.title = title
    }

    /// Reads a card; what is missing is empty.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        name = try box.decode(String.self, forKey: .name)
        firstName = try box.decodeIfPresent(String.self, forKey: .firstName)
        lastName = try box.decodeIfPresent(String.self, forKey: .lastName)
        phones = try box.decodeIfPresent([Phone].self, forKey: .phones) ?? []
        emails = try box.decodeIfPresent([Address].self, forKey: .emails) ?? []
        urls = try box.decodeIfPresent([Address].self, forKey: .urls) ?? []
        company = try box.decodeIfPresent(String.self, forKey: .company)
        title = try box.decodeIfPresent(String.self, forKey: .title)
    }
}

import Conversation
package import ConversationView
import CustomerRecords
import Endpoints
package import JSON

/// What a business keeps about a customer, as it is wished.
package struct CustomerForm: Hashable, Sendable, Codable, Described {
    /// Something of the business's own.
    package struct Field: Hashable, Sendable, Codable {
        /// What it is called.
        package var name: String
        /// What it says.
        package var value: String
    }

    /// What the business calls them.
    package var name: String?
    /// An address.
    package var email: String?
    /// A language.
    package var language: String?
    /// Words for colleagues.
    package var note: String?
    /// Labels, by their ids.
    package var labels: [String]?
    /// What else is kept.
    package var fields: [Field]?
    /// The version that whoever wishes it saw.
    package var version: Int?

    static let field = JSONSchema.object([
        .required("name", .text("What it is called.", 1...40)),
        .required("value", .text("What it says.", 1...200)),
    ])

    static let kept: [JSONSchema.Field] = [
        .optional("name", .text("What the business calls them.", 1...100)),
        .optional("email", .text("An address.", 3...254)),
        .optional(
            "language",
            .text(
                "A language, such as es.", 2...12, pattern: "[a-z]{2,8}(-[a-z0-9]{1,8})*",
                rule: "a code such as es or pt-br")),
        .optional("note", .text("Words for colleagues.", 1...2_000)),
        .optional("labels", .list(.id("A label."), "Labels of the desk.", 0...50)),
        .optional("fields", .list(field, "What else is kept.", 0...20)),
    ]

    package static let schema = JSONSchema.object(
        kept + [.optional("version", .count("The version that was seen; 0 unless said."))],
        named: "CustomerForm")
}

/// A customer who is added by hand.
package struct NewCustomer: Hashable, Sendable, Codable, Described {
    /// The number.
    package var phone: String
    /// What the business calls them.
    package var name: String?
    /// An address.
    package var email: String?
    /// A language.
    package var language: String?
    /// Words for colleagues.
    package var note: String?
    /// Labels, by their ids.
    package var labels: [String]?
    /// What else is kept.
    package var fields: [CustomerForm.Field]?

    package static let schema = JSONSchema.object(
        [
            .required("phone", .text("The number with its country code.", 5...40))
        ] + CustomerForm.kept, named: "NewCustomer")
}

/// What a customer said of messages that they did not ask for.
package struct ConsentForm: Hashable, Sendable, Codable, Described {
    /// Whether they want them.
    package var isGiven: Bool
    /// Where and how they said so.
    package var source: String

    package static let schema = JSONSchema.object(
        [
            .required("isGiven", .boolean("Whether they want them.")),
            .required("source", .text("Where and how they said so.", 1...200)),
        ], named: "ConsentForm")
}

/// As whom a customer is to go on.
package struct LinkForm: Hashable, Sendable, Codable, Described {
    /// As whom.
    package var into: String
    /// The version of the link that was seen: 0 where there was none.
    package var version: Int

    package static let schema = JSONSchema.object(
        [
            .required("into", .id("As whom they go on.")),
            .required("version", .count("The version of the link that was seen.")),
        ], named: "CustomerLinkForm")
}

extension CustomerListing: Described {
    package static let schema = JSONSchema.object(fields, named: "Customer")

    static let fields: [JSONSchema.Field] = [
        .required("id", .text("The customer.")),
        .optional("name", .text("What they are called.")),
        .optional("profileName", .text("What WhatsApp shows, where that is something else.")),
        .optional("username", .text("The user name.")),
        .optional("phone", .text("The phone number's digits.")),
        .optional("userID", .text("WhatsApp's id, where no number is known.")),
        .optional("email", .text("An address.")),
        .optional("language", .text("A language.")),
        .required("labels", .list(.text(), "What they or their conversations bear.")),
        .optional("consent", consent),
        .required("hasWritten", .boolean("Whether there is a conversation with them.")),
        .required("members", .count("How many customers are shown as this one.")),
    ]

    private static let consent = JSONSchema.object(
        [
            .required("isGiven", .boolean("Whether they want them.")),
            .required("isOwn", .boolean("Whether they said so in the conversation themselves.")),
            .optional("source", .text("Where and how, where the business wrote it down.")),
            .required("at", .time("When.")),
        ], note: "Whether they want messages that they did not ask for.")
}

/// A page of customers.
package struct CustomerList: Hashable, Sendable, Codable, Described {
    /// The customers.
    package var customers: [CustomerListing]
    /// Where the next page begins.
    package var next: String?
    /// How many there are.
    package var total: Int

    package static let schema = JSONSchema.object(
        [
            .required("customers", .list(CustomerListing.schema, "By name.")),
            .optional("next", .text("Where the next page begins; give it back as `after`.")),
            .required("total", .count("How many there are on all pages.")),
        ], named: "CustomerList")
}

/// Which page of the customers is wanted.
package struct CustomerParameters: Described, Decodable, Hashable {
    var words: String?
    var label: String?
    var consent: String?
    var hasWritten: Bool?
    var limit: Int?
    var after: String?

    static let rows = 50

    static let filter: [JSONSchema.Field] = [
        .optional(
            "words", .text("Words of name, number, address, note, field or label.", 1...200)),
        .optional("label", .id("A label that they or their conversations bear.")),
        .optional(
            "consent",
            .words(["in", "out", "unknown"], "Whether they want messages unasked for.")),
        .optional("hasWritten", .boolean("Whether there is a conversation with them.")),
    ]

    package static let schema = JSONSchema.object(
        filter + [
            .optional(
                "limit", .integer("Customers of a page at most.", 1...200, standard: rows)),
            .optional("after", .text("What the page before gave as next, as it is.", 1...500)),
        ])

    var question: CustomerFilter {
        CustomerFilter(
            words: words, label: label.map { RecordID($0) }, consent: consent,
            hasWritten: hasWritten)
    }
}

/// Which customers are wanted in a file.
package struct CustomerExport: Described, Decodable, Hashable {
    var words: String?
    var label: String?
    var consent: String?
    var hasWritten: Bool?

    package static let schema = JSONSchema.object(CustomerParameters.filter)

    var question: CustomerFilter {
        CustomerFilter(
            words: words, label: label.map { RecordID($0) }, consent: consent,
            hasWritten: hasWritten)
    }
}

/// Which customer is meant.
package struct OneCustomer: Described, Decodable, Hashable {
    var customer: String
    package static let schema = JSONSchema.object([
        .required("customer", .id("The customer, or a conversation of theirs."))
    ])
}

/// Which link of a customer is to be undone.
package struct OneCustomerLink: Described, Decodable, Hashable {
    var customer: String
    var version: Int?
    package static let schema = JSONSchema.object([
        .required("customer", .id("Who goes on as another.")),
        .optional("version", .count("The version of the link that was seen; whichever it is.")),
    ])
}

/// A conversation of a customer.
package struct CustomerTalk: Hashable, Sendable, Codable, Described {
    var conversation: ConversationID
    var number: String?
    var status: String
    var lastAt: Timestamp
    var lastText: String?
    var outcome: String?
    var labels: [String]
    var cases: [CaseListing]

    package static let schema = JSONSchema.object([
        .required("conversation", .text("The conversation.")),
        .optional("number", .text("The business number.")),
        .required("status", .words(["bot", "queued", "claimed"], "Who answers.")),
        .required("lastAt", .time("When something was last said.")),
        .optional("lastText", .text("The beginning of what was said last.")),
        .optional("outcome", .text("What came of its last handoff.")),
        .required("labels", .list(.text(), "What it bears.")),
        .required("cases", .list(CaseListing.schema, "Its cases, the newest first.")),
    ])
}

/// All that is known of a customer.
package struct CustomerAnswer: Hashable, Sendable, Codable, Described {
    /// The customer, as lists show them.
    package var customer: CustomerListing
    var name: String?
    /// Words for colleagues.
    package var note: String?
    var fields: [CustomerForm.Field]
    var labels: [String]
    var version: Int
    var linkVersion: Int
    /// Their conversations, the newest first.
    package var conversations: [CustomerTalk]
    var cited: [Cited]
    var members: [Member]

    /// A document.
    struct Cited: Hashable, Sendable, Codable {
        var document: DocumentID
        var name: String
        var times: Int
        var at: Timestamp
    }

    /// Somebody who is shown as this customer.
    struct Member: Hashable, Sendable, Codable {
        var id: String
        var name: String?
        var phone: String?
        var since: Timestamp
        var version: Int
    }

    init(_ detail: CustomerDetail) {
        customer = detail.listing
        name = detail.profile.name
        note = detail.profile.note
        fields = detail.profile.fields.map { .init(name: $0.name, value: $0.value) }
        labels = detail.profile.labels.map(\.rawValue)
        version = detail.version
        linkVersion = detail.linkVersion
        conversations = detail.conversations.map { talk in
            CustomerTalk(
                conversation: talk.conversation, number: talk.number?.rawValue,
                status: talk.status.rawValue, lastAt: talk.lastAt, lastText: talk.last?.text,
                outcome: talk.outcome?.word,
                labels: (detail.marks[talk.conversation] ?? []).map(\.rawValue),
                cases: (detail.cases[talk.conversation] ?? []).map { CaseListing($0) })
        }
        cited = detail.cited.map {
            Cited(document: $0.document, name: $0.name, times: $0.times, at: $0.at)
        }
        members = detail.members.map {
            Member(
                id: $0.id, name: $0.name, phone: $0.phone, since: $0.since, version: $0.version)
        }
    }

    package static let schema = JSONSchema.object(
        [
            .required("customer", CustomerListing.schema),
            .optional("name", .text("What the business calls them.")),
            .optional("note", .text("Words for colleagues.")),
            .required("fields", .list(CustomerForm.field, "What else is kept.")),
            .required("labels", .list(.text(), "The labels that the business gave them.")),
            .required("version", .count("The version of what is kept.")),
            .required("linkVersion", .count("The version of the link to somebody else.")),
            .required("conversations", .list(CustomerTalk.schema, "The newest first.")),
            .required("cited", .list(citedSchema, "What the bot quoted, the newest first.")),
            .required("members", .list(member, "Who is shown as this customer.")),
        ], named: "CustomerDetail")

    private static let citedSchema = JSONSchema.object([
        .required("document", .text("The document.")),
        .required("name", .text("What it was called.")),
        .required("times", .count("In how many answers.")),
        .required("at", .time("When last.")),
    ])

    private static let member = JSONSchema.object([
        .required("id", .text("The member.")),
        .optional("name", .text("What they are called by themselves.")),
        .optional("phone", .text("The phone number's digits.")),
        .required("since", .time("Since when.")),
        .required("version", .count("The version of the link, by which it is undone.")),
    ])
}

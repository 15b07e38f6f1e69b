import AccountRecords
import AccountRules

/// A language that mails are written in; whoever has another gets English.
enum MailLanguage: String, CaseIterable, Sendable {
    case english = "en"
    case spanish = "es"

    /// The one for a language tag such as `es-MX`.
    init(tag: String?) {
        let first = tag?.lowercased().prefix { $0 != "-" && $0 != "_" }
        self = first.flatMap { Self(rawValue: String($0)) } ?? .english
    }
}

/// The words of one mail.
struct MailWords: Hashable, Sendable {
    let language: MailLanguage
    let subject: String
    let greeting: String
    /// Paragraphs before the link.
    let text: [String]
    /// What the link is called, if there is one.
    let link: String?
    /// Why one gets this mail.
    let note: String

    init(_ request: MailRequest) {
        language = MailLanguage(tag: request.language)
        let name = Self.clean(request.name)
        let values = Values(request)
        let form: Form
        switch language {
        case .english:
            greeting = name.map { "Hello \($0)," } ?? "Hello,"
            form = Self.english(request.kind, values)
        case .spanish:
            greeting = name.map { "Hola, \($0):" } ?? "Hola:"
            form = Self.spanish(request.kind, values)
        }
        subject = form.subject
        text = form.text
        link = form.link
        note = form.note
    }

    /// A name as a mail to a stranger may say it; `nil` where nothing is left of it.
    fileprivate static func clean(_ text: String?) -> String? {
        // A text that is no name is left out.
        text.flatMap { (try? DisplayName($0))?.inMail }
    }

    /// What a mail of one kind says in one language.
    struct Form {
        var subject: String
        var text: [String]
        var link: String?
        var note: String
    }

    /// What a request names.
    struct Values {
        /// The team's name.
        let organisation: String?
        /// Who invites.
        let inviter: String?
        /// The role that an invitation offers.
        let role: String
        /// The address that an account is to have, or has now.
        let address: String
        /// The subject of a notification, in its own words.
        let subject: String
        /// What a notification says, line by line.
        let lines: [String]

        init(_ request: MailRequest) {
            subject = request.values["subject"] ?? ""
            lines = (request.values["text"] ?? "").split(separator: "\n").map(String.init)
            organisation = MailWords.clean(request.values["organisation"])
            inviter = MailWords.clean(request.values["inviter"])
            role = MailWords.clean(request.values["role"]) ?? ""
            address = request.values["address"] ?? ""
        }
    }
}

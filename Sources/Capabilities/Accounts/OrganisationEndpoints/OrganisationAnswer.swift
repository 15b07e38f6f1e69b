import AccountCommands
import AccountRecords
import Conversation
import Endpoints
import HTTPServer
import JSON
import OrganisationView
import Permissions

/// An organisation as its people see it.
struct OrganisationAnswer: Described, Codable, Hashable {
    /// An ownership that is offered.
    struct Offer: Codable, Hashable, Sendable {
        /// Who offers it.
        var from: AccountID
        /// To whom.
        var to: AccountID
        /// Until when.
        var until: Timestamp
    }

    /// The tenant.
    var id: TenantID
    /// Its name.
    var name: String
    /// `active`, `suspended`, `deleted` or `purged`.
    var standing: String
    /// Since when it is suspended.
    var suspendedAt: Timestamp?
    /// Why it is suspended.
    var reason: String?
    /// Until when it can be restored.
    var restorableUntil: Timestamp?
    /// The plan.
    var plan: String
    /// When it was made.
    var createdAt: Timestamp?
    /// Until when operators are let in.
    var consentUntil: Timestamp?
    /// An ownership that is offered.
    var offer: Offer?
    /// The logo's address.
    var logo: String?
    /// The version of each part of the settings.
    var versions: [String: Int]

    init(_ tenant: TenantID, _ facts: OrganisationFacts) {
        id = tenant
        name = facts.profile.name
        standing = facts.standing.word
        switch facts.standing {
        case .suspended(let since, let reason):
            suspendedAt = since
            self.reason = reason
        case .deleted(let until): restorableUntil = until
        case .none, .active, .purged: break
        }
        plan = facts.plan
        createdAt = facts.createdAt
        consentUntil = facts.consentUntil
        offer = facts.offer.map { Offer(from: $0.from, to: $0.to, until: $0.until) }
        logo = LogoAddress.path(of: tenant, facts)
        versions = facts.versions
    }

    static let fields: [JSONSchema.Field] = [
        .required("id", .text("The tenant.")), .required("name", .text("Its name.")),
        .required("standing", .words(standings, "How it stands.")),
        .optional("suspendedAt", .time("Since when it is suspended.")),
        .optional("reason", .text("Why it is suspended.")),
        .optional("restorableUntil", .time("Until when it can be restored.")),
        .required("plan", .text("The plan.")), .optional("createdAt", .time("When it was made.")),
        .optional("consentUntil", .time("Until when operators are let in.")),
        .optional(
            "offer",
            .object(
                [
                    .required("from", .text("Who offers it.")),
                    .required("to", .text("To whom.")),
                    .required("until", .time("Until when.")),
                ], note: "An ownership that is offered.")),
        .optional("logo", .text("The logo's address.")),
        .required(
            "versions",
            JSONSchema(.map(.count()), "The version of each part of the settings.")),
    ]

    static let standings = ["active", "suspended", "deleted", "purged"]

    static let schema = JSONSchema.object(fields, named: "Organisation")
}

/// A version of what is asked for, besides what it says: for programs behind proxies that spoil
/// the ETag.
protocol HasVersion {
    var version: Int { get }
}

/// What an organisation is, and its version.
struct ProfileAnswer: Described, Codable, Hashable, HasVersion {
    var name: String
    var address: String?
    var logo: String?
    var version: Int

    init(_ tenant: TenantID, _ facts: OrganisationFacts) {
        name = facts.profile.name
        address = facts.profile.address
        logo = LogoAddress.path(of: tenant, facts)
        version = facts.version(.profile)
    }

    static let schema = JSONSchema.object(
        [
            .required("name", .text("The name.")), .optional("address", .text("The address.")),
            .optional("logo", .text("The logo's address.")),
            .required("version", .count("The version.")),
        ], named: "OrganisationProfile")
}

/// How an organisation writes times, and the version of it.
struct LocaleAnswer: Described, Codable, Hashable, HasVersion {
    var language: String
    var timeZone: String
    var dateFormat: String
    var version: Int

    init(_ facts: OrganisationFacts) {
        language = facts.locale.language
        timeZone = facts.locale.timeZone
        dateFormat = facts.locale.dateFormat
        version = facts.version(.locale)
    }

    static let schema = JSONSchema.object(
        [
            .required("language", .text("The language.")),
            .required("timeZone", .text("The time zone.")),
            .required("dateFormat", .text("The date format.")),
            .required("version", .count("The version.")),
        ], named: "OrganisationLocale")
}

/// What an organisation asks of those who sign in, and the version of it.
struct SecurityAnswer: Described, Codable, Hashable, HasVersion {
    var secondFactorFrom: Timestamp?
    var passwordCharacters: Int?
    var idleMinutes: Int
    var longestMinutes: Int
    var networks: [String]
    var version: Int

    init(_ facts: OrganisationFacts) {
        let security = facts.security
        secondFactorFrom = security.secondFactorFrom
        passwordCharacters = security.passwordCharacters
        idleMinutes = security.idleMinutes
        longestMinutes = security.longestMinutes
        networks = security.networks
        version = facts.version(.security)
    }

    static let schema = JSONSchema.object(
        [
            .optional("secondFactorFrom", .time("From when on a second factor is needed.")),
            .optional("passwordCharacters", .count("Characters of a password at least.")),
            .required("idleMinutes", .count("Minutes without an act that end a session.")),
            .required("longestMinutes", .count("Minutes that end a session in any case.")),
            .required("networks", .list(.text(), "The networks that may ask; none: all.")),
            .required("version", .count("The version.")),
        ], named: "OrganisationSecurity")
}

/// What customers are told while an organisation is suspended, and the version of it.
struct SuspensionAnswer: Described, Codable, Hashable, HasVersion {
    var notice: String?
    var version: Int

    init(_ facts: OrganisationFacts) {
        notice = facts.suspension.notice
        version = facts.version(.suspension)
    }

    static let schema = JSONSchema.object(
        [
            .optional("notice", .text("The words.")), .required("version", .count("The version.")),
        ], named: "OrganisationSuspension")
}

import AccountCommands
import AccountRecords
import AccountRules
import Conversation
import Endpoints
import Foundation
import HTTPServer
import JSON
import OrganisationView
import Permissions
import ZoneDatabase

/// The name and address of an organisation, as they are to be.
struct ProfileRequest: Described, Decodable {
    var name: String
    var address: String?

    static let schema = JSONSchema.object(
        [
            .required("name", .text("The name.", 1...200)),
            .optional("address", .text("The postal address, as it is written.", 0...500)),
        ], named: "NewOrganisationProfile")
}

/// How an organisation is to write times.
struct LocaleRequest: Described, Decodable {
    var language: String
    var timeZone: String
    var dateFormat: String

    static let dateFormats = ["d/M/y", "dd/MM/y", "M/d/y", "d.M.y", "d-M-y", "y-MM-dd", "d MMM y"]

    static let fields: [JSONSchema.Field] = [
        .required(
            "language",
            .text(
                "The language, such as es.", 2...20, pattern: "[a-z]{2,3}(-[A-Za-z0-9]{2,8})*",
                rule: "a language's tag, such as es or pt-BR")),
        .required("timeZone", .text("The time zone, such as Europe/Madrid.", 1...64)),
        .required("dateFormat", .words(dateFormats, "The date format.")),
    ]

    static let schema = JSONSchema.object(fields, named: "NewOrganisationLocale")

    /// - Throws: a problem at the field that is wrong.
    func part(_ zones: ZoneDatabase) throws(Problem) -> OrganisationPart.Locale {
        // Where the system has no zones at all, Foundation's names are better than none.
        let isKnown =
            zones.isInstalled
            ? (try? zones.rules(of: timeZone)) != nil : TimeZone(identifier: timeZone) != nil
        guard timeZone.contains("/") || timeZone == "UTC", isKnown else {
            throw .invalid("/timeZone", "timeZone is the name of a zone, such as Europe/Madrid")
        }
        return .init(language: language, timeZone: timeZone, dateFormat: dateFormat)
    }
}

/// What is to be asked of those who sign in.
struct SecurityRequest: Described, Decodable {
    var secondFactorFrom: Timestamp?
    var passwordCharacters: Int?
    var idleMinutes: Int
    var longestMinutes: Int
    var networks: [String]

    static let schema = JSONSchema.object(
        [
            .optional("secondFactorFrom", .time("From when on everybody needs a second factor.")),
            .optional(
                "passwordCharacters",
                .integer(
                    "Characters of a password at least.",
                    PasswordPolicy.leastWithSecondFactor...PasswordPolicy.highestLeast)),
            .required(
                "idleMinutes", .integer("Minutes without an act that end a session.", 5...1_440)),
            .required(
                "longestMinutes",
                .integer("Minutes that end a session in any case.", 15...43_200)),
            .required(
                "networks",
                .list(
                    .text("An address or a network, such as 192.0.2.0/24.", 1...100),
                    "The networks that may ask; none: all.", 0...100)),
        ], named: "NewOrganisationSecurity")

    /// - Throws: a problem at the field that is wrong; a list that shuts out its author is.
    func part(from author: String) throws(Problem) -> OrganisationPart.Security {
        guard longestMinutes >= idleMinutes else {
            throw .invalid("/longestMinutes", "longestMinutes is no less than idleMinutes")
        }
        return .init(
            secondFactorFrom: secondFactorFrom, passwordCharacters: passwordCharacters,
            idleMinutes: idleMinutes, longestMinutes: longestMinutes,
            networks: try Networks.checked(networks, from: author))
    }
}

/// What customers are to be told.
struct SuspensionRequest: Described, Decodable {
    var notice: String?

    static let schema = JSONSchema.object(
        [.optional("notice", .text("What customers are told while it is suspended.", 0...1_000))],
        named: "NewOrganisationSuspension")
}

extension OrganisationEndpoints {
    var settings: [Endpoint] {
        [organisation, readProfile, writeProfile, readLocale, writeLocale]
            + [readSecurity, writeSecurity, readSuspension, writeSuspension, firstSteps]
    }

    private static let changing = Problem.Kind.deciding + [.noVersion]

    private var organisation: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/organisation", "organisation.read",
                "Shows how an organisation stands."),
            may: .readSettings,
            .init(
                gives: Reply<OrganisationAnswer>.self,
                problems: [Authorizer.noTenant, .viewIsBuilt]
            )
        ) { Reply(OrganisationAnswer($0.scope.tenant, try await facts($0.scope))) }
    }

    func reading<Answer: Described & Encodable & HasVersion>(
        _ part: String, _ summary: String,
        _ answer: @escaping @Sendable (TenantID, OrganisationFacts) -> Answer
    ) -> Endpoint {
        .tenant(
            .at(.get, Self.base + "/organisation/\(part)", "organisation.\(part).read", summary),
            may: .readSettings,
            .init(
                gives: Versioned<Answer>.self, problems: [Authorizer.noTenant, .viewIsBuilt])
        ) { call in
            let value = answer(call.scope.tenant, try await facts(call.scope))
            return Versioned(value, version: value.version)
        }
    }

    func writing<
        Request: Described & Decodable, Answer: Described & Encodable & HasVersion
    >(
        _ part: String, _ permission: TenantPermission, _ summary: String,
        _ wanted:
            @escaping @Sendable (Request, OrganisationFacts, String) throws(Problem) ->
            OrganisationPart,
        _ answer: @escaping @Sendable (TenantID, OrganisationFacts) -> Answer
    ) -> Endpoint {
        .tenant(
            .at(.put, Self.base + "/organisation/\(part)", "organisation.\(part).change", summary),
            may: permission,
            .init(
                body: JSONBody<Request>.self, gives: Versioned<Answer>.self,
                problems: Self.changing)
        ) { call in
            let version = try call.request.expectedVersion()
            let before = try await facts(call.scope)
            let part = try wanted(call.body.value, before, call.client)
            let event = try await ask(call.scope.tenant, .change(part, version: version), call)
            let value = answer(call.scope.tenant, event.facts)
            return Versioned(value, version: value.version)
        }
    }

    // MARK: Parts

    private var readProfile: Endpoint {
        reading("profile", "Shows an organisation's name, address and logo.") {
            ProfileAnswer($0, $1)
        }
    }

    private var writeProfile: Endpoint {
        writing(
            "profile", .writeSettings, "Changes an organisation's name and address.",
            { (wanted: ProfileRequest, before, _) throws(Problem) in
                // The logo stays: it is changed by itself.
                .profile(
                    .init(
                        name: try Names.checked(wanted.name, at: "/name"),
                        address: wanted.address.flatMap { $0.isEmpty ? nil : $0 },
                        logo: before.profile.logo))
            }, { ProfileAnswer($0, $1) })
    }

    private var readLocale: Endpoint {
        reading("locale", "Shows an organisation's language, time zone and date format.") {
            LocaleAnswer($1)
        }
    }

    private var writeLocale: Endpoint {
        writing(
            "locale", .writeSettings,
            "Changes an organisation's language, time zone and date format.",
            { (wanted: LocaleRequest, _, _) throws(Problem) in
                .locale(try wanted.part(means.zones))
            },
            { LocaleAnswer($1) })
    }

    private var readSecurity: Endpoint {
        reading("security", "Shows what an organisation asks of those who sign in.") {
            SecurityAnswer($1)
        }
    }

    private var writeSecurity: Endpoint {
        writing(
            "security", .writeSecurity, "Changes what an organisation asks of those who sign in.",
            { (wanted: SecurityRequest, _, client) throws(Problem) in
                .security(try wanted.part(from: client))
            }, { SecurityAnswer($1) })
    }

    private var readSuspension: Endpoint {
        reading("suspension", "Shows what customers are told while a business is suspended.") {
            SuspensionAnswer($1)
        }
    }

    private var writeSuspension: Endpoint {
        writing(
            "suspension", .writeSettings,
            "Changes what customers are told while a business is suspended.",
            { (wanted: SuspensionRequest, _, _) throws(Problem) in
                .suspension(.init(notice: wanted.notice.flatMap { $0.isEmpty ? nil : $0 }))
            }, { SuspensionAnswer($1) })
    }
}

package import Conversation
package import OpeningHours
package import Permissions

/// An organisation that is to be; its id is the tenant's.
package struct NewOrganisation: Hashable, Sendable, Codable {
    /// What it is called.
    package var name: String
    /// The plan, by its name in the installation's list.
    package var plan: String
    /// Language, time zone and date format.
    package var locale: OrganisationPart.Locale

    /// Describes an organisation.
    package init(name: String, plan: String, locale: OrganisationPart.Locale) {
        self.name = name
        self.plan = plan
        self.locale = locale
    }
}

/// A part of an organisation's settings: each is edited on its own, and has a version of its own.
package enum OrganisationPart: Hashable, Sendable, Codable {
    /// What it is.
    case profile(Profile)
    /// How it writes times.
    case locale(Locale)
    /// What it asks of those who sign in.
    case security(Security)
    /// What its customers are told while it is suspended.
    case suspension(Suspension)
    /// When its people answer.
    case hours(Hours)
    /// What it promises its customers.
    case levels(ServiceLevels)

    /// What it is.
    package struct Profile: Hashable, Sendable, Codable {
        /// Its name.
        package var name: String
        /// Its postal address, as it is written.
        package var address: String?
        /// Its logo, by the hash of the blob.
        package var logo: String?

        /// Describes it.
        package init(name: String, address: String? = nil, logo: String? = nil) {
            self.name = name
            self.address = address
            self.logo = logo
        }
    }

    /// How it writes times.
    package struct Locale: Hashable, Sendable, Codable {
        /// The language, such as `es`.
        package var language: String
        /// The time zone, such as `Europe/Madrid`.
        package var timeZone: String
        /// The date format, such as `d/M/y`.
        package var dateFormat: String

        /// Describes it.
        package init(language: String, timeZone: String, dateFormat: String) {
            self.language = language
            self.timeZone = timeZone
            self.dateFormat = dateFormat
        }
    }

    /// What it asks of those who sign in.
    package struct Security: Hashable, Sendable, Codable {
        /// From when on everybody needs a second factor; `nil` for nobody.
        package var secondFactorFrom: Timestamp?
        /// How many characters a password has at least, from 8; `nil` for the installation's rule.
        package var passwordCharacters: Int?
        /// Minutes without an act after which a session ends.
        package var idleMinutes: Int
        /// Minutes after which it ends in any case.
        package var longestMinutes: Int
        /// The networks that may ask, such as `192.0.2.0/24`; all where there are none.
        package var networks: [String]

        /// Describes it.
        package init(
            secondFactorFrom: Timestamp? = nil, passwordCharacters: Int? = nil,
            idleMinutes: Int = 60, longestMinutes: Int = 720, networks: [String] = []
        ) {
            self.secondFactorFrom = secondFactorFrom
            self.passwordCharacters = passwordCharacters
            self.idleMinutes = idleMinutes
            self.longestMinutes = longestMinutes
            self.networks = networks
        }
    }

    /// What its customers are told while it is suspended.
    package struct Suspension: Hashable, Sendable, Codable {
        /// The words; `nil` for none.
        package var notice: String?

        /// Describes it.
        package init(notice: String? = nil) { self.notice = notice }
    }

    /// When its people answer, in its time zone.
    package struct Hours: Hashable, Sendable, Codable {
        /// Whether they count: people answer at any time where they do not.
        package var inUse: Bool
        /// The hours.
        package var schedule: OpeningSchedule

        /// Describes them.
        package init(inUse: Bool = false, schedule: OpeningSchedule = .init(week: [])) {
            self.inUse = inUse
            self.schedule = schedule
        }
    }

    /// Which part it is.
    package enum Name: String, Hashable, Sendable, Codable, CaseIterable {
        case profile, locale, security, suspension, hours, levels
    }

    /// Which part it is.
    package var name: Name {
        switch self {
        case .profile: .profile
        case .locale: .locale
        case .security: .security
        case .suspension: .suspension
        case .hours: .hours
        case .levels: .levels
        }
    }
}

/// What is known of an organisation after an event, but for its people, invitations and keys.
package struct OrganisationFacts: Hashable, Sendable, Codable {
    /// How it stands.
    package enum Standing: Hashable, Sendable, Codable {
        /// There is none.
        case none
        /// All works.
        case active
        /// Its people may look; what customers write is kept.
        case suspended(since: Timestamp, reason: String)
        /// It is deleted, and can be restored until then.
        case deleted(until: Timestamp)
        /// Its data is being destroyed, or is: its id is never given again.
        case purged
    }

    /// How it stands.
    package var standing = Standing.none
    /// The plan's name.
    package var plan = ""
    /// The parts of its settings.
    package var profile = OrganisationPart.Profile(name: "")
    /// The parts of its settings.
    package var locale = OrganisationPart.Locale(language: "", timeZone: "", dateFormat: "")
    /// The parts of its settings.
    package var security = OrganisationPart.Security()
    /// The parts of its settings.
    package var suspension = OrganisationPart.Suspension()
    /// The parts of its settings; `nil` where it was never set.
    package var hours: OrganisationPart.Hours?
    /// The parts of its settings; `nil` where it was never set.
    package var levels: ServiceLevels?
    /// The version of each part, from 1: what an ETag says.
    package var versions: [String: Int] = [:]
    /// The roles that it made.
    package var sets: [PermissionSet] = []
    /// An ownership that is offered.
    package var offer: OwnershipOffer?
    /// Until when operators may look at conversations, and act as its people.
    package var consentUntil: Timestamp?
    /// When it was made.
    package var createdAt: Timestamp?

    /// The version of a part.
    package func version(_ part: OrganisationPart.Name) -> Int { versions[part.rawValue] ?? 0 }

    /// Nothing.
    package init() {}
}

/// An ownership that is offered.
package struct OwnershipOffer: Hashable, Sendable, Codable {
    /// Who offers it, and then becomes an admin.
    package var from: AccountID
    /// To whom.
    package var to: AccountID
    /// Until when.
    package var until: Timestamp

    /// Describes an offer.
    package init(from: AccountID, to: AccountID, until: Timestamp) {
        self.from = from
        self.to = to
        self.until = until
    }
}

/// Somebody who belongs to a team.
package struct TeamMember: Hashable, Sendable, Codable {
    /// The account.
    package var account: AccountID
    /// The role.
    package var role: RoleName
    /// Whether the account cannot sign in.
    package var isAway = false
    /// The membership's name: the record that asked for it.
    package var membership: RecordID
    /// Since when.
    package var since: Timestamp

    /// Describes a member who can sign in.
    package init(account: AccountID, role: RoleName, membership: RecordID, since: Timestamp) {
        self.account = account
        self.role = role
        self.membership = membership
        self.since = since
    }
}

/// An invitation into a team.
package struct Invitation: Hashable, Sendable, Codable {
    /// How long it is good.
    package static let life = Duration.seconds(7 * 86_400)

    /// Its id.
    package var id: InvitationID
    /// The address that it is for.
    package var address: AddressClaim
    /// The role that it offers.
    package var role: RoleName
    /// Its token: another with each time it is sent.
    package var token: OneTimeToken
    /// Who invites.
    package var by: String
    /// The language of the mail.
    package var language: String?

    /// Describes an invitation.
    package init(
        id: InvitationID, address: AddressClaim, role: RoleName, token: OneTimeToken, by: String,
        language: String? = nil
    ) {
        self.id = id
        self.address = address
        self.role = role
        self.token = token
        self.by = by
        self.language = language
    }
}

/// A key for programs: it belongs to the team, and survives who made it.
package struct APIKeyFacts: Hashable, Sendable, Codable {
    /// Its id.
    package var id: APIKeyID
    /// What it is called.
    package var name: String
    /// SHA-256 of the whole key, in hexadecimal digits.
    package var hash: String
    /// What it may, and no more than its maker may, as long as they belong to the team.
    package var permissions: [Permission]
    /// When it ends; `nil` for never.
    package var expires: Timestamp?
    /// The networks that it may be used from, such as `192.0.2.0/24`; all where there are none.
    package var networks: [String]
    /// Who made it; `nil` where no person did.
    package var maker: AccountID?
    /// The key that it takes the place of.
    package var replaces: APIKeyID?
    /// When it was last used, coarsely.
    package var usedAt: Timestamp?
    /// When it was made.
    package var createdAt: Timestamp

    /// Describes a key.
    package init(
        id: APIKeyID, name: String, hash: String, permissions: [Permission],
        expires: Timestamp? = nil, networks: [String] = [], maker: AccountID? = nil,
        createdAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.hash = hash
        self.permissions = permissions
        self.expires = expires
        self.networks = networks
        self.maker = maker
        self.createdAt = createdAt
    }

    /// Whether it opens anything at that time.
    package func isLive(at now: Timestamp) -> Bool { expires.map { now < $0 } ?? true }
}

/// What is wished of API keys, of a tenant's or of the installation's.
package enum APIKeyAction: Hashable, Sendable, Codable {
    /// To have a key.
    case add(APIKeyFacts)
    /// To have another in the place of one, which works for so many seconds on.
    case rotate(APIKeyID, id: APIKeyID, hash: String, graceSeconds: Int)
    /// To change what a key is called and where it may be used from.
    case change(APIKeyID, name: String, networks: [String])
    /// To end a key at once.
    case revoke(APIKeyID)
    /// To note that a key was used: at most once an hour.
    case noteUse(APIKeyID)
}

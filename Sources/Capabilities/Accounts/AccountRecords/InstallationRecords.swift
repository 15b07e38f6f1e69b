package import AuditRecords
package import Conversation
package import Permissions

/// What is wished of the installation itself.
///
/// Decided by the stage `installation`, whose one key it is, and answered by one
/// ``InstallationEvent`` with the same reference.
package struct InstallationCommand: Payload {
    package static let type = "parley.installation.command"
    package static let topic = Topic.installationCommands
    package static let personal: [FieldPath] = ["action", "by", "origin", "reference"]

    /// What is wished.
    package enum Action: Hashable, Sendable, Codable {
        /// To let it be set up by this link, and no former one: only while it has no owner.
        case offerSetUp(OneTimeToken)
        /// To set it up: the first with the link's token becomes its owner.
        case setUp(tokenHash: String, AccountID, NewAccount)
        /// To change a part of its settings, where this version of it is current.
        case change(InstallationPart, version: Int)
        /// To let somebody run it, in a role; answered once the account agreed.
        case appoint(AccountID, RoleName)
        /// To give who runs it another role.
        case changeRole(AccountID, RoleName)
        /// To let somebody run it no more.
        case dismiss(AccountID)
        /// To make or change a role.
        case define(PermissionSet)
        /// To take a role away that nobody has.
        case removeSet(RoleName)
        /// Something about the installation's API keys.
        case key(APIKeyAction)
    }

    /// Who wishes it: for `operator` and `apiKey` the fold asks what their role may; for others
    /// the edge has.
    package var by: AuditActor
    /// Where from.
    package var origin: AuditOrigin?
    /// What is wished.
    package var action: Action
    /// The request's own id, echoed in the event that answers it.
    package var reference: String
    /// When.
    package var at: Timestamp

    /// The installation.
    package var tenant: TenantID { .installation }
    /// The one key.
    package var key: String { TenantID.installation.rawValue }
    /// The id of its record: the same request, sent again, has the same.
    package var id: RecordID {
        .derived(from: RecordID("\(by.text)/\(reference)"), by: "installation")
    }

    /// Describes a command.
    package init(
        by: AuditActor, origin: AuditOrigin? = nil, action: Action, reference: String,
        at: Timestamp
    ) {
        self.by = by
        self.origin = origin
        self.action = action
        self.reference = reference
        self.at = at
    }
}

/// A part of the installation's settings: each is edited on its own, and has a version of its own.
package enum InstallationPart: Hashable, Sendable, Codable {
    /// Whether anybody may make a tenant.
    case signUp(SignUp)
    /// How mail is sent.
    case mail(Mail)
    /// What is asked of those who run it, and whom it trusts.
    case security(Security)

    /// Whether anybody may make a tenant.
    package struct SignUp: Hashable, Sendable, Codable {
        /// Whether they may.
        package var isOpen: Bool
        /// The plans that they may choose from, the first one as standard.
        package var plans: [String]

        /// Describes it.
        package init(isOpen: Bool = false, plans: [String] = ["free"]) {
            self.isOpen = isOpen
            self.plans = plans
        }
    }

    /// How mail is sent.
    package struct Mail: Hashable, Sendable, Codable {
        /// How a connection is secured.
        package enum Transport: String, Hashable, Sendable, Codable {
            case tls, startTLS, plain
        }

        /// The server; `nil` where mails are kept and shown.
        package var host: String?
        /// Its port.
        package var port: Int
        /// How the connection is secured.
        package var transport: Transport
        /// Who signs in there.
        package var user: String?
        /// The password, sealed.
        package var password: Sealed?
        /// Who the mails are from.
        package var sender: String?

        /// Describes it.
        package init(
            host: String? = nil, port: Int = 465, transport: Transport = .tls,
            user: String? = nil, password: Sealed? = nil, sender: String? = nil
        ) {
            self.host = host
            self.port = port
            self.transport = transport
            self.user = user
            self.password = password
            self.sender = sender
        }
    }

    /// What is asked of those who run it, and whom it trusts.
    package struct Security: Hashable, Sendable, Codable {
        /// Whether who runs it needs a second factor.
        package var needsSecondFactor: Bool
        /// The networks of proxies whose word about addresses counts.
        package var trustedProxies: [String]
        /// The URL under which people reach the console: what links in mails begin with.
        package var baseURL: String?

        /// Describes it.
        package init(
            needsSecondFactor: Bool = false, trustedProxies: [String] = [],
            baseURL: String? = nil
        ) {
            self.needsSecondFactor = needsSecondFactor
            self.trustedProxies = trustedProxies
            self.baseURL = baseURL
        }
    }

    /// Which part it is.
    package enum Name: String, Hashable, Sendable, Codable, CaseIterable {
        case signUp, mail, security
    }

    /// Which part it is.
    package var name: Name {
        switch self {
        case .signUp: .signUp
        case .mail: .mail
        case .security: .security
        }
    }
}

/// What is known of the installation after an event, but for its people and keys.
package struct InstallationFacts: Hashable, Sendable, Codable {
    /// Whether it has, or had, an owner: it is never set up again.
    package var isSetUp = false
    /// The link by which it may be set up, if there is one.
    package var link: OneTimeToken?
    /// The parts of its settings.
    package var signUp = InstallationPart.SignUp()
    /// The parts of its settings.
    package var mail = InstallationPart.Mail()
    /// The parts of its settings.
    package var security = InstallationPart.Security()
    /// The version of each part, from 1: what an ETag says.
    package var versions: [String: Int] = [:]
    /// The roles that were made.
    package var sets: [PermissionSet] = []

    /// The version of a part.
    package func version(_ part: InstallationPart.Name) -> Int { versions[part.rawValue] ?? 0 }

    /// Nothing.
    package init() {}
}

/// What happened to the installation.
///
/// A view is a fold of these.
package struct InstallationEvent: Payload {
    package static let type = "parley.installation.event"
    package static let topic = Topic.installationEvents
    package static let personal: [FieldPath] = ["facts", "change", "reference"]

    /// What happened.
    package enum Change: Hashable, Sendable, Codable {
        /// The command was not done.
        case refused(Refusal)
        /// There is a link to set it up.
        case setUpOffered
        /// It has its owner.
        case setUp(TeamMember)
        /// A part of its settings is another.
        case changed(InstallationPart.Name)
        /// Somebody runs it now.
        case joined(TeamMember)
        /// Who runs it has another role, or can sign in (no more).
        case memberChanged(TeamMember)
        /// Somebody runs it no more.
        case left(AccountID)
        /// There is a role, or another one of that name.
        case setDefined(RoleName)
        /// There is a role no more.
        case setRemoved(RoleName)
        /// A key was made or changed.
        case key(APIKeyFacts)
        /// A key took the place of another, which is good for a while.
        case keyRotated(APIKeyFacts, former: APIKeyFacts)
    }

    /// What is known of it after the event.
    package var facts: InstallationFacts
    /// What happened.
    package var change: Change
    /// The `reference` of the command that this answers.
    package var reference: String?
    /// When.
    package var at: Timestamp

    /// The installation.
    package var tenant: TenantID { .installation }
    /// The one key.
    package var key: String { TenantID.installation.rawValue }

    /// Describes an event.
    package init(
        facts: InstallationFacts, change: Change, reference: String? = nil, at: Timestamp
    ) {
        self.facts = facts
        self.change = change
        self.reference = reference
        self.at = at
    }
}

package import Conversation

/// Who did what.
package struct AuditEntry: Payload {
    package static let type = "parley.audit"
    package static let topic = Topic.audit
    package static let personal: [FieldPath] = [
        "actor", "subject", "who", "target", "changes", "origin",
    ]

    /// The tenant concerned; ``TenantID/installation`` for what belongs to none.
    package var tenant: TenantID
    /// Who did it: `key/1a2b3c4d`, whoever has the installation's key with a hash that begins so;
    /// `account/ID`, `agent/ID`, `system`.
    package var actor: String
    /// What was done, such as `tenant.add` or `document.remove`.
    package var action: String
    /// What it was done to.
    package var subject: String
    /// When.
    package var at: Timestamp
    /// Who did it, with the name of that time; `nil` in what was written before there were
    /// accounts.
    package var who: AuditActor?
    /// What it was done to, with the name of that time.
    package var target: AuditTarget?
    /// What is other than before; never a secret.
    package var changes: [AuditChange]?
    /// Why it was refused; `nil` where it was done.
    package var refusal: String?
    /// Where the request came from.
    package var origin: AuditOrigin?

    /// The tenant.
    package var key: String { tenant.rawValue }

    /// Describes an act in words.
    package init(
        tenant: TenantID, actor: String, action: String, subject: String, at: Timestamp
    ) {
        self.tenant = tenant
        self.actor = actor
        self.action = action
        self.subject = subject
        self.at = at
    }

    /// Describes an act.
    package init(
        tenant: TenantID, by who: AuditActor, action: String, on target: AuditTarget,
        changes: [AuditChange] = [], refusal: String? = nil, from origin: AuditOrigin? = nil,
        at: Timestamp
    ) {
        self.init(
            tenant: tenant, actor: who.text, action: action, subject: target.text, at: at)
        self.who = who
        self.target = target
        self.changes = changes.isEmpty ? nil : changes
        self.refusal = refusal
        self.origin = origin
    }
}

/// Who does something.
package struct AuditActor: Hashable, Sendable, Codable {
    /// What kind of actor it is, as the first part of its text.
    package enum Kind: String, Hashable, Sendable, Codable {
        /// A person, as one of those that the act is about: in a tenant as its member.
        case account
        /// A person who runs the installation, as such.
        case `operator`
        /// An agent with a ticket.
        case agent
        /// Whoever has an API key of the tenant that the act is about.
        case apiKey
        /// Whoever has an API key of the installation, as such.
        case operatorKey
        /// Whoever has the installation's own key.
        case key
        /// Whoever opened a link that was sent or shown to them.
        case link
        /// Parley itself.
        case system
    }

    /// What kind of actor it is.
    package var kind: Kind
    /// Its id: an account's, an agent's, a key's.
    package var id: String
    /// What it was called then.
    package var name: String?
    /// The session in which it acted, if any.
    package var session: String?
    /// The operator who acts as this person, with the tenant's consent.
    package var impersonator: String?
    /// What that operator was called then.
    package var impersonatorName: String?

    /// Names an actor.
    package init(
        _ kind: Kind, _ id: String, name: String? = nil, session: String? = nil,
        impersonator: String? = nil, impersonatorName: String? = nil
    ) {
        self.kind = kind
        self.id = id
        self.name = name
        self.session = session
        self.impersonator = impersonator
        self.impersonatorName = impersonatorName
    }

    /// Parley itself.
    package static let system = AuditActor(.system, "parley")

    /// Kind and id, such as `account/1a2b`; what the log's older entries have.
    package var text: String { kind == .system ? "system" : "\(kind.rawValue)/\(id)" }
}

/// What something is done to.
package struct AuditTarget: Hashable, Sendable, Codable {
    /// What it is: `account`, `tenant`, `invitation`.
    package var type: String
    /// Its id.
    package var id: String
    /// What it was called then.
    package var name: String?

    /// Names a target.
    package init(_ type: String, _ id: String, name: String? = nil) {
        self.type = type
        self.id = id
        self.name = name
    }

    /// Type and id, such as `account/1a2b`.
    package var text: String { "\(type)/\(id)" }
}

/// A field that an act changed.
package struct AuditChange: Hashable, Sendable, Codable {
    /// The field.
    package var field: String
    /// What it was; `nil` for nothing, and for a secret.
    package var before: String?
    /// What it is now; `nil` for nothing, and for a secret.
    package var after: String?

    /// Describes a change.
    package init(_ field: String, _ before: String? = nil, _ after: String? = nil) {
        self.field = field
        self.before = before
        self.after = after
    }
}

/// Where a request came from.
package struct AuditOrigin: Hashable, Sendable, Codable {
    /// The address, as the resolver of trusted proxies gave it.
    package var address: String?
    /// The browser or program, as it calls itself.
    package var userAgent: String?
    /// The request's id.
    package var request: String?
    /// Whether who asked had proved again who they are.
    package var isProven: Bool?

    /// Describes an origin.
    package init(
        address: String? = nil, userAgent: String? = nil, request: String? = nil,
        isProven: Bool? = nil
    ) {
        self.address = address
        self.userAgent = userAgent
        self.request = request
        self.isProven = isProven
    }
}

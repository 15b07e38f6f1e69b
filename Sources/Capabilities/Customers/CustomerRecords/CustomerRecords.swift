package import Conversation

/// A line of a file with customers.
package struct ImportLine: Hashable, Sendable, Codable {
    /// The import.
    package var id: RecordID
    /// The line, from 1.
    package var number: Int
    /// How many lines the import has.
    package var of: Int

    /// Names a line.
    package init(id: RecordID, number: Int, of: Int) {
        self.id = id
        self.number = number
        self.of = of
    }
}

/// What is wished of what a business keeps about a customer.
///
/// Decided by the stage `customers`, and answered by one ``CustomerEvent`` with the same reference.
package struct CustomerCommand: Payload {
    package static let type = "parley.customer.command"
    package static let topic = Topic.customersCommands
    package static let personal: [FieldPath] = ["identity", "action", "reference"]

    /// What is wished.
    package enum Action: Hashable, Sendable, Codable {
        /// The profile as it is to be, without its consent, by who saw that version of it.
        case save(CustomerProfile, version: Int)
        /// What they said of messages that they did not ask for.
        case consent(CustomerProfile.Consent)
        /// What a line of a file says.
        case take(CustomerProfile, ImportLine)
    }

    /// The business.
    package var tenant: TenantID
    /// The customer.
    package var customer: CustomerID
    /// What WhatsApp knows them by.
    package var identity: CustomerIdentity
    /// What is wished.
    package var action: Action
    /// The request's own id, echoed in the event that answers it.
    package var reference: String
    /// When.
    package var at: Timestamp

    /// The customer.
    package var key: String { customer.rawValue }
    /// The id of its record: the same request, sent again, has the same.
    package var id: RecordID {
        .derived(from: RecordID(reference), by: "customers/\(tenant)/\(customer)")
    }

    /// Describes a command.
    package init(
        tenant: TenantID, customer: CustomerID, identity: CustomerIdentity, action: Action,
        reference: String, at: Timestamp
    ) {
        self.tenant = tenant
        self.customer = customer
        self.identity = identity
        self.action = action
        self.reference = reference
        self.at = at
    }
}

/// What a business keeps about a customer now: a view is a fold of these.
package struct CustomerEvent: Payload {
    package static let type = "parley.customer.event"
    package static let topic = Topic.customersEvents
    package static let personal: [FieldPath] = ["identity", "change", "reference"]

    /// Why nothing was done.
    package enum Refusal: String, Hashable, Sendable, Codable {
        /// Somebody changed it since it was read.
        case changed
    }

    /// What happened.
    package enum Change: Hashable, Sendable, Codable {
        /// This is kept now.
        case saved(CustomerProfile)
        /// All of it was kept before.
        case same
        /// Nothing was done.
        case refused(Refusal)
    }

    /// The business.
    package var tenant: TenantID
    /// The customer.
    package var customer: CustomerID
    /// What WhatsApp knows them by.
    package var identity: CustomerIdentity
    /// How often what is kept has changed.
    package var version: Int
    /// What happened.
    package var change: Change
    /// The line of a file that it answers.
    package var line: ImportLine?
    /// The `reference` of the command that this answers.
    package var reference: String?
    /// When.
    package var at: Timestamp

    /// The customer.
    package var key: String { customer.rawValue }

    /// Describes an event.
    package init(
        tenant: TenantID, customer: CustomerID, identity: CustomerIdentity, version: Int,
        change: Change, line: ImportLine?, reference: String?, at: Timestamp
    ) {
        self.tenant = tenant
        self.customer = customer
        self.identity = identity
        self.version = version
        self.change = change
        self.line = line
        self.reference = reference
        self.at = at
    }
}

/// One of two customers who are one person.
package struct LinkedCustomer: Hashable, Sendable, Codable {
    /// The customer.
    package var id: CustomerID
    /// What WhatsApp knows them by.
    package var identity: CustomerIdentity

    /// Names a customer.
    package init(_ id: CustomerID, _ identity: CustomerIdentity) {
        self.id = id
        self.identity = identity
    }
}

/// That one customer is shown as another from now on, or by themselves again.
///
/// All of a business are decided by one key, as only so can no two go on as each other. No message
/// moves: what is answered is answered where it was asked.
package struct CustomerLinkCommand: Payload {
    package static let type = "parley.customer.link.command"
    package static let topic = Topic.customersCommands
    package static let personal: [FieldPath] = ["from", "into", "reference"]

    /// The business.
    package var tenant: TenantID
    /// Who goes on as another.
    package var from: LinkedCustomer
    /// As whom; `nil` to undo it.
    package var into: LinkedCustomer?
    /// The version of the link that whoever wishes it saw: 0 where there was none.
    package var version: Int
    /// The request's own id, echoed in the event that answers it.
    package var reference: String
    /// When.
    package var at: Timestamp

    /// The business.
    package var key: String { tenant.rawValue }
    /// The id of its record: the same request, sent again, has the same.
    package var id: RecordID { .derived(from: RecordID(reference), by: "customers/\(tenant)/link") }

    /// Describes a command.
    package init(
        tenant: TenantID, from: LinkedCustomer, into: LinkedCustomer?, version: Int,
        reference: String, at: Timestamp
    ) {
        self.tenant = tenant
        self.from = from
        self.into = into
        self.version = version
        self.reference = reference
        self.at = at
    }
}

/// Why a link was not made or undone.
package enum LinkRefusal: String, Hashable, Sendable, Codable {
    /// Somebody linked or unlinked it since it was read.
    case changed
    /// The other one goes on as this one.
    case circle
    /// There is no such link, or nothing of that name.
    case unknown
    /// There are as many as there may be.
    case tooMany
}

/// What became of a link.
package struct CustomerLinkEvent: Payload {
    package static let type = "parley.customer.link.event"
    package static let topic = Topic.customersEvents
    package static let personal: [FieldPath] = ["from", "into", "reference"]

    /// The business.
    package var tenant: TenantID
    /// Who goes on as another, or by themselves again.
    package var from: LinkedCustomer
    /// As whom; `nil` where they go on by themselves.
    package var into: LinkedCustomer?
    /// How often that changed.
    package var version: Int
    /// Why nothing was done, where nothing was.
    package var refusal: LinkRefusal?
    /// The `reference` of the command that this answers.
    package var reference: String?
    /// When.
    package var at: Timestamp

    /// The business.
    package var key: String { tenant.rawValue }

    /// Describes an event.
    package init(
        tenant: TenantID, from: LinkedCustomer, into: LinkedCustomer?, version: Int,
        refusal: LinkRefusal?, reference: String?, at: Timestamp
    ) {
        self.tenant = tenant
        self.from = from
        self.into = into
        self.version = version
        self.refusal = refusal
        self.reference = reference
        self.at = at
    }
}

/// The record types of customers and of the cases in their conversations.
package enum CustomerRecords {
    /// All of them: the program joins this list with those of its other modules.
    package static let types: [any Payload.Type] = [
        CustomerCommand.self, CustomerEvent.self, CustomerLinkCommand.self, CustomerLinkEvent.self,
        CaseCommand.self, CaseEvent.self,
    ]
}

extension Topic {
    /// What is wished of customers.
    package static let customersCommands = Topic("customers.commands", kept: .pipeline)
    /// What is kept of them.
    package static let customersEvents = Topic("customers.events", kept: .never)
    /// What is wished of cases.
    package static let casesCommands = Topic("cases.commands", kept: .pipeline)
    /// What cases there are: kept as long as what was said in them.
    package static let casesEvents = Topic("cases.events", kept: .messages)
}

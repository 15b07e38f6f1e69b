package import AccountCommands
package import AuditEndpoints
import AuditRecords
package import Conversation
import ConversationView
package import CustomerRecords
package import Endpoints
import HTTPServer
import SQLite
package import Views

/// A business's customers over HTTP, and the cases in their conversations.
package struct CustomerEndpoints: Sendable {
    /// The view of conversations and customers; `nil` as long as the process is starting.
    package typealias Source = @Sendable () -> StoredView?
    /// Names something of a tenant by a keyed hash; `nil` where the tenant's key is not there.
    package typealias Naming = @Sendable (TenantID, String) -> String?

    /// Who waits for what becomes of commands.
    package struct Answers: Sendable {
        let customers = Commands<CustomerEvent>()
        let links = Commands<CustomerLinkEvent>()
        let cases = Commands<CaseEvent>()

        /// Nobody waits.
        package init() {}

        /// Tells those who wait, once the rows of a view can be read.
        package func hear(_ changes: [any ViewChange]) {
            customers.hear(changes)
            links.hear(changes)
            cases.hear(changes)
        }
    }

    let source: Source
    let answers: Answers
    let writer: CommandWriter
    let audit: AuditWriter
    let naming: Naming

    /// Answers from a view, whose announcements `answers` hears.
    package init(
        over source: @escaping Source, _ answers: Answers, by writer: CommandWriter,
        noting audit: AuditWriter, naming: @escaping Naming
    ) {
        self.source = source
        self.answers = answers
        self.writer = writer
        self.audit = audit
        self.naming = naming
    }

    /// The endpoints.
    package var endpoints: [Endpoint] {
        [list, add, show, save, consent, link, unlink] + files + cases
    }

    static let base = "/api/v1/tenants/{tenant}/customers"
    private static let one = base + "/{customer}"
    static let writing: [Problem.Kind] = [
        .viewIsBuilt, .notStored, .notVisible, .noCustomer, .customerChanged,
    ]

    private var list: Endpoint {
        .tenant(
            .at(.get, Self.base, "customers.list", "Lists customers by name."),
            may: .readConversations,
            .init(
                takes: CustomerParameters.self, gives: Reply<CustomerList>.self,
                problems: [.viewIsBuilt])
        ) { call in
            let wanted = call.parameters
            let page = try await look(call.scope) { rows throws(SQLiteError) in
                try rows.customers(
                    wanted.question, after: wanted.after,
                    atMost: wanted.limit ?? CustomerParameters.rows)
            }
            guard let page else {
                throw Problem.invalid(
                    parameter: "after", "after is what a page of the same list gave as next")
            }
            return Reply(
                CustomerList(customers: page.customers, next: page.next, total: page.total))
        }
    }

    private var show: Endpoint {
        .tenant(
            .at(.get, Self.one, "customers.show", "Shows all that is known of a customer."),
            may: .readConversations,
            .init(
                takes: OneCustomer.self, gives: Reply<CustomerAnswer>.self,
                problems: [.viewIsBuilt, .noCustomer])
        ) { Reply(try await answer($0.parameters.customer, $0.scope)) }
    }

    private var add: Endpoint {
        .tenant(
            .at(.post, Self.base, "customers.add", "Adds a customer by their number."),
            may: .answerConversations,
            .init(
                body: JSONBody<NewCustomer>.self, gives: Reply<CustomerAnswer>.self, [201],
                problems: Self.writing + [.customerKnown], repeating: .once)
        ) { call in
            let wanted = call.body.value
            guard case .success(let digits) = PhoneReading.digits(of: wanted.phone, in: nil) else {
                throw Problem.invalid(
                    "/phone", "phone is a number with its country code, such as +34 600 111 222")
            }
            let identity = CustomerIdentity(phone: digits)
            let known = try await look(call.scope) { rows throws(SQLiteError) in
                try rows.customers(of: [identity])[identity]
            }
            // The same request again finds what it added.
            if let known, call.begunBefore == nil {
                throw Problem(
                    .customerKnown,
                    "that number is \(known.name ?? "a customer")’s, who is known already")
            }
            let form = CustomerForm(
                name: wanted.name, email: wanted.email, language: wanted.language,
                note: wanted.note, labels: wanted.labels, fields: wanted.fields, version: 0)
            let id = try await keep(
                try await profile(form, call.scope), identity, version: 0, "customer.add",
                call.scope, Asker(call, in: call.scope.tenant))
            return Reply(try await answer(id.rawValue, call.scope), status: 201)
        }
    }

    private var save: Endpoint {
        .tenant(
            .at(.put, Self.one, "customers.save", "Changes what is kept about a customer."),
            may: .answerConversations,
            .init(
                takes: OneCustomer.self, body: JSONBody<CustomerForm>.self,
                gives: Reply<CustomerAnswer>.self, problems: Self.writing)
        ) { call in
            let known = try await detail(call.parameters.customer, call.scope)
            let form = call.body.value
            let id = try await keep(
                try await profile(form, call.scope), known.identity, version: form.version ?? 0,
                "customer.save", call.scope, Asker(call, in: call.scope.tenant))
            return Reply(try await answer(id.rawValue, call.scope))
        }
    }

    private var consent: Endpoint {
        .tenant(
            .at(
                .put, Self.one + "/consent", "customers.consent",
                "Writes down whether a customer wants messages that they did not ask for."),
            may: .answerConversations,
            .init(
                takes: OneCustomer.self, body: JSONBody<ConsentForm>.self,
                gives: Reply<CustomerAnswer>.self, problems: Self.writing + [.ownRefusal])
        ) { call in
            let known = try await detail(call.parameters.customer, call.scope)
            let (form, tenant) = (call.body.value, call.scope.tenant)
            if form.isGiven, let said = known.listing.consent, said.isOwn, !said.isGiven {
                throw Problem(
                    .ownRefusal,
                    "the customer wrote themselves that they want no messages; only they can take "
                        + "that back, by writing START")
            }
            let said = CustomerProfile.Consent(
                isGiven: form.isGiven, source: form.source, at: writer.now())
            let customer = try id(of: known.identity, in: tenant)
            let asker = Asker(call, in: tenant)
            try await audit.write(
                "customer.consent", on: AuditTarget("customer", customer.rawValue), in: tenant,
                for: asker,
                changes: [
                    AuditChange(
                        "consent", known.listing.consent.map { $0.isGiven ? "yes" : "no" },
                        form.isGiven ? "yes" : "no")
                ])
            // What decides about sending hears of it first.
            try await writer.write(
                Self.preferences(
                    said, of: known.conversations, in: tenant, by: call.reference))
            let command = CustomerCommand(
                tenant: tenant, customer: customer, identity: known.identity,
                action: .consent(said), reference: call.reference, at: writer.now())
            _ = try await answers.customers.send(
                command, id: command.id, call.reference, begunBefore: call.begunBefore, by: writer)
            return Reply(try await answer(customer.rawValue, call.scope))
        }
    }

    /// What the message path is told of a wish that the business wrote down.
    static func preferences(
        _ said: CustomerProfile.Consent, of conversations: [ConversationListing],
        in tenant: TenantID, by reference: String
    ) -> [(payload: any Payload, id: RecordID)] {
        conversations.compactMap { talk in
            guard let number = talk.number else { return nil }
            return (
                CustomerPreference(
                    tenant: tenant, conversation: talk.conversation, number: number,
                    wish: said.isGiven ? .resume : .stop,
                    category: CustomerPreference.writtenDown, at: said.at, receivedAt: said.at),
                .derived(
                    from: RecordID(reference), by: "customers/consent/\(talk.conversation)")
            )
        }
    }

    // MARK: One person under two names

    private var link: Endpoint {
        .tenant(
            .at(
                .put, Self.one + "/link", "customers.link",
                "Lets a customer be shown as another one from now on; no message moves."),
            may: .answerConversations,
            .init(
                takes: OneCustomer.self, body: JSONBody<LinkForm>.self,
                gives: Reply<CustomerAnswer>.self,
                problems: Self.writing + [.customerCircle, .customerFull])
        ) { call in
            let from = try await identity(call.parameters.customer, call.scope)
            let into = try await identity(call.body.value.into, call.scope)
            try await wish(
                from, into: into, version: call.body.value.version, "customer.link", call.scope,
                Asker(call, in: call.scope.tenant), call.begunBefore)
            return Reply(try await answer(call.body.value.into, call.scope))
        }
    }

    private var unlink: Endpoint {
        .tenant(
            .at(
                .delete, Self.one + "/link", "customers.unlink",
                "Lets a customer who was shown as another go on by themselves."),
            may: .answerConversations,
            .init(
                takes: OneCustomerLink.self, gives: Reply<CustomerAnswer>.self,
                problems: Self.writing + [.customerCircle, .customerFull])
        ) { call in
            let from = try await identity(call.parameters.customer, call.scope)
            let now = try await look(call.scope) { rows throws(SQLiteError) in
                try rows.linkVersion(of: from)
            }
            try await wish(
                from, into: nil, version: call.parameters.version ?? now, "customer.unlink",
                call.scope,
                Asker(call, in: call.scope.tenant), call.begunBefore)
            return Reply(try await answer(call.parameters.customer, call.scope))
        }
    }

    private func wish(
        _ from: CustomerIdentity, into: CustomerIdentity?, version: Int, _ action: String,
        _ scope: TenantScope, _ asker: Asker, _ begunBefore: Timestamp?
    ) async throws(Problem) {
        let tenant = scope.tenant
        let one = LinkedCustomer(try id(of: from, in: tenant), from)
        var other: LinkedCustomer?
        if let into { other = LinkedCustomer(try id(of: into, in: tenant), into) }
        try await audit.write(
            action, on: AuditTarget("customer", one.id.rawValue), in: tenant, for: asker,
            changes: [AuditChange("into", nil, other?.id.rawValue)])
        let command = CustomerLinkCommand(
            tenant: tenant, from: one, into: other, version: version, reference: asker.reference,
            at: writer.now())
        let event = try await answers.links.send(
            command, id: command.id, asker.reference, begunBefore: begunBefore, by: writer)
        switch event.refusal {
        case nil: return
        case .changed:
            throw Problem(
                .customerChanged, "a colleague linked or unlinked it meanwhile; look again")
        case .circle:
            throw Problem(.customerCircle, "the other one is shown as this one already")
        case .unknown: throw Problem(.noCustomer, "there is no such link")
        case .tooMany: throw Problem(.customerFull, "there are as many links as there may be")
        }
    }

    // MARK: Looking and wishing

    func look<Value: Sendable>(
        _ scope: TenantScope, _ body: @Sendable (ConversationRows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        let view = source()
        guard let view, view.isCaughtUp else { throw Problem.customersAreRead }
        do throws(SQLiteError) {
            return try await view.read { rows throws(SQLiteError) in
                try body(ConversationRows(rows, of: scope))
            }
        } catch {
            throw Problem.customersAreRead
        }
    }

    func detail(_ id: String, _ scope: TenantScope) async throws(Problem) -> CustomerDetail {
        let found = try await look(scope) { rows throws(SQLiteError) in
            try rows.detail(ofCustomer: id)
        }
        guard let found else { throw Problem(.noCustomer, "there is no such customer") }
        return found
    }

    private func answer(_ id: String, _ scope: TenantScope) async throws(Problem) -> CustomerAnswer
    {
        CustomerAnswer(try await detail(id, scope))
    }

    private func identity(
        _ id: String, _ scope: TenantScope
    ) async throws(Problem) -> CustomerIdentity {
        let found = try await look(scope) { rows throws(SQLiteError) in
            try rows.identity(ofCustomer: id)
        }
        guard let found else { throw Problem(.noCustomer, "there is no such customer") }
        return found
    }

    func id(of identity: CustomerIdentity, in tenant: TenantID) throws(Problem) -> CustomerID {
        guard let name = naming(tenant, identity.text) else {
            throw Problem(
                .viewIsBuilt, "the tenant's key is not known here yet; try again in a moment")
        }
        return CustomerID(name)
    }

    private func profile(
        _ form: CustomerForm, _ scope: TenantScope
    ) async throws(Problem) -> CustomerProfile {
        var email: String?
        if let typed = form.email {
            do throws(EmailAddress.Flaw) {
                email = try EmailAddress(typed).text
            } catch {
                throw Problem.invalid("/email", "email is no address that mail is sent to")
            }
        }
        let labels = (form.labels ?? []).map { RecordID($0) }
        let areKnown = try await look(scope) { rows throws(SQLiteError) in
            try rows.hasLabels(labels)
        }
        guard areKnown else { throw Problem.invalid("/labels", "labels names one there is not") }
        return CustomerProfile(
            name: form.name, email: email, language: form.language, note: form.note,
            labels: labels, fields: (form.fields ?? []).map { .init($0.name, $0.value) })
    }

    private func keep(
        _ profile: CustomerProfile, _ identity: CustomerIdentity, version: Int, _ action: String,
        _ scope: TenantScope, _ asker: Asker
    ) async throws(Problem) -> CustomerID {
        let customer = try id(of: identity, in: scope.tenant)
        try await audit.write(
            action, on: AuditTarget("customer", customer.rawValue), in: scope.tenant, for: asker)
        let command = CustomerCommand(
            tenant: scope.tenant, customer: customer, identity: identity,
            action: .save(profile, version: version), reference: asker.reference,
            at: writer.now())
        let event = try await answers.customers.send(
            command, id: command.id, asker.reference, begunBefore: asker.begunBefore, by: writer)
        if case .refused = event.change {
            throw Problem(
                .customerChanged, "a colleague changed this customer meanwhile; look again")
        }
        return customer
    }
}

extension TenantPermission {
    static let readConversations = Self("conversations:read", isForAgents: true)
    static let answerConversations = Self("conversations:answer", isForAgents: true)
    static let writeSettings = Self("settings:write")
}

extension Problem {
    static let customersAreRead = Problem(
        .viewIsBuilt, "the customers are being read; try again in a moment")
}

extension Problem.Kind {
    static let viewIsBuilt = Self(503, "starting")
    static let noCustomer = Self(404, "no_customer")
    static let customerKnown = Self(409, "customer_known")
    static let customerChanged = Self(409, "customer_changed")
    static let customerCircle = Self(409, "customer_circle")
    static let customerFull = Self(409, "customer_full")
    static let ownRefusal = Self(409, "customer_refused")
}

extension CustomerEvent: AnsweringEvent {}
extension CustomerLinkEvent: AnsweringEvent {}
extension CaseEvent: AnsweringEvent {}

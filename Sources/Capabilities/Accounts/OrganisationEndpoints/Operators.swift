import AccountCommands
import AccountRecords
import Conversation
import Endpoints
import HTTPServer
import JSON
import OrganisationView
import Permissions
import SQLite

/// Which organisations are wanted.
struct OrganisationFilter: Described, Decodable, Hashable {
    var name: String?
    var standing: String?
    var plan: String?

    static let fields: [JSONSchema.Field] = [
        .optional("name", .text("A part of the name or id.", 1...200)),
        .optional(
            "standing",
            .words(
                OrganisationAnswer.standings,
                "How it stands; without it, all but those whose data was destroyed.")),
        .optional("plan", .text("The plan.", 1...100)),
    ]
    static let schema = JSONSchema.object(fields)

    func question(by order: OrganisationQuestion.Order = .name) -> OrganisationQuestion {
        OrganisationQuestion(text: name, standing: standing, plan: plan, order: order)
    }
}

/// Which page of the organisations is wanted.
struct OrganisationsParameters: Described, Decodable {
    var filter: OrganisationFilter
    var order: String?
    var page: PageBounds

    static let schema = JSONSchema.object(
        OrganisationFilter.fields + [
            .optional(
                "order",
                .words(
                    OrganisationQuestion.Order.allCases.map(\.rawValue), "What it is ordered by."))
        ] + PageBounds.fields)

    private enum Name: String, CodingKey { case order }

    init(from decoder: any Decoder) throws {
        filter = try OrganisationFilter(from: decoder)
        order = try decoder.container(keyedBy: Name.self)
            .decodeIfPresent(String.self, forKey: .order)
        page = try PageBounds(from: decoder)
    }

    var question: OrganisationQuestion {
        filter.question(by: order.flatMap { .init(rawValue: $0) } ?? .name)
    }
}

/// Which tenant is meant, by who runs the installation.
struct OneTenant: Described, Decodable {
    var tenant: TenantID

    static let schema = JSONSchema.object([.required("tenant", .id("The tenant."))])
}

/// An organisation as operators see it.
struct ListedAnswer: Described, Codable, Hashable {
    var organisation: OrganisationAnswer
    var members: Int
    var owner: String?
    var isConnected: Bool

    init(_ listed: ListedOrganisation, isConnected: Bool) {
        organisation = OrganisationAnswer(listed.tenant, listed.facts)
        members = listed.members
        owner = listed.owner
        self.isConnected = isConnected
    }

    static let schema = JSONSchema.object(
        [
            .required("organisation", OrganisationAnswer.schema),
            .required("members", .count("How many people belong to it.")),
            .optional("owner", .text("What its first owner is called.")),
            .required("isConnected", .boolean("Whether a WhatsApp number is connected.")),
        ], named: "ListedOrganisation")
}

/// A page of organisations.
struct OrganisationPage: Described, Codable, Hashable {
    var organisations: [ListedAnswer]
    var next: String?

    static let schema = JSONSchema.object(
        [
            .required("organisations", .list(ListedAnswer.schema, "The organisations.")),
            .optional("next", .text("Where the next page begins.")),
        ], named: "OrganisationPage")
}

/// How many organisations there are.
struct OrganisationCount: Described, Codable, Hashable {
    var organisations: Int
    var byStanding: [String: Int]

    static let schema = JSONSchema.object(
        [
            .required("organisations", .count("How many fit.")),
            .required(
                "byStanding", JSONSchema(.map(.count()), "How many stand in each way, of all.")),
        ], named: "OrganisationCount")
}

/// An organisation that operators make, with whoever is to own it.
struct NewTenantRequest: Described, Decodable {
    var id: String
    var name: String
    var plan: String
    var locale: LocaleRequest
    var owner: String?

    static let schema = JSONSchema.object(
        [
            .required("id", Slugs.schema), .required("name", .text("Its name.", 1...200)),
            .required("plan", .text("Its plan.", 1...100)),
            .required("locale", LocaleRequest.schema),
            .optional(
                "owner", .text("The e-mail address of whoever is invited to own it.", 3...254)),
        ], named: "NewOrganisation")
}

/// The ids of tenants: they stand in addresses and file names.
enum Slugs {
    static let schema = JSONSchema.text(
        "The tenant's id, such as bicicletas-sol.", 1...63,
        pattern: "[a-z0-9]([a-z0-9-]*[a-z0-9])?", rule: "an id of a-z, 0-9 and - between them")

    /// The id that was typed.
    static func checked(_ typed: String) throws(Problem) -> TenantID {
        guard typed != TenantID.installation.rawValue else {
            throw .invalid([
                .init(.pointer("/id"), "taken", "no business may be called \(typed)")
            ])
        }
        return TenantID(typed)
    }

    /// A problem that says at its field that the id is somebody's.
    static func taken(_ problem: Problem) -> Problem {
        guard problem.kind == Refusal.exists.kind else { return problem }
        return Problem(
            Refusal.exists.kind, "there is an organisation of this id already, or was",
            parts: [.init(.pointer("/id"), "taken", "this id is taken already")])
    }
}

extension OrganisationEndpoints {
    var operators: [Endpoint] {
        [
            listAll, countAll, read, create, tableOfAll, suspend, resume, deleteByOperator, restore,
            purge, changePlan, appointOwner,
        ]
    }

    private static let all = "/api/v1/organisations"

    private var listAll: Endpoint {
        .installation(
            .at(
                .get, Self.all, "organisations.list",
                "Lists the organisations of the installation, page by page."),
            may: .readTenants,
            .init(
                takes: OrganisationsParameters.self, gives: Reply<OrganisationPage>.self,
                problems: [.viewIsBuilt])
        ) { call in
            let (question, page) = (call.parameters.question, call.parameters.page)
            let cursor = try page.cursor(of: question.mark)
            let rows = try await read { rows throws(SQLiteError) in
                try AllOrganisations(rows, of: call.scope).list(
                    question, after: cursor, atMost: page.most + 1)
            }
            let shown = rows.prefix(page.most)
            let next = rows.count > shown.count ? shown.last : nil
            return Reply(
                OrganisationPage(
                    organisations: shown.map { answer($0) },
                    next: next?.cursor(by: question.order).text(of: question.mark)))
        }
    }

    private func answer(_ listed: ListedOrganisation) -> ListedAnswer {
        ListedAnswer(listed, isConnected: sources.isConnected(listed.tenant))
    }

    private var countAll: Endpoint {
        .installation(
            .at(
                .get, "/api/v1/counts/organisations", "organisations.count",
                "Counts the organisations of the installation."),
            may: .readTenants,
            .init(
                takes: OrganisationFilter.self, gives: Reply<OrganisationCount>.self,
                problems: [.viewIsBuilt])
        ) { call in
            let question = call.parameters.question()
            let (count, standings) = try await read { rows throws(SQLiteError) in
                let all = AllOrganisations(rows, of: call.scope)
                return (try all.count(question), try all.countByStanding())
            }
            return Reply(OrganisationCount(organisations: count, byStanding: standings))
        }
    }

    private var read: Endpoint {
        .installation(
            .at(
                .get, Self.all + "/{tenant}", "organisations.read",
                "Shows one organisation to who runs the installation."),
            may: .readTenants,
            .init(
                takes: OneTenant.self, gives: Reply<TenantDetail>.self,
                problems: [Authorizer.noTenant, .viewIsBuilt])
        ) { Reply(try await detail($0.parameters.tenant, $0.scope)) }
    }

    func listed(
        _ tenant: TenantID, _ scope: InstallationScope
    ) async throws(Problem) -> ListedAnswer {
        let found = try await read { rows throws(SQLiteError) in
            try AllOrganisations(rows, of: scope).organisation(tenant)
        }
        guard let found else {
            throw Problem(Authorizer.noTenant, "there is no organisation \(tenant)")
        }
        return answer(found)
    }

    private func detail(
        _ tenant: TenantID, _ scope: InstallationScope
    ) async throws(Problem) -> TenantDetail {
        let own = scope.scope(of: tenant)
        let owners = try await read { rows throws(SQLiteError) in
            try OrganisationRows(rows, of: own).members(MemberQuestion(role: .owner), atMost: 20)
        }
        return TenantDetail(
            listed: try await listed(tenant, scope), owners: owners.map { MemberAnswer($0) },
            steps: try await firstSteps(of: own).steps)
    }

    private var create: Endpoint {
        .installation(
            .at(
                .post, Self.all, "organisations.add",
                "Makes an organisation, and invites whoever is to own it."),
            may: .writeTenants,
            .init(
                body: JSONBody<NewTenantRequest>.self, gives: Reply<TenantDetail>.self, [201],
                problems: Problem.Kind.deciding, repeating: .once)
        ) { call in
            let wanted = call.body.value
            let tenant = try Slugs.checked(wanted.id)
            let new = NewOrganisation(
                name: try Names.checked(wanted.name, at: "/name"), plan: wanted.plan,
                locale: try wanted.locale.part(means.zones))
            let owner = try wanted.owner.map { text throws(Problem) in
                try EmailAddress.checked(text, at: "/owner")
            }
            try await means.ensureKey(tenant)
            do throws(Problem) {
                try await ask(tenant, asOperator: .create(new), call)
            } catch {
                throw Slugs.taken(error)
            }
            if let owner { try await inviteOwner(owner, of: tenant, new, call) }
            return Reply(try await detail(tenant, call.scope), status: 201)
        }
    }

    private func inviteOwner<Parameters, Body>(
        _ address: EmailAddress, of tenant: TenantID, _ new: NewOrganisation,
        _ call: Call<InstallationScope, Parameters, Body>
    ) async throws(Problem) {
        let asker = Asker(call, in: .installation).part("owner")
        let id = InvitationID(asker.name(of: "invitation"))
        try await means.channel.ask(
            tenant,
            .invite(
                Invitation(
                    id: id, address: try means.naming.claim(address), role: .owner,
                    token: try means.links.make(
                        about: id.rawValue, until: means.now() + Invitation.life),
                    by: call.principal.spoken, language: new.locale.language)),
            for: asker)
    }

    private var tableOfAll: Endpoint {
        .installation(
            .at(
                .get, "/api/v1/exports/organisations.csv", "organisations.exportTable",
                "Gives the organisations at once, as a table for spreadsheets."),
            may: .readTenants,
            .init(takes: OrganisationFilter.self, gives: CSVTable.self, problems: [.viewIsBuilt])
        ) { call in
            let question = call.parameters.question()
            let all = try await read { rows throws(SQLiteError) in
                try AllOrganisations(rows, of: call.scope).list(
                    question, atMost: Int(Int32.max))
            }
            return CSVTable(
                "organisations",
                of: ["id", "name", "standing", "plan", "members", "owner", "created"]
            ) { give in
                try await give(
                    all.map { row in
                        [
                            row.tenant.rawValue, row.facts.profile.name, row.facts.standing.word,
                            row.facts.plan, String(row.members), row.owner ?? "",
                            row.facts.createdAt?.rfc3339 ?? "",
                        ]
                    })
            }
        }
    }
}

/// An organisation in full, as operators see it.
struct TenantDetail: Described, Codable, Hashable {
    var listed: ListedAnswer
    var owners: [MemberAnswer]
    var steps: [FirstStepsAnswer.Step]

    static let schema = JSONSchema.object(
        [
            .required("listed", ListedAnswer.schema),
            .required("owners", .list(MemberAnswer.schema, "Who owns it.")),
            .required(
                "steps", FirstStepsAnswer.schema.fields.first?.schema ?? .list(.text())),
        ], named: "OrganisationDetail")
}

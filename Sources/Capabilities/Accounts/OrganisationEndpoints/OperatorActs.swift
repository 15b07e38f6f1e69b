import AccountCommands
import AccountRecords
import Conversation
import Endpoints
import HTTPServer
import JSON
import OrganisationView
import Permissions
import SQLite

/// Why something is done.
struct ReasonRequest: Described, Decodable {
    var reason: String

    static let schema = JSONSchema.object(
        [.required("reason", .text("Why, as its people are told.", 1...500))], named: "Reason")
}

/// Who is to be an owner.
struct OwnerRequest: Described, Decodable {
    var email: String

    static let schema = JSONSchema.object(
        [.required("email", .text("The e-mail address of their account.", 3...254))],
        named: "NewOwner")
}

/// The plan that an organisation is to have.
struct PlanRequest: Described, Decodable {
    var plan: String

    static let schema = JSONSchema.object(
        [.required("plan", .text("The plan.", 1...100))], named: "NewPlan")
}

extension OrganisationEndpoints {
    private func act<Body: EndpointBody>(
        _ method: HTTPMethod, _ path: String, _ name: String, _ summary: String,
        _ body: Body.Type,
        _ action:
            @escaping @Sendable (Body) async throws(Problem) -> OrganisationCommand.Action
    ) -> Endpoint {
        .installation(
            .at(method, "/api/v1/organisations/{tenant}" + path, "organisations.\(name)", summary),
            may: .writeTenants,
            .init(
                takes: OneTenant.self, body: body, gives: Reply<ListedAnswer>.self,
                problems: Problem.Kind.deciding + [.noAccount],
                repeating: method == .post ? .once : .harmless)
        ) { call in
            try await ask(
                call.parameters.tenant, asOperator: try await action(call.body), call)
            return Reply(try await listed(call.parameters.tenant, call.scope))
        }
    }

    var suspend: Endpoint {
        act(
            .post, "/suspend", "suspend",
            "Stops an organisation: its people look only, and nobody is answered.",
            JSONBody<ReasonRequest>.self
        ) { body throws(Problem) in .suspend(reason: body.value.reason) }
    }

    var resume: Endpoint {
        act(
            .post, "/resume", "resume", "Lets a suspended organisation go on.", NoBody.self
        ) { _ throws(Problem) in .resume }
    }

    var deleteByOperator: Endpoint {
        act(
            .delete, "", "delete",
            "Deletes an organisation: for thirty days it can be restored.", NoBody.self
        ) { _ throws(Problem) in .delete }
    }

    var restore: Endpoint {
        act(
            .post, "/restore", "restore", "Takes a deletion back.", NoBody.self
        ) { _ throws(Problem) in .restore }
    }

    var purge: Endpoint {
        act(
            .post, "/purge", "purge",
            "Destroys all data of a deleted organisation now; nobody can take that back.",
            NoBody.self
        ) { _ throws(Problem) in .purge }
    }

    var changePlan: Endpoint {
        act(
            .put, "/plan", "changePlan", "Gives an organisation another plan.",
            JSONBody<PlanRequest>.self
        ) { body throws(Problem) in .changePlan(body.value.plan) }
    }

    var appointOwner: Endpoint {
        act(
            .put, "/owner", "appointOwner",
            "Makes somebody who has an account an owner of an organisation.",
            JSONBody<OwnerRequest>.self
        ) { body throws(Problem) in
            let address = try EmailAddress.checked(body.value.email, at: "/email")
            let key = try means.naming.key(of: address)
            let account = try await read { rows throws(SQLiteError) in
                try OrganisationLookup(rows).account(of: key)
            }
            guard let account else {
                throw Problem(.noAccount, "nobody has an account with this address: invite them")
            }
            return .appointOwner(account)
        }
    }
}

extension Problem.Kind {
    static let noAccount = Self(404, "no_account")
}

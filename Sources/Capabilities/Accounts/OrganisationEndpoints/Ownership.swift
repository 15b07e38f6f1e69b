import AccountCommands
import AccountRecords
import Conversation
import Endpoints
import HTTPServer
import JSON
import Permissions

/// Who is to be offered the ownership.
struct OfferRequest: Described, Decodable {
    var account: String

    static let schema = JSONSchema.object(
        [.required("account", .id("The member."))], named: "OwnershipOffer")
}

/// Until when operators are to be let in.
struct ConsentRequest: Described, Decodable {
    var until: Timestamp

    static let schema = JSONSchema.object(
        [.required("until", .time("Until when, thirty days from now at most."))],
        named: "OperatorConsent")
}

extension OrganisationEndpoints {
    /// How long an offered ownership can be taken.
    private static let offerLife = Duration.seconds(7 * 86_400)
    /// The longest that operators are let in by one word.
    private static let longestConsent = Duration.seconds(30 * 86_400)

    var ownership: [Endpoint] { [offer, endOffer, consent, endConsent] }

    /// Asks something of an organisation that is answered with how it stands then.
    private func wish<Body: EndpointBody>(
        _ route: Endpoint.Route, may permission: TenantPermission, _ body: Body.Type,
        _ repeating: Endpoint.Repeating = .harmless,
        _ action:
            @escaping @Sendable (Body, Timestamp) throws(Problem) -> OrganisationCommand.Action
    ) -> Endpoint {
        .tenant(
            route, may: permission,
            .init(
                takes: NoParameters.self, body: body, gives: Reply<OrganisationAnswer>.self,
                problems: Problem.Kind.deciding, repeating: repeating)
        ) { call in
            let event = try await ask(
                call.scope.tenant, try action(call.body, means.now()), call)
            return Reply(OrganisationAnswer(call.scope.tenant, event.facts))
        }
    }

    private var offer: Endpoint {
        wish(
            .at(
                .post, Self.base + "/ownership/offer", "ownership.offer",
                "Offers the own ownership to a member, who has a week to take it."),
            may: .transferOwnership, JSONBody<OfferRequest>.self, .once
        ) { body, now throws(Problem) in
            .offerOwnership(to: AccountID(body.value.account), until: now + Self.offerLife)
        }
    }

    private var endOffer: Endpoint {
        wish(
            .at(
                .delete, Self.base + "/ownership/offer", "ownership.endOffer",
                "Takes an offered ownership back."),
            may: .transferOwnership, NoBody.self
        ) { _, _ throws(Problem) in .endOffer }
    }

    private var consent: Endpoint {
        wish(
            .at(
                .put, Self.base + "/consent", "consent.give",
                "Lets who runs the installation in until a time: to look, and to act as people."),
            may: .giveConsent, JSONBody<ConsentRequest>.self
        ) { body, now throws(Problem) in
            let until = body.value.until
            guard now < until, until <= now + Self.longestConsent else {
                throw Problem.invalid("/until", "until is within the next thirty days")
            }
            return .consent(until: until)
        }
    }

    private var endConsent: Endpoint {
        wish(
            .at(
                .delete, Self.base + "/consent", "consent.end",
                "Lets who runs the installation in no more, from now on."),
            may: .giveConsent, NoBody.self
        ) { _, _ throws(Problem) in .consent(until: nil) }
    }

    // MARK: The end

    var life: [Endpoint] { [delete] }

    private var delete: Endpoint {
        wish(
            .at(
                .delete, Self.base + "/organisation", "organisation.delete",
                "Deletes an organisation: for thirty days it can be restored."),
            may: .deleteTenant, NoBody.self
        ) { _, _ throws(Problem) in .delete }
    }
}

import FoundationEssentials
import HTTPServer
import JSON

/// The Graph API's paths about numbers and accounts, as far as Parley asks them: what the number
/// is, whose webhooks it has, which templates there are.
struct AccountRoutes: Sendable {
    /// Templates of one page unless the caller wants fewer (WhatsApp, "Template management").
    private static let page = 100

    let world: SharedWorld

    func add(to router: inout Router) {
        router.onRaw(.get, "/v{version}/{account}/subscribed_apps") { request, path, writer in
            writer.respond(
                answer(request, account: path["account"] ?? "") { _, business in
                    let app =
                        "{\"whatsapp_business_api_data\":{\"id\":\"1\",\"name\":\"Parley\"}}"
                    return "{\"data\":[\(business.webhookURL == nil ? "" : app)]}"
                })
        }
        router.onRaw(.get, "/v{version}/{account}/message_templates") { request, path, writer in
            writer.respond(
                answer(request, account: path["account"] ?? "") { world, business in
                    Self.list(
                        world.templates.values.filter { $0.business == business.name }, request)
                })
        }
    }

    private static func list(
        _ templates: [SimulatedTemplate], _ request: HTTPRequest
    ) -> String {
        let all = templates.sorted { $0.key < $1.key }
        let limit = request.queryValue("limit").flatMap { Int($0) } ?? page
        let start = request.queryValue("after").flatMap { Int($0) } ?? 0
        let rows = all.enumerated().dropFirst(start).prefix(max(1, limit))
        let end = start + rows.count
        let paging =
            end < all.count
            ? ",\"paging\":{\"cursors\":{\"after\":\"\(end)\"},\"next\":\"more\"}}" : "}"
        let data = rows.map { $1.json(id: String(7_000_000 + $0)) }.joined(separator: ",")
        return "{\"data\":[\(data)]\(paging)"
    }

    private func answer(
        _ request: HTTPRequest, account: String,
        _ body: (World, SimulatedBusiness) -> String
    ) -> HTTPResponse {
        let token = request.headers.first(named: "Authorization")
        return world.withLock { world in
            do throws(GraphError) {
                let business = try world.holder(of: token)
                guard business.account == account else {
                    throw GraphError(
                        100, "Unsupported get request", "the object does not exist", subcode: 33)
                }
                return .json(Array(body(world, business).utf8))
            } catch {
                return error.response
            }
        }
    }

    /// What a number is, as the Graph API tells it (WhatsApp, "Business phone numbers").
    static func number(_ business: SimulatedBusiness) -> HTTPResponse {
        let text =
            "{\"display_phone_number\":\(JSONString.quoted("+" + business.displayNumber))"
            + ",\"verified_name\":\(JSONString.quoted(business.name))"
            + ",\"quality_rating\":\"GREEN\",\"code_verification_status\":\"VERIFIED\""
            + ",\"name_status\":\"APPROVED\",\"id\":\(JSONString.quoted(business.number))}"
        return .json(Array(text.utf8))
    }
}

extension World {
    /// The business that a token stands for.
    func holder(of authorization: String?) throws(GraphError) -> SimulatedBusiness {
        guard let authorization, authorization.hasPrefix("Bearer "),
            let name = tokens[String(authorization.dropFirst(7))],
            let business = businesses[name]
        else { throw .token }
        return business
    }
}

import FoundationEssentials
import HTTPServer
import JSON

/// The Graph API's paths.
struct GraphRoutes: Sendable {
    let world: SharedWorld
    let webhooks: WebhookSender

    /// How long a medium's address is good (WhatsApp, "Media": 5 minutes).
    private static let ticketLife: Int64 = 5 * 60 * 1000

    /// The largest document that WhatsApp takes, and the form around it.
    private static let uploadBytes = 100 * 1024 * 1024 + 64 * 1024

    func add(to router: inout Router) {
        router.onRaw(.post, "/v{version}/{number}/messages") { request, parameters, writer in
            messages(request, number: parameters["number"] ?? "", writer)
        }
        router.onRaw(
            .post, "/v{version}/{number}/media", maximumBodyBytes: Self.uploadBytes
        ) { request, parameters, writer in
            let number = parameters["number"] ?? ""
            let now = Clock.milliseconds
            writer.respond(
                world.withLock { world in
                    let answer = world.upload(request, number: number, at: now)
                    // A file's bytes are nothing to read.
                    world.calls.note(
                        "graph", of: world.names[number],
                        "\(HTTPMethod.post.rawValue) /\(number)/media", answer.status,
                        since: now, at: Clock.milliseconds, body: [])
                    return answer
                })
        }
        router.onRaw(.get, "/simulator-media/{ticket}") { request, parameters, writer in
            writer.respond(download(request, ticket: parameters["ticket"] ?? ""))
        }
        router.onRaw(.get, "/v{version}/{medium}") { request, parameters, writer in
            writer.respond(resolve(request, medium: parameters["medium"] ?? ""))
        }
    }

    private func messages(_ request: HTTPRequest, number: String, _ writer: ResponseWriter) {
        let authorization = request.headers.first(named: "Authorization")
        let now = Clock.milliseconds
        let outcome = world.withLock { world in
            let outcome = world.receive(
                request.body, number: number, authorization: authorization, at: now)
            world.calls.note(
                "graph", of: world.names[number], "\(HTTPMethod.post.rawValue) /\(number)/messages",
                outcome.response?.status, since: now,
                at: now + Int64(outcome.delay / .milliseconds(1)), body: request.body)
            return outcome
        }
        webhooks.add(outcome.updates)
        for (waiter, response) in outcome.answers { waiter.respond(response) }
        guard outcome.delay > .zero else { return Self.end(outcome, writer) }
        Task {
            // The process ends before the delay only when the simulator does.
            try? await Task.sleep(for: outcome.delay)
            Self.end(outcome, writer)
        }
    }

    private static func end(_ outcome: World.Outcome, _ writer: ResponseWriter) {
        if let response = outcome.response {
            writer.respond(response)
        } else {
            writer.abort()
        }
    }

    private func resolve(_ request: HTTPRequest, medium id: String) -> HTTPResponse {
        let host = request.headers.first(named: "Host") ?? "127.0.0.1"
        let token = request.headers.first(named: "Authorization")
        let number = request.queryValue("phone_number_id")
        return world.withLock { world in
            do throws(GraphError) {
                if world.names[id] != nil {
                    return AccountRoutes.number(try world.authorize(token, number: id))
                }
                guard let medium = world.media[id], number == nil || number == medium.number,
                    medium.until > Clock.milliseconds
                else {
                    _ = try world.authorize(token, number: number ?? "")
                    throw .parameter("no such medium, or not any more")
                }
                _ = try world.authorize(token, number: medium.number)
                let ticket = String(world.random.next(), radix: 36)
                world.media[id]?.ticket = ticket
                world.media[id]?.ticketUntil = Clock.milliseconds + Self.ticketLife
                let text =
                    "{\"messaging_product\":\"whatsapp\",\"url\":"
                    + "\(JSONString.quoted("http://\(host)/simulator-media/\(id)-\(ticket)"))"
                    + ",\"mime_type\":\(JSONString.quoted(medium.mediaType))"
                    + ",\"file_size\":\(medium.bytes.count),\"id\":\(JSONString.quoted(id))}"
                return .json(Array(text.utf8))
            } catch {
                return error.response
            }
        }
    }

    private func download(_ request: HTTPRequest, ticket: String) -> HTTPResponse {
        let token = request.headers.first(named: "Authorization")
        let parts = ticket.split(separator: "-").map(String.init)
        return world.withLock { world in
            guard parts.count == 2, let medium = world.media[parts[0]], medium.ticket == parts[1],
                medium.ticketUntil > Clock.milliseconds
            else { return Problem(404, "not_found", "the address has expired").response }
            do throws(GraphError) {
                _ = try world.authorize(token, number: medium.number)
                return HTTPResponse(
                    status: 200, headers: [("Content-Type", medium.mediaType)],
                    body: medium.bytes)
            } catch {
                return error.response
            }
        }
    }
}

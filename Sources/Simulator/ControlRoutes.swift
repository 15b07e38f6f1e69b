import Cryptography
import Endpoints
import FoundationEssentials
import HTTPServer

/// The control API, under `/api/v1/`: ours, where all else imitates Meta's.
struct ControlRoutes: Sendable {
    /// The largest medium that a test may store.
    private static let mediumBytes = 20 * 1024 * 1024

    let world: SharedWorld
    let webhooks: WebhookSender
    let file: BusinessFile?
    let seed: UInt64?

    /// The endpoints, with their document.
    var endpoints: EndpointList {
        EndpointList(
            "Parley's WhatsApp simulator", document: "/api/v1/openapi.json",
            problems: .init(anyone: [.init(403, "origin"), .init(421, "wrong_host")]),
            businesses + [messages, echoes, conversation] + faults
                + [counts, media, expiry, templates, news] + phone)
    }

    private var businesses: [Endpoint] {
        [
            .anyone(
                .at(
                    .post, "/api/v1/businesses", "businesses.register",
                    "Registers a business or changes it; what is left out is made up, or stays."),
                .init(
                    body: JSONBody<SimulatedBusiness.Registration>.self,
                    gives: Reply<RegisteredBusiness>.self, problems: [.numberTaken])
            ) { Reply(try await register($0.body.value)) },
            .anyone(
                .at(.get, "/api/v1/businesses", "businesses.list", "Lists the businesses."),
                .init(gives: Reply<[SimulatedBusiness]>.self)
            ) { _ in
                Reply(
                    world.withLock { world in
                        world.businesses.values.sorted { $0.name < $1.name }
                    })
            },
        ]
    }

    private func register(
        _ wanted: SimulatedBusiness.Registration
    ) async throws -> RegisteredBusiness {
        let business = try world.withLock { world throws -> SimulatedBusiness in
            let business = try SimulatedBusiness(wanted, over: world.businesses[wanted.name])
            if let other = world.business(ofNumber: business.number), other.name != business.name {
                throw Problem(.numberTaken, "\(other.name) has this number")
            }
            world.register(business)
            try file?.write(world.businesses.values.sorted { $0.name < $1.name })
            return business
        }
        let problem: String?
        if let url = business.webhookURL {
            problem = await webhooks.isVerified(business, url)
        } else {
            problem = "there is no webhook_url yet"
        }
        return RegisteredBusiness(
            business: business, verified: problem == nil, problem: problem)
    }

    private var messages: Endpoint {
        .anyone(
            .at(.post, "/api/v1/messages", "messages.write", "Writes as a customer."),
            .init(
                body: JSONBody<CustomerMessage>.self, gives: Reply<WrittenMessage>.self,
                problems: [.unknownBusiness, .badPhone, .noContent])
        ) { call in
            let written = try world.withLock { world throws(Problem) in
                try world.write(call.body.value, at: Clock.milliseconds)
            }
            if let update = written.update { webhooks.add([update]) }
            return Reply(written)
        }
    }

    private var echoes: Endpoint {
        .anyone(
            .at(.post, "/api/v1/echoes", "echoes.write", "Writes as the business, on its phone."),
            .init(
                body: JSONBody<PhoneMessage>.self, gives: Reply<WrittenOnPhone>.self,
                problems: [.unknownBusiness, .badPhone, .noContent])
        ) { call in
            let written = try world.withLock { world throws(Problem) in
                try world.write(call.body.value, at: Clock.milliseconds)
            }
            if let update = written.update { webhooks.add([update]) }
            return Reply(written)
        }
    }

    private var news: Endpoint {
        .anyone(
            .at(
                .post, "/api/v1/news", "news.tell",
                "Tells of a business's account, or what a customer wishes, in any webhook field."),
            .init(
                body: JSONBody<AccountNews>.self, gives: NoContent.self, [204],
                problems: [.unknownBusiness])
        ) { call in
            let update = try world.withLock { world throws(Problem) in
                try world.update(of: call.body.value, at: Clock.milliseconds)
            }
            webhooks.add([update])
            return NoContent()
        }
    }

    private var conversation: Endpoint {
        .anyone(
            .at(
                .get, "/api/v1/conversations/{business}/{from}", "conversations.look",
                "Tells what a customer saw, at once or as soon as there is something."),
            .init(
                takes: LookParameters.self, gives: Prepared<ConversationView>.self,
                problems: [.unknownBusiness])
        ) { call in
            Prepared(
                await withCheckedContinuation { continuation in
                    look(call.parameters, ResponseWriter { continuation.resume(returning: $0) })
                })
        }
    }

    private func look(_ wanted: LookParameters, _ writer: ResponseWriter) {
        let after = wanted.after ?? 0
        let wait = wanted.wait ?? 0
        let phone = wanted.from.filter { $0.isASCII && $0.isNumber }
        let key = world.withLock { world in
            world.businesses[wanted.business].map { world.open($0, phone: phone) }
        }
        guard let key else {
            return writer.respond(Problem(.unknownBusiness, "no such business").response)
        }
        let waiter =
            wait > 0 ? world.withLock { $0.wait(for: key, after: after, writer: writer) } : nil
        guard let waiter else {
            return writer.respond(view(key, business: wanted.business, after: after))
        }
        Task {
            // Ended early only when the simulator ends.
            try? await Task.sleep(for: .seconds(min(wait, LookParameters.longestWait)))
            guard let writer = world.withLock({ $0.stopWaiting(waiter, for: key) }) else { return }
            writer.respond(view(key, business: wanted.business, after: after))
        }
    }

    private func view(_ key: ConversationName, business: String, after: Int) -> HTTPResponse {
        let conversation = world.withLock { $0.conversations[key] }
        guard let conversation else {
            return Problem(.unknownBusiness, "the conversation is gone").response
        }
        return World.view(conversation, of: key, business: business, after: after)
    }

    private var faults: [Endpoint] {
        [
            .anyone(
                .at(.post, "/api/v1/faults", "faults.add", "Lets something go wrong."),
                .init(
                    body: JSONBody<Fault>.self, gives: Reply<Fault>.self,
                    problems: [.unknownBusiness])
            ) { call in
                let fault = call.body.value
                try world.withLock { world throws(Problem) in
                    if let name = fault.business, world.businesses[name] == nil {
                        throw Problem(.unknownBusiness, "there is no business \(name)")
                    }
                    world.faults.add(fault, seed: seed)
                }
                return Reply(fault)
            },
            .anyone(
                .at(.delete, "/api/v1/faults", "faults.clear", "Lets nothing go wrong any more."),
                .init(gives: NoContent.self, [204])
            ) { _ in
                world.withLock { $0.faults.clear() }
                return NoContent()
            },
        ]
    }

    private var counts: Endpoint {
        .anyone(
            .at(.get, "/api/v1/stats", "stats", "Counts what happened since the start."),
            .init(gives: Reply<SimulatorCounts>.self)
        ) { _ in
            let (counts, applied) = world.withLock { ($0.stats, $0.faults.applied) }
            let faults = applied.map { ($0.key.rawValue, $0.value) }
            return Reply(
                SimulatorCounts(
                    counts: counts, faults: Dictionary(uniqueKeysWithValues: faults)))
        }
    }

    private var templates: Endpoint {
        .anyone(
            .at(
                .post, "/api/v1/templates", "templates.put",
                "Gives a business a template, or changes it."),
            .init(
                body: JSONBody<SimulatedTemplate>.self, gives: Reply<SimulatedTemplate>.self,
                problems: [.unknownBusiness])
        ) { call in
            let template = call.body.value
            try world.withLock { world throws(Problem) in
                guard world.businesses[template.business] != nil else {
                    throw Problem(.unknownBusiness, "there is no business \(template.business)")
                }
                world.templates[template.key] = template
            }
            return Reply(template)
        }
    }

    private var expiry: Endpoint {
        .anyone(
            .at(
                .delete, "/api/v1/media/{medium}", "media.expire",
                "Lets WhatsApp forget a medium, as it does when its time is over."),
            .init(takes: ExpiryParameters.self, gives: NoContent.self, [204])
        ) { call in
            world.withLock { $0.expire(call.parameters.medium) }
            return NoContent()
        }
    }

    private var media: Endpoint {
        .anyone(
            .at(.post, "/api/v1/media", "media.store", "Stores a medium that a customer sends."),
            .init(
                takes: MediumParameters.self, body: RawBody.self, limit: Self.mediumBytes,
                gives: Reply<StoredMediumReply>.self, problems: [.unknownBusiness])
        ) { call in
            let mediaType =
                call.request.headers.first(named: "Content-Type") ?? "application/octet-stream"
            return try world.withLock { world throws(Problem) in
                guard let business = world.businesses[call.parameters.business] else {
                    throw Problem(.unknownBusiness, "no such business")
                }
                let id = world.makeMediaID()
                world.media[id] = World.StoredMedium(
                    bytes: call.body.bytes, mediaType: mediaType, number: business.number,
                    until: Clock.milliseconds + GraphMedia.inboundLife, isUpload: false)
                return Reply(
                    StoredMediumReply(
                        id: id, mime_type: mediaType,
                        sha256: Base64.encode(SHA256.digest(call.body.bytes))))
            }
        }
    }
}

extension Problem.Kind {
    static let unknownBusiness = Self(404, "unknown_business")
    static let numberTaken = Self(409, "number_taken")
    static let badPhone = Self(400, "bad_phone")
    static let noContent = Self(400, "no_content")
}

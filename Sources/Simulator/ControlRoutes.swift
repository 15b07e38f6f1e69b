import Cryptography
import FoundationEssentials
import HTTPServer

/// The control API, under `/simulator/`.
struct ControlRoutes: Sendable {
    /// The longest wait for a customer's next message, in seconds.
    private static let longestWait = 60.0
    /// The largest medium that a test may store.
    private static let mediumBytes = 20 * 1024 * 1024

    let world: SharedWorld
    let webhooks: WebhookSender
    let file: BusinessFile?
    let seed: UInt64?

    func add(to router: inout Router) {
        router.on(.post, "/simulator/businesses") { request, _ in try await register(request) }
        router.on(.get, "/simulator/businesses") { _, _ in
            Self.json(
                world.withLock { world in world.businesses.values.sorted { $0.name < $1.name } })
        }
        router.onRaw(.post, "/simulator/messages") { request, _, writer in
            writer.respond(Self.answer { () throws(HTTPError) in try write(request) })
        }
        router.onRaw(.get, "/simulator/conversations/{business}/{from}") {
            look($0, business: $1["business"] ?? "", from: $1["from"] ?? "", $2)
        }
        router.onRaw(.post, "/simulator/faults") { request, _, writer in
            writer.respond(Self.answer { () throws(HTTPError) in try addFault(request) })
        }
        router.onRaw(.delete, "/simulator/faults") { _, _, writer in
            world.withLock { $0.faults.clear() }
            writer.respond(.json(Array("{}".utf8)))
        }
        router.onRaw(.get, "/simulator/stats") { _, _, writer in writer.respond(stats()) }
        router.onRaw(.post, "/simulator/media", maximumBodyBytes: Self.mediumBytes) {
            request, _, writer in
            writer.respond(Self.answer { () throws(HTTPError) in try store(request) })
        }
    }

    private func register(_ request: HTTPRequest) async throws -> HTTPResponse {
        let wanted: SimulatedBusiness.Registration = try Self.read(request)
        guard !wanted.name.isEmpty, !wanted.name.contains("/") else {
            throw HTTPError(400, code: "bad_name", message: "a business needs a name without /")
        }
        let business = try world.withLock { world throws -> SimulatedBusiness in
            let business = try SimulatedBusiness(wanted, over: world.businesses[wanted.name])
            if let other = world.business(ofNumber: business.number), other.name != business.name {
                throw HTTPError(
                    409, code: "number_taken", message: "\(other.name) has this number")
            }
            world.register(business)
            try file?.write(world.businesses.values.sorted { $0.name < $1.name })
            return business
        }
        struct Registered: Encodable {
            var business: SimulatedBusiness
            var verified: Bool
            var problem: String?
        }
        let problem: String?
        if let url = business.webhookURL {
            problem = await webhooks.isVerified(business, url)
        } else {
            problem = "there is no webhook_url yet"
        }
        return Self.json(
            Registered(business: business, verified: problem == nil, problem: problem))
    }

    private func write(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        let message: CustomerMessage = try Self.read(request)
        let written = try world.withLock { world throws(HTTPError) in
            try world.write(message, at: Clock.milliseconds)
        }
        if let update = written.update { webhooks.add([update]) }
        return Self.json(written)
    }

    /// What a customer saw after a place in the log, at once or as soon as there is something.
    private func look(
        _ request: HTTPRequest, business name: String, from: String, _ writer: ResponseWriter
    ) {
        let after = request.queryValue("after").flatMap { Int($0) } ?? 0
        let wait = min(request.queryValue("wait").flatMap { Double($0) } ?? 0, Self.longestWait)
        let phone = from.filter { $0.isASCII && $0.isNumber }
        let key = world.withLock { world in
            world.businesses[name].map { world.open($0, phone: phone) }
        }
        guard let key else {
            writer.respond(.error(404, code: "unknown_business", message: "no such business"))
            return
        }
        let waiter =
            wait > 0 ? world.withLock { $0.wait(for: key, after: after, writer: writer) } : nil
        guard let waiter else {
            writer.respond(view(key, business: name, after: after))
            return
        }
        Task {
            // Ended early only when the simulator ends.
            try? await Task.sleep(for: .seconds(wait))
            guard let writer = world.withLock({ $0.stopWaiting(waiter, for: key) }) else { return }
            writer.respond(view(key, business: name, after: after))
        }
    }

    private func view(_ key: ConversationName, business: String, after: Int) -> HTTPResponse {
        let conversation = world.withLock { $0.conversations[key] }
        guard let conversation else { return .error(404, code: "not_found", message: "gone") }
        return World.view(conversation, of: key, business: business, after: after)
    }

    private func addFault(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        let fault: Fault = try Self.read(request)
        try world.withLock { world throws(HTTPError) in
            if let name = fault.business, world.businesses[name] == nil {
                throw HTTPError(
                    404, code: "unknown_business", message: "there is no business \(name)")
            }
            world.faults.add(fault, seed: seed)
        }
        return Self.json(fault)
    }

    private func stats() -> HTTPResponse {
        struct View: Encodable {
            var counts: SimulatorStats
            var faults: [String: Int]
        }
        let (counts, applied) = world.withLock { ($0.stats, $0.faults.applied) }
        let faults = applied.map { ($0.key.rawValue, $0.value) }
        return Self.json(
            View(counts: counts, faults: Dictionary(uniqueKeysWithValues: faults)))
    }

    private func store(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        let name = request.queryValue("business") ?? ""
        let mediaType = request.headers.first(named: "Content-Type") ?? "application/octet-stream"
        return try world.withLock { world throws(HTTPError) in
            guard let business = world.businesses[name] else {
                throw HTTPError(404, code: "unknown_business", message: "no such business")
            }
            let id = String(1_000_000_000_000_000 + world.random.next() % 9_000_000_000_000_000)
            world.media[id] = World.StoredMedium(
                bytes: request.body, mediaType: mediaType, number: business.number)
            let digest = Base64.encode(SHA256.digest(request.body))
            return Self.json(["id": id, "mime_type": mediaType, "sha256": digest])
        }
    }
}

// MARK: - JSON

extension ControlRoutes {
    private static func read<Value: Decodable>(
        _ request: HTTPRequest
    ) throws(HTTPError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(request.body))
        } catch {
            throw HTTPError(400, code: "bad_json", message: problem(error, in: request.body))
        }
    }

    /// What is wrong with a body: the kind of a fault if that is unknown, else the field.
    private static func problem(_ error: any Error, in body: [UInt8]) -> String {
        struct Named: Decodable {
            var kind: String
        }
        // Of any other body the field is told.
        let named = try? JSONDecoder().decode(Named.self, from: Data(body))
        if let named, FaultKind(rawValue: named.kind) == nil {
            let kinds = FaultKind.allCases.map(\.rawValue).joined(separator: ", ")
            return "there is no fault '\(named.kind)'; there are: \(kinds)"
        }
        func place(_ path: [any CodingKey]) -> String {
            path.map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case DecodingError.keyNotFound(let key, _): "the field \(key.stringValue) is missing"
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context):
            "the field \(place(context.codingPath)) has another type than expected"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            "the field \(place(context.codingPath)) has a value that is not known"
        default: "the body is not JSON"
        }
    }

    private static func answer(_ make: () throws(HTTPError) -> HTTPResponse) -> HTTPResponse {
        do throws(HTTPError) { return try make() } catch { return error.response }
    }

    static func json(_ value: some Encodable) -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        do {
            return .json([UInt8](try encoder.encode(value)))
        } catch {
            return .error(500, code: "internal", message: "the answer cannot be written")
        }
    }
}

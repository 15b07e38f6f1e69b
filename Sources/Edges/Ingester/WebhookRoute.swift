package import Conversation
import Cryptography
package import EventLog
package import HTTPServer
import JSON
package import Records
import Synchronization
package import Telemetry
package import TenantDirectory
package import TenantKeys

/// The webhook's HTTP face: Meta verifies it with GET and delivers with POST.
///
/// `/webhook` takes the webhooks of every app of the installation, `/webhook/TENANT` those of one
/// tenant's app. 200 is answered only once all that a body holds is durable.
package final class WebhookRoute: Sendable {
    /// WhatsApp's bodies are up to 3 MB ("Webhooks overview"); a little more is read to say 413.
    package static let bodyLimit = 3 * 1024 * 1024 + 64 * 1024
    /// Records that may wait to be durable before webhooks are turned away: at a kilobyte each,
    /// what memory can bear.
    private static let mostBacklog = 20_000
    /// The same in bytes of bodies, as one may hold a few large records: ten of the largest.
    package static let mostBacklogBytes = 32 * 1024 * 1024
    /// When Meta should come again, in seconds; it comes again by its own plan anyway.
    private static let retryAfter = "2"

    private let tenants: TenantDirectory
    private let keys: KeyTable
    private let appender: any EventLogAppender
    private let envelope: RecordEnvelope
    private let now: @Sendable () -> Timestamp
    private let counters: WebhookCounters
    private let logger: Logger
    /// Bytes of the bodies whose records wait to be durable.
    private let waitingBytes = Atomic(0)
    private let largestRecord: Int
    private let book: IdentityBook
    private let isReady: @Sendable () -> Bool

    /// Makes the route; `largestRecord` is the log's, `book` knows who is whom.
    ///
    /// Nothing is taken before `isReady` says that the book has been read.
    package init(
        tenants: TenantDirectory, keys: KeyTable, appender: any EventLogAppender,
        envelope: RecordEnvelope,
        knowing book: IdentityBook = IdentityBook(isAlone: true),
        when isReady: @escaping @Sendable () -> Bool = { true }, largestRecord: Int = .max,
        metrics: Metrics, logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.largestRecord = largestRecord
        self.book = book
        self.isReady = isReady
        self.tenants = tenants
        self.keys = keys
        self.appender = appender
        self.envelope = envelope
        self.counters = WebhookCounters(metrics)
        self.logger = logger
        self.now = now
    }

    /// Adds the route to a router.
    package func add(to router: inout Router) {
        router.onRaw(.get, "/webhook") { request, _, writer in
            writer.respond(self.verify(request, tenant: nil))
        }
        router.onRaw(.get, "/webhook/{tenant}") { request, path, writer in
            writer.respond(self.verify(request, tenant: path["tenant"]))
        }
        router.onRaw(.post, "/webhook", maximumBodyBytes: Self.bodyLimit) { request, _, writer in
            self.receive(request, tenant: nil, writer)
        }
        router.onRaw(
            .post, "/webhook/{tenant}", maximumBodyBytes: Self.bodyLimit
        ) { request, path, writer in
            self.receive(request, tenant: path["tenant"], writer)
        }
    }

    // MARK: Verification

    private func verify(_ request: HTTPRequest, tenant: String?) -> HTTPResponse {
        guard request.queryValue("hub.mode") == "subscribe",
            let token = request.queryValue("hub.verify_token"),
            let challenge = request.queryValue("hub.challenge")
        else {
            return Problem(
                400, "not_a_verification",
                "expected hub.mode=subscribe, hub.verify_token and hub.challenge"
            ).response
        }
        let known = candidates(tenant).contains { ConstantTime.equal($0.verifyToken, token) }
        guard known else {
            logger.warning("a webhook verification came with an unknown token")
            return Problem(403, "unknown_token", "no tenant has this verify token here").response
        }
        return .text(challenge)
    }

    private func candidates(_ tenant: String?) -> [Tenant] {
        guard let tenant else { return tenants.all }
        return tenants.tenant(TenantID(tenant)).map { [$0] } ?? []
    }

    // MARK: Delivery

    private func receive(_ request: HTTPRequest, tenant: String?, _ writer: ResponseWriter) {
        let bytes = request.body.count
        let waiting = waitingBytes.add(bytes, ordering: .relaxed).oldValue
        guard appender.backlog < Self.mostBacklog, waiting < Self.mostBacklogBytes else {
            release(bytes)
            return turnAway(writer, because: "more webhooks wait than the log can take")
        }
        let header = request.headers.firstBytes(named: "X-Hub-Signature-256")
        guard let code = WebhookSignature.code(from: header),
            let app = WebhookSignature.signer(
                of: request.body, code: code,
                among: tenant == nil ? tenants.apps : candidates(tenant))
        else {
            counters.badSignatures.increment()
            release(bytes)
            return writer.respond(
                Problem(
                    401, "bad_signature",
                    "X-Hub-Signature-256 is missing or was not made with the app secret"
                ).response)
        }
        guard isReady() else {
            release(bytes)
            return turnAway(writer, because: "who is whom is not known yet")
        }
        take(request.body, payload(of: app, request), of: app, writer)
    }

    /// Reads a body and stores what it holds; where it tells something of who is whom, that is
    /// stored and followed first, and then it is read again.
    private func take(
        _ body: [UInt8], _ payload: WebhookPayload, of app: String, _ writer: ResponseWriter,
        isKnown: Bool = false
    ) {
        let bytes = body.count
        do {
            let batch = try read(body, with: payload, of: app, endsAtNews: !isKnown)
            if !batch.news.isEmpty, !isKnown {
                return learn(batch, bytes: bytes, writer) {
                    self.take(body, payload, of: app, writer, isKnown: true)
                }
            }
            counters.add(batch)
            append(batch, bytes: bytes, writer)
        } catch {
            release(bytes)
            logger.warning(
                "a webhook waits for a tenant's key",
                [.tenant: .identifier((error as? UnnamedTenant)?.tenant ?? "-")])
            turnAway(writer, because: "what the body holds cannot be named or sealed yet")
        }
    }

    /// Reads a signed body; what is no JSON even without its mark, and with what is no UTF-8
    /// replaced, is set aside.
    private func read(
        _ body: [UInt8], with payload: WebhookPayload, of app: String, endsAtNews: Bool
    ) throws -> WebhookBatch {
        do {
            return try payload.read(body, endsAtNews: endsAtNews)
        } catch let problem as JSONProblem {
            do {
                return try payload.read(Self.mended(body), endsAtNews: endsAtNews)
            } catch is JSONProblem {
                // Told below, as the body itself has it.
            }
            counters.notJSON.increment()
            logger.error(
                "a signed webhook is no JSON and was set aside",
                [.reason: .reason(problem.description)])
            let signers = tenants.all.filter { $0.app == app }.map(\.settings.tenant)
            let owner = signers.count == 1 ? signers.first : nil
            return try payload.setAside(body, of: owner ?? .installation)
        }
    }

    /// The body without a mark of its byte order, and as UTF-8.
    private static func mended(_ body: [UInt8]) -> [UInt8] {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        let rest = body.starts(with: mark) ? body[mark.count...] : body[...]
        return Array(String(decoding: rest, as: UTF8.self).utf8)
    }

    private func payload(of app: String, _ request: HTTPRequest) -> WebhookPayload {
        @Sendable func signed(_ tenant: Tenant?) -> TenantID? {
            tenant.flatMap { $0.app == app ? $0.settings.tenant : nil }
        }
        return WebhookPayload(
            tenantOfNumber: { signed(self.tenants.tenant(of: $0)) },
            tenantOfAccount: { signed(self.tenants.tenant(ofAccount: $0)) },
            declinesGroups: { self.tenants.tenant($0)?.settings.groups == .declined },
            receivedAt: now(), traceParent: request.headers.first(named: "traceparent"),
            naming: keys, by: envelope, knowing: book, largestRecord: largestRecord)
    }

    /// Stores what a body tells of who is whom, and goes on once that has been followed.
    private func learn(
        _ batch: WebhookBatch, bytes: Int, _ writer: ResponseWriter,
        then goOn: @escaping @Sendable () -> Void
    ) {
        let news = batch.news.map { ($0.id, $0.sighting) }
        let waiting = Countdown(from: batch.news.count) { isFollowed in
            guard isFollowed else {
                self.release(bytes)
                return self.turnAway(writer, because: "who is whom is not read back yet")
            }
            goOn()
        }
        for (id, _) in news { book.expect(id) { waiting.tell($0) } }
        appender.append(batch.news.map(\.record)) { result in
            if case .failure(let error) = result {
                self.logger.error("a webhook could not be stored", [.error: .error(error)])
            }
            var isStored = false
            if case .success = result { isStored = true }
            self.book.written(news, isStored: isStored)
        }
    }

    private func append(_ batch: WebhookBatch, bytes: Int, _ writer: ResponseWriter) {
        guard !batch.records.isEmpty else {
            release(bytes)
            return writer.respond(Self.accepted)
        }
        appender.append(batch.records) { result in
            self.release(bytes)
            switch result {
            case .success:
                writer.respond(Self.accepted)
            case .failure(let error):
                self.logger.error("a webhook could not be stored", [.error: .error(error)])
                self.turnAway(writer, because: error.description)
            }
        }
    }

    /// A body waits no more.
    private func release(_ bytes: Int) {
        waitingBytes.subtract(bytes, ordering: .relaxed)
    }

    /// 503: nothing was stored, and WhatsApp delivers again.
    private func turnAway(_ writer: ResponseWriter, because reason: String) {
        counters.turnedAway.increment()
        writer.respond(
            Problem(503, "unavailable", reason)
                .response(headers: [("Retry-After", Self.retryAfter)]))
    }

    private static let accepted = HTTPResponse(status: 200)
}

/// Tells once all of several have come, and whether they came well.
private final class Countdown: Sendable {
    private let state: Mutex<(left: Int, isWell: Bool)>
    private let tellAll: @Sendable (Bool) -> Void

    init(from count: Int, _ tell: @escaping @Sendable (Bool) -> Void) {
        state = Mutex((count, true))
        tellAll = tell
    }

    func tell(_ isWell: Bool) {
        let outcome: Bool? = state.withLock { state in
            state.left -= 1
            state.isWell = state.isWell && isWell
            return state.left == 0 ? state.isWell : nil
        }
        if let outcome { tellAll(outcome) }
    }
}

/// What the webhook counts.
private struct WebhookCounters {
    let messages: Counter
    let statuses: Counter
    let updates: Counter
    let cut: Counter
    let declined: Counter
    let unknown: Counter
    let badSignatures: Counter
    let notJSON: Counter
    let turnedAway: Counter

    init(_ metrics: Metrics) {
        func updates(_ kind: String) -> Counter {
            metrics.counter(
                "parley_webhook_updates_total", help: "Updates taken from webhooks, by kind.",
                labels: ["kind": kind])
        }
        func refused(_ reason: String) -> Counter {
            metrics.counter(
                "parley_webhook_refused_total", help: "Webhook requests refused, by reason.",
                labels: ["reason": reason])
        }
        messages = updates("message")
        statuses = updates("status")
        self.updates = updates("account")
        cut = metrics.counter(
            "parley_webhook_cut_total",
            help: "Messages, statuses and updates of which only the beginning is kept.")
        declined = metrics.counter(
            "parley_webhook_declined_total",
            help: "Messages in groups of tenants that take none in.")
        unknown = metrics.counter(
            "parley_webhook_unknown_business_total",
            help: "Changes for numbers and accounts of no tenant of the signing app.")
        badSignatures = refused("signature")
        notJSON = metrics.counter(
            "parley_webhook_unreadable_total",
            help: "Signed webhooks that are no JSON and were set aside.")
        turnedAway = refused("unavailable")
    }

    func add(_ batch: WebhookBatch) {
        if batch.messages > 0 { messages.increment(by: batch.messages) }
        if batch.statuses > 0 { statuses.increment(by: batch.statuses) }
        if batch.declined > 0 { declined.increment(by: batch.declined) }
        if batch.updates > 0 { updates.increment(by: batch.updates) }
        if batch.cut > 0 { cut.increment(by: batch.cut) }
        if batch.unknownBusinesses > 0 { unknown.increment(by: batch.unknownBusinesses) }
    }
}

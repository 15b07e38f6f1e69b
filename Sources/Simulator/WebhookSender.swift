import Cryptography
import FoundationEssentials
import HTTPClient
import Synchronization

/// Sends webhooks as Meta does: signed, in batches, again until the answer is 200.
final class WebhookSender: Sendable {
    /// Meta gives up after 7 days.
    private static let giveUp = Duration.seconds(7 * 24 * 3600)
    /// The wait before the second retry, doubled for each further one; the first is immediate.
    private static let firstWait = Duration.seconds(10)
    private static let longestWait = Duration.seconds(3600)
    private static let timeout = Duration.seconds(20)

    private struct State {
        var heap = UpdateHeap()
        var sleeper: CheckedContinuation<Void, Never>?
        var isStopped = false
        var verified: Set<String> = []
        var keys: [String: HMACKey] = [:]
    }

    private let state = Mutex(State())
    private let http: HTTPClient
    private let configuration: SimulatorConfiguration
    private let world: SharedWorld

    init(_ configuration: SimulatorConfiguration, http: HTTPClient, world: SharedWorld) {
        self.configuration = configuration
        self.http = http
        self.world = world
    }

    /// Plans updates.
    func add(_ updates: [WebhookUpdate]) {
        if updates.isEmpty { return }
        let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
            for update in updates { state.heap.insert(update) }
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Sends what becomes due until the task is cancelled.
    func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    let due = state.withLock { $0.heap.takeDue(at: Clock.milliseconds) }
                    for webhook in webhooks(of: due) {
                        group.addTask { await self.deliver(webhook) }
                    }
                    await pause()
                }
                group.cancelAll()
            }
        } onCancel: {
            let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
                state.isStopped = true
                defer { state.sleeper = nil }
                return state.sleeper
            }
            sleeper?.resume()
        }
    }

    /// Sleeps for a window while something is planned, else until something is.
    private func pause() async {
        let isIdle = state.withLock { $0.heap.nextDue == nil }
        guard isIdle else {
            // Cancellation ends the sleep early, which is what is wanted.
            try? await Task.sleep(for: configuration.webhookWindow)
            return
        }
        await withCheckedContinuation { continuation in
            let mustGoOn = state.withLock { state in
                guard state.heap.nextDue == nil, !state.isStopped else { return true }
                state.sleeper = continuation
                return false
            }
            if mustGoOn { continuation.resume() }
        }
    }
}

// MARK: - One webhook

extension WebhookSender {
    private struct Webhook: Sendable {
        var business: SimulatedBusiness
        var url: String
        var body: [UInt8]
        var updates: [WebhookUpdate]
    }

    /// The webhooks for what is due: one or more for each business.
    private func webhooks(of due: [WebhookUpdate]) -> [Webhook] {
        if due.isEmpty { return [] }
        return world.withLock { world in
            var order: [String] = []
            var changes: [String: [(update: WebhookUpdate, json: String)]] = [:]
            for update in due {
                guard let business = world.businesses[update.business] else { continue }
                world.noteStatus(update)
                if changes[update.business] == nil { order.append(update.business) }
                changes[update.business, default: []].append(
                    (update, update.change(of: business)))
            }
            return order.flatMap { name -> [Webhook] in
                guard let business = world.businesses[name], let url = business.webhookURL,
                    let all = changes[name]
                else { return [] }
                return stride(from: 0, to: all.count, by: configuration.updatesPerWebhook).map {
                    let part = all[$0..<min($0 + configuration.updatesPerWebhook, all.count)]
                    return Webhook(
                        business: business, url: url,
                        body: WebhookUpdate.body(
                            part.map(\.json), of: business,
                            at: part.lazy.compactMap(\.update.entryTime).first),
                        updates: part.map(\.update))
                }
            }
        }
    }

    private func deliver(_ webhook: Webhook) async {
        let name = webhook.business.name
        let (isRepeated, isLost) = world.withLock { world in
            world.stats.webhooks += 1
            world.stats.updates += webhook.updates.count
            return (
                world.faults.consume(.repeatWebhook, name) != nil,
                world.faults.consume(.lostAcknowledgement, name) != nil
            )
        }
        var mustSucceed = isLost ? 2 : 1
        var failures = 0
        var waited = Duration.zero
        while !Task.isCancelled {
            if await post(webhook) {
                world.withLock { $0.noteAcknowledged(webhook.updates, at: Clock.milliseconds) }
                mustSucceed -= 1
                if mustSucceed == 0 { break }
            } else {
                failures += 1
            }
            world.withLock { $0.stats.webhookRetries += 1 }
            guard failures > 1 else { continue }
            let wait = Self.wait(afterFailures: failures) * configuration.retryTimeScale
            waited += wait
            guard waited < Self.giveUp * configuration.retryTimeScale else {
                world.withLock { $0.stats.webhooksGivenUp += 1 }
                return
            }
            // Cancellation ends the sleep early; the loop looks.
            try? await Task.sleep(for: wait)
        }
        if isRepeated { _ = await post(webhook) }
    }

    private static func wait(afterFailures failures: Int) -> Duration {
        min(longestWait, firstWait * (1 << min(failures - 2, 20)))
    }

    /// Posts a webhook once; only 200 counts.
    private func post(_ webhook: Webhook) async -> Bool {
        guard await isVerified(webhook.business, webhook.url) == nil else { return false }
        guard let signature = signature(of: webhook) else { return false }
        var request = HTTPClientRequest(
            .post, webhook.url,
            headers: [
                "Content-Type": "application/json", "User-Agent": "facebookexternalua",
                "X-Hub-Signature-256": "sha256=\(signature)",
            ], body: webhook.body)
        request.timeout = Self.timeout
        let began = Clock.milliseconds
        var status: Int?
        do throws(HTTPClientError) {
            status = try await http.send(request).status
        } catch {
            // No answer came, which is what the log says.
        }
        world.withLock { [status] world in
            world.calls.note(
                "webhook", of: webhook.business.name, "POST \(webhook.url)", status, since: began,
                at: Clock.milliseconds, body: webhook.body)
        }
        return status == 200
    }

    private func signature(of webhook: Webhook) -> String? {
        let secret = webhook.business.appSecret
        do throws(CryptographyError) {
            var key = state.withLock { $0.keys[secret] }
            if key == nil {
                let made = try HMACKey(Array(secret.utf8))
                state.withLock { $0.keys[secret] = made }
                key = made
            }
            return try key.map { key throws(CryptographyError) in
                Hex.encode(try key.authenticate(webhook.body))
            }
        } catch {
            return nil
        }
    }
}

// MARK: - Verification

extension WebhookSender {
    /// Verifies a webhook's URL as Meta does, once; says what is wrong, or `nil` if all is well.
    func isVerified(_ business: SimulatedBusiness, _ url: String) async -> String? {
        let mark = "\(url) \(business.verifyToken)"
        if state.withLock({ $0.verified.contains(mark) }) { return nil }
        let challenge = String(UInt64.random(in: 1...9_999_999_999))
        let separator = url.contains("?") ? "&" : "?"
        let token = business.verifyToken.utf8.map { byte -> String in
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + Hex.encode([byte])
        }.joined()
        var request = HTTPClientRequest(
            .get,
            "\(url)\(separator)hub.mode=subscribe&hub.challenge=\(challenge)"
                + "&hub.verify_token=\(token)")
        request.timeout = Self.timeout
        do throws(HTTPClientError) {
            let response = try await http.send(request)
            guard response.status == 200 else { return "it answered \(response.status), not 200" }
            guard response.body == Array(challenge.utf8) else {
                return "it did not answer with the challenge"
            }
        } catch {
            return error.description
        }
        _ = state.withLock { $0.verified.insert(mark) }
        return nil
    }
}

/// The wall clock, as WhatsApp's timestamps need it.
enum Clock {
    /// Milliseconds since 1970.
    static var milliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}

/// The world behind its lock.
final class SharedWorld: Sendable {
    private let world: Mutex<World>

    init(_ world: sending World) { self.world = Mutex(world) }

    func withLock<Result, Failure: Error>(
        _ body: (inout sending World) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try world.withLock(body)
    }
}

extension World {
    /// Notes that a webhook with these updates was answered with 200.
    mutating func noteAcknowledged(_ updates: [WebhookUpdate], at now: Int64) {
        for update in updates {
            switch update.body {
            case .message(_, let number):
                conversations[update.conversation]?.acknowledge(number, at: now)
            case .status(let status):
                let position = status.index - 1
                let known = conversations[update.conversation]?.seen[position]
                    .status_acknowledged_at
                conversations[update.conversation]?.seen[position].status_acknowledged_at =
                    known ?? now
            case .echo, .news: break
            }
        }
    }

    /// Notes in the customer's log that a status is being reported.
    mutating func noteStatus(_ update: WebhookUpdate) {
        guard case .status(let status) = update.body else { return }
        conversations[update.conversation]?.seen[status.index - 1].statuses.append(status.word)
    }
}

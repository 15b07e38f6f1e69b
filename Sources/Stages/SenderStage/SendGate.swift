package import Conversation

/// What all conversations of a process share before a call: the rate of each business number, and
/// the holds that errors put on numbers, accounts, tenants and the app.
///
/// A value: the wiring keeps one behind a lock, asks ``admit(_:at:)`` before each send and tells
/// it the answer.
package struct SendGate: Sendable {
    /// Who wants to send.
    package struct Sender: Hashable, Sendable {
        /// The business.
        package var tenant: TenantID
        /// The WhatsApp business account.
        package var account: String
        /// The business number.
        package var number: BusinessNumberID
        /// The most messages a second of the number, in and out.
        package var messagesPerSecond: Int

        /// Describes a sender.
        package init(
            tenant: TenantID, account: String, number: BusinessNumberID, messagesPerSecond: Int
        ) {
            self.tenant = tenant
            self.account = account
            self.number = number
            self.messagesPerSecond = messagesPerSecond
        }
    }

    /// Whether to call.
    package enum Admission: Hashable, Sendable {
        /// Call after this wait, which is zero or short.
        case go(after: Duration)
        /// Do not call before this.
        ///
        /// `stop` is WhatsApp's error, where it refused everything; `knowing` is the end of the
        /// stop as others told it.
        case held(until: Timestamp, because: String, stop: Int? = nil, knowing: Timestamp? = nil)
    }

    private struct Hold {
        var until: Timestamp
        var reason: String
        var failures: Int
        /// WhatsApp's error, where it is worth telling others.
        var stop: Int?
        /// What is known of it from others; `nil` for what was noticed here.
        var shared: ChannelStop?
    }

    /// WhatsApp counts messages in and out together, so a third is left for what comes in.
    package static let outboundShare = 2.0 / 3
    /// The rate of a number that WhatsApp has not raised (WhatsApp, "Throughput").
    package static let standardMessagesPerSecond = 80
    /// A longer wait for the number's rate is told to the stage instead of blocking a call.
    package static let longestWait = Duration.seconds(2)
    /// After a hold one send looks whether it is over; the others wait this long for its answer.
    package static let probeWait = Duration.seconds(10)

    private var buckets: [BusinessNumberID: TokenBucket] = [:]
    private var holds: [String: Hold] = [:]
    private let processes: Int

    /// A gate that holds nobody, of one of so many processes: a number's conversations are spread
    /// over all of them, and so is its rate.
    package init(processes: Int = 1) { self.processes = max(1, processes) }

    /// Whether this sender may call now.
    package mutating func admit(_ sender: Sender, at now: Timestamp) -> Admission {
        for key in scopes(of: sender) {
            guard let hold = holds[key] else { continue }
            if hold.until > now {
                return .held(
                    until: hold.until, because: hold.reason, stop: hold.stop,
                    knowing: hold.shared?.until)
            }
            holds[key]?.until = now + Self.probeWait
        }
        let rate =
            Double(max(1, sender.messagesPerSecond)) * Self.outboundShare / Double(processes)
        var bucket =
            buckets[sender.number]
            ?? TokenBucket(rate: rate, burst: max(1, rate / 4), at: now)
        bucket.rate = rate
        var tried = bucket
        let wait = tried.consumeToken(at: now)
        guard wait <= Self.longestWait else {
            return .held(until: now + wait, because: "the number's rate limit")
        }
        buckets[sender.number] = tried
        return .go(after: wait)
    }

    /// WhatsApp accepted a message of this sender: its holds are over.
    ///
    /// - Returns: Whether everything was held until now, as others were told.
    @discardableResult
    package mutating func accepted(_ sender: Sender) -> Bool {
        if holds.isEmpty { return false }
        var wasStopped = false
        for key in scopes(of: sender) {
            if holds[key]?.stop != nil { wasStopped = true }
            holds[key] = nil
        }
        return wasStopped
    }

    /// Takes in what other senders, or this one before its restart, know of the sender's line.
    package mutating func follow(_ stops: [ChannelStop], of sender: Sender) {
        if stops.isEmpty, holds.isEmpty { return }
        for reach in [ChannelStop.Reach.tenant, .account, .number] {
            guard let key = Self.key(of: reach.scope, sender) else { continue }
            let stop = stops.last { $0.reach == reach && $0.concerns(sender.number) }
            if let stop {
                // Once taken in, its time is this process's own: one message looks whether it is
                // over, and the others wait for that.
                guard holds[key]?.shared != stop else { continue }
                holds[key] = Hold(
                    until: stop.until, reason: stop.sentence, failures: stop.failures,
                    stop: stop.code, shared: stop)
            } else if holds[key]?.shared != nil {
                holds[key] = nil
            }
        }
    }

    /// WhatsApp refused a message of this sender: holds the scope that the error concerns.
    package mutating func refused(
        _ sender: Sender, _ error: PlatformError, at now: Timestamp
    ) {
        let failure = SendFailure.classify(error)
        guard let key = Self.key(of: failure.scope, sender) else { return }
        let failures = (holds[key]?.failures ?? 0) + 1
        holds[key] = Hold(
            until: now + failure.wait(afterFailures: failures), reason: error.sentence,
            failures: failures, stop: failure.reach == nil ? nil : error.code,
            shared: holds[key]?.shared)
    }

    private func scopes(of sender: Sender) -> [String] {
        if holds.isEmpty { return [] }
        return [SendFailure.Scope.app, .tenant, .account, .number].compactMap {
            Self.key(of: $0, sender)
        }
    }

    private static func key(of scope: SendFailure.Scope, _ sender: Sender) -> String? {
        switch scope {
        case .message, .pair: nil
        case .number: "number/\(sender.number.rawValue)"
        case .account: "account/\(sender.account)"
        case .tenant: "tenant/\(sender.tenant.rawValue)"
        case .app: "app"
        }
    }
}

extension PlatformError {
    /// A sentence for people: the code and what it means in general, as WhatsApp's own words may
    /// quote what was sent and to whom.
    package var sentence: String {
        GraphErrorEntry.isKnown(code)
            ? "WhatsApp refused it with error \(code): \(entry.meaning)"
            : "WhatsApp refused it with error \(code)"
    }
}

extension ChannelStop.Reach {
    /// The same, as errors are classed by.
    fileprivate var scope: SendFailure.Scope {
        switch self {
        case .tenant: .tenant
        case .account: .account
        case .number: .number
        }
    }
}

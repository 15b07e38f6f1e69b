/// Where the simulator listens and how WhatsApp's own pace is imitated.
package struct SimulatorConfiguration: Sendable {
    /// A name or numeric address of this machine.
    package var host = "127.0.0.1"
    /// The port; 0 takes a free one.
    package var port = 0
    /// The folder that keeps the registered businesses, or `nil` to keep nothing.
    package var dataDirectory: String?
    /// From the acceptance of a message to its `sent` status.
    package var sentDelay: Duration = .milliseconds(20)
    /// From the acceptance to its `delivered` status.
    package var deliveredDelay: Duration = .milliseconds(60)
    /// From the acceptance to its `read` status; `nil` for customers who never read.
    package var readDelay: Duration? = .milliseconds(150)
    /// Updates that become due within this time share a webhook.
    package var webhookWindow: Duration = .milliseconds(5)
    /// Updates in one webhook (WhatsApp: up to 1,000).
    package var updatesPerWebhook = 200
    /// What Meta's waits between retries are multiplied by.
    package var retryTimeScale = 1.0
    /// Whether the pair limit (131056) holds.
    package var enforcesPairLimit = false
    /// Messages a second of one number before 130429, or `nil` for no limit.
    package var messagesPerSecond: Int?
    /// Seeds ids and the faults that come by chance; `nil` for another run every time.
    package var seed: UInt64?

    /// The defaults.
    package init() {}
}

/// Why the simulator cannot run.
package enum SimulatorError: Error, Sendable, CustomStringConvertible {
    /// A file of the data folder cannot be read or written.
    case file(path: String, reason: String)
    /// A library or the system has no resources.
    case resources(String)

    /// A sentence for people.
    package var description: String {
        switch self {
        case .file(let path, let reason): "the simulator's file \(path): \(reason)"
        case .resources(let reason): "the simulator cannot start: \(reason)"
        }
    }
}

/// A small generator with a seed, so that a run can be repeated (SplitMix64).
struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64?) { state = seed ?? UInt64.random(in: .min ... .max) }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

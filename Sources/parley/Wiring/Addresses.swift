import Configuration

/// Where the processes of an installation listen and are reached: the one source of its addresses.
///
/// The webhook and the console listen where `--host` says; all else is for this machine only. The
/// ports count up from a base.
struct Addresses: Sendable, Hashable {
    /// Where what is only for this machine listens.
    static let loopback = "127.0.0.1"

    /// Where the webhook and the console listen: an address or a name of this machine.
    let host: String
    /// The first port.
    let base: Int

    init(host: String = loopback, base: Int) {
        self.host = host
        self.base = base
    }

    var webhookPort: Int { base }
    /// The port of the `index`-th ingester: the first has the base, others what is free above.
    func webhookPort(_ index: Int) -> Int { index == 0 ? base : embeddingsPort + index }
    var consolePort: Int { base + 1 }
    var simulatorPort: Int { base + 2 }
    var embeddingsPort: Int { base + 3 }
    /// The embedding server for documents; the last port before telemetry's.
    var readingEmbeddingsPort: Int { base + 9 }

    /// The telemetry port of the `index`-th process.
    func telemetryPort(_ index: Int) -> Int { base + 10 + index }

    var webhook: String { Self.url(host, webhookPort) + "/webhook" }
    var console: String { Self.url(host, consolePort) }
    var simulator: String { Self.url(Self.loopback, simulatorPort) }
    var embeddings: String { Self.url(Self.loopback, embeddingsPort) }
    var readingEmbeddings: String { Self.url(Self.loopback, readingEmbeddingsPort) }

    /// The URL under which this machine reaches what listens on a host's port.
    static func url(_ host: String, _ port: Int) -> String {
        "http://\(authority(reachable(host))):\(port)"
    }

    /// A host as it stands in URLs and in `Host` headers: IPv6 addresses in brackets.
    static func authority(_ host: String) -> String {
        let isIPv6 = host.contains(":") && !host.hasPrefix("[")
        return (isIPv6 ? "[\(host)]" : host).lowercased()
    }

    /// All addresses of a machine at once cannot be called: this machine's own is meant.
    private static func reachable(_ host: String) -> String {
        switch host {
        case "0.0.0.0": loopback
        case "::": "::1"
        default: host
        }
    }
}

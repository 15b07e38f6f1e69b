/// Decides from where requests may come: from programs on this machine and pages of the service
/// itself, not from pages of other sites, nor from a page that rebinds its name to this address.
package struct SourceGuard: Sendable {
    private let service: String
    private let hosts: Set<String>
    private let settled: @Sendable () -> String?

    /// `service` is what errors call the server, such as `console`; `hosts` are names under which
    /// it may be reached besides this machine's own, and `settled` gives one that people set.
    package init(
        service: String, hosts: Set<String> = [],
        settled: @escaping @Sendable () -> String? = { nil }
    ) {
        self.service = service
        self.settled = settled
        self.hosts = Set(hosts.map { $0.lowercased() }).union(["localhost", "127.0.0.1", "[::1]"])
    }

    /// Refuses requests to a foreign host name and from pages of other origins.
    package func check(_ request: HTTPRequest) throws(Problem) {
        let host = request.headers.first(named: "Host")
        guard let host, isOurs(Self.name(ofHost: host)) else {
            throw Problem(
                421, "wrong_host",
                "the \(service) does not answer under this host name; "
                    + "use 127.0.0.1 or localhost, or allow the name where Parley is started")
        }
        guard allows(origin: request.headers.first(named: "Origin"), host: host) else {
            throw Problem(
                403, "origin",
                "pages of other origins may not call the \(service)")
        }
    }

    private func isOurs(_ name: String) -> Bool {
        hosts.contains(name) || settled()?.lowercased() == name
    }

    /// Whether a page of that origin may ask this host: only its own; programs name none.
    package func allows(origin: String?, host: String?) -> Bool {
        guard let origin else { return true }
        guard let host else { return false }
        let authority = host.lowercased()
        return origin.lowercased() == "http://\(authority)"
            || origin.lowercased() == "https://\(authority)"
    }

    private static func name(ofHost host: String) -> String {
        let lower = host.lowercased()
        if lower.hasPrefix("[") { return lower.prefix { $0 != "]" } + "]" }
        return String(lower.prefix { $0 != ":" })
    }
}

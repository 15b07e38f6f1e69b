import HTTPServer

/// Decides who may ask at all: pages of other sites, and callers without the key, may not.
struct RequestGuard: Sendable {
    private let key: APIKey
    private let hosts: Set<String>

    /// `hosts` are names under which the console may be reached besides this machine's own.
    init(key: APIKey, hosts: Set<String>) {
        self.key = key
        self.hosts = hosts.union(["localhost", "127.0.0.1", "[::1]"])
    }

    /// Refuses requests to a foreign host name (a page that rebinds its name to this address) and
    /// from pages of other origins.
    func checkSource(_ request: HTTPRequest) throws(HTTPError) {
        let host = request.headers.first(named: "Host")
        guard let host, hosts.contains(Self.name(ofHost: host)) else {
            throw HTTPError(
                421, code: "wrong_host",
                message: "the console does not answer under this host name; "
                    + "use 127.0.0.1 or localhost, or allow the name where Parley is started")
        }
        guard allows(origin: request.headers.first(named: "Origin"), host: host) else {
            throw HTTPError(
                403, code: "origin", message: "pages of other origins may not call the console")
        }
    }

    /// Refuses requests without the installation's key.
    func checkKey(_ request: HTTPRequest) throws(HTTPError) {
        let lines = request.headers.all(named: "Authorization")
        guard lines.count == 1, let token = Self.bearer(lines[0]), key.matches(token) else {
            throw HTTPError(
                401, code: "unauthorized",
                message: "send the installation's key as `Authorization: Bearer KEY`; "
                    + "it stands in console.key in the data folder")
        }
    }

    /// Whether a page of that origin may ask this host: only its own; programs name none.
    func allows(origin: String?, host: String?) -> Bool {
        guard let origin else { return true }
        guard let host else { return false }
        let authority = host.lowercased()
        return origin.lowercased() == "http://\(authority)"
            || origin.lowercased() == "https://\(authority)"
    }

    private static func bearer(_ line: String) -> String? {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1].drop { $0 == " " })
    }

    private static func name(ofHost host: String) -> String {
        let lower = host.lowercased()
        if lower.hasPrefix("[") { return lower.prefix { $0 != "]" } + "]" }
        return String(lower.prefix { $0 != ":" })
    }
}

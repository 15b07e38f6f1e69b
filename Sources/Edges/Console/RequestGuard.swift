import HTTPServer

/// Decides who may ask at all: pages of other sites, and callers without the key, may not.
struct RequestGuard: Sendable {
    private let key: APIKey
    private let source: SourceGuard

    /// `hosts` are names under which the console may be reached besides this machine's own.
    init(key: APIKey, hosts: Set<String>) {
        self.key = key
        source = SourceGuard(service: "console", hosts: hosts)
    }

    /// Refuses requests to a foreign host name (a page that rebinds its name to this address) and
    /// from pages of other origins.
    func checkSource(_ request: HTTPRequest) throws(HTTPError) { try source.check(request) }

    /// The installation's key as records name it.
    var actor: String { key.actor }

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
        source.allows(origin: origin, host: host)
    }

    private static func bearer(_ line: String) -> String? {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1].drop { $0 == " " })
    }
}

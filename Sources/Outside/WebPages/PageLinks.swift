package import Foundation

/// The addresses on a page.
package enum PageLinks {
    /// More links than this are no page that a person made.
    private static let most = 2_000

    /// Where the links of a page lead, without their fragments, each once, in its order.
    package static func links(in page: [UInt8], at address: URL) -> [URL] {
        let text = String(decoding: page, as: UTF8.self)
        var base = address
        if let tag = text.firstMatch(of: #/<base\s[^>]*href\s*=\s*["']?([^"'\s>]+)/#.ignoresCase()),
            let named = URL(string: String(tag.1), relativeTo: address)
        {
            base = named.absoluteURL
        }
        var seen: Set<String> = []
        var links: [URL] = []
        let link = #/<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))/#.ignoresCase()
        for match in text.matches(of: link).prefix(most) {
            let written = match.1 ?? match.2 ?? match.3 ?? ""
            let plain = written.replacing("&amp;", with: "&").replacing(/\s/, with: "")
            guard let found = URL(string: String(plain), relativeTo: base),
                let clean = WebAddress.clean(found.absoluteURL),
                seen.insert(clean.absoluteString).inserted
            else { continue }
            links.append(clean)
        }
        return links
    }
}

/// Addresses of pages.
package enum WebAddress {
    /// A page's address as it is fetched and known: http or https, with a host, without a fragment,
    /// a password or a default port; `nil` for anything else.
    package static func clean(_ url: URL) -> URL? {
        guard var parts = URLComponents(url: url, resolvingAgainstBaseURL: true),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil
        else { return nil }
        parts.scheme = scheme
        parts.host = host.lowercased()
        parts.fragment = nil
        if parts.port == (scheme == "http" ? 80 : 443) { parts.port = nil }
        if parts.path.isEmpty { parts.path = "/" }
        return parts.url
    }

    /// Whether two pages are of one site: of the same host and port, with or without TLS.
    package static func isSameSite(_ one: URL, _ other: URL) -> Bool {
        one.host() == other.host() && port(one) == port(other)
    }

    private static func port(_ url: URL) -> Int? {
        // Moving a site to TLS moves it from one standard port to the other.
        url.port
    }

    /// A path with its query, as `robots.txt` speaks of it.
    static func path(_ url: URL) -> String {
        let path = url.path(percentEncoded: true)
        return (path.isEmpty ? "/" : path)
            + (url.query(percentEncoded: true).map { "?" + $0 } ?? "")
    }
}

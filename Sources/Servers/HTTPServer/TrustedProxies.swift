package import NetworkAddress

/// Where a request came from, as far as it can be believed.
package struct ClientAddress: Sendable, Hashable {
    /// Who asks: the nearest address that no trusted proxy has.
    package var address: IPAddress
    /// The trusted proxies it came through, the nearest to us first; shown where proxies are set
    /// up, so that a wrong setting is seen.
    package var proxies: [IPAddress]
}

/// The proxies whose word is taken for where requests come from.
///
/// `X-Forwarded-For` is a list to which each proxy appends the address that it was asked from. So
/// only its end can be believed, and only as far as those who wrote it: it is read from the right,
/// over trusted addresses, to the first that is not. What stands left of that, the client wrote.
package struct TrustedProxies: Sendable {
    /// More entries than any chain of proxies has: the rest is not read.
    private static let mostEntries = 64

    private let ranges: [AddressRange]

    /// Trusts proxies at addresses in these ranges.
    package init(_ ranges: [AddressRange]) {
        self.ranges = ranges
    }

    /// Where a request came from; nil only where its connection has no address.
    package func client(of request: HTTPRequest) -> ClientAddress? {
        client(
            peer: request.remoteAddress,
            forwarded: request.headers.all(named: "X-Forwarded-For"))
    }

    /// Where a request came from whose connection is with `peer`; `forwarded` are the values of
    /// its `X-Forwarded-For` lines, in order.
    package func client(peer: String, forwarded: [String]) -> ClientAddress? {
        guard let peer = IPAddress(peer)?.unmapped else { return nil }
        var client = ClientAddress(address: peer, proxies: [])
        let entries = forwarded.flatMap { line in
            line.split(separator: ",", omittingEmptySubsequences: false)
        }
        for entry in entries.suffix(Self.mostEntries).reversed() {
            // The last known one wrote this entry: without trust in it, it is the client.
            guard isTrusted(client.address) else { return client }
            // Junk ends what can be believed: the proxy that took it over is the nearest known.
            guard let address = Self.address(in: entry)?.unmapped else { return client }
            client.proxies.append(client.address)
            client.address = address
        }
        return client
    }

    private func isTrusted(_ address: IPAddress) -> Bool {
        ranges.contains { $0.contains(address) }
    }

    /// The address of an entry: bare, an IPv4 address with a port, or in brackets with or without
    /// one.
    private static func address(in entry: Substring) -> IPAddress? {
        guard entry.utf8.count <= 100, !entry.contains("%") else { return nil }
        var text = entry.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            let inner = text[text.index(after: text.startIndex)..<end]
            // Brackets are for IPv6 (RFC 3986, 3.2.2).
            return inner.contains(":") ? IPAddress(inner) : nil
        }
        if let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") {
            return isPort(text[colon...]) ? IPAddress(text[..<colon]) : nil
        }
        return IPAddress(text)
    }

    private static func isBlank(_ character: Character) -> Bool {
        character == " " || character == "\t"
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && (2...6).contains(text.utf8.count)
            && text.utf8.dropFirst().allSatisfy { Octet.digit($0) != nil }
    }
}

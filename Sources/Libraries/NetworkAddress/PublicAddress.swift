extension IPAddress {
    /// What is not the public internet: IANA's IPv4 and IPv6 special-purpose address registries
    /// (RFC 6890 and its updates), multicast (RFC 5771), and the reserved rest (RFC 1112).
    private static let special: [AddressRange] = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    ].compactMap(AddressRange.init)

    /// The only IPv6 block given out for the public internet (RFC 4291, section 2.4).
    private static let globalUnicast = AddressRange("2000::/3")

    /// Whether it is an address of the public internet.
    package var isPublic: Bool {
        if let embedded { return embedded.isPublic }
        if bytes.count == 16, Self.globalUnicast?.contains(self) != true { return false }
        return !Self.special.contains { $0.contains(self) }
    }
}

/// A host as URLs name it, as far as its name alone tells where it is.
package enum HostName {
    /// Names that are no one's on the public internet (RFC 6761, RFC 6762, RFC 8375, RFC 9476,
    /// ICANN's reservation of `internal`).
    private static let privateZones = [
        "localhost", "local", "internal", "home.arpa", "test", "invalid", "alt",
    ]

    /// Whether a host is certainly not on the public internet: a private address in whatever
    /// notation resolvers take, a name of this machine or network, a name without a zone.
    ///
    /// What a public name resolves to is looked at when it is used.
    package static func isPrivate(_ host: String) -> Bool {
        var name = host.lowercased()
        if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        while name.hasSuffix(".") { name.removeLast() }
        if let address = IPAddress(name) { return !address.isPublic }
        guard name.contains(".") else { return true }
        // Resolvers read 127.1, 0x7f.0.0.1 and the like as addresses.
        let last = name.split(separator: ".").last ?? ""
        if last.first?.isNumber == true { return true }
        return privateZones.contains { name == $0 || name.hasSuffix(".\($0)") }
    }
}

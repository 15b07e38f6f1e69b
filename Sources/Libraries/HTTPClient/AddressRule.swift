package import NetworkAddress

/// Which addresses a request may go to: the guard against server-side request forgery.
///
/// The address is checked when a socket is opened, after name resolution, so a name that resolves
/// to a private address now and to a public one a moment before does not get through; and once
/// more before the request is written, as the connection may be one that another request opened.
package enum AddressRule: Sendable, Hashable {
    /// Any address: for URLs that only the installation's owner can set.
    case any
    /// Addresses of the public internet, and these: for URLs that a tenant can set.
    case publicOnly(allowing: [AddressRange] = [])

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

    /// Whether the rule lets a request go there.
    func allows(_ address: IPAddress) -> Bool {
        guard case .publicOnly(let exceptions) = self else { return true }
        return exceptions.contains { $0.contains(address) } || Self.isPublic(address)
    }

    private static func isPublic(_ address: IPAddress) -> Bool {
        if let embedded = address.embedded { return isPublic(embedded) }
        if address.bytes.count == 16, globalUnicast?.contains(address) != true { return false }
        return !special.contains { $0.contains(address) }
    }
}

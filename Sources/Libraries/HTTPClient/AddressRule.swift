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

    /// Whether the rule lets a request go there.
    func allows(_ address: IPAddress) -> Bool {
        guard case .publicOnly(let exceptions) = self else { return true }
        return exceptions.contains { $0.contains(address) } || address.isPublic
    }
}

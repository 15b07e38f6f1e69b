package import RateLimits

/// How much of the API one caller may have: all bounds of the console's edge, in one place.
///
/// Pages and their files are not counted, nor is whoever holds the installation's key: they could
/// stop the console as well.
package struct ConsoleLimits: Sendable {
    /// Of a network: an IPv4 /24 or an IPv6 /64.
    ///
    /// This machine's own programs are not counted.
    package var address = RateLimit(1_200, perSeconds: 60)
    /// Of a person, an API key or an agent.
    package var caller = RateLimit(1_200, perSeconds: 60)
    /// Of all people, keys and agents of a tenant together.
    package var tenant = RateLimit(6_000, perSeconds: 60)
    /// Networks, callers and tenants remembered, each.
    package var remembered = 20_000

    /// The usual bounds.
    package init() {}
}

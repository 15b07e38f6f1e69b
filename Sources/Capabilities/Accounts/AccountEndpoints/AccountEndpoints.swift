package import Endpoints

/// Accounts over HTTP: set-up, signing in, links of mails, and everybody's own account.
package struct AccountEndpoints: Sendable {
    let entrance: Entrance

    /// Answers by the doors' common parts.
    package init(_ entrance: Entrance) { self.entrance = entrance }

    /// The endpoints.
    package var endpoints: [Endpoint] {
        setUp + signIn + links + own + ownSessions + ownFactor + impersonations
    }
}

package import Conversation

/// How a business reaches the Graph API; the token never appears in a description.
package struct GraphAccess: Sendable, CustomStringConvertible, CustomReflectable {
    /// The Graph API's base URL, without a slash at its end.
    package let baseURL: String
    /// The Graph API's version, such as `v26.0`.
    package let version: String
    /// The business number that sends, or that media belong to.
    package let number: BusinessNumberID
    let token: String

    /// Describes the access.
    package init(baseURL: String, version: String, number: BusinessNumberID, token: String) {
        var baseURL = baseURL
        while baseURL.hasSuffix("/") { baseURL.removeLast() }
        self.baseURL = baseURL
        self.version = version
        self.number = number
        self.token = token
    }

    /// The number and the server, not the token.
    package var description: String { "\(number.rawValue) at \(baseURL)/\(version)" }
    /// No children, so that no dump shows the token.
    package var customMirror: Mirror { Mirror(self, children: []) }

    var authorization: String { "Bearer \(token)" }
}

/// Thrown by a route's handler to answer with an error that the caller should see.
package struct HTTPError: Error, Equatable, Sendable {
    /// The status, 4xx or 5xx.
    package let status: Int
    /// A stable word for programs, in snake case.
    package let code: String
    /// A sentence for people.
    package let message: String

    /// An error with its status, code and message.
    package init(_ status: Int, code: String, message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    /// The response: the JSON error body of `HTTPResponse.error`.
    package var response: HTTPResponse { .error(status, code: code, message: message) }
}

/// Why a request cannot be taken; the connection answers with the status and closes.
package struct RequestRejection: Error, Equatable, Sendable {
    /// The status to answer with, 4xx or 5xx.
    package let status: Int
    /// What was wrong, for the peer and the log; never quotes the request.
    package let reason: String

    /// A rejection with its status and reason.
    package init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }
}

package import Conversation
import Endpoints
package import JSON

/// A session as its person sees it, or who runs the installation.
package struct SessionListing: Hashable, Codable, Described {
    /// The session.
    package var id: SessionID
    var kind: String
    var userAgent: String?
    var address: String?
    var began: Timestamp
    /// When it was last used.
    package var used: Timestamp
    var expires: Timestamp
    var isCurrent: Bool?

    /// A session; `used` is when it was last used, where somebody knows it better than records do,
    /// and `isCurrent` whether it is the one that asks.
    package init(_ row: SessionRow, used: Timestamp? = nil, isCurrent: Bool? = nil) {
        id = row.id
        kind = row.kind
        userAgent = row.userAgent
        address = row.address
        began = row.began
        self.used = used ?? row.used
        expires = row.expires
        self.isCurrent = isCurrent
    }

    package static let schema = JSONSchema.object(
        [
            .required("id", .id("The session.")),
            .required("kind", .text("What it is on: browser, cli.")),
            .optional("userAgent", .text("The browser or program, as it calls itself.")),
            .optional("address", .text("The address that it began from.")),
            .required("began", .time("When it began.")),
            .required("used", .time("When it was last used.")),
            .required("expires", .time("When it ends, whatever happens.")),
            .optional("isCurrent", .boolean("Whether it is the one that asks.")),
        ], named: "Session")
}

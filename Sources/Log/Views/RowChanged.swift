package import Conversation

/// That a row of a view is new, another, or gone: what pages that listen to the row's room hear.
///
/// A room is what pages show together, such as `team` or `notifications`.
package struct RowChanged: ViewChange, Hashable {
    /// Whose row it is.
    package enum Place: Hashable, Sendable {
        /// The installation's.
        case installation
        /// A tenant's.
        case tenant(TenantID)
        /// One person's own.
        case account(AccountID)
    }

    /// What became of the row.
    package enum Kind: String, Hashable, Sendable, Codable {
        /// There was none before, or another one: it is as told now.
        case changed
        /// It is there no more.
        case removed
    }

    /// The room.
    package var room: String
    /// Whose row it is.
    package var place: Place
    /// The row.
    package var id: String
    /// What became of it.
    package var kind: Kind
    /// Which state of the row this is: it only rises.
    ///
    /// Pages drop what is older than what they have.
    package var version: Int64?
    /// What is to be told of it at once, as JSON; without it, pages read the row anew.
    package var json: String?

    /// Describes a change.
    package init(
        _ room: String, _ place: Place, id: String, kind: Kind = .changed, version: Int64? = nil,
        json: String? = nil
    ) {
        self.room = room
        self.place = place
        self.id = id
        self.kind = kind
        self.version = version
        self.json = json
    }
}

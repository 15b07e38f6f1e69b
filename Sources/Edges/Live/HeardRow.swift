package import Endpoints
package import Views

/// A row changed of which not all who listen to its room may hear.
package struct HeardRow: ViewChange, Hashable {
    /// What changed.
    package let row: RowChanged
    /// Who of the team may hear of it; `nil` for everybody.
    package let audience: Audience?

    /// Describes a change.
    package init(_ row: RowChanged, heardBy audience: Audience?) {
        self.row = row
        self.audience = audience
    }
}

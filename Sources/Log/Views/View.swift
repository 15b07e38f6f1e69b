package import Conversation
package import Records

/// Rows that are made of topics: for paging, searching and counting, never for deciding.
///
/// A view can be thrown away: its rows follow from the records alone, whatever the order in which
/// records of different partitions come. ``StoredView`` keeps it in a file.
package struct View: Sendable {
    /// The view's name, which its file bears: small letters and `-`.
    package var name: String
    /// The topics that it is made of.
    package var topics: [Topic]
    /// The types of records that it looks at; all others are passed over unread.
    package var types: RecordTypes
    /// The tables and indexes, as SQL.
    package var schema: String
    /// To be raised where `apply` makes other rows of the same records: the view is built anew.
    package var version: Int
    /// What is done, as SQL, after a tenant's rows were deleted: for what holds them, and has no
    /// column that says whose it is.
    package var afterForgetting: String?
    /// Whether its rows may be seconds old: records are gathered for longer, so that it costs less
    /// beside those that people wait for.
    package var isUnhurried: Bool
    /// What a record changes.
    package var apply: Apply

    /// Describes a view.
    package init(
        _ name: String, of topics: [Topic], reading types: [any Payload.Type], version: Int = 1,
        schema: String, afterForgetting: String? = nil, isUnhurried: Bool = false,
        apply: @escaping Apply
    ) {
        self.name = name
        self.topics = topics
        self.types = RecordTypes(types)
        self.version = version
        self.schema = schema
        self.afterForgetting = afterForgetting
        self.isUnhurried = isUnhurried
        self.apply = apply
    }
}

/// What a view has to tell those who watch it, once the rows that it is about can be read.
package protocol ViewChange: Sendable {}

/// What was announced until now may not be all: the view was lost, and is built anew in silence.
package struct ViewStartedOver: ViewChange, Hashable {}

package import Conversation
package import SQLite
import Views

/// The conversations of one customer.
package struct CustomerConversations: Hashable, Sendable {
    /// One that went on in another.
    package struct Joined: Hashable, Sendable {
        /// The conversation, as it was.
        package var conversation: ConversationListing
        /// When it was joined.
        package var at: Timestamp
    }

    /// Where all goes on.
    package var standing: ConversationListing
    /// Those that are read as one with it.
    package var joined: [Joined]
    /// The same customer's with other numbers of the business, which are never one with it.
    package var elsewhere: [ConversationListing]
}

extension ConversationRows {
    /// The most conversations elsewhere that are told of: a business has a few numbers.
    private static let mostElsewhere = 32

    /// What belongs to the customer of a conversation; `nil` if there is none of that name.
    package func customer(
        of conversation: ConversationID
    ) throws(SQLiteError) -> CustomerConversations? {
        guard let standing = try listing(of: conversation) else { return nil }
        var joined: [CustomerConversations.Joined] = []
        for name in try self.joined(to: standing.conversation).dropFirst() {
            let at = try rows.first(
                "SELECT at FROM moves WHERE tenant = ? AND conversation = ?",
                .text(tenant.rawValue), .text(name.rawValue)
            ) { Timestamp(milliseconds: $0.int64(0)) }
            guard let at, let row = try row(of: name) else { continue }
            joined.append(.init(conversation: row, at: at))
        }
        return CustomerConversations(
            standing: standing, joined: joined, elsewhere: try elsewhere(than: standing))
    }

    /// Conversations of a customer with other numbers: by the user id, which is the business's, or
    /// by the phone number.
    private func elsewhere(
        than conversation: ConversationListing
    ) throws(SQLiteError) -> [ConversationListing] {
        guard let number = conversation.number else { return [] }
        var found: [ConversationListing] = []
        for (column, value) in [
            ("user_id", conversation.customer.userID), ("phone", conversation.customer.phone),
        ] {
            guard let value else { continue }
            let condition = try condition()
            let more = try listings(
                """
                \(condition.sql) AND \(column) = ? AND number <> ?
                ORDER BY last_at DESC LIMIT \(Self.mostElsewhere)
                """, condition.values + [.text(value), .text(number.rawValue)])
            // A number that somebody else has now is no link.
            found += more.filter { other in
                !found.contains(other)
                    && (other.customer.userID == nil || conversation.customer.userID == nil
                        || other.customer.userID == conversation.customer.userID)
            }
        }
        return found
    }
}

package import Conversation
package import ConversationView
import Endpoints
package import JSON

/// Which names and conversations are one customer's, and which others may be the same person's.
package struct CustomerLinks: Hashable, Sendable, Codable {
    /// One that can be undone.
    package struct Link: Hashable, Sendable, Codable {
        /// What a link leads to.
        package enum Kind: String, Hashable, Sendable, Codable {
            /// A phone number.
            case phone
            /// A user id that WhatsApp made for the business.
            case userID
            /// What was said in a conversation that began under a name that nobody bears any more.
            case conversation
        }

        /// The link, as it is undone: the conversation that began, or would begin, under the name.
        package var id: ConversationID
        /// What it leads to.
        package var kind: Kind
        /// The number or user id.
        package var value: String?
        /// When a conversation under it was joined to this one.
        package var since: Timestamp?
    }

    /// The conversation in which everything of this customer goes on.
    package var conversation: ConversationID
    /// The customer's names.
    package var links: [Link]
    /// The same person's conversations with other numbers of the business, which stay their own.
    package var elsewhere: [ConversationListing]

    /// How an identifier is named.
    typealias Naming = (String) -> ConversationID

    /// Reads the links of a customer.
    init(_ customer: CustomerConversations, by name: Naming) {
        conversation = customer.standing.conversation
        elsewhere = customer.elsewhere
        links = []
        var moved: [ConversationID: Timestamp] = [:]
        for joined in customer.joined { moved[joined.conversation.conversation] = joined.at }
        for listing in [customer.standing] + customer.joined.map(\.conversation) {
            if let user = listing.customer.userID {
                add([name(user)], .userID, user, moved)
            }
            if let phone = listing.customer.phone {
                add(PhoneForms.of(phone).map(name), .phone, phone, moved)
            }
        }
        for joined in customer.joined {
            add([joined.conversation.conversation], .conversation, nil, moved)
        }
    }

    /// Adds a link, unless it is there under any of its names; it bears the one of a conversation
    /// that was joined, if there is one.
    private mutating func add(
        _ names: [ConversationID], _ kind: Link.Kind, _ value: String?,
        _ moved: [ConversationID: Timestamp]
    ) {
        guard !links.contains(where: { names.contains($0.id) }) else { return }
        guard let id = names.first(where: { moved[$0] != nil }) ?? names.first else { return }
        links.append(Link(id: id, kind: kind, value: value, since: moved[id]))
    }

    /// What is to be told to who keeps the names, so that a link is undone; `nil` if there is no
    /// such link, or no other that the conversation would be left with.
    ///
    /// With a conversation that was joined goes what it had alone.
    func undoing(
        _ link: Link, of customer: CustomerConversations, in tenant: TenantID,
        by wish: MessageID, at: Timestamp, _ name: Naming
    ) -> IdentitySighting? {
        guard links.contains(link), links.count > 1 else { return nil }
        var user: ConversationID?
        var phones: [ConversationID] = []
        let standing = customer.standing.customer
        switch link.kind {
        case .userID: user = link.id
        case .phone: phones = link.value.map { PhoneForms.of($0).map(name) } ?? []
        case .conversation: phones = [link.id]
        }
        let joined = customer.joined.first { $0.conversation.conversation == link.id }
        if let own = joined?.conversation.customer {
            if user == nil, let id = own.userID, id != standing.userID { user = name(id) }
            if link.kind != .phone, let phone = own.phone, phone != standing.phone {
                phones += PhoneForms.of(phone).map(name)
            }
        }
        return IdentitySighting(
            tenant: tenant, user: user, phones: phones, apart: conversation, message: wish, at: at)
    }
}

extension CustomerLinks: Described {
    private static let link = JSONSchema.object(
        [
            .required("id", .text("The link's id, by which it is undone.")),
            .required("kind", .words(["phone", "userID", "conversation"], "What it leads to.")),
            .optional("value", .text("The number or user id.")),
            .optional("since", .time("When a conversation under it was joined to this one.")),
        ], named: "CustomerLink")

    package static let schema = JSONSchema.object(
        [
            .required("conversation", .text("Where everything of this customer goes on.")),
            .required("links", .list(link, "The customer's names.")),
            .required(
                "elsewhere",
                .list(
                    ConversationListing.schema,
                    "The same person's conversations with other numbers of the business.")),
        ], named: "CustomerLinks")
}

import AccountRecords
import Conversation
import Cryptography

/// A position in a list that is ordered by something people read, and by id where that is equal.
///
/// As a client gives it back it bears a mark of its list: of whom it is, and what was asked for.
package struct ListCursor: Hashable, Sendable {
    /// What the list is ordered by first.
    package let sort: String
    /// The id of the row.
    package let id: String

    /// The position of a row.
    package init(sort: String, id: String) {
        self.sort = sort
        self.id = id
    }

    /// Reads a cursor that a page of the same list gave; `nil` for anything else.
    package init?(_ text: String, of list: String) {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.mark(list) else { return nil }
        id = String(parts[1])
        sort = String(parts[2])
    }

    /// The cursor as a client gives it back.
    package func text(of list: String) -> String { "\(Self.mark(list))/\(id)/\(sort)" }

    private static func mark(_ list: String) -> String { String(SHA256.hex(list).prefix(10)) }
}

extension ListedMember {
    /// Where it stands in the list of members.
    package var cursor: ListCursor {
        ListCursor(sort: TextFolding.fold(name), id: member.account.rawValue)
    }
}

extension ListedInvitation {
    /// Where it stands in the list of invitations.
    package var cursor: ListCursor {
        ListCursor(
            sort: invitation.address.text.lowercased(), id: invitation.id.rawValue)
    }
}

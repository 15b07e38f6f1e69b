package import Conversation

/// What an account asks of an e-mail address.
///
/// Decided by the stage `addresses`: an address belongs to one account at most.
package struct AddressRequest: Payload {
    package static let type = "parley.address.request"
    package static let topic = Topic.accountsAddresses
    package static let personal: [FieldPath] = []

    /// What is asked.
    package enum Wish: String, Hashable, Sendable, Codable {
        /// To have it.
        case reserve
        /// To let it go.
        case release
    }

    /// The address.
    package var address: AddressKey
    /// The account.
    package var account: AccountID
    /// What is asked.
    package var wish: Wish
    /// When.
    package var at: Timestamp

    /// No tenant's.
    package var tenant: TenantID { .installation }
    /// The address.
    package var key: String { address.rawValue }

    /// Describes a request.
    package init(address: AddressKey, account: AccountID, wish: Wish, at: Timestamp) {
        self.address = address
        self.account = account
        self.wish = wish
        self.at = at
    }
}

/// Whether an account has an address now.
package struct AddressResult: Payload {
    package static let type = "parley.address.result"
    package static let topic = Topic.accountsReservations
    package static let personal: [FieldPath] = []

    /// The account.
    package var account: AccountID
    /// The address.
    package var address: AddressKey
    /// The request that this answers.
    package var request: RecordID
    /// Whether the account has it.
    package var isReserved: Bool
    /// When.
    package var at: Timestamp

    /// No tenant's.
    package var tenant: TenantID { .installation }
    /// The account.
    package var key: String { account.rawValue }

    /// Describes a result.
    package init(
        account: AccountID, address: AddressKey, request: RecordID, isReserved: Bool,
        at: Timestamp
    ) {
        self.account = account
        self.address = address
        self.request = request
        self.isReserved = isReserved
        self.at = at
    }
}

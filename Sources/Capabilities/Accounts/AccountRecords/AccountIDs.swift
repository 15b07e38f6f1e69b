package import Conversation

extension Named {
    /// A keyed hash of an e-mail address in its normal form.
    package enum Address {}
    /// Something that proves who somebody is, besides the password.
    package enum Factor {}
    /// An invitation into a tenant's team.
    package enum Invitation {}
}

/// Names an e-mail address without telling it: a hash, keyed by the installation's key, of
/// ``Conversation/EmailAddress``.
package typealias AddressKey = Identifier<Named.Address>
/// Names a second factor.
package typealias FactorID = Identifier<Named.Factor>
/// Names an invitation; public, and not what its link holds.
package typealias InvitationID = Identifier<Named.Invitation>

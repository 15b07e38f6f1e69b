/// Why something that was wished of an account, a tenant or the installation is not done: a stable
/// word for programs.
///
/// A later version has more of them.
package struct Refusal: Error, Hashable, Sendable, Codable, RawRepresentable,
    ExpressibleByStringLiteral
{
    /// The word.
    package let rawValue: String

    /// Takes any word.
    package init(rawValue: String) { self.rawValue = rawValue }

    /// Takes a literal word.
    package init(stringLiteral value: String) { rawValue = value }

    /// There is no such account, tenant, session, factor, invitation, key, or offer (any more).
    package static let unknown: Self = "unknown"
    /// There is one already.
    package static let exists: Self = "exists"
    /// Another account has the e-mail address.
    package static let addressTaken: Self = "address_taken"
    /// It is the account's address already.
    package static let sameAddress: Self = "same_address"
    /// The address is not verified.
    package static let notVerified: Self = "not_verified"
    /// The account is disabled, or the tenant suspended.
    package static let disabled: Self = "disabled"
    /// The password was changed since it was checked.
    package static let stalePassword: Self = "stale_password"
    /// The account has no password yet.
    package static let noPassword: Self = "no_password"
    /// A second factor is needed.
    package static let secondFactor: Self = "second_factor"
    /// The code was used, or an earlier one than the last.
    package static let usedCode: Self = "used_code"
    /// The token is not the last that was made, was used, or is too old.
    package static let badToken: Self = "bad_token"
    /// The one before was made less than a minute ago.
    package static let tooSoon: Self = "too_soon"
    /// Who acts has to prove again who they are.
    package static let unproven: Self = "unproven"
    /// Another wish that has to end first is under way.
    package static let busy: Self = "busy"
    /// An answer that was needed did not come in time.
    package static let timedOut: Self = "timed_out"
    /// There would be no owner, or operator, left who can sign in.
    package static let lastOwner: Self = "last_owner"
    /// The invitation is for another address.
    package static let otherAddress: Self = "other_address"
    /// They belong to it already.
    package static let member: Self = "member"
    /// They do not belong to it.
    package static let notMember: Self = "not_member"
    /// Who acts may not, as it stands.
    package static let forbidden: Self = "forbidden"
    /// The tenant does not let operators in at this moment.
    package static let noConsent: Self = "no_consent"
    /// There is no such role, or it holds what it must not.
    package static let badRole: Self = "bad_role"
    /// Somebody has the role, or an invitation offers it.
    package static let inUse: Self = "in_use"
    /// There are too many already.
    package static let tooMany: Self = "too_many"
    /// It was changed meanwhile: another version is current.
    package static let otherVersion: Self = "other_version"
    /// The tenant's standing does not allow it.
    package static let standing: Self = "standing"
    /// The installation was set up already.
    package static let setUp: Self = "set_up"
}

package import Conversation

/// A secret that only the key ring opens: a TOTP secret, a token on its way into a mail.
package typealias Sealed = TenantSettings.Sealed

/// An e-mail address as commands name it.
package struct AddressClaim: Hashable, Sendable, Codable {
    /// The keyed hash of its normal form.
    package var key: AddressKey
    /// The address itself.
    package var text: String

    /// Names an address.
    package init(key: AddressKey, text: String) {
        self.key = key
        self.text = text
    }
}

/// A token that is good for one act, by its hash.
package struct OneTimeToken: Hashable, Sendable, Codable {
    /// SHA-256 of the token, in hexadecimal digits; the token has 128 random bits or more.
    package var hash: String
    /// Until when it is good.
    package var expires: Timestamp
    /// The token itself, for the mail that brings it; `nil` where no mail does.
    package var sealed: Sealed?

    /// Describes a token.
    package init(hash: String, expires: Timestamp, sealed: Sealed? = nil) {
        self.hash = hash
        self.expires = expires
        self.sealed = sealed
    }
}

/// An account that is to be.
package struct NewAccount: Hashable, Sendable, Codable {
    /// The e-mail address.
    package var address: AddressClaim
    /// The person's name.
    package var name: String
    /// The language of pages and mails, such as `es`; `nil` for the browser's.
    package var language: String?
    /// The password's scrypt hash; `nil` where the person chooses it by a link, later.
    package var passwordHash: String?
    /// Whether the address counts as verified: the installation's owner's, and one that was proven
    /// by the link of an invitation.
    package var isVerified: Bool
    /// What verifies the address, or lets the person choose a password; mailed.
    package var token: OneTimeToken?

    /// Describes an account.
    package init(
        address: AddressClaim, name: String, language: String? = nil, passwordHash: String? = nil,
        isVerified: Bool = false, token: OneTimeToken? = nil
    ) {
        self.address = address
        self.name = name
        self.language = language
        self.passwordHash = passwordHash
        self.isVerified = isVerified
        self.token = token
    }
}

/// A session that is to be.
package struct NewSession: Hashable, Sendable, Codable {
    /// Its id.
    package var id: SessionID
    /// SHA-256 of what the cookie holds, in hexadecimal digits.
    package var tokenHash: String
    /// When it ends, whatever happens.
    package var expires: Timestamp
    /// What it is on: `browser`, `cli`.
    package var kind: String
    /// The browser or program, as it calls itself.
    package var userAgent: String?
    /// The address that it began from.
    package var address: String?
    /// SHA-256 of what tells the browser from the person's others, in hexadecimal digits: a cookie
    /// of ours; `nil` for programs.
    package var browser: String?

    /// Describes a session.
    package init(
        id: SessionID, tokenHash: String, expires: Timestamp, kind: String = "browser",
        userAgent: String? = nil, address: String? = nil, browser: String? = nil
    ) {
        self.id = id
        self.tokenHash = tokenHash
        self.expires = expires
        self.kind = kind
        self.userAgent = userAgent
        self.address = address
        self.browser = browser
    }
}

/// What the edge found out about who asks, and the account's stage decides by.
package struct Proof: Hashable, Sendable, Codable {
    /// A second factor, used.
    package enum Second: Hashable, Sendable, Codable {
        /// A code of the factor that is right for this 30-second step since 1970.
        case code(FactorID, step: Int64)
        /// A backup code, by its SHA-256 in hexadecimal digits.
        case backupCode(hash: String)
    }

    /// The version of the password that was right; `nil` where none was asked.
    package var passwordVersion: Int?
    /// The second factor.
    package var second: Second?

    /// Describes a proof.
    package init(passwordVersion: Int? = nil, second: Second? = nil) {
        self.passwordVersion = passwordVersion
        self.second = second
    }
}

/// What is known of an account after an event; secrets by their hashes or sealed.
package struct AccountFacts: Hashable, Sendable, Codable {
    /// How an account stands.
    package enum Standing: String, Hashable, Sendable, Codable {
        /// Its address is being reserved; or it was refused, and there is no account.
        case none
        /// It may sign in, once it has a password.
        case active
        /// It may not.
        case disabled
        /// It is gone, and its id is never given again.
        case deleted
    }

    /// A password.
    package struct Password: Hashable, Sendable, Codable {
        /// Its scrypt hash with its parameters.
        package var hash: String
        /// Which password of this account it is, from 1.
        package var version: Int

        /// Describes a password.
        package init(hash: String, version: Int) {
            self.hash = hash
            self.version = version
        }
    }

    /// A second factor: time-based codes.
    package struct Factor: Hashable, Sendable, Codable {
        /// Its id.
        package var id: FactorID
        /// Its secret.
        package var sealed: Sealed
        /// Whether it is asked for; else it is offered, and waits for its first code.
        package var isActive: Bool
        /// The last step whose code was accepted.
        package var lastStep: Int64

        /// Describes a factor.
        package init(id: FactorID, sealed: Sealed, isActive: Bool, lastStep: Int64) {
            self.id = id
            self.sealed = sealed
            self.isActive = isActive
            self.lastStep = lastStep
        }
    }

    /// A change of address that waits.
    package struct AddressChange: Hashable, Sendable, Codable {
        /// The new address.
        package var to: AddressClaim
        /// Until when it waits.
        package var until: Timestamp
        /// Whether the new address confirmed it.
        package var isConfirmedByNew = false
        /// Whether the old address has to confirm it, too, and did not yet.
        package var waitsForOld: Bool

        /// Describes a change that nobody confirmed yet.
        package init(to: AddressClaim, until: Timestamp, waitsForOld: Bool) {
            self.to = to
            self.until = until
            self.waitsForOld = waitsForOld
        }
    }

    /// How it stands.
    package var standing = Standing.none
    /// The address.
    package var address: AddressClaim?
    /// Whether the address was proven.
    package var isVerified = false
    /// The person's name.
    package var name = ""
    /// The language of pages and mails.
    package var language: String?
    /// The password, if there is one.
    package var password: Password?
    /// The second factor, if there is one.
    package var factor: Factor?
    /// How many backup codes are left.
    package var backupCodes = 0
    /// A change of address that waits.
    package var change: AddressChange?
    /// The tenants that it belongs to, or may; ``TenantID/installation`` for who runs it.
    package var tenants: [TenantID] = []
    /// When it was made.
    package var createdAt: Timestamp?

    /// Whether it can sign in: with a password, and not disabled.
    package var canSignIn: Bool { standing == .active && password != nil }
    /// Whether a second factor is asked for.
    package var hasFactor: Bool { factor?.isActive == true }

    /// Nothing.
    package init() {}
}

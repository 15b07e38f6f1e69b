/// A name of one kind of thing: text that cannot be mixed up with the name of another kind.
package struct Identifier<Kind>: Hashable, Sendable, Comparable, Codable, RawRepresentable,
    CustomStringConvertible, ExpressibleByStringLiteral
{
    /// The name itself.
    package let rawValue: String

    /// Takes any text as the name.
    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Takes any text as the name.
    @inlinable
    package init(_ name: String) {
        self.rawValue = name
    }

    /// Takes a literal as the name.
    package init(stringLiteral value: String) {
        self.rawValue = value
    }

    /// Reads the name as bare text.
    package init(from decoder: any Decoder) throws {
        self.rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the name as bare text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// The name itself.
    package var description: String { rawValue }

    // Spelled out, and inlined in other modules: what the standard library has for raw values
    // costs several times as much.

    /// Whether the names are the same.
    @inlinable
    package static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }

    /// Hashes the name.
    @inlinable
    package func hash(into hasher: inout Hasher) { rawValue.hash(into: &hasher) }

    /// Orders by the names' text.
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What the identifiers of this module name.
package enum Named {
    /// A business that uses this installation.
    package enum Tenant {}
    /// A WhatsApp business number, by its `phone_number_id`.
    package enum BusinessNumber {}
    /// A conversation: one customer with one business number.
    package enum Conversation {}
    /// A WhatsApp message, by an opaque name of ours.
    package enum Message {}
    /// A WhatsApp message, by its `wamid`.
    package enum WhatsAppMessage {}
    /// A key that seals personal words.
    package enum Key {}
    /// A record of the log.
    package enum Record {}
    /// A document of a tenant.
    package enum Document {}
    /// A passage of a document.
    package enum Passage {}
    /// A person who answers customers.
    package enum Agent {}
    /// A person's account.
    package enum Account {}
    /// A time that somebody is signed in.
    package enum Session {}
    /// A key for programs.
    package enum APIKey {}
}

/// Names a tenant; chosen by the operator, such as `bicicletas-sol`.
package typealias TenantID = Identifier<Named.Tenant>
/// Names a business number: WhatsApp's `phone_number_id`.
package typealias BusinessNumberID = Identifier<Named.BusinessNumber>
/// Names a conversation: a keyed hash of business number and customer, never a phone number.
package typealias ConversationID = Identifier<Named.Conversation>
/// Names a WhatsApp message: a keyed hash of its `wamid`, which itself holds a phone number.
///
/// In records from before ids were keyed it is the `wamid` itself.
package typealias MessageID = Identifier<Named.Message>
/// Names a WhatsApp message as WhatsApp does: its `wamid`.
///
/// It is personal, as it is base64 around the customer's phone number, and stands in sealed fields
/// alone.
package typealias WhatsAppMessageID = Identifier<Named.WhatsAppMessage>
/// Names a key that seals personal words: 64 random bits, as 16 hexadecimal digits.
package typealias KeyID = Identifier<Named.Key>
/// Names a record: `ce_id`.
package typealias RecordID = Identifier<Named.Record>
/// Names a document.
package typealias DocumentID = Identifier<Named.Document>
/// Names a passage.
package typealias PassageID = Identifier<Named.Passage>
/// Names an agent.
package typealias AgentID = Identifier<Named.Agent>
/// Names an account: 128 random bits, as 32 hexadecimal digits.
package typealias AccountID = Identifier<Named.Account>
/// Names a session; public, and not what its cookie holds.
package typealias SessionID = Identifier<Named.Session>
/// Names an API key; public, the first part of what its owner holds.
package typealias APIKeyID = Identifier<Named.APIKey>

extension TenantID {
    /// Stands where a record belongs to no tenant but to the installation: its key seals the words
    /// of accounts, and no business may be called so.
    package static let installation: Self = "installation"
}

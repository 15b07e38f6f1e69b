package import Conversation
import TenantKeys

/// Names what a tenant's webhooks speak of, by the tenant's key.
///
/// WhatsApp's own ids hold phone numbers, or can be guessed from them, so none of them stands in a
/// header, a key or any other field that is not sealed.
struct WebhookNames {
    /// How far WhatsApp's clock may be ahead of ours: a message that came in under its former name
    /// says at most so much later when it was sent.
    private static let clockSkew = Duration.seconds(60)

    private let tenant: TenantID
    private let key: TenantKey
    private let keys: KeyTable

    /// Names a tenant's things.
    ///
    /// - Throws: ``UnnamedTenant`` if its key is not known here.
    init(of tenant: TenantID, by keys: KeyTable) throws(UnnamedTenant) {
        do throws(RecordError) {
            key = try keys.namingKey(of: tenant)
        } catch {
            throw UnnamedTenant(tenant: tenant)
        }
        self.tenant = tenant
        self.keys = keys
    }

    /// A conversation, by an identifier of the customer.
    func conversation(_ number: BusinessNumberID, identity: String) -> ConversationID {
        keys.conversation(number, identity: identity, under: key)
    }

    /// A message, wherever it is spoken of.
    func message(_ wamid: String) -> MessageID { key.message(WhatsAppMessageID(wamid)) }

    /// A message that comes in.
    ///
    /// WhatsApp repeats for seven days what was not acknowledged: what may have come in before
    /// names were keyed keeps its former name, or its repeat would not be known as one.
    func message(
        _ wamid: String, in conversation: ConversationID, sentAt: Timestamp
    ) -> MessageID {
        if let began = keys.began(of: tenant), sentAt < began + Self.clockSkew,
            keys.isFormer(conversation, of: tenant)
        {
            return MessageID(wamid)
        }
        return message(wamid)
    }

    /// A status: WhatsApp's word about a message, or about one of a group's participants.
    ///
    /// It begins with the message's name, by which `parley trace` finds it.
    func status(_ status: MessageStatus, participant: String?) -> RecordID {
        // A word that is not WhatsApp's today may be anything.
        let word = status.progress
        var name = word.isKnown ? word.rawValue : key.name("word", word.rawValue)
        if let participant { name += ":\(key.name("participant", participant))" }
        return RecordID("\(status.message):\(name)")
    }

    /// An update that carries no id: equal words about one account are one update.
    func update(account: String, field: String, value: String) -> RecordID {
        RecordID(key.name("update", account, field, value))
    }

    /// An account that is not known to be the tenant's: it may be anybody's name.
    func account(_ id: String) -> String { key.name("account", id) }
}

/// A tenant whose key is not known here, not yet or not any more: nothing of it can be named.
package struct UnnamedTenant: Error, Hashable, Sendable {
    /// The tenant.
    package let tenant: TenantID
}

extension MessageStatus.Progress {
    /// Whether it is one of the words that WhatsApp documents.
    fileprivate var isKnown: Bool { rank != nil || self == .failed }
}

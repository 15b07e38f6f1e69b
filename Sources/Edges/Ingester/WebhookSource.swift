import Conversation
import JSON

/// One change of a webhook: a business number and the contacts that its messages name.
struct WebhookSource {
    let tenant: TenantID
    let names: WebhookNames
    let number: BusinessNumberID
    let contacts: [JSONView]
    let messages: [JSONView]
    let receivedAt: Timestamp

    /// A customer's message; `nil` if it has no id or names nobody.
    func message(_ message: JSONView, errors: JSONView?) -> InboundMessage? {
        guard let id = message["id"]?.text, !id.isEmpty else { return nil }
        let contact = sender(of: message)
        guard let identity = contact.identity ?? message["group_id"]?.text else { return nil }
        let conversation = names.conversation(number, identity: identity)
        let sentAt = time(message["timestamp"])
        let content = MessageReader.content(of: message, names)
        return InboundMessage(
            tenant: tenant, conversation: conversation, number: number,
            message: names.message(id, in: conversation, sentAt: sentAt),
            wamid: WhatsAppMessageID(id), contact: contact, sentAt: sentAt, receivedAt: receivedAt,
            content: content, context: MessageReader.context(of: message, names),
            referral: message["referral"]?.raw,
            group: message["group_id"]?.text,
            errors: MessageReader.errors(message["errors"]) ?? MessageReader.errors(errors),
            extra: ExtraFields.of(message, with: content))
    }

    /// A status; `nil` if it names no message.
    func status(_ status: JSONView) -> MessageStatus? {
        guard let id = status["id"]?.text, let progress = status["status"]?.text else { return nil }
        let data = status["biz_opaque_callback_data"]?.text
        let recipient = Contact(
            userID: status["recipient_user_id"]?.text,
            parentUserID: status["recipient_parent_user_id"]?.text,
            phone: status["recipient_id"]?.text.map(Self.digits))
        return MessageStatus(
            tenant: tenant, conversation: conversation(data: data, recipient: recipient, id),
            number: number, message: names.message(id), wamid: WhatsAppMessageID(id),
            progress: MessageStatus.Progress(rawValue: WhatsAppWord.known(progress)),
            at: time(status["timestamp"]),
            receivedAt: receivedAt, callbackData: data,
            recipient: recipient.identity == nil ? nil : recipient,
            errors: MessageReader.errors(status["errors"]), pricing: status["pricing"]?.raw)
    }

    /// A status's id: a group's message has one status of each kind for each participant.
    func id(of record: MessageStatus, _ status: JSONView) -> RecordID {
        let participant =
            status["recipient_participant_user_id"]?.text
            ?? status["recipient_participant_id"]?.text
        return names.status(record, participant: participant)
    }

    /// The conversation that a status belongs to: the callback data names it; a message that we
    /// did not send is found by its recipient, and by its own id where there is none.
    private func conversation(data: String?, recipient: Contact, _ id: String) -> ConversationID {
        if let attempt = data.flatMap({ AttemptID($0) }), attempt.conversation.isOpaque {
            return attempt.conversation
        }
        return names.conversation(number, identity: recipient.identity ?? id)
    }

    private func sender(of message: JSONView) -> Contact {
        var userID = message["from_user_id"]?.text
        var phone = message["from"]?.text
        // Seen in the wild: the user id where the phone number should stand.
        if let from = phone, Self.isUserID(from) {
            userID = userID ?? from
            phone = nil
        }
        phone = phone.map(Self.digits)
        let match = contact(userID: userID, phone: phone)
        userID = userID ?? match?["user_id"]?.text
        // WhatsApp's word about a changed user id or number: the conversation has the old name.
        if let system = message["system"], userID == nil {
            userID = system["previous_user_id"]?.text
            if phone == nil { userID = userID ?? system["user_id"]?.text }
        }
        if let alias = match?["wa_id"]?.text, !Self.isUserID(alias) {
            phone = phone ?? Self.digits(alias)
        }
        return Contact(
            userID: userID,
            parentUserID: message["from_parent_user_id"]?.text ?? match?["parent_user_id"]?.text,
            phone: phone, name: match?["profile"]?["name"]?.text,
            username: match?["profile"]?["username"]?.text)
    }

    /// The contact of a message's sender.
    ///
    /// `wa_id` may be written otherwise than `from` (Brazil, Mexico), so the only contact beside
    /// the only message is its sender too, unless their user ids differ.
    private func contact(userID: String?, phone: String?) -> JSONView? {
        let byID = userID.flatMap { userID in
            contacts.first { $0["user_id"]?.text == userID }
        }
        let byPhone = phone.flatMap { phone in
            contacts.first { $0["wa_id"]?.text.map(Self.digits) == phone }
        }
        if let match = byID ?? byPhone { return match }
        guard contacts.count == 1, messages.count == 1, let only = contacts.first else {
            return nil
        }
        guard let other = only["user_id"]?.text, let userID else { return only }
        return other == userID ? only : nil
    }

    /// A business-scoped user id: two letters of a country, a dot, letters and digits.
    static func isUserID(_ text: String) -> Bool {
        let parts = text.split(separator: ".", maxSplits: 1)
        return parts.count == 2 && parts[0].utf8.count == 2
            && parts[0].utf8.allSatisfy { (0x41...0x5a).contains($0 & 0xdf) }
    }

    /// A phone number without its plus: WhatsApp writes it both ways.
    private static func digits(_ phone: String) -> String {
        phone.hasPrefix("+") ? String(phone.dropFirst()) : phone
    }

    /// WhatsApp counts in seconds; a missing or absurd time becomes that of the arrival.
    private func time(_ value: JSONView?) -> Timestamp {
        guard let seconds = value?.integer, (0...32_503_680_000).contains(seconds) else {
            return receivedAt
        }
        return Timestamp(seconds: seconds)
    }
}

extension ConversationID {
    /// Whether it has the form of our names: callback data is for any app of the account to choose.
    fileprivate var isOpaque: Bool {
        rawValue.utf8.count == 32
            && rawValue.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
            }
    }
}

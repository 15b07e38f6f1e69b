import Conversation
import JSON

/// One change of a webhook: a business number and the contacts that its messages name.
struct WebhookSource {
    let tenant: TenantID
    let names: WebhookNames
    let number: BusinessNumberID
    let contacts: [JSONView]
    /// How many messages or calls the change holds.
    let writes: Int
    let receivedAt: Timestamp

    /// Tells where a message of somebody goes, by what is known of their names.
    typealias Route = (IdentitySighting) throws -> ConversationID

    /// A customer's message; `nil` if it has no id or names nobody.
    func message(
        _ message: JSONView, errors: JSONView?, by route: Route
    ) throws -> InboundMessage? {
        guard let id = message["id"]?.text, !id.isEmpty else { return nil }
        var contact = sender(of: message)
        let group = filled(message["group_id"])
        let sentAt = time(message["timestamp"])
        let conversation: ConversationID
        if let group {
            conversation = names.conversation(number, identity: Self.groupIdentity(group))
        } else if let change = change(in: message) {
            conversation = try route(
                sighting(
                    change.current, after: change.former, by: names.message(id), sentAt: sentAt))
            contact.userID = change.current.userID
            contact.phone = change.current.phone ?? contact.phone
            // With a new number comes a new user id, which is not told here.
            if change.current.phone == nil { contact.phone = change.former.phone }
        } else {
            guard contact.identity != nil else { return nil }
            conversation = try route(
                sighting(contact, by: names.message(id), sentAt: sentAt))
        }
        let content = MessageReader.content(of: message, names)
        return InboundMessage(
            tenant: tenant, conversation: conversation, number: number,
            message: names.message(id, in: conversation, sentAt: sentAt),
            wamid: WhatsAppMessageID(id), contact: contact, sentAt: sentAt, receivedAt: receivedAt,
            content: content, context: MessageReader.context(of: message, names),
            referral: message["referral"]?.raw,
            group: group,
            errors: MessageReader.errors(message["errors"]) ?? MessageReader.errors(errors),
            extra: ExtraFields.of(message, with: content))
    }

    /// A voice call; `nil` if it has no id or names nobody.
    ///
    /// It is the customer's who called, or whom the business called.
    func call(_ call: JSONView, by route: Route) throws -> InboundMessage? {
        guard let id = filled(call["id"]), let event = filled(call["event"]) else { return nil }
        let isIncoming = call["direction"]?.text != "BUSINESS_INITIATED"
        let user = isIncoming ? call["from_user_id"] : call["to_user_id"]
        let phone = isIncoming ? call["from"] : call["to"]
        let contact = contact(userID: filled(user), phone: phone.flatMap(Self.phone))
        guard contact.identity != nil else { return nil }
        let message = names.message("\(id):\(event)")
        let sentAt = time(call["timestamp"])
        // The status has been seen as a text and as an array of one.
        let status = call["status"]?.text ?? call["status"]?.elements.first?.text
        let seconds = call["duration"]?.integer.flatMap { Int(exactly: $0) }
        return InboundMessage(
            tenant: tenant,
            conversation: try route(sighting(contact, by: message, sentAt: sentAt)),
            number: number, message: message,
            wamid: WhatsAppMessageID(id), contact: contact, sentAt: sentAt,
            receivedAt: receivedAt,
            content: .call(
                PhoneCall(
                    id: id, event: event, isIncoming: isIncoming, status: status,
                    seconds: seconds)),
            errors: MessageReader.errors(call["errors"]))
    }

    /// Takes in that a customer has another user id now, as the field `user_id_update` tells it: a
    /// field that WhatsApp withdrew on 2026-08-11, and of which nothing is shown in a conversation.
    func follow(_ renaming: JSONView, by route: (IdentitySighting) throws -> Void) throws {
        guard let former = filled(renaming["user_id"]?["previous"]),
            let current = filled(renaming["user_id"]?["current"]), former != current
        else { return }
        // Whether the number that it names is that of before or that of now is not told.
        try route(
            sighting(
                Contact(userID: current), after: Contact(userID: former),
                by: names.message("user_id_update:\(former):\(current)"),
                sentAt: time(renaming["timestamp"])))
    }

    /// What a message says of who wrote it: each identifier under the name of the conversation that
    /// would begin under it.
    func sighting(
        _ contact: Contact, after former: Contact? = nil, by message: MessageID,
        sentAt: Timestamp
    ) -> IdentitySighting {
        func name(_ identity: String) -> ConversationID {
            names.conversation(number, identity: identity)
        }
        func phones(_ contact: Contact) -> [ConversationID] {
            (contact.phone.map(PhoneForms.of) ?? []).map(name)
        }
        return IdentitySighting(
            tenant: tenant, user: contact.userID.map(name), phones: phones(contact),
            formerUser: former?.userID.map(name), formerPhones: former.map(phones),
            message: message, at: sentAt)
    }

    private func change(in message: JSONView) -> ChangedIdentity? {
        guard let system = message["system"] else { return nil }
        let from = filled(message["from"])
        let isUser = from.map(Self.isUserID) ?? false
        return ChangedIdentity(
            system, userID: filled(message["from_user_id"]) ?? (isUser ? from : nil),
            phone: isUser ? nil : message["from"].flatMap(Self.phone), reading: filled
        ) { $0.flatMap(Self.phone) }
    }

    /// What a customer wishes of messages that they did not ask for; `nil` if it says nothing of
    /// that, or names nobody.
    func preference(_ wish: JSONView, by route: Route) throws -> CustomerPreference? {
        let word: OptOutWords.Wish? =
            switch wish["value"]?.text {
            case "stop": .stop
            case "resume": .resume
            default: nil
            }
        let contact = contact(
            userID: filled(wish["user_id"]), phone: wish["wa_id"].flatMap(Self.phone))
        guard let word, let identity = contact.identity else { return nil }
        let sentAt = time(wish["timestamp"])
        // It bears no name of its own.
        let name = names.message("user_preferences:\(identity):\(word):\(sentAt.milliseconds)")
        let conversation = try route(sighting(contact, by: name, sentAt: sentAt))
        return CustomerPreference(
            tenant: tenant, conversation: conversation, number: number, wish: word,
            category: WhatsAppWord.known(wish["category"]?.text ?? ""),
            at: sentAt, receivedAt: receivedAt)
    }

    /// A group's own conversation: never that of one of its people.
    static func groupIdentity(_ group: String) -> String { "group:\(group)" }

    /// A status; `nil` if it names no message.
    func status(_ status: JSONView) -> MessageStatus? {
        guard let id = filled(status["id"]), let progress = status["status"]?.text
        else { return nil }
        let data = status["biz_opaque_callback_data"]?.text
        let recipient = Contact(
            userID: filled(status["recipient_user_id"]),
            parentUserID: filled(status["recipient_parent_user_id"]),
            phone: status["recipient_id"].flatMap(Self.phone))
        let isGroup = status["recipient_type"]?.text == "group"
        let group = isGroup ? filled(status["recipient_id"]).map(Self.groupIdentity) : nil
        return MessageStatus(
            tenant: tenant, conversation: conversation(data: data, group ?? recipient.identity, id),
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
    private func conversation(
        data: String?, _ recipient: String?, _ id: String
    ) -> ConversationID {
        if let own = Self.conversation(namedBy: data) { return own }
        return names.conversation(number, identity: recipient ?? id)
    }

    /// The conversation that callback data of ours names.
    private static func conversation(namedBy data: String?) -> ConversationID? {
        guard let attempt = data.flatMap({ AttemptID($0) }), attempt.conversation.isOpaque else {
            return nil
        }
        return attempt.conversation
    }

    /// The record of a status: one that does not name our send waits until its message is found,
    /// as whom it is for does not tell which conversation it was sent in.
    static func placed(_ status: MessageStatus) -> any Payload {
        conversation(namedBy: status.callbackData) == nil ? UnplacedStatus(status) : status
    }

    private func sender(of message: JSONView) -> Contact {
        var userID = filled(message["from_user_id"])
        var phone = message["from"].flatMap(Self.phone)
        // Seen in the wild: the user id where the phone number should stand.
        if let from = filled(message["from"]), Self.isUserID(from) {
            userID = userID ?? from
            phone = nil
        }
        // WhatsApp's word about a changed user id or number: the conversation has the old name.
        if let system = message["system"], userID == nil {
            userID = filled(system["previous_user_id"])
            if phone == nil { userID = userID ?? filled(system["user_id"]) }
        }
        return contact(
            userID: userID, phone: phone, parent: filled(message["from_parent_user_id"]))
    }

    /// A customer by what names them, with what their contact adds.
    func contact(userID: String?, phone: String?, parent: String? = nil) -> Contact {
        let match = match(userID: userID, phone: phone)
        var phone = phone
        if phone == nil, let alias = filled(match?["wa_id"]), !Self.isUserID(alias) {
            phone = match?["wa_id"].flatMap(Self.phone)
        }
        return Contact(
            userID: userID ?? filled(match?["user_id"]),
            parentUserID: parent ?? filled(match?["parent_user_id"]),
            phone: phone, name: match?["profile"]?["name"]?.text.flatMap(VisibleText.name),
            username: filled(match?["profile"]?["username"]))
    }

    /// The contact of a message's sender.
    ///
    /// `wa_id` may be written otherwise than `from` (Brazil, Mexico), so the only contact beside
    /// the only message is its sender too, unless their user ids differ.
    private func match(userID: String?, phone: String?) -> JSONView? {
        let byID = userID.flatMap { userID in
            contacts.first { $0["user_id"]?.text == userID }
        }
        let byPhone = phone.flatMap { phone in
            contacts.first { $0["wa_id"].flatMap(Self.phone) == phone }
        }
        if let match = byID ?? byPhone { return match }
        guard contacts.count == 1, writes == 1, let only = contacts.first else {
            return nil
        }
        guard let other = filled(only["user_id"]), let userID else { return only }
        return other == userID ? only : nil
    }

    /// A business-scoped user id: two letters of a country, a dot, letters and digits.
    static func isUserID(_ text: String) -> Bool {
        let parts = text.split(separator: ".", maxSplits: 1)
        return parts.count == 2 && parts[0].utf8.count == 2
            && parts[0].utf8.allSatisfy { (0x41...0x5a).contains($0 & 0xdf) }
    }

    /// A phone number as digits alone; WhatsApp writes it with and without its plus.
    ///
    /// What is no number is left as it is, and what is empty is nobody's.
    static func phone(_ value: JSONView) -> String? {
        guard let text = value.text, !VisibleText.isBlank(text) else { return nil }
        let marks = Set("+ -.()".unicodeScalars)
        let digits = text.unicodeScalars.filter { !marks.contains($0) }
        let isNumber = !digits.isEmpty && digits.allSatisfy { ("0"..."9").contains($0) }
        return isNumber ? String(String.UnicodeScalarView(digits)) : text
    }

    /// A text in which there is something to see: strangers whose names are empty are not one.
    func filled(_ value: JSONView?) -> String? {
        value?.text.flatMap { VisibleText.isBlank($0) ? nil : $0 }
    }

    /// WhatsApp counts in seconds, and is taken at its word in thousandths; a missing or absurd
    /// time, or one that has not come yet, becomes that of the arrival.
    func time(_ value: JSONView?) -> Timestamp {
        guard var seconds = value?.integer, seconds > 0 else { return receivedAt }
        if seconds >= Self.firstMillisecond { seconds /= 1000 }
        guard seconds < Self.firstMillisecond else { return receivedAt }
        let time = Timestamp(seconds: seconds)
        return time > receivedAt + SendingPolicy.skew ? receivedAt : time
    }

    /// Seconds of the year 5138, milliseconds of 1973: no message is from then.
    private static let firstMillisecond: Int64 = 100_000_000_000
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

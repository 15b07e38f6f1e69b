import Conversation
import JSON

/// The fields of what happens on the business's phone, where a number is used there, too.
enum PhoneField: String {
    /// What the business wrote there.
    case echoes = "smb_message_echoes"
    /// What was said before the number was connected here.
    case history
}

extension WebhookPayload {
    /// Reads what happened on the business's phone; what is none of it is kept as an update.
    func read(
        _ field: PhoneField, _ value: JSONView, of number: BusinessNumberID, _ account: String,
        into batch: inout WebhookBatch
    ) throws {
        guard let tenant = tenantOfNumber(number) else {
            batch.unknownBusinesses += 1
            return
        }
        let source = WebhookSource(
            tenant: tenant, names: try WebhookNames(of: tenant, by: keys), number: number,
            contacts: value["contacts"]?.elements ?? [], writes: 0, receivedAt: receivedAt)
        switch field {
        case .echoes:
            let echoes = value["message_echoes"]?.elements ?? []
            for echo in echoes { try take(echo: echo, account, from: source, &batch) }
            if !echoes.isEmpty { return }
        case .history:
            let past = PhoneHistory(value)
            for message in past.messages { try take(past: message, account, from: source, &batch) }
            if !past.messages.isEmpty { return }
        }
        try update(field.rawValue, value, of: tenant, account, into: &batch)
    }

    private func take(
        echo: JSONView, _ account: String, from source: WebhookSource,
        _ batch: inout WebhookBatch
    ) throws {
        let field = PhoneField.echoes.rawValue
        let read = try source.echo(echo) { try route($0, into: &batch) }
        guard let whole = read else {
            return try update("\(field).unnamed", echo, of: source.tenant, account, into: &batch)
        }
        if whole.group != nil, declinesGroups(source.tenant) {
            batch.declined += 1
            return
        }
        let record = whole.fitted
        if record != whole { batch.cut += 1 }
        let id = RecordID(record.message.rawValue)
        if try append(record, id: id, source.number.rawValue, to: &batch) {
            batch.messages += 1
        } else {
            try update("\(field).oversize", echo, of: source.tenant, account, into: &batch)
        }
    }

    private func take(
        past: PhoneHistory.Message, _ account: String, from source: WebhookSource,
        _ batch: inout WebhookBatch
    ) throws {
        let field = PhoneField.history.rawValue
        let read = try source.past(past) { try route($0, into: &batch) }
        guard let whole = read else {
            return try update(
                "\(field).unnamed", past.json, of: source.tenant, account, into: &batch)
        }
        var record = whole
        record.message = whole.message.fitted
        if record != whole { batch.cut += 1 }
        // What a placeholder stands for comes under the same name.
        let name = record.message.message.rawValue + (record.isPlaceholder ? "" : ":past")
        if try append(record, id: RecordID(name), source.number.rawValue, to: &batch) {
            batch.messages += 1
        } else {
            try update("\(field).oversize", past.json, of: source.tenant, account, into: &batch)
        }
    }
}

/// The chats that a business's phone shares when its number is connected (WhatsApp, "history
/// webhook"): threads of customers, or later what was missing of media.
struct PhoneHistory {
    /// One message, and whose thread it stands in.
    struct Message {
        var json: JSONView
        /// The customer, as the thread names them.
        var customer: JSONView?
        var isFromBusiness: Bool
    }

    /// The messages, as they stand in the body.
    private(set) var messages: [Message] = []

    init(_ value: JSONView) {
        let own = value["metadata"]?["display_phone_number"].flatMap(WebhookSource.phone)
        for part in value["history"]?.elements ?? [] {
            for thread in part["threads"]?.elements ?? [] {
                for message in thread["messages"]?.elements ?? [] {
                    add(message, of: thread["id"], own)
                }
            }
        }
        for message in value["messages"]?.elements ?? [] { add(message, of: nil, own) }
    }

    private mutating func add(_ message: JSONView, of customer: JSONView?, _ own: String?) {
        let author = message["from"].flatMap(WebhookSource.phone)
        let isOwn = author != nil && author == own
        // Only what the business wrote says to whom.
        let isFromBusiness = isOwn || message["to"] != nil || message["to_user_id"] != nil
        messages.append(
            Message(json: message, customer: customer, isFromBusiness: isFromBusiness))
    }
}

extension WebhookSource {
    /// What the business wrote on its phone; `nil` if it has no id or names nobody.
    func echo(_ echo: JSONView, by route: Route) throws -> EchoedMessage? {
        guard let id = filled(echo["id"]) else { return nil }
        let recipient = customer(
            userID: filled(echo["to_user_id"]), name: echo["to"],
            parent: filled(echo["to_parent_user_id"]))
        let group = filled(echo["group_id"])
        let conversation: ConversationID
        if let group {
            conversation = names.conversation(number, identity: Self.groupIdentity(group))
        } else {
            guard recipient.identity != nil else { return nil }
            conversation = try route(
                sighting(recipient, by: names.message(id), sentAt: time(echo["timestamp"])))
        }
        let content = MessageReader.content(of: echo, names)
        return EchoedMessage(
            tenant: tenant, conversation: conversation, number: number,
            message: names.message(id), wamid: WhatsAppMessageID(id), recipient: recipient,
            sentAt: time(echo["timestamp"]), receivedAt: receivedAt,
            content: content, context: MessageReader.context(of: echo, names), group: group,
            errors: MessageReader.errors(echo["errors"]),
            extra: ExtraFields.of(echo: echo, with: content))
    }

    /// What was said before the number was connected; `nil` if it has no id or names nobody.
    func past(_ past: PhoneHistory.Message, by route: Route) throws -> PastMessage? {
        let json = past.json
        guard let id = filled(json["id"]) else { return nil }
        let user = past.isFromBusiness ? json["to_user_id"] : json["from_user_id"]
        let name = past.customer ?? (past.isFromBusiness ? json["to"] : json["from"])
        let customer = customer(userID: filled(user), name: name)
        guard customer.identity != nil else { return nil }
        let content = MessageReader.content(of: json, names)
        let conversation = try route(
            sighting(customer, by: names.message(id), sentAt: time(json["timestamp"])))
        let message = InboundMessage(
            tenant: tenant, conversation: conversation, number: number,
            message: names.message(id), wamid: WhatsAppMessageID(id), contact: customer,
            sentAt: time(json["timestamp"]), receivedAt: receivedAt,
            content: content, context: MessageReader.context(of: json, names),
            errors: MessageReader.errors(json["errors"]),
            extra: ExtraFields.of(echo: json, with: content))
        return PastMessage(
            message: message, isFromBusiness: past.isFromBusiness,
            status: filled(json["history_context"]?["status"]))
    }

    /// A customer by a user id, and by what may be a number or a user id.
    private func customer(userID: String?, name: JSONView?, parent: String? = nil) -> Contact {
        if let text = filled(name), Self.isUserID(text) {
            return contact(userID: userID ?? text, phone: nil, parent: parent)
        }
        return contact(userID: userID, phone: name.flatMap(Self.phone), parent: parent)
    }
}

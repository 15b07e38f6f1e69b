import JSON

/// One update for a webhook: a customer's message, a status of the business's, or news of its
/// account.
struct WebhookUpdate: Sendable {
    enum Body: Sendable {
        /// A customer's message: its JSON object, and its place among what the customer wrote.
        case message(String, number: Int)
        /// How far a message of the business has come.
        case status(Status)
        /// A message of the business's phone: its JSON object.
        case echo(String)
        /// News of another field: its name, and the JSON object that is its value.
        case news(field: String, String)
    }

    struct Status: Sendable {
        var wamid: String
        var word: String
        var callbackData: String?
        /// The place in the conversation's log.
        var index: Int
        /// The error's code, for `failed`.
        var code: Int?
        /// Whether the message was addressed by user id.
        var wasToUserID: Bool
        /// How far the status's timestamp is off, in milliseconds.
        var skew: Int64 = 0
    }

    /// When it is due, in milliseconds since 1970.
    var due: Int64
    var business: String
    var conversation: ConversationName
    var customerName: String
    var userID: String
    var hidesPhone: Bool
    var hidesUserID = false
    var body: Body
}

extension WebhookUpdate {
    /// The `changes` element of this update (WhatsApp, "messages webhook", "Status webhook").
    func change(of business: SimulatedBusiness) -> String {
        let metadata =
            "{\"display_phone_number\":\(JSONString.quoted(business.displayNumber))"
            + ",\"phone_number_id\":\(JSONString.quoted(business.number))}"
        let phone = hidesPhone ? "" : "\"wa_id\":\"\(conversation.phone)\","
        let user = hidesUserID ? "" : "\"user_id\":\(JSONString.quoted(userID)),"
        let contact =
            "{\(phone)\(user)\"profile\":{\"name\":\(JSONString.quoted(customerName))}}"
        let head =
            "{\"field\":\"messages\",\"value\":{\"messaging_product\":\"whatsapp\""
            + ",\"metadata\":\(metadata),"
        switch body {
        case .message(let json, _):
            return head + "\"contacts\":[\(contact)],\"messages\":[\(json)]}}"
        case .status(let status):
            let isFailed = status.word == "failed"
            let contacts = isFailed ? "" : "\"contacts\":[\(contact)],"
            return head + contacts + "\"statuses\":[\(json(of: status))]}}"
        case .echo(let json):
            return "{\"field\":\"smb_message_echoes\",\"value\":{\"messaging_product\":\"whatsapp\""
                + ",\"metadata\":\(metadata),\"message_echoes\":[\(json)]}}"
        case .news(let field, let json):
            return "{\"field\":\(JSONString.quoted(field)),\"value\":\(json)}"
        }
    }

    private func json(of status: Status) -> String {
        var json =
            "{\"id\":\"\(status.wamid)\",\"status\":\"\(status.word)\""
            + ",\"timestamp\":\"\((due + status.skew) / 1000)\""
        if !hidesPhone { json += ",\"recipient_id\":\"\(conversation.phone)\"" }
        // A failed message says nothing about a customer that was addressed by phone.
        if !hidesUserID, status.word != "failed" || status.wasToUserID {
            json += ",\"recipient_user_id\":\(JSONString.quoted(userID))"
        }
        if let data = status.callbackData {
            json += ",\"biz_opaque_callback_data\":\(JSONString.quoted(data))"
        }
        if status.word == "sent" || status.word == "delivered" {
            json +=
                ",\"pricing\":{\"billable\":true,\"pricing_model\":\"PMP\""
                + ",\"type\":\"regular\",\"category\":\"service\"}"
        }
        if let code = status.code {
            let error = GraphError.asked(code)
            json +=
                ",\"errors\":[{\"code\":\(code),\"title\":\(JSONString.quoted(error.title))"
                + ",\"message\":\(JSONString.quoted(error.title)),\"error_data\":{\"details\":"
                + "\(JSONString.quoted(error.details))}}]"
        }
        return json + "}"
    }

    /// When it happened, in seconds, where WhatsApp says so beside it.
    var entryTime: Int64? {
        if case .news = body { due / 1000 } else { nil }
    }

    /// A webhook's whole body.
    static func body(
        _ changes: [String], of business: SimulatedBusiness, at time: Int64? = nil
    ) -> [UInt8] {
        let time = time.map { "\"time\":\($0)," } ?? ""
        let text =
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":"
            + "\(JSONString.quoted(business.account)),\(time)"
            + "\"changes\":[\(changes.joined(separator: ","))]}]}"
        return Array(text.utf8)
    }
}

/// The updates that are not due yet, the earliest first: a binary heap.
struct UpdateHeap: Sendable {
    private struct Element: Sendable {
        var order: UInt64
        var update: WebhookUpdate
    }

    private var elements: [Element] = []
    private var count: UInt64 = 0

    var nextDue: Int64? { elements.first?.update.due }

    mutating func insert(_ update: WebhookUpdate) {
        count += 1
        elements.append(Element(order: count, update: update))
        var child = elements.count - 1
        while child > 0, isEarlier(child, (child - 1) / 2) {
            elements.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes all that is due, in the order of their times.
    mutating func takeDue(at now: Int64) -> [WebhookUpdate] {
        var due: [WebhookUpdate] = []
        while let first = elements.first, first.update.due <= now {
            due.append(first.update)
            let last = elements.removeLast()
            if elements.isEmpty { break }
            elements[0] = last
            sink()
        }
        return due
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < elements.count && isEarlier(child, least) {
                least = child
            }
            guard least != parent else { return }
            elements.swapAt(parent, least)
            parent = least
        }
    }

    private func isEarlier(_ left: Int, _ right: Int) -> Bool {
        let (a, b) = (elements[left], elements[right])
        return (a.update.due, a.order) < (b.update.due, b.order)
    }
}

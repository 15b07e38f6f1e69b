import Cryptography
import Endpoints
import FoundationEssentials
import HTTPServer
import JSON

extension World {
    private static let window: Int64 = 24 * 3600 * 1000
    /// WhatsApp: one message to one customer in 6 s, bursts of up to 45 borrowed from the future.
    private static let pairInterval: Int64 = 6_000
    private static let pairBurst: Int64 = 45

    /// Decides about `POST /{version}/{number}/messages`.
    mutating func receive(
        _ body: [UInt8], number: String, authorization: String?, at now: Int64
    ) -> Outcome {
        stats.calls += 1
        do throws(GraphError) {
            let business = try authorize(authorization, number: number)
            let (message, json) = try Self.decode(body)
            return message.status != nil
                ? try mark(message, business) : try send(message, json, body, business, at: now)
        } catch {
            stats.refused[String(error.code), default: 0] += 1
            return Outcome(error.response)
        }
    }

    /// The business that a token stands for, if the number is its own.
    func authorize(
        _ authorization: String?, number: String
    ) throws(GraphError) -> SimulatedBusiness {
        let business = try holder(of: authorization)
        guard business.number == number else {
            throw GraphError(
                100, "Unsupported post request",
                "the object \(number.prefix(40)) does not exist or is not this token's",
                subcode: 33)
        }
        return business
    }

    private static func decode(
        _ body: [UInt8]
    ) throws(GraphError) -> (GraphMessage, JSONView) {
        let message: GraphMessage
        let json: JSONView
        do {
            json = try JSONTape(body).root
            message = try JSONDecoder().decode(GraphMessage.self, from: Data(body))
        } catch {
            throw .parameter("the body is not the JSON of a message")
        }
        guard message.messaging_product == "whatsapp" else {
            throw .parameter("messaging_product must be whatsapp")
        }
        return (message, json)
    }

    private mutating func mark(
        _ message: GraphMessage, _ business: SimulatedBusiness
    ) throws(GraphError) -> Outcome {
        guard message.status == "read", let wamid = message.message_id else {
            throw .parameter("a status is read and names its message_id")
        }
        guard let key = writers[wamid], key.number == business.number else {
            throw GraphError(131009, "Parameter value is not valid", "no such message")
        }
        stats.marks += 1
        conversations[key]?.mark(wamid, typing: message.typing_indicator != nil)
        return Outcome(.json(Array("{\"success\":true}".utf8)))
    }

    private mutating func send(
        _ message: GraphMessage, _ json: JSONView, _ body: [UInt8],
        _ business: SimulatedBusiness, at now: Int64
    ) throws(GraphError) -> Outcome {
        let name = business.name
        let slow = faults.consume(.slow, name).map {
            Duration.milliseconds($0.milliseconds ?? 1000)
        }
        if faults.consume(.reset, name) != nil { return Outcome(nil) }
        if faults.consume(.throttle, name) != nil { throw .throughput }
        if let fault = faults.consume(.graphError, name) { throw .asked(fault.code ?? 131000) }
        if faults.consume(.serverError, name) != nil { return Outcome(HTTPResponse(status: 500)) }
        let key = try address(message, business)
        try GraphRules.check(json)
        try check(message, json, key, business, at: now)
        let medium = try seen(message, json, number: business.number, at: now)
        let words = message.text?.body ?? words(message, json, business)
        var outcome = accept(message, words, medium, body, business, key, at: now)
        if let slow { outcome.delay += slow }
        if faults.consume(.echo, name) != nil, let conversation = conversations[key],
            let sent = conversation.seen.last,
            let echo = echo(of: json, wamid: sent.wamid, business, key, conversation, at: now)
        {
            outcome.updates.insert(echo, at: 0)
        }
        if faults.consume(.dropAnswer, name) != nil { outcome.response = nil }
        if faults.consume(.serverErrorAfter, name) != nil {
            outcome.response = HTTPResponse(status: 500)
        }
        return outcome
    }

    /// Finds the conversation; `to` wins over `recipient`.
    private mutating func address(
        _ message: GraphMessage, _ business: SimulatedBusiness
    ) throws(GraphError) -> ConversationName {
        if let to = message.to {
            let digits = to.filter { $0.isASCII && $0.isNumber }
            guard (5...20).contains(digits.count) else { throw .parameter("to is no phone number") }
            return open(business, phone: digits)
        }
        guard let recipient = message.recipient else {
            throw .parameter("a message needs to or recipient")
        }
        guard let phone = phones["\(business.portfolio)/\(recipient)"] else {
            throw GraphError(131026, "Message undeliverable", "no such user in this portfolio")
        }
        return open(business, phone: phone)
    }

    private mutating func check(
        _ message: GraphMessage, _ json: JSONView, _ key: ConversationName,
        _ business: SimulatedBusiness, at now: Int64
    ) throws(GraphError) {
        if let sent = json["template"], let name = template(of: message, business) {
            guard let template = templates[name] else {
                throw GraphError(
                    132_001, "Template does not exist in the translation",
                    "template name (\(name)) does not exist in the translation", status: 404)
            }
            try template.check(sent)
        }
        // WhatsApp, "Error codes": 131009 also for what a reaction does not find.
        if message.type == "reaction", let id = message.reaction?.message_id {
            let isKnown =
                writers[id] == key || conversations[key]?.seen.contains { $0.wamid == id } == true
            guard isKnown else {
                throw GraphError(131_009, "Parameter value is not valid", "no such message")
            }
        }
        let lastWrote = conversations[key]?.lastWrote
        if message.type != "template", lastWrote.map({ now - $0 >= Self.window }) ?? true {
            throw .windowClosed
        }
        if isOverRate(key.number, at: now) { throw .throughput }
        if configuration.enforcesPairLimit {
            let repaid = max(conversations[key]?.repaidAt ?? now, now)
            if repaid - now > Self.pairInterval * (Self.pairBurst - 1) { throw .pairLimit }
            conversations[key]?.repaidAt = repaid + Self.pairInterval
        }
    }

    /// What the customer reads of a template.
    private func words(
        _ message: GraphMessage, _ json: JSONView, _ business: SimulatedBusiness
    ) -> String? {
        guard let sent = json["template"], let key = template(of: message, business) else {
            return nil
        }
        return templates[key]?.words(sent)
    }

    private func template(of message: GraphMessage, _ business: SimulatedBusiness) -> String? {
        guard message.type == "template" else { return nil }
        let name = message.template?.name ?? ""
        return "\(business.name)/\(name)/\(message.template?.language?.code ?? "")"
    }

    private mutating func accept(
        _ message: GraphMessage, _ words: String?, _ medium: SeenMedium?, _ body: [UInt8],
        _ business: SimulatedBusiness, _ key: ConversationName, at now: Int64
    ) -> Outcome {
        stats.accepted += 1
        let wamid = makeWamid(key)
        guard var conversation = conversations.removeValue(forKey: key) else {
            return Outcome(HTTPResponse(status: 500))
        }
        let index = conversation.seen.count + 1
        conversation.seen.append(
            SeenMessage(
                index: index, wamid: wamid, type: message.type ?? "text",
                text: words, at: now,
                callback_data: message.biz_opaque_callback_data,
                reply_to: message.context?.message_id, medium: medium, body: body))
        let waiters = conversation.takeWaiters()
        conversations[key] = conversation
        var outcome = Outcome(Self.answer(wamid, message, conversation, key))
        outcome.answers = waiters.map { waiter in
            (
                waiter.writer,
                Self.view(conversation, of: key, business: business.name, after: waiter.after)
            )
        }
        let status = WebhookUpdate.Status(
            wamid: wamid, word: "sent", callbackData: message.biz_opaque_callback_data,
            index: index, wasToUserID: message.to == nil)
        addStatuses(of: status, key, conversation, business.name, at: now, to: &outcome)
        return outcome
    }

    private static func answer(
        _ wamid: String, _ message: GraphMessage, _ conversation: SimulatedConversation,
        _ key: ConversationName
    ) -> HTTPResponse {
        let input = JSONString.quoted(message.to ?? message.recipient ?? "")
        // Sent to a phone, the answer names the phone; sent to a user id, the id.
        let found =
            message.to != nil
            ? "\"wa_id\":\"\(key.phone)\"" : "\"user_id\":\(JSONString.quoted(conversation.userID))"
        let text =
            "{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":\(input),\(found)}]"
            + ",\"messages\":[{\"id\":\"\(wamid)\"}]}"
        return .json(Array(text.utf8))
    }

    /// Plans the statuses of an accepted message, with the faults that concern them.
    private mutating func addStatuses(
        of status: WebhookUpdate.Status, _ key: ConversationName,
        _ conversation: SimulatedConversation, _ business: String, at now: Int64,
        to outcome: inout Outcome
    ) {
        if faults.consume(.noStatus, business) != nil { return }
        var plan: [(String, Duration)] = [
            ("sent", configuration.sentDelay), ("delivered", configuration.deliveredDelay),
        ]
        if let read = configuration.readDelay { plan.append(("read", read)) }
        var status = status
        if let fault = faults.consume(.failStatus, business) {
            plan = [("failed", configuration.sentDelay)]
            status.code = fault.code ?? 131026
        }
        if faults.consume(.disorder, business) != nil {
            let delays = plan.map(\.1)
            plan = zip(plan.map(\.0).reversed(), delays).map { ($0, $1) }
        }
        if let fault = faults.consume(.statusFirst, business) {
            plan = plan.map { ($0.0, .zero) }
            outcome.delay += .milliseconds(fault.milliseconds ?? 500)
        }
        for (word, delay) in plan {
            status.word = word
            status.skew = faults.consumeSkew(business)
            let milliseconds = Int64(delay / .milliseconds(1))
            outcome.updates.append(
                update(.status(status), key, conversation, business, due: now + milliseconds))
        }
    }

    func update(
        _ body: WebhookUpdate.Body, _ key: ConversationName,
        _ conversation: SimulatedConversation, _ business: String, due: Int64
    ) -> WebhookUpdate {
        WebhookUpdate(
            due: due, business: business, conversation: key, customerName: conversation.name,
            userID: conversation.userID, hidesPhone: conversation.hidesPhone,
            hidesUserID: conversation.hidesUserID, body: body)
    }

    /// What a customer saw, as the control API tells it.
    static func view(
        _ conversation: SimulatedConversation, of key: ConversationName, business: String,
        after: Int
    ) -> HTTPResponse {
        let start = min(max(0, after), conversation.seen.count)
        let view = ConversationView(
            business: business, from: key.phone, user_id: conversation.userID,
            cursor: conversation.seen.count, messages: Array(conversation.seen[start...]),
            written: conversation.written, read: conversation.read, typing: conversation.typing)
        do {
            return try Reply(view).response()
        } catch {
            return Problem(.unexpected, "the answer cannot be written").response
        }
    }
}

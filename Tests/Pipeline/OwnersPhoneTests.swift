import Cryptography
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// A business that goes on answering on its phone, from the webhook to what people and the model
/// read.
@Suite(.ownInstallation)
struct OwnersPhoneTests {
    private static let path = "/api/v1/tenants/\(RunningInstallation.demo)/conversations"

    /// Writes on the business's phone; answers the message's id.
    @discardableResult
    private static func answer(_ customer: Customer, _ text: String) async throws -> String {
        let written = try await customer.simulator.call(
            .post, "/api/v1/echoes",
            try jsonBytes(["business": customer.business, "to": customer.phone, "text": text]))
        return try #require(written["wamid"].string)
    }

    private struct Sent: Encodable {
        struct Message: Encodable {
            struct Edit: Encodable {
                struct Changed: Encodable {
                    var type = "text"
                    var text: [String: String]
                }
                var original_message_id: String
                var message: Changed?
            }
            var type: String
            var edit: Edit?
            var revoke: Edit?
        }
        var business: String
        var to: String
        var message: Message
    }

    /// Changes or takes back a message on the phone.
    private static func change(
        _ wamid: String, to text: String?, by customer: Customer
    ) async throws {
        let edit = Sent.Message.Edit(
            original_message_id: wamid, message: text.map { .init(text: ["body": $0]) })
        let message = Sent.Message(
            type: text == nil ? "revoke" : "edit", edit: text == nil ? nil : edit,
            revoke: text == nil ? edit : nil)
        try await customer.simulator.call(
            .post, "/api/v1/echoes",
            try jsonBytes(
                Sent(business: customer.business, to: customer.phone, message: message)))
    }

    /// The customer's only conversation, once its lines are as wanted.
    private static func transcript(
        of phone: String, _ what: String, in installation: RunningInstallation,
        once isSo: @escaping @Sendable ([JSON]) -> Bool
    ) async throws -> (conversation: String, lines: [JSON]) {
        try await eventually(what) {
            let all = try await installation.console.call(.get, path)["conversations"].elements
            let own = all.filter { $0["customer"]["phone"].string == phone }
            guard own.count == 1, let id = own[0]["conversation"].string else { return nil }
            let lines = try await installation.console.call(.get, path + "/" + id)["lines"].elements
            return isSo(lines) ? (id, lines) : nil
        }
    }

    @Test("an answer from the phone silences the bot, is shown as ours, and reaches the model")
    func answered() async throws {
        let model = try ModelDouble { _ in
            .say("On Saturday we open at 9:00 [{n}].", holding: "Saturday we open at 9:00")
        }
        let options = ["--model-url", model.url, "--model", "double", "--burst-pause", "0"]
        try await RunningInstallation.with(options) { installation in
            let customer = Customer(in: installation)
            // WhatsApp tells of what is sent from here as if the phone had sent it, too.
            try await installation.simulator.call(
                .post, "/api/v1/faults", try jsonBytes(["kind": "echo"]))
            let first = try await customer.ask("When do you open on Saturday?")
            let words = "I will bring the bike myself."
            let wamid = try await Self.answer(customer, words)
            // What was sent from here stands once, as soon as its name is known.
            let (conversation, _) = try await Self.transcript(
                of: customer.phone, "the answer is shown", in: installation
            ) { lines in
                lines.map { $0["speaker"].string } == ["customer", "bot", "owner"]
                    && lines.last?["text"].string == words
            }
            try await eventually("the conversation is the phone's") {
                let page = try await installation.console.call(.get, Self.path + "/" + conversation)
                return page["conversation"]["status"].string == "claimed"
            }

            // The bot says nothing, and what it would say knows what was said.
            try await customer.write("Thanks, and when on Saturday?")
            try await eventually("the model is asked") {
                model.questions.last?.contains("Colleague: \(words)") == true
            }
            let path = "/api/v1/tenants/\(RunningInstallation.demo)/handoffs/\(conversation)"
            try await eventually("the bot suggests") {
                try await installation.console.call(.get, path)["suggestion"]["text"].string
                    == "On Saturday we open at 9:00."
            }
            #expect(try await customer.seen().count == 1)

            try await Self.change(wamid, to: "I will bring the bike at six.", by: customer)
            try await Self.change(first.wamid, to: nil, by: customer)
            _ = try await Self.transcript(
                of: customer.phone, "the changes are shown", in: installation
            ) { lines in
                let texts = lines.prefix(3).map { $0["text"].string }
                return texts.last == "I will bring the bike at six." && texts[1] == "[taken back]"
            }

            let ana = try await Agent.connect(
                "ana", name: "Ana", of: RunningInstallation.demo, in: installation)
            let closed = try await ana.ask("close", conversation)
            #expect(closed["type"].string == "accepted", "\(closed)")
            _ = try await customer.ask("And when do you open on Saturday?")
            let asked = try #require(model.questions.last)
            #expect(asked.contains("Colleague: I will bring the bike at six."))
            #expect(!asked.contains(words))
            await ana.leave()
        }
        await model.stop()
    }

    @Test("what was said before the number was connected is there to read, and answered by nobody")
    func history() async throws {
        try await RunningInstallation.with(["--burst-pause", "0"]) { installation in
            let businesses = try await installation.simulator.call(.get, "/api/v1/businesses")
            let demo = try #require(
                businesses.elements.first { $0["name"].string == RunningInstallation.demo })
            let own = try #require(demo["display_number"].string).filter(\.isNumber)
            let customer = Customer(in: installation)
            func message(_ from: String, _ id: String, _ text: String) -> String {
                #"{"from":"\#(from)","id":"wamid.\#(id)\#(customer.phone)","#
                    + #""timestamp":"1795000000","type":"text","text":{"body":"\#(text)"},"#
                    + #""history_context":{"status":"READ"}}"#
            }
            let messages = [
                message(customer.phone, "a", "What time do you open on Saturday?"),
                message(own, "b", "At nine, as ever."),
            ]
            let value =
                #"{"messaging_product":"whatsapp","metadata":{"display_phone_number":"\#(own)","#
                + #""phone_number_id":"\#(demo["number_id"].string ?? "")"},"history":[{"#
                + #""metadata":{"phase":0,"chunk_order":1,"progress":100},"threads":[{"id":"#
                + #""\#(customer.phone)","messages":[\#(messages.joined(separator: ","))]}]}]}"#
            let body = Array(
                (#"{"object":"whatsapp_business_account","entry":[{"id":"#
                    + #""\#(demo["account_id"].string ?? "")","changes":[{"field":"history","#
                    + #""value":\#(value)}]}]}"#).utf8)
            let secret = Array((demo["app_secret"].string ?? "").utf8)
            let code = Hex.encode(try HMAC.sha256(key: secret, body))
            let answer = try await HTTPClient().send(
                HTTPClientRequest(
                    .post, installation.webhook,
                    headers: [
                        "Content-Type": "application/json", "X-Hub-Signature-256": "sha256=\(code)",
                    ], body: body))
            #expect(answer.status == 200)
            let (_, lines) = try await Self.transcript(
                of: customer.phone, "the past is shown", in: installation
            ) { $0.count == 2 }
            #expect(lines.map { $0["speaker"].string } == ["customer", "owner"])
            // What is asked now is answered, and nothing before it was.
            _ = try await customer.ask("What time do you open on Saturday?")
            #expect(try await customer.seen().count == 1)
        }
    }
}

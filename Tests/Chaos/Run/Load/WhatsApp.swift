import ChaosChecker
import FoundationEssentials
import HTTPClient
import Simulator

/// The simulated WhatsApp, which outlives whatever happens to Parley.
struct WhatsApp: Sendable {
    struct Business: Decodable, Sendable {
        var name: String
        var number_id: String
        var account_id: String
        var app_secret: String
        var verify_token: String
        var access_token: String
    }

    struct Registered: Decodable {
        var business: Business
        var verified: Bool
        var problem: String?
    }

    struct View: Decodable, Sendable {
        struct Message: Decodable, Sendable {
            var wamid: String
            var text: String?
            var at: Int64
            var callback_data: String?
            var status_acknowledged_at: Int64?
        }
        struct Written: Decodable, Sendable {
            var wamid: String
            var at: Int64
            var acknowledged_at: Int64?
        }
        var cursor: Int
        var messages: [Message]
        var written: [Written]
    }

    /// What a customer's message became.
    struct Said: Decodable {
        var wamid: String
        /// The customer's user id.
        var user_id: String
    }

    let simulator: Simulator
    let api: JSONAPI

    init(port: Int, seed: UInt64) throws {
        var configuration = SimulatorConfiguration()
        configuration.port = port
        configuration.seed = seed
        // Meta's second retry comes after 10 s; a run has no time for that.
        configuration.retryTimeScale = 0.05
        simulator = try Simulator(configuration)
        api = JSONAPI(base: "http://127.0.0.1:\(try simulator.start())")
    }

    func register(_ fields: [String: String]) async throws -> Registered {
        try await api.post("/api/v1/businesses", fields, as: Registered.self)
    }

    private struct Template: Encodable {
        var business: String
        var name = TemplateWish.name
        var language = TemplateWish.language
        var body = TemplateWish.body
    }

    /// Approves the template by which the agents of a business say what they say.
    func approveTemplate(of business: String) async throws {
        try await api.call(.post, "/api/v1/templates", Template(business: business))
    }

    /// What webhooks name a customer by.
    enum Naming: Sendable, CaseIterable {
        case phone, userID, both
    }

    private struct Message: Encodable {
        var business: String
        var from: String
        var text: String
        var hides_phone: Bool
        var hides_user_id: Bool
    }

    /// A customer writes.
    func write(
        _ text: String, in conversation: History.Conversation, named naming: Naming = .both
    ) async throws -> Said {
        let body = Message(
            business: conversation.tenant, from: conversation.phone, text: text,
            hides_phone: naming == .userID, hides_user_id: naming == .phone)
        return try await api.post("/api/v1/messages", body, as: Said.self)
    }

    private struct Picture: Codable {
        var id: String
        var mime_type: String
        var sha256: String
        var caption: String?
    }

    private struct Shown: Encodable {
        struct Message: Encodable {
            var type = "image"
            var image: Picture
        }
        var business: String
        var from: String
        var message: Message
        var hides_phone: Bool
        var hides_user_id: Bool
    }

    /// A customer sends a picture with words under it.
    func show(
        _ text: String, in conversation: History.Conversation, named naming: Naming = .both
    ) async throws -> Said {
        // The signature of a PNG, and what makes it unlike others: no words, which are looked for.
        let bytes: [UInt8] =
            [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + text.utf8.map { ~$0 }
        let stored = try await api.send(
            .post, "/api/v1/media?business=\(conversation.tenant)", bytes)
        var picture = try JSONDecoder().decode(Picture.self, from: Data(stored))
        picture.mime_type = "image/png"
        picture.caption = text
        let body = Shown(
            business: conversation.tenant, from: conversation.phone,
            message: .init(image: picture), hides_phone: naming == .userID,
            hides_user_id: naming == .phone)
        return try await api.post("/api/v1/messages", body, as: Said.self)
    }

    func view(
        _ conversation: History.Conversation, after: Int = 0, wait: Int = 0
    ) async throws -> View {
        try await api.get(
            "/api/v1/conversations/\(conversation.tenant)/\(conversation.phone)"
                + "?after=\(after)&wait=\(wait)", as: View.self)
    }

    func fault(_ fault: FaultSwitch.Fault) async throws {
        try await api.call(.post, "/api/v1/faults", fault)
    }

    func clearFaults() async throws { try await api.call(.delete, "/api/v1/faults") }

    /// Adds what WhatsApp knows to what was recorded: times, and what customers saw.
    func complete(_ history: History) async throws -> History {
        var history = history
        var taken: [String: View.Written] = [:]
        for conversation in Set(history.written.map(\.conversation)) {
            let view = try await view(conversation)
            for message in view.written { taken[message.wamid] = message }
            for message in view.messages {
                history.seen.append(
                    History.Seen(
                        conversation, message.wamid, message.text ?? "",
                        attempt: message.callback_data, at: message.at,
                        statusAcknowledged: message.status_acknowledged_at))
            }
        }
        for index in history.written.indices {
            guard let known = taken[history.written[index].message] else { continue }
            history.written[index].at = known.at
            history.written[index].acknowledged = known.acknowledged_at
        }
        return history
    }
}

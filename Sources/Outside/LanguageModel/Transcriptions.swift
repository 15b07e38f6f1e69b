import Conversation
package import HTTPClient

/// Writes down what is said in a sound, over OpenAI's transcription interface (OpenAI's API
/// reference, "Create transcription"), as vLLM, whisper.cpp's server and others have it too.
package struct Transcriptions: Sendable {
    /// The longest file that OpenAI takes; others take more.
    package static let mostBytes = 25 * 1024 * 1024

    private let endpoint: LanguageModelEndpoint
    private let model: String
    private let client: HTTPClient

    /// Takes where to ask, for which model, and over which client.
    package init(_ endpoint: LanguageModelEndpoint, model: String, over client: HTTPClient) {
        self.endpoint = endpoint
        self.model = model
        self.client = client
    }

    /// What is said in a sound, empty where nothing is; `filename` tells servers its format by its
    /// ending.
    package func transcribe(
        _ bytes: [UInt8], mediaType: String, filename: String, timeout: Duration
    ) async throws(LanguageModelError) -> String {
        let form = MultipartForm(
            fields: [("model", model), ("response_format", "json")], file: "file",
            filename: filename, mediaType: mediaType, bytes: bytes)
        let answer = try await endpoint.post(
            "/audio/transcriptions", form.body, as: form.contentType, timeout: timeout,
            model: model, over: client)
        do throws(RecordError) {
            return try RecordCodec.decode(Answer.self, from: answer).text
        } catch {
            throw .malformedAnswer(detail: "it is not a transcription in JSON")
        }
    }

    private struct Answer: Decodable {
        var text: String
    }
}

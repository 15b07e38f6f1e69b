import HTTPClient
import JSON
import Testing

@testable import LanguageModel

@Suite("Sounds and pictures for models", .timeLimit(.minutes(5)))
struct MediaTests {
    @Test("a sound is posted as a form, and what is said in it comes back")
    func transcription() async throws {
        let server = try ModelServer(
            #"{"text":" ¿A qué hora abren? ","usage":{}}"#, #"{"words":[]}"#)
        let speech = Transcriptions(
            .init(baseURL: server.url, key: "sk-1"), model: "whisper-1", over: try HTTPClient())
        func transcribe() async throws(LanguageModelError) -> String {
            try await speech.transcribe(
                Array("OggS".utf8), mediaType: "audio/ogg", filename: "voice.ogg",
                timeout: .seconds(30))
        }
        #expect(try await transcribe() == " ¿A qué hora abren? ")
        let asked = try #require(server.asked.first)
        #expect(asked.path == "/v1/audio/transcriptions")
        #expect(asked.authorization == "Bearer sk-1")
        #expect(asked.body.contains("name=\"model\"\r\n\r\nwhisper-1\r\n"))
        #expect(asked.body.contains("name=\"file\"; filename=\"voice.ogg\"\r\n"))
        #expect(asked.body.contains("Content-Type: audio/ogg\r\n\r\nOggS\r\n--"))
        await #expect(
            throws: LanguageModelError.malformedAnswer(
                detail: "it is not a transcription in JSON")
        ) { _ = try await transcribe() }
        await server.stop()
    }

    @Test("a picture stands beside the words that it came with")
    func picture() async throws {
        let server = try ModelServer(
            """
            {"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"Hi"}}]}
            """)
        let model = ChatCompletions(.init(baseURL: server.url), over: try HTTPClient())
        _ = try await model.complete(
            ChatRequest(
                model: "m",
                messages: [
                    .init(.system, "Be brief."),
                    .init(
                        .user, "What is it?",
                        images: [ChatImage(mediaType: "image/png", base64: "iVBO")]),
                ]))
        let body = try #require(server.asked.first?.body)
        #expect(
            body.contains(
                """
                {"content":[{"text":"What is it?","type":"text"},\
                {"image_url":{"url":"data:image/png;base64,iVBO"},"type":"image_url"}],\
                "role":"user"}
                """))
        #expect(body.contains(#"{"content":"Be brief.","role":"system"}"#))
        await server.stop()
    }
}

import Foundation
import HTTPClient
import HTTPServer
import JSON
import Testing

@testable import LanguageModel

@Suite("Chat completions", .timeLimit(.minutes(5)))
struct ChatCompletionsTests {
    static let handoff = ChatTool(
        name: "hand_off", description: "Hands over to a person.",
        parameters: [
            "type": "object", "properties": ["reason": ["type": "string"]],
            "required": ["reason"],
        ])

    func request(tools: [ChatTool] = []) -> ChatRequest {
        ChatRequest(
            model: "small", messages: [.init(.system, "Be brief."), .init(.user, "¿Qué tal?")],
            tools: tools)
    }

    func error(
        _ server: ModelServer, key: String? = nil
    ) async throws -> LanguageModelError? {
        let model = ChatCompletions(.init(baseURL: server.url, key: key), over: try HTTPClient())
        do throws(LanguageModelError) {
            _ = try await model.complete(request())
            return nil
        } catch {
            return error
        }
    }

    @Test("the request is what the interface wants, the answer is read whole")
    func exchange() async throws {
        let server = try ModelServer(
            """
            {"id":"x","model":"small-1","choices":[{"index":0,"finish_reason":"stop",
            "message":{"role":"assistant","content":"Bien, ¿y tú?"}}],
            "usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17}}
            """)
        let model = ChatCompletions(
            .init(baseURL: server.url, key: "sk-1"), over: try HTTPClient())
        var request = request(tools: [Self.handoff])
        request.temperature = 0
        request.maximumTokens = 100
        let answer = try await model.complete(request)
        #expect(
            answer
                == ChatAnswer(
                    content: "Bien, ¿y tú?", finishReason: .stop,
                    usage: .init(promptTokens: 12, completionTokens: 5), model: "small-1"))
        let asked = try #require(server.asked.first)
        #expect(asked.path == "/v1/chat/completions")
        #expect(asked.authorization == "Bearer sk-1")
        let expected = """
            {"max_tokens":100,"messages":[{"content":"Be brief.","role":"system"},\
            {"content":"¿Qué tal?","role":"user"}],"model":"small","temperature":0,\
            "tool_choice":"auto","tools":[{"function":{"description":"Hands over to a person.",\
            "name":"hand_off","parameters":{"properties":{"reason":{"type":"string"}},\
            "required":["reason"],"type":"object"}},"type":"function"}]}
            """
        #expect(asked.body == expected)
        await server.stop()
    }

    @Test("tool calls are read, and sent back with their answers")
    func toolCalls() async throws {
        let server = try ModelServer(
            """
            {"model":"m","choices":[{"finish_reason":"stop","message":{"content":null,"tool_calls":[
            {"id":"c1","type":"function","function":{"name":"hand_off","arguments":"{\\"reason\\":\\"r\\"}"}},
            {"type":"function","function":{"name":"hand_off","arguments":{"reason":"s"}}}]}}]}
            """, #"{"choices":[{"message":{"content":"done"}}]}"#)
        let model = ChatCompletions(.init(baseURL: server.url), over: try HTTPClient())
        var request = request(tools: [Self.handoff])
        let answer = try await model.complete(request)
        #expect(answer.finishReason == .toolCalls)
        #expect(!answer.toolCallsWereText)
        #expect(
            answer.toolCalls == [
                .init(id: "c1", name: "hand_off", arguments: #"{"reason":"r"}"#),
                .init(id: "call_2", name: "hand_off", arguments: #"{"reason":"s"}"#),
            ])
        request.messages.append(answer.message)
        request.messages.append(ChatMessage(.tool, "queued", toolCallID: "c1"))
        let last = try await model.complete(request)
        #expect(last.content == "done")
        #expect(last.model == "small")
        let sent = try #require(server.asked.last).body
        #expect(sent.contains(#""role":"tool","tool_call_id":"c1""#))
        #expect(sent.contains(#"{"content":null,"role":"assistant","tool_calls":[{"function":"#))
        #expect(try #require(server.asked.first).authorization == nil)
        await server.stop()
    }

    @Test(
        "base URLs are taken with and without their version",
        arguments: [
            ("", "/v1/chat/completions"), ("/", "/v1/chat/completions"),
            ("/v1", "/v1/chat/completions"), ("/v1/", "/v1/chat/completions"),
            ("/openai", "/openai/v1/chat/completions"),
            ("/v1beta/openai/", "/v1beta/openai/chat/completions"),
            ("/voice", "/voice/v1/chat/completions"),
        ])
    func bases(_ suffix: String, _ path: String) async throws {
        let server = try ModelServer(#"{"choices":[{"message":{"content":"x"}}]}"#)
        let model = ChatCompletions(.init(baseURL: server.url + suffix), over: try HTTPClient())
        _ = try await model.complete(request())
        #expect(server.asked.map(\.path) == [path])
        await server.stop()
    }

    @Test(
        "refusals of the server are permanent",
        arguments: [
            (400, "bad", LanguageModelError.Permanent.invalidRequest),
            (422, "bad", .invalidRequest),
            (413, "", .invalidRequest), (401, "", .unauthorized), (403, "", .unauthorized),
            (402, "", .quotaExhausted), (404, "no such model", .notFound), (307, "", .invalidURL),
        ])
    func permanent(
        _ status: Int, _ words: String, _ reason: LanguageModelError.Permanent
    ) async throws {
        let body = #"{"error":{"message":"\#(words) sk-secret","code":"x"}}"#
        let server = try ModelServer([.json(status: status, Array(body.utf8))])
        let error = try #require(try await error(server, key: "sk-secret"))
        guard case .permanent(reason, let detail) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(!error.description.contains("sk-secret"))
        // What a server says may quote what it was asked.
        #expect(words.isEmpty || !detail.contains(words))
        if reason == .unauthorized { #expect(detail.contains("PARLEY_MODEL_KEY")) }
        if reason == .notFound { #expect(detail.contains("small")) }
        await server.stop()
    }

    @Test(
        "what may pass is transient and keeps the server's wish",
        arguments: [
            (429, "7", LanguageModelError.Transient.rateLimited, Duration.seconds(7)),
            (429, "x", .rateLimited, nil), (429, "99999", .rateLimited, .seconds(3600)),
            (500, "", .serverError, nil), (503, "1.5", .serverError, .milliseconds(1500)),
            (504, "", .timeout, nil), (529, "", .serverError, nil),
        ] as [(Int, String, LanguageModelError.Transient, Duration?)])
    func transient(
        _ status: Int, _ after: String, _ reason: LanguageModelError.Transient, _ wait: Duration?
    ) async throws {
        let server = try ModelServer([
            HTTPResponse(status: status, headers: [("Retry-After", after)], body: [])
        ])
        guard case .transient(reason, wait, _)? = try await error(server) else {
            Issue.record("it is something else")
            return
        }
        await server.stop()
    }

    @Test("a date to retry after is understood")
    func retryDate() async throws {
        let style = DateFormatter()
        style.locale = Locale(identifier: "en_US_POSIX")
        style.timeZone = TimeZone(identifier: "GMT")
        style.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let date = style.string(from: Date().addingTimeInterval(120))
        let server = try ModelServer([
            HTTPResponse(status: 503, headers: [("Retry-After", date)], body: [])
        ])
        guard case .transient(_, let wait?, _)? = try await error(server) else {
            Issue.record("it is something else")
            return
        }
        #expect(wait > .seconds(100) && wait <= .seconds(120))
        await server.stop()
    }

    @Test(
        "dates of HTTP are read",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000),
            ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200), ("1994-11-06", nil),
            ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("", nil),
        ] as [(String, Double?)])
    func dates(_ text: String, _ seconds: Double?) {
        #expect(HTTPDate.parse(text)?.timeIntervalSince1970 == seconds)
    }

    @Test("an exhausted quota is not a matter of waiting")
    func quota() async throws {
        let body = #"{"error":{"message":"You exceeded it","code":"insufficient_quota"}}"#
        let server = try ModelServer([.json(status: 429, Array(body.utf8))])
        guard case .permanent(.quotaExhausted, let detail)? = try await error(server) else {
            Issue.record("it is something else")
            return
        }
        #expect(detail == "status 429, insufficient_quota")
        await server.stop()
    }

    @Test("no server is transient, no URL is permanent")
    func unreachable() async throws {
        let server = try ModelServer()
        await server.stop()
        guard case .transient(.connection, nil, _)? = try await error(server) else {
            Issue.record("it is something else")
            return
        }
        let model = ChatCompletions(.init(baseURL: "nonsense://x"), over: try HTTPClient())
        await #expect {
            try await model.complete(request())
        } throws: { error in
            if case LanguageModelError.permanent(.invalidURL, _) = error { true } else { false }
        }
    }

    @Test(
        "answers that are none are malformed",
        arguments: [
            "", "<html>", "{}", #"{"choices":[]}"#, #"{"choices":[{}]}"#,
            #"{"choices":[{"message":{"tool_calls":[{"id":"a"}]}}]}"#, #"{"error":"no"}"#,
        ])
    func malformed(_ body: String) async throws {
        let server = try ModelServer(body)
        guard case .malformedAnswer? = try await error(server) else {
            Issue.record("it is something else")
            return
        }
        await server.stop()
    }

    @Test("questions, answers and errors can be recorded and read again")
    func recorded() throws {
        func again<Value: Codable>(_ value: Value) throws -> Value {
            try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
        }
        let asked = request(tools: [Self.handoff])
        #expect(try again(asked) == asked)
        let answer = ChatAnswer(
            content: "x", toolCalls: [.init(id: "1", name: "n", arguments: "{}")], model: "m")
        #expect(try again(answer) == answer)
        let error = LanguageModelError.transient(
            .timeout, retryAfter: .milliseconds(1500), detail: "d")
        #expect(try again(error) == error)
    }
}

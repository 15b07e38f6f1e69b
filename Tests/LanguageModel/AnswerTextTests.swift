import HTTPClient
import HTTPServer
import Testing

@testable import LanguageModel

/// A text of a model, and what of it is meant for its reader.
struct AnswerTextCase: Sendable, CustomTestStringConvertible {
    var text: String
    var kept: String
    var isBroken = false
    var testDescription: String { text }
}

@Suite("What of a model's text is meant for its reader")
struct AnswerTextTests {
    @Test(
        "thoughts are left out, however their tags are written",
        arguments: [
            AnswerTextCase(
                text: "<think>\nThe code is PARLEY10.\n</think>\n\nWe are open 9 to 18.",
                kept: "We are open 9 to 18."),
            AnswerTextCase(
                text: "The user asks; internal note.\n</think>\nWe are open 9 to 18.",
                kept: "We are open 9 to 18."),
            AnswerTextCase(text: "<think>\nStill thinking", kept: "", isBroken: true),
            AnswerTextCase(
                text: "We are open.\n<think>Should I", kept: "We are open.", isBroken: true),
            AnswerTextCase(text: "We are open. <thi", kept: "We are open.", isBroken: true),
            AnswerTextCase(
                text: "We open at 9. <think>hm</think>We close at 18.",
                kept: "We open at 9. We close at 18."),
            AnswerTextCase(text: "<think>a<think>b</think>c</think>d", kept: "d"),
            AnswerTextCase(text: "<THINKING lang=\"en\">a</THINKING> d", kept: "d"),
            AnswerTextCase(text: "<reasoning>a</reasoning>d", kept: "d"),
            AnswerTextCase(text: "<think>a</think\nd", kept: "d"),
            AnswerTextCase(text: "[THINK]a[/THINK]d", kept: "d"),
            AnswerTextCase(text: "◁think▷a◁/think▷d", kept: "d"),
            AnswerTextCase(
                text: "<|channel|>analysis<|message|>a<|end|><|start|>assistant"
                    + "<|channel|>final<|message|>d<|return|>", kept: "d"),
            AnswerTextCase(text: "<|channel|>analysis<|message|>a", kept: "", isBroken: true),
        ])
    func thoughts(_ item: AnswerTextCase) {
        let found = AnswerText(item.text)
        #expect(found.text == item.kept)
        #expect(found.isBroken == item.isBroken)
    }

    @Test(
        "marks of chat templates end the answer, or are passed over before it",
        arguments: [
            ("We are open.<|im_end|>\n<|im_start|>user\nThanks", "We are open."),
            ("<|im_start|>assistant\nWe are open.<|im_end|>", "We are open."),
            ("<|start_header_id|>assistant<|end_header_id|>\n\nOpen.<|eot_id|>", "Open."),
            ("We are open.</s>", "We are open."), ("<s> We are open.", "We are open."),
            ("We are open. [INST] And on Sunday? [/INST] Closed.", "We are open."),
            ("[/INST] We are open.", "We are open."),
            ("Open.<end_of_turn>\n<start_of_turn>user\nhi", "Open."),
            ("Open.<｜end▁of▁sentence｜>", "Open."), ("We are open.<|im_e", "We are open."),
            ("We are open.\n\n### Human: Thanks", "We are open."), ("<|im_end|>", ""),
        ])
    func marks(_ text: String, _ kept: String) {
        #expect(AnswerText(text).text == kept)
        #expect(!AnswerText(text).isBroken)
    }

    @Test(
        "a plain answer stays as it is",
        arguments: [
            "We are open [1].", "Prices < 20 € and > 5 €.", "[Note] It is at gate <A>. #1",
            " two spaces  stay ", "Model assistant is here.", "Ça va – très bien…",
        ])
    func plain(_ text: String) {
        #expect(AnswerText(text).text == text)
    }
}

@Suite("Answers that are not whole", .timeLimit(.minutes(5)))
struct UnfinishedAnswerTests {
    private func answer(_ body: String, status: Int = 200) async throws -> Result<
        ChatAnswer, LanguageModelError
    > {
        let server = try ModelServer([.json(status: status, Array(body.utf8))])
        let model = ChatCompletions(.init(baseURL: server.url), over: try HTTPClient())
        let result: Result<ChatAnswer, LanguageModelError>
        do throws(LanguageModelError) {
            result = .success(
                try await model.complete(ChatRequest(model: "m", messages: [.init(.user, "?")])))
        } catch {
            result = .failure(error)
        }
        await server.stop()
        return result
    }

    @Test(
        "why a model stopped is told, in the words of any server",
        arguments: [
            ("\"stop\"", ChatAnswer.FinishReason.stop), ("\"STOP\"", .stop), ("null", .other),
            ("\"length\"", .length), ("\"max_tokens\"", .length),
            ("\"content_filter\"", .contentFilter), ("\"abort\"", .unknown),
        ])
    func reasons(_ reason: String, _ expected: ChatAnswer.FinishReason) async throws {
        let body = #"{"choices":[{"finish_reason":\#(reason),"message":{"content":"We are"}}]}"#
        #expect(try await answer(body).get().finishReason == expected)
    }

    @Test("a refusal is told as one, and a thought without an end as cut off")
    func refusal() async throws {
        let refused = try await answer(
            #"{"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"I cannot."}}]}"#
        ).get()
        #expect(refused.finishReason == .refusal)
        #expect(refused.content.isEmpty)
        let broken = try await answer(
            #"{"choices":[{"finish_reason":"stop","message":{"content":"<think>hm"}}]}"#
        ).get()
        #expect(broken.finishReason == .length)
        #expect(broken.content.isEmpty)
    }

    @Test("a failure inside of a 200 is a failure, and may pass where its code says so")
    func failureInside() async throws {
        let busy = #"{"error":{"message":"upstream","code":429},"user_id":"u"}"#
        guard case .failure(.transient(.rateLimited, nil, _)) = try await answer(busy) else {
            Issue.record("a rate limit is none")
            return
        }
        let half = """
            {"choices":[{"finish_reason":"error","error":{"code":502,"message":"died"},
            "message":{"content":"Our opening hours a"}}]}
            """
        guard case .failure(.transient(.serverError, nil, _)) = try await answer(half) else {
            Issue.record("half an answer is taken")
            return
        }
        let bare = #"{"choices":[{"finish_reason":"error","message":{"content":"Our op"}}]}"#
        guard case .failure(.transient) = try await answer(bare) else {
            Issue.record("half an answer is taken")
            return
        }
        guard case .failure(.malformedAnswer) = try await answer(#"{"choices":null,"error":null}"#)
        else {
            Issue.record("no choice is taken")
            return
        }
    }

    @Test(
        "a context that is too long is told from other refusals, whatever its status",
        arguments: [
            (
                400,
                #"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#
            ),
            (
                500,
                #"{"error":{"code":500,"message":"input is too large to process. increase the physical batch size"}}"#
            ),
            (
                200,
                #"{"error":{"code":400,"message":"the request exceeds the available context size"}}"#
            ),
            (200, #"{"error":{"code":"context_length_exceeded","message":"too long"}}"#),
            (
                400,
                #"{"error":{"message":"This model's maximum context length is 4096 tokens.","code":"context_length_exceeded"}}"#
            ),
        ])
    func tooLong(_ status: Int, _ body: String) async throws {
        guard case .failure(.permanent(.contextTooLong, _)) = try await answer(body, status: status)
        else {
            Issue.record("\(body)")
            return
        }
        guard
            case .failure(.permanent(.invalidRequest, _)) = try await answer(
                #"{"error":{"message":"temperature is wrong"}}"#, status: 400)
        else {
            Issue.record("every 400 is too long")
            return
        }
    }

    @Test("a quota that is used up is permanent, a limit that says so only in words is not")
    func quota() async throws {
        let used = #"{"error":{"type":"insufficient_quota","code":429,"message":"x"}}"#
        guard case .failure(.permanent(.quotaExhausted, _)) = try await answer(used, status: 429)
        else {
            Issue.record("it is tried again")
            return
        }
        let busy = #"{"status":429,"error":"INSUFFICIENT QUOTA","message":"concurrent requests"}"#
        guard case .failure(.transient(.rateLimited, _, _)) = try await answer(busy, status: 429)
        else {
            Issue.record("it is not tried again")
            return
        }
    }
}

import Conversation
import Foundation
import StageRuntime
import Testing

@testable import OrchestratorStage

@Suite("Trying a model")
struct ModelTrialTests {
    private static let now = Timestamp(seconds: 1_700_000_000)

    private func trial(_ answer: (String) throws -> String) throws -> ModelTrialResult {
        let stage = OrchestratorStage(prompts: try PromptsFolder.book())
        var trial = ModelTrial(
            stage, of: "sol", TurnSettings(businessName: "Sol", about: nil, model: "m"))
        var next = try trial.begin(at: Self.now)
        while let call = next {
            next = try trial.resume(answered(call, answer), at: Self.now)
        }
        if let silence = trial.silence { throw silence }
        return trial.result(at: "http://m/v1", Self.now)
    }

    private func answered(
        _ call: OrchestratorCall, _ answer: (String) throws -> String
    ) -> Result<OrchestratorAnswer, CallFailure> {
        guard case .complete(let request) = call else {
            return .failure(.permanent(reason: "not asked here"))
        }
        do {
            let text = try answer(request.messages.last?.content ?? "")
            return .success(
                .completed(
                    Completion(
                        text: text, toolCalls: [], promptTokens: 1, completionTokens: 1,
                        model: "m")))
        } catch {
            return .failure(.transient(reason: "\(error)", retryAfterMilliseconds: nil))
        }
    }

    /// What a good model says: the sentence that answers, with its passage's number.
    private static func good(_ prompt: String) -> String {
        let question =
            prompt.range(of: "Question: ", options: .backwards)
            .map { String(prompt[$0.upperBound...]) } ?? ""
        for item in ModelTrial.cases where question.contains(item.question) {
            guard let answer = item.answers.first else { return "HANDOFF" }
            for (number, passage) in item.passages.enumerated() {
                let sentence = Sentences.of(passage.text).first { $0.contains(answer) }
                if let sentence { return "\(sentence) [\(number + 1)]" }
            }
        }
        return "HANDOFF"
    }

    @Test("a model that says what the passages say is not weak")
    func good() throws {
        let result = try trial(Self.good)
        #expect(result.right >= result.rightBuiltIn, "\(result)")
        #expect(result.right >= 10 && !result.isWeak, "\(result)")
        #expect(result.questions == ModelTrial.cases.count && result.model == "m")
        #expect(result.isAbout("m", at: "http://m/v1") && !result.isAbout("m", at: nil))
        #expect(result.at == Self.now && !result.promptHash.isEmpty)
    }

    @Test("the built-in answerer answers most of the cases, so that it is something to beat")
    func builtIn() throws {
        #expect(try trial(Self.good).rightBuiltIn >= 9)
    }

    @Test(
        "a model that chatters, hands everything over or invents is weak, whatever stands in for it",
        arguments: ["I am a helpful assistant!", "HANDOFF", "It costs 99 euros [1].", ""])
    func weak(_ words: String) throws {
        let result = try trial { _ in words }
        #expect(result.isWeak, "\(result)")
        #expect(result.right < 6 && result.wrong == 0, "\(result)")
    }

    @Test("of a model that does not answer nothing is known")
    func silent() throws {
        struct Down: Error {}
        var asked = 0
        #expect(throws: CallFailure.self) {
            _ = try trial { _ in
                asked += 1
                throw Down()
            }
        }
        #expect(asked == 2, "it is not waited for again and again")
    }

    @Test("a weak model is not asked: the built-in answerer answers; another model is")
    func verdict() throws {
        let stage = OrchestratorStage(prompts: try PromptsFolder.book())
        let sealed = TenantSettings.Sealed(keyID: "", box: "")
        func model(
            _ name: String, weak: String, at server: String?, right: Int = 1
        ) -> String? {
            let settings = TenantSettings(
                tenant: "sol", name: "Sol", account: "a", numbers: [], appSecret: sealed,
                verifyToken: sealed, accessToken: sealed, graphURL: "", graphVersion: "",
                model: .init(url: "http://m/v1", name: name),
                modelTrial: ModelTrialResult(
                    model: weak, server: server, questions: 12, right: right, rightBuiltIn: 9,
                    wrong: 0, promptHash: "h", at: Self.now), updatedAt: Self.now)
            return stage.settings(from: settings).business?.model
        }
        #expect(model("tiny", weak: "tiny", at: "http://m/v1") == nil)
        #expect(model("tiny", weak: "tiny", at: "http://m/v1", right: 9) == "tiny")
        #expect(model("large", weak: "tiny", at: "http://m/v1") == "large")
        #expect(model("tiny", weak: "tiny", at: nil) == "tiny")
    }
}

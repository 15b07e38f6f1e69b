import Conversation
import Foundation
import StageRuntime
import Testing

@testable import OrchestratorStage

@Suite("What others than the bot said")
struct PastTests {
    private static func line(
        _ id: RecordID, _ text: String, at: Timestamp,
        _ speaker: TranscriptEntry.Speaker = .owner
    ) -> TranscriptEntry {
        TranscriptEntry(id: id, speaker: speaker, text: text, at: at)
    }

    private static func past(
        _ lines: [TranscriptEntry], instead withdrawn: [TranscriptEntry]? = nil,
        isHandedBack: Bool = false, at now: Timestamp
    ) -> ConversationPast {
        ConversationPast(
            tenant: "sol", conversation: "c", lines: lines, withdrawn: withdrawn,
            isHandedBack: isHandedBack, at: now)
    }

    /// What a model reads in the turn that a question begins.
    private func prompt(_ scene: inout Scene, _ text: String) throws -> String {
        let plan = try scene.turn(text, model: "m")
        guard case .complete(let request) = try scene.call(of: plan) else {
            throw Rejection("the model is not asked")
        }
        return request.messages.map(\.content).joined(separator: "\n")
    }

    @Test("stands before the next question as a colleague's words, once and in its place")
    func told() throws {
        var scene = try Scene(Scene.atOnce)
        let plan = try scene.turn("When do you open on Saturday?", model: "m")
        _ = try scene.resume(said("On Saturday we open at 9:00 [1]."), to: plan)
        scene.now = scene.now + .seconds(60)
        let entry = Self.line("echo", "I will bring the bike myself.", at: scene.now)
        for _ in 0..<2 {
            guard case .ignore = try scene.receive(Self.past([entry], at: scene.now)) else {
                throw Rejection("it is answered")
            }
        }
        _ = try scene.receive(Self.past([], isHandedBack: true, at: scene.now))
        let asked = try prompt(&scene, "And when do you close on Saturday?")
        let words = "Colleague: I will bring the bike myself."
        #expect(asked.components(separatedBy: words).count == 2)
        #expect(asked.contains("You: On Saturday we open at 9:00.\n\(words)"))
        #expect(asked.contains("Colleague: (I have answered; from here on you answer again.)"))
    }

    @Test("is as it was changed, and nothing of what was taken back, the bot's own words too")
    func changed() throws {
        var scene = try Scene(Scene.atOnce)
        let plan = try scene.turn("When do you open on Saturday?", model: "m")
        _ = try scene.resume(said("On Saturday we open at 9:00 [1]."), to: plan)
        let now = scene.now
        let first = Self.line("echo", "It is ten.", at: now)
        _ = try scene.receive(Self.past([first], at: now))
        let second = Self.line("echo", "It is eleven.", at: now)
        _ = try scene.receive(Self.past([second], instead: [first], at: now))
        let own = Self.line("out", "On Saturday we open at 9:00.", at: now, .bot)
        _ = try scene.receive(Self.past([], instead: [own], at: now))
        let asked = try prompt(&scene, "And when on Saturday?")
        #expect(asked.contains("Colleague: It is eleven.") && !asked.contains("It is ten."))
        #expect(!asked.contains("You: On Saturday"))
    }

    @Test("is forgotten after a long pause, as all else is")
    func forgotten() throws {
        var scene = try Scene(Scene.atOnce)
        _ = try scene.receive(
            Self.past([Self.line("echo", "It is ten.", at: scene.now)], at: scene.now))
        scene.now = scene.now + .seconds(7 * 3_600)
        let asked = try prompt(&scene, "And when on Saturday?")
        #expect(!asked.contains("It is ten."))
    }
}

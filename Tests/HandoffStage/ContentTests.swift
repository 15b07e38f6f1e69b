import Conversation
import JSON
import StageRuntime
import Testing

@testable import HandoffStage

/// What is not words alone, through the handoff stage.
@Suite struct ContentTests {
    private static let buttons = OutboundContent(
        .interactive(
            InteractiveMessage(
                "Shall we?", action: .buttons([ReplyButton(id: "y", title: "Yes")]))),
        quoting: "w1")
    private static let template = OutboundContent(
        .template(TemplateMessage(name: "reminder", language: "en")))

    private static func said(_ step: Scene.Step) -> TranscriptEntry? {
        for event in step.events {
            if case .said(let entry) = event.change { return entry }
        }
        return nil
    }

    private static func refused(_ step: Scene.Step) -> String? {
        for event in step.events {
            if case .refused(_, let reason, _) = event.change { return reason }
        }
        return nil
    }

    @Test("an agent sends something to tap, whole and in one message")
    func sends() throws {
        var scene = try Scene.claimed()
        let step = try scene.agent(Scene.ana, .send(Self.buttons))
        #expect(step.outbound.map(\.content) == [.message(Self.buttons)])
        let entry = try #require(Self.said(step))
        #expect(entry.text == "Shall we? [Yes]")
        #expect(entry.content?.choices == ["Yes"])
        #expect(entry.content?.quotes == "w1")
    }

    @Test("what WhatsApp would refuse is refused to the agent, with the limit")
    func refuses() throws {
        var scene = try Scene.claimed()
        let empty = OutboundContent(
            .interactive(InteractiveMessage("Shall we?", action: .buttons([]))))
        #expect(Self.refused(try scene.agent(Scene.ana, .send(empty))) == "there are no buttons")
        let later = OutboundContent(.other(type: "hologram", raw: RawJSON("{}")))
        let reason = Self.refused(try scene.agent(Scene.ana, .send(later)))
        #expect(reason?.contains("hologram") == true)
    }

    @Test("after 24 hours a template goes, and nothing else")
    func window() throws {
        var scene = try Scene.claimed()
        scene.now = scene.now + .seconds(25 * 3600)
        let late = try scene.agent(Scene.ana, .send(Self.buttons))
        #expect(Self.refused(late)?.contains("24 hours") == true)
        #expect(late.outbound.isEmpty)
        let step = try scene.agent(Scene.ana, .send(Self.template))
        #expect(step.outbound.map(\.content) == [.message(Self.template)])
    }

    @Test("long text is cut, and its first part quotes")
    func long() throws {
        var scene = try Scene.claimed()
        let text = String(repeating: "word ", count: 1_000)
        let step = try scene.agent(
            Scene.ana, .send(OutboundContent(.text(text, preview: true), quoting: "w1")))
        #expect(step.outbound.count == 2)
        let contents = step.outbound.compactMap(\.content.message)
        #expect(contents.map(\.quotes) == ["w1", nil])
        #expect(
            contents.allSatisfy { content in
                if case .text(_, preview: true) = content.body { true } else { false }
            })
    }

    @Test("a template's line holds the text that the customer reads, where it is known")
    func templateWords() throws {
        var scene = try Scene.claimed()
        var template = TemplateMessage(name: "ready", language: "es")
        template.words = "Hola Ana, tu bici está lista."
        let step = try scene.agent(Scene.ana, .send(OutboundContent(.template(template))))
        let lines = step.events.compactMap { event in
            if case .said(let line) = event.change { line } else { nil }
        }
        #expect(lines.map(\.text) == ["Hola Ana, tu bici está lista."])
        #expect(lines.first?.content?.template == "ready")
    }

    @Test("a place is a place in the transcript, also in the one that a handoff brings")
    func transcript() throws {
        var scene = Scene()
        let position = Location(latitude: 41.5, longitude: 2, name: "Sol")
        try scene.customer(.location(position), "w1")
        let step = try scene.bot(
            .handoff(reason: .unreadable, summary: "s", notice: "n"), to: ["w1"])
        guard case .queued(_, _, let transcript)? = step.events.first?.change else {
            Issue.record("nothing is queued")
            return
        }
        #expect(transcript.first?.text == "[location: Sol, 41.5, 2.0]")
        #expect(transcript.first?.content?.location == position)
        #expect(transcript.last?.content == nil)
    }

    @Test("lines of before read, and a line keeps what it holds")
    func stored() throws {
        let separator = "\u{1f}"
        let old = ["c", "1700000000123", "m", "", "", "a\u{1f}b"].joined(separator: separator)
        let bytes = try RecordCodec.encode(old)
        let line = try RecordCodec.decode(TranscriptLine.self, from: bytes)
        #expect(line.entry?.text == "a\u{1f}b" && line.entry?.content == nil)
        var content = TranscriptContent(kind: "location")
        content.location = Location(latitude: 1, longitude: 2, name: "a\u{1f}\"b")
        let entry = TranscriptEntry(
            id: "m", speaker: .agent("ana", name: "Ana"), text: "[location] \u{1f}",
            at: Timestamp(milliseconds: 1), content: content)
        #expect(TranscriptLine(entry).entry == entry)
    }
}

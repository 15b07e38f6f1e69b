import Conversation
import Testing

@testable import Console
@testable import ConversationView
@testable import parley

@Suite("What an agent's words mean at the terminal")
struct AgentShellTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    /// Handoffs as the console would tell of them.
    private func handoffs(_ modes: [(ConversationID, Mode)]) -> [Handoff] {
        modes.enumerated().map { index, entry in
            let (conversation, mode) = entry
            return Handoff(
                after: HandoffEvent(
                    tenant: "sol", conversation: conversation, contact: Contact(name: "Luz"),
                    epoch: 1, mode: mode,
                    change: .queued(reason: .asked, summary: "wants Ana", transcript: []),
                    reference: nil, at: Self.now - .seconds(100 - index)))
        }
    }

    private func shell(_ modes: [(ConversationID, Mode)]) -> AgentShell {
        var shell = AgentShell(agent: "ana")
        let all = handoffs(modes)
        let waiting = all.count { $0.status == .queued }
        let page = HandoffList(handoffs: all, waiting: waiting, claimed: all.count - waiting)
        _ = shell.receive(.queue(page, ref: nil), at: Self.now)
        return shell
    }

    private let mine = Mode.claimed(by: "ana", name: "Ana")

    @Test(
        "finds the conversation that is meant",
        arguments: [
            ("claim", AgentShell.Intent.ask(.claim, "aa11", text: nil)),
            ("claim aa2", .ask(.claim, "aa22", text: nil)),
            ("  CLAIM   bb ", .ask(.claim, "bb33", text: nil)),
            ("read", .ask(.read, "bb33", text: nil)),
            ("read aa1", .ask(.read, "aa11", text: nil)),
            ("close", .ask(.close, "bb33", text: nil)),
            ("release", .ask(.release, "bb33", text: nil)),
            ("say  hello there ", .ask(.send, "bb33", text: "hello there")),
            ("Good morning, Luz", .ask(.send, "bb33", text: "Good morning, Luz")),
            ("close the door please", .ask(.send, "bb33", text: "close the door please")),
            ("quit", .quit), ("", .show([])),
            ("claim aa", .show(["aa may mean aa11 or aa22"])),
            ("claim zz", .show(["no conversation here begins with zz; `list` shows them"])),
        ])
    func words(line: String, wish: AgentShell.Intent) {
        var shell = shell([("aa11", .queued), ("aa22", .queued), ("bb33", mine)])
        #expect(shell.read(line, at: Self.now) == wish)
    }

    @Test("sends what the bot suggests, or puts it aside, until it is a suggestion no more")
    func suggestions() {
        var shell = shell([("bb33", mine)])
        #expect(shell.read("suggested", at: Self.now) == .show(["the bot suggests nothing"]))
        let lines = shell.receive(
            .suggestion("bb33", .init(id: "s1", text: "At 9:00.", citations: [])), at: Self.now)
        #expect(lines.map(\.text) == ["[bb33] the bot suggests: At 9:00."])
        #expect(shell.read("suggested", at: Self.now) == .ask(.send, "bb33", text: "At 9:00."))
        #expect(
            shell.read("dismiss", at: Self.now)
                == .desk(
                    .init(type: .dismiss, ref: "", conversation: "bb33", suggestion: "s1")))
        let other = shell.receive(
            .suggestionEnded("bb33", SuggestionEnd(of: "s0", .dismissed)), at: Self.now)
        #expect(other.isEmpty)
        let gone = shell.receive(
            .suggestionEnded("bb33", SuggestionEnd(of: "s1", .dismissed)), at: Self.now)
        #expect(gone.map(\.text) == ["[bb33] the suggestion was put aside"])
        #expect(shell.read("dismiss", at: Self.now) == .show(["the bot suggests nothing"]))
    }

    @Test(
        "asks about a command with a slip instead of sending it to the customer",
        arguments: [
            ("clsoe", "close"), ("Closee", "close"), ("clse", "close"), ("raed", "read"),
            ("relaese", "release"), ("cliam", "claim"), ("earleir", "earlier"), ("mroe", "more"),
            ("sya", "say"), ("lsit", "list"), ("qiut", "quit"), ("clsoe bb33", "close"),
        ])
    func slips(line: String, meant: String) {
        var shell = shell([("aa11", .queued), ("bb33", mine)])
        let doubt: TerminalLine =
            "'\(line)' is no command; did you mean \(meant)? To send it, write: say \(line)"
        #expect(shell.read(line, at: Self.now) == .show([doubt]))
        #expect(shell.read("say \(line)", at: Self.now) == .ask(.send, "bb33", text: line))
    }

    @Test("does not send a command that lacks its words")
    func bareCommands() {
        var shell = shell([("bb33", mine)])
        for line in ["use", "say", "Use"] {
            guard case .show(let lines) = shell.read(line, at: Self.now) else {
                Issue.record("\(line) was sent")
                continue
            }
            #expect(lines.first?.text.contains("to send it, write: say \(line)") == true)
        }
    }

    @Test(
        "sends what is no command",
        arguments: ["hello", "Yes", "ok", "Thanks!", "gracias", "sure", "clsoe the door"])
    func noSlips(line: String) {
        var shell = shell([("bb33", mine)])
        #expect(shell.read(line, at: Self.now) == .ask(.send, "bb33", text: line))
    }

    @Test("sends nothing to anybody while it is not clear to whom")
    func doubt() {
        var none = shell([("aa11", .queued)])
        guard case .show = none.read("hello", at: Self.now) else {
            Issue.record("words went to a conversation that nobody claimed")
            return
        }
        var several = shell([("aa11", mine), ("bb22", mine)])
        guard case .show = several.read("hello", at: Self.now) else {
            Issue.record("words went to one of two conversations")
            return
        }
        guard case .show = several.read("use bb", at: Self.now) else {
            Issue.record("a conversation cannot be chosen")
            return
        }
        #expect(
            several.read("say hello", at: Self.now) == .ask(.send, "bb22", text: "hello"))
    }

    @Test("shows what is said in the own conversations only, and the end of all")
    func shown() throws {
        let line = Handoff.Line(
            TranscriptEntry(id: "m1", speaker: .customer, text: "hi", at: Self.now))
        var theirs = shell([("aa11", .queued)])
        #expect(theirs.receive(.line("aa11", line), at: Self.now).isEmpty)
        var own = shell([("aa11", mine)])
        #expect(own.receive(.line("aa11", line), at: Self.now) == ["[aa11] Luz: hi"])
        #expect(
            own.receive(
                .refused(ref: "r", "aa11", because: "Ben has it", holder: "Ben"), at: Self.now)
                == ["refused: Ben has it (aa11)"])
        #expect(!own.receive(.ended("aa11", by: "ana"), at: Self.now).isEmpty)
        #expect(own.claimed.isEmpty)
    }

    @Test("lists who waits since when, and why")
    func list() {
        var shell = shell([("aa11aa11aa11", .queued), ("bb22", mine)])
        #expect(
            shell.list(at: Self.now) == [
                "aa11aa11  waiting         Luz  100 s  asked: wants Ana",
                "bb22      claimed by Ana  Luz  99 s   asked: wants Ana",
            ])
    }

    @Test("shows a long queue in parts, and asks the console for what it was not told")
    func parts() {
        let modes = (0..<100).map { (ConversationID("c\(100 + $0)"), Mode.queued) }
        let all = handoffs(modes)
        var shell = AgentShell(agent: "ana")
        let first = shell.receive(
            .queue(
                HandoffList(
                    handoffs: Array(all.prefix(60)), next: "cursor", waiting: 100, claimed: 0),
                ref: nil), at: Self.now)
        #expect(first.count == 41)
        #expect(first.last == "… and 60 more; `more` shows them")
        guard case .show(let second) = shell.read("more", at: Self.now) else {
            Issue.record("what is known is asked for")
            return
        }
        #expect(second.count == 21)
        #expect(shell.read("more", at: Self.now) == .turn(.list, "", cursor: "cursor"))
        let third = shell.receive(
            .queue(
                HandoffList(handoffs: Array(all.suffix(40)), waiting: 100, claimed: 0),
                ref: "r"), at: Self.now)
        #expect(third.count == 40)
        #expect(shell.read("more", at: Self.now) == .show(["that is all"]))
        #expect(shell.handoffs.count == 100)
    }

    @Test("looks on for somebody who waits where others have all that it was told of")
    func claimsFurther() {
        var shell = AgentShell(agent: "ana")
        let theirs = handoffs([("aa11", .claimed(by: "ben", name: "Ben"))])
        _ = shell.receive(
            .queue(
                HandoffList(handoffs: theirs, next: "cursor", waiting: 7, claimed: 1), ref: nil),
            at: Self.now)
        #expect(shell.read("claim", at: Self.now) == .turn(.list, "", cursor: "cursor"))
        let id = String(repeating: "ab", count: 16)
        #expect(
            shell.read("claim \(id)", at: Self.now) == .ask(.claim, ConversationID(id), text: nil))
    }

    @Test("reads a long transcript back to its beginning")
    func earlier() throws {
        var shell = shell([("bb22", mine)])
        #expect(shell.read("earlier", at: Self.now) != .quit)
        var transcript = HandoffTranscript(
            handoff: try #require(shell.handoffs["bb22"]), lines: [])
        transcript.next = "m7"
        let lines = shell.receive(.transcript(ref: "r", transcript), at: Self.now)
        #expect(lines.first == "… `earlier` shows what was said before")
        #expect(shell.read("earlier", at: Self.now) == .turn(.read, "bb22", cursor: "m7"))
        transcript.next = nil
        _ = shell.receive(.transcript(ref: "r", transcript), at: Self.now)
        guard case .show(let words) = shell.read("earlier", at: Self.now) else {
            Issue.record("asks for what the console does not keep")
            return
        }
        #expect(words.first?.text.contains("`parley tail --from beginning") == true)
    }
}

extension Handoff {
    /// A handoff as agents are told of it after its first event.
    init(after event: HandoffEvent) {
        self.init(event)
        apply(event)
    }
}

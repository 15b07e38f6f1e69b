import Conversation
import Endpoints
import PipelineTesting
import Records
import Synchronization
import Testing
import WebSocket

@testable import Console
@testable import ConversationView

/// What a socket's reader took, and whether it takes more.
private final class Reader: Sendable {
    private struct State {
        var frames: [AgentFrame] = []
        var sizes: [Int] = []
        var room = Int.max
        var closed: UInt16?
        var resets = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var link: AgentLink {
        AgentLink(
            offer: { self.offer($0, $1) },
            emptied: { await self.emptied() },
            reset: { self.state.withLock { $0.resets += 1 } },
            close: { code, _ in self.state.withLock { $0.closed = code } }, given: { _ in })
    }

    private func offer(_ frame: SharedFrame, _ most: Int) -> WebSocketConnection.Offer {
        state.withLock { state in
            if state.closed != nil { return .closed }
            guard state.room > 0 else { return .full }
            state.room -= 1
            state.sizes.append(frame.count)
            let bytes = Array(frame.bytes.drop { $0 != UInt8(ascii: "{") })
            if let frame = try? RecordCodec.decode(AgentFrame.self, from: bytes) {
                state.frames.append(frame)
            }
            return .accepted
        }
    }

    private func emptied() async {
        await withCheckedContinuation { waiter in
            state.withLock { $0.waiters.append(waiter) }
        }
    }

    /// Takes so many frames more, and lets whoever waits for that go on.
    func take(_ count: Int) {
        let waiters = state.withLock { state in
            state.room = count
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    var isWaitedFor: Bool { state.withLock { !$0.waiters.isEmpty } }
    var frames: [AgentFrame] { state.withLock { $0.frames } }
    var messages: [AgentMessage] { frames.flatMap(\.messages) }
    var sizes: [Int] { state.withLock { $0.sizes } }
    var closed: UInt16? { state.withLock { $0.closed } }
    var resets: Int { state.withLock { $0.resets } }
    /// The texts of the lines that it heard.
    var lines: [String] {
        messages.compactMap { if case .line(_, let line) = $0 { line.text } else { nil } }
    }
}

@Suite("What agents' sockets hear, and what happens to slow ones", .timeLimit(.minutes(5)))
struct AgentHubTests {
    private let clock = OffsetClock()

    private func hub(_ change: (inout AgentLimits) -> Void = { _ in }) -> AgentHub {
        var limits = AgentLimits()
        change(&limits)
        return AgentHub(run: "run", limits: limits) { [clock] in
            Timestamp(milliseconds: clock.now)
        }
    }

    private func join(
        _ hub: AgentHub, _ reader: Reader, _ agent: AgentID = "ana", after cursor: String? = nil,
        isProbed: Bool = false
    ) -> AgentHub.Place {
        let place = hub.join(
            Principal.Agent(id: agent, name: agent.rawValue, tenant: "sol"), of: "sol",
            reader.link, isProbed: isProbed, after: cursor)
        hub.release(place)
        return place
    }

    private func say(
        _ hub: AgentHub, _ text: String, in conversation: ConversationID = "c",
        tenant: TenantID = "sol"
    ) {
        let line = Handoff.Line(
            TranscriptEntry(
                id: RecordID("line \(text.prefix(60))"), speaker: .customer, text: text,
                at: Timestamp(milliseconds: clock.now)))
        hub.hear(HandoffChanged(tenant: tenant, change: .line(conversation, line)))
    }

    private func handoff(_ conversation: ConversationID, version: Int64) -> Handoff {
        var handoff = Handoff(
            HandoffEvent(
                tenant: "sol", conversation: conversation, contact: Contact(userID: "u"),
                epoch: 1, mode: .queued, change: .released(by: "ana", because: "given back"),
                reference: nil,
                at: Timestamp(seconds: 1)))
        handoff.version = version
        handoff.summary = String(repeating: "x", count: 500)
        return handoff
    }

    @Test("who comes back goes on after their cursor: nothing is lost, nothing comes twice")
    func resumes() {
        let hub = hub()
        let first = Reader()
        let place = join(hub, first)
        #expect(!place.isResumed)
        say(hub, "one")
        say(hub, "other", tenant: "luna")
        say(hub, "two")
        hub.deliver()
        #expect(first.lines == ["one", "two"])
        hub.leave(place)
        say(hub, "three")
        hub.deliver()
        say(hub, "four")
        let second = Reader()
        let back = join(hub, second, after: first.frames.last?.cursor)
        #expect(back.isResumed)
        say(hub, "five")
        hub.deliver()
        #expect(second.lines == ["three", "four", "five"])
        #expect(first.lines == ["one", "two"])
    }

    @Test("a cursor of before the last start, of the future or too old begins anew")
    func unknown() {
        let hub = hub { $0.keptEvents = 3 }
        let place = join(hub, Reader())
        for text in ["one", "two", "three", "four", "five"] { say(hub, text) }
        for cursor in ["other.1", "run.9", "run.1", "run.-1", "run", "", "run.01"] {
            #expect(!join(hub, Reader(), after: cursor).isResumed, "\(cursor)")
        }
        #expect(join(hub, Reader(), after: "run.2").isResumed)
        clock.advance(by: .seconds(16 * 60))
        #expect(!join(hub, Reader(), after: "run.2").isResumed)
        #expect(join(hub, Reader(), after: "run.5").isResumed)
        hub.closeAll()
        #expect(!join(hub, Reader(), after: "run.5").isResumed)
        hub.leave(place)
    }

    @Test("what happens while all is being told comes after it")
    func held() {
        let hub = hub()
        let reader = Reader()
        let place = hub.join(
            Principal.Agent(id: "ana", name: "Ana", tenant: "sol"), of: "sol", reader.link,
            isProbed: false, after: nil)
        say(hub, "meanwhile")
        hub.deliver()
        #expect(reader.messages.isEmpty)
        hub.release(place)
        #expect(reader.lines == ["meanwhile"])
    }

    @Test("frames are gathered up to 16 KiB, and never larger than 64 KiB")
    func frames() {
        let hub = hub()
        let reader = Reader()
        let place = join(hub, reader)
        let long = String(repeating: "é", count: 1_500)
        for number in 0..<40 { say(hub, "\(number) \(long)") }
        for number in 0..<3 { say(hub, "\(number) " + String(repeating: "🚲", count: 50_000)) }
        hub.deliver()
        #expect(reader.messages.count == 43)
        #expect(reader.sizes.allSatisfy { $0 <= FrameLimits.frame })
        #expect(reader.sizes.dropLast(3).allSatisfy { $0 <= 17 * 1_024 })
        #expect(reader.sizes.count < 20)
        hub.leave(place)
    }

    @Test("a slow reader has the newest of each row, and no more waits for it than the desk keeps")
    func merges() async throws {
        let hub = hub { $0.waitingFrames = 4 }
        let (slow, quick) = (Reader(), Reader())
        let place = join(hub, slow)
        let other = join(hub, quick, "ben")
        slow.take(0)
        for version in 1...200 {
            hub.hear(
                HandoffChanged(
                    tenant: "sol", change: .updated(handoff("c", version: Int64(version)))))
        }
        say(hub, "and a line")
        hub.deliver()
        #expect(quick.messages.count == 201)
        #expect(slow.messages.isEmpty && slow.closed == nil)
        try await eventually("it is waited for") { slow.isWaitedFor }
        slow.take(100)
        try await eventually("it has caught up") { slow.lines == ["and a line"] }
        let versions = slow.messages.compactMap {
            if case .updated(let handoff) = $0 { handoff.version } else { nil }
        }
        #expect(versions == [200])
        #expect(slow.frames.last?.cursor == quick.frames.last?.cursor)
        say(hub, "next")
        hub.deliver()
        #expect(slow.lines == ["and a line", "next"])
        for place in [place, other] { hub.leave(place) }
    }

    @Test("where even that is too much all is told anew, and who needs that again is cut off")
    func resets() async throws {
        let hub = hub { $0.waitingFrames = 2 }
        let slow = Reader()
        let place = join(hub, slow)
        func overflow() async throws {
            slow.take(0)
            for number in 0..<200 { say(hub, "\(number) \(String(repeating: "x", count: 900))") }
            hub.deliver()
            try await eventually("it is waited for") { slow.isWaitedFor }
            slow.take(100)
        }
        try await overflow()
        try await eventually("all is to be told anew") { slow.resets == 1 }
        say(hub, "meanwhile")
        hub.deliver()
        #expect(slow.messages.isEmpty && slow.closed == nil)
        hub.release(place)
        #expect(slow.lines == ["meanwhile"])
        try await overflow()
        try await eventually("it is cut off") { slow.closed == AgentHub.Code.later }
        guard case .goodbye("slow", let seconds)? = slow.messages.last else {
            Issue.record("it is not told when to come back: \(slow.messages)")
            return
        }
        #expect(seconds > 0 && slow.resets == 1)
        // After a while a reset is no sign of a reader that never keeps up.
        let again = Reader()
        let later = join(hub, again)
        #expect(again.closed == nil)
        for place in [place, later] { hub.leave(place) }
    }

    @Test("signs go to those who look at the same conversation, and wait for nobody")
    func signs() {
        let hub = hub()
        let (ana, ben, eve) = (Reader(), Reader(), Reader())
        let places = [join(hub, ana), join(hub, ben, "ben"), join(hub, eve, "eve")]
        func seen(_ reader: Reader) -> [String] {
            reader.messages.compactMap {
                if case .sign(let sign) = $0 {
                    "\(sign.agent) \(sign.doing) \(sign.conversation)"
                } else {
                    nil
                }
            }
        }
        hub.sign("c", .viewing, by: places[0])
        hub.sign("d", .viewing, by: places[2])
        hub.sign("c", .viewing, by: places[1])
        #expect(seen(ana) == ["ben viewing c"] && seen(ben) == ["ana viewing c"])
        hub.sign("c", .typing, by: places[1])
        // The same again at once is no news.
        hub.sign("c", .typing, by: places[1])
        #expect(seen(ana) == ["ben viewing c", "ben typing c"] && seen(eve).isEmpty)
        ana.take(0)
        clock.advance(by: .seconds(1))
        hub.sign("c", .typing, by: places[1])
        #expect(!ana.isWaitedFor)
        ana.take(10)
        #expect(seen(ana).count == 2)
        // Who said nothing for ten seconds looks at nothing any more.
        clock.advance(by: .seconds(11))
        hub.sign("c", .typing, by: places[1])
        #expect(seen(ana).count == 2)
        hub.sign("c", .viewing, by: places[0])
        #expect(seen(ana).last == "ben typing c")
        hub.leave(places[1])
        #expect(seen(ana).last == "ben left c")
    }

    @Test("a client whose messages nobody reads is cut off after two probes, any other is not")
    func probes() {
        let hub = hub()
        let (frozen, lively, old) = (Reader(), Reader(), Reader())
        _ = join(hub, frozen, isProbed: true)
        let place = join(hub, lively, "ben", isProbed: true)
        _ = join(hub, old, "eve")
        for _ in 0..<4 {
            hub.probe()
            hub.heard(place)
        }
        #expect(frozen.closed == AgentHub.Code.silent)
        #expect(frozen.messages.prefix(2) == [.probe, .probe])
        #expect(lively.closed == nil && lively.messages == [.probe, .probe, .probe, .probe])
        #expect(old.closed == nil && old.messages.isEmpty)
    }

    @Test("nothing is kept for a desk that everybody left long ago")
    func forgets() {
        let hub = hub()
        let reader = Reader()
        let place = join(hub, reader)
        say(hub, "one")
        hub.deliver()
        hub.leave(place)
        clock.advance(by: .seconds(15 * 60 + 1))
        say(hub, "two")
        let cursor = reader.frames.last?.cursor
        let later = join(hub, Reader(), after: cursor)
        #expect(cursor != nil && !later.isResumed)
    }
}

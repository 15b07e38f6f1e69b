import Conversation
import Testing
import Views
import WebSocket

@testable import Live

@Suite("What is kept of changes, and what waits for a reader")
struct LiveFeedTests {
    private let start = Timestamp(seconds: 1_800_000_000)

    private func change(_ id: String, json: String? = nil) -> RowChanged {
        RowChanged("team", .tenant("sol"), id: id, json: json)
    }

    private func limits(_ edit: (inout LiveLimits) -> Void = { _ in }) -> LiveLimits {
        var limits = LiveLimits()
        edit(&limits)
        return limits
    }

    private func ids(_ events: [LiveFeed.Event]?) -> [String]? { events?.map(\.change.id) }

    @Test("whoever comes back hears what happened after their cursor, and nothing twice")
    func replay() {
        var feed = LiveFeed(run: "a", limits: limits())
        let before = feed.cursor
        _ = feed.append(change("1"), at: start)
        let between = feed.cursor
        _ = feed.append(change("2"), at: start)
        #expect(ids(feed.events(after: before, at: start)) == ["1", "2"])
        #expect(ids(feed.events(after: between, at: start)) == ["2"])
        #expect(ids(feed.events(after: feed.cursor, at: start)) == [])
    }

    @Test("a cursor of another start, of the future or of what is not kept is of no use")
    func unknown() throws {
        var feed = LiveFeed(run: "a", limits: limits { $0.keptEvents = 3 })
        let first = feed.cursor
        for number in 0..<4 { _ = feed.append(change("\(number)"), at: start) }
        #expect(feed.events(after: first, at: start) == nil)
        #expect(ids(feed.events(after: feed.cursor(at: 1), at: start)) == ["1", "2", "3"])
        #expect(feed.events(after: feed.cursor(at: 5), at: start) == nil)
        #expect(feed.events(after: try #require(LiveCursor("b.4")), at: start) == nil)
        let late = start + .seconds(15 * 60 + 1)
        #expect(feed.events(after: feed.cursor(at: 3), at: late) == nil)
        #expect(ids(feed.events(after: feed.cursor, at: late)) == [])
        for text in ["", "a", "a.", "a.-1", "a.01", ".1", "a.1.2", "a.x"] {
            #expect(LiveCursor(text) == nil, "\(text)")
        }
    }

    @Test("after a break nobody goes on where they were")
    func brokenOff() {
        var feed = LiveFeed(run: "a", limits: limits())
        _ = feed.append(change("1"), at: start)
        let before = feed.cursor
        feed.breakOff()
        #expect(feed.events(after: before, at: start) == nil)
        #expect(ids(feed.events(after: feed.cursor, at: start)) == [])
    }

    @Test("the memory of changes is bounded, however many there are")
    func bounded() {
        var feed = LiveFeed(run: "a", limits: limits { $0.keptEvents = 100 })
        for number in 0..<10_000 { _ = feed.append(change("\(number)"), at: start) }
        #expect(feed.count == 100)
        #expect(feed.events(after: feed.cursor(at: 9_900), at: start)?.count == 100)
    }

    @Test("a slow reader first loses what was outdone, then reads anew, then is cut off")
    func slowReader() {
        var feed = LiveFeed(run: "a", limits: limits())
        var outbox = LiveOutbox(limits: limits { $0.waitingEvents = 4 })
        for _ in 0..<10 { outbox.add(feed.append(change("same"), at: start)) }
        var taken = outbox.take()
        #expect(!taken.isReset)
        #expect(taken.events.last?.number == 10)
        #expect(taken.events.count <= 4)
        outbox.sent()
        for number in 0..<5 { outbox.add(feed.append(change("\(number)"), at: start)) }
        taken = outbox.take()
        #expect(taken.isReset && taken.events.isEmpty)
        // The reset is on its way, and too much waits again.
        for number in 0..<5 { outbox.add(feed.append(change("\(number)"), at: start)) }
        #expect(outbox.isTooSlow)
    }

    @Test("frames hold what fits, and what is too large is told without its content")
    func frames() {
        var feed = LiveFeed(run: "a", limits: limits())
        let words = "\"" + String(repeating: "x", count: 5_000) + "\""
        let huge = "\"" + String(repeating: "x", count: 70_000) + "\""
        var events = (0..<8).map { feed.append(change("\($0)", json: words), at: start) }
        events.append(feed.append(change("huge", json: huge), at: start))
        let frames = LiveMessage.frames(events, feed.cursor(at:), limits())
        var told: [String] = []
        for frame in frames {
            guard case .text(let text) = frame.message, case .changes(let changes, _) = frame else {
                Issue.record("no frame of changes")
                continue
            }
            #expect(text.utf8.count <= 64 * 1024)
            #expect(changes.count == 1 || text.utf8.count <= 17 * 1024)
            told += changes.map(\.id)
        }
        #expect(told == (0..<8).map(String.init) + ["huge"])
        guard case .changes(_, let cursor) = frames.last else { return }
        #expect(cursor == feed.cursor)
    }
}

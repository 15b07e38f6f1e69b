import Browser
import PipelineTesting
import Testing

/// The page's side of the one WebSocket, against a socket that the test holds.
@Suite(
    "What pages hear live", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(5)))
struct LivePageTests {
    /// A line whose sockets are in `sockets`, with what was sent in `sent`, and what was heard in
    /// `heard`.
    private static let line = """
        (async () => {
          const { Live } = await import('/pages/look/live.js');
          window.sockets = []; window.heard = []; window.tokens = 0;
          class Socket {
            constructor(address) { this.address = address; this.sent = []; this.readyState = 1; sockets.push(this); }
            send(text) { this.sent.push(JSON.parse(text)); }
            close() { this.readyState = 3; }
            say(message) { this.onmessage({ data: JSON.stringify(message) }); }
            cut(code) { this.readyState = 3; this.onclose({ code }); }
          }
          window.line = new Live({
            address: 'ws://x/', Socket, token: async () => 'token-' + (++tokens),
            changed: (event) => heard.push('changed ' + event.id),
            reset: () => heard.push('reset'),
            said: ({ state, pause }) => heard.push(state + (pause ? ' in time' : '')),
          }).begin();
          await new Promise((done) => setTimeout(done));
          sockets[0].onopen();
          return "begun";
        })()
        """

    private func open(_ page: BrowserPage) async throws {
        let console = try ConsolePages()
        try await page.go(to: console.base)
        try await page.showKey()
        #expect(try await page.string(Self.line) == "begun")
    }

    private func json(_ page: BrowserPage, _ script: String) async throws -> String? {
        try await page.string("JSON.stringify(\(script))")
    }

    @Test("begins with a one-use token, and goes on from the last change after a cut")
    func cursor() async throws {
        try await Browser.with { page in
            try await open(page)
            #expect(
                try await json(page, "sockets[0].sent")
                    == #"[{"type":"hello","token":"token-1","protocol":1}]"#)
            _ = try await page.isTrue(
                """
                (() => { const [one] = sockets;
                one.say({ type: 'welcome', cursor: '7', features: ['ping'], serverTime: 1795942302770 });
                one.say({ type: 'handoff', id: 'a', cursor: '8' });
                one.say({ type: 'handoff', id: 'b', cursor: '9' });
                one.cut(1006); })()
                """)
            try await page.wait(for: "sockets.length === 2")
            _ = try await page.isTrue("sockets[1].onopen()")
            #expect(
                try await json(page, "sockets[1].sent")
                    == #"[{"type":"hello","token":"token-2","protocol":1,"cursor":"9"}]"#)
            #expect(
                try await json(page, "heard")
                    == #"["connecting","live","changed a","changed b","waiting in time","connecting"]"#
            )
            // What came too late on the old line is not heard.
            _ = try await page.isTrue("sockets[0].say({ type: 'handoff', id: 'c', cursor: '3' })")
            #expect(try await json(page, "line.cursor") == #""9""#)
        }
    }

    @Test("reads anew what it shows where the console does not keep the changes any more")
    func reset() async throws {
        try await Browser.with { page in
            try await open(page)
            _ = try await page.isTrue(
                """
                (() => { const [one] = sockets;
                one.say({ type: 'welcome', cursor: '7' });
                one.say({ type: 'reset', cursor: '400' });
                one.say({ type: 'handoff', id: 'a', cursor: '401' }); })()
                """)
            #expect(try await json(page, "line.cursor") == #""401""#)
            #expect(try await json(page, "heard.slice(2)") == #"["reset","changed a"]"#)
            let newer = """
                import('/pages/look/live.js').then(({ isNewer }) => [
                  isNewer({ version: 2 }, { version: 1 }), isNewer({ version: 1 }, { version: 1 }),
                  isNewer({ version: 1 }, undefined)].join())
                """
            #expect(try await page.string(newer) == "true,false,true")
        }
    }

    @Test("sends a command again that was not answered, and tells a refusal")
    func commands() async throws {
        try await Browser.with { page in
            try await open(page)
            _ = try await page.isTrue(
                """
                (() => { sockets[0].say({ type: 'welcome', cursor: '7' });
                line.command('claim', { conversation: 'x' }).then((answer) => heard.push('done at ' + answer.position));
                line.command('close').catch((answer) => heard.push('refused: ' + answer.code));
                sockets[0].cut(1006); })()
                """)
            try await page.wait(for: "sockets.length === 2")
            _ = try await page.isTrue(
                """
                (() => { sockets[1].onopen(); sockets[1].say({ type: 'welcome', cursor: '7' }); })()
                """)
            #expect(
                try await page.isTrue(
                    """
                    sockets[0].sent[1].cmdId === sockets[1].sent[1].cmdId
                      && sockets[1].sent.map(({ type }) => type).join() === 'hello,claim,close'
                    """))
            _ = try await page.isTrue(
                """
                (() => { const [, claim, close] = sockets[1].sent;
                sockets[1].say({ type: 'accepted', cmdId: claim.cmdId, position: 12 });
                sockets[1].say({ type: 'refused', cmdId: close.cmdId, code: 'stale' }); })()
                """)
            try await page.wait(for: "heard.includes('refused: stale')")
            #expect(
                try await page.isTrue("heard.includes('done at 12') && line.waiting.size === 0"))
        }
    }

    @Test("ends with the session, and otherwise waits longer each time, but never all at once")
    func pauses() async throws {
        try await Browser.with { page in
            try await open(page)
            _ = try await page.isTrue(
                "(() => { sockets[0].say({ type: 'welcome' }); sockets[0].cut(4001); })()")
            #expect(try await json(page, "heard.at(-1)") == #""ended""#)
            #expect(try await page.isTrue("!line.isWanted"))
            #expect(
                try await page.string(
                    """
                    import('/pages/look/live.js').then(({ pauseBefore }) =>
                      [[0, 0], [0, 1], [3, 0], [3, 1], [50, 0], [50, 1]]
                        .map((each) => pauseBefore(...each)).join())
                    """) == "500,500,2000,4000,15000,30000")
        }
    }

    @Test("times are told in the zone of the business, also where its clocks change")
    func zones() async throws {
        try await Browser.with { page in
            let console = try ConsolePages()
            try await page.go(to: console.base)
            try await page.showKey()
            let script = """
                import('/pages/look/base/times.js').then((times) => {
                  times.setZone('Europe/Madrid');
                  const begins = ['2026-03-29', '2026-03-30', '2026-10-25', '2026-10-26']
                    .map((day) => new Date(times.startOfDay(day)).toISOString().slice(5, 16));
                  const next = new Date(times.startOfDay('2026-10-25', 1)).toISOString().slice(5, 16);
                  const now = Date.UTC(2026, 10, 28, 23, 30);
                  return [...begins, next, times.dayOf(now), times.clockTime(now),
                    times.day(Date.UTC(2026, 10, 28, 22, 30), now), times.day(now, now)].join(' ');
                })
                """
            #expect(
                try await page.string(script)
                    == "03-28T23:00 03-29T22:00 10-24T22:00 10-25T23:00 10-25T23:00 "
                    + "2026-11-29 00:30 Yesterday Today")
        }
    }
}

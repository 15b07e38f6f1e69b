import Browser
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// The desk's line in a browser: sleep, a background tab, and very much at once.
@Suite(
    "The desk's line in a browser", .installation(), .serialized,
    .enabled(
        if: Browser.isInstalled && Axe.isInstalled, "Tests/run installs Chromium and axe-core"),
    .timeLimit(.minutes(15)))
struct DeskLinePageTests {
    private static let business = RunningInstallation.demo

    private let console: ConsolePages
    private let installation: RunningInstallation

    init() throws {
        console = try ConsolePages()
        installation = try #require(RunningInstallation.shared)
    }

    /// Keeps the page's sockets and what they say where a test can look, and lets it drive the
    /// clock: a jump runs what is due once, as browsers do in a tab that nobody sees.
    private static let observed = """
        (() => {
          window.lines = [];
          window.WebSocket = class extends WebSocket {
            constructor(...given) {
              super(...given);
              this.said = [];
              this.heard = [];
              if (this.url.includes('/api/v1/agent')) lines.push(this);
              this.addEventListener('message', ({ data }) => this.heard.push(JSON.parse(data)));
            }
            send(text) { this.said.push(JSON.parse(text)); super.send(text); }
          };
          const real = { set: setTimeout.bind(window), clear: clearTimeout.bind(window), now: Date.now.bind(Date) };
          const timers = new Map();
          let shift = 0;
          let last = 1_000_000;
          const add = (run, pause, every, id = ++last) => {
            const due = Date.now() + pause;
            const go = () => {
              timers.delete(id);
              if (every !== null) add(run, every, every, id);
              run();
            };
            timers.set(id, { due, go, handle: real.set(go, pause) });
            return id;
          };
          const remove = (id) => { real.clear(timers.get(id)?.handle); timers.delete(id); };
          Date.now = () => real.now() + shift;
          window.setTimeout = (run, pause = 0, ...given) => add(() => run(...given), pause, null);
          window.setInterval = (run, pause = 0, ...given) => add(() => run(...given), pause, pause);
          window.clearTimeout = remove;
          window.clearInterval = remove;
          window.jump = (pause) => {
            shift += pause;
            for (const { due, go, handle } of [...timers.values()]) {
              if (due > Date.now()) continue;
              real.clear(handle);
              go();
            }
            return new Promise((resolve) => real.set(resolve, 150));
          };
        })()
        """

    private func waiting(_ name: String) async throws -> Customer {
        let customer = Customer(in: installation)
        try await customer.write("I want to talk to a person", named: name)
        let path = "/api/v1/tenants/\(Self.business)/handoffs"
        try await eventually("\(name) is in the queue") {
            try await installation.console.call(.get, path)["handoffs"].elements.contains {
                $0["customer"]["phone"].string == customer.phone
            }
        }
        return customer
    }

    private func enter(_ page: BrowserPage, _ email: String) async throws {
        try await page.prepare(Self.observed)
        try await page.resize(width: 1280, height: 900)
        try await console.signIn(page, email)
        try await console.go(page, "/pages/desk/")
        try await page.wait(for: "document.querySelector('[data-line=live]')")
    }

    /// Opens somebody's conversation and claims it.
    private func claim(_ page: BrowserPage, _ name: String) async throws {
        let row =
            "[...document.querySelectorAll('.talks > li > a')]"
            + ".find((e) => e.innerText.includes('\(name)'))"
        try await page.wait(for: row)
        try await page.click(found: row)
        try await page.wait(
            for: "document.querySelector('.talk-head h2')?.innerText === '\(name)'"
                + " && document.querySelector('#claim')")
        try await page.press("c")
        try await page.wait(for: "document.activeElement.id === 'reply'")
    }

    private func said(_ page: BrowserPage) async throws -> [String] {
        try await page.texts(".thread > li[data-line] .bubble > p")
    }

    private func shows(_ words: String) -> String {
        "[...document.querySelectorAll('.thread > li[data-line]')]"
            + ".some((e) => e.innerText.includes('\(words)'))"
    }

    @Test("a tab that slept in mid-conversation goes on where it was: each line once")
    func sleep() async throws {
        try await console.join("sol@line.example", "Sol Line", as: "agent", of: Self.business)
        let customer = try await waiting("Sara Sleep")
        try await Browser.with { page in
            try await enter(page, "sol@line.example")
            try await claim(page, "Sara Sleep")
            try await page.freeze(true)
            for text in ["one in the sleep", "two in the sleep"] {
                try await customer.writeInOrder(text)
            }
            try await page.freeze(false)
            try await page.wait(for: shows("two in the sleep"))
            // The line is gone without a word, and the customer goes on.
            let before = try await page.number("lines.length") ?? 0
            try await page.cutOff(true)
            try await page.wait(for: "document.querySelector('[data-line=offline]')")
            try await customer.writeInOrder("three in the dark")
            try await page.cutOff(false)
            try await page.wait(for: shows("three in the dark"))
            let welcome = "lines.at(-1).heard.find(({ type }) => type === 'welcome')"
            #expect(try await page.number("lines.length") ?? 0 > before)
            #expect(try await page.isTrue("\(welcome).isResumed === true"))
            // Nothing that it knew came again.
            #expect(
                try await page.isTrue("!lines.at(-1).heard.some(({ type }) => type === 'queue')"))
            let all = try await said(page)
            for words in ["one in the sleep", "two in the sleep", "three in the dark"] {
                #expect(all.count { $0 == words } == 1, "\(words): \(all)")
            }
            // What is asked while there is no network fails, and is no fault of the page's.
            _ = try await page.takeComplaints()
        }
    }

    @Test("ten minutes in the background keep the line, and its messages are answered")
    func background() async throws {
        try await console.join("bea@line.example", "Bea Line", as: "agent", of: Self.business)
        let customer = try await waiting("Bruna Back")
        try await Browser.with { page in
            try await enter(page, "bea@line.example")
            try await claim(page, "Bruna Back")
            let before = try await page.number("lines.length") ?? 0
            _ = try await page.isTrue(
                """
                (() => { Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
                document.dispatchEvent(new Event('visibilitychange')); return true; })()
                """)
            // Its timers go once a minute; the console asks more often.
            for _ in 0..<10 {
                for _ in 0..<2 {
                    _ = try await page.isTrue(
                        #"lines.at(-1).onmessage({ data: '{"type":"probe"}' }) ?? true"#)
                }
                _ = try await page.isTrue("jump(60_000).then(() => true)")
            }
            #expect(try await page.number("lines.length") == before)
            let here = "lines.at(-1).said.filter(({ type }) => type === 'here').length"
            #expect(try await page.number(here) ?? 0 >= 20)
            // Nobody is told that this person looks.
            #expect(
                try await page.string(
                    "lines.at(-1).said.filter(({ type }) => type === 'sign').at(-1).doing")
                    == "left")
            try await customer.writeInOrder("Are you still there?")
            // A page that nobody sees is right all the same.
            try await page.wait(for: shows("Are you still there?"))
            try await console.expectQuiet(page)
        }
    }

    @Test("ten thousand changes at once do not freeze the page")
    func many() async throws {
        try await console.join("mar@line.example", "Mar Line", as: "agent", of: Self.business)
        let customer = try await waiting("Mila Many")
        try await Browser.with { page in
            try await enter(page, "mar@line.example")
            try await claim(page, "Mila Many")
            // The frames come as the console would send them, one after the other.
            let longest = try await page.number(
                """
                (async () => {
                  const line = lines.at(-1);
                  const conversation = decodeURIComponent(location.hash.slice(3));
                  const known = line.heard.flatMap((each) => each.handoffs ?? []).find((each) => each.conversation === conversation)
                    ?? line.heard.flatMap((each) => each.events ?? []).find((each) => each.handoff?.conversation === conversation).handoff;
                  const at = Date.now();
                  const event = (number) => number % 2
                    ? { type: 'line', conversation, line: { id: 'many ' + number, speaker: 'customer', text: 'Line ' + number, at: at + number } }
                    : { type: 'updated', handoff: { ...known, conversation: 'many ' + number % 200, status: 'queued', holder: undefined, version: number + 1 } };
                  let longest = 0;
                  let last = performance.now();
                  let isOver = false;
                  const beat = () => {
                    const now = performance.now();
                    longest = Math.max(longest, now - last);
                    last = now;
                    if (!isOver) requestAnimationFrame(beat);
                  };
                  requestAnimationFrame(beat);
                  for (let first = 0; first < 10_000; first += 50) {
                    const events = Array.from({ length: 50 }, (_, index) => event(first + index));
                    line.onmessage({ data: JSON.stringify({ type: 'events', cursor: 'many.' + first, events }) });
                    await new Promise((resolve) => setTimeout(resolve));
                  }
                  await new Promise((resolve) => setTimeout(resolve, 500));
                  isOver = true;
                  return Math.round(longest);
                })()
                """)
            // Even on a machine that does much else.
            #expect(longest ?? .max < 1_500)
            try await page.wait(for: shows("Line 9999"))
            let count = "document.querySelectorAll('.thread > li[data-line]').length"
            #expect(try await page.number(count) ?? .max <= 620)
            #expect(
                try await page.number("document.querySelectorAll('.talks > li').length") ?? 0 >= 100
            )
            // It goes on as before: the console asks, as it knows none of these lines.
            _ = try await page.isTrue("document.querySelector('#reply').focus() ?? true")
            try await page.type("Still quick")
            try await page.press("Enter")
            try await page.click("[data-act=send-anyway]")
            try await eventually("the customer has it") {
                try await customer.seen().contains { $0.text == "Still quick" }
            }
            try await console.expectQuiet(page)
        }
    }

    @Test("colleagues see who writes in a conversation that they look at, and when that is over")
    func signs() async throws {
        for (email, name) in [("ada@sign.example", "Ada Sign"), ("ben@sign.example", "Ben Sign")] {
            try await console.join(email, name, as: "agent", of: Self.business)
        }
        _ = try await waiting("Silvia Sign")
        try await Browser.with { ada in
            try await Browser.with { ben in
                try await enter(ada, "ada@sign.example")
                try await enter(ben, "ben@sign.example")
                try await claim(ada, "Silvia Sign")
                let row =
                    "[...document.querySelectorAll('.talks > li > a')]"
                    + ".find((e) => e.innerText.includes('Silvia Sign'))"
                try await ben.wait(for: row)
                try await ben.click(found: row)
                let words = "document.querySelector('[data-part=signs]')?.innerText.trim()"
                try await ada.wait(for: "\(words) === 'Ben Sign is looking at this, too'")
                try await ben.wait(for: "\(words) === 'Ada Sign is looking at this, too'")
                try await ada.type("I will see")
                try await ben.wait(for: "\(words) === 'Ada Sign is writing here'")
                _ = try await ada.isTrue("jump(6_000).then(() => true)")
                try await ben.wait(for: "\(words) === 'Ada Sign is looking at this, too'")
                _ = try await ada.isTrue(
                    """
                    (() => { Object.defineProperty(document, 'hidden', { get: () => true });
                    document.dispatchEvent(new Event('visibilitychange')); return true; })()
                    """)
                try await ben.wait(for: "\(words) === ''")
                for page in [ada, ben] { try await console.expectQuiet(page) }
            }
        }
    }
}

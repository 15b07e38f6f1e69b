import Browser
import FoundationEssentials
import PipelineTesting
import Testing

/// What the console's pages look and sound like: themes, sizes, languages, directions.
@Suite(
    "The look of the console's pages", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(10)))
struct ConsoleLooksTests {
    private let console: ConsolePages

    init() throws { console = try ConsolePages() }

    // MARK: Languages

    @Test("speak the language that was chosen, everywhere and the next time, too")
    func languages() async throws {
        try await Browser.with { page in
            try await console.fill()
            try await page.go(to: console.base + "/pages/audit/")
            try await page.click("[data-act=language]")
            try await page.click("[data-language=es]")
            try await page.wait(
                for: "document.querySelector('h1')?.innerText === 'Iniciar sesión'")
            #expect(try await page.string("document.documentElement.lang") == "es")
            try await page.wait(for: "document.activeElement.id === 'key'")
            try await page.type(console.key)
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('[data-part=shown]')?.textContent")
            #expect(try await page.texts("h1") == ["Registro de auditoría"])
            try await console.go(page, "/")
            #expect(try await page.texts("h1") == ["Resumen"])
            try await page.click("[data-act=account]")
            try await page.click("[data-language=en]")
            try await page.wait(for: "document.querySelector('h1')?.innerText === 'Overview'")
            console.expectQuiet(page)
        }
    }

    /// Texts that can be seen or heard and come from no catalogue: names and numbers are marked as
    /// such, and made-up texts of the page of parts are values of fields.
    private static let strangers = """
        (() => {
          const own = 'bdi, time, .mono, code, kbd, .num, output, svg, script, template, noscript, #icons,'
            + '[lang]:not(html), [aria-hidden="true"], textarea, option[value*="/"], [data-sample]';
          const isMarked = (text) => text.includes('⟦') || !/\\p{L}{2,}/u.test(text) || text === 'Parley';
          const found = [];
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const parent = walk.currentNode.parentElement;
            const text = walk.currentNode.data.trim();
            if (!text || parent.closest(own)) continue;
            if (!isMarked(text) && !isMarked(parent.parentElement.textContent)) found.push(text);
          }
          for (const element of document.body.querySelectorAll('[aria-label], [title], [placeholder], svg[aria-label]')) {
            if (element.closest('time, bdi, [lang]:not(html)')) continue;
            for (const name of ['aria-label', 'title', 'placeholder']) {
              const text = element.getAttribute(name);
              if (text && !isMarked(text)) found.push(name + ': ' + text);
            }
          }
          return found.join('\\n');
        })()
        """

    @Test("take every text from the catalogues")
    func marked() async throws {
        try await Browser.with { page in
            try await console.fill()
            try await page.go(to: console.base + "/?language=marked")
            try await page.wait(for: "document.activeElement.id === 'key'")
            #expect(try await page.string(Self.strangers) == "", "the door")
            try await page.type(console.key)
            try await page.press("Enter")
            for room in ConsolePages.rooms {
                try await page.go(to: console.base + room + "?language=marked")
                try await page.wait(for: "document.querySelector('main.page table')")
                #expect(try await page.string(Self.strangers) == "", "\(room)")
            }
            for opener in ["#open-destroy", "[data-act=account]", "[data-act=palette]"] {
                try await page.click(opener)
                try await page.wait(for: "document.querySelector('dialog[open], [role=menu]')")
                #expect(try await page.string(Self.strangers) == "", "\(opener)")
                try await page.press("Escape")
                try await page.wait(for: "!document.querySelector('dialog[open], [role=menu]')")
            }
            console.expectQuiet(page)
        }
    }

    // MARK: Looks

    @Test(
        "keep nobody out, in both themes, on a phone, and with what floats",
        .enabled(if: Axe.isInstalled, "Tests/run installs axe-core"))
    func accessible() async throws {
        let axe = try Axe()
        try await Browser.with { page in
            try await page.go(to: console.base)
            try await page.wait(for: "document.activeElement.id === 'key'")
            try await axe.expectNothing(page, "the door")
            try await console.enter(page, "/")
            for theme in ["light", "dark"] {
                for (name, width, height) in [("wide", 1280, 800), ("phone", 390, 844)] {
                    try await page.prefer(theme: theme)
                    try await page.resize(width: width, height: height, isPhone: name == "phone")
                    for room in ConsolePages.rooms {
                        try await console.go(page, room)
                        try await axe.expectNothing(page, "\(room), \(theme), \(name)")
                        let label = room.split(separator: "/").last ?? "home"
                        try await console.keep("console-\(label)-\(theme)-\(name)", page)
                    }
                }
            }
            try await page.resize(width: 1280, height: 800)
            for opener in [
                "#open-dialog", "#open-destroy", "[data-act=palette]", "[data-act=account]",
            ] {
                try await page.click(opener)
                try await page.wait(for: "document.querySelector('dialog[open], [role=menu]')")
                try await axe.expectNothing(page, opener)
                try await console.keep(
                    "console-" + opener.filter { $0.isLetter || $0 == "-" }, page)
                try await page.press("Escape")
                try await page.wait(for: "!document.querySelector('dialog[open], [role=menu]')")
            }
            try await page.click("#open-undo")
            try await page.click("#member [type=submit]")
            try await page.wait(
                for: "document.querySelectorAll('#member [aria-invalid=true]').length === 2")
            try await axe.expectNothing(page, "a form with errors, and what was done")
            console.expectQuiet(page)
        }
    }

    @Test("are as wide as the window from right to left, enlarged, and on the smallest phone")
    func widths() async throws {
        try await Browser.with { page in
            try await console.enter(page, "/")
            try await page.go(to: console.base + "/?direction=rtl")
            try await page.wait(for: "document.documentElement.dir === 'rtl'")
            let tooWide = "document.scrollingElement.scrollWidth - innerWidth"
            for room in ConsolePages.rooms {
                try await console.go(page, room)
                for (width, height) in [(1280, 800), (640, 400), (390, 844), (320, 640)] {
                    try await page.resize(width: width, height: height, isPhone: width < 500)
                    for direction in ["ltr", "rtl"] {
                        _ = try await page.string("document.documentElement.dir = '\(direction)'")
                        #expect(
                            try await page.number(tooWide) == 0, "\(room), \(width), \(direction)")
                    }
                    for (role, control) in try await page.controls() {
                        #expect(!control.isEmpty, "a \(role) without a name, \(room)")
                    }
                }
            }
            console.expectQuiet(page)
        }
    }

    @Test("stay whole with the system's colours and without motion")
    func preferences() async throws {
        try await Browser.with { page in
            try await console.enter(page, "/pages/parts/")
            try await page.prefer(
                theme: "dark", ["forced-colors": "active", "prefers-reduced-motion": "reduce"])
            #expect(try await page.isTrue("matchMedia('(forced-colors: active)').matches"))
            let moving = """
                [...document.querySelectorAll('*')].filter((element) => {
                  const style = getComputedStyle(element);
                  return style.animationName !== 'none'
                    || style.transitionDuration.split(', ').some((length) => parseFloat(length) > 0);
                }).length
                """
            #expect(try await page.number(moving) == 0)
            // What is chosen has an outline where no colour tells it.
            #expect(
                try await page.isTrue(
                    "getComputedStyle(document.querySelector('.nav [aria-current]')).outlineStyle !== 'none'"
                ))
            try await console.keep("console-forced", page)
            console.expectQuiet(page)
        }
    }
}

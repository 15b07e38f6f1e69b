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
            try await page.showKey()
            try await page.type(console.key)
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('[data-part=shown]')?.textContent")
            #expect(try await page.texts("h1") == ["Registro de auditoría"])
            try await console.go(page, "/")
            #expect(try await page.texts("h1") == ["Resumen"])
            try await page.click("[data-act=account]")
            try await page.click("[data-language=en]")
            try await page.wait(for: "document.querySelector('h1')?.innerText === 'Overview'")
            try await console.expectQuiet(page)
        }
    }

    @Test("take every text from the catalogues")
    func marked() async throws {
        try await Browser.with { page in
            try await console.fill()
            try await page.go(to: console.base + "/?language=marked")
            try await page.wait(for: "document.activeElement.id === 'email'")
            #expect(try await page.string(ConsolePages.strangers) == "", "the door")
            try await page.showKey()
            #expect(try await page.string(ConsolePages.strangers) == "", "the door for keys")
            try await page.type(console.key)
            try await page.press("Enter")
            // The rooms themselves are among all pages (`EveryPageTests`).
            try await page.wait(for: "document.body.className === 'app'")
            try await console.go(page, "/pages/parts/", language: "marked")
            for opener in ["#open-destroy", "[data-act=account]", "[data-act=palette]"] {
                try await page.click(opener)
                try await page.wait(for: "document.querySelector('dialog[open], [role=menu]')")
                #expect(try await page.string(ConsolePages.strangers) == "", "\(opener)")
                try await page.press("Escape")
                try await page.wait(for: "!document.querySelector('dialog[open], [role=menu]')")
            }
            try await console.expectQuiet(page)
        }
    }

    // MARK: Looks

    @Test(
        "keep nobody out with what floats, and with what is wrong",
        .enabled(if: Axe.isInstalled, "Tests/run installs axe-core"))
    func accessible() async throws {
        let axe = try Axe()
        try await Browser.with { page in
            try await page.go(to: console.base)
            try await page.wait(for: "document.activeElement.id === 'email'")
            try await axe.expectNothing(page, "the door")
            try await console.enter(page, "/pages/parts/")
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
            try await console.expectQuiet(page)
        }
    }

    @Test("are as wide as the window from right to left, enlarged, and on the smallest phone")
    func widths() async throws {
        try await Browser.with { page in
            try await console.enter(page, "/")
            try await page.go(to: console.base + "/?direction=rtl")
            try await page.wait(for: "document.documentElement.dir === 'rtl'")
            let tooWide = "document.scrollingElement.scrollWidth - innerWidth"
            for room in try ConsolePages.rooms() {
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
            try await console.expectQuiet(page)
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
            try await console.expectQuiet(page)
        }
    }
}

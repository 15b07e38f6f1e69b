import Browser
import HTTPClient
import PipelineTesting
import Testing

/// One journey at real pages without a pointer: nothing is clicked, and what has the focus is seen.
@Suite(
    "The console by the keyboard alone", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(15)))
struct KeyboardPageTests {
    private let console: ConsolePages

    init() throws { console = try ConsolePages() }

    /// What makes the focus visible: an outline or an inner line, at the element or at what shows
    /// it in its place.
    private static let ring = """
        (() => {
          const here = document.activeElement;
          if (!here.matches(':focus-visible')) return 'unseen: ' + here.outerHTML.slice(0, 300);
          const style = getComputedStyle(here);
          const isOutlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
          const box = here.getBoundingClientRect();
          const isIn = box.bottom > 0 && box.top < innerHeight && box.width > 0;
          return isIn && (isOutlined || style.boxShadow !== 'none') ? 'seen' : here.outerHTML;
        })()
        """

    private func expectRing(
        _ page: BrowserPage, at place: SourceLocation = #_sourceLocation
    ) async throws {
        let ring = try await page.string(Self.ring)
        #expect(ring == "seen", "\(ring ?? "")", sourceLocation: place)
    }

    /// Presses the tab key until something has the focus; the focus is seen at every stop.
    private func tab(
        _ page: BrowserPage, to selector: String, at place: SourceLocation = #_sourceLocation
    ) async throws {
        for _ in 0..<60 {
            try await page.press("Tab")
            try await expectRing(page, at: place)
            if try await page.isTrue("document.activeElement.matches(\"\(selector)\")") { return }
        }
        let here = try await page.string("document.activeElement.outerHTML") ?? ""
        throw NeverHappened(description: "the tab key never led to \(selector), but to \(here)")
    }

    @Test("leads from the door through the palette to a list, a menu, a dialog and taking it back")
    func journey() async throws {
        try await console.makeOwner()
        for name in ["Kim", "Kai"] {
            try await console.join(
                "\(name.lowercased())@keys.example", name, as: "agent", of: "luz")
        }
        try await Browser.with { page in
            try await page.go(to: console.base + "/")
            try await page.wait(for: "document.activeElement.id === 'email'")
            try await expectRing(page)
            try await page.type(ConsolePages.owner)
            try await tab(page, to: "#password")
            try await page.type(ConsolePages.password)
            try await page.press("Enter")
            // The door is a whole page, too.
            try await page.wait(for: "document.querySelector('[data-act=switch]')")
            try await page.wait(for: ConsolePages.isWhole)
            try await chooseBusiness(page)
            try await palette(page, "Team", "Team · Parley")
            try await page.wait(for: "document.querySelector('tr[data-row]')")
            try await page.press("/")
            try await page.wait(for: "document.activeElement.name === 'name'")
            try await expectRing(page)
            try await page.type("keys.example")
            try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === 2")
            try await changeRole(page)
            try await console.expectQuiet(page)
        }
    }

    private func palette(_ page: BrowserPage, _ words: String, _ title: String) async throws {
        try await page.press("k", control: true)
        try await page.wait(for: "document.querySelector('dialog.palette [role=option]')")
        try await expectRing(page)
        try await page.type(words)
        try await page.wait(
            for: "document.querySelector('.palette [aria-selected=true]').innerText.trim()"
                + ".startsWith('\(words)')")
        try await page.press("Enter")
        try await page.wait(for: "document.title === '\(title)'")
        try await page.wait(for: ConsolePages.isWhole)
    }

    /// Whose team it is, is chosen by a key and by typing, too.
    private func chooseBusiness(_ page: BrowserPage) async throws {
        try await page.press("b")
        try await page.wait(for: "document.querySelector('dialog [role=option]')")
        try await page.type("ptica")
        try await page.wait(
            for: "document.querySelectorAll('.palette [role=option]').length === 1")
        try await page.press("Enter")
        try await page.wait(
            for: "document.querySelector('[data-act=switch]').innerText.includes('Óptica')")
    }

    private func changeRole(_ page: BrowserPage) async throws {
        try await tab(page, to: "[data-lead]")
        let first = "document.querySelector('tr[data-row]').innerText"
        let row = try await page.string("document.activeElement.dataset.lead")
        try await page.press("ArrowDown")
        try await expectRing(page)
        #expect(try await page.string("document.activeElement.dataset.lead") != row)
        try await page.press("ArrowUp")
        #expect(try await page.string("document.activeElement.dataset.lead") == row)
        try await tab(page, to: "[aria-haspopup=menu]")
        try await page.press("Enter")
        try await page.wait(for: "document.activeElement.matches('[role=menuitem]')")
        try await expectRing(page)
        try await page.press("ArrowDown")
        try await page.press("Enter")
        try await page.wait(for: "document.querySelector('dialog[open] [name=role]')")
        try await tab(page, to: "dialog [name=role]")
        try await page.press("ArrowDown")
        try await page.wait(for: "document.querySelector('dialog input[value=viewer]').checked")
        try await console.keep("keyboard-role", page)
        try await tab(page, to: "dialog [data-act=choose]")
        try await page.press("Enter")
        try await page.wait(for: "!document.querySelector('dialog')")
        try await page.wait(for: "\(first).includes('Viewer')")
        // The focus is where it was, and not lost to the page.
        #expect(
            try await page.isTrue("document.activeElement.closest('tr[data-row], main') !== null"))
        try await page.press("z")
        try await page.wait(for: "\(first).includes('Agent')")
        try await page.wait(
            for: "/Taken back/.test(document.querySelector('.toasts')?.innerText)")
    }
}

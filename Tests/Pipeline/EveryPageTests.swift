import Browser
import PipelineTesting
import Testing

/// Every page that there is, found by its file: what lands later is walked, too.
@Suite(
    "Every page of the console", .installation("--no-simulator"), .serialized,
    .enabled(
        if: Browser.isInstalled && Axe.isInstalled, "Tests/run installs Chromium and axe-core"),
    .timeLimit(.minutes(20)))
struct EveryPageTests {
    /// How a page is looked at: a theme, and the width of a window, which is a phone's if it is
    /// narrow, or the whole screen at 200 %.
    private struct View {
        var theme: String
        var width: Int
        var isZoomed = false
    }

    /// The languages with the views that are looked at in each: every theme in every size, and each
    /// of both in every language.
    private static let rounds = [
        (
            "en",
            [
                View(theme: "light", width: 1280), View(theme: "dark", width: 390),
                View(theme: "light", width: 1280, isZoomed: true),
            ]
        ),
        (
            "es",
            [
                View(theme: "dark", width: 1280), View(theme: "light", width: 390),
                View(theme: "dark", width: 1280, isZoomed: true),
            ]
        ),
    ]

    /// On a phone the rows of a list stand as cards, which are no wider than their place.
    private static let foldsFit = """
        [...document.querySelectorAll('main .table.folds')]
          .every((table) => table.parentElement.scrollWidth <= table.parentElement.clientWidth)
        """

    private let console: ConsolePages
    private let axe: Axe

    init() throws {
        console = try ConsolePages()
        axe = try Axe()
    }

    @Test("is quiet, keeps nobody out, fits a phone and 200 % zoom, and speaks one language")
    func walk() async throws {
        let rooms = try ConsolePages.rooms()
        try #require(rooms.count > 8)
        try await console.fill()
        let links = try await console.doorLinks()
        try await Browser.with { page in
            for address in ConsolePages.doors + links {
                try await walk(page, address, as: "door")
            }
            try await console.makeOwner()
            try await console.signIn(page)
            try await console.choose(ConsolePages.business, page)
            for address in rooms { try await walk(page, address, as: "app") }
            try await console.expectQuiet(page)
        }
    }

    /// Looks at a page and at each of its tabs, in both languages, themes and sizes.
    private func walk(_ page: BrowserPage, _ address: String, as kind: String) async throws {
        let name = address.prefix { $0 != "#" }
        for (language, views) in Self.rounds {
            try await console.go(page, address, language: language)
            #expect(try await page.string("document.body.classList[0]") == kind, "\(name)")
            #expect(try await page.string("document.documentElement.lang") == language, "\(name)")
            try await eachTab(page) { tab in
                for view in views {
                    try await look(page, "\(name), \(language)\(tab)", view)
                }
            }
        }
        // What is not marked comes from no catalogue, and so is in no language that one chooses.
        try await console.go(page, address, language: "marked")
        try await eachTab(page) { tab in
            let strangers = try await page.string(ConsolePages.strangers)
            #expect(strangers == "", "\(name)\(tab)")
        }
    }

    /// Does something with a page as it opens and, where it has tabs, with each of them.
    private func eachTab(
        _ page: BrowserPage, _ body: (String) async throws -> Void
    ) async throws {
        let tabs = try await page.number("document.querySelectorAll('main [role=tab]').length") ?? 0
        guard tabs > 0 else { return try await body("") }
        for tab in 0..<tabs {
            try await page.click(found: "document.querySelectorAll('main [role=tab]')[\(tab)]")
            try await page.wait(for: ConsolePages.isWhole)
            try await body(", tab \(tab + 1)")
        }
    }

    private func look(_ page: BrowserPage, _ name: String, _ view: View) async throws {
        let size = view.isZoomed ? "200 %" : "\(view.width)"
        let place = "\(name), \(view.theme), \(size)"
        try await page.prefer(theme: view.theme)
        if view.isZoomed {
            try await page.zoom(width: view.width, height: 844, by: 2)
        } else {
            try await page.resize(width: view.width, height: 844, isPhone: view.width < 500)
        }
        // Not by the window's own width: a phone shows more of a page that is too wide for it.
        let width = view.isZoomed ? view.width / 2 : view.width
        let wide = try await page.number("document.scrollingElement.scrollWidth")
        #expect(wide == width, "\(place) scrolls sideways")
        if view.width < 500 {
            #expect(try await page.isTrue(Self.foldsFit), "\(place): a row is cut off")
        }
        if view.isZoomed {
            let cut = try await page.string(LostText.script)
            #expect(cut == "", "\(place)")
        }
        try await axe.expectNothing(page, place)
        let complaints = try await page.takeComplaints()
        #expect(complaints.isEmpty, "\(place): \(complaints)")
        try await console.keep(
            "page-" + place.replacing("/", with: "-").replacing(", ", with: "-"), page)
    }
}

import Browser
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// Opening hours as people set them.
@Suite(
    "Opening hours in a browser", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(10)))
struct HoursPageTests {
    private let console: ConsolePages
    private let target = "/api/v1/tenants/luz/organisation/hours"

    init() throws { console = try ConsolePages() }

    private func span(_ day: String, _ number: Int, _ input: Int) -> String {
        "[data-day=\(day)] .organisation-span:nth-child(\(number)) input:nth-of-type(\(input))"
    }

    private func set(_ value: String, _ selector: String, _ page: BrowserPage) async throws {
        _ = try await page.isTrue(
            """
            (() => {
              const input = document.querySelector('\(selector)');
              input.value = '\(value)';
              return input.dispatchEvent(new Event('input', { bubbles: true }));
            })()
            """)
    }

    private func shownProblems(_ page: BrowserPage) async throws -> [String] {
        try await page.texts("#tab-hours .row-error")
    }

    private func save(_ page: BrowserPage) async throws {
        try await page.click("#tab-hours [type=submit]")
        try await page.wait(for: "!document.querySelector('#tab-hours form[aria-busy]')")
    }

    private func keepAll(_ name: String, _ page: BrowserPage) async throws {
        for (theme, width) in [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)] {
            try await page.prefer(theme: theme)
            try await page.resize(width: width, height: 2_600, isPhone: width < 500)
            try await console.keep("hours-\(name)-\(theme)-\(width)", page)
        }
        try await page.resize(width: 1280, height: 1_700, isPhone: false)
    }

    @Test("are set with several spans a day, copied, said to be wrong where they are, and kept")
    func edit() async throws {
        try await Browser.with { page in
            try await page.resize(width: 1280, height: 1_700, isPhone: false)
            try await console.makeOwner()
            try await console.signIn(page)
            try await console.choose(ConsolePages.business, page)
            try await console.go(page, "/pages/organisation/#hours")
            try await page.wait(for: "document.querySelector('#tab-hours [data-add=monday]')")
            try await keepAll("empty", page)
            try await page.click("#tab-hours [name=inUse]")
            for _ in 0..<2 { try await page.click("[data-add=monday]") }
            for (number, input, value) in [(1, 1, "09:00"), (1, 2, "13:00"), (2, 1, "12:00")] {
                try await set(value, span("monday", number, input), page)
            }
            try await set("20:00", span("monday", 2, 2), page)
            try await page.click("[data-copy=monday]")
            try await page.wait(for: "document.querySelector('[role=menuitem]')")
            try await page.click("[role=menuitem]")
            try await page.click("[data-add=saturday]")
            try await set("22:00", span("saturday", 1, 1), page)
            try await set("02:00", span("saturday", 1, 2), page)
            try await page.click("#add-closures")
            try await set("2028-12-25", "[data-field=closures] input[type=date]", page)
            try await page.click("#add-extras")
            try await set("2028-12-26", "[data-field=extras] input[type=date]", page)
            try await save(page)
            #expect(try await page.takeComplaints().count == 1)
            #expect(try await shownProblems(page).count == 5)
            try await keepAll("wrong", page)
            for day in ["monday", "tuesday", "wednesday", "thursday", "friday"] {
                try await set("16:00", span(day, 2, 1), page)
            }
            try await save(page)
            #expect(try await shownProblems(page).isEmpty)
            try await page.wait(for: "document.querySelector('#hours-now')")
            try await keepAll("set", page)
            let now = try await console.client.call(.get, target)
            #expect(now["inUse"].isTrue && now["week"].elements.count == 11)
            #expect(now["week"].elements.last?["to"].string == "02:00")
            #expect(now["closures"].elements.first?["date"].string == "2028-12-25")
            #expect(now["extras"].elements.first?["from"].string == "10:00")
            // What is read again is what was set, around the clock too.
            try await set("00:00", span("saturday", 1, 1), page)
            try await set("00:00", span("saturday", 1, 2), page)
            try await save(page)
            try await console.go(page, "/pages/organisation/?#hours")
            try await page.wait(for: "document.querySelector('[data-day=saturday] input')")
            let again = try await console.client.call(.get, target)
            #expect(again["week"].elements.last?["to"].string == "24:00")
            #expect(
                try await page.texts("[data-day=saturday] .organisation-span .meta").first != "")
            try await console.expectQuiet(page)
        }
    }
}

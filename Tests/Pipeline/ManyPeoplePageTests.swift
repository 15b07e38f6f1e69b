import Browser
import HTTPClient
import PipelineTesting
import Testing

/// Lists with very many people in them, whose names are long, or written from right to left.
@Suite(
    "Pages of very many people", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(15)))
struct ManyPeoplePageTests {
    private let console: ConsolePages

    init() throws { console = try ConsolePages() }

    private static let count = 200
    private static let businesses = 60
    private static let names = [
        "عبد الرحمن بن محمد الحسيني البغدادي",
        "שלומית בת־אברהם כהן־לוי",
        "María del Carmen Hernández de la Vega y Sánchez-Montañés Rodríguez de Villaverde Ochoa",
        "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch-Rhosllannerchrugog",
        "นภัสสร วงศ์สุวรรณ", "Ana",
    ]

    /// Makes very many accounts, and some businesses.
    private func fill() async throws {
        struct New: Encodable {
            let address: String
            let name: String
        }
        let client = console.client
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<Self.count {
                if number >= 4 { try await group.next() }
                group.addTask {
                    let name = "\(Self.names[number % Self.names.count]) \(number)"
                    try await client.call(
                        .post, "/api/v1/users",
                        try jsonBytes(
                            New(
                                address: "person-\(number)@very-many-people-indeed.example",
                                name: name)))
                }
            }
            try await group.waitForAll()
        }
        for number in 0..<Self.businesses {
            let name = "\(Self.names[number % Self.names.count]) \(number)"
            try await console.installation.found("business-\(number)", named: name)
        }
    }

    /// Goes through the pages of a list; the rows that it shows.
    private func rows(_ page: BrowserPage) async throws -> Set<String> {
        let shown = "document.querySelector('main [data-part=shown]')?.textContent ?? ''"
        let rows = "[...document.querySelectorAll('main tr[data-row]')]"
        var seen: Set<String> = []
        for _ in 0..<30 {
            let ids = try await page.string("\(rows).map((row) => row.dataset.row).join()")
            seen.formUnion((ids ?? "").split(separator: ",").map(String.init))
            let hasMore = try await page.isTrue(
                "!(document.querySelector('main [data-act=next]')?.disabled ?? true)")
            guard hasMore else { return seen }
            let before = try await page.string(shown) ?? ""
            try await page.click("main [data-act=next]")
            try await page.wait(for: "(\(shown)) !== '\(before)'")
        }
        throw NeverHappened(description: "the list never ends")
    }

    @Test("show all of them page by page, in both directions and themes, as wide as the window")
    func many() async throws {
        try await console.makeOwner()
        try await fill()
        let tooWide = "document.scrollingElement.scrollWidth - innerWidth"
        try await Browser.with { page in
            try await console.signIn(page)
            for (room, count) in [("users", Self.count), ("tenants", Self.businesses)] {
                try await page.resize(width: 1280, height: 900)
                try await console.go(page, "/pages/\(room)/")
                try await page.wait(for: "document.querySelector('main tr[data-row]')")
                #expect(try await rows(page).count >= count, "\(room)")
                // The first page is full.
                try await console.go(page, "/pages/\(room)/?again")
                try await page.wait(for: "document.querySelector('main tr[data-row]')")
                for (theme, width, direction) in [
                    ("light", 1280, "ltr"), ("dark", 1280, "rtl"), ("light", 390, "rtl"),
                    ("dark", 320, "ltr"),
                ] {
                    try await page.prefer(theme: theme)
                    try await page.resize(width: width, height: 844, isPhone: width < 500)
                    _ = try await page.string("document.documentElement.dir = '\(direction)'")
                    #expect(try await page.number(tooWide) == 0, "\(room), \(width), \(direction)")
                    try await console.keep("many-\(room)-\(theme)-\(width)", page)
                }
                if Axe.isInstalled { try await Axe().expectNothing(page, room) }
                _ = try await page.string("document.documentElement.dir = 'ltr'")
            }
            try await console.expectQuiet(page)
        }
    }
}

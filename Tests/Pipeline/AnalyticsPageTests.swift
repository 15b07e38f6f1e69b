import Browser
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// Figures, from a customer's message to the page, the table and the command line.
@Suite(
    "Figures", .installation(), .serialized,
    .enabled(
        if: Browser.isInstalled && Axe.isInstalled, "Tests/run installs Chromium and axe-core"),
    .timeLimit(.minutes(15)))
struct AnalyticsPageTests {
    private static let business = RunningInstallation.demo
    private static let base = "/api/v1/tenants/\(business)"

    private let console: ConsolePages
    private let installation: RunningInstallation

    init() throws {
        console = try ConsolePages()
        installation = try #require(RunningInstallation.shared)
    }

    private func figures(_ query: String = "?period=24h") async throws -> JSON {
        try await installation.console.call(.get, Self.base + "/analytics" + query)
    }

    private func keepAll(_ name: String, _ page: BrowserPage, _ axe: Axe) async throws {
        for (theme, width) in [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)] {
            try await page.prefer(theme: theme)
            try await page.resize(width: width, height: 1_000, isPhone: width < 500)
            try await axe.expectNothing(page, "\(name), \(theme), \(width)")
            let beyond = "document.scrollingElement.scrollWidth - innerWidth"
            #expect(try await page.number(beyond) == 0, "\(name), \(theme), \(width)")
            try await console.keep("\(name)-\(theme)-\(width)", page)
        }
        try await page.prefer(theme: "light")
        try await page.resize(width: 1280, height: 1_000, isPhone: false)
    }

    @Test("count what customers wrote and who answered, on the page, in a file and at a terminal")
    func counted() async throws {
        let axe = try Axe()
        let before = try await figures()["now"]
        let customer = Customer(in: installation)
        try await customer.write("What time do you open on Saturday?", named: "Fina Roig")
        try await customer.write("I want to talk to a person", named: "Fina Roig")
        let now = try await eventually("the messages are counted") { () -> JSON? in
            let now = try await figures()["now"]
            let isThere =
                now["fromCustomers"].int == (before["fromCustomers"].int ?? 0) + 2
                && (now["handedOver"].int ?? 0) > (before["handedOver"].int ?? 0)
            return isThere ? now : nil
        }
        #expect((now["customers"].int ?? 0) > (before["customers"].int ?? 0))

        try await console.join("figa@figures.example", "Figa Mas", as: "viewer", of: Self.business)
        try await Browser.with { page in
            try await page.resize(width: 1280, height: 1_000)
            try await console.signIn(page, "figa@figures.example")
            try await console.go(page, "/pages/analytics/?period=24h")
            try await page.wait(for: "document.querySelector('#messages')")
            let shown = try await page.texts("#messages").joined()
            #expect(shown == "\(now["fromCustomers"].int ?? -1)")
            #expect(try await page.texts("#reasons").joined().contains("Asks for a person"))
            try await keepAll("analytics-24h", page, axe)
            // What is chosen stands in the address.
            try await page.click("[data-value='90d']")
            try await page.wait(for: "document.querySelector('[data-value=week]')")
            try await page.click("[data-value=week]")
            try await page.wait(for: "location.search.includes('by=week')")
            try await page.click("[data-value=no]")
            try await page.wait(for: "location.search.includes('compare=no')")
            try await page.wait(for: "document.querySelector('#messages')")
            try await keepAll("analytics-90d", page, axe)
            try await console.go(page, "/")
            try await page.wait(for: "document.querySelector('#week-conversations')")
            try await keepAll("home-viewer", page, axe)
            try await console.expectQuiet(page)
        }

        let wrong = try await ParleyProgram.run([
            "analytics", "--tenant", Self.business, "--data", installation.data, "--period", "24h",
            "--by", "week",
        ])
        #expect(wrong.exit != .code(0) && wrong.output.contains("24h is divided by hour"))
        let table = try await ParleyProgram.run([
            "analytics", "--tenant", Self.business, "--data", installation.data, "--csv",
        ])
        #expect(table.output.contains("fromCustomers"), "\(table.output)")
        let audit = try await installation.console.call(.get, Self.base + "/audit")
        #expect("\(audit)".contains("analytics.export"))
    }

    @Test("of all businesses are there for who runs the installation")
    func platform() async throws {
        let axe = try Axe()
        try await Browser.with { page in
            try await page.resize(width: 1280, height: 1_000)
            try await console.enter(page, "/pages/analytics/?period=30d")
            try await page.wait(for: "document.querySelector('#business-figures tbody td')")
            try await keepAll("analytics-all", page, axe)
            try await console.expectQuiet(page)
        }
        let all = try await ParleyProgram.run(["analytics", "--all", "--data", installation.data])
        #expect(all.exit == .code(0) && all.output.contains("BUSINESS"), "\(all.output)")
    }
}

import Browser
import FoundationEssentials
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// What is promised to customers, from its settings to the wall of who supervises.
@Suite(
    "Service levels", .installation(), .serialized,
    .enabled(
        if: Browser.isInstalled && Axe.isInstalled, "Tests/run installs Chromium and axe-core"),
    .timeLimit(.minutes(15)))
struct ServiceLevelPageTests {
    private static let business = RunningInstallation.demo
    private static let base = "/api/v1/tenants/\(business)"

    private let console: ConsolePages
    private let installation: RunningInstallation

    init() throws {
        console = try ConsolePages()
        installation = try #require(RunningInstallation.shared)
    }

    private func waiting(_ name: String) async throws -> (customer: Customer, id: String) {
        let customer = Customer(in: installation)
        try await customer.write("I want to talk to a person", named: name)
        let id = try await eventually("\(name) is in the queue") {
            try await installation.console.call(.get, Self.base + "/handoffs")["handoffs"].elements
                .first { $0["customer"]["phone"].string == customer.phone }?["conversation"].string
        }
        return (customer, id)
    }

    private func levels(_ options: String...) async throws -> String {
        let run = try await ParleyProgram.run(
            ["desk", "levels", "--tenant", Self.business, "--data", installation.data] + options)
        #expect(run.exit == .code(0), "\(run.output)")
        return run.output
    }

    private func wallCase(_ id: String) async throws -> JSON? {
        try await installation.console.call(.get, Self.base + "/desk/wall")["cases"].elements
            .first { $0["conversation"].string == id }
    }

    private func clock(_ kind: String, of row: JSON?) -> JSON? {
        row?["clocks"].elements.first { $0["clock"].string == kind }
    }

    private var today: String {
        Date().formatted(.iso8601.year().month().day())
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

    @Test("are set at a page and at the command line, and say what is wrong")
    func settings() async throws {
        let axe = try Axe()
        try await console.join("olga@levels.example", "Olga Pla", as: "admin", of: Self.business)
        try await Browser.with { page in
            try await page.resize(width: 1280, height: 1_000)
            try await console.signIn(page, "olga@levels.example")
            try await console.go(page, "/pages/organisation/#levels")
            try await page.wait(for: "document.querySelector('#tab-levels [name=firstResponse]')")
            try await page.fill("#tab-levels [name=firstResponse]", "0.01")
            try await page.click("#tab-levels [type=submit]")
            try await page.wait(
                for: "document.querySelector('#tab-levels [name=firstResponse][aria-invalid]')")
            _ = try await page.takeComplaints()
            try await page.fill("#tab-levels [name=firstResponse]", "0.2")
            try await page.fill("#tab-levels [name=nextResponse]", "90")
            try await page.click("#tab-levels [type=submit]")
            try await eventually("it is kept") {
                let now = try await installation.console.call(
                    .get, Self.base + "/organisation/levels")
                return now["firstResponseSeconds"].int == 12
                    && now["nextResponseSeconds"].int == 5_400
            }
            try await keepAll("levels-settings", page, axe)
            try await console.expectQuiet(page)
        }
        #expect(try await levels().contains("5400 s"))
        let changed = try await levels("--next", "0", "--resolution", "7200", "--warn", "50")
        #expect(changed.contains("7200 s") && changed.contains("50 %"))
        #expect(changed.contains("nothing promised") && changed.contains("12 s"))
        let audit = try await installation.console.call(.get, Self.base + "/audit")
        #expect("\(audit)".contains("levels"))
    }

    @Test("that are missed stand on the wall, in the inbox and with who supervises, until answered")
    func missed() async throws {
        let axe = try Axe()
        _ = try await levels("--first", "12", "--queue", "10", "--warn", "50")
        try await console.join("vera@levels.example", "Vera Sanz", as: "admin", of: Self.business)
        let person = try await Person.signIn("vera@levels.example", at: installation)
        let agent = try await Agent.connect(
            "rosa", name: "Rosa Gil", of: Self.business, in: installation)
        let (customer, id) = try await waiting("Lara Late")
        try await eventually("the promises are known to the stage") {
            clock("firstResponse", of: try await wallCase(id))?["due"].int != nil
        }
        #expect(try await agent.ask("claim", id)["type"].string == "accepted")
        _ = try await agent.hear("that it is late") {
            $0["type"].string == "clockChanged" && $0["conversation"].string == id
                && $0["clocks"].elements.contains {
                    $0["clock"].string == "firstResponse" && $0["level"].string == "breached"
                }
        }
        try await eventually("who supervises is told") {
            try await person.notifications().contains { $0["kind"].string == "missed" }
        }
        try await Browser.with { page in
            try await page.resize(width: 1280, height: 1_000)
            try await console.signIn(page, "vera@levels.example")
            try await console.go(page, "/pages/wall/")
            try await page.wait(for: "document.querySelector('[data-row=\"\(id)\"]')")
            #expect(
                try await page.isTrue(
                    "document.querySelector('#wall-late').closest('.figure.is-late') !== null"))
            let row = try await page.texts("[data-row=\"\(id)\"]").joined()
            #expect(row.contains("Lara Late") && row.contains("Rosa Gil") && row.contains("late"))
            let people = try await page.texts("#wall-agents").joined()
            #expect(people.contains("Rosa Gil") && people.contains("signed in"))
            try await keepAll("wall", page, axe)
            // What is answered leaves the late ones by itself.
            #expect(
                try await agent.ask("send", id, text: "Here I am.")["type"].string == "accepted")
            _ = try await customer.seen(atLeast: 2)
            try await page.wait(
                for: "document.querySelector('[data-row=\"\(id)\"]')?.innerText.includes('turn')")
            try await console.expectQuiet(page)
        }
        let report = try await levels("--report", "agent", "--from", today)
        #expect(report.contains("Rosa Gil") && report.contains("MISSED"))
        let table = try await levels("--report", "day", "--from", today, "--csv")
        #expect(table.contains("firstResponse median") && table.contains(today))
        await agent.leave()
    }

    @Test("the inbox shows what runs out, and the wall takes over, transfers and closes")
    func acts() async throws {
        let axe = try Axe()
        _ = try await levels("--first", "900", "--queue", "900", "--warn", "80")
        try await console.join("nora@levels.example", "Nora Vidal", as: "admin", of: Self.business)
        let agent = try await Agent.connect(
            "hugo", name: "Hugo Rey", of: Self.business, in: installation)
        let (_, held) = try await waiting("Hilda Held")
        #expect(try await agent.ask("claim", held)["type"].string == "accepted")
        let (_, queued) = try await waiting("Quinn Queued")
        try await eventually("the clocks are known") {
            clock("firstResponse", of: try await wallCase(queued))?["due"].int != nil
        }
        try await Browser.with { page in
            try await page.resize(width: 1280, height: 1_000)
            try await console.signIn(page, "nora@levels.example")
            try await console.go(page, "/pages/desk/#c=\(queued)")
            try await page.wait(
                for: "document.querySelector('.talk-head [data-part=clock]')")
            try await page.wait(
                for: "document.querySelector('[data-conversation=\"\(held)\"] [data-part=clock]')")
            try await console.keep("levels-inbox", page)
            try await axe.expectNothing(page, "clocks in the inbox")
            try await console.go(page, "/pages/wall/")
            // Closed from the queue, though nobody had it.
            try await act(2, on: queued, "Close", page)
            try await page.wait(for: "document.querySelector('dialog .danger, dialog .primary')")
            try await console.keep("wall-close", page)
            try await page.click("dialog .danger, dialog .primary")
            try await page.wait(for: "!document.querySelector('[data-row=\"\(queued)\"]')")
            #expect(try await wallCase(queued) == nil)
            // And taken from a colleague, in one step.
            try await page.click("[data-row=\"\(held)\"] [data-act=take-over]")
            try await page.wait(for: "location.pathname === '/pages/desk/'")
            try await page.wait(
                for: "document.querySelector('[data-part=holder]')?.innerText.includes('You')")
            #expect(try await wallCase(held)?["holderName"].string == "Nora Vidal")
            try await console.go(page, "/pages/wall/#results")
            try await page.wait(for: "document.querySelector('#wall-results tbody')")
            #expect(
                try await page.texts("#wall-results").joined().contains("Hugo Rey"))
            try await keepAll("wall-results", page, axe)
            _ = try await page.takeComplaints()
        }
        await agent.leave()
    }

    private func act(
        _ number: Int, on row: String, _ words: String, _ page: BrowserPage
    ) async throws {
        try await page.wait(for: "document.querySelector('[data-row=\"\(row)\"] [aria-haspopup]')")
        try await page.click("[data-row=\"\(row)\"] [aria-haspopup]")
        try await page.wait(for: "document.querySelector('[role=menuitem]')")
        try await page.click(
            found: """
                [...document.querySelectorAll('[role=menuitem]')]
                  .find((e) => e.innerText.includes('\(words)'))
                """)
    }
}

import Browser
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// Promises by queue and priority, from the page and the command line to the wall.
@Suite(
    "Service levels by queue", .installation(), .serialized,
    .enabled(
        if: Browser.isInstalled && Axe.isInstalled, "Tests/run installs Chromium and axe-core"),
    .timeLimit(.minutes(15)))
struct LevelTargetPageTests {
    private static let business = RunningInstallation.demo
    private static let base = "/api/v1/tenants/\(business)"
    private static let first = "#tab-levels .organisation-target"

    private let console: ConsolePages
    private let installation: RunningInstallation

    init() throws {
        console = try ConsolePages()
        installation = try #require(RunningInstallation.shared)
    }

    private func levels(_ options: String..., fails: Bool = false) async throws -> String {
        let run = try await ParleyProgram.run(
            ["desk", "levels", "--tenant", Self.business, "--data", installation.data] + options)
        #expect((run.exit == .code(0)) != fails, "\(run.output)")
        return run.output
    }

    private func queue(_ name: String, _ more: String) async throws -> String {
        let made = try await installation.console.call(
            .post, Self.base + "/routing/queues",
            Array(#"{"name":"\#(name)","members":["rosa"]\#(more)}"#.utf8))
        return try #require(
            made["queues"].elements.first { $0["name"].string == name }?["id"].string)
    }

    private func targets() async throws -> [JSON] {
        try await installation.console.call(.get, Self.base + "/organisation/levels")["targets"]
            .elements
    }

    /// How long after the case began a person's first message is due, in seconds.
    private func promise(_ id: String) async throws -> Int? {
        let row = try await installation.console.call(.get, Self.base + "/desk/wall")["cases"]
            .elements.first { $0["conversation"].string == id }
        let clock = row?["clocks"].elements.first { $0["clock"].string == "firstResponse" }
        guard let due = clock?["due"].int, let start = clock?["startedAt"].int else { return nil }
        return (due - start) / 1_000
    }

    @Test("are set at a page and at the command line; the wall follows a conversation's queue")
    func journey() async throws {
        let axe = try Axe()
        try await console.join("olga@targets.example", "Olga Pla", as: "admin", of: Self.business)
        let general = try await queue("General", #","isDefault":true"#)
        let repairs = try await queue("Repairs", #","priority":2"#)
        _ = try await levels("--first", "7200")
        try await Browser.with { page in
            try await page.resize(width: 1280, height: 1_000)
            try await console.signIn(page, "olga@targets.example")
            try await console.go(page, "/pages/organisation/#levels")
            try await page.wait(for: "document.querySelector('#add-target')")
            try await page.click("#add-target")
            try await page.wait(for: "document.querySelector('\(Self.first) select')")
            // A promise of nothing is refused where it stands.
            try await page.click("#tab-levels [type=submit]")
            try await page.wait(
                for: "document.querySelector('\(Self.first) [aria-invalid]')"
                    + " && document.querySelector('\(Self.first) .row-error')")
            _ = try await page.takeComplaints()
            _ = try await page.isTrue(
                "(() => { const one = document.querySelector('\(Self.first) [data-part=queue]');"
                    + " one.value = '\(repairs)';"
                    + " one.dispatchEvent(new Event('input', { bubbles: true })); return true; })()"
            )
            try await page.fill("\(Self.first) [data-part=firstResponse]", "10")
            try await page.click("#tab-levels [type=submit]")
            try await eventually("it is kept") {
                let all = try await targets()
                return all.count == 1 && all[0]["queue"].string == repairs
                    && all[0]["firstResponseSeconds"].int == 600
            }
            for (theme, width) in [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)] {
                try await page.prefer(theme: theme)
                try await page.resize(width: width, height: 1_000, isPhone: width < 500)
                try await axe.expectNothing(page, "targets, \(theme), \(width)")
                let beyond = "document.scrollingElement.scrollWidth - innerWidth"
                #expect(try await page.number(beyond) == 0, "\(theme), \(width)")
                _ = try await page.isTrue(
                    "document.querySelector('\(Self.first)').scrollIntoView() ?? true")
                try await console.keep("level-targets-\(theme)-\(width)", page)
            }
            try await console.expectQuiet(page)
        }
        #expect(try await levels().contains("Repairs"))
        let more = try await levels("--priority", "2", "--in", "repairs", "--first", "60")
        #expect(more.contains("60 s"))
        #expect(try await targets().count == 2)
        let unknown = try await levels("--in", "nowhere", "--first", "60", fails: true)
        #expect(unknown.contains("General"))
        try await follows(general, repairs)
        _ = try await levels("--in", "Repairs", "--priority", "2", "--drop")
        #expect(try await targets().count == 1)
    }

    private func follows(_ general: String, _ repairs: String) async throws {
        let customer = Customer(in: installation)
        try await customer.write("I want to talk to a person", named: "Tara Target")
        let id = try await eventually("she is in the queue") {
            try await installation.console.call(.get, Self.base + "/handoffs")["handoffs"].elements
                .first { $0["customer"]["phone"].string == customer.phone }?["conversation"].string
        }
        try await eventually("the business's promise counts") { try await promise(id) == 7_200 }
        let agent = try await Agent.connect(
            "rosa", name: "Rosa Gil", of: Self.business, in: installation)
        #expect(try await agent.ask("claim", id)["type"].string == "accepted")
        #expect(
            try await agent.ask("transfer", id, ["to": "team", "queue": repairs])["type"].string
                == "accepted")
        // Queue and priority go before the queue alone.
        try await eventually("the queue's promise counts") { try await promise(id) == 60 }
        let changed = try await installation.console.call(
            .put, Self.base + "/routing/queues/\(repairs)",
            Array(#"{"name":"Repairs","members":["rosa"],"priority":7}"#.utf8))
        #expect(changed["queues"].elements.contains { $0["priority"].int == 7 })
        try await eventually("the priority is another") { try await promise(id) == 600 }
    }
}

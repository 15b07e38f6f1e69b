import Browser
import Conversation
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// Queues and offers, in a browser: who is offered what, and what nobody answers.
@Suite(
    "Queues in a browser", .installation(), .serialized,
    .enabled(
        if: Browser.isInstalled && Axe.isInstalled, "Tests/run installs Chromium and axe-core"),
    .timeLimit(.minutes(15)))
struct DeskRoutingPageTests {
    private static let business = RunningInstallation.demo
    private static let base = "/api/v1/tenants/\(business)"

    private let console: ConsolePages
    private let installation: RunningInstallation

    init() throws {
        console = try ConsolePages()
        installation = try #require(RunningInstallation.shared)
    }

    private func enter(_ page: BrowserPage, _ email: String) async throws {
        try await page.resize(width: 1280, height: 900)
        try await console.signIn(page, email)
        try await console.go(page, "/pages/desk/")
        try await page.wait(for: "document.querySelector('[data-line=live]')")
    }

    private func has(_ selector: String, _ words: String) -> String {
        "[...document.querySelectorAll('\(selector)')].some((e) => e.innerText.includes('\(words)'))"
    }

    private func without(_ selector: String) -> String { "!document.querySelector('\(selector)')" }

    private func holder(_ page: BrowserPage, says words: String) async throws {
        try await page.wait(
            for: "document.querySelector('[data-part=holder]')?.innerText.includes('\(words)')")
    }

    private func leaveField(_ page: BrowserPage) async throws {
        _ = try await page.isTrue("document.querySelector('[role=log]').focus() ?? true")
    }

    private func account(_ email: String) async throws -> String {
        let members = try await installation.console.call(.get, Self.base + "/members")["members"]
        return try #require(
            members.elements.first { $0["email"].string == email }?["account"].string)
    }

    @Test("an offer that nobody answers goes to the next, who accepts, lays aside and hands on")
    func offers() async throws {
        let axe = try Axe()
        try await console.join("ola@desk.example", "Ola Mar", as: "agent", of: Self.business)
        try await console.join("pau@desk.example", "Pau Roig", as: "agent", of: Self.business)
        let (ola, pau) = (
            try await account("ola@desk.example"), try await account("pau@desk.example")
        )
        try await installation.console.call(
            .post, Self.base + "/routing/queues",
            Array(
                #"{"name":"Sales","members":["\#(ola)","\#(pau)"],"offerSeconds":20,"isDefault":true}"#
                    .utf8))
        try await installation.console.call(
            .post, Self.base + "/routing/queues",
            Array(#"{"name":"Repairs","members":["\#(ola)"],"priority":9}"#.utf8))
        try await Browser.with { first in
            try await enter(first, "ola@desk.example")
            try await first.wait(for: has("[data-act=status]", "Available"))
            try await Browser.with { second in
                try await enter(second, "pau@desk.example")
                try await second.wait(for: has("[data-act=status]", "Available"))
                let customer = Customer(in: installation)
                try await customer.write("I want to talk to a person", named: "Otto Offer")
                // Who is idle for longer is offered it first.
                try await first.wait(for: has(".desk-offer", "Otto Offer"))
                #expect(try await first.isTrue(has(".desk-offer", "Sales")))
                try await axe.expectNothing(first, "an offer")
                try await console.keep("desk-offer", first)
                // Nobody answers: it goes to the next by itself.
                try await first.wait(for: without(".desk-offer"))
                try await second.wait(for: has(".desk-offer", "Otto Offer"))
                try await second.press("y")
                try await second.wait(for: without(".desk-offer"))
                try await holder(second, says: "You have it")
                try await aside(second)
                try await handsOn(second, to: first)
                try await console.expectQuiet(second)
            }
            try await console.expectQuiet(first)
        }
    }

    private func aside(_ page: BrowserPage) async throws {
        try await page.wait(for: "document.querySelector('.desk-foot > *')")
        try await leaveField(page)
        try await page.press("w")
        try await page.wait(for: "document.activeElement.matches('dialog input[type=radio]')")
        try await console.keep("desk-park", page)
        try await page.press("Enter")
        try await holder(page, says: "Laid aside until")
        try await console.keep("desk-parked", page)
        try await leaveField(page)
        try await page.press("w")
        try await holder(page, says: "You have it")
    }

    /// Gives it to a team to which the one who has it does not belong: they see it no more.
    private func handsOn(_ page: BrowserPage, to other: BrowserPage) async throws {
        try await leaveField(page)
        try await page.press("a")
        try await page.wait(for: has("dialog .check", "Repairs"))
        for _ in 0..<30 {
            let chosen = "document.querySelector('dialog .check:has(:checked)').innerText"
            if try await page.isTrue("\(chosen).includes('Repairs')") { break }
            try await page.press("ArrowDown")
        }
        try await page.click("dialog [type=submit]")
        try await page.wait(for: without("dialog"))
        try await other.wait(for: has(".desk-offer", "Otto Offer"))
        try await page.wait(for: "!" + has(".talks > li", "Otto Offer"))
        try await other.press("y")
        try await holder(other, says: "You have it")
        // By its switch, offers stop.
        try await other.click("[data-act=status]")
        try await other.wait(for: "document.querySelector('[role^=menuitem][data-status=busy]')")
        try await other.click("[role^=menuitem][data-status=busy]")
        try await other.wait(for: has("[data-act=status]", "Busy"))
    }

    @Test("queues are set up by whoever manages settings, and what agents can take")
    func settings() async throws {
        let axe = try Axe()
        try await console.join("quim@desk.example", "Quim Sol", as: "admin", of: Self.business)
        try await Browser.with { page in
            try await page.resize(width: 1280, height: 900)
            try await console.signIn(page, "quim@desk.example")
            try await console.go(page, "/pages/routing/")
            try await page.wait(for: "document.querySelector('#queue-add')")
            try await page.click("#queue-add")
            try await page.wait(for: "document.querySelector('#queue-dialog [name=name]')")
            try await page.fill("#queue-dialog [name=name]", "Night shift")
            try await page.fill("#queue-dialog [name=skills]", "french, Wine")
            try await page.fill("#queue-dialog [name=alertAfter]", "10")
            try await page.click("#queue-dialog [data-act=rule-add]")
            // Missed calls: what others wait for in this suite is not taken away.
            try await page.click(
                "#queue-dialog .routing-rule .check:nth-child(8) input[type=checkbox]")
            try await page.click(
                found: "[...document.querySelectorAll('#queue-dialog .routing-list .check')]"
                    + ".find((e) => e.innerText.includes('Quim Sol')).querySelector('input')")
            for theme in ["light", "dark"] {
                try await page.prefer(theme: theme)
                try await axe.expectNothing(page, "a queue, \(theme)")
                try await console.keep("queue-form-\(theme)", page)
            }
            try await page.click("#queue-dialog form [type=submit]")
            try await page.wait(for: without("#queue-dialog"))
            try await page.wait(for: has("main .table", "Night shift"))
            #expect(try await page.isTrue(has("main .table", "wine")))
            #expect(try await page.isTrue(has("main .table", "alert after 10 minutes")))
            let found = try await installation.console.call(.get, Self.base + "/routing")
            let queue = try #require(
                found["queues"].elements.first { $0["name"].string == "Night shift" })
            #expect(queue["members"].elements.count == 1)
            #expect(
                queue["takes"].elements.first?["reasons"].elements.first?.string == "missedCall")
            #expect(queue["alertAfter"].int == 600)
            for (width, name) in [(1280, "desktop"), (390, "phone")] {
                try await page.resize(width: width, height: 844, isPhone: width < 500)
                let beyond = "document.scrollingElement.scrollWidth - innerWidth"
                #expect(try await page.number(beyond) == 0)
                try await axe.expectNothing(page, "queues, \(name)")
                try await console.keep("queues-\(name)", page)
            }
            try await console.expectQuiet(page)
        }
    }
}

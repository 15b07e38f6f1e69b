import Browser
import Conversation
import FoundationEssentials
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// What agents make of what the bot would say: in the page, over the log, and as data.
@Suite(
    "Suggestions at the desk", .installation(), .serialized,
    .enabled(
        if: Browser.isInstalled && Axe.isInstalled, "Tests/run installs Chromium and axe-core"),
    .timeLimit(.minutes(15)))
struct DeskSuggestionPageTests {
    private static let business = RunningInstallation.demo
    private static let base = "/api/v1/tenants/\(business)"
    private static let question = "What time do you open on Saturday?"
    private static let isShown = "document.querySelector('#suggestion .sources li')"
    private static let reply = "document.querySelector('#reply')"
    private static let isGone = "!document.querySelector('#suggestion')"

    private let console: ConsolePages
    private let installation: RunningInstallation

    init() throws {
        console = try ConsolePages()
        installation = try #require(RunningInstallation.shared)
    }

    private func waiting(_ name: String) async throws -> Customer {
        let customer = Customer(in: installation)
        try await customer.write("I want to talk to a person", named: name)
        try await eventually("\(name) is in the queue") {
            try await installation.console.call(.get, Self.base + "/handoffs")["handoffs"].elements
                .contains { $0["customer"]["phone"].string == customer.phone }
        }
        return customer
    }

    private func enter(_ page: BrowserPage, _ email: String, _ name: String) async throws {
        try await page.resize(width: 1280, height: 900)
        try await console.signIn(page, email)
        try await console.go(page, "/pages/desk/")
        let row =
            "[...document.querySelectorAll('.talks > li > a')]"
            + ".find((e) => e.innerText.includes('\(name)'))"
        try await page.wait(for: row)
        _ = try await page.isTrue("\(row).click() ?? true")
        try await page.wait(
            for: "document.querySelector('.talk-head h2')?.innerText === '\(name)'"
                + " && document.querySelector('.desk-foot > *')")
    }

    private func bubble(_ words: String) -> String {
        "[...document.querySelectorAll('.thread > li[data-line].out')]"
            + ".some((e) => e.innerText.includes('\(words)'))"
    }

    /// The customer asks, and the bot would say something.
    private func ask(_ customer: Customer, _ page: BrowserPage) async throws {
        try await customer.write(Self.question)
        try await page.wait(for: Self.isShown)
    }

    private func counts() async throws -> JSON {
        let days = "?from=\(day(-1))&to=\(day(1))"
        return try await installation.console.call(.get, Self.base + "/suggestions" + days)["total"]
    }

    /// A day before or after today: a business's day need not be ours.
    private func day(_ shift: Int) -> String {
        Date(timeIntervalSinceNow: Double(shift) * 86_400)
            .formatted(.iso8601.year().month().day())
    }

    private func eval(_ options: String...) async throws -> String {
        let run = try await ParleyProgram.run(
            [
                "eval", "suggestions", "--tenant", Self.business, "--data", installation.data,
                "--from", day(-1), "--to", day(1),
            ] + options)
        #expect(run.exit == .code(0), "\(run.output)")
        return run.output
    }

    @Test("are sent, edited or put aside by keys; another's page follows, and all is counted")
    func outcomes() async throws {
        try await console.join("sam@hints.example", "Sam Sol", as: "agent", of: Self.business)
        try await console.join("sib@hints.example", "Sib Sol", as: "admin", of: Self.business)
        let customer = try await waiting("Nora Hints")
        let before = try await counts()
        try await Browser.with { page in
            try await enter(page, "sam@hints.example", "Nora Hints")
            try await page.press("c")
            try await page.wait(for: "document.activeElement.id === 'reply'")
            try await dismiss(page, customer)
            try await ask(customer, page)
            try await page.click("[data-act=use]")
            try await page.wait(
                for: Self.isGone + " && " + bubble("9:00")
                    + " && !document.querySelector('[data-pending]')")
            try await ask(customer, page)
            try await page.press("Escape")
            try await page.press("e")
            try await page.wait(for: Self.isGone + " && \(Self.reply).value.includes('9:00')")
            // Whoever empties what they made of it sees it again.
            try await page.wait(
                for: "(() => { \(Self.reply).value = '';"
                    + " \(Self.reply).dispatchEvent(new Event('input')); return true; })()")
            try await page.wait(for: Self.isShown)
            try await page.press("Escape")
            try await page.press("e")
            try await page.wait(for: Self.isGone)
            try await page.type(" See you, Nora!")
            try await page.press("Enter")
            try await page.wait(for: bubble("See you, Nora!") + " && " + Self.isGone)
            try await ask(customer, page)
            for (theme, width) in [("light", 1280), ("dark", 1280), ("dark", 390), ("light", 390)] {
                try await page.prefer(theme: theme)
                try await page.resize(width: width, height: 900, isPhone: width < 500)
                try await console.keep("desk-suggestion-\(theme)-\(width)", page)
            }
            try await page.resize(width: 1280, height: 900)
            try await taken(from: page)
            try await console.expectQuiet(page)
        }
        try await eventually("what became of them is counted") {
            let now = try await counts()
            func more(_ name: String) -> Int {
                Int(now[name].int ?? 0) - Int(before[name].int ?? 0)
            }
            let edited = more("slight") + more("partial")
            return more("sent") == 1 && more("dismissed") == 2 && edited == 1
        }
        let lines = try await eval("--lines", "--outcome", "edited")
        let ours = lines.split(separator: "\n").filter { $0.contains("See you, Nora!") }
        #expect(ours.count == 1 && ours.first?.contains(Self.question) == true)
        #expect(try await eval().contains("DISMISSED"))
        #expect(try await eval("--json").contains("\"makers\""))
        let audit = try await installation.console.call(.get, Self.base + "/audit")
        #expect("\(audit)".contains("suggestions.export"))
    }

    /// The key is listed, and acts where nobody types.
    private func dismiss(_ page: BrowserPage, _ customer: Customer) async throws {
        try await ask(customer, page)
        try await page.press("Escape")
        try await page.press("?")
        try await page.wait(for: "document.querySelector('dialog .key-list')")
        let help = try await page.texts("dialog").joined()
        #expect(help.contains("Dismiss the suggested reply"))
        try await page.press("Escape")
        try await page.wait(for: "!document.querySelector('dialog')")
        try await page.press(".")
        try await page.wait(for: Self.isGone)
        // It does not come back with what is read anew.
        _ = try await page.isTrue("location.reload() ?? true")
        try await page.wait(for: "document.querySelector('#reply')")
        try await page.wait(for: ConsolePages.isWhole)
        #expect(try await page.isTrue(Self.isGone))
    }

    /// Whoever takes the conversation sees what is open, and puts it aside for all.
    private func taken(from page: BrowserPage) async throws {
        try await Browser.with { other in
            try await enter(other, "sib@hints.example", "Nora Hints")
            try await other.click("#relieve")
            try await other.wait(for: Self.isShown)
            try await other.click("[data-act=dismiss]")
            try await other.wait(for: Self.isGone)
            try await console.expectQuiet(other)
        }
    }
}

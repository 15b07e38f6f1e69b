import Browser
import Conversation
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// What people at the desk do among themselves, in a browser.
@Suite(
    "The desk's tools in a browser", .installation(), .serialized,
    .enabled(
        if: Browser.isInstalled && Axe.isInstalled, "Tests/run installs Chromium and axe-core"),
    .timeLimit(.minutes(15)))
struct DeskToolsPageTests {
    private static let business = RunningInstallation.demo

    private let console: ConsolePages
    private let installation: RunningInstallation

    init() throws {
        console = try ConsolePages()
        installation = try #require(RunningInstallation.shared)
    }

    // MARK: People

    /// A customer who asked for a person, with the id of the conversation.
    private func waiting(_ name: String) async throws -> (customer: Customer, id: String) {
        let customer = Customer(in: installation)
        try await customer.write("I want to talk to a person", named: name)
        let path = "/api/v1/tenants/\(Self.business)/handoffs"
        let id = try await eventually("\(name) is in the queue") {
            try await installation.console.call(.get, path)["handoffs"].elements
                .first { $0["customer"]["phone"].string == customer.phone }?["conversation"].string
        }
        return (customer, id)
    }

    /// Signs somebody of the team in, and opens a conversation at the desk.
    private func enter(_ page: BrowserPage, _ email: String, _ conversation: String) async throws {
        try await page.resize(width: 1280, height: 900)
        try await console.signIn(page, email)
        try await console.go(page, "/pages/desk/#c=\(conversation)")
        try await page.wait(for: "document.querySelector('[data-line=live]')")
        try await page.wait(for: "document.querySelector('.desk-foot > *')")
    }

    private func leaveField(_ page: BrowserPage) async throws {
        _ = try await page.isTrue("document.querySelector('[role=log]').focus() ?? true")
    }

    private func holder(_ page: BrowserPage, says words: String) async throws {
        try await page.wait(
            for: "document.querySelector('[data-part=holder]')?.innerText.includes('\(words)')")
    }

    private func has(_ selector: String, _ words: String) -> String {
        "[...document.querySelectorAll('\(selector)')].some((e) => e.innerText.includes('\(words)'))"
    }

    private func without(_ selector: String) -> String { "!document.querySelector('\(selector)')" }

    private func add(_ path: String, _ body: [String: String]) async throws {
        try await installation.console.call(
            .post, "/api/v1/tenants/\(Self.business)/desk/\(path)", try jsonBytes(body))
    }

    // MARK: Journeys

    @Test("a conversation goes from one to the other and back, is taken from somebody, and ends")
    func hands() async throws {
        let business = Self.business
        try await console.join("alba@desk.example", "Alba Mar", as: "agent", of: business)
        try await console.join("sol@desk.example", "Sol Roig", as: "admin", of: business)
        let (_, id) = try await waiting("Hanna Hands")
        try await Browser.with { alba in
            try await enter(alba, "alba@desk.example", id)
            try await alba.press("c")
            try await alba.wait(for: "document.activeElement.id === 'reply'")
            try await given(alba)
            try await Browser.with { sol in
                try await enter(sol, "sol@desk.example", id)
                try await holder(sol, says: "You have it")
                try await holder(alba, says: "Sol Roig has it")
                // Who may not supervise is not offered to take it back.
                #expect(try await alba.isTrue(without("#relieve")))
                try await givesBack(sol, alba)
                try await concludes(sol, alba)
                try await console.expectQuiet(sol)
            }
            try await console.expectQuiet(alba)
        }
    }

    /// By the keyboard alone, with a note, to somebody who is not here yet.
    private func given(_ page: BrowserPage) async throws {
        try await leaveField(page)
        try await page.press("a")
        try await page.wait(for: "document.activeElement.matches('dialog input[type=radio]')")
        try await console.keep("desk-transfer", page)
        try await page.wait(for: has("dialog .check", "Sol Roig"))
        for _ in 0..<30 {
            let chosen = "document.querySelector('dialog .check:has(:checked)').innerText"
            if try await page.isTrue("\(chosen).includes('Sol Roig')") { break }
            try await page.press("ArrowDown")
        }
        try await page.fill("dialog textarea", "Asks for a discount")
        try await page.click("dialog [type=submit]")
        try await page.wait(for: without("dialog"))
        try await holder(page, says: "Given to Sol Roig, to be taken up by")
        try await page.wait(for: has(".thread > .note-line", "Asks for a discount"))
        #expect(try await page.isTrue(without("#reply")))
    }

    /// Whoever supervises takes it from who has it, and gives it back in one step.
    private func givesBack(_ sol: BrowserPage, _ alba: BrowserPage) async throws {
        // To the queue, and claimed there by the other.
        try await leaveField(sol)
        try await sol.press("p")
        try await alba.wait(for: "document.querySelector('#claim')")
        try await alba.press("c")
        try await holder(sol, says: "Alba Mar has it")
        try await sol.click("#relieve")
        try await holder(sol, says: "You have it")
        try await holder(alba, says: "Sol Roig has it")
        try await sol.wait(for: "document.querySelector('[data-act=give-back]')")
        try await leaveField(sol)
        try await sol.press("u")
        try await holder(alba, says: "You have it")
        try await holder(sol, says: "Alba Mar has it")
    }

    /// What came of it is asked by the keyboard, and stands where closed ones are listed.
    private func concludes(_ sol: BrowserPage, _ alba: BrowserPage) async throws {
        try await leaveField(alba)
        try await alba.press("f")
        try await alba.wait(for: "document.activeElement.matches('dialog input[type=radio]')")
        try await console.keep("desk-outcome", alba)
        try await alba.press("3")
        try await alba.press("Enter")
        try await alba.wait(for: without("dialog") + " && document.querySelector('#take-over')")
        try await alba.press("4")
        try await alba.wait(
            for: has(".talks [data-part=outcome]", "Customer did not answer"))
        try await sol.wait(for: has(".talk-head [data-part=outcome]", "Customer did not answer"))
        // Without an outcome it goes by one key, as before.
        try await sol.press("t")
        try await sol.wait(for: "document.activeElement.id === 'reply'")
        try await leaveField(sol)
        try await sol.press("x")
        try await sol.wait(for: "document.querySelector('#take-over')")
    }

    @Test("notes reach no customer, canned replies are filled in, labels stay, and news are shown")
    func words() async throws {
        let axe = try Axe()
        try await console.join("eva@desk.example", "Eva Sol", as: "agent", of: Self.business)
        try await add(
            "replies",
            ["shortcut": "wave", "title": "A greeting", "text": "Hello {customer.name}!"])
        try await add(
            "replies",
            ["shortcut": "warm", "title": "Another one", "text": "Warm words, {agent.name}"])
        try await add("labels", ["name": "Repair", "colour": "green"])
        let (customer, id) = try await waiting("Wilma Words")
        try await Browser.with { page in
            try await enter(page, "eva@desk.example", id)
            try await page.press("c")
            try await page.wait(for: "document.activeElement.id === 'reply'")
            try await notes(page, customer)
            try await labels(page)
            try await canned(page, customer)
            for theme in ["light", "dark"] {
                try await page.prefer(theme: theme)
                try await axe.expectNothing(page, "notes and labels, \(theme)")
                try await console.keep("desk-tools-\(theme)", page)
            }
            try await news(page, customer)
            try await page.resize(width: 390, height: 844, isPhone: true)
            try await page.click("[data-mode=note]")
            try await axe.expectNothing(page, "a note on a phone")
            try await console.keep("desk-tools-phone", page)
            let beyond = "document.scrollingElement.scrollWidth - innerWidth"
            #expect(try await page.number(beyond) == 0)
            _ = try await page.takeComplaints()
            try await console.expectQuiet(page)
        }
    }

    private func notes(_ page: BrowserPage, _ customer: Customer) async throws {
        let before = try await customer.seen().count
        try await page.type("For the customer")
        try await leaveField(page)
        try await page.press("n")
        try await page.wait(for: "document.querySelector('.composer.is-note')")
        // What is begun for the customer is not what is written down.
        #expect(try await page.isTrue("document.querySelector('#reply').value === ''"))
        try await page.type("Nobody out there reads this")
        try await page.press("Enter")
        try await page.wait(
            for: has(".thread > [data-note]", "Nobody out there") + " && "
                + without("[data-pending]"))
        try await console.keep("desk-note", page)
        try await page.click("[data-mode=reply]")
        #expect(
            try await page.isTrue("document.querySelector('#reply').value === 'For the customer'"))
        try await page.press("Enter")
        let seen = try await customer.seen(atLeast: before + 1)
        #expect(seen.last?.text == "For the customer")
        #expect(!seen.contains { $0.text.contains("Nobody out there") })
    }

    private func labels(_ page: BrowserPage) async throws {
        try await leaveField(page)
        try await page.press("h")
        try await page.wait(for: "document.activeElement.matches('dialog input[type=checkbox]')")
        try await page.press(" ")
        try await page.wait(for: has(".talk-head [data-label]", "Repair"))
        try await page.press("Enter")
        try await page.wait(for: without("dialog"))
        try await page.click("[data-act=desk-options]")
        try await page.click("[role=menu] [data-filter]:not([data-filter=\"\"])")
        try await page.wait(
            for: "document.querySelectorAll('.talks > li').length === 1 && "
                + has(".talks > li", "Wilma Words"))
        try await page.click(".talk-head [data-label] button")
        try await page.wait(for: without(".talk-head [data-label]"))
        try await page.wait(for: without(".talks > li"))
        try await page.click(".desk-filter [data-label] button")
        try await page.wait(for: has(".talks > li", "Wilma Words"))
        try await leaveField(page)
        try await page.press("h")
        try await page.wait(for: "document.activeElement.matches('dialog input[type=checkbox]')")
        try await page.press(" ")
        try await page.wait(for: has(".talk-head [data-label]", "Repair"))
        try await page.press("Enter")
        try await page.wait(for: without("dialog"))
    }

    private func canned(_ page: BrowserPage, _ customer: Customer) async throws {
        try await page.fill("#reply", "/wa")
        try await page.wait(
            for: "document.querySelectorAll('.desk-replies [role=option]').length === 2")
        let chosen = "document.querySelector('.desk-replies [aria-selected=true]').innerText"
        try await console.keep("desk-canned", page)
        for _ in 0..<2 {
            if try await page.isTrue("\(chosen).includes('/wave')") { break }
            try await page.press("ArrowDown")
        }
        try await page.press("Enter")
        try await page.wait(for: "document.querySelector('#reply').value === 'Hello Wilma Words!'")
        // What is not filled in is not sent, and is pointed out.
        try await page.fill("#reply", "Hello {customer.name}!")
        let before = try await customer.seen().count
        try await page.press("Enter")
        try await page.wait(for: "document.querySelector('[data-part=missing]')")
        #expect(
            try await page.isTrue(
                "String(document.querySelector('#reply').value.slice("
                    + "document.querySelector('#reply').selectionStart, "
                    + "document.querySelector('#reply').selectionEnd)) === '{customer.name}'"))
        try await page.type("Wilma")
        try await page.press("Enter")
        let seen = try await customer.seen(atLeast: before + 1)
        #expect(seen.count == before + 1 && seen.last?.text == "Hello Wilma!")
        try await page.wait(for: without("[data-pending]"))
    }

    /// What came while the line was cut is shown before anything goes; the words are kept.
    private func news(_ page: BrowserPage, _ customer: Customer) async throws {
        let before = try await customer.seen().count
        try await page.cutOff(true)
        try await page.wait(for: "document.querySelector('[data-line=offline]')")
        try await customer.writeInOrder("Forget it, thank you")
        let path = "/api/v1/tenants/\(Self.business)/handoffs"
        try await eventually("what was written is known") {
            try await installation.console.call(.get, path)["handoffs"].elements.contains {
                $0["last"]["text"].string == "Forget it, thank you"
            }
        }
        try await page.fill("#reply", "It costs 20 euros")
        try await page.press("Enter")
        try await page.cutOff(false)
        try await page.wait(for: "document.querySelector('[data-part=overtaken]')")
        let asked = try await page.texts("[data-part=overtaken]").joined()
        #expect(asked.contains("Wilma Words wrote since: send it anyway?"), "\(asked)")
        #expect(asked.contains("Forget it, thank you"), "\(asked)")
        try await console.keep("desk-overtaken", page)
        #expect(try await customer.seen().count == before)
        try await page.click("[data-part=overtaken] [data-act=take-back]")
        try await page.wait(for: "document.querySelector('#reply').value === 'It costs 20 euros'")
        try await page.press("Enter")
        let seen = try await customer.seen(atLeast: before + 1)
        #expect(seen.last?.text == "It costs 20 euros")
        try await page.wait(for: without("[data-pending]"))
    }
}

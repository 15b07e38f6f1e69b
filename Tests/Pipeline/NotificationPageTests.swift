import Browser
import FoundationEssentials
import Glibc
import HTTPClient
import PipelineTesting
import Testing

/// What people are told, as they see it: the bell, the page, and the mails that they choose.
@Suite(
    "Notifications in a browser", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(10)))
struct NotificationPageTests {
    private let installation: RunningInstallation
    private let console: ConsolePages

    init() throws {
        installation = try #require(RunningInstallation.shared)
        console = try ConsolePages()
    }

    private struct Key: Encodable {
        let name: String
        let permissions = ["documents:read"]
    }

    /// Makes an API key, of which the team's heads are told.
    private func makeKey(_ name: String, of tenant: String) async throws {
        try await installation.console.call(
            .post, "/api/v1/tenants/\(tenant)/keys", try jsonBytes(Key(name: name)))
    }

    /// Marks all as read once a person is told of the browser that was new.
    private func readAll(of person: Person) async throws {
        try await eventually("\(person.email) is told of the new browser") {
            try await person.notifications().contains { $0["kind"].string == "signIn" }
        }
        // They came in twice, by the API and by the browser, and may be told of each.
        var told = 0
        while true {
            let now = try await person.notifications().count
            if now == told { break }
            told = now
            try await Task.sleep(for: .seconds(3))
        }
        try await person.api.call(
            .put, "/api/v1/me/notifications", try jsonBytes(["until": 32_472_144_000_000]))
    }

    private func expectBell(
        _ page: BrowserPage, _ count: Int, at place: SourceLocation = #_sourceLocation
    ) async throws {
        let bell = "document.querySelector('.bell .count')"
        do {
            try await page.wait(
                for: count == 0
                    ? "\(bell)?.hidden"
                    : "!\(bell)?.hidden && \(bell)?.textContent === '\(count)'")
        } catch {
            let shown = try await page.string("\(bell)?.outerHTML ?? document.title") ?? ""
            Issue.record("\(count), but \(shown)", sourceLocation: place)
            throw error
        }
    }

    @Test(
        "the bell rings without a reload, the page shows why, and mails come as was chosen",
        arguments: [("light", 1280, "en"), ("dark", 390, "es")])
    func journey(theme: String, width: Int, language: String) async throws {
        let (email, tenant) = ("\(language)@example.org", "luz-\(language)")
        let person = try await person(email, language)
        try await Browser.with { page in
            try await page.prefer(theme: theme)
            try await page.resize(width: width, height: 844, isPhone: width < 500)
            try await console.signIn(page, email)
            // That the browser was new is told in a moment, and would be new after the others.
            try await readAll(of: person)
            try await expectBell(page, 0)
            _ = try await page.isTrue("(window.isSame = true)")
            try await installation.found(tenant, owner: email)
            try await expectBell(page, 1)
            #expect(try await page.isTrue("window.isSame === true"))
            let token = try await installation.mailed(to: email, named: tenant).token
            try await person.api.call(
                .post, "/api/v1/me/invitations/accept", try jsonBytes(["token": token]))
            try await page.click(".bell")
            try await page.wait(for: "document.querySelectorAll('.notification').length > 0")
            try await read(page, tenant)
            try await look(page, "list", theme, language)
            try await choose(page, tenant, person)
            try await look(page, "wishes", theme, language)
            try await console.expectQuiet(page)
        }
    }

    /// A person who has an account, in a language of theirs.
    private func person(_ email: String, _ language: String) async throws -> Person {
        try await installation.found("other-\(language)")
        let person = try await Person.member(
            email, "viewer", of: "other-\(language)", in: installation)
        try await person.api.call(
            .put, "/api/v1/me/profile", try jsonBytes(["name": "Marta", "language": language]))
        return person
    }

    private func look(
        _ page: BrowserPage, _ name: String, _ theme: String, _ language: String
    ) async throws {
        if Axe.isInstalled { try await Axe().expectNothing(page, "\(name), \(theme), \(language)") }
        #expect(
            try await page.number("document.scrollingElement.scrollWidth - innerWidth") == 0,
            "\(name) scrolls sideways")
        #expect(try await page.string("document.documentElement.lang") == language)
        try await console.keep("notifications-\(name)-\(theme)-\(language)", page)
    }

    /// What happens while the page is open stands there at once, and is read one by one.
    private func read(_ page: BrowserPage, _ tenant: String) async throws {
        let fresh = "document.querySelectorAll('.notification.is-new').length"
        try await page.wait(for: "\(fresh) === 1")
        // Whoever works with the list keeps their place in it when something comes.
        let place = "document.activeElement.closest('[data-notification]')?.dataset.notification"
        _ = try await page.isTrue("document.querySelector('[data-act=read]').focus() ?? true")
        let before = try await page.string(place)
        #expect(before != nil)
        try await makeKey("First", of: tenant)
        try await page.wait(for: "\(fresh) === 2")
        try await expectBell(page, 2)
        #expect(try await page.string(place) == before)
        let words = try await page.texts(".notification .words").joined(separator: "\n")
        #expect(words.contains("First") && words.contains("Óptica Luz"), "\(words)")
        try await page.press("Enter")
        try await page.wait(for: "\(fresh) === 1")
        try await expectBell(page, 1)
        #expect(try await page.isTrue("document.activeElement.dataset.act === 'read'"))
        try await page.click("[data-act=read-all]")
        try await page.wait(for: "\(fresh) === 0")
        try await expectBell(page, 0)
    }

    /// What is mailed is what was chosen, and the choice is not lost while something comes.
    private func choose(_ page: BrowserPage, _ tenant: String, _ person: Person) async throws {
        _ = try await installation.mailed(to: person.email, saying: "First")
        try await page.click("[name=key-isMailed]")
        try await page.choose("0", in: "[name=pause]")
        try await makeKey("Second", of: tenant)
        try await page.wait(for: "document.querySelectorAll('.notification.is-new').length === 1")
        #expect(try await page.isTrue("!document.querySelector('[name=key-isMailed]').checked"))
        try await save(page, person, isMailed: false)
        try await makeKey("Third", of: tenant)
        try await page.wait(for: "document.querySelectorAll('.notification.is-new').length === 2")
        try await page.click("[name=key-isMailed]")
        try await save(page, person, isMailed: true)
        try await makeKey("Fourth", of: tenant)
        _ = try await installation.mailed(to: person.email, saying: "Fourth")
        let mails = try await installation.console.call(.get, "/api/v1/outbox")["mails"].elements
        #expect(mails.contains { $0["subject"].string?.contains("Third") == true } == false)
    }

    /// Saves what is chosen, and waits until it is known.
    private func save(_ page: BrowserPage, _ person: Person, isMailed: Bool) async throws {
        try await page.click("form.wishes [type=submit]")
        try await eventually("keys are mailed: \(isMailed)") {
            let wishes = try await person.api.call(
                .get, "/api/v1/me/preferences/notifications")["kinds"].elements
            return wishes.first { $0["kind"].string == "key" }?["isMailed"].isTrue == isMailed
        }
    }

    @Test("goes on by itself after the console was killed, and misses nothing")
    func restart() async throws {
        try await installation.found("kept")
        let person = try await Person.member(
            "kept@example.org", "admin", of: "kept", in: installation)
        try await Browser.with { page in
            try await console.signIn(page, person.email)
            try await readAll(of: person)
            try await page.go(to: console.base + "/pages/notifications/")
            try await expectBell(page, 0)
            _ = try await page.isTrue("(window.isSame = true)")
            let child = try #require(installation.child("console"))
            #expect(kill(child.pid, SIGKILL) == 0)
            try await eventually("the console answers again") {
                // Nobody may listen for a moment.
                (try? await installation.console.call(.get, "/api/v1/tenants")) != nil
            }
            try await makeKey("After", of: "kept")
            try await page.wait(
                for: "document.querySelectorAll('.notification.is-new').length === 1")
            try await expectBell(page, 1)
            #expect(try await page.isTrue("window.isSame === true"))
        }
    }
}

import Browser
import HTTPClient
import PipelineTesting
import Testing

/// From nobody to a business with a team, as people go through it where anybody may sign up.
@Suite(
    "Signing up in a browser", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(10)))
struct SignUpPageTests {
    private let console: ConsolePages

    init() throws { console = try ConsolePages() }

    private func allow() async throws {
        let target = "/api/v1/installation/sign-up"
        let version = try #require(
            try await console.client.call(.get, target)["version"].int)
        let answer = try await console.client.send(
            .put, target, Array(#"{"isOpen": true, "plans": ["free", "pro"]}"#.utf8),
            headers: [("If-Match", "\"\(version)\"")])
        #expect(answer.status == 200, "\(answer.body)")
    }

    @Test("says that nobody can sign up where it is not allowed")
    func closed() async throws {
        try await Browser.with { page in
            try await console.go(page, "/pages/signup/")
            #expect(try await page.texts("h1") == ["Nobody can sign up here"])
            #expect(try await page.texts("form").isEmpty)
            try await console.expectQuiet(page)
        }
    }

    @Test(
        "leads from an account over a mail's link to a business and its first steps",
        arguments: [(1280, "eva", "Café Eva"), (390, "pau", "Pau & Fills")])
    func journey(width: Int, name: String, business: String) async throws {
        try await allow()
        try await Browser.with { page in
            try await page.resize(width: width, height: 844, isPhone: width < 500)
            try await account(page, "\(name)@sign-up.example", business)
            try await found(page, "\(name)@sign-up.example", business)
            try await firstSteps(page, "\(name)-helper@sign-up.example")
            try await console.expectQuiet(page)
        }
    }

    /// Makes an account, and verifies its address.
    private func account(_ page: BrowserPage, _ email: String, _ business: String) async throws {
        try await console.go(page, "/pages/signup/")
        try await page.fill("[name=name]", "Eva Luna")
        try await page.fill("[name=email]", email)
        try await page.fill("[name=business]", business)
        try await page.fill("#new-password", ConsolePages.password)
        try await page.wait(for: "document.querySelectorAll('.rules .is-ok').length === 2")
        try await page.press("Enter")
        try await page.wait(
            for: "document.querySelector('h1')?.innerText === 'Look into your mailbox'")
        let link = try await console.mailed(to: email).link
        try await page.go(to: link)
        try await page.wait(for: "document.querySelector('[data-act=verify]')")
        // The token is in no history.
        #expect(try await page.string("location.hash") == "")
        // Looking at the page did nothing yet: mail programs look, too.
        try await page.click("[data-act=verify]")
        try await page.wait(
            for: "document.querySelector('h1')?.innerText === 'Your address is verified'")
        try await page.click("main a.button")
    }

    /// Signs in, and makes the business that the account was for.
    private func found(_ page: BrowserPage, _ email: String, _ business: String) async throws {
        try await console.typeIn(page, email)
        try await page.wait(for: "document.body.className === 'app'")
        // Whoever belongs to nothing yet is led on.
        try await page.click("main a[href='/pages/signup/']")
        try await page.wait(for: "document.querySelector('[name=id]')")
        #expect(
            try await page.string("document.querySelector('[name=name]').value") == business)
        try await console.keep("signup-organisation-\(business.count)", page)
        // What is taken is told at its field, and what was typed is still there.
        try await page.fill("[name=id]", "_bad")
        try await page.press("Enter")
        try await page.wait(for: "document.querySelector('[name=id][aria-invalid=true]')")
        // The refusal itself.
        #expect(try await page.takeComplaints().count == 1)
        try await page.fill("[name=id]", email.split(separator: "@")[0] + "-business")
        try await page.choose("pro", in: "[name=plan]")
        try await page.click("[type=submit]")
        try await page.wait(for: "document.querySelectorAll('.first-steps li').length === 4")
        #expect(try await page.texts("[data-act=switch]").joined().contains(business))
    }

    /// Invites somebody, as one of the first steps says.
    private func firstSteps(_ page: BrowserPage, _ helper: String) async throws {
        #expect(try await page.texts(".first-steps [data-done=true]").isEmpty)
        try await console.keep("first-steps-\(helper.count)", page)
        try await page.click("[data-step=team] a.button")
        try await page.wait(for: "document.querySelector('#invite')")
        try await page.click("#invite")
        try await page.fill("#invite-dialog [name=lines]", helper)
        try await page.click("#invite-dialog [type=submit]")
        try await page.wait(for: "document.querySelector('.toast')")
        let mail = try await console.mailed(to: helper)
        #expect(mail.link.contains("/pages/invitation/#"))
        try await page.wait(for: "!document.querySelector('#invite-dialog')")
    }
}

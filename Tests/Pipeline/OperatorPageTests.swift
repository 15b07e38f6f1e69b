import Browser
import FoundationEssentials
import PipelineTesting
import Testing

/// The rooms of who runs the installation, as people use them: users, settings, kept mails.
@Suite(
    "The operators' pages in a browser", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(10)))
struct OperatorPageTests {
    private let console: ConsolePages

    init() throws { console = try ConsolePages() }

    private func enter(_ page: BrowserPage, _ room: String) async throws {
        try await console.enter(page, "/")
        try await page.go(to: console.base + room)
    }

    @Test("make a user, find them, change, disable and delete them, on a desktop and a phone")
    func users() async throws {
        for (number, width) in [1280, 390].enumerated() {
            try await Browser.with { page in
                try await page.resize(width: width, height: 844, isPhone: width < 500)
                try await enter(page, "/pages/users/")
                try await page.click("#new")
                try await page.wait(for: "document.querySelector('#new-user [name=name]')")
                let name = "<b>Ana</b> \(number)"
                try await page.choose(name, in: "#new-user [name=name]")
                try await page.choose(
                    "ana\(number)@luz.example", in: "#new-user [name=address]")
                try await page.click("#new-user [type=submit]")
                try await page.wait(for: "document.querySelector('dialog#user')")
                let drawer = try await page.texts("#user").joined()
                for word in [name, "ana\(number)@luz.example", "Invited"] {
                    #expect(drawer.contains(word), "\(word)")
                }
                #expect(try await page.texts("#user b").isEmpty)
                try await console.keep("users-drawer-\(width)", page)
                try await page.press("Escape")
                try await page.choose("ana\(number)", in: "[name=words]")
                // The one row may be there before: a list that is still to be read takes its menu.
                try await page.wait(for: "location.search.includes('words=ana\(number)')")
                try await page.wait(for: ConsolePages.isWhole)
                try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === 1")
                try await page.click("tr[data-row] .act button")
                try await page.click("[data-user-act=disable]")
                try await page.click("[data-act=confirm]")
                try await page.wait(
                    for: "document.querySelector('tr[data-row]').innerText.includes('Disabled')")
                try await page.click("tr[data-row] .act button")
                try await page.click("[data-user-act=delete]")
                try await page.click("[data-act=confirm]")
                try await page.wait(for: "!document.querySelector('tr[data-row]')")
                try await console.expectQuiet(page)
            }
        }
    }

    @Test("change the installation in parts, and meet what somebody else changed meanwhile")
    func settings() async throws {
        try await Browser.with { page in
            try await enter(page, "/pages/installation/?tab=sign-up")
            try await page.wait(for: "document.querySelector('[name=plans]')")
            try await page.choose("free\npro", in: "[name=plans]")
            try await page.click("[type=submit]")
            try await page.wait(for: "document.querySelector('.toast')")
            try await page.go(to: console.base + "/pages/installation/?tab=security")
            try await page.wait(for: "document.querySelector('[name=trustedProxies]')")
            try await page.choose("nonsense", in: "[name=trustedProxies]")
            try await page.click("[type=submit]")
            try await page.wait(for: "document.querySelector('[aria-invalid=true]')")
            // The refusal itself.
            #expect(try await page.takeComplaints().count == 1)
            // What is not saved would be asked for before the page is left.
            try await page.choose("", in: "[name=trustedProxies]")
            try await page.go(to: console.base + "/pages/installation/?tab=permissions")
            try await page.wait(for: "document.querySelectorAll('.matrix tbody tr').length > 40")
            try await console.keep("installation-permissions", page)
        }
    }

    @Test("show an API key once, and never again")
    func keys() async throws {
        try await Browser.with { page in
            try await enter(page, "/pages/installation/?tab=keys")
            try await page.click("#new-key")
            try await page.wait(for: "document.querySelector('dialog [name=name]')")
            try await page.choose("Report", in: "dialog [name=name]")
            try await page.click("dialog input[value='audit:readAll']")
            try await page.click("dialog [type=submit]")
            try await page.wait(for: "document.querySelector('dialog output')")
            let secret = try await page.string("document.querySelector('dialog output').value")
            #expect(secret?.hasPrefix("ply_live_") == true)
            try await page.click("dialog [type=checkbox]")
            try await page.click("dialog [data-act=done]")
            try await page.wait(for: "document.querySelector('tr[data-row]')")
            let body = try await page.string("document.body.innerText")
            #expect(body?.contains(secret ?? "?") == false)
            try await console.expectQuiet(page)
        }
    }

    @Test("show the mail that a new user gets, with its link, as text")
    func outbox() async throws {
        try await Browser.with { page in
            try await enter(page, "/pages/users/")
            try await page.click("#new")
            try await page.wait(for: "document.querySelector('#new-user [name=name]')")
            try await page.choose("Zoe", in: "#new-user [name=name]")
            try await page.choose("zoe@luz.example", in: "#new-user [name=address]")
            try await page.click("#new-user [type=submit]")
            try await page.wait(for: "document.querySelector('dialog#user')")
            try await page.go(to: console.base + "/pages/outbox/")
            try await eventually("the mail is kept") {
                try await page.click("#refresh")
                try await Task.sleep(for: .milliseconds(300))
                return try await page.isTrue(
                    "document.body.innerText.includes('zoe@luz.example')")
            }
            try await page.click("[data-lead]")
            try await page.wait(for: "document.querySelector('dialog#mail')")
            #expect(
                try await page.isTrue(
                    "document.querySelector('#mail a.outbox-link').rel === 'noopener noreferrer'"))
            try await console.keep("outbox-mail", page)
            try await console.expectQuiet(page)
        }
    }

    @Test(
        "keep nobody out, in both themes and on a phone",
        .enabled(if: Axe.isInstalled, "Tests/run installs axe-core"))
    func accessible() async throws {
        let axe = try Axe()
        try await Browser.with { page in
            try await console.enter(page, "/")
            for (theme, width) in [("light", 1280), ("dark", 390)] {
                try await page.prefer(theme: theme)
                try await page.resize(width: width, height: 844, isPhone: width < 500)
                for room in [
                    "users/", "outbox/", "installation/?tab=mail", "installation/?tab=security",
                    "installation/?tab=operators", "installation/?tab=roles",
                    "installation/?tab=keys", "installation/?tab=permissions",
                ] {
                    try await page.go(to: console.base + "/pages/" + room)
                    try await page.wait(
                        for: "document.querySelector('main.page .card, main.page .blank') "
                            + "&& !document.querySelector('[aria-busy=true]')")
                    try await axe.expectNothing(page, "\(room), \(theme)")
                    #expect(
                        try await page.number("document.scrollingElement.scrollWidth - innerWidth")
                            == 0, "\(room), \(theme)")
                    let label = room.replacing("/", with: "-").replacing("?tab=", with: "")
                    try await console.keep("operators-\(label)-\(theme)", page)
                }
            }
            try await console.expectQuiet(page)
        }
    }
}

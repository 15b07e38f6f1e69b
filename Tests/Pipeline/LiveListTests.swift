import Browser
import HTTPClient
import PipelineTesting
import Testing

/// Lists show what others do as it is done, and leave people to what they are at.
@Suite(
    "Lists that change under somebody", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(10)))
struct LiveListTests {
    private let installation: RunningInstallation
    private let console: ConsolePages

    init() throws {
        installation = try #require(RunningInstallation.shared)
        console = try ConsolePages()
    }

    private func makeUser(_ name: String) async throws {
        try await installation.console.call(
            .post, "/api/v1/users",
            try jsonBytes(["name": name, "address": "\(name.lowercased())@luz.example"]))
    }

    private func makeKey(_ name: String, at path: String, _ permission: String) async throws {
        struct Key: Encodable {
            let name: String
            let permissions: [String]
        }
        try await installation.console.call(
            .post, path, try jsonBytes(Key(name: name, permissions: [permission])))
    }

    /// Opens a list, does something elsewhere, and waits until the list shows it by itself.
    private func expect(
        _ page: BrowserPage, _ room: String, _ words: String, after act: () async throws -> Void
    ) async throws {
        try await page.go(to: console.base + room)
        try await page.wait(
            for: "document.querySelector('main.page tr[data-row], main.page .blank') "
                + "&& !document.querySelector('[aria-busy=true]')")
        let shown = "document.querySelector('main.page').innerText.includes('\(words)')"
        #expect(try await !page.isTrue(shown), "\(room)")
        _ = try await page.isTrue("(window.isSame = true)")
        try await act()
        try await page.wait(for: shown)
        #expect(try await page.isTrue("window.isSame === true"), "\(room)")
    }

    @Test("of whoever runs the installation: users, businesses, keys, mails, who did what")
    func operators() async throws {
        try await Browser.with { page in
            try await console.enter(page, "/")
            try await expect(page, "/pages/users/", "Berta") { try await makeUser("Berta") }
            try await expect(page, "/pages/outbox/", "carla@luz.example") {
                try await makeUser("Carla")
            }
            try await expect(page, "/pages/tenants/", "Bar Uno") {
                try await installation.found("bar-uno", named: "Bar Uno")
            }
            try await expect(page, "/pages/installation/?tab=keys", "Reports") {
                try await makeKey("Reports", at: "/api/v1/installation/keys", "audit:readAll")
            }
            try await expect(page, "/pages/audit/", "dora@luz.example") {
                try await makeUser("Dora")
            }
            try await console.expectQuiet(page)
        }
    }

    @Test("of a team: its people, invitations and keys, to whoever belongs to it")
    func team() async throws {
        try await installation.found("sol", named: "Café Sol")
        let person = try await Person.member(
            "head@example.org", "admin", of: "sol", in: installation)
        try await Browser.with { page in
            try await page.go(to: console.base + "/")
            try await page.wait(for: "document.activeElement.id === 'email'")
            try await page.type(person.email)
            _ = try await page.isTrue("document.querySelector('#password').focus() ?? true")
            try await page.type(Person.password)
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('main.page h1')")
            try await expect(page, "/pages/team/#invitations", "guest@example.org") {
                try await installation.console.call(
                    .post, "/api/v1/tenants/sol/invitations",
                    try jsonBytes(["email": "guest@example.org", "role": "agent"]))
            }
            try await expect(page, "/pages/team/", "second@example.org") {
                _ = try await Person.member(
                    "second@example.org", "agent", of: "sol", in: installation)
            }
            try await expect(page, "/pages/organisation/#keys", "Till") {
                try await makeKey("Till", at: "/api/v1/tenants/sol/keys", "documents:read")
            }
            try await expect(page, "/pages/audit/", "third@example.org") {
                try await installation.console.call(
                    .post, "/api/v1/tenants/sol/invitations",
                    try jsonBytes(["email": "third@example.org", "role": "agent"]))
            }
            try await console.expectQuiet(page)
        }
    }

    @Test("keep what is ticked, typed, opened and in focus")
    func held() async throws {
        for name in ["Eva", "Flor"] { try await makeUser(name) }
        try await Browser.with { page in
            try await console.enter(page, "/")
            try await page.go(to: console.base + "/pages/users/")
            try await page.wait(for: "document.querySelectorAll('tr[data-row]').length >= 2")
            let tick = "document.querySelector('tr[data-row] .tick input')"
            try await page.click(found: tick)
            let row = "document.activeElement.closest('tr[data-row]')?.dataset.row"
            let before = try await page.string(row)
            #expect(before != nil)
            try await makeUser("Alba")
            try await page.wait(for: "document.body.innerText.includes('Alba')")
            #expect(try await page.string(row) == before)
            #expect(try await page.isTrue("document.activeElement.checked"))
            #expect(try await page.texts("[data-part=selected]") == ["1 selected"])
            // A menu is not taken from under whoever is in it.
            _ = try await page.isTrue(
                "(window.line = document.querySelector('tr[data-row]'), true)")
            try await page.click("tr[data-row] .act button")
            try await page.wait(for: "document.querySelector('[role=menu]')")
            try await makeUser("Gala")
            try await page.wait(for: "document.querySelector('[role=menu]')")
            #expect(try await page.isTrue("window.line.isConnected"))
            try await page.press("Escape")
            try await page.wait(for: "document.body.innerText.includes('Gala')")
            // A dialog that is being filled stays as it is.
            try await page.click("#new")
            try await page.wait(for: "document.querySelector('#new-user [name=name]')")
            try await page.choose("Half a na", in: "#new-user [name=name]")
            try await makeUser("Hilda")
            try await page.wait(for: "document.body.textContent.includes('Hilda')")
            #expect(
                try await page.string("document.querySelector('#new-user [name=name]').value")
                    == "Half a na")
            try await console.expectQuiet(page)
        }
    }
}

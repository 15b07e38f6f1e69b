import Browser
import HTTPClient
import PipelineTesting
import Testing

/// The life of a tenant, as who runs the installation leads it from the page.
@Suite(
    "Tenants in a browser", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(10)))
struct TenantPageTests {
    private let console: ConsolePages

    init() throws { console = try ConsolePages() }

    private func standing(_ tenant: String) async throws -> String? {
        let now = try await console.client.call(.get, "/api/v1/organisations/\(tenant)")
        return now["listed"]["organisation"]["standing"].string
    }

    private func menu(_ page: BrowserPage, _ act: String) async throws {
        try await page.click("tr[data-row] .act button")
        try await page.click("[role=menu] [data-act=\(act)]")
        try await page.wait(for: "document.querySelector('dialog[open]')")
    }

    private func waitForRow(_ page: BrowserPage, _ words: String) async throws {
        try await page.wait(
            for: "!document.querySelector('dialog[open]')"
                + " && document.querySelector('tr[data-row]')?.innerText.includes('\(words)')")
    }

    @Test(
        "make one, stop it and let it go on, delete it, take that back, and destroy it for good",
        arguments: [(1280, "rio"), (390, "sur")])
    func life(width: Int, id: String) async throws {
        try await console.makeOwner()
        try await Browser.with { page in
            try await page.resize(width: width, height: 844, isPhone: width < 500)
            try await console.signIn(page, at: "/pages/tenants/")
            try await make(page, id)
            try await page.choose(id, in: "[name=name]")
            try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === 1")
            try await menu(page, "suspend")
            try await page.fill("#suspend-dialog [name=reason]", "A bill of October is open.")
            try await console.keep("tenant-suspend-\(width)", page)
            try await page.click("#suspend-dialog [type=submit]")
            try await waitForRow(page, "Suspended")
            #expect(try await standing(id) == "suspended")
            // What that means is said where it is looked at.
            try await page.click("tr[data-row] [data-lead]")
            try await page.wait(for: "document.querySelector('#tenant .notice.warn')")
            #expect(
                try await page.texts("#tenant .notice").joined().contains("A bill of October"))
            try await console.keep("tenant-suspended-\(width)", page)
            try await page.press("Escape")
            try await menu(page, "resume")
            try await page.click("[data-act=confirm]")
            try await waitForRow(page, "Active")
            try await end(page, id)
            try await console.expectQuiet(page)
        }
    }

    private func make(_ page: BrowserPage, _ id: String) async throws {
        try await page.click("#tenant-add")
        try await page.fill("#create-dialog [name=name]", "Río \(id)")
        // The id follows the name until somebody types one.
        #expect(
            try await page.string("document.querySelector('#create-dialog [name=id]').value")
                == "rio-\(id)")
        try await page.fill("#create-dialog [name=id]", id)
        try await page.fill("#create-dialog [name=owner]", "\(id)@tenants.example")
        try await page.click("#create-dialog [type=submit]")
        try await page.wait(for: "document.querySelector('#tenant .tenant-steps')")
        try await console.keep("tenant-\(id)", page)
        try await page.press("Escape")
        try await page.wait(for: "!document.querySelector('dialog')")
        _ = try await console.mailed(to: "\(id)@tenants.example")
    }

    private func end(_ page: BrowserPage, _ id: String) async throws {
        for round in 0..<2 {
            try await menu(page, "delete")
            #expect(
                try await page.isTrue("document.querySelector('[data-act=confirm]').disabled"))
            try await page.fill("dialog .input", id)
            try await page.click("[data-act=confirm]")
            try await waitForRow(page, "Deleted")
            if round > 0 { break }
            try await menu(page, "restore")
            try await page.click("[data-act=confirm]")
            try await waitForRow(page, "Active")
        }
        try await menu(page, "purge")
        try await page.fill("dialog .input", id)
        try await page.click("[data-act=confirm]")
        // What is destroyed is listed only where somebody asks for such.
        try await page.wait(for: "!document.querySelector('dialog[open], tr[data-row]')")
        #expect(try await standing(id) == "purged")
        try await page.choose("purged", in: "[name=standing]")
        try await waitForRow(page, id)
    }
}

import Browser
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// The audit log's page, and the frame that it shares with all others, as people use them.
@Suite(
    "The audit log's page in a browser", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(5)))
struct AuditPageTests {
    private static let hostile = "<img src=x onerror=document.title=1>.txt"

    private let installation: RunningInstallation
    private let address: String
    private let key: String

    init() throws {
        installation = try #require(RunningInstallation.shared)
        address = installation.console.base + "/pages/audit/"
        key = try #require(installation.console.key)
    }

    private func count(_ question: String = "") async throws -> Int? {
        try await installation.console.call(.get, "/api/v1/counts/audit\(question)")["entries"].int
    }

    /// A business, a document with a name that is markup, and agents' tickets, besides what an
    /// installation notes by itself.
    private func fill() async throws {
        let console = installation.console
        guard try await count("?action=document.add") == 0 else { return }
        let tenant = #"""
            {"id": "luz", "name": "Óptica Luz", "account": "9", "numbers": [{"id": "1"}],
            "appSecret": "a", "verifyToken": "v", "accessToken": "t"}
            """#
        try await console.call(.post, "/api/v1/tenants", Array(tenant.utf8))
        let name = LocalAPI.escaped(Self.hostile)
        try await console.call(
            .post, "/api/v1/tenants/luz/documents?name=\(name)", Array("We open at 9.".utf8))
        for number in 0..<73 {
            let agent = #"{"agent": "agent-\#(number % 5)", "name": "Agent"}"#
            try await console.call(.post, "/api/v1/tenants/luz/tickets", Array(agent.utf8))
        }
        try await eventually("all of it is in the audit log") {
            // The business is made an organisation, too, a moment after.
            let (tickets, organisations) = try await (
                count("?action=ticket.issue"), count("?action=tenant.create")
            )
            return tickets == 73 && organisations == 1
        }
    }

    /// Opens the page and signs in.
    private func enter(_ page: BrowserPage, query: String = "") async throws {
        try await fill()
        try await page.go(to: address + query)
        try await page.showKey()
        try await page.type(key)
        try await page.press("Enter")
        try await page.wait(
            for: "document.querySelector('[data-part=shown]')?.textContent")
    }

    /// Keeps a picture where whoever works on the page wants to look at it.
    private func keep(_ name: String, _ page: BrowserPage) async throws {
        let picture = try await page.picture()
        #expect(picture.starts(with: [0x89] + Array("PNG".utf8)))
        guard let folder = ProcessInfo.processInfo.environment["PARLEY_PICTURES"] else { return }
        try Data(picture).write(to: URL(filePath: "\(folder)/\(name).png"))
    }

    private func expectNoComplaints(_ page: BrowserPage) async throws {
        let complaints = try await page.takeComplaints()
        #expect(complaints.isEmpty, "\(complaints)")
    }

    @Test("lets in whoever has the key, and nobody else, and forgets it on request")
    func signIn() async throws {
        try await fill()
        try await Browser.with { page in
            try await page.go(to: address)
            try await page.showKey()
            #expect(try await page.texts("table").isEmpty)
            try await keep("sign-in", page)
            try await page.type("wrong")
            try await page.press("Enter")
            try await page.wait(for: "!document.querySelector('#wrong').hidden")
            #expect(try await page.texts("#wrong") == ["The console does not take this key."])
            // The refusal itself.
            #expect(try await page.takeComplaints().count == 1)
            try await page.type(key)
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('tr[data-row]')")
            #expect(try await !page.isTrue("location.href.includes('\(key)')"))
            try await page.click(".topbar [data-act=account]")
            try await page.click("[role=menu] [data-act=sign-out]")
            try await page.showKey()
            #expect(try await page.isTrue("sessionStorage.length === 0"))
            #expect(try await page.texts("table").isEmpty)
            try await expectNoComplaints(page)
        }
    }

    @Test("lists the newest first, more on request, and what came from outside as text")
    func list() async throws {
        try await Browser.with { page in
            try await enter(page)
            let all = try #require(try await count())
            #expect(all > 75 && all < 100)
            #expect(try await page.texts("[data-part=shown]") == ["50 of \(all) entries"])
            #expect(try await page.number("document.querySelectorAll('tr[data-row]').length") == 50)
            try await page.click("[data-act=more]")
            try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === \(all)")
            #expect(try await page.texts("[data-part=shown]") == ["\(all) entries"])
            #expect(try await page.isTrue("document.querySelector('[data-act=more]').hidden"))
            let rows = try await page.texts("tr[data-row]")
            #expect(rows.contains { $0.contains("Connected the business") })
            #expect(rows.contains { $0.contains(Self.hostile) })
            #expect(try await page.texts("img").isEmpty)
            #expect(try await page.string("document.title") == "Audit log · Parley")
            // From the last row that was there on, by the keys alone.
            #expect(
                try await page.isTrue(
                    "document.activeElement === document.querySelectorAll('[data-lead]')[50]"))
            try await expectNoComplaints(page)
        }
    }

    @Test("narrows the list by its filters, keeps them in its address, and says where nothing fits")
    func filters() async throws {
        try await Browser.with { page in
            try await enter(page)
            try await page.choose("document.add", in: "[name=action]")
            try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === 1")
            #expect(try await page.string("location.search") == "?action=document.add")
            try await page.choose("", in: "[name=action]")
            try await page.choose("agent-3", in: "[name=text]")
            try await page.wait(
                for: "document.querySelector('[data-part=shown]').textContent === '14 entries'")
            try await page.choose("agent/", in: "[name=actor]")
            try await page.wait(for: "document.querySelector('.blank h2')")
            #expect(try await page.texts(".blank h2") == ["Nothing fits these filters"])
            try await keep("nothing-fits", page)
            try await page.click(".blank button")
            try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === 50")
            #expect(try await page.string("location.search") == "")
            // A link with filters opens with them.
            try await page.go(to: address + "?action=tenant.add&tenant=luz&period=7")
            try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === 1")
            #expect(try await page.string("document.querySelector('[name=tenant]').value") == "luz")
            try await expectNoComplaints(page)
        }
    }

    @Test("shows one entry by the keyboard alone, under an address of its own")
    func entry() async throws {
        try await Browser.with { page in
            try await enter(page, query: "?action=document.")
            _ = try await page.isTrue("document.querySelector('[data-lead]').focus()")
            // One stop of the tab key for the whole list, arrows within.
            #expect(
                try await page.number(
                    "document.querySelectorAll('[data-lead][tabindex=\"0\"]').length")
                    == 1)
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('#entry')?.open")
            let text = try await page.texts("#entry").joined()
            for word in [
                Self.hostile, "Added a document", "document.add", "Óptica Luz", "key/",
                "Content", "127.0.0.1",
            ] {
                #expect(text.contains(word), "\(word)")
            }
            try await keep("entry", page)
            let own = try #require(try await page.string("location.href"))
            #expect(own.contains("entry="))
            try await page.press("Escape")
            try await page.wait(for: "!document.querySelector('#entry')")
            #expect(try await page.isTrue("document.activeElement.dataset.lead"))
            try await page.go(to: own)
            try await page.wait(for: "document.querySelector('#entry')?.open")
            try await expectNoComplaints(page)
        }
    }

    @Test("goes through the list by the arrows")
    func arrows() async throws {
        try await Browser.with { page in
            try await enter(page)
            _ = try await page.isTrue("document.querySelector('[data-lead]').focus()")
            func here() async throws -> Int? {
                let rows = "[...document.querySelectorAll('[data-lead]')]"
                return try await page.number("\(rows).indexOf(document.activeElement)")
            }
            try await page.press("ArrowDown")
            #expect(try await here() == 1)
            try await page.press("End")
            #expect(try await here() == 49)
            try await expectNoComplaints(page)
        }
    }

    @Test("saves what fits the filters as a file, although no link can carry the key")
    func export() async throws {
        let folder = try TemporaryFolder()
        try await Browser.with { page in
            try await enter(page, query: "?action=document.")
            try await page.save(to: folder.path)
            for (kind, line) in [("csv", #""luz","key/"#), ("ndjson", #""tenant":"luz""#)] {
                try await page.click("#export")
                try await page.click("[data-export=\(kind)]")
                let text = try await eventually("a file of \(kind)") { () -> String? in
                    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                    guard let name = names.first(where: { $0.hasSuffix(".\(kind)") }) else {
                        return nil
                    }
                    let text = ParleyProgram.text("\(folder.path)/\(name)")
                    return text.isEmpty ? nil : text
                }
                #expect(text.contains(line) && text.contains(Self.hostile), "\(text)")
                #expect(!text.contains("ticket.issue"))
            }
            try await expectNoComplaints(page)
        }
    }

    @Test("says that the console cannot be reached, and goes on by itself once it can")
    func unreachable() async throws {
        try await Browser.with { page in
            try await enter(page)
            try await page.cutOff(true)
            try await page.click("#refresh")
            try await page.wait(for: "document.querySelector('.blank h2')")
            #expect(
                try await page.texts(".blank").joined().contains("The console cannot be reached."))
            try await keep("unreachable", page)
            try await page.cutOff(false)
            try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === 50")
        }
    }

    /// Opens an entry: nothing in it is cut off at its edges.
    private func expectWholeEntry(_ page: BrowserPage, _ where: String) async throws {
        try await page.go(to: address)
        try await page.click("tr[data-row]")
        try await page.wait(for: "document.querySelector('#entry')?.open")
        let cut = """
            (() => { const edges = document.querySelector('#entry').getBoundingClientRect();
            return [...document.querySelectorAll('#entry *')].filter((part) => {
              const box = part.getBoundingClientRect();
              return box.left < edges.left || box.right > edges.right;
            }).length; })()
            """
        #expect(try await page.number(cut) == 0, "\(`where`)")
    }

    @Test("is whole in both themes and on a phone, with a name on everything that can be acted on")
    func looks() async throws {
        try await Browser.with { page in
            try await enter(page)
            var backgrounds: [String] = []
            for theme in ["light", "dark"] {
                try await page.prefer(theme: theme)
                for (name, width, height) in [("wide", 1280, 900), ("phone", 390, 844)] {
                    try await page.resize(width: width, height: height, isPhone: name == "phone")
                    for (position, target) in [
                        ("audit", address), ("home", installation.console.base),
                    ] {
                        try await page.go(to: target)
                        try await page.wait(for: "document.querySelector('table tbody td')")
                        let tooWide = try await page.number(
                            "document.scrollingElement.scrollWidth - innerWidth")
                        #expect(tooWide == 0, "\(position), \(name), \(theme)")
                        try await keep("\(position)-\(theme)-\(name)", page)
                    }
                    try await expectWholeEntry(page, "\(name), \(theme)")
                    for (role, control) in try await page.controls() {
                        #expect(!control.isEmpty, "a \(role) without a name, \(name)")
                    }
                }
                let color = "getComputedStyle(document.body).backgroundColor"
                backgrounds.append(try await page.string(color) ?? "")
            }
            #expect(Set(backgrounds).count == 2)
            // What the person chose counts more than what the system prefers. A phone has no such
            // button.
            try await page.resize(width: 1280, height: 900)
            // Nothing lies over it that was opened.
            try await page.go(to: address)
            try await page.wait(for: "document.querySelector('table tbody td')")
            try await page.click("[data-act=theme]")
            #expect(try await page.string("document.documentElement.dataset.theme") == "light")
            try await expectNoComplaints(page)
        }
    }
}

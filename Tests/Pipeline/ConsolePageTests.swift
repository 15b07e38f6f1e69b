import Browser
import PipelineTesting
import Testing

/// The frame of the console's pages and the parts that they are made of, as people use them.
@Suite(
    "The console's pages in a browser", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(10)))
struct ConsolePageTests {
    private let console: ConsolePages

    init() throws { console = try ConsolePages() }

    /// What has the focus: its value of a name in its data, or its id.
    private func focus(_ page: BrowserPage, _ name: String = "id") async throws -> String? {
        let place = name == "id" ? "id" : "dataset.\(name)"
        return try await page.string("String(document.activeElement.\(place) ?? '')")
    }

    private func text(_ page: BrowserPage, _ selector: String) async throws -> String {
        try await page.texts(selector).joined(separator: " ")
    }

    // MARK: The keyboard

    @Test("lead by the keyboard alone from the door through the palette to rows, dialogs and undo")
    func keyboard() async throws {
        try await Browser.with { page in
            try await console.enter(page, "/")
            try await page.press("k", control: true)
            try await page.wait(for: "document.querySelector('dialog.palette [role=option]')")
            try await page.type("part")
            try await page.wait(
                for: "document.querySelectorAll('.palette [role=option]').length === 1")
            #expect(try await text(page, "[data-part=results]") == "1 result")
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('#team tr[data-row]')")
            #expect(try await page.string("document.title") == "Parts · Parley")
            // One key leads to the search, and what is typed narrows the list.
            try await page.press("/")
            try await page.wait(for: "document.activeElement.name === 'q'")
            try await page.type("Marta")
            try await page.wait(
                for:
                    "document.querySelector('#team [data-part=shown]').textContent === '11 members'"
                    + " || /of 11$/.test(document.querySelector('#team [data-part=shown]').textContent)"
            )
            // The list is one stop of the tab key, with arrows within.
            for _ in 0..<12 {
                try await page.press("Tab")
                if try await focus(page, "lead") != "" { break }
            }
            let first = try await focus(page, "lead")
            #expect(first != "")
            try await page.press("ArrowDown")
            #expect(try await focus(page, "lead") != first)
            try await page.press("ArrowUp")
            #expect(try await focus(page, "lead") == first)
            try await page.press(" ")
            #expect(try await text(page, "[data-part=selected]") == "1 selected")
            // Removing asks, says what happens, and can be taken back.
            try await page.click("#team .bulk [data-act=remove]")
            try await page.wait(for: "document.querySelector('dialog[open]')")
            #expect(try await text(page, "dialog h2") == "Remove 1 member?")
            #expect(try await focus(page, "act") == "keep")
            try await page.press("Escape")
            try await page.wait(for: "!document.querySelector('dialog')")
            #expect(try await text(page, "[data-part=selected]") == "1 selected")
            try await page.click("#team .bulk [data-act=remove]")
            try await page.wait(for: "document.querySelector('dialog[open]')")
            try await page.press("Tab")
            #expect(try await focus(page, "act") == "confirm")
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('.toast')")
            #expect(try await text(page, ".toast").contains("1 member removed"))
            #expect(try await page.isTrue("document.querySelector('.bulk').hidden"))
            try await page.press("z")
            try await page.wait(
                for: "/Taken back/.test(document.querySelector('.toast')?.innerText)")
            try await console.expectQuiet(page)
        }
    }

    @Test("say which keys there are, and leave single keys alone where they are turned off")
    func keys() async throws {
        try await Browser.with { page in
            try await console.enter(page, "/")
            try await page.press("?")
            try await page.wait(for: "document.querySelector('dialog[open]')")
            let help = try await text(page, "dialog")
            for word in ["Ctrl", "Go to", "Audit log", "Keyboard shortcuts", "From row to row"] {
                #expect(help.contains(word) || word == "Go to", "\(word)")
            }
            try await page.press(" ")
            try await page.press("Escape")
            try await page.wait(for: "!document.querySelector('dialog')")
            try await page.press("?")
            #expect(try await page.texts("dialog").isEmpty)
            // The palette is no single key.
            try await page.press("k", control: true)
            try await page.wait(for: "document.querySelector('dialog.palette')")
            try await page.type("keyboard")
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('dialog [role=switch]')")
            try await page.press(" ")
            try await page.press("Escape")
            try await page.wait(for: "!document.querySelector('dialog')")
            for key in ["g", "a"] { try await page.press(key) }
            try await page.wait(for: "document.title === 'Audit log · Parley'")
            try await page.wait(for: "document.querySelector('[data-part=shown]')")
            try await console.expectQuiet(page)
        }
    }

    @Test("open menus that the arrows go through, and give the focus back")
    func menus() async throws {
        try await Browser.with { page in
            try await console.enter(page, "/")
            _ = try await page.isTrue("document.querySelector('[data-act=account]').focus()")
            try await page.press("Enter")
            try await page.wait(for: "document.activeElement.dataset.themeChoice === 'light'")
            try await page.press("ArrowDown")
            #expect(try await focus(page, "themeChoice") == "dark")
            try await page.press("Enter")
            #expect(try await page.string("document.documentElement.dataset.theme") == "dark")
            #expect(try await focus(page, "act") == "account")
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('[role=menu]')")
            try await page.press("Escape")
            try await page.wait(for: "!document.querySelector('[role=menu]')")
            #expect(try await focus(page, "act") == "account")
            // The choice is kept, and can be left to the system again.
            try await console.go(page, "/pages/audit/")
            #expect(try await page.string("document.documentElement.dataset.theme") == "dark")
            try await page.click("[data-act=account]")
            try await page.click("[data-theme-choice=system]")
            #expect(try await page.isTrue("!('theme' in document.documentElement.dataset)"))
            try await console.expectQuiet(page)
        }
    }

    // MARK: Whose pages these are

    @Test("have no room, command or tab that whoever is here may not enter")
    func permissions() async throws {
        try await Browser.with { page in
            try await console.enter(page, "/")
            let rooms =
                "[...document.querySelectorAll('.nav [data-room]')].map((a) => a.dataset.room)"
            #expect(
                try await page.string("\(rooms).join()")
                    == "desk,wall,customers,analytics,home,tenants,users,audit,operations,letters,"
                    + "traces,installation,outbox,"
                    + "simulator,knowledge,team,organisation,channels,queues,tools,parts")
            // As the console says it of a person who may little.
            let session = """
                import(new URL('../look/base/session.js', document.querySelector('[type=module]').src)).then((session) => {
                  const real = window.fetch;
                  const ana = {
                    kind: 'person', id: 'ana', name: 'Ana Bru', mayEverything: false, permissions: ['status:read'],
                    tenants: [], own: {},
                  };
                  const mine = { '/api/v1/me': ana, '/api/v1/me/counts/notifications': { unread: 0 } };
                  window.fetch = (target, options) => {
                    const said = mine[new URL(target, location).pathname];
                    return said ? Promise.resolve(new Response(JSON.stringify(said))) : real(target, options);
                  };
                  session.signOut();
                  return 'known';
                })
                """
            #expect(try await page.string(session) == "known")
            try await page.showKey()
            try await page.type(console.key)
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('main.page table tbody td')")
            #expect(
                try await page.string("\(rooms).join()")
                    == "home,operations,letters,traces,profile,sessions,factor,notifications,parts")
            #expect(try await page.texts(".tabbar [data-room=audit]").isEmpty)
            #expect(try await text(page, ".topbar [data-act=account]") == "AB")
            try await page.press("k", control: true)
            try await page.wait(for: "document.querySelector('.palette [role=option]')")
            try await page.type("audit")
            try await page.wait(for: "document.querySelector('.palette-none')")
            try await console.expectQuiet(page)
        }
    }

    @Test("switch to one business and back, and stay there from room to room")
    func organisations() async throws {
        try await Browser.with { page in
            try await console.enter(page, "/")
            try await page.wait(for: "document.querySelector('[data-act=switch]')")
            try await page.press("b")
            try await page.wait(for: "document.querySelector('.palette [role=option]')")
            try await page.type("optica")
            try await page.press("Enter")
            try await page.wait(
                for: "document.querySelector('[data-act=switch]').innerText.includes('Óptica Luz')")
            try await console.go(page, "/pages/audit/")
            #expect(try await text(page, "[data-act=switch]").contains("Óptica Luz"))
            #expect(
                try await page.takeRequests().contains { $0.contains("/api/v1/tenants/luz/audit") })
            try await page.click("[data-act=switch]")
            try await page.click("[role=menu] [role=menuitemradio]")
            try await page.wait(
                for: "document.querySelector('[data-act=switch]').innerText === 'This installation'"
            )
            try await console.expectQuiet(page)
        }
    }

    // MARK: Parts

    @Test("show what is wrong with a form at its fields, and what others changed meanwhile")
    func forms() async throws {
        try await Browser.with { page in
            try await console.enter(page, "/pages/parts/")
            try await page.choose("", in: "#member [name=mail]")
            try await page.click("#member [type=submit]")
            try await page.wait(for: "!document.querySelector('#member .summary-errors').hidden")
            #expect(try await text(page, "#member .summary-errors strong") == "One thing to mend")
            #expect(try await page.string("document.activeElement.name") == "mail")
            try await page.choose("ana@taken.example", in: "#member [name=mail]")
            try await page.click("#member [type=submit]")
            try await page.wait(
                for: "document.querySelectorAll('#member [aria-invalid=true]').length === 2")
            let summary = try await text(page, "#member .summary-errors")
            #expect(summary.contains("This is taken already.") && summary.contains("01JD8K"))
            // Each error belongs to its field for those who hear it.
            #expect(
                try await page.isTrue(
                    """
                    (() => { const seats = document.querySelector('#member [name=seats]');
                    const words = document.getElementById(seats.getAttribute('aria-describedby'));
                    return words.innerText.includes('more than is allowed'); })()
                    """))
            #expect(
                try await page.string("document.querySelector('#member [name=password]').value")
                    == "correct horse battery")
            try await page.choose("ana@new.example", in: "#member [name=mail]")
            try await page.choose("3", in: "#member [name=seats]")
            try await page.click("#conflict")
            try await page.wait(for: "document.querySelector('#member .notice.warn')")
            #expect(
                try await page.string("document.querySelector('#member [name=mail]').value")
                    == "ana@new.example")
            try await page.click("#member .notice .button:last-child")
            try await page.wait(for: "document.querySelector('.toast')")
            #expect(try await text(page, ".toast").contains("Saved"))
            try await console.expectQuiet(page)
        }
    }

    @Test("ask before what cannot be taken back, and keep a secret until it is kept")
    func dialogs() async throws {
        try await Browser.with { page in
            try await console.enter(page, "/pages/parts/")
            _ = try await page.isTrue("document.querySelector('#open-destroy').focus()")
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('dialog[open]')")
            #expect(
                try await page.isTrue(
                    "document.querySelector('dialog [data-act=confirm]').disabled"))
            #expect(try await page.texts("dialog .effects li").count == 3)
            try await page.type("Vicent")
            try await page.press("Enter")
            try await page.wait(for: "!document.querySelector('dialog')")
            #expect(try await focus(page) == "open-destroy")
            #expect(try await text(page, ".toast").contains("Vicent Mas was removed"))
            try await page.click("#open-secret")
            try await page.wait(for: "document.querySelector('dialog output')")
            try await page.press("Escape")
            #expect(try await page.texts("dialog output").count == 1)
            try await page.click("dialog [type=checkbox]")
            try await page.click("dialog [data-act=done]")
            try await page.wait(for: "!document.querySelector('dialog')")
            #expect(try await page.isTrue("!document.body.innerHTML.includes('ply_live_')"))
            try await console.expectQuiet(page)
        }
    }

    @Test("page through a list by cursor, sort it, and keep what is selected on other pages")
    func lists() async throws {
        try await Browser.with { page in
            try await console.enter(page, "/pages/parts/")
            let shown = "document.querySelector('#team [data-part=shown]').textContent"
            try await page.wait(for: "\(shown) === '1–10 of 128'")
            try await page.click("#team td.tick input")
            try await page.click("#team [data-act=next]")
            try await page.wait(for: "\(shown) === '11–20 of 128'")
            #expect(try await focus(page, "lead") != "")
            try await page.click("#team thead .tick input")
            #expect(try await text(page, "[data-part=selected]") == "11 selected")
            try await page.click("#team [data-act=back]")
            try await page.wait(for: "\(shown) === '1–10 of 128'")
            #expect(
                try await page.number("document.querySelectorAll('#team td input:checked').length")
                    == 1)
            try await page.click("#team [data-sort=answers]")
            try await page.wait(
                for: "document.querySelector('#team th[aria-sort=ascending] [data-sort=answers]')")
            try await page.click("#team [data-sort=answers]")
            try await page.wait(
                for: "document.querySelector('#team th[aria-sort=descending] [data-sort=answers]')")
            #expect(try await page.texts("#team tbody td.num").first == "1,492")
            // Names that are markup are names.
            #expect(try await page.texts("#team img").isEmpty)
            try await page.choose("nobody of this name", in: "[name=q]")
            try await page.wait(for: "document.querySelector('#team .blank h2')")
            try await page.click("#team .blank button")
            try await page.wait(for: "/of 128$/.test(\(shown))")
            try await console.expectQuiet(page)
        }
    }
}

import Browser
import HTTPClient
import PipelineTesting
import Testing

/// How people come into a team and what they may there, at its pages.
@Suite(
    "Teams in a browser", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(15)))
struct TeamPageTests {
    private let console: ConsolePages
    private let team = "/api/v1/tenants/\(ConsolePages.business.id)"

    init() throws { console = try ConsolePages() }

    /// The team's page, as its owner has it.
    private func enter(_ page: BrowserPage, _ room: String = "/pages/team/") async throws {
        try await console.makeOwner()
        try await console.signIn(page)
        try await console.choose(ConsolePages.business, page)
        try await console.go(page, room)
    }

    private func invite(_ page: BrowserPage, _ lines: String, as role: String) async throws {
        try await page.click("#invite")
        try await page.wait(for: "document.querySelector('#invite-dialog [name=lines]')")
        try await page.choose(lines, in: "#invite-dialog [name=lines]")
        try await page.click("#invite-dialog input[value='\(role)']")
        try await page.click("#invite-dialog [type=submit]")
    }

    private func waitForTitle(_ page: BrowserPage, _ title: String) async throws {
        try await page.wait(
            for: "document.querySelector('h1')?.innerText.trim() === \"\(title)\"")
    }

    // MARK: Invitations

    @Test(
        "take in whoever has no account by the mail's link, on a desktop and a phone",
        arguments: [(1280, "bea"), (390, "leo")])
    func newAccount(width: Int, name: String) async throws {
        let email = "\(name)@team.example"
        try await Browser.with { page in
            try await page.resize(width: width, height: 844, isPhone: width < 500)
            try await enter(page)
            try await invite(page, email, as: "viewer")
            try await page.wait(for: "document.querySelector('.toast')")
            try await page.click("[role=tab]:nth-child(2)")
            try await page.wait(
                for: "[...document.querySelectorAll('tr[data-row]')]"
                    + ".some((row) => row.innerText.includes('\(email)'))")
            try await console.keep("team-invitations-\(width)", page)
            let link = try await console.mailed(to: email).link
            try await console.signOut(page)
            try await page.go(to: link)
            try await waitForTitle(page, "Join Óptica Luz")
            let said = try await page.texts("main").joined()
            // The link may be somebody else's: it does not tell whose it is.
            #expect(!said.contains(email) && said.contains("@team.example"), "\(said)")
            try await console.keep("invitation-new-\(width)", page)
            try await page.fill("[name=name]", "Nueva \(name)")
            try await page.fill("#new-password", ConsolePages.password)
            try await page.wait(for: "document.querySelectorAll('.rules .is-ok').length === 2")
            try await page.press("Enter")
            try await waitForTitle(page, "Welcome, Nueva \(name)")
            // A viewer finds the rooms of one, and no other.
            let rooms = try await page.string(
                "[...document.querySelectorAll('.nav [data-room]')]"
                    + ".map((link) => link.dataset.room).join()")
            #expect(rooms?.isEmpty == false, "\(rooms ?? "")")
            for room in ["team", "tenants", "users"] {
                #expect(rooms?.contains(room) == false, "\(rooms ?? "")")
            }
            // Used up.
            try await page.go(to: link)
            try await waitForTitle(page, "This link is void")
            // The refusal itself.
            #expect(try await page.takeComplaints().count == 1)
            try await console.expectQuiet(page)
        }
    }

    @Test("take in whoever has an account once they sign in, and nobody under another address")
    func existingAccount() async throws {
        try await console.makeOwner()
        try await console.join("ivo@team.example", "Ivo", as: "agent", of: "luz")
        let other = #"{"id": "mar", "name": "Mar Azul", "plan": "free", "locale": \#(Self.locale)}"#
        try await console.client.call(.post, "/api/v1/organisations", Array(other.utf8))
        let wanted = #"{"email": "ivo@team.example", "role": "admin"}"#
        try await console.client.call(
            .post, "/api/v1/tenants/mar/invitations", Array(wanted.utf8))
        let link = try await console.mailed(to: "ivo@team.example", saying: "Mar Azul").link
        try await Browser.with { page in
            // Who is in as somebody else is told so, and whose it is in part only.
            try await console.signIn(page)
            try await page.go(to: link)
            try await waitForTitle(page, "Join Mar Azul")
            try await page.click("[data-act=join]")
            try await page.wait(for: "!document.querySelector('#wrong').hidden")
            let wrong = try await page.texts("#wrong").joined()
            #expect(wrong.contains(ConsolePages.owner) && !wrong.contains("ivo@team.example"))
            #expect(try await page.takeComplaints().count == 1)
            try await console.keep("invitation-other", page)
            try await page.click("[data-act=switch-account]")
            try await page.fill("[name=email]", "ivo@team.example")
            try await page.fill("[name=password]", ConsolePages.password)
            try await page.press("Enter")
            try await page.click("[data-act=join]")
            try await waitForTitle(page, "Welcome, Ivo")
            #expect(try await page.texts("[data-act=switch]").joined().contains("Mar Azul"))
            try await console.expectQuiet(page)
        }
    }

    private static let locale =
        #"{"language": "es", "timeZone": "Europe/Madrid", "dateFormat": "d/M/y"}"#

    @Test("go to many at once, and tell of each line what became of it")
    func many() async throws {
        try await Browser.with { page in
            try await enter(page)
            try await invite(
                page, "Uno Uno <uno@many.example>\n\nno address\ndos@many.example\n", as: "agent")
            try await page.wait(
                for: "document.querySelectorAll('#invite-dialog tbody tr').length === 3")
            let rows = try await page.texts("#invite-dialog tbody tr")
            #expect(rows[0].contains("uno@many.example") && rows[1].contains("no address"))
            try await console.keep("invite-many", page)
            try await page.click("#invite-dialog [data-act=done]")
            _ = try await console.mailed(to: "uno@many.example")
            let before = try await console.mailed(to: "dos@many.example")
            try await page.click("[role=tab]:nth-child(2)")
            try await page.choose("dos@", in: "[name=email]")
            try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === 1")
            try await page.click("tr[data-row] .act button")
            try await page.click("[role=menu] [data-act=resend]")
            // Within a minute nobody is written to twice.
            try await page.wait(for: "document.querySelector('.toast .is-bad')")
            #expect(try await page.takeComplaints().count == 1)
            try await page.click("tr[data-row] .act button")
            try await page.click("[role=menu] [data-act=cancel]")
            try await page.click("[data-act=confirm]")
            try await page.wait(for: "!document.querySelector('tr[data-row]')")
            try await console.expectQuiet(page)
            let answer = try await LocalAPI(base: console.base).send(
                .post, "/api/v1/invitations/look", try jsonBytes(["token": before.token]))
            #expect(answer.status == 422, "\(answer)")
        }
    }

    // MARK: Roles

    @Test("give people a role that the team made, and what it may counts at once")
    func ownRole() async throws {
        try await console.makeOwner()
        try await console.join("rosa@team.example", "Rosa", as: "agent", of: "luz")
        let rosa = try await console.program("rosa@team.example")
        #expect(try await rosa.send(.get, team + "/keys").status == 403)
        try await Browser.with { page in
            try await enter(page, "/pages/organisation/#roles")
            try await page.click("#role-add")
            try await page.fill("#role-dialog [name=name]", "Llaves")
            for permission in ["conversations:read", "members:read", "keys:read"] {
                let box = "#role-dialog input[value='\(permission)']"
                if try await !page.isTrue("document.querySelector(\"\(box)\").checked") {
                    try await page.click(box)
                }
            }
            try await console.keep("role-dialog", page)
            try await page.click("#role-dialog [type=submit]")
            try await page.wait(for: "document.querySelector('th[data-role=llaves]')")
            try await console.go(page, "/pages/team/")
            try await page.choose("Rosa", in: "[name=name]")
            try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === 1")
            try await page.click("tr[data-row] .act button")
            try await page.click("[role=menuitem]", saying: "Change role")
            try await page.click("dialog input[value=llaves]")
            try await page.click("dialog [data-act=choose]")
            try await page.wait(
                for: "document.querySelector('tr[data-row]').innerText.includes('Llaves')")
            #expect(try await rosa.send(.get, team + "/keys").status == 200)
            // What was done can be taken back.
            try await page.press("z")
            try await page.wait(
                for: "document.querySelector('tr[data-row]').innerText.includes('Agent')")
            #expect(try await rosa.send(.get, team + "/keys").status == 403)
            try await console.expectQuiet(page)
        }
    }

    @Test("change the role of several at once, and remove one, whose access ends at once")
    func several() async throws {
        try await console.makeOwner()
        for name in ["Rut", "Sal"] {
            let email = "\(name.lowercased())@several.example"
            try await console.join(email, name, as: "viewer", of: "luz")
        }
        let rut = try await console.program("rut@several.example")
        try await Browser.with { page in
            try await enter(page)
            try await page.choose("several", in: "[name=name]")
            try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === 2")
            try await page.click("thead .tick input")
            try await page.click(".bulk [data-act=role]")
            try await page.click("dialog input[value=agent]")
            try await page.click("dialog [data-act=choose]")
            try await page.wait(
                for: "[...document.querySelectorAll('tr[data-row]')]"
                    + ".filter((row) => row.innerText.includes('Agent')).length === 2")
            try await page.choose("Rut", in: "[name=name]")
            try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === 1")
            try await page.click("tr[data-row] .act button")
            try await page.click("[role=menu] [data-act=remove]")
            try await page.wait(for: "document.querySelector('dialog[open]')")
            try await console.keep("team-remove", page)
            try await page.click("[data-act=confirm]")
            try await page.wait(for: "!document.querySelector('tr[data-row]')")
            let refused = try await rut.send(.get, team + "/members").status
            #expect([403, 404].contains(refused))
            try await console.expectQuiet(page)
        }
    }

    // MARK: Ownership

    @Test("pass the ownership on to whoever takes it, and never leave a team without an owner")
    func ownership() async throws {
        try await console.makeOwner()
        try await console.join("noa@team.example", "Noa", as: "admin", of: "luz")
        try await Browser.with { page in
            try await enter(page)
            // The only owner can neither go nor become less.
            try await page.choose("owner", in: "[name=role]")
            try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === 1")
            try await page.click("tr[data-row] .act button")
            try await page.click("[role=menu] [data-act=remove]")
            try await page.click("[data-act=confirm]")
            try await page.wait(for: "!document.querySelector('dialog [role=alert]').hidden")
            #expect(try await page.takeComplaints().count == 1)
            try await console.keep("last-owner", page)
            try await page.press("Escape")
            try await console.go(page, "/pages/organisation/#ownership")
            try await page.click("#ownership-offer")
            try await page.wait(for: "document.querySelector('#offer-dialog select')")
            let account = try #require(
                try await page.string(
                    "[...document.querySelectorAll('#offer-dialog option')]"
                        + ".find((each) => each.text.includes('Noa')).value"))
            try await page.choose(account, in: "#offer-dialog [name=account]")
            try await page.click("#offer-dialog [type=submit]")
            try await page.wait(for: "document.querySelector('#ownership-end')")
            try await console.signOut(page)
            try await console.signIn(page, "noa@team.example")
            try await console.go(page, "/pages/organisation/#ownership")
            try await console.keep("ownership-offered", page)
            try await page.click("#ownership-take")
            try await page.click("[data-act=confirm]")
            try await page.wait(
                for: "!document.querySelector('#ownership-take, dialog[open]')"
                    + " && document.querySelector('main').innerText.includes('noa@team.example')")
            try await console.expectQuiet(page)
        }
        let owners = try await console.client.call(.get, team + "/members?role=owner")
        #expect(owners["members"].elements.map { $0["email"].string } == ["noa@team.example"])
    }
}

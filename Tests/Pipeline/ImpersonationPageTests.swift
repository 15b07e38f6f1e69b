import Browser
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// An operator who acts as somebody of a business, as both sides see it.
@Suite(
    "Acting as somebody, in a browser", .ownInstallation, .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(20)))
struct ImpersonationPageTests {
    private static let password = "a long sentence of mine"
    private static let business = "Bicicletas <Sol>"

    private let axe = Axe.isInstalled ? try? Axe() : nil

    // MARK: People

    /// The installation's owner Olga, and a business with its owners Ada and Ben.
    private func fill(_ installation: RunningInstallation) async throws {
        let console = installation.console
        // The start offers a link of its own, and the last one counts.
        try await eventually("the start ends with a link") {
            installation.output.contains("/pages/setup/#token=")
        }
        let token = try #require(
            try await console.call(.post, "/api/v1/installation/setup-links")["token"].string)
        let body = """
            {"token": "\(token)", "name": "Olga Operadora", "email": "olga@example.org",
            "password": "\(Self.password)"}
            """
        let made = try await LocalAPI(base: console.base, key: nil).send(
            .post, "/api/v1/setup", Array(body.utf8),
            headers: [("Origin", console.base), ("Sec-Fetch-Site", "same-origin")])
        try #require(made.status == 201, "\(made.body)")
        try await console.call(
            .post, "/api/v1/organisations",
            Array(
                """
                {"id": "sol", "name": "\(Self.business)", "plan": "free", "locale": {
                "language": "en", "timeZone": "Europe/Madrid", "dateFormat": "d/M/y"}}
                """.utf8))
        for name in ["Ada", "Ben"] {
            let address = "\(name.lowercased())@example.org"
            try await console.call(
                .post, "/api/v1/users",
                Array(#"{"name": "\#(name) Sol", "address": "\#(address)"}"#.utf8))
            try await choosePassword(of: address, console)
            try await console.call(
                .put, "/api/v1/organisations/sol/owner", Array(#"{"email": "\#(address)"}"#.utf8))
        }
    }

    /// By the link in the mail, which is kept.
    private func choosePassword(of address: String, _ console: LocalAPI) async throws {
        let mail = try await eventually("a mail to \(address)") {
            try await console.call(.get, "/api/v1/outbox")["mails"].elements.first {
                $0["to"].string == address
            }?["id"].string
        }
        let text = try #require(
            try await console.call(.get, "/api/v1/outbox/\(mail)")["text"].string)
        let token = try #require(
            text.split(separator: "/pages/reset/#").dropFirst().first?.prefix {
                $0.isLetter || $0.isNumber || "-_.~".contains($0)
            })
        let chosen = try await LocalAPI(base: console.base, key: nil).send(
            .post, "/api/v1/resets",
            Array(#"{"token": "\#(token)", "password": "\#(Self.password)"}"#.utf8),
            headers: [("Origin", console.base), ("Sec-Fetch-Site", "same-origin")])
        try #require(chosen.status == 204, "\(chosen.body)")
    }

    private func signIn(_ page: BrowserPage, _ base: String, _ name: String) async throws {
        try await page.go(to: base)
        try await page.wait(for: "document.activeElement.id === 'email'")
        try await page.type("\(name)@example.org")
        try await page.choose(Self.password, in: "#password")
        try await page.press("Enter")
        try await page.wait(for: "document.querySelector('main.page h1')")
    }

    private func keep(_ name: String, _ page: BrowserPage) async throws {
        guard let folder = ProcessInfo.processInfo.environment["PARLEY_PICTURES"] else { return }
        try Data(try await page.picture()).write(to: URL(filePath: "\(folder)/\(name).png"))
    }

    /// Expects that nothing keeps anybody out, and that nothing is wider than the window.
    private func check(_ page: BrowserPage, _ place: String) async throws {
        try await keep("acting-\(place.replacing(" ", with: "-").replacing(",", with: ""))", page)
        try await axe?.expectNothing(page, place)
        #expect(
            try await page.number("document.scrollingElement.scrollWidth - innerWidth") == 0,
            "\(place)")
    }

    // MARK: The journey

    @Test(
        "the business lets operators in, one acts as its owner, all pages say so, both see it, stop"
    )
    func journey() async throws {
        try await RunningInstallation.with(["--no-simulator"]) { installation in
            let console = installation.console
            try await fill(installation)
            try await Browser.with { owner in
                try await Browser.with { page in
                    try await signIn(owner, console.base, "ada")
                    try await signIn(page, console.base, "olga")
                    try await refused(page, console.base)
                    try await consent(owner, console.base)
                    try await begin(page, console.base)
                    try await look(page, console.base)
                    try await act(page, console.base)
                    try await seen(owner, console.base)
                    try await expectQuiet(page)
                    try await stop(page)
                    try await onPhone(page, console.base)
                    try await withdrawn(owner, page)
                    try await expectQuiet(owner)
                }
            }
        }
    }

    private func expectQuiet(_ page: BrowserPage) async throws {
        let complaints = try await page.takeComplaints()
        #expect(complaints.isEmpty, "\(complaints)")
    }

    private func openTenant(_ page: BrowserPage, _ base: String) async throws {
        try await page.go(to: base + "/pages/tenants/?tenant=sol")
        try await page.wait(for: "document.querySelector('#tenant [data-act=act-as]')")
    }

    private func refused(_ page: BrowserPage, _ base: String) async throws {
        try await openTenant(page, base)
        #expect(
            try await page.isTrue("document.querySelector('#tenant [data-act=act-as]').disabled"))
        let why = try await page.texts("#tenant .act-as .meta").joined()
        #expect(why.contains("does not let operators in"), "\(why)")
        try await check(page, "refused")
    }

    private func consent(_ owner: BrowserPage, _ base: String) async throws {
        try await owner.go(to: base + "/pages/organisation/#ownership")
        try await owner.wait(for: "document.querySelector('#consent-form [type=submit]')")
        try await check(owner, "consent")
        try await owner.click("#consent-form [type=submit]")
        try await owner.wait(for: "document.querySelector('#consent-end')")
    }

    private func begin(_ page: BrowserPage, _ base: String) async throws {
        try await openTenant(page, base)
        try await page.click("#tenant [data-act=act-as]")
        try await page.wait(for: "document.querySelector('#act-as [name=reason]')")
        try await page.press("Escape")
        try await page.wait(for: "!document.querySelector('#act-as')")
        try await page.press("Escape")
        try await page.go(to: base + "/pages/users/")
        try await page.wait(for: "document.querySelector('tr[data-row]')")
        try await page.choose("ben@", in: "[name=words]")
        try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === 1")
        try await page.click("tr[data-row] [data-lead]")
        try await page.wait(for: "document.querySelector('dialog#user [role=tab]')")
        try await page.click("#user [role=tab]:nth-of-type(2)")
        try await page.wait(
            for: "document.querySelector('#user [data-act=act-as]:not([disabled])')")
        try await check(page, "user")
        try await page.click("#user [data-act=act-as]")
        try await page.wait(for: "document.querySelector('#act-as [name=reason]')")
        try await check(page, "dialog")
        try await page.click("#act-as [type=submit]")
        try await page.wait(for: "document.querySelector('#act-as [aria-invalid=true]')")
        try await page.choose("They asked for help with their <hours>", in: "#act-as [name=reason]")
        try await page.click("#act-as [type=submit]")
        try await page.wait(for: "document.querySelector('#acting')")
    }

    /// The bar stands on every page that the person may enter, in both themes, and stays in sight.
    private func look(_ page: BrowserPage, _ base: String) async throws {
        for room in ["/", "/pages/team/", "/pages/organisation/", "/pages/audit/"] {
            try await page.go(to: base + room)
            try await page.wait(
                for: "document.querySelector('#acting') && document.querySelector('main.page h1') "
                    + "&& !document.querySelector('[aria-busy=true]')")
            let bar = try await page.texts("#acting").joined()
            for word in ["Ben Sol", Self.business, "minutes left", "both names", "Stop"] {
                #expect(bar.contains(word), "\(room): \(word) in \(bar)")
            }
            #expect(try await page.string("document.title")?.contains("Ben Sol") == true)
            for theme in ["dark", "light"] {
                try await page.prefer(theme: theme)
                let label = room.split(separator: "/").last.map(String.init) ?? "home"
                try await check(page, "\(label), \(theme)")
            }
            _ = try await page.isTrue("scrollTo(0, 100000) ?? true")
            #expect(
                try await page.isTrue(
                    """
                    (() => {
                      const bar = document.querySelector('#acting').getBoundingClientRect();
                      return bar.top >= 0 && bar.bottom <= innerHeight;
                    })()
                    """), "\(room)")
        }
        // The person's own account is not the operator's to look after.
        #expect(
            try await page.isTrue(
                "!document.querySelector('[data-room=profile], [data-room=factor], .bell')"))
        try await page.go(to: base + "/pages/profile/")
        try await page.wait(for: "/may not enter/.test(document.querySelector('main').innerText)")
        #expect(try await page.isTrue("Boolean(document.querySelector('#acting'))"))
        try await page.click("[data-act=account]")
        try await page.click("[data-language=es]")
        try await page.wait(
            for: "/Actúas por/.test(document.querySelector('#acting')?.innerText)")
        try await check(page, "Spanish")
        try await page.click("[data-act=account]")
        try await page.click("[data-language=en]")
        try await page.wait(for: "/You act as/.test(document.querySelector('#acting')?.innerText)")
    }

    /// Something that the person may is done, and stands in the audit log under both names.
    private func act(_ page: BrowserPage, _ base: String) async throws {
        try await page.go(to: base + "/pages/organisation/#profile")
        try await page.wait(for: "document.querySelector('#tab-profile [name=address]')")
        try await page.choose("Calle Mayor 1", in: "#tab-profile [name=address]")
        try await page.click("#tab-profile [type=submit]")
        try await page.wait(for: "document.querySelector('.toast')")
        try await page.go(to: base + "/pages/audit/")
        try await page.wait(
            for: "/Acted by Olga|Olga Operadora/.test(document.querySelector('main').innerText)")
        try await check(page, "audit")
    }

    /// The business sees who acts, was told, and finds it in its audit log.
    private func seen(_ owner: BrowserPage, _ base: String) async throws {
        // Nobody touched this page: it heard of it.
        try await owner.wait(
            for: "/Olga Operadora acts as Ben Sol/.test("
                + "document.querySelector('#acting-now')?.innerText)")
        #expect(
            try await owner.texts("#acting-now").joined().contains("their <hours>"))
        try await check(owner, "seen")
        try await owner.go(to: base + "/pages/notifications/")
        try await owner.wait(
            for: "/began to act as somebody/.test(document.querySelector('main').innerText)")
        try await owner.go(to: base + "/pages/audit/")
        try await owner.wait(
            for: "/Began to act/.test(document.querySelector('main').innerText) "
                + "&& /Olga Operadora/.test(document.querySelector('main').innerText)")
        try await check(owner, "audit of the business")
    }

    private func stop(_ page: BrowserPage) async throws {
        try await page.click("[data-act=stop-acting]")
        try await page.wait(
            for: "location.pathname === '/pages/tenants/' && !document.querySelector('#acting') "
                + "&& document.querySelector('tr[data-row]')")
        #expect(try await page.isTrue("!document.body.classList.contains('acting')"))
    }

    private func onPhone(_ page: BrowserPage, _ base: String) async throws {
        try await page.resize(width: 390, height: 844, isPhone: true)
        try await openTenant(page, base)
        try await check(page, "tenant, phone")
        try await page.click("#tenant [data-act=act-as]")
        try await page.wait(for: "document.querySelector('#act-as [name=account]')")
        _ = try await page.isTrue(
            """
            (() => {
              const people = document.querySelector('#act-as [name=account]');
              people.value = [...people.options].find(({ text }) => /Ben/.test(text)).value;
              people.dispatchEvent(new Event('input', { bubbles: true }));
              return true;
            })()
            """)
        try await page.choose("A second look", in: "#act-as [name=reason]")
        try await check(page, "dialog, phone")
        try await page.click("#act-as [type=submit]")
        try await page.wait(for: "document.querySelector('#acting')")
        for theme in ["light", "dark"] {
            try await page.prefer(theme: theme)
            for room in ["/", "/pages/team/"] {
                try await page.go(to: base + room)
                try await page.wait(
                    for: "document.querySelector('#acting') && "
                        + "!document.querySelector('[aria-busy=true]')")
                let label = room.split(separator: "/").last.map(String.init) ?? "home"
                try await check(page, "\(label), phone, \(theme)")
            }
        }
        try await expectQuiet(page)
    }

    /// The business takes its consent back: the operator's page is over, though nobody touches it.
    private func withdrawn(_ owner: BrowserPage, _ page: BrowserPage) async throws {
        try await owner.go(
            to: try #require(try await owner.string("location.origin"))
                + "/pages/organisation/#ownership")
        try await owner.wait(for: "document.querySelector('#acting-now [data-act=end-acting]')")
        try await owner.click("#consent-end")
        try await owner.wait(for: "document.querySelector('#consent-form')")
        try await page.wait(for: "document.querySelector('#acting-over')")
        try await check(page, "over")
        _ = try await page.takeComplaints()
        try await page.click("[data-act=own-again]")
        try await page.wait(
            for: "document.querySelector('main.page h1') && !document.querySelector('#acting')")
        try await expectQuiet(page)
    }
}

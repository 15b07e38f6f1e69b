import Browser
import HTTPClient
import PipelineTesting
import Testing

/// What people change about their own account, and what they have to prove for it.
@Suite(
    "The own account in a browser", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(15)))
struct OwnAccountPageTests {
    private let console: ConsolePages

    init() throws { console = try ConsolePages() }

    private func enter(_ page: BrowserPage, _ email: String, _ room: String) async throws {
        try await console.makeOwner()
        try await console.join(email, "Eva Luz", as: "agent", of: "luz")
        try await console.signIn(page, email, at: room)
    }

    @Test(
        "move to another address once both say so, and tell the old one",
        arguments: [(1280, "eva"), (390, "pia")])
    func address(width: Int, name: String) async throws {
        let (old, new) = ("\(name)@old.example", "\(name)@new.example")
        try await Browser.with { page in
            try await page.resize(width: width, height: 844, isPhone: width < 500)
            try await enter(page, old, "/pages/profile/")
            try await page.fill("#new-email", new)
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('[data-act=keep-address]')")
            try await console.keep("profile-waits-\(width)", page)
            // Without a second factor both have to say yes.
            for (address, subject, title) in [
                (new, "Confirm your new", "Half of it is done"),
                (old, "is to change", "The address is another now"),
            ] {
                // Another link of the same page is opened anew, as by a mail program.
                try await console.go(page, "/pages/sessions/")
                let mail = try await console.mailed(to: address, saying: subject)
                try await page.go(to: mail.link)
                try await page.click("[data-act=yes]")
                try await page.wait(
                    for: "document.querySelector('h1')?.innerText === '\(title)'")
            }
            try await console.keep("address-changed-\(width)", page)
            try await console.expectQuiet(page)
            try await page.click("main a.button")
            try await page.wait(for: "document.querySelector('main h1')")
        }
        let door = LocalAPI(base: console.base)
        for (address, status) in [(old, 403), (new, 201)] {
            let wanted = ["email": address, "password": ConsolePages.password, "kind": "cli"]
            let answer = try await door.send(.post, "/api/v1/session", try jsonBytes(wanted))
            #expect(answer.status == status || answer.status == 200, "\(address): \(answer)")
        }
    }

    @Test("stay with the old address where it says that nobody there asked")
    func refusedAddress() async throws {
        let (old, new) = ("ada@old.example", "thief@new.example")
        try await Browser.with { page in
            try await enter(page, old, "/pages/profile/")
            try await page.fill("#new-email", new)
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('[data-act=keep-address]')")
            try await page.go(to: try await console.mailed(to: old, saying: "to change").link)
            try await page.click("[data-act=no]")
            try await page.wait(
                for: "document.querySelector('h1')?.innerText === 'The address stays as it was'")
            try await console.go(page, "/pages/profile/")
            #expect(try await page.texts("[data-email]") == [old])
            #expect(try await page.texts("[data-act=keep-address]").isEmpty)
            try await console.expectQuiet(page)
        }
    }

    @Test("end one other session, which is out at once")
    func sessions() async throws {
        try await Browser.with { page in
            try await enter(page, "ugo@old.example", "/pages/sessions/")
            let other = try await console.program("ugo@old.example")
            try await console.go(page, "/pages/sessions/?again")
            try await page.wait(for: "document.querySelectorAll('[data-session]').length > 1")
            let count = try await page.texts("[data-session]").count
            let ids = try await page.texts("[data-act=end-session]")
            #expect(ids.count == count - 1)
            // Those of the command line were made by joining and just now.
            while try await page.isTrue("document.querySelector('[data-act=end-session]')") {
                let left = try await page.texts("[data-session]").count
                try await page.click("[data-act=end-session]")
                try await page.wait(
                    for: "document.querySelectorAll('[data-session]').length === \(left - 1)")
            }
            #expect(try await other.send(.get, "/api/v1/me").status == 401)
            #expect(try await page.isTrue("document.body.className === 'app'"))
            try await console.expectQuiet(page)
        }
    }

    /// Lets the next request be refused as one that needs a fresh proof: ten minutes after
    /// somebody signed in, the console says so itself.
    private static let ageProof = """
        (() => {
          const send = window.fetch;
          window.fetch = (target, options) => {
            if (options?.method !== 'PUT') return send(target, options);
            window.fetch = send;
            return Promise.resolve(new Response(
              JSON.stringify({ status: 403, code: 'unproven', detail: 'prove it' }),
              { status: 403, headers: { 'Content-Type': 'application/problem+json' } }));
          };
          return true;
        })()
        """

    @Test("ask who somebody is before what is dangerous, and go on with it once that is proven")
    func stepUp() async throws {
        try await Browser.with { page in
            try await enter(page, "lia@old.example", "/pages/profile/")
            _ = try await page.isTrue(Self.ageProof)
            try await page.fill("#new-email", "lia@new.example")
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('dialog[open] [name=password]')")
            try await console.keep("proof", page)
            if Axe.isInstalled { try await Axe().expectNothing(page, "the proof") }
            try await page.fill("dialog [name=password]", "not my sentence at all")
            try await page.press("Enter")
            try await page.wait(
                for: "document.querySelector('dialog .summary-errors:not([hidden])')")
            #expect(try await page.takeComplaints().count == 1)
            try await page.fill("dialog [name=password]", ConsolePages.password)
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('[data-act=keep-address]')")
            #expect(try await page.texts("dialog").isEmpty)
            try await console.expectQuiet(page)
        }
    }

    @Test("leave what was typed as it was where somebody does not prove who they are")
    func unproven() async throws {
        try await Browser.with { page in
            try await enter(page, "leo@old.example", "/pages/profile/")
            _ = try await page.isTrue(Self.ageProof)
            try await page.fill("#new-email", "leo@new.example")
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('dialog[open] [name=password]')")
            try await page.press("Escape")
            try await page.wait(for: "!document.querySelector('dialog')")
            #expect(
                try await page.string("document.querySelector('#new-email').value")
                    == "leo@new.example")
            #expect(try await page.texts("[data-act=keep-address]").isEmpty)
            try await console.expectQuiet(page)
        }
    }
}

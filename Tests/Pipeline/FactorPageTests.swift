import Browser
import HTTPClient
import PipelineTesting
import Testing

/// The own second factor at its page: it comes, its backup codes are made anew, and it goes.
@Suite(
    "The own second factor in a browser", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"),
    .enabled(if: Phone.isAvailable, "Tests/run installs PyOTP"), .timeLimit(.minutes(15)))
struct FactorPageTests {
    private let console: ConsolePages

    init() throws { console = try ConsolePages() }

    /// Takes what the page shows: the secret, once its first code is typed, and the backup codes.
    private func setUp(_ page: BrowserPage) async throws -> (secret: String, codes: [String]) {
        try await page.click("[data-act=begin]")
        try await page.wait(for: "document.querySelector('#otp')")
        let secret = try #require(
            try await page.string("document.querySelector('[data-secret]').dataset.secret"))
        try await page.fill("#otp", try Phone.code(secret))
        try await page.press("Enter")
        return (secret, try await codes(page))
    }

    /// Reads the backup codes that are shown, and says that they are kept.
    private func codes(_ page: BrowserPage) async throws -> [String] {
        try await page.wait(for: "document.querySelectorAll('.codes li').length === 10")
        let codes = try await page.texts(".codes li")
        let asked = try #require(
            try await page.number(
                "Number(/\\d+/.exec(document.querySelector('[data-field=typed] label').innerText)[0])"
            ))
        try await page.fill("[name=typed]", codes[asked - 1])
        try await page.click("#kept")
        try await page.click("[data-act=codes-done]")
        try await page.wait(for: "document.querySelector('[data-act=remove]')")
        return codes
    }

    /// How the door answers a program with this code, or without one.
    private func status(_ email: String, code: String?) async throws -> Int {
        var wanted = ["email": email, "password": ConsolePages.password, "kind": "cli"]
        wanted["code"] = code
        return try await LocalAPI(base: console.base).send(
            .post, "/api/v1/session", try jsonBytes(wanted)
        ).status
    }

    @Test(
        "is set up, gets other backup codes, and is done without, each for all sessions",
        arguments: [(1280, "fay"), (390, "gil")])
    func journey(width: Int, name: String) async throws {
        let email = "\(name)@factor.example"
        try await Browser.with { page in
            try await page.resize(width: width, height: 844, isPhone: width < 500)
            try await console.makeOwner()
            try await console.join(email, "Fay Luz", as: "agent", of: "luz")
            try await console.signIn(page, email, at: "/pages/factor/")
            let (_, first) = try await setUp(page)
            try await console.keep("factor-on-\(width)", page)
            // The password alone lets nobody in any more; a backup code does, once.
            #expect(try await status(email, code: nil) == 403)
            #expect(try await status(email, code: first[0]) == 201)
            #expect(try await status(email, code: first[0]) != 201)
            try await page.click("[data-act=renew]")
            let second = try await codes(page)
            #expect(Set(first).isDisjoint(with: second))
            #expect(try await status(email, code: first[1]) != 201)
            #expect(try await status(email, code: second[1]) == 201)
            // Those that were used are counted.
            try await console.go(page, "/pages/factor/?again")
            try await page.wait(for: "document.querySelector('.notice')?.innerText.includes('9')")
            try await page.click("[data-act=remove]")
            try await page.wait(for: "document.querySelector('dialog[open] [data-act=confirm]')")
            try await console.keep("factor-remove-\(width)", page)
            if Axe.isInstalled { try await Axe().expectNothing(page, "removing a factor") }
            try await page.click("[data-act=confirm]")
            try await page.wait(for: "document.querySelector('[data-act=begin]')")
            #expect(try await status(email, code: nil) == 201)
            // Set up once more, it is another one.
            _ = try await setUp(page)
            #expect(try await status(email, code: second[2]) != 201)
            try await console.expectQuiet(page)
        }
    }
}

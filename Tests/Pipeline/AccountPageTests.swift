import Browser
import Foundation
import HTTPClient
import PipelineTesting
import Testing

/// The first start, signing in, and everybody's own account, as people go through them.
@Suite(
    "Accounts in a browser", .ownInstallation, .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(20)))
struct AccountPageTests {
    private static let password = "a long sentence of mine"

    /// A Python that has PyPI's PyOTP: an authenticator app that is not ours.
    private static let phone = ProcessInfo.processInfo.environment["PARLEY_SMTP_PYTHON"] ?? ""

    /// What a telephone reads from the QR code, and the code that its app then shows.
    private func python(_ python: String, _ script: String, _ input: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", script]
        let (stdin, output) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = output
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let read = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: read, as: UTF8.self)
    }

    /// The code of the app now, or so many steps later.
    private func code(_ secret: String, steps: Int = 0) throws -> String {
        try python(
            Self.phone,
            """
            import pyotp, sys, time
            secret = sys.stdin.read()
            sys.stdout.write(pyotp.TOTP(secret).at(time.time() + \(steps * 30)))
            """, secret)
    }

    private static let reader = """
        import re, sys, zxingcpp
        svg = sys.stdin.read()
        size = int(re.search(r'viewBox="0 0 (\\d+) ', svg)[1])
        scale = 4
        pixels = bytearray(b'\\xff' * (size * scale) ** 2)
        dark = re.search(r'fill="#000" d="([^"]*)"', svg)[1]
        for x, y, width in re.findall(r'M(\\d+) (\\d+)h(\\d+)v1h-\\d+z', dark):
            for row in range(int(y) * scale, (int(y) + 1) * scale):
                start = row * size * scale + int(x) * scale
                length = int(width) * scale
                pixels[start:start + length] = bytes(length)
        image = memoryview(bytes(pixels)).cast('B', (size * scale, size * scale))
        sys.stdout.write(zxingcpp.read_barcodes(image)[0].text)
        """

    private func fill(_ page: BrowserPage, _ selector: String, _ text: String) async throws {
        _ = try await page.isTrue("document.querySelector('\(selector)').focus() ?? true")
        _ = try await page.isTrue("document.querySelector('\(selector)').select() ?? true")
        try await page.type(text)
    }

    private func keep(_ name: String, _ page: BrowserPage) async throws {
        guard let folder = ProcessInfo.processInfo.environment["PARLEY_PICTURES"] else { return }
        try Data(try await page.picture()).write(to: URL(filePath: "\(folder)/\(name).png"))
    }

    /// Makes the owner in the browser, with a second factor; its secret and backup codes.
    private func setUp(
        _ page: BrowserPage, _ installation: RunningInstallation
    ) async throws -> (secret: String, codes: [String]) {
        let link = try await installation.console.call(
            .post, "/api/v1/installation/setup-links")
        let token = try #require(link["token"].string)
        try await page.go(to: installation.console.base + "/pages/setup/#token=\(token)")
        try await page.wait(for: "document.querySelector('[name=name]')")
        #expect(try await page.string("location.hash") == "")
        try await fill(page, "[name=name]", "Ana Sol")
        try await fill(page, "[name=email]", "ana@example.org")
        try await page.press("Enter")
        try await page.wait(for: "document.querySelector('#new-password')")
        try await fill(page, "#new-password", "password12345678")
        try await page.wait(
            for: "/use these words/.test(document.querySelector('.rules').innerText)")
        try await fill(page, "#new-password", Self.password)
        try await page.wait(for: "document.querySelectorAll('.rules .is-ok').length === 2")
        try await keep("setup-password", page)
        try await page.press("Enter")
        try await page.wait(for: "document.querySelector('#otp')")
        let secret = try #require(
            try await page.string("document.querySelector('[data-secret]').dataset.secret"))
        try await expectPicture(page, of: secret)
        try await keep("setup-factor", page)
        try await fill(page, "#otp", try code(secret))
        try await page.press("Enter")
        try await page.wait(for: "document.querySelector('.codes')")
        let codes = try await page.texts(".codes li")
        #expect(codes.count == 10)
        let asked = try #require(
            try await page.number(
                "Number(/\\d+/.exec(document.querySelector('[data-field=typed] label').innerText)[0])"
            ))
        try await fill(page, "[name=typed]", codes[asked - 1])
        try await page.click("#kept")
        try await page.click("[data-act=codes-done]")
        try await page.wait(for: "document.querySelectorAll('.tries li').length === 5")
        try await page.click("[data-act=home]")
        try await page.wait(for: "document.querySelector('main.page h1')")
        return (secret, codes)
    }

    /// The QR code says the secret to a reader that is not ours.
    private func expectPicture(_ page: BrowserPage, of secret: String) async throws {
        let zxing = ProcessInfo.processInfo.environment["PARLEY_ZXING_PYTHON"] ?? ""
        guard !zxing.isEmpty else { return }
        let svg = try #require(
            try await page.string("atob(document.querySelector('.qr img').src.split(',')[1])"))
        let said = try python(zxing, Self.reader, svg)
        #expect(
            said == "otpauth://totp/Parley:ana%40example.org?secret=\(secret)&issuer=Parley")
    }

    private func signOut(_ page: BrowserPage) async throws {
        try await page.click(".topbar [data-act=account]")
        try await page.click("[role=menu] [data-act=sign-out]")
        try await page.wait(for: "document.activeElement.id === 'email'")
    }

    @Test(
        "the owner sets up, signs out and in with a code, proves, and ends other sessions",
        .enabled(if: !phone.isEmpty, "Tests/run installs PyOTP"))
    func journey() async throws {
        try await RunningInstallation.with(["--no-simulator"]) { installation in
            try await Browser.with { page in
                let (secret, codes) = try await setUp(page, installation)
                #expect(try await page.takeComplaints().isEmpty)
                try await signOut(page)
                #expect(try await page.isTrue("document.cookie === ''"))
                try await page.type("ana@example.org")
                try await fill(page, "#password", "not my sentence at all")
                try await page.press("Enter")
                try await page.wait(
                    for: "/is not right/.test(document.querySelector('#wrong').innerText)")
                try await keep("sign-in-wrong", page)
                try await fill(page, "#password", Self.password)
                try await page.press("Enter")
                try await page.wait(for: "document.activeElement.id === 'code'")
                // The step that set it up is spent: the next one is good already.
                try await fill(page, "#code", try code(secret, steps: 1))
                try await keep("sign-in-code", page)
                try await page.press("Enter")
                try await page.wait(for: "document.querySelector('main.page h1')")
                try await tryAccount(page, installation, codes)
            }
        }
    }

    /// Another session ends; the pages look right on a phone and in the dark.
    private func tryAccount(
        _ page: BrowserPage, _ installation: RunningInstallation, _ codes: [String]
    ) async throws {
        let base = installation.console.base
        let other = LocalAPI(base: base, key: nil)
        let begun = try await other.call(
            .post, "/api/v1/session",
            Array(
                """
                {"email": "ana@example.org", "password": "\(Self.password)",
                "code": "\(codes[5])", "kind": "cli"}
                """.utf8))
        let token = try #require(begun["token"].string)
        let program = LocalAPI(base: base, key: token)
        #expect(try await program.send(.get, "/api/v1/me").status == 200)
        try await page.go(to: base + "/pages/sessions/")
        try await page.wait(for: "document.querySelectorAll('[data-session]').length === 2")
        try await page.click("[data-act=end-others]")
        try await page.wait(for: "document.querySelector('dialog[open]')")
        try await page.click("dialog [data-act=confirm]")
        try await page.wait(for: "document.querySelectorAll('[data-session]').length === 1")
        #expect(try await program.send(.get, "/api/v1/me").status == 401)
        for (theme, width) in [("light", 1280), ("dark", 390)] {
            try await page.prefer(theme: theme)
            try await page.resize(width: width, height: 844, isPhone: width == 390)
            for room in ["profile", "sessions", "factor"] {
                try await page.go(to: base + "/pages/\(room)/")
                try await page.wait(for: "document.querySelector('main.page h1')")
                try await keep("\(room)-\(theme)", page)
                if Axe.isInstalled {
                    try await Axe().expectNothing(page, "\(room), \(theme)")
                }
                #expect(
                    try await page.isTrue(
                        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
                    ), "\(room) scrolls sideways")
            }
        }
    }

    @Test("whoever has no link is told how to get one, and a link for elsewhere leads nowhere")
    func lost() async throws {
        try await RunningInstallation.with(["--no-simulator"]) { installation in
            try await Browser.with { page in
                let base = installation.console.base
                try await page.go(to: base + "/pages/setup/")
                try await page.wait(for: "/parley setup/.test(document.body.innerText)")
                try await page.go(to: base + "/pages/setup/#token=guessed-it")
                try await page.wait(for: "/parley setup/.test(document.body.innerText)")
                _ = try await page.takeComplaints()
                for evil in ["https://evil.example/", "//evil.example", "/\\\\evil.example"] {
                    try await page.go(
                        to: base + "/pages/sign-in/?to=" + LocalAPI.escaped(evil))
                    try await page.showKey()
                    try await page.type(try #require(installation.console.key))
                    try await page.press("Enter")
                    try await page.wait(for: "document.querySelector('main.page h1')")
                    #expect(try await page.string("location.pathname") == "/")
                    try await signOut(page)
                }
            }
        }
    }
}

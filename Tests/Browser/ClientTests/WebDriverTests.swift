import Browser
import FoundationEssentials
import Glibc
import HTTPServer
import JSON
import PipelineTesting
import Testing

/// The driver of the tests of pages itself: what it must not overlook.
@Suite(
    "A browser driven by WebDriver", .timeLimit(.minutes(5)),
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium and its driver"))
struct WebDriverTests {
    /// Runs a body with a page, and the address of a server that serves it.
    private func with(
        _ html: String, _ body: @Sendable (BrowserPage, String) async throws -> Void
    ) async throws {
        let server = HTTPServer(configuration: .init()) { request, writer in
            let isPage = request.path == "/"
            writer.respond(
                HTTPResponse(
                    status: isPage ? 200 : 404,
                    headers: [("Content-Type", "text/html; charset=utf-8")],
                    body: Array((isPage ? "<!doctype html>" + html : "nothing").utf8)))
        }
        let port = try server.start()
        do {
            try await Browser.with { page in
                try await page.go(to: "http://127.0.0.1:\(port)/")
                try await body(page, "http://127.0.0.1:\(port)")
            }
        } catch {
            await server.shutdown(within: .milliseconds(50))
            throw error
        }
        await server.shutdown(within: .milliseconds(50))
    }

    /// The error that a command ends in.
    private func failure(_ command: () async throws -> Void) async throws -> WebDriverError {
        try await #require(throws: WebDriverError.self) { try await command() }
    }

    @Test("an element that is not there, is covered or has no place is no element to click on")
    func elements() async throws {
        let html = """
            <style>#over { position: fixed; inset: 0 }</style>
            <button id=under onclick="document.title = 'clicked'">Under</button>
            <button id=hidden hidden>Hidden</button><div id=over></div>
            """
        try await with(html) { page, _ in
            let none = try await failure { _ = try await page.driver.element("#none") }
            #expect(none.code == .noSuchElement)
            #expect(none.description.contains("#none") && none.description.contains("POST"))
            #expect(!none.message.contains("#0 0x"), "where it was in the driver is no news")
            let under = try await page.driver.element("#under")
            let covered = try await failure { try await page.driver.click(under) }
            #expect(covered.code == .clickIntercepted)
            #expect(covered.message.contains("over"), "\(covered)")
            let hidden = try await page.driver.element("#hidden")
            let unseen = try await failure { try await page.driver.click(hidden) }
            #expect(unseen.code == .notInteractable)
            // What goes is waited for, and what is shown anew is found anew.
            _ = try await page.isTrue("setTimeout(() => over.remove(), 300) > 0")
            try await page.click("#under")
            #expect(try await page.string("document.title") == "clicked")
            _ = try await page.isTrue("(document.body.innerHTML = 'new', true)")
            let stale = try await failure { try await page.driver.click(under) }
            #expect(stale.code == .staleElement)
        }
    }

    @Test("a script gives values and what promises come to, and its error is told")
    func scripts() async throws {
        try await with("<p>One</p><p>Zwei — 2</p>") { page, _ in
            #expect(try await page.texts("p") == ["One", "Zwei — 2"])
            #expect(try await page.number("Promise.resolve(41 + 1)") == 42)
            #expect(try await page.string("undefined") == nil)
            #expect(try await page.isTrue("Promise.resolve(0)") == false)
            #expect(try await page.isTrue("'a' // why") == true)
            let late = "arguments[0]([document.title, 7])"
            #expect(
                try await page.driver.runAsynchronously("setTimeout(() => \(late))") == ["", 7])
            let scripts = [
                "(() => { throw new Error('too bad') })()", "Promise.reject(new Error('too bad'))",
            ]
            for script in scripts {
                let error = try await failure { _ = try await page.isTrue(script) }
                #expect(error.code == .javascriptError)
                #expect(error.message.contains("too bad"))
            }
        }
    }

    @Test("errors of the page, what it is refused and what its console says are complaints, once")
    func complaints() async throws {
        try await with("<title>Quiet</title><link rel=icon href='data:,'>") { page, address in
            #expect(try await page.takeComplaints() == [])
            _ = try await page.isTrue("(console.log('said'), console.warn('warned'), true)")
            #expect(try await page.takeComplaints() == [])
            _ = try await page.isTrue("(console.error('wrong words'), true)")
            let said = try await page.takeComplaints()
            #expect(said.count == 1 && said[0].contains("wrong words"), "\(said)")
            #expect(try await page.takeComplaints() == [])
            _ = try await page.isTrue("setTimeout(() => { gone.away = 1 }) > 0")
            try await eventually("the exception is seen") {
                try await page.takeComplaints().contains { $0.contains("gone is not defined") }
            }
            _ = try await page.isTrue("fetch('/missing').then(() => true)")
            let missing = try await page.takeComplaints()
            #expect(missing.count == 1 && missing[0].contains("\(address)/missing"), "\(missing)")
            #expect(missing[0].contains("404"))
        }
    }

    @Test("every request is seen, to another host and to a socket, too")
    func requests() async throws {
        try await with("<title>Asks</title>") { page, address in
            #expect(try await page.takeRequests().contains(address + "/"))
            let asks = """
                Promise.allSettled([
                  fetch('http://other.example/pixel'),
                  new Promise((over) => { new WebSocket('ws://other.example:81/line').onerror = over }),
                ]).then(() => true)
                """
            _ = try await page.isTrue(asks)
            let seen = try await page.takeRequests()
            #expect(seen.contains("http://other.example/pixel"), "\(seen)")
            #expect(seen.contains("ws://other.example:81/line"), "\(seen)")
            #expect(try await page.takeRequests() == [])
        }
    }

    @Test("a person types, presses keys, chooses and picks a file")
    func person() async throws {
        let html = """
            <textarea id=text style="margin-top: 3000px"></textarea>
            <select id=list><option value=a>A<option value=b>B</select>
            <input type=file id=file hidden>
            <script>
              const keys = [];
              addEventListener('keydown', ({ key, ctrlKey }) => keys.push(ctrlKey ? '^' + key : key));
              list.oninput = () => { document.title = 'chose ' + list.value };
            </script>
            """
        try await with(html) { page, _ in
            // A click scrolls to it and gives it the focus.
            try await page.click("#text")
            #expect(try await page.isTrue("scrollY > 0 && document.activeElement === text"))
            try await page.type("Año 🙂\nB?")
            #expect(try await page.string("text.value") == "Año 🙂\nB?")
            try await page.choose("new", in: "#text")
            #expect(try await page.string("text.value") == "new")
            _ = try await page.isTrue("(keys.length = 0, true)")
            try await page.press("Escape")
            try await page.press("k", control: true)
            #expect(try await page.string("keys.join()") == "Escape,^Control,^k")
            try await page.choose("b", in: "#list")
            #expect(try await page.string("document.title") == "chose b")
            let folder = try TemporaryFolder()
            let path = folder.path + "/names.csv"
            try Data("a,b".utf8).write(to: URL(filePath: path))
            try await page.upload(path, in: "#file")
            #expect(try await page.string("file.files[0].text()") == "a,b")
            await #expect(throws: BrowserError.self) { try await page.press("Enterr") }
        }
    }

    @Test("a window is a phone's, zoomed or dark, cut off, and one of several")
    func surroundings() async throws {
        try await with("<title>First</title><meta name=viewport content=width=device-width>") {
            page, _ in
            try await page.resize(width: 390, height: 844, isPhone: true)
            #expect(try await page.number("innerWidth") == 390)
            #expect(try await page.isTrue("matchMedia('(pointer: coarse)').matches"))
            try await page.zoom(width: 1280, height: 900, by: 2)
            #expect(try await page.string("`${innerWidth} ${devicePixelRatio}`") == "640 2")
            try await page.prefer(theme: "dark")
            #expect(try await page.isTrue("matchMedia('(prefers-color-scheme: dark)').matches"))
            try await page.cutOff(true)
            #expect(try await page.isTrue("fetch('/').then(() => false, () => true)"))
            try await page.cutOff(false)
            #expect(try await page.isTrue("fetch('/').then(() => true)"))
            #expect(try await page.picture().starts(with: [0x89] + Array("PNG".utf8)))
            let first = try await page.driver.windows()
            let second = try await page.driver.openTab()
            #expect(try await Set(page.driver.windows()) == Set(first + [second]))
            try await page.driver.use(window: second)
            #expect(try await page.string("document.title") == "")
            try await page.driver.use(window: first[0])
            #expect(try await page.string("document.title") == "First")
        }
    }

    @Test("the browser's processes end with the test, and with a driver that is killed")
    func ends() async throws {
        let quiet = try await Browser.with { page in try process(of: page) }
        try await eventually("chromium has ended") { !isAlive(quiet) }
        await #expect(throws: (any Error).self) {
            try await Browser.with { page in
                let chromium = try process(of: page)
                #expect(isAlive(chromium))
                let status = try String(contentsOfFile: "/proc/\(chromium)/status", encoding: .utf8)
                let lines = status.split(separator: "\n")
                let line = try #require(lines.first { $0.hasPrefix("PPid") })
                let driver = try #require(line.split(separator: "\t").last.flatMap { Int32($0) })
                #expect(kill(driver, SIGKILL) == 0)
                try await eventually("chromium has ended") { !isAlive(chromium) }
                _ = try await page.isTrue("true")
            }
        }
    }

    private func process(of page: BrowserPage) throws -> Int32 {
        Int32(try #require(page.driver.capabilities["goog:processID"]?.integer))
    }

    /// Whether a process runs: one that has ended may wait for somebody to ask how.
    private func isAlive(_ process: Int32) -> Bool {
        let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        return status.map { !$0.contains("State:\tZ") } ?? false
    }
}

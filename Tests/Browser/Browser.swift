import FoundationEssentials
import Glibc
import HTTPClient
import JSON
import Lifecycle
import PipelineTesting

/// Headless Chromium with one page, driven by W3C WebDriver; for tests of pages.
///
/// Each has a chromedriver of its own, which takes some 20 ms to start: one that fails takes no
/// other test with it. The driver is killed with this process (``ChildProgram/watchesParent``), and
/// Chromium ends with the driver, as it hears from it through a pipe: none is left behind.
///
/// `Tests/run` installs Debian's `chromium` and `chromium-driver`.
package final class Browser: Sendable {
    /// Where Debian puts them.
    private static let chromium = "/usr/bin/chromium"
    private static let chromedriver = "/usr/bin/chromedriver"

    /// Whether there is a Chromium with its driver here.
    package static var isInstalled: Bool {
        [chromium, chromedriver].allSatisfy(FileManager.default.isExecutableFile(atPath:))
    }

    /// The client of all drivers, which keeps its connections.
    private static let client = Result { try HTTPClient() }

    /// The page.
    package let page: BrowserPage
    private let driver: WebDriver
    private let process: ChildProcess
    private let folder: TemporaryFolder

    private init(
        _ page: BrowserPage, _ driver: WebDriver, _ process: ChildProcess, _ folder: TemporaryFolder
    ) {
        self.page = page
        self.driver = driver
        self.process = process
        self.folder = folder
    }

    /// Runs a body with a page of a fresh browser, whose processes end with it.
    package static func with<Result>(
        _ body: (BrowserPage) async throws -> Result
    ) async throws -> Result {
        let browser = try await start()
        do {
            let result = try await body(browser.page)
            await browser.end()
            return result
        } catch {
            await browser.end()
            throw error
        }
    }

    private static func start() async throws -> Browser {
        let folder = try TemporaryFolder()
        var environment = ProcessInfo.processInfo.environment
        environment["HOME"] = folder.path
        let output = folder.path + "/chromedriver.out"
        let process = try await ChildProcess.start(
            ChildProgram(
                name: "chromedriver", path: chromedriver, arguments: ["--port=0"],
                environment: environment, readiness: .running, output: .file(output),
                watchesParent: false))
        do {
            let port = try await port(saidIn: output, by: process)
            let driver = try await WebDriver.open(
                at: "http://127.0.0.1:\(port)", with: client.get(),
                capabilities: capabilities(folder.path))
            return Browser(try await BrowserPage.open(driver), driver, process, folder)
        } catch {
            _ = await process.stop(within: .zero)
            let said = FileManager.default.contents(atPath: output)
            throw BrowserError(
                "chromium did not start: \(error); "
                    + String(decoding: (said ?? Data()).suffix(2_000), as: UTF8.self))
        }
    }

    /// What the browser is like; the names with `goog:` are chromedriver's
    /// (https://developer.chrome.com/docs/chromedriver/capabilities).
    private static func capabilities(_ folder: String) -> [String: JSONValue] {
        // The page is our own and the tests may run as root, where there is no sandbox.
        let arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run", "--disable-extensions", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--mute-audio", "--hide-scrollbars",
            "--user-data-dir=\(folder)/profile", "--remote-debugging-pipe",
            "--window-size=1280,900",
        ]
        return [
            "browserName": "chrome",
            "goog:chromeOptions": [
                "binary": .string(chromium), "args": .array(arguments.map(JSONValue.string)),
                "perfLoggingPrefs": ["enableNetwork": true, "enablePage": false],
            ],
            "goog:loggingPrefs": ["browser": "ALL", "performance": "ALL"],
        ]
    }

    /// The port that the driver chose, which it tells on its output.
    private static func port(saidIn output: String, by process: ChildProcess) async throws -> Int {
        try await eventually("chromedriver listens", pause: .milliseconds(5)) {
            guard process.status == nil else { throw BrowserError("it ended") }
            let text = FileManager.default.contents(atPath: output) ?? Data()
            let said = String(decoding: text, as: UTF8.self)
            // With the full stop, the number is whole.
            return said.firstMatch(of: /started successfully on port (\d+)\./).flatMap { Int($0.1) }
        }
    }

    private func end() async {
        // A test that was cancelled ends its browser, too.
        await Task {
            // What the driver has not ended, the end of its process group does.
            try? await driver.close()
            _ = await process.stop(within: .seconds(10))
        }.value
    }
}

/// What a browser did not do.
package struct BrowserError: Error, CustomStringConvertible {
    /// A sentence for people.
    package let description: String

    init(_ description: String) { self.description = description }
}

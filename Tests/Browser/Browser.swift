import FoundationEssentials
import Glibc
import Lifecycle
import PipelineTesting

/// Headless Chromium with one page, driven over its DevTools protocol; for tests of pages.
///
/// `Tests/run` installs Debian's `chromium`.
package final class Browser: Sendable {
    /// Where Debian puts it.
    private static let program = "/usr/bin/chromium"

    /// Whether there is a Chromium here.
    package static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: program)
    }

    /// The page.
    package let page: BrowserPage
    private let process: ChildProcess
    private let folder: TemporaryFolder

    private init(_ page: BrowserPage, _ process: ChildProcess, _ folder: TemporaryFolder) {
        self.page = page
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
        // The page is our own and the tests may run as root, where there is no sandbox.
        let process = try await ChildProcess.start(
            ChildProgram(
                name: "chromium", path: program,
                arguments: [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                    "--no-first-run", "--disable-extensions", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync", "--mute-audio",
                    "--hide-scrollbars", "--user-data-dir=\(folder.path)/profile",
                    "--remote-debugging-port=0", "--window-size=1280,900", "about:blank",
                ],
                environment: environment, readiness: .running,
                output: .file(folder.path + "/chromium.out"), watchesParent: false))
        do {
            let port = try await port(in: folder.path + "/profile", of: process)
            return Browser(try await BrowserPage.open(port: port), process, folder)
        } catch {
            _ = await process.stop(within: .zero)
            let said = FileManager.default.contents(atPath: folder.path + "/chromium.out")
            throw BrowserError(
                "chromium did not start: \(error); "
                    + String(decoding: (said ?? Data()).suffix(2_000), as: UTF8.self))
        }
    }

    /// The port that Chromium chose, which it writes into its profile's folder.
    private static func port(in profile: String, of process: ChildProcess) async throws -> Int {
        try await eventually("chromium listens") {
            guard process.status == nil else { throw BrowserError("it ended") }
            let text = FileManager.default.contents(atPath: profile + "/DevToolsActivePort")
            let lines = String(decoding: text ?? Data(), as: UTF8.self).split(separator: "\n")
            return lines.count > 1 ? Int(lines[0]) : nil
        }
    }

    private func end() async {
        await page.close()
        _ = await process.stop(within: .seconds(10))
    }
}

/// What a browser did not do.
package struct BrowserError: Error, CustomStringConvertible {
    /// A sentence for people.
    package let description: String

    init(_ description: String) { self.description = description }
}

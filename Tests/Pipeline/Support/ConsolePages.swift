import Browser
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// The console in a browser, as the tests of its pages open it.
struct ConsolePages {
    /// Where the console is, without a slash at the end.
    let base: String
    /// The installation's key.
    let key: String
    private let client: LocalAPI

    init() throws {
        let installation = try #require(RunningInstallation.shared)
        client = installation.console
        base = installation.console.base
        key = try #require(installation.console.key)
    }

    /// The rooms that there are, by their paths.
    static let rooms = ["/", "/pages/audit/", "/pages/parts/"]

    /// A business, so that no room is empty.
    func fill() async throws {
        let tenants = try await client.call(.get, "/api/v1/tenants")["tenants"]
        guard tenants.elements.isEmpty else { return }
        let tenant = #"""
            {"id": "luz", "name": "Óptica Luz", "account": "9", "numbers": [{"id": "1"}],
            "appSecret": "a", "verifyToken": "v", "accessToken": "t"}
            """#
        try await client.call(.post, "/api/v1/tenants", Array(tenant.utf8))
        try await eventually("it is in the audit log") {
            try await client.call(.get, "/api/v1/counts/audit")["entries"].int == 1
        }
    }

    /// Opens a room and signs in by the keyboard alone.
    func enter(_ page: BrowserPage, _ room: String) async throws {
        try await fill()
        try await page.go(to: base + room)
        try await page.wait(for: "document.activeElement.id === 'key'")
        try await page.type(key)
        try await page.press("Enter")
        try await page.wait(for: "document.querySelector('main.page table tbody td')")
    }

    /// Goes to a room once somebody is in.
    func go(_ page: BrowserPage, _ room: String) async throws {
        try await page.go(to: base + room)
        try await page.wait(for: "document.querySelector('main.page table tbody td')")
    }

    /// Keeps a picture where whoever works on the pages wants to look at it.
    func keep(_ name: String, _ page: BrowserPage) async throws {
        let picture = try await page.picture()
        #expect(picture.starts(with: [0x89] + Array("PNG".utf8)))
        guard let folder = ProcessInfo.processInfo.environment["PARLEY_PICTURES"] else { return }
        try Data(picture).write(to: URL(filePath: "\(folder)/\(name).png"))
    }

    /// Expects that the page found nothing to complain of, and asked nobody but the console.
    func expectQuiet(_ page: BrowserPage) {
        let complaints = page.takeComplaints()
        #expect(complaints.isEmpty, "\(complaints)")
        let elsewhere = page.takeRequests().filter {
            !$0.hasPrefix(base + "/") && !$0.hasPrefix("blob:\(base)/")
                // The browser's own pictures of fields.
                && !$0.hasPrefix("data:")
        }
        #expect(elsewhere.isEmpty, "\(elsewhere)")
    }
}

/// axe-core, which looks for what keeps people out of a page; `Tests/run` installs it.
struct Axe {
    private let script: String

    /// Where it is, if it is here.
    private static var path: String? {
        let lib = ParleyProgram.home + "/.build/test-tools/lib"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: lib)) ?? []
        return names.sorted().map { "\(lib)/\($0)/site-packages/axe_core_python/axe.min.js" }
            .first { FileManager.default.fileExists(atPath: $0) }
    }

    /// Whether it is here.
    static var isInstalled: Bool { path != nil }

    init() throws {
        let path = try #require(Self.path)
        script = ParleyProgram.text(path)
        #expect(!script.isEmpty)
    }

    /// Expects that it finds nothing in the page as it is now.
    func expectNothing(_ page: BrowserPage, _ place: String) async throws {
        _ = try await page.isTrue("window.axe || (() => { \(script); })()")
        let found = try await page.string(
            """
            axe.run(document, { runOnly: [
              'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice',
            ] }).then(({ violations }) => violations.map(({ id, nodes }) =>
              id + ': ' + nodes.map((node) => node.html.slice(0, 200)).join(' ')).join('\\n'))
            """)
        #expect(found == "", "\(place)")
    }
}

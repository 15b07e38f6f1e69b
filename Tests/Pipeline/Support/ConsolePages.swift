import Browser
import Console
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// The console in a browser, as the tests of its pages open it.
struct ConsolePages {
    let installation: RunningInstallation
    /// Where the console is, without a slash at the end.
    let base: String
    /// The installation's key.
    let key: String
    /// Whoever has that key, at the API.
    let client: LocalAPI

    init() throws {
        installation = try #require(RunningInstallation.shared)
        client = installation.console
        base = installation.console.base
        key = try #require(installation.console.key)
    }

    /// The pages at the door, for those who are not in, and those that a mail's link leads to.
    static let doors = [
        "address", "invitation", "reset", "setup", "sign-in", "signup", "unsubscribe", "verify",
    ].map { "/pages/\($0)/" }

    /// Every other page that is served, by its shortest address: what lands later is there, too.
    static func rooms() throws -> [String] {
        let pages = try PageFiles(folder: ParleyProgram.home + "/Sources/Capabilities").paths
        return pages.filter { page in
            page.hasSuffix("/") && page.split(separator: "/").count < 3 && page != "/pages/home/"
                && !doors.contains(page)
        }
    }

    /// What says that a page shows what it has: nothing is on its way any more.
    static let isWhole = """
        document.readyState === 'complete' && document.querySelector('main')?.children.length
          && document.querySelector('main h1')
          && !document.querySelector('main.page:empty, main [aria-busy="true"]:not(.button)')
          // The page of parts shows what waits for ever, too.
          && !document.querySelector('main .bones:not(#lists *, #charts *)')
        """

    /// Texts that can be seen or heard and come from no catalogue: names and numbers are marked as
    /// such, and made-up texts of the page of parts are values of fields.
    static let strangers = """
        (() => {
          const own = 'bdi, time, .mono, code, kbd, .num, output, svg, script, template, noscript, #icons,'
            + '[lang]:not(html), [aria-hidden="true"], textarea, option[value*="/"], [data-sample],'
            // Names of languages and zones, and a day as each format writes it.
            + '[name="language"], [name="timeZone"], [name="dateFormat"]';
          const isMarked = (text) => text.includes('⟦') || !/\\p{L}{2,}/u.test(text) || text === 'Parley';
          const found = [];
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const parent = walk.currentNode.parentElement;
            const text = walk.currentNode.data.trim();
            if (!text || parent.closest(own)) continue;
            // The key of a text that is in no catalogue.
            if (/^[a-z]+(\\.[A-Za-z]+)+$/.test(text)) found.push(text);
            if (!isMarked(text) && !isMarked(parent.parentElement.textContent)) found.push(text);
          }
          for (const element of document.body.querySelectorAll('[aria-label], [title], [placeholder], svg[aria-label]')) {
            if (element.closest('time, bdi, [lang]:not(html)')) continue;
            for (const name of ['aria-label', 'title', 'placeholder']) {
              const text = element.getAttribute(name);
              if (text && !isMarked(text)) found.push(name + ': ' + text);
            }
          }
          return found.join('\\n');
        })()
        """

    /// Pages at the door as a link opens them, with what it holds.
    func doorLinks() async throws -> [String] {
        let email = "maria-del-carmen.fernandez-de-la-vega.y.sanchez@un-dominio-largo.example"
        let invited = #"{"email": "\#(email)", "role": "agent"}"#
        try await client.call(
            .post, "/api/v1/tenants/\(Self.business.id)/invitations", Array(invited.utf8))
        let token = try await mailed(to: email).token
        let setUp = try await setUpToken()
        return [
            "/pages/setup/#token=\(setUp)", "/pages/invitation/#token=\(token)",
            "/pages/verify/#token=any", "/pages/address/#token=any", "/pages/reset/#token=any",
            "/pages/unsubscribe/#any",
        ]
    }

    /// A business, so that no room is empty.
    func fill() async throws {
        let tenants = try await client.call(.get, "/api/v1/tenants")["tenants"]
        guard tenants.elements.isEmpty else { return }
        let tenant = #"""
            {"id": "luz", "name": "Óptica Luz", "account": "9", "numbers": [{"id": "1"}],
            "appSecret": "a", "verifyToken": "v", "accessToken": "t"}
            """#
        try await client.call(.post, "/api/v1/tenants", Array(tenant.utf8))
        // A moment after it is an organisation, too.
        try await eventually("it is in the audit log") {
            try await client.call(.get, "/api/v1/counts/audit?action=tenant.create")["entries"]
                .int ?? 0 > 0
        }
    }

    /// Opens a room and comes in by the installation's key, by the keyboard alone.
    func enter(_ page: BrowserPage, _ room: String) async throws {
        try await fill()
        try await page.go(to: base + room)
        try await page.showKey()
        try await page.type(key)
        try await page.press("Enter")
        try await page.wait(for: "document.querySelector('main.page table tbody td')")
    }

    /// Goes to a page, perhaps in a language, and waits until it is whole.
    func go(_ page: BrowserPage, _ address: String, language: String? = nil) async throws {
        let parts = address.split(separator: "#", maxSplits: 1)
        let link = parts.count > 1 ? "#\(parts[1])" : ""
        let query = language.map { "?language=\($0)" } ?? ""
        try await page.go(to: base + parts[0] + query + link)
        try await page.wait(for: Self.isWhole)
    }

    /// Keeps a picture where whoever works on the pages wants to look at it.
    func keep(_ name: String, _ page: BrowserPage) async throws {
        guard let folder = ProcessInfo.processInfo.environment["PARLEY_PICTURES"] else { return }
        let picture = try await page.picture()
        #expect(picture.starts(with: [0x89] + Array("PNG".utf8)))
        try Data(picture).write(to: URL(filePath: "\(folder)/\(name).png"))
    }

    /// Expects that the page found nothing to complain of, and asked nobody but the console.
    func expectQuiet(_ page: BrowserPage) async throws {
        let complaints = try await page.takeComplaints()
        #expect(complaints.isEmpty, "\(complaints)")
        let elsewhere = try await page.takeRequests().filter {
            !$0.hasPrefix(base + "/") && !$0.hasPrefix("blob:\(base)/")
                && !$0.hasPrefix(base.replacing("http:", with: "ws:") + "/")
                // The browser's own pictures of fields.
                && !$0.hasPrefix("data:")
        }
        #expect(elsewhere.isEmpty, "\(elsewhere)")
    }
}

extension BrowserPage {
    /// Turns the door from address and password to the installation's key, by the keyboard.
    func showKey() async throws {
        try await wait(for: "document.activeElement.id === 'email'")
        for _ in 0..<8 {
            if try await string("document.activeElement.dataset.act ?? ''") == "use-key" { break }
            try await press("Tab")
        }
        try await press("Enter")
        try await wait(for: "document.activeElement.id === 'key'")
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
            axe.run(document, { resultTypes: ['violations'], runOnly: [
              'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice',
            ] }).then(({ violations }) => violations.map(({ id, nodes }) =>
              id + ': ' + nodes.map((node) => node.html.slice(0, 200)).join(' ')).join('\\n'))
            """)
        #expect(found == "", "\(place)")
    }
}

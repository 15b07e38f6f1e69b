import Browser
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// An organisation's own pages: its settings that several people edit, its logo, and its end.
@Suite(
    "Organisations in a browser", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(10)))
struct OrganisationPageTests {
    private let console: ConsolePages
    private let target = "/api/v1/tenants/luz/organisation"

    init() throws { console = try ConsolePages() }

    private func enter(_ page: BrowserPage, _ tab: String) async throws {
        try await console.makeOwner()
        try await console.signIn(page)
        try await console.choose(ConsolePages.business, page)
        try await console.go(page, "/pages/organisation/#" + tab)
    }

    /// Somebody else changes a part meanwhile.
    private func changeMeanwhile(_ name: String) async throws {
        let now = try await console.client.call(.get, target + "/profile")
        let answer = try await console.client.send(
            .put, target + "/profile", try jsonBytes(["name": name, "address": ""]),
            headers: [("If-Match", "\"\(now["version"].int ?? 0)\"")])
        #expect(answer.status == 200, "\(answer.body)")
    }

    @Test(
        "tell two people who edit one part of each other, and keep what was typed",
        arguments: [1280, 390])
    func conflict(width: Int) async throws {
        try await Browser.with { page in
            try await page.resize(width: width, height: 844, isPhone: width < 500)
            try await enter(page, "profile")
            let name = "#tab-profile [name=name]"
            try await page.fill(name, "Mine \(width)")
            try await changeMeanwhile("Theirs \(width)")
            try await page.press("Enter")
            try await page.wait(for: "document.querySelector('#tab-profile .notice.warn')")
            #expect(try await page.takeComplaints().count == 1)
            #expect(
                try await page.string("document.querySelector('\(name)').value")
                    == "Mine \(width)")
            #expect(
                try await console.client.call(.get, target)["name"].string == "Theirs \(width)")
            try await console.keep("organisation-conflict-\(width)", page)
            try await page.click("#tab-profile .notice.warn .button:first-of-type")
            try await page.wait(
                for: "document.querySelector('\(name)').value === 'Theirs \(width)'")
            try await console.expectQuiet(page)
        }
    }

    /// A picture of one pixel.
    private static let picture =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
        + "gg=="

    @Test("take a logo, show it wherever the organisation is shown, and refuse what is no picture")
    func logo() async throws {
        let folder = try TemporaryFolder()
        let (good, bad) = (folder.path + "/logo.png", folder.path + "/bad.png")
        try #require(Data(base64Encoded: Self.picture)).write(to: URL(filePath: good))
        try Data("<svg onload='alert(1)'/>".utf8).write(to: URL(filePath: bad))
        try await Browser.with { page in
            try await enter(page, "profile")
            try await page.upload(bad, in: "#logo-file")
            try await page.wait(
                for: "!document.querySelector('.organisation-logo ~ [role=alert]').hidden")
            #expect(try await page.takeComplaints().count == 1)
            try await page.upload(good, in: "#logo-file")
            try await page.wait(
                for: "document.querySelector('.organisation-logo img')?.naturalWidth === 1")
            try await console.keep("organisation-logo", page)
            try await page.click("#logo-remove")
            try await page.wait(for: "!document.querySelector('.organisation-logo img')")
            try await console.expectQuiet(page)
        }
    }

    @Test("give everything out as a file")
    func export() async throws {
        let folder = try TemporaryFolder()
        try await Browser.with { page in
            try await page.save(to: folder.path)
            try await enter(page, "data")
            try await page.click("#export-all")
            let file = folder.path + "/luz.ndjson"
            let lines = try await eventually("the file is whole") {
                guard FileManager.default.fileExists(atPath: file) else { return nil as [JSON]? }
                return try? ParleyProgram.text(file).split(separator: "\n").map {
                    try JSON(Array($0.utf8))
                }
            }
            #expect(lines.count > 2)
            #expect("\(lines)".contains(ConsolePages.owner))
            try await console.expectQuiet(page)
        }
    }

    @Test("end only once its id is typed, and say until when that can be taken back")
    func deletion() async throws {
        try await Browser.with { page in
            try await enter(page, "data")
            try await page.click("#delete")
            try await page.wait(for: "document.querySelector('dialog[open] .input')")
            #expect(
                try await page.isTrue("document.querySelector('[data-act=confirm]').disabled"))
            try await console.keep("organisation-deletion", page)
            try await page.fill("dialog .input", "luz")
            try await page.click("[data-act=confirm]")
            try await page.wait(for: "document.querySelector('.toast')")
            try await console.expectQuiet(page)
        }
        let now = try await console.client.call(.get, "/api/v1/organisations/luz")
        #expect(now["listed"]["organisation"]["standing"].string == "deleted")
        try await console.client.call(.post, "/api/v1/organisations/luz/restore")
    }
}

import Browser
import HTTPClient
import PipelineTesting
import Testing

/// How model servers do, where operators look.
@Suite(
    "Model servers in a browser", .installation(), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(10)))
struct ModelServerPageTests {
    private let console: ConsolePages

    init() throws { console = try ConsolePages() }

    @Test("one that is left alone is shown with what was wrong")
    func models() async throws {
        let model = try ModelDouble { _ in .fail(401) }
        let name = "modelled"
        _ = try await console.installation.connect(name, model: model.url)
        // Each trial gives up after two failures; five in a row are too many.
        for _ in 0..<3 {
            let tried = try await console.client.send(
                .post, "/api/v1/tenants/\(name)/model-trial")
            #expect(tried.status == 502 && tried.body["code"].string == "model_failed")
        }
        try await Browser.with { page in
            try await console.enter(page, "/")
            try await page.go(to: console.base + "/pages/operations/")
            try await page.wait(for: "document.querySelector('#models [data-server]')")
            try await page.wait(for: "document.querySelector('[data-finding=modelDown]')")
            let shown = try await page.texts("#models").joined()
            for words in [model.url, "left alone", "Its key is missing"] {
                #expect(shown.contains(words), "\(shown)")
            }
            try await console.keep("operations-models", page)
            try await console.expectQuiet(page)
        }
        await model.stop()
    }
}

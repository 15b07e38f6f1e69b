import Browser
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// A business's line to WhatsApp, its templates and what is tried of it, in a browser.
@Suite(
    "WhatsApp in a browser", .installation(), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(10)))
struct ChannelPageTests {
    private static let business = (id: "luz", name: "Shop luz")

    private let console: ConsolePages
    private let installation: RunningInstallation

    init() throws {
        console = try ConsolePages()
        installation = try #require(RunningInstallation.shared)
    }

    /// The business, whose owner also runs the installation.
    private func connect() async throws {
        let tenants = try await console.client.call(.get, "/api/v1/tenants")["tenants"].elements
        if !tenants.contains(where: { $0["id"].string == Self.business.id }) {
            _ = try await installation.connect(Self.business.id, burstPause: 0)
        }
        try await console.makeOwner()
    }

    /// Opens the business's page.
    private func open(_ page: BrowserPage, width: Int) async throws {
        try await page.resize(width: width, height: 844, isPhone: width < 500)
        try await console.signIn(page)
        try await console.choose(Self.business, page)
        try await console.go(page, "/pages/channels/")
    }

    private func template(_ name: String, _ language: String, _ body: String, _ more: String = "")
        async throws
    {
        let json =
            #"{"business":"\#(Self.business.id)","name":"\#(name)","#
            + #""language":"\#(language)","body":"\#(body)"\#(more)}"#
        try await installation.simulator.call(.post, "/api/v1/templates", Array(json.utf8))
    }

    @Test(
        "templates are synchronised, found and previewed, and everything is tried",
        arguments: [1280, 390])
    func templates(width: Int) async throws {
        try await connect()
        try await template(
            "order_ready", "en_US", "Hello {{name}}, your {{bike}} is ready.",
            #","header":"TEXT","header_text":"Good news","footer":"Demo shop","#
                + #""quick_replies":["Thanks"],"url":"https://demo.example/o/{{1}}""#)
        try await template("order_ready", "es", "Hola {{name}}, tu {{bike}} está lista.")
        try await template("paused_one", "en", "Hello {{1}}", #","status":"PAUSED""#)
        try await Browser.with { page in
            try await open(page, width: width)
            try await page.click("#synchronise")
            try await page.wait(
                for: "document.querySelectorAll('main tr[data-row]').length >= 4")
            try await console.keep("channels-\(width)", page)
            try await page.fill("[name=text]", "lista")
            try await page.wait(
                for: "document.querySelectorAll('main tr[data-row]').length === 1")
            try await page.fill("[name=text]", "")
            try await page.wait(
                for: "document.querySelectorAll('main tr[data-row]').length >= 4")
            try await page.click("tr[data-row='order_ready/en_US'] [data-lead]")
            try await page.wait(for: "document.querySelector('#bubble')")
            try await page.fill("[name='value-name']", "Ana")
            try await page.wait(
                for: "document.querySelector('#bubble').innerText.includes('Hello Ana, your')")
            let bubble = try await page.texts("#bubble").joined()
            #expect(bubble.contains("Good news") && bubble.contains("{{bike}}"), "\(bubble)")
            #expect(bubble.contains("Demo shop") && bubble.contains("Thanks"), "\(bubble)")
            try await console.keep("channels-template-\(width)", page)
            try await page.press("Escape")
            try await page.wait(for: "!document.querySelector('dialog')")
            try await page.click("#try")
            try await page.wait(for: "document.querySelector('[data-check=token]')")
            for check in ["token", "number", "clock", "webhook", "templates"] {
                let outcome = try await page.string(
                    "document.querySelector('[data-check=\(check)]')?.dataset.outcome ?? ''")
                #expect(outcome == "fine", "\(check)")
            }
            try await console.keep("channels-checks-\(width)", page)
            for theme in ["light", "dark"] {
                try await page.prefer(theme: theme)
                try await console.keep("channels-\(theme)-\(width)", page)
            }
            try await console.expectQuiet(page)
        }
    }

    @Test("what keeps a business from sending stands above all, with what to do")
    func stopped() async throws {
        try await connect()
        _ = try await installation.register(
            ["name": Self.business.id, "access_token": "another"])
        let customer = Customer(of: Self.business.id, in: installation)
        try await customer.writeInOrder("What time do you open on Saturday?")
        try await eventually("the stop is known") {
            try await !installation.console.call(
                .get, "/api/v1/tenants/\(Self.business.id)")["stops"].elements.isEmpty
        }
        for width in [1280, 390] {
            try await Browser.with { page in
                try await open(page, width: width)
                try await page.wait(for: "document.querySelector('#stops .notice.bad')")
                let words = try await page.texts("#stops").joined()
                #expect(words.contains("190") && words.contains("new token"), "\(words)")
                try await console.keep("channels-stopped-\(width)", page)
            }
        }
        let doctor = try await ParleyProgram.run("doctor", "--data", installation.data)
        #expect(doctor.exit == .code(1), "\(doctor.output)")
        #expect(doctor.output.contains("BROKEN"), "\(doctor.output)")
        #expect(doctor.output.contains("access token has expired"), "\(doctor.output)")
        #expect(doctor.output.contains("disk:"), "\(doctor.output)")
    }
}

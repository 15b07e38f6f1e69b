import Browser
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// What the bot knows, in a browser: from a file to a cited answer, and from a question that nobody
/// answered to its answer.
@Suite(
    "Knowledge in a browser", .installation(), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(15)))
struct KnowledgePageTests {
    private static let business = (id: "luz", name: "Shop luz")
    private static let base = "/api/v1/tenants/luz"

    private let console: ConsolePages
    private let installation: RunningInstallation

    init() throws {
        console = try ConsolePages()
        installation = try #require(RunningInstallation.shared)
    }

    private func connect() async throws {
        let tenants = try await console.client.call(.get, "/api/v1/tenants")["tenants"].elements
        if !tenants.contains(where: { $0["id"].string == Self.business.id }) {
            _ = try await installation.connect(
                Self.business.id, burstPause: 0, documents: Facts.documents)
        }
        try await console.makeOwner()
    }

    private func open(_ page: BrowserPage, width: Int = 1280, at view: String = "") async throws {
        try await page.resize(width: width, height: 844, isPhone: width < 500)
        try await console.signIn(page)
        try await console.choose(Self.business, page)
        try await console.go(page, "/pages/knowledge/" + view)
    }

    private static let kites = """
        # Kites

        Renting a kite costs 7 euros for a day.

        ## Wind

        Above 50 kilometres an hour no kites are lent.
        """

    @Test("a file becomes passages, is found by its label, and answers with what it says")
    func upload() async throws {
        try await connect()
        let folder = try TemporaryFolder()
        let file = folder.path + "/Kites.md"
        try Data(Self.kites.utf8).write(to: URL(filePath: file))
        try await Browser.with { page in
            try await open(page)
            try await page.wait(for: "document.querySelector('#overview').innerText.length > 0")
            try await page.upload(file, in: "#upload-files")
            try await page.wait(
                for: "document.querySelector('[data-upload=\"Kites.md\"][data-state=done]')")
            try await page.wait(
                for: """
                    [...document.querySelectorAll('main tr[data-row]')]
                      .some((row) => row.innerText.includes('Kites.md'))
                    """)
            try await console.keep("knowledge-documents", page)
            // Its passages, as they are found.
            try await page.click("[data-upload='Kites.md'] .button.quiet")
            try await page.wait(for: "document.querySelectorAll('#passages .passage').length === 2")
            #expect(
                try await page.texts("#passages .passage").contains { $0.contains("50 kilometres") }
            )
            try await console.keep("knowledge-document", page)
            // It is kept under a label, by which it is found.
            try await page.click("#document [role=tab]:nth-child(3)")
            try await page.fill("#document [name=labels]", "Lending, summer")
            try await page.click("#document form button[type=submit]")
            try await page.wait(for: "document.querySelector('.toast')")
            try await page.press("Escape")
            try await page.wait(
                for: "document.querySelector('main [name=label] option[value=summer]')")
            try await page.choose("summer", in: "main [name=label]")
            try await page.wait(
                for: "document.querySelectorAll('main tr[data-row]').length === 1")
            // A question finds it, on the way that customers' questions take.
            try await page.click("[role=tab]", saying: "Try a question")
            try await page.fill("[data-part=question]", "What does renting a kite cost for a day?")
            try await page.click("[data-act=try]")
            try await page.wait(for: "document.querySelector('[data-outcome=answer]')")
            let said = try await page.texts("[data-outcome=answer]").joined()
            #expect(said.contains("7 euros"))
            #expect(
                try await page.texts("#reasons .passage.used").contains {
                    $0.contains("Kites.md") && $0.contains("7 euros")
                })
            try await console.keep("knowledge-trial", page)
            try await console.expectQuiet(page)
        }
        // Nothing of the trial was a customer's: nobody wrote, nobody was answered.
        let talks = try await console.client.call(.get, Self.base + "/conversations")
        #expect(talks["conversations"].elements.isEmpty)
        // By API, too.
        let labelled = try await console.client.call(.get, Self.base + "/documents?label=SUMMER")
        #expect(labelled["documents"].elements.map(\.["name"].string) == ["Kites.md"])
        let elsewhere = try await console.client.call(
            .get, Self.base + "/search?q=renting%20a%20kite&label=summer")
        #expect(
            elsewhere["passages"].elements.allSatisfy { $0["documentName"].string == "Kites.md" })
        let answer = try await Customer(of: Self.business.id, in: installation)
            .ask("What does renting a kite cost for a day?")
        #expect(answer.text.contains("7 euros"))
    }

    @Test("what nobody answered is gathered, answered by its owner, and answered by the bot then")
    func unanswered() async throws {
        try await connect()
        let question = "Do you repair electric unicycles?"
        for words in [question, "repair of electric unicycles", "do u repair electric unicycle"] {
            let first = try await Customer(of: Self.business.id, in: installation).ask(words)
            #expect(!first.text.contains("Yes, we repair"))
        }
        let groups = try await eventually("three questions are one") {
            let found = try await console.client.call(.get, Self.base + "/unanswered")["groups"]
                .elements.first
            return found?["count"].int == 3 ? found : nil
        }
        let id = try #require(groups["id"].string)
        try await Browser.with { page in
            try await open(page, at: "?view=unanswered")
            try await page.wait(for: "document.querySelector('[data-group=\"\(id)\"]')")
            try await console.keep("knowledge-unanswered", page)
            try await page.click("[data-group='\(id)'] [data-act=write-answer]")
            try await page.fill("#answer-form [name=question]", question)
            try await page.fill("#answer-form [name=answer]", "Yes, we repair them on Mondays.")
            try await console.keep("knowledge-answer-form", page)
            try await page.click("#answer-form button[type=submit]")
            try await page.wait(for: "!document.querySelector('[data-group=\"\(id)\"]')")
            try await page.choose("settled", in: "main [name=settled]")
            try await page.wait(for: "document.querySelector('[data-group=\"\(id)\"] .badge.ok')")
            try await console.expectQuiet(page)
        }
        let customer = Customer(of: Self.business.id, in: installation)
        #expect(try await customer.ask(question).text.contains("Yes, we repair them on Mondays."))
    }

    @Test("what agents suggest, owners use; what is put aside can be opened again")
    func settled() async throws {
        try await connect()
        let words = "Which lacquer suits yacht masts?"
        _ = try await Customer(of: Self.business.id, in: installation).ask(words)
        func group(_ standing: String = "open") async throws -> JSON? {
            try await console.client.call(.get, Self.base + "/unanswered?standing=\(standing)")[
                "groups"
            ].elements.first { $0["title"].string?.contains("lacquer") == true }
        }
        let found = try await eventually("it is there") { try await group() }
        let message = try #require(found["messages"].elements.first)
        let (talk, asked) = (
            try #require(message["conversation"].string), try #require(message["message"].string)
        )
        let messages = #"[{"conversation":"\#(talk)","message":"\#(asked)"}]"#
        func post(_ path: String, _ json: String) async throws -> JSON {
            try await console.client.call(.post, Self.base + path, Array(json.utf8))
        }
        _ = try await post(
            "/unanswered/suggestions",
            #"{"messages":\#(messages),"question":"Lacquer?","answer":"The clear one."}"#)
        #expect(try await group()?["mark"]["answer"].string == "The clear one.")
        _ = try await post(
            "/unanswered/settlements", #"{"messages":\#(messages),"standing":"putAside"}"#)
        #expect(try await group() == nil)
        #expect(try await group("settled")?["mark"]["standing"].string == "putAside")
        _ = try await post(
            "/unanswered/settlements", #"{"messages":\#(messages),"standing":"open"}"#)
        #expect(try await group()?["mark"]["standing"].string == "open")
        let unknown = try await console.client.send(
            .post, Self.base + "/unanswered/settlements",
            Array(
                #"{"messages":[{"conversation":"x","message":"y"}],"standing":"open"}"#.utf8))
        #expect(unknown.status == 404 && unknown.body["code"].string == "no_question")
        let audit = "\(try await console.client.call(.get, Self.base + "/audit"))"
        #expect(audit.contains("question.suggest") && audit.contains("question.putAside"))
    }

    @Test("looks right with nothing, with problems, in the dark and on a phone")
    func looks() async throws {
        try await connect()
        _ = try await installation.add(
            "broken.pdf", Array("%PDF-1.4 none".utf8), to: Self.business.id)
        for (width, theme) in [(1280, "light"), (1280, "dark"), (390, "dark")] {
            try await Browser.with { page in
                try await page.prefer(theme: theme)
                try await open(page, width: width)
                try await page.wait(for: "document.querySelector('[data-standing=bad]')")
                try await console.keep("knowledge-\(theme)-\(width)", page)
                for view in ["unanswered", "answers", "sites", "try"] {
                    try await console.go(page, "/pages/knowledge/?view=" + view)
                    try await console.keep("knowledge-\(view)-\(theme)-\(width)", page)
                }
                try await console.expectQuiet(page)
            }
        }
    }
}

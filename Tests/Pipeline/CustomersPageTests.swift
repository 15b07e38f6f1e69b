import Browser
import Conversation
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// Customers, cases and macros, in a browser.
@Suite(
    "Customers in a browser", .installation(), .serialized,
    .enabled(
        if: Browser.isInstalled && Axe.isInstalled, "Tests/run installs Chromium and axe-core"),
    .timeLimit(.minutes(15)))
struct CustomersPageTests {
    private static let business = RunningInstallation.demo
    private static let base = "/api/v1/tenants/\(business)"

    private let console: ConsolePages
    private let installation: RunningInstallation
    private let axe: Axe

    init() throws {
        console = try ConsolePages()
        installation = try #require(RunningInstallation.shared)
        axe = try Axe()
    }

    private func has(_ selector: String, _ words: String) -> String {
        "[...document.querySelectorAll('\(selector)')].some((e) => e.innerText.includes('\(words)'))"
    }

    private func without(_ selector: String) -> String { "!document.querySelector('\(selector)')" }

    private func file(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/customers-\(UUID()).csv"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func call(
        _ method: HTTPClientRequest.Method, _ path: String, _ body: String? = nil
    ) async throws -> JSON {
        try await installation.console.call(
            method, Self.base + path, body.map { Array($0.utf8) })
    }

    private func leaveField(_ page: BrowserPage) async throws {
        _ = try await page.isTrue("document.activeElement.blur() ?? true")
    }

    // MARK: The page of customers

    @Test("customers come from a file or not at all, are found, linked and separated, and say no")
    func customers() async throws {
        try await console.join("iris@shop.example", "Iris Mar", as: "admin", of: Self.business)
        _ = try await call(.post, "/desk/labels", #"{"name":"Terrace","colour":"green"}"#)
        let customer = Customer(in: installation)
        try await customer.write("What are your opening hours?", named: "Paula Writes")
        try await Browser.with { page in
            try await page.resize(width: 1280, height: 900)
            try await console.signIn(page, "iris@shop.example")
            try await console.go(page, "/pages/customers/")
            try await page.wait(for: has(".customers-table", "Paula Writes"))
            try await imports(page, customer)
            try await searches(page)
            try await links(page)
            try await consents(page)
            try await looks(page)
            try await console.expectQuiet(page)
        }
    }

    private func imports(_ page: BrowserPage, _ customer: Customer) async throws {
        let head = "phone,name,labels,consent,consent_source\n"
        let bad = try file(
            head + "+34 600 900 111,Olga Uno,Terrace,yes,\n600900112,Olga Dos,,no,\n")
        let good = try file(
            head + "+34 600 900 111,Olga Uno,Terrace,yes,form in the shop\n"
                + "+34 600 900 112,=Olga Dos,,no,\n+\(customer.phone),Paula,,no,\n")
        try await page.click("#import")
        try await page.wait(for: "document.querySelector('#import-dialog')")
        try await page.upload(bad, in: "#import-dialog [data-part=file]")
        try await page.wait(for: "document.querySelectorAll('.customer-problems li').length === 2")
        try await console.keep("customers-import-wrong", page)
        #expect(
            try await page.isTrue(
                "document.querySelector('[data-code=no_source]').innerText.includes('2')"))
        #expect(
            try await page.isTrue("document.querySelector('[data-act=import-go]').disabled"))
        try await axe.expectNothing(page, "a file with something wrong")
        try await console.keep("customers-import-wrong", page)
        // Nothing of it is kept.
        #expect(try await call(.get, "/customers?words=olga")["total"] == .number(0))
        try await page.upload(good, in: "#import-dialog [data-part=file]")
        try await page.wait(for: "!document.querySelector('[data-act=import-go]').disabled")
        #expect(
            try await page.isTrue(
                "document.querySelector('[data-part=report]').innerText.includes('2 are new, 1 are known')"
            ))
        try await console.keep("customers-import-right", page)
        try await page.click("[data-act=import-go]")
        try await page.wait(for: has("[data-part=report]", "3 customers are in"))
        try await page.press("Escape")
        try await page.wait(for: without("#import-dialog"))
        try await page.wait(for: has(".customers-table", "Olga Uno"))
        try await page.wait(for: has(".customers-table", "Terrace"))
        // The same file again changes nothing, and a table of it holds no formula.
        let table = try #require(
            try await installation.console.send(
                .get, Self.base + "/exports/customers.csv?words=olga"
            ).body.string)
        #expect(table.contains("\"'=Olga Dos\"") && table.contains("\"'+34600900111\""))
        #expect(table.contains("\"yes\",\"form in the shop\""))
    }

    private func searches(_ page: BrowserPage) async throws {
        try await page.fill("input[name=words]", "+34600900111")
        try await page.wait(
            for: "document.querySelectorAll('.customers-table tbody tr').length === 1 && "
                + has(".customers-table", "Olga Uno"))
        try await page.fill("input[name=words]", "terrace")
        try await page.wait(
            for: "document.querySelectorAll('.customers-table tbody tr').length === 1 && "
                + has(".customers-table", "Olga Uno"))
        try await page.choose("", in: "input[name=words]")
        try await page.choose("out", in: "select[name=consent]")
        try await page.wait(
            for: has(".customers-table", "Olga Dos")
                + " && !(\(has(".customers-table", "Olga Uno")))")
        try await page.choose("", in: "select[name=consent]")
        try await page.wait(for: has(".customers-table", "Olga Uno"))
    }

    private func open(_ page: BrowserPage, _ name: String) async throws {
        try await page.click(
            found: "[...document.querySelectorAll('.customers-table [data-lead]')].find((e) => "
                + "e.closest('tr').innerText.includes('\(name)'))")
        try await page.wait(for: "document.querySelector('#customer [role=tab]')")
    }

    private func tab(_ page: BrowserPage, _ number: Int) async throws {
        try await page.click("#customer [role=tab]:nth-of-type(\(number))")
    }

    private func links(_ page: BrowserPage) async throws {
        try await open(page, "Olga Uno")
        try await tab(page, 3)
        try await page.fill("#merge-search", "olga dos")
        try await page.wait(for: "document.querySelector('[data-act=merge]')")
        try await page.click("[data-act=merge]")
        try await page.wait(for: "document.querySelector('[data-act=confirm]')")
        try await console.keep("customers-merge", page)
        try await page.click("[data-act=confirm]")
        try await page.wait(for: has("#customer [data-part=members]", "Olga Dos"))
        try await page.wait(for: "!(\(has(".customers-table", "Olga Dos")))")
        try await axe.expectNothing(page, "who somebody is, too")
        try await page.click("[data-act=unlink]")
        try await page.wait(for: without("#customer [data-part=members]"))
        try await page.wait(for: has(".customers-table", "Olga Dos"))
        try await page.press("Escape")
        try await page.wait(for: without("#customer"))
    }

    private func consents(_ page: BrowserPage) async throws {
        try await open(page, "Paula")
        // The business's own word for them, and what WhatsApp shows.
        try await page.wait(for: has("#customer [data-part=consent]", "no messages"))
        try await page.click("[data-act=consent-in]")
        try await page.fill("#consent-dialog input[name=source]", "said so at the bar")
        try await page.click("#consent-dialog form [type=submit]")
        try await page.wait(for: has("#customer [data-part=consent]", "said so at the bar"))
        try await tab(page, 2)
        try await page.wait(for: "document.querySelector('#customer [data-conversation]')")
        try await tab(page, 1)
        try await page.fill("#customer textarea[name=note]", "Likes the window")
        try await page.click("#customer form [type=submit]")
        try await eventually("the note is kept") {
            try await call(.get, "/customers?words=window")["total"] == .number(1) ? true : nil
        }
        try await page.press("Escape")
        try await page.wait(for: without("#customer"))
    }

    private func looks(_ page: BrowserPage) async throws {
        for theme in ["light", "dark"] {
            try await page.prefer(theme: theme)
            try await axe.expectNothing(page, "customers, \(theme)")
            try await console.keep("customers-\(theme)", page)
        }
        try await leaveField(page)
        try await page.press("n")
        try await page.wait(for: "document.querySelector('#new-customer')")
        try await page.click("#new-customer [data-act=field-add]")
        try await axe.expectNothing(page, "a new customer")
        try await console.keep("customers-new", page)
        try await page.press("Escape")
        try await page.wait(for: without("#new-customer"))
        try await page.resize(width: 390, height: 844, isPhone: true)
        try await page.wait(for: has(".customers-table", "Olga Uno"))
        let beyond = "document.scrollingElement.scrollWidth - innerWidth"
        #expect(try await page.number(beyond) == 0)
        try await axe.expectNothing(page, "customers on a phone")
        try await console.keep("customers-phone", page)
        try await open(page, "Olga Uno")
        try await axe.expectNothing(page, "a customer on a phone")
        try await console.keep("customer-phone", page)
    }

    // MARK: At the desk

    private func waiting(_ name: String) async throws -> (customer: Customer, id: String) {
        let customer = Customer(in: installation)
        try await customer.write("I want to talk to a person", named: name)
        let id = try await eventually("\(name) is in the queue") {
            try await call(.get, "/handoffs")["handoffs"].elements
                .first { $0["customer"]["phone"].string == customer.phone }?["conversation"].string
        }
        return (customer, id)
    }

    private func enter(_ page: BrowserPage, _ email: String, _ conversation: String) async throws {
        try await page.resize(width: 1280, height: 900)
        try await console.signIn(page, email)
        try await console.go(page, "/pages/desk/#c=\(conversation)")
        try await page.wait(for: "document.querySelector('[data-line=live]')")
        try await page.wait(for: "document.querySelector('.desk-foot > *')")
    }

    @Test(
        "a macro is done by keys, all or nothing; drafts follow a person; cases are linked and undone"
    )
    func desk() async throws {
        try await console.join("nora@shop.example", "Nora Sol", as: "admin", of: Self.business)
        let label = try #require(
            try await call(.post, "/desk/labels", #"{"name":"Sorted","colour":"teal"}"#)["labels"]
                .elements.first { $0["name"].string == "Sorted" }?["id"].string)
        let reply = try #require(
            try await call(
                .post, "/desk/replies",
                #"{"shortcut":"macrobye","title":"Bye","text":"Bye {customer.name}, from {agent.name}"}"#
            )["replies"].elements.first { $0["shortcut"].string == "macrobye" }?["id"].string)
        _ = try await call(.put, "/desk/outcomes", #"{"outcomes":["Table moved","No table"]}"#)
        try await settings(label, reply)
        let (customer, id) = try await waiting("Mia Macro")
        try await Browser.with { page in
            try await enter(page, "nora@shop.example", id)
            try await page.press("c")
            try await page.wait(for: "document.activeElement.id === 'reply'")
            try await drafts(page, id)
            try await runs(page, customer, id)
            try await cases(page, id)
            try await console.expectQuiet(page)
        }
        _ = try await call(.put, "/desk/outcomes", #"{"outcomes":[]}"#)
    }

    /// The macro is made on the page of the tools of work.
    private func settings(_ label: String, _ reply: String) async throws {
        try await Browser.with { page in
            try await page.resize(width: 1280, height: 1_000)
            try await console.signIn(page, "nora@shop.example")
            try await console.go(page, "/pages/desk-settings/#macros")
            try await page.click("#macro-add")
            try await page.wait(for: "document.querySelector('#macro-dialog')")
            try await page.fill("#macro-dialog input[name=name]", "Say goodbye")
            try await page.choose(reply, in: "#macro-dialog li:nth-child(1) [data-step=value]")
            for (index, kind) in ["note", "label", "close"].enumerated() {
                try await page.click("#macro-dialog [data-act=step-add]")
                try await page.choose(
                    kind, in: "#macro-dialog li:nth-child(\(index + 2)) [data-step=kind]")
            }
            try await page.fill("#macro-dialog li:nth-child(2) [data-step=value]", "Said goodbye")
            try await page.choose(label, in: "#macro-dialog li:nth-child(3) [data-step=value]")
            try await page.choose(
                "Table moved", in: "#macro-dialog li:nth-child(4) [data-step=value]")
            try await axe.expectNothing(page, "a macro")
            try await console.keep("macro-edit", page)
            try await page.click("#macro-dialog form [type=submit]")
            try await page.wait(for: without("#macro-dialog"))
            try await page.wait(for: has("table", "Say goodbye"))
            for theme in ["light", "dark"] {
                try await page.prefer(theme: theme)
                try await axe.expectNothing(page, "the tools of work, \(theme)")
                try await console.keep("macros-\(theme)", page)
            }
            try await console.expectQuiet(page)
        }
    }

    private func drafts(_ page: BrowserPage, _ id: String) async throws {
        try await page.type("Half a sentence")
        // Another device of the same person goes on with it; nobody else sees it.
        try await Task.sleep(for: .milliseconds(2_500))
        try await Browser.with { other in
            try await enter(other, "nora@shop.example", id)
            try await other.wait(
                for: "document.querySelector('#reply')?.value === 'Half a sentence'")
            try await console.expectQuiet(other)
        }
        try await page.choose("", in: "#reply")
    }

    private func runs(_ page: BrowserPage, _ customer: Customer, _ id: String) async throws {
        let before = try await customer.seen().count
        _ = try await page.isTrue("document.querySelector('[role=log]').focus() ?? true")
        try await page.press("q")
        try await page.wait(for: "document.activeElement.matches('#run-macro input[type=radio]')")
        try await page.wait(
            for: has("#run-macro [data-step=reply]", "Bye Mia Macro, from Nora Sol"))
        try await axe.expectNothing(page, "a macro that is run")
        try await console.keep("macro-run", page)
        try await page.press("Enter")
        try await page.wait(for: without("#run-macro"))
        let seen = try await customer.seen(atLeast: before + 1)
        #expect(seen.last?.text == "Bye Mia Macro, from Nora Sol")
        try await page.wait(for: "document.querySelector('#take-over')")
        try await page.wait(for: has(".thread > [data-note]", "Said goodbye"))
        try await page.wait(for: has(".desk-labels", "Sorted"))
        try await page.wait(for: has(".talk-head [data-part=outcome]", "Table moved"))
        // The list shows the label, too, and nothing of it is unread.
        try await page.press("4")
        try await page.wait(for: has(".talks [data-label]", "Sorted"))
        #expect(try await page.isTrue(without(".talks .unread")))
    }

    private func cases(_ page: BrowserPage, _ id: String) async throws {
        try await page.wait(for: has("[data-part=earlier]", "Table moved"))
        try await console.keep("customer-card", page)
        _ = try await page.isTrue("document.querySelector('[role=log]').focus() ?? true")
        try await page.press("d")
        try await page.wait(for: "document.querySelectorAll('#cases [data-case]').length === 1")
        try await page.fill("#cases input[name=title]", "A second matter")
        try await page.click("#cases form [type=submit]")
        try await page.wait(for: "document.querySelectorAll('#cases [data-case]').length === 2")
        try await page.wait(for: has("#cases", "opened by Nora Sol"))
        try await page.click("#cases [data-case]:first-child [data-act=link]")
        try await page.wait(for: "document.querySelector('#case-dialog form')")
        try await page.click("#case-dialog form [type=submit]")
        try await page.wait(for: "document.querySelector('#cases [data-act=unlink]')")
        try await axe.expectNothing(page, "cases")
        try await console.keep("cases", page)
        try await page.click("#cases [data-act=unlink]")
        try await page.wait(for: without("#cases [data-act=unlink]"))
        try await page.press("Escape")
        try await page.wait(for: without("#cases"))
    }
}

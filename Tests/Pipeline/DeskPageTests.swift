import Browser
import Conversation
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// The desk in a browser: people answer customers, side by side, over lines that break.
@Suite(
    "The desk in a browser", .installation(), .serialized,
    .enabled(
        if: Browser.isInstalled && Axe.isInstalled, "Tests/run installs Chromium and axe-core"),
    .timeLimit(.minutes(15)))
struct DeskPageTests {
    private static let business = RunningInstallation.demo

    private let console: ConsolePages
    private let installation: RunningInstallation

    init() throws {
        console = try ConsolePages()
        installation = try #require(RunningInstallation.shared)
    }

    // MARK: People

    /// A customer who asked for a person, and is in the queue.
    private func waiting(_ name: String) async throws -> Customer {
        let customer = Customer(in: installation)
        try await customer.write("I want to talk to a person", named: name)
        let path = "/api/v1/tenants/\(Self.business)/handoffs"
        try await eventually("\(name) is in the queue") {
            try await installation.console.call(.get, path)["handoffs"].elements.contains {
                $0["customer"]["phone"].string == customer.phone
            }
        }
        return customer
    }

    /// Signs somebody of the team in, and opens the desk.
    private func enter(_ page: BrowserPage, _ email: String) async throws {
        try await page.resize(width: 1280, height: 900)
        try await console.signIn(page, email)
        try await console.go(page, "/pages/desk/")
        try await page.wait(for: "document.querySelector('[data-line=live]')")
    }

    private func row(_ name: String) -> String {
        "[...document.querySelectorAll('.talks > li > a')]"
            + ".find((e) => e.innerText.includes('\(name)'))"
    }

    private func open(_ page: BrowserPage, _ name: String) async throws {
        try await page.wait(for: row(name))
        try await page.click(found: row(name))
        try await page.wait(
            for: "document.querySelector('.talk-head h2')?.innerText === '\(name)'"
                + " && document.querySelector('.desk-foot > *')")
    }

    private func write(_ page: BrowserPage, _ text: String) async throws {
        try await page.wait(for: "document.querySelector('#reply')")
        _ = try await page.isTrue("document.querySelector('#reply').focus() ?? true")
        try await page.type(text)
        try await page.press("Enter")
    }

    /// The words in the thread, each as often as it stands there.
    private func said(_ page: BrowserPage) async throws -> [String] {
        try await page.texts(".thread > li[data-line] .bubble > p")
    }

    private func bubble(_ words: String, _ more: String = "") -> String {
        "[...document.querySelectorAll('.thread > li[data-line]\(more)')]"
            + ".some((e) => e.innerText.includes('\(words)'))"
    }

    // MARK: Journeys

    @Test("two claim at once: one has it, the other is told who; a cut loses and repeats nothing")
    func race() async throws {
        for (email, name) in [("ada@desk.example", "Ada Mar"), ("ben@desk.example", "Ben Roig")] {
            try await console.join(email, name, as: "agent", of: Self.business)
        }
        let customer = try await waiting("Rita Race")
        try await Browser.with { ada in
            try await Browser.with { ben in
                try await enter(ada, "ada@desk.example")
                try await enter(ben, "ben@desk.example")
                for page in [ada, ben] { try await open(page, "Rita Race") }
                async let first: Void = ada.press("c")
                async let second: Void = ben.press("c")
                _ = try await (first, second)
                let settled =
                    "document.querySelector('#reply')"
                    + " || document.querySelector('.desk-said .notice')"
                for page in [ada, ben] { try await page.wait(for: settled) }
                let hasAda = try await ada.isTrue("document.querySelector('#reply')")
                let (winner, loser) = hasAda ? (ada, ben) : (ben, ada)
                let words = try await loser.texts(".desk-said, .desk-foot").joined()
                #expect(words.contains(hasAda ? "Ada Mar was faster" : "Ben Roig was faster"))
                #expect(try await !loser.isTrue("document.querySelector('#reply')"))
                try await answers(winner, customer)
                try await breaks(winner, customer)
                // Who reads along has heard all of it, too.
                try await loser.wait(for: bubble("Written while it was cut"))
                #expect(try await said(loser) == said(winner))
                try await console.expectQuiet(loser)
            }
        }
    }

    /// Words and a line break go out, and their ticks come.
    private func answers(_ page: BrowserPage, _ customer: Customer) async throws {
        try await page.wait(for: "document.activeElement.id === 'reply'")
        try await write(page, "Good morning, Rita")
        try await page.wait(
            for: "[...document.querySelectorAll('.out [data-tick=read]')]"
                + ".some((e) => e.closest('li').innerText.includes('Good morning, Rita'))")
        #expect(try await customer.seen().last?.text == "Good morning, Rita")
        try await customer.write("Is it open <b>today</b>?")
        try await page.wait(for: bubble("<b>today</b>", ".in"))
        try await console.expectQuiet(page)
    }

    private func breaks(_ page: BrowserPage, _ customer: Customer) async throws {
        try await page.cutOff(true)
        try await page.wait(for: "document.querySelector('[data-line=offline]')")
        try await customer.writeInOrder("one while it is cut")
        try await customer.writeInOrder("two while it is cut")
        try await write(page, "Written while it was cut")
        try await page.wait(for: "document.querySelector('[data-pending=sending]')")
        // It is kept by the tab, and goes out once, under its own name.
        try await page.cutOff(false)
        try await page.wait(for: "document.querySelector('[data-line=live]')")
        // What the customer wrote meanwhile is asked about.
        try await page.click("[data-act=send-anyway]")
        try await page.wait(
            for: bubble("two while it is cut") + " && " + bubble("Written while it was cut")
                + " && !document.querySelector('[data-pending]')")
        let all = try await said(page)
        for words in ["one while it is cut", "two while it is cut", "Written while it was cut"] {
            #expect(all.count { $0 == words } == 1, "\(words): \(all)")
        }
        let seen = try await customer.seen(atLeast: 3)
        #expect(seen.count { $0.text == "Written while it was cut" } == 1)
        // What is asked while there is no network fails, and is no fault of the page's.
        _ = try await page.takeComplaints()
    }

    @Test("all of it goes by the keyboard, keeps nobody out, and fits a phone in two steps")
    func keyboard() async throws {
        let axe = try Axe()
        try await console.join("kim@desk.example", "Kim Sol", as: "agent", of: Self.business)
        let customer = try await waiting("Nora Keys")
        try await Browser.with { page in
            try await enter(page, "kim@desk.example")
            try await page.wait(for: row("Nora Keys"))
            #expect(try await page.string("document.title")?.hasPrefix("(") == true)
            let stops = "document.querySelectorAll('.talks a[tabindex=\"0\"]').length"
            #expect(try await page.number(stops) == 1)
            try await opensByKeys(page)
            try await page.press("c")
            try await page.wait(for: "document.activeElement.id === 'reply'")
            try await page.type("By keys")
            try await page.press("Enter")
            try await page.wait(for: bubble("By keys"))
            try await quotesByKeys(page, customer)
            try await suggestion(page, customer)
            for theme in ["light", "dark"] {
                try await page.prefer(theme: theme)
                try await axe.expectNothing(page, "a conversation, \(theme)")
                try await console.keep("desk-\(theme)", page)
            }
            try await endsByKeys(page)
            try await onAPhone(page, axe)
            try await console.expectQuiet(page)
        }
    }

    /// From row to row by `j` until the conversation is open.
    private func opensByKeys(_ page: BrowserPage) async throws {
        let isOpen = "document.querySelector('.talk-head h2')?.innerText === 'Nora Keys'"
        for _ in 0..<30 {
            if try await page.isTrue(isOpen) { break }
            try await page.press("j")
        }
        try await page.wait(for: isOpen + " && document.querySelector('#claim')")
        #expect(try await page.isTrue("document.activeElement.matches('.talks a')"))
        try await page.press("?")
        try await page.wait(for: "document.querySelector('dialog .key-list')")
        #expect(try await page.texts("dialog").joined().contains("Claim the conversation"))
        try await page.press("Escape")
        try await page.wait(for: "!document.querySelector('dialog')")
    }

    /// Arrows choose a message of the thread, Enter answers it.
    private func quotesByKeys(_ page: BrowserPage, _ customer: Customer) async throws {
        try await customer.write("What about the blue one?")
        try await page.wait(for: bubble("the blue one", ".in"))
        try await page.press("Escape")
        try await page.wait(for: "document.activeElement.matches('[role=log]')")
        try await page.press("ArrowUp")
        try await page.wait(
            for: "document.activeElement.matches('li[data-line]')"
                + " && document.activeElement.innerText.includes('the blue one')")
        try await page.press("Enter")
        try await page.wait(for: "document.querySelector('.desk-quoting')")
        try await page.type("It is here")
        try await page.press("Enter")
        try await page.wait(
            for: "document.querySelector('.out .quote')"
                + " && !document.querySelector('[data-pending]')")
        #expect(try await page.texts(".out .quote").joined().contains("the blue one"))
        let seen = try #require(try await customer.seen().last)
        #expect(seen.text == "It is here")
        #expect(seen.replyTo != nil)
        // What customers say of our messages stands at them, too.
        try await customer.react("👍", to: seen.wamid)
        try await page.wait(
            for: "document.querySelector('.reactions')?.closest('li')"
                + ".innerText.includes('It is here')")
    }

    /// What the bot would say is edited by a key; the draft outlives the page.
    private func suggestion(_ page: BrowserPage, _ customer: Customer) async throws {
        try await customer.write("What time do you open on Saturday?")
        try await page.wait(for: "document.querySelector('#suggestion .sources li')")
        try await page.press("Escape")
        try await page.press("e")
        try await page.wait(for: "document.querySelector('#reply').value.includes('9:00')")
        _ = try await page.isTrue("location.reload() ?? true")
        try await page.wait(for: "document.querySelector('#reply')?.value.includes('9:00')")
        try await page.wait(for: ConsolePages.isWhole)
        _ = try await page.isTrue(
            "(() => { const area = document.querySelector('#reply'); area.value = '';"
                + " area.dispatchEvent(new Event('input')); return true; })()")
    }

    private func endsByKeys(_ page: BrowserPage) async throws {
        _ = try await page.isTrue("document.querySelector('[role=log]').focus() ?? true")
        try await page.press("p")
        try await page.wait(for: "document.querySelector('#claim')")
        try await page.press("x")
        try await page.wait(for: "document.querySelector('#take-over')")
        try await page.press("t")
        try await page.wait(for: "document.querySelector('#reply')")
    }

    private func onAPhone(_ page: BrowserPage, _ axe: Axe) async throws {
        try await page.resize(width: 390, height: 844, isPhone: true)
        let sees = { (selector: String) in
            "document.querySelector('\(selector)').getBoundingClientRect().width > 0"
        }
        try await page.wait(for: sees(".pane.talk"))
        #expect(try await !page.isTrue(sees(".pane.list")))
        try await axe.expectNothing(page, "a conversation on a phone")
        try await console.keep("desk-phone-talk", page)
        try await page.click("[data-act=back]")
        try await page.wait(for: sees(".pane.list"))
        #expect(try await !page.isTrue(sees(".pane.talk")))
        #expect(try await page.number("document.scrollingElement.scrollWidth - innerWidth") == 0)
        let small = """
            [...document.querySelectorAll('.desk :is(button, a, summary)')].filter((e) => {
              const box = e.getBoundingClientRect();
              return box.width > 0 && (box.width < 24 || box.height < 24);
            }).map((e) => e.outerHTML.slice(0, 120)).join(' ')
            """
        #expect(try await page.string(small) == "")
        try await axe.expectNothing(page, "the list on a phone")
        try await console.keep("desk-phone-list", page)
        // The browser's own way back leads to the conversation again.
        _ = try await page.isTrue("history.back() ?? true")
        try await page.wait(for: sees(".pane.talk"))
    }

    @Test("what customers send has its true form, what failed is sent again, and why it must wait")
    func forms() async throws {
        let axe = try Axe()
        try await console.join("mia@desk.example", "Mia Roig", as: "agent", of: Self.business)
        let customer = try await waiting("Fina Forms")
        try await Browser.with { page in
            try await enter(page, "mia@desk.example")
            try await open(page, "Fina Forms")
            try await page.press("c")
            try await page.wait(for: "document.activeElement.id === 'reply'")
            try await sendsAll(page, customer)
            try await axe.expectNothing(page, "cards and files")
            try await failsOnce(page, customer)
            try await needsTemplate(page, customer)
            try await axe.expectNothing(page, "templates")
            try await console.expectQuiet(page)
        }
    }

    /// A picture, a place, an order; words that are changed, and words that are taken back.
    private func sendsAll(_ page: BrowserPage, _ customer: Customer) async throws {
        let png = Base64.decode(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Er"
                + "kJggg==")
        let stored = try await installation.simulator.send(
            .post, "/api/v1/media?business=\(Self.business)", png,
            headers: [("Content-Type", "image/png")]
        ).body
        let (id, hash) = (stored["id"].string ?? "", stored["sha256"].string ?? "")
        try await customer.send(
            "image", #"{"id":"\#(id)","mime_type":"image/png","sha256":"\#(hash)"}"#)
        try await customer.send(
            "location", #"{"latitude":39.47,"longitude":-0.37,"name":"Plaza <i>Mayor</i>"}"#)
        try await customer.send(
            "order",
            #"{"catalog_id":"1","product_items":[{"product_retailer_id":"Marina","quantity":2,"#
                + #""item_price":10.5,"currency":"EUR"}]}"#)
        let wrong = try await customer.write("It is greem")
        let regretted = try await customer.write("Nobody should read this")
        try await page.wait(for: bubble("It is greem") + " && " + bubble("Nobody should"))
        try await customer.send(
            "edit",
            #"{"original_message_id":"\#(wrong)","message":{"context_id":"M0","type":"text","#
                + #""text":{"body":"It is *green*"}}}"#)
        try await customer.send("revoke", #"{"original_message_id":"\#(regretted)"}"#)
        try await page.wait(
            for: "document.querySelector('.bubble > p > strong')?.innerText === 'green'"
                + " && document.querySelector('.thread .gone')"
                + " && document.querySelector('.media.image img')?.complete")
        let words = try await page.texts(".thread").joined()
        #expect(words.contains("Plaza <i>Mayor</i>") && words.contains("€21.00"), "\(words)")
        #expect(!words.contains("Nobody should read this"))
    }

    private func failsOnce(_ page: BrowserPage, _ customer: Customer) async throws {
        try await installation.fault(
            "graph_error", of: Self.business, ["count": 1, "code": 131_026])
        try await write(page, "This one fails")
        try await page.click("[data-act=resend]")
        try await page.wait(for: "!document.querySelector('[data-act=resend]')")
        try await eventually("it arrives") {
            try await customer.seen().contains { $0.text == "This one fails" }
        }
        try await page.wait(
            for: "[...document.querySelectorAll('.out')].filter((e) => "
                + "e.innerText.includes('This one fails')).length === 2")
    }

    private func needsTemplate(_ page: BrowserPage, _ customer: Customer) async throws {
        let template =
            #"{"business":"\#(Self.business)","name":"order_ready","language":"en_US","#
            + #""body":"Hello {{name}}, your {{bike}} is ready."}"#
        try await installation.simulator.call(
            .post, "/api/v1/templates", Array(template.utf8))
        try await installation.console.call(
            .post, "/api/v1/tenants/\(Self.business)/templates/synchronise")
        try await installation.fault(
            "graph_error", of: Self.business, ["count": 1, "code": 131_047])
        try await write(page, "Too late")
        try await page.wait(for: "document.querySelector('#templates select')")
        #expect(try await page.texts("#templates .why").joined().contains("24-hour window"))
        _ = try await page.isTrue(
            """
            (() => { const list = document.querySelector('#templates select');
            list.value = 'order_ready/en_US';
            list.dispatchEvent(new Event('change', { bubbles: true })); return true; })()
            """)
        try await page.fill("[name='value-bike']", "Marina")
        try await page.wait(for: "!document.querySelector('#send-template').disabled")
        try await page.click("#send-template")
        try await page.wait(
            for: "[...document.querySelectorAll('.out [data-tick=read]')]"
                + ".some((e) => e.closest('li').innerText.includes('order_ready'))")
    }

    @Test("who may only read looks on, and whoever leaves the team hears nothing any more")
    func looksOn() async throws {
        let vera = try await Person.member(
            "vera@desk.example", "viewer", of: Self.business, named: "Vera", in: installation)
        let luc = try await Person.member(
            "luc@desk.example", "agent", of: Self.business, named: "Luc", in: installation)
        let customer = try await waiting("Lea Look")
        let list = try await installation.console.call(
            .get, "/api/v1/tenants/\(Self.business)/handoffs")["handoffs"].elements
        let handoff = try #require(
            list.first { $0["customer"]["phone"].string == customer.phone })
        #expect(handoff["last"]["text"].string == "I want to talk to a person")
        #expect(handoff["customerAt"].int != nil)
        let conversation = try #require(handoff["conversation"].string)
        let viewer = try await Agent.connect(as: vera, of: Self.business, in: installation)
        #expect(try await viewer.ask("read", conversation)["type"].string == "transcript")
        #expect(try await viewer.ask("claim", conversation)["type"].string == "refused")
        let agent = try await Agent.connect(as: luc, of: Self.business, in: installation)
        #expect(try await agent.ask("claim", conversation)["type"].string == "accepted")
        let claimed = try await viewer.hear("who has it") {
            $0["handoff"]["holder"]["name"].string == "Luc"
        }
        #expect(claimed["handoff"]["holder"]["id"].string == luc.account)
        try await installation.console.call(
            .delete, "/api/v1/tenants/\(Self.business)/members/\(luc.account)")
        try await agent.closed()
        await viewer.leave()
    }
}

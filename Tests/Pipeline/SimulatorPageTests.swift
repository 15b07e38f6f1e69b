import Browser
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// The phone that plays a customer: over HTTP as programs ask, and in a browser.
@Suite(
    "The simulator's room", .installation(), .serialized,
    .enabled(
        if: Browser.isInstalled && Axe.isInstalled, "Tests/run installs Chromium and axe-core"),
    .timeLimit(.minutes(15)))
struct SimulatorPageTests {
    private static let demo = RunningInstallation.demo
    private static let base = "/api/v1/simulator"
    private static let chat = "\(base)/businesses/\(demo)/chats/34699000111"

    private let console: ConsolePages
    private var client: LocalAPI { console.client }

    init() throws { console = try ConsolePages() }

    private func write(_ json: String, to chat: String = Self.chat) async throws -> String {
        let answer = try await client.call(.post, chat + "/messages", Array(json.utf8))
        return try #require(answer["wamid"].string)
    }

    private func entries(_ chat: String = Self.chat) async throws -> [JSON] {
        try await client.call(.get, chat)["entries"].elements
    }

    @Test("a customer of any kind of message is heard by the business, and sees its answers")
    func kinds() async throws {
        let standing = try await client.call(.get, Self.base)
        #expect(standing["isRunning"].isTrue)
        #expect(standing["businesses"].elements.contains { $0["name"].string == Self.demo })
        let first = try await write(#"{"name":"Luz","text":"What time do you open on Saturday?"}"#)
        let answer = try await eventually("the bot answers") {
            try await entries().first { !$0["is_own"].isTrue }
        }
        let wamid = try #require(answer["wamid"].string)
        let file = try await client.send(
            .post, "\(Self.base)/businesses/\(Self.demo)/media?mediaType=image%2Fpng",
            Array(Data(base64Encoded: Self.pixel) ?? Data()))
        try #require(file.status == 201, "\(file.body)")
        let (id, sum) = (
            try #require(file.body["id"].string), try #require(file.body["sha256"].string)
        )
        for json in [
            #"{"place":{"latitude":40.4,"longitude":-3.7,"name":"Plaza"}}"#,
            #"{"card":{"name":"Ana","phone":"+34600111222"}}"#,
            #"{"file":{"id":"\#(id)","kind":"image","mime_type":"image/png","sha256":"\#(sum)"}}"#,
            #"{"about":{"act":"react","wamid":"\#(wamid)","text":"👍"}}"#,
            #"{"text":"And on Sunday?","quotes":"\#(wamid)"}"#,
            #"{"tap":{"kind":"button","id":"yes","title":"Yes"}}"#,
            #"{"tap":{"kind":"row","id":"r1","title":"Row","description":"One"}}"#,
            #"{"tap":{"kind":"template","id":"more","title":"More"}}"#,
            #"{"about":{"act":"edit","wamid":"\#(first)","text":"When do you open?"}}"#,
            #"{"about":{"act":"delete","wamid":"\#(first)"}}"#,
        ] {
            _ = try await write(json)
        }
        let own = try await eventually("all are taken") {
            let own = try await entries().filter { $0["is_own"].isTrue }
            let areTaken = own.allSatisfy { entry in
                entry["statuses"].elements.contains { $0.string == "delivered" }
            }
            return own.count == 11 && areTaken ? own : nil
        }
        #expect(
            own.map { $0["type"].string } == [
                "text", "location", "contacts", "image", "reaction", "text", "interactive",
                "interactive", "button", "edit", "revoke",
            ])
        // The business has them as what they are.
        let lines = try await eventually("the business has them") {
            let list = try await client.call(.get, "/api/v1/tenants/\(Self.demo)/conversations")
            let talk = list["conversations"].elements.first {
                $0["customer"]["phone"].string == "34699000111"
            }
            guard let talk = talk?["conversation"].string else { return nil as String? }
            let page = try await client.call(
                .get, "/api/v1/tenants/\(Self.demo)/conversations/\(talk)")
            let text = "\(page)"
            return ["Plaza", "Ana", "And on Sunday?"].allSatisfy(text.contains) ? text : nil
        }
        #expect(lines.contains("image"))
        let bad = try await client.send(.post, Self.chat + "/messages", Array("{}".utf8))
        #expect(bad.status == 400 && bad.body["code"].string == "nothing_said")
        let other = try await client.send(.get, "\(Self.base)/businesses/none/chats")
        #expect(other.status == 404 && other.body["code"].string == "no_simulated_business")
    }

    /// A picture of one point.
    private static let pixel =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
        + "rkJggg=="

    @Test("a fault is switched for one business until it is off, and the audit log says who did")
    func faults() async throws {
        let on = try await client.call(
            .put, Self.base + "/faults/fail_status",
            Array(#"{"business":"\#(Self.demo)","code":131026}"#.utf8))
        let fault = on["faults"].elements.first { $0["kind"].string == "fail_status" }
        #expect(fault?["is_on"].isTrue == true && fault?["business"].string == Self.demo)
        let chat = "\(Self.base)/businesses/\(Self.demo)/chats/34699000222"
        _ = try await write(#"{"text":"What time do you open on Saturday?"}"#, to: chat)
        try await eventually("the answer is told to have failed") {
            try await entries(chat).contains { entry in
                entry["statuses"].elements.contains { $0.string == "failed" }
            }
        }
        let off = try await client.call(.delete, Self.base + "/faults/fail_status")
        #expect(!off["faults"].elements.contains { $0["is_on"].isTrue })
        let none = try await client.send(.put, Self.base + "/faults/no", Array("{}".utf8))
        #expect(none.status == 404)
        let acts = try await client.call(.get, "/api/v1/audit?text=fail_status")["entries"]
        #expect(
            acts.elements.compactMap { $0["action"].string }.prefix(2) == [
                "simulator.fault.off", "simulator.fault.on",
            ])
        let path = Self.base + "/calls?business=\(Self.demo)"
        let calls = try await client.call(.get, path)["calls"]
        #expect(Set(calls.elements.compactMap { $0["direction"].string }) == ["webhook", "graph"])
    }

    private func has(_ selector: String, _ words: String) -> String {
        "[...document.querySelectorAll('\(selector)')]"
            + ".some((e) => e.innerText.includes('\(words)'))"
    }

    private func ask(_ page: BrowserPage, _ words: String) async throws {
        try await page.click(".sim-words")
        try await page.type(words)
        try await page.press("Enter")
        try await page.wait(for: has(".sim-thread .out .bubble", words))
    }

    @Test("in a browser: write as a customer, get the answer, break WhatsApp, and mend it")
    func journey() async throws {
        let axe = try Axe()
        try await Browser.with { page in
            try await page.resize(width: 1280, height: 900)
            try await console.enter(page, "/")
            try await console.go(page, "/pages/simulator/")
            try await page.click("#new-customer")
            try await page.wait(for: "document.querySelector('#customer-dialog [name=phone]')")
            try await page.choose("Lía Ríos", in: "#customer-dialog [name=name]")
            try await page.choose("+34 699 000 333", in: "#customer-dialog [name=phone]")
            try await page.click("#customer-dialog [type=submit]")
            try await page.wait(for: "document.querySelector('.sim-words')")
            try await ask(page, "What time do you open on Saturday?")
            try await page.wait(for: "document.querySelector('.sim-thread .in .bubble p')")
            try await page.wait(for: "document.querySelector('.sim-thread [data-tick=read]')")
            try await page.wait(for: has(".sim-talks", "Lía Ríos"))
            try await axe.expectNothing(page, "the simulator")
            try await console.keep("simulator", page)
            let answers = "document.querySelectorAll('.sim-thread .in[data-wamid]').length"
            let before = try #require(try await page.number(answers))
            // WhatsApp takes nothing more: the customer gets nothing, and all of it afterwards.
            try await page.click("[data-kind=throttle]")
            try await page.wait(for: "document.querySelector('li[data-on] [data-kind=throttle]')")
            try await ask(page, "Until when are you open on Sunday?")
            try await eventually("WhatsApp refused it") {
                let calls = try await client.call(.get, Self.base + "/calls")["calls"].elements
                return calls.contains {
                    $0["direction"].string == "graph" && $0["status"].int == 429
                }
            }
            #expect(try await page.number(answers) == before)
            try await page.click("[data-kind=throttle]")
            try await page.wait(for: "!document.querySelector('.sim-faults li[data-on]')")
            try await eventually("the answer comes") {
                try await page.number(answers) ?? 0 > before
            }
            try await console.expectQuiet(page)
            try await page.resize(width: 390, height: 844, isPhone: true)
            try await axe.expectNothing(page, "the simulator on a phone")
            try await console.keep("simulator-390", page)
            #expect(
                try await page.isTrue(
                    "document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
        }
    }
}

import Browser
import HTTPClient
import PipelineTesting
import Testing

/// The processes that `parley up` looks after, as operators handle them.
@Suite(
    "The processes on the page of operations", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(10)))
struct ProcessPageTests {
    private let console: ConsolePages
    private var installation: RunningInstallation { console.installation }

    init() throws { console = try ConsolePages() }

    private func processes() async throws -> [JSON] {
        let picture = try await console.client.call(.get, "/api/v1/operations/pipeline")
        return picture["machines"].elements.first?["report"]["processes"].elements ?? []
    }

    private func process(_ name: String) async throws -> JSON? {
        try await processes().first { $0["name"].string == name }
    }

    private func act(_ page: BrowserPage, _ process: String, _ act: String) async throws {
        try await page.wait(for: "document.querySelector('[data-menu=\"\(process)\"]')")
        try await page.click("[data-menu=\"\(process)\"]")
        try await page.wait(for: "document.querySelector('[data-process-act=\(act)]')")
        try await page.click("[data-process-act=\(act)]")
    }

    @Test("are stopped, started and restarted, scaled up and down, and what they write is shown")
    func orders() async throws {
        try await Browser.with { page in
            try await console.enter(page, "/")
            try await page.go(to: console.base + "/pages/operations/")
            // Stopped: the page says so at the top, with what mends it.
            try await act(page, "retrieval-0", "stop")
            try await page.wait(for: "document.querySelector('dialog [data-act=confirm]')")
            try await console.keep("process-stop", page)
            try await page.click("[data-act=confirm]")
            try await page.wait(for: "document.querySelector('[data-finding=processStopped]')")
            #expect(installation.child("retrieval") == nil)
            try await page.click("[data-finding=processStopped] [data-act=start]")
            try await page.wait(for: "document.querySelector('dialog [data-act=confirm]')")
            try await page.click("[data-act=confirm]")
            try await page.wait(for: "!document.querySelector('[data-finding=processStopped]')")
            try await eventually("it is ready again") {
                try await process("retrieval-0")?["state"].string == "ready"
            }
            // Restarted: another process under the same name.
            let before = try #require(installation.child("handoff")).pid
            try await act(page, "handoff-0", "restart")
            try await page.wait(for: "document.querySelector('dialog [data-act=confirm]')")
            try await page.click("[data-act=confirm]")
            try await eventually("it is another process") {
                installation.child("handoff").map { $0.pid != before } ?? false
            }
            // Scaled: senders are told how many they are.
            for (count, names) in [(2, ["sender-0", "sender-1"]), (1, ["sender-0"])] {
                try await act(page, "sender-0", "scale")
                try await page.wait(for: "document.querySelector('#scale [name=replicas]')")
                try await page.choose("\(count)", in: "#scale [name=replicas]")
                try await page.click("#scale [type=submit]")
                try await page.wait(for: "!document.querySelector('#scale')")
                try await eventually("there are \(count), all ready") {
                    let senders = try await processes().filter { $0["process"].string == "sender" }
                    return senders.compactMap { $0["name"].string } == names
                        && senders.allSatisfy { $0["state"].string == "ready" }
                        && installation.child("sender")?.words.contains("\(count)") == true
                }
            }
            try await console.keep("processes", page)
            try await act(page, "handoff-0", "log")
            try await page.wait(
                for: "document.querySelector('#log')?.textContent.includes('joined the group')")
            try await console.keep("process-log", page)
            try await console.expectQuiet(page)
        }
        try await refusals()
        let acts = try await console.client.call(.get, "/api/v1/audit?action=process.")
        #expect(
            acts["entries"].elements.reversed().compactMap { $0["action"].string }
                == [
                    "process.stop", "process.start", "process.restart", "process.scale",
                    "process.scale", "process.restart",
                ])
    }

    @Test(
        "keep nobody out, in both themes, on a phone and enlarged twice",
        .enabled(if: Axe.isInstalled, "Tests/run installs axe-core"))
    func accessible() async throws {
        let axe = try Axe()
        try await Browser.with { page in
            try await console.enter(page, "/")
            for (theme, width) in [("light", 1280), ("dark", 390), ("light", 640)] {
                try await page.prefer(theme: theme)
                try await page.resize(width: width, height: 844, isPhone: width < 500)
                for room in ["operations/", "dead-letters/", "traces/", "traces/?tab=ledger"] {
                    try await page.go(to: console.base + "/pages/" + room)
                    try await page.wait(for: ConsolePages.isWhole)
                    try await page.wait(
                        for: "document.querySelector('main.page .card, main.page .blank')")
                    try await axe.expectNothing(page, "\(room), \(theme), \(width)")
                    #expect(
                        try await page.number("document.scrollingElement.scrollWidth - innerWidth")
                            == 0, "\(room), \(theme), \(width)")
                    let label = room.replacing("/", with: "-").replacing("?tab=", with: "")
                    try await console.keep("rooms-\(label)-\(theme)-\(width)", page)
                }
            }
            // Nothing stands there but what comes from a catalogue.
            for room in ["operations", "dead-letters", "traces"] {
                try await console.go(page, "/pages/\(room)/", language: "marked")
                let strangers = try await page.string(ConsolePages.strangers)
                #expect(strangers == "", "\(room)")
            }
            try await console.expectQuiet(page)
        }
    }

    /// What cannot be done is refused with a reason.
    private func refusals() async throws {
        let picture = try await console.client.call(.get, "/api/v1/operations/pipeline")
        let machine = try #require(
            picture["machines"].elements.first?["report"]["machine"].string)
        let base = "/api/v1/operations/machines/"
        func answer(_ path: String, _ body: String) async throws -> String? {
            let answer = try await console.client.send(.post, base + path, Array(body.utf8))
            return answer.status == 200 ? "done" : answer.body["code"].string
        }
        let orders = machine + "/orders"
        #expect(
            try await answer(orders, #"{"process":"console-0","order":"stop"}"#)
                == "order_refused")
        #expect(
            try await answer(orders, #"{"process":"nobody-0","order":"stop"}"#) == "no_process")
        #expect(
            try await answer("elsewhere/orders", #"{"process":"sender-0","order":"stop"}"#)
                == "no_machine")
        #expect(
            try await answer(orders, #"{"process":"media-0","order":"restart"}"#) == "done")
        let file = try await console.client.send(
            .get, base + machine + "/logs/..%2F..%2Fconsole")
        #expect(file.status == 400 || file.status == 404)
    }
}

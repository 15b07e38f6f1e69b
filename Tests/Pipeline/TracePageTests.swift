import Browser
import HTTPClient
import PipelineTesting
import Testing

/// The operators' page about what became of messages, as people use it.
@Suite(
    "The page of traces in a browser", .installation(), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(10)))
struct TracePageTests {
    private let console: ConsolePages

    init() throws { console = try ConsolePages() }

    @Test("tells a message's time line from its conversation, and accounts for it in the ledger")
    func story() async throws {
        let customer = Customer(in: console.installation)
        let words = "What time do you open on Saturday, my name is Xochitl?"
        _ = try await customer.ask(words, within: .seconds(90))
        let path = "/api/v1/tenants/\(RunningInstallation.demo)/conversations"
        let conversation = try await eventually("the conversation is known") {
            try await console.client.call(.get, path)["conversations"].elements.first?[
                "conversation"
            ].string
        }
        let messages = try await console.client.call(
            .get, "/api/v1/operations/conversations/\(conversation)/messages")
        let message = try #require(messages["messages"].elements.first?["message"].string)
        try await Browser.with { page in
            try await console.enter(page, "/")
            try await page.go(
                to: console.base + "/pages/traces/?conversation=\(conversation)")
            try await page.wait(for: "document.querySelector('#messages button')")
            try await page.click("#messages button")
            try await page.wait(for: "document.querySelector('#waterfall [data-step=decision]')")
            let line = try await page.texts("#waterfall").joined()
            for word in [
                "messages.inbound", "retrieval", "questions.grounded", "orchestrator", "handoff",
                "messages.outbound", "sender", "messages.delivery",
            ] {
                #expect(line.contains(word), "\(word)")
            }
            // What people wrote is not shown unless it is asked for.
            #expect(try await page.isTrue("!document.body.innerText.includes('Xochitl')"))
            #expect(try await page.isTrue("location.search.includes('id=\(message)')"))
            try await page.click("#waterfall [data-step=decision] button")
            try await page.wait(for: "document.querySelector('#record h2')")
            try await console.keep("trace", page)
            try await page.click("#story [data-act=content]")
            try await page.wait(for: "document.body.innerText.includes('Xochitl')")
            // What it is called is found by a program, too, and what is not there is said.
            let none = try await console.client.send(.get, "/api/v1/operations/trace?id=nothing")
            #expect(none.status == 404 && none.body["code"].string == "no_record")
            try await page.go(to: console.base + "/pages/traces/?tab=ledger")
            try await page.wait(
                for: "document.querySelector('#accepted')?.textContent === '1'")
            let fates = try await page.texts("#ledger #answered, #ledger #handed")
            #expect(fates.sorted() == ["0", "1"])
            #expect(try await page.texts("#ledger #unaccounted") == ["0"])
            try await console.keep("ledger", page)
            try await console.expectQuiet(page)
        }
    }
}

import Browser
import EventLog
import FoundationEssentials
import Glibc
import HTTPClient
import PipelineTesting
import SQLiteEventLog
import Testing

/// The operators' rooms about what runs, as people use them.
@Suite(
    "The pages of operations in a browser", .installation("--no-simulator"), .serialized,
    .enabled(if: Browser.isInstalled, "Tests/run installs Chromium"), .timeLimit(.minutes(10)))
struct OperationsPageTests {
    private let console: ConsolePages
    private var installation: RunningInstallation { console.installation }

    init() throws { console = try ConsolePages() }

    private func enter(_ page: BrowserPage, _ room: String) async throws {
        try await console.enter(page, "/")
        try await page.go(to: console.base + room)
    }

    private func picture() async throws -> JSON {
        try await console.client.call(.get, "/api/v1/operations/pipeline")
    }

    private func process(_ name: String, in picture: JSON) -> JSON? {
        picture["machines"].elements.first?["report"]["processes"].elements.first {
            $0["name"].string == name
        }
    }

    @Test("show stages, processes and the machine, and name a stage that hangs or dies")
    func live() async throws {
        try await Browser.with { page in
            try await enter(page, "/pages/operations/")
            try await page.wait(
                for: "document.querySelectorAll('#stages tbody tr').length > 20"
                    + " && document.querySelector('[data-process=\"sender-0\"]')")
            try await page.wait(for: "document.querySelector('.pipe [data-box=orchestrator]')")
            try await page.wait(
                for: "document.querySelector('#live').textContent === 'Live'")
            try await console.keep("operations-fine", page)
            // What hangs is told, and is well again as soon as it goes on.
            let hung = try #require(installation.child("retrieval")).pid
            _ = kill(hung, SIGSTOP)
            try await page.wait(
                for: "document.querySelector('[data-finding=processSilent]"
                    + "[data-process=\"retrieval-0\"]')")
            try await console.keep("operations-hangs", page)
            _ = kill(hung, SIGCONT)
            try await page.wait(for: "!document.querySelector('[data-finding=processSilent]')")
            // What dies is started again, and how it ended stays to be seen.
            _ = kill(try #require(installation.child("sender")).pid, SIGKILL)
            try await eventually("its end is told, and that it runs again") {
                let sender = process("sender-0", in: try await picture())
                return sender?["restarts"].int == 1 && sender?["state"].string == "ready"
                    && sender?["lastEnd"].string == "signal 9"
            }
            try await page.wait(for: "document.body.innerText.includes('signal 9')")
            try await console.expectQuiet(page)
        }
    }

    /// A record that no stage can read, in the topic of customers' messages.
    private func poison(_ count: Int) async throws {
        let log = try await SQLiteEventLog.open(
            path: installation.data + "/log.sqlite",
            clock: { Int64(Date().timeIntervalSince1970 * 1_000) })
        let appender = try await log.openAppender()
        for number in 0..<count {
            let id = "poison-\(UUID().uuidString)"
            try await appender.append([
                Record(
                    topic: "messages.inbound", key: Array("poisoned-\(number)".utf8),
                    value: Array(#"{"odd": true}"#.utf8),
                    headers: HeaderList([
                        RecordHeader(HeaderName.specVersion, "1.0"),
                        RecordHeader(HeaderName.id, id),
                        RecordHeader(HeaderName.type, "parley.message.inbound"),
                        RecordHeader(HeaderName.source, "test"),
                        RecordHeader(HeaderName.time, "2026-12-01T00:00:00.000Z"),
                        RecordHeader(HeaderName.subject, "poisoned-\(number)"),
                        RecordHeader(HeaderName.correlation, id),
                        RecordHeader(HeaderName.causation, id),
                        RecordHeader(HeaderName.tenant, ConsolePages.business.id),
                    ]), timestamp: Int64(Date().timeIntervalSince1970 * 1_000))
            ])
        }
        await appender.close()
        await log.close()
    }

    @Test("lead from a poison record at the top to its reason, a trial, and what was done")
    func letters() async throws {
        try await console.fill()
        try await poison(2)
        try await Browser.with { page in
            try await enter(page, "/pages/operations/")
            try await page.wait(
                for: "document.querySelector('[data-finding=deadLetters][data-stage=retrieval] a')")
            try await page.click("[data-finding=deadLetters][data-stage=retrieval] a")
            try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === 2")
            try await console.keep("dead-letters", page)
            // One in detail; what it says is the business's, and looking is written down.
            try await page.click("[data-lead]")
            try await page.wait(for: "document.querySelector('dialog#letter')")
            let drawer = try await page.texts("#letter").joined()
            for word in ["parley_dead_reason", "messages.inbound", "can never work"] {
                #expect(drawer.contains(word), "\(word)")
            }
            #expect(!drawer.contains("odd"))
            try await page.click("#letter [data-act=content]")
            try await page.wait(
                for: "document.querySelector('#letter .record')?.textContent.includes('odd')")
            try await console.keep("dead-letter", page)
            let looks = try await console.client.call(
                .get, "/api/v1/counts/audit?action=dead-letter.read")
            #expect(looks["entries"].int == 1)
            // Giving back is tried first; the reason stands, so both come back.
            try await page.press("Escape")
            try await page.wait(for: "!document.querySelector('dialog')")
            try await page.click("thead .tick input")
            try await page.click(".bulk [data-act=redrive]")
            try await page.wait(
                for: "document.querySelector('#remedy')?.innerText.includes('2 records would')")
            #expect(try await self.open() == 4)
            try await page.click("#remedy [data-act=confirm]")
            try await page.wait(
                for: "document.querySelector('.toast')?.innerText.includes('2 rec')")
            try await eventually("they are set aside again") {
                let all = try await self.all()
                return try await self.open() == 4 && all == 6
            }
            // Giving up wants a reason, and is the end of it.
            try await page.go(to: console.base + "/pages/dead-letters/")
            try await page.wait(for: "document.querySelectorAll('tr[data-row]').length === 4")
            try await page.click("thead .tick input")
            try await page.click(".bulk [data-act=discard]")
            try await page.wait(
                for: "!document.querySelector('#remedy [data-act=confirm]').disabled")
            try await page.click("#remedy [data-act=confirm]")
            try await page.wait(for: "document.querySelector('#remedy [aria-invalid=true]')")
            try await page.choose("A test.", in: "#remedy [name=because]")
            try await page.click("#remedy [data-act=confirm]")
            try await page.wait(for: "!document.querySelector('tr[data-row]')")
            try await console.keep("dead-letters-none", page)
            #expect(try await self.open() == 0)
            for act in ["dead-letter.redrive", "dead-letter.discard"] {
                let found = try await console.client.call(.get, "/api/v1/audit?action=\(act)")
                #expect(found["entries"].elements.count == (act.hasSuffix("discard") ? 4 : 2))
                #expect(found["entries"].elements.first?["who"]["kind"].string == "key")
            }
            try await console.expectQuiet(page)
        }
    }

    private func open() async throws -> Int {
        try await console.client.call(.get, "/api/v1/operations/dead-letters")["total"].int ?? -1
    }

    private func all() async throws -> Int {
        let path = "/api/v1/operations/dead-letters?standing=all"
        return try await console.client.call(.get, path)["total"].int ?? -1
    }
}

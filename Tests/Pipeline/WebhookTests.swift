import Cryptography
import FileSignals
import FoundationEssentials
import Glibc
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// The edge in, under what WhatsApp and a machine can do to it.
@Suite(.ownInstallation)
struct WebhookTests {
    private static let options = ["--burst-pause", "0"]
    private static let client = Result { try HTTPClient() }

    /// Has a customer write; answers the webhook with that message, as WhatsApp delivers it too.
    private static func write(
        _ text: String, by customer: Customer, to business: Business
    ) async throws -> [UInt8] {
        let written = try await customer.simulator.call(
            .post, "/api/v1/messages",
            try jsonBytes(["business": customer.business, "from": customer.phone, "text": text]))
        return body(
            business, from: customer.phone, user: try #require(written["user_id"].string),
            wamid: try #require(written["wamid"].string), text: text)
    }

    /// A webhook with one customer's message, padded to a size.
    private static func body(
        _ business: Business, from phone: String, user: String, wamid: String, text: String,
        bytes: Int = 0
    ) -> [UInt8] {
        // Now, as WhatsApp takes no answer to what is more than a day old.
        let message =
            #"{"from":"\#(phone)","from_user_id":"\#(user)","id":"\#(wamid)","#
            + #""timestamp":"\#(time(nil))","type":"text","text":{"body":"\#(text)"}}"#
        let value =
            #"{"messaging_product":"whatsapp","#
            + #""metadata":{"phone_number_id":"\#(business.number)"},"#
            + #""contacts":[{"wa_id":"\#(phone)","user_id":"\#(user)"}],"messages":[\#(message)]}"#
        let body =
            #"{"object":"whatsapp_business_account","entry":[{"id":"\#(business.account)","#
            + #""changes":[{"field":"messages","value":\#(value)}]}]}"#
        let filled = Array(body.utf8)
        return filled + [UInt8](repeating: 0x20, count: max(0, bytes - filled.count))
    }

    private static func post(
        _ body: [UInt8], of business: Business, to url: String,
        timeout: Duration = .seconds(30)
    ) async throws -> HTTPClientResponse {
        let code = Hex.encode(try HMAC.sha256(key: Array(business.appSecret.utf8), body))
        var request = HTTPClientRequest(
            .post, url,
            headers: ["Content-Type": "application/json", "X-Hub-Signature-256": "sha256=\(code)"],
            body: body)
        request.timeout = timeout
        return try await client.get().send(request)
    }

    @Test("texts that no log takes whole are taken, and everybody is answered")
    func tooLarge() async throws {
        try await RunningInstallation.with(Self.options) { try await Self.sendTooLarge(to: $0) }
    }

    /// Texts that no log takes whole are taken, and everybody is answered; on a broker
    /// `WholePathTests` asks for it, as it holds one installation's topics.
    static func sendTooLarge(to installation: RunningInstallation) async throws {
        let business = try await installation.connect(
            "large", burstPause: 0, documents: Facts.documents)
        let run = UInt32.random(in: 0 ... .max)
        for (number, bytes) in [900_000, 1_500_000, 2_900_000].enumerated() {
            // Three of one customer, whose state would grow beyond what a broker takes.
            let body = body(
                business, from: "34600999888", user: "ES.999888",
                wamid: "wamid.large\(run)\(number)", text: String(repeating: "x", count: bytes))
            let answer = try await post(body, of: business, to: installation.webhook)
            #expect(answer.status == 200, "\(bytes) bytes")
        }
        let customer = Customer(of: "large", in: installation)
        _ = try await customer.ask(Facts.questions[0])
        #expect(Facts.order(try await customer.seen()) == [0])
    }

    @Test("repeats at two ingesters, and after a 200 that nobody heard, lead to one reply")
    func repeats() async throws {
        try await RunningInstallation.with(Self.options) { installation in
            let business = try await installation.connect(
                "twice", burstPause: 0, documents: Facts.documents)
            let customer = Customer(of: "twice", in: installation)
            let (second, url) = try await Self.anotherIngester(installation)
            try await installation.fault("lost_acknowledgement", of: "twice", ["count": 1])
            let body = try await Self.write(Facts.questions[0], by: customer, to: business)
            for _ in 0..<3 {
                async let here = Self.post(body, of: business, to: installation.webhook)
                async let there = Self.post(body, of: business, to: url)
                #expect(try await [here.status, there.status] == [200, 200])
            }
            #expect(Facts.order(try await customer.seen(atLeast: 1)) == [0])
            _ = try await customer.ask(Facts.questions[1])
            #expect(Facts.order(try await customer.seen()) == [0, 1])
            // Six of this test, and WhatsApp's own after the answer that it did not hear.
            for stage in ["retrieval", "handoff"] {
                let line = #"parley_stage_records_total{outcome="repeated",stage="\#(stage)"}"#
                var repeats: Double?
                do {
                    try await eventually("the \(stage) has dropped seven repeats") {
                        repeats = try await installation.metrics(stage)[line]
                        return repeats == 7
                    }
                } catch {
                    throw NeverHappened(description: "\(error), but \(repeats ?? 0)")
                }
            }
            #expect(await second.stop(within: .seconds(30)) == .code(0))
        }
    }

    /// Starts a second ingester beside the installation's own.
    private static func anotherIngester(
        _ installation: RunningInstallation
    ) async throws -> (ChildProcess, url: String) {
        var words = try #require(installation.child("ingester")).words
        let port = try FreePorts.base()
        for (option, value) in [
            ("--slot", "ingester-1"), ("--port", "\(port)"), ("--telemetry-port", "\(port + 1)"),
        ] {
            let index = try #require(words.firstIndex(of: option))
            words[index + 1] = value
        }
        let process = try await ParleyProgram.start(
            Array(words.dropFirst()), output: installation.data + "/second.out")
        let api = LocalAPI(base: "http://127.0.0.1:\(port + 1)")
        try await eventually("the second ingester is ready") {
            // Nobody listens before.
            (try? await api.send(.get, "/ready").status) == 200
        }
        return (process, "http://127.0.0.1:\(port)/webhook")
    }

    @Test("on a full disk webhooks get 503, nothing dies, and all goes on when there is room")
    func fullDisk() async throws {
        try await RunningInstallation.with(Self.options) { installation in
            let business = try await installation.connect(
                "full", burstPause: 0, documents: Facts.documents)
            let customer = Customer(of: "full", in: installation)
            #expect(Facts.order([try await customer.ask(Facts.questions[0])]) == [0])
            let before = try Self.processes(installation)
            // Some that are under way when the disk is full, each at another stage or not yet.
            let early = (0..<4).map { _ in Customer(of: "full", in: installation) }
            for customer in early { try await customer.write(Facts.questions[0]) }
            // No file of the installation may grow past its first page: a full disk to its writers.
            for pid in before { try await Self.limitFiles(of: pid, to: "4096:") }
            // WhatsApp delivers it twice in vain, and would come again in ten seconds.
            let body = try await Self.write(Facts.questions[1], by: customer, to: business)
            for _ in 0..<5 {
                let answer = try await Self.post(body, of: business, to: installation.webhook)
                #expect(answer.status == 503 && answer.headers["Retry-After"] == "2")
            }
            for pid in before { try await Self.limitFiles(of: pid, to: "unlimited:") }
            try await eventually("webhooks are taken again") {
                try await Self.post(body, of: business, to: installation.webhook).status == 200
            }
            #expect(Facts.order(try await customer.seen(atLeast: 2)) == [0, 1])
            _ = try await customer.ask(Facts.questions[2])
            #expect(Facts.order(try await customer.seen()) == [0, 1, 2])
            for customer in early {
                #expect(Facts.order(try await customer.seen(atLeast: 1)) == [0])
            }
            #expect(try Self.processes(installation) == before, "nothing has died")
        }
    }

    private static func processes(_ installation: RunningInstallation) throws -> Set<Int32> {
        let up = try #require(installation.process.pid)
        let children = ProcessTable.children(of: up).filter { $0.name != "simulator" }
        return Set([up] + children.map(\.pid))
    }

    private static func limitFiles(of pid: Int32, to limit: String) async throws {
        let tool = try await ChildProcess.start(
            ChildProgram(
                name: "prlimit", path: "/usr/bin/prlimit",
                arguments: ["--pid", "\(pid)", "--fsize=\(limit)"],
                environment: ["PATH": "/usr/bin:/bin"], readiness: .running, watchesParent: false))
        #expect(await tool.waitUntilEnded() == .code(0))
    }

    @Test("while the log is locked a flood gets 503 before memory grows, and what was taken stays")
    func flood() async throws {
        try await RunningInstallation.with(Self.options) { installation in
            let business = try await installation.connect("flood", burstPause: 0)
            let pid = try #require(installation.child("ingester")).pid
            let before = try Self.residentBytes(pid)
            let lock = try FileLock(path: installation.data + "/log.sqlite.lock")
            try lock.acquire()
            let count = 120
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<count {
                    group.addTask {
                        let body = Self.body(
                            business, from: "34699\(number)", user: "ES.\(number)",
                            wamid: "wamid.\(number)", text: "Hi", bytes: 1 << 20)
                        let answer = try await Self.post(
                            body, of: business, to: installation.webhook)
                        #expect(answer.status == 200 || answer.headers["Retry-After"] == "2")
                        return answer.status
                    }
                }
                var statuses: [Int] = []
                for try await status in group {
                    statuses.append(status)
                    // All but the megabytes that may wait were turned away: now there is room.
                    if statuses.count == count - 40 { lock.release() }
                }
                return statuses
            }
            #expect(statuses.prefix(count - 40).allSatisfy { $0 == 503 })
            let taken = statuses.count { $0 == 200 }
            #expect(taken > 0 && taken <= 40)
            let grown = try Self.residentBytes(pid) - before
            // The bodies that wait, with what it takes to read them.
            #expect(grown < 160 << 20, "the ingester grew by \(grown >> 20) MiB")
            let topics = try await ParleyProgram.run("topics", "--data", installation.data)
            #expect(topics.output.contains("messages.inbound"))
        }
    }

    /// The most memory that a process has had.
    private static func residentBytes(_ pid: Int32) throws -> Int {
        let status = ParleyProgram.text("/proc/\(pid)/status")
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(separator: " ").compactMap { Int($0) }.first) * 1024
    }
}

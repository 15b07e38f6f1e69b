import Configuration
import Conversation
import EventLog
import Foundation
import Records

/// Measures the desk of one business.
///
/// How soon it opens where there is much, and how soon many agents hear of what happens; the
/// console is a process of its own, as always.
struct DeskBench: Sendable {
    var log: String?
    var seconds = 20
    var agents = 2_000
    var conversations = 100_000
    /// Changes a second.
    var rate = 50

    /// The demo business, which every fresh installation has.
    static let tenant = "bicicletas-sol"
    /// Every so many conversations wait for a person.
    private static let openEvery = 50
    /// Records in one append.
    private static let batch = 2_000
    /// How long the views may take to be built.
    private static let buildLimit = Duration.seconds(600)
    /// How long the last change may take to reach everybody.
    private static let patience = Duration.seconds(10)
    /// How often the inbox is opened, and each list asked for.
    private static let openings = 30

    func run() async throws -> DeskReport {
        let folder = try ScratchFolder()
        // An installation as it is made: keys, topics, the console's key.
        let made = try await RunningPipeline.start(log: log, folder: folder, outsidePort: nil)
        await made.stop()
        let data = DataFolder(path: folder.path + "/data")
        let target = try BenchLog(log ?? "sqlite:\(data.logFile)", folder: folder.path)
        let log = try await target.open(caches: folder.path + "/caches")
        var report = DeskReport(log: target.url, agents: agents, conversations: conversations)
        do {
            try await fill(log)
            let console = try await RunningConsole.start(data, folder)
            do {
                try await measure(console, log, &report)
            } catch {
                await console.stop()
                throw error
            }
            await console.stop()
        } catch {
            await log.close()
            throw error
        }
        await log.close()
        return report
    }

    private func measure(
        _ console: RunningConsole, _ log: any EventLog, _ report: inout DeskReport
    ) async throws {
        try await console.waitUntilAnswered(
            "/api/v1/tenants/\(Self.tenant)/handoffs", within: Self.buildLimit)
        report.buildSeconds = console.seconds
        report.inbox = try await opening(console)
        report.lists = try await lists(console)
        let before = console.residentMegabytes
        let listeners = try DeskListeners(port: console.port)
        listeners.begin()
        for number in 0..<agents {
            try listeners.open(try await console.ticket("agent-\(number)", of: Self.tenant))
        }
        try await Task.sleep(for: .seconds(2))
        report.kilobytesPerSocket =
            (console.residentMegabytes - before) * 1_000 / Double(max(1, agents))
        let used = console.processorSeconds
        let changes = try await speak(into: log, listeners)
        try await Task.sleep(for: .milliseconds(200))
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end, listeners.heardCount < changes * agents {
            try await Task.sleep(for: .milliseconds(50))
        }
        report.processorShare = (console.processorSeconds - used) / Double(seconds)
        let heard = listeners.end()
        report.changes = changes
        report.heard = heard.nanoseconds.count
        report.twice = heard.twice
        report.closed = heard.closed
        report.delay = Latencies(heard.nanoseconds)
    }

    // MARK: What there is

    private static func conversation(_ number: Int) -> ConversationID {
        ConversationID(NameHash.hex("conversation \(number)"))
    }

    private static let names = ["Ana", "Vicent", "Laia", "Marta", "Pau", "Núria", "Jordi", "Eva"]

    private static func contact(_ number: Int) -> Contact {
        Contact(
            userID: "user\(number)", phone: "34\(600_000_000 + number)",
            name: "\(names[number % names.count]) Person\(number &* 7_919 % 1_000_003)")
    }

    private func fill(_ log: any EventLog) async throws {
        let appender = try await log.openAppender()
        let envelope = RecordEnvelope(
            RecordTypes([InboundMessage.self, HandoffEvent.self]))
        let start = Timestamp(milliseconds: BenchLog.now()) - .seconds(86_400)
        var records: [Record] = []
        for number in 0..<conversations {
            let at = start + .milliseconds(Int64(number) * 800)
            records.append(try Self.record(message(number, at), "in \(number)", envelope))
            if number % Self.openEvery == 0 {
                records.append(
                    try Self.record(Self.queued(number, at), "queued \(number)", envelope))
            }
            if records.count >= Self.batch {
                try await appender.append(records)
                records = []
            }
        }
        try await appender.append(records)
        await appender.close()
    }

    private static func record(
        _ payload: any Payload, _ name: String, _ envelope: RecordEnvelope
    ) throws -> Record {
        let id = RecordID(NameHash.hex("desk \(name)"))
        return try envelope.record(
            payload,
            headers: RecordHeaders(
                id: id, type: type(of: payload).type, source: "bench",
                time: Timestamp(milliseconds: BenchLog.now()), subject: payload.key,
                correlation: id, causation: id, tenant: payload.tenant))
    }

    private func message(_ number: Int, _ at: Timestamp) -> InboundMessage {
        InboundMessage(
            tenant: TenantID(Self.tenant), conversation: Self.conversation(number), number: "101",
            message: MessageID("message-\(number)"), contact: Self.contact(number), sentAt: at,
            receivedAt: at, content: .text("Is the blue bicycle of size \(number % 60) there?"))
    }

    private static func queued(_ number: Int, _ at: Timestamp) -> HandoffEvent {
        HandoffEvent(
            tenant: TenantID(tenant), conversation: conversation(number),
            contact: contact(number), epoch: 1, mode: .queued,
            change: .queued(
                reason: .asked, summary: "Wants to talk to somebody about the blue bicycle.",
                transcript: []), reference: nil, at: at)
    }

    // MARK: What is measured

    /// From the wish for a ticket to the first page, as a person opens the inbox.
    private func opening(_ console: RunningConsole) async throws -> Latencies {
        var times: [UInt64] = []
        for number in 0..<Self.openings {
            let began = ProcessUsage.nanoseconds()
            let listeners = try DeskListeners(port: console.port)
            try listeners.open(try await console.ticket("opener-\(number)", of: Self.tenant))
            times.append(ProcessUsage.nanoseconds() - began)
            _ = listeners.end()
        }
        return Latencies(times)
    }

    /// The lists that the pages of the desk ask for, and the searches that the API has for them.
    private func lists(_ console: RunningConsole) async throws -> [DeskReport.List] {
        let searches = [
            ("words", "Person777"), ("words", "ana"), ("words", "34600077"),
            ("state", "open"), ("state", "closed"),
        ]
        let targets = try await console.lists(
            of: Self.tenant, kinds: ["handoffs", "conversations", "customers"],
            searches: searches)
        var lists: [DeskReport.List] = []
        for target in targets where target.path.contains("/tenants/") {
            var times: [UInt64] = []
            for _ in 0..<Self.openings {
                let began = ProcessUsage.nanoseconds()
                let answer = try await console.get(target.path, target.query, after: nil)
                times.append(ProcessUsage.nanoseconds() - began)
                guard answer.status == 200 else {
                    throw RunningPipeline.Failure(
                        description: "\(target.name) was answered \(answer.status)")
                }
            }
            lists.append(.init(name: target.name, latencies: Latencies(times)))
        }
        return lists
    }

    /// Writes what customers say, so many a second; answers how many.
    private func speak(into log: any EventLog, _ listeners: DeskListeners) async throws -> Int {
        let appender = try await log.openAppender()
        let envelope = RecordEnvelope(RecordTypes([HandoffEvent.self]))
        let open = max(1, (conversations + Self.openEvery - 1) / Self.openEvery)
        let count = seconds * rate
        let start = ContinuousClock.now
        for number in 0..<count {
            try await Task.sleep(until: start + .microseconds(1_000_000 / rate * number))
            let at = Timestamp(milliseconds: BenchLog.now())
            let place = number % open * Self.openEvery
            let event = HandoffEvent(
                tenant: TenantID(Self.tenant), conversation: Self.conversation(place),
                contact: Self.contact(place), epoch: 1, mode: .queued,
                change: .said(
                    TranscriptEntry(
                        id: RecordID(NameHash.hex("said \(number)")), speaker: .customer,
                        text: DeskListeners.words(number), at: at)), reference: nil, at: at)
            try await appender.append([Self.record(event, "said \(number)", envelope)])
            listeners.committed(number, at: ProcessUsage.nanoseconds())
        }
        await appender.close()
        return count
    }
}

/// What the measurement of the desk found.
struct DeskReport: BenchReport {
    /// A list or search.
    struct List: Codable, Sendable {
        var name: String
        var latencies: Latencies
    }

    /// Milliseconds within which 99 of 100 agents hear of a change, and the inbox and each list
    /// opens.
    static let (soon, opens) = (150.0, 300.0)

    var log: String
    var agents: Int
    var conversations: Int
    /// Until the console had built its views.
    var buildSeconds = 0.0
    /// From the wish for a ticket to the first page.
    var inbox = Latencies([])
    var lists: [List] = []
    /// What one more open socket takes of the console's memory.
    var kilobytesPerSocket = 0.0
    /// Changes that were written.
    var changes = 0
    /// How often one was heard: by each agent once.
    var heard = 0
    /// How often one was heard again.
    var twice = 0
    /// Sockets that the console closed.
    var closed = 0
    /// From the commit of a change until a socket had it.
    var delay = Latencies([])
    /// Processors that the console used meanwhile.
    var processorShare = 0.0

    var isWhole: Bool { heard == changes * agents && twice == 0 && closed == 0 && heard > 0 }

    var isSound: Bool {
        isWhole && delay.p99 <= Self.soon && inbox.p95 <= Self.opens
            && lists.allSatisfy { $0.latencies.p95 <= Self.opens }
    }

    var lines: [String] {
        [
            "log: \(log); \(conversations) conversations of one business, "
                + "\(agents) agents' sockets",
            "views built: \(rounded(buildSeconds)) s",
            "the inbox opens: \(inbox.text)" + late(inbox.p95, Self.opens),
        ]
            + lists.map { "\($0.name): \($0.latencies.text)" + late($0.latencies.p95, Self.opens) }
            + [
                "memory: \(rounded(kilobytesPerSocket)) kB a socket; \(rounded(processorShare)) "
                    + "processors while \(changes) changes came",
                "from commit to socket: \(delay.text)" + late(delay.p99, Self.soon),
            ]
            + (isWhole
                ? []
                : [
                    "\(heard) of \(changes * agents) were heard, \(twice) twice; \(closed) sockets "
                        + "were closed"
                ])
    }

    private func late(_ time: Double, _ limit: Double) -> String {
        time <= limit ? "" : " — more than \(rounded(limit)) ms"
    }
}

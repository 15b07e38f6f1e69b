import HTTPServer
import SQLiteEventLog

/// Measures a whole pipeline: `parley up` with every stage a process of its own, and customers
/// whose messages are posted to its webhook, until the replies arrive where WhatsApp would be.
///
/// Nothing outside costs time: WhatsApp and the embeddings are this process, which answers at
/// once, the model is the built-in answerer, and the pause for bursts is off.
struct PipelineBench: Sendable {
    var log: String?
    var seconds = 15
    var concurrency = 768

    /// Turns that the overhead is taken from.
    private static let turns = 200
    /// Turns before any measurement, for caches and just-started threads.
    private static let warmUpTurns = 100
    /// Before the throughput is counted.
    static let warmUpSeconds = 2
    /// How long the pipeline may take to know a new tenant and its passages.
    private static let tries = 40
    /// The first customer of the throughput's load; below are the others'.
    private static let firstCustomer = 1_000_000
    /// Turns a second beyond which customers would write more often than is measured for.
    private static let mostRate = 4_000
    /// Messages of one customer that the sender lets pass at once.
    private static let turnsOfCustomer = 8
    private static let directSeconds: UInt64 = 2

    func run() async throws -> PipelineReport {
        let outside = InstantOutside()
        var router = Router()
        outside.add(to: &router)
        let server = HTTPServer(configuration: .init(), router: router)
        let port = try server.start()
        let folder = try ScratchFolder()
        var report = PipelineReport(log: log ?? "sqlite, in a temporary folder")
        report.directCallsPerSecond = try await direct(port)
        let directCalls = outside.counts.messages
        let pipeline = try await RunningPipeline.start(log: log, folder: folder, outsidePort: port)
        try await pipeline.use {
            try await measure(pipeline, outside, outsidePort: port, &report)
        }
        report.logBytes = try await Self.settledBytes(
            try BenchLog(log, folder: folder.path + "/data"))
        report.logTurns = outside.counts.messages - directCalls
        await server.shutdown(within: .seconds(5))
        return report
    }

    private func measure(
        _ pipeline: RunningPipeline, _ outside: InstantOutside, outsidePort: Int,
        _ report: inout PipelineReport
    ) async throws {
        let business = TurnMessages.Business(run: .random(in: 100_000...999_999))
        let messages = try TurnMessages(business)
        try await pipeline.connect(business, graphPort: outsidePort)
        func load(
            _ conversations: Int, first: Int, each: Int, until end: TurnLoad.End
        ) async throws -> TurnLoad.Outcome {
            let book = TurnBook()
            outside.report(to: book)
            let load = TurnLoad(
                messages: messages, book: book, port: pipeline.webhookPort,
                conversations: conversations, firstCustomer: first, customersEach: each, end: end)
            return try await onThread { try load.run() }
        }
        try await waitUntilAnswered(outside) { number in
            try await load(1, first: number * 10, each: 1, until: .init(turns: 1))
        }
        _ = try await load(4, first: 10_000, each: 1_000, until: .init(turns: Self.warmUpTurns))
        report.overhead = .init(
            try await load(1, first: 100_000, each: 1_000, until: .init(turns: Self.turns)))
        let before = (pipeline.processorSeconds(), ProcessUsage.own, outside.counts)
        let whole = seconds + Self.warmUpSeconds
        let customers = whole * Self.mostRate / Self.turnsOfCustomer / concurrency + 1
        let outcome = try await load(
            concurrency, first: Self.firstCustomer, each: customers,
            until: .init(
                nanoseconds: UInt64(whole) * 1_000_000_000,
                warmUpNanoseconds: UInt64(Self.warmUpSeconds) * 1_000_000_000))
        report.throughput = .init(outcome)
        report.concurrency = concurrency
        report.processorSeconds = PipelineReport.difference(
            pipeline.processorSeconds(), before.0)
        report.processorSeconds["bench"] = ProcessUsage.own - before.1
        report.embeddingCalls = outside.counts.embeddings - before.2.embeddings
        report.graphMarks = outside.counts.marks - before.2.marks
    }

    /// The bytes in use of an SQLite file once it has come to rest, as two hours later; `nil` on
    /// Kafka.
    private static func settledBytes(_ log: BenchLog) async throws -> Int? {
        guard let file = log.file else { return nil }
        let opened = try await SQLiteEventLog.open(path: file) { BenchLog.now() + 2 * 3_600_000 }
        try await opened.maintain()
        let bytes = try await opened.bytesInUse()
        await opened.close()
        return bytes
    }

    /// Asks until the pipeline answers from the document, which its stages learn of in their time.
    private func waitUntilAnswered(
        _ outside: InstantOutside, _ ask: (Int) async throws -> TurnLoad.Outcome
    ) async throws {
        var said = "nothing"
        for number in 0..<Self.tries {
            let outcome = try await ask(number)
            said = String(decoding: outside.counts.lastBody, as: UTF8.self)
            if outcome.account.isExact,
                said.contains("9:00") || said.contains("15 euros")
                    || said.contains("helmet is included") || said.contains("credit card or")
            {
                return
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw RunningPipeline.Failure(
            description: "the pipeline did not answer from the document; it said \(said)")
    }

    /// Graph calls a second that this process alone takes in, without a pipeline between.
    private func direct(_ port: Int) async throws -> Double {
        let body =
            "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+1\","
            + "\"type\":\"text\",\"text\":{\"body\":\"\(TurnMessages.questions[0])\"}}"
        let request = """
            POST /v26.0/1/messages HTTP/1.1\r
            Host: localhost\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """
        let count = Int(Self.directSeconds) * 60_000
        let generator = LoadGenerator(
            corpus: WebhookCorpus(repeating: Array(request.utf8), count: count), port: port,
            connections: concurrency, warmUp: 0, measured: Self.directSeconds * 1_000_000_000)
        return try await onThread { try generator.run().rate }
    }
}

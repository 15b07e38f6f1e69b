import AuditEndpoints
import AuditRecords
import AuditView
import Configuration
import Conversation
import EventLog
import PipelineTesting
import Records
import ServiceLevelEndpoints
import StageRuntime
import Testing

@testable import Console
@testable import ConversationView
@testable import DocumentView
@testable import Operations
@testable import Simulator
@testable import parley

/// Whatever customers, agents, documents and servers put into a name or a text, through the
/// printer of each command.
@Suite("What came from outside, at the terminal")
struct PrintingTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    /// Clears the screen, sets the title, forges a line, turns what follows.
    static let hostile =
        "Luz\u{1b}[2J\u{9b}31m\u{1b}]0;owned\u{7}\r\nFORGED line\u{2028}FORGED\u{85}FORGED\u{202e}txt"

    /// Lines hold nothing that a terminal obeys, and no line is the text's own.
    private func check(
        _ lines: [TerminalLine], count: Int? = nil, _ location: SourceLocation = #_sourceLocation
    ) {
        let texts = lines.map(\.text)
        #expect(texts.contains { $0.contains("Luz") }, sourceLocation: location)
        for text in texts {
            #expect(VisibleText.isPlain(text), "\(text)", sourceLocation: location)
            #expect(!text.hasPrefix("FORGED"), sourceLocation: location)
        }
        if let count { #expect(texts.count == count, sourceLocation: location) }
    }

    private func check(
        report: String, count: Int? = nil, _ location: SourceLocation = #_sourceLocation
    ) {
        check(TerminalLine.lines(of: report), count: count, location)
    }

    private var handoff: Handoff {
        Handoff(
            after: HandoffEvent(
                tenant: "sol", conversation: "aa11", contact: Contact(name: Self.hostile),
                epoch: 1, mode: .claimed(by: "ana", name: Self.hostile),
                change: .queued(reason: .asked, summary: Self.hostile, transcript: []),
                reference: nil, at: Self.now))
    }

    @Test("handoff list")
    func handoffs() throws {
        let list = HandoffList(handoffs: [handoff, handoff], waiting: 1, claimed: 1)
        check(HandoffListCommand.lines(list, at: Self.now), count: 3)
    }

    @Test("what was measured")
    func levels() throws {
        let row = Measured(key: Self.hostile, name: Self.hostile)
        let report = try RecordCodec.decode(
            ReportAnswer.self,
            from: RecordCodec.encode(
                MeasuredSheet(timeZone: Self.hostile, rows: [row, row], total: row)))
        check(DeskLevelsCommand.lines(report), count: 5)
    }

    /// A row of a report as the console gives it.
    private struct Measured: Encodable {
        var key: String
        var name: String
        var abandoned = 1
        var unanswered = 0
    }

    /// A report as the console gives it.
    private struct MeasuredSheet: Encodable {
        var by = "agent"
        var from = "2026-12-01"
        var to = "2026-12-01"
        var timeZone: String
        var rows: [Measured]
        var total: Measured
    }

    @Test("audit")
    func audit() throws {
        let entry = AuditEntry(
            tenant: TenantID(Self.hostile), actor: Self.hostile, action: Self.hostile,
            subject: Self.hostile, at: Self.now)
        let listing = try RecordCodec.decode(
            AuditListing.self,
            from: RecordCodec.encode(Listed(id: Self.hostile, entry: entry)))
        let more = AuditCount(entries: 3, isExact: false)
        check(AuditCommand.lines([listing, listing], of: more), count: 4)
    }

    /// An entry as the console lists it.
    private struct Listed: Encodable {
        var id: String
        var entry: AuditEntry

        func encode(to encoder: any Encoder) throws {
            try entry.encode(to: encoder)
            var box = encoder.container(keyedBy: Name.self)
            try box.encode(id, forKey: .id)
        }

        private enum Name: CodingKey { case id }
    }

    @Test("agent: the queue, and all that the console says")
    func agent() throws {
        let line = Handoff.Line(
            TranscriptEntry(
                id: "m1", speaker: .agent("ana", name: Self.hostile), text: Self.hostile,
                at: Self.now))
        let said = Handoff.Line(
            TranscriptEntry(
                id: "m2", speaker: .customer, text: Self.hostile, at: Self.now))
        let suggestion = Handoff.Suggestion(text: Self.hostile, citations: [])
        let report = Handoff.DeliveryReport(of: "m1", .unknown(because: Self.hostile))
        let transcript = HandoffTranscript(
            handoff: handoff, lines: [line, said], suggestion: suggestion)
        let messages: [(AgentMessage, Int)] = [
            (.welcome("ana", name: Self.hostile, "sol"), 1), (.updated(handoff), 1),
            (.line("aa11", line), 1), (.line("aa11", said), 1),
            (.suggestion("aa11", suggestion), 1), (.delivery("aa11", report), 1),
            (.transcript(ref: "r", transcript), 3),
            (.refused(ref: "r", "aa11", because: Self.hostile, holder: Self.hostile), 1),
            (.error(ref: "r", code: "c", message: Self.hostile), 1),
            (.ended("aa11", by: AgentID(Self.hostile)), 1),
        ]
        for (message, count) in messages {
            var shell = AgentShell(agent: "ana")
            let page = HandoffList(handoffs: [handoff], waiting: 0, claimed: 1)
            check(shell.receive(.queue(page, ref: nil), at: Self.now), count: 1)
            check(shell.receive(message, at: Self.now), count: count)
        }
        var shell = AgentShell(agent: "ana")
        let typed = ["claim Luz\u{1b}[2J", "use Luz\u{202e}"].map { shell.read($0, at: Self.now) }
        for wish in typed {
            guard case .show(let lines) = wish else { continue }
            for line in lines { #expect(VisibleText.isPlain(line.text)) }
        }
    }

    @Test("knowledge list, add, search")
    func knowledge() throws {
        var document = DocumentListing(
            id: "doc_1", name: Self.hostile, size: 1, contentHash: "h", outcome: "failed",
            passages: 0, embedded: 0, problem: Self.hostile, uploadedAt: nil)
        check(KnowledgeListCommand.lines([document]), count: 2)
        check([KnowledgeAddCommand.sentence(document, waiting: 0).line])
        document.outcome = "indexed"
        check(KnowledgeListCommand.lines([document, document]), count: 4)
        check([KnowledgeAddCommand.sentence(document, waiting: 0).line])
        let passage = RankedPassage(
            id: "p1", document: "doc_1", documentName: Self.hostile, headings: [Self.hostile],
            page: nil, sheet: Self.hostile, text: Self.hostile, contentHash: "c", score: 0.5,
            similarity: nil, overlap: 1)
        check(KnowledgeSearchCommand.lines([passage]))
    }

    @Test("tenant list, show")
    func tenants() throws {
        let tenant = try RecordCodec.decode(
            TenantListing.self,
            from: RecordCodec.encode(
                TenantFixture(name: Self.hostile, number: Self.hostile)))
        check(
            TenantListCommand.lines(TenantList(tenants: [tenant], problems: [])), count: 2)
        check(TenantShowCommand.lines(tenant))
    }

    @Test("simulate message: the reply has its own lines, and obeys nobody")
    func reply() {
        let message = SimulateMessageCommand.Seen.Message(
            wamid: "w", type: "text", text: Self.hostile + "\nsecond")
        let lines = SimulateMessageCommand.lines(message)
        for line in lines { #expect(VisibleText.isPlain(line.text)) }
    }

    @Test("errors, whatever they quote")
    func errors() {
        let refusal = APIClient.Refusal(
            status: 400, code: nil, description: "no such thing: \(Self.hostile)")
        check(TerminalLine.lines(of: refusal), count: 1)
        for line in TerminalLine.lines(of: ConfigurationError("--log", "\(Self.hostile)")) {
            #expect(VisibleText.isPlain(line.text))
        }
    }

    private func record(
        _ payload: any Payload, id: RecordID = "r1", dead: Bool = false
    ) throws -> ConsumedRecord {
        var record = try RecordEnvelope.program.record(
            payload,
            headers: RecordHeaders(
                id: id, type: type(of: payload).type, source: "test", time: Self.now,
                subject: payload.key, correlation: id, causation: id,
                tenant: TenantID(Self.hostile)))
        if dead {
            record.headers.append(RecordHeader(HeaderName.deadStage, "handoff"))
            record.headers.append(RecordHeader(HeaderName.deadReason, Self.hostile))
        }
        return ConsumedRecord(
            record: record, partition: TopicPartition("messages.inbound", 0), offset: 3)
    }

    private var inbound: InboundMessage {
        InboundMessage(
            tenant: TenantID(Self.hostile), conversation: ConversationID(Self.hostile),
            number: "n1", message: "w1", contact: Contact(name: Self.hostile), sentAt: Self.now,
            receivedAt: Self.now, content: .text(Self.hostile))
    }

    @Test("tail, with content and without")
    func tail() throws {
        let consumed = try record(inbound)
        for content in [true, false] {
            check(report: RecordLine(.program).text(consumed, content: content), count: 1)
        }
        let broken = Record(
            topic: "messages.inbound", key: Array(Self.hostile.utf8),
            value: Array(Self.hostile.utf8), headers: consumed.record.headers, timestamp: 0)
        check(
            report: RecordLine(.program).text(
                ConsumedRecord(
                    record: broken, partition: TopicPartition("messages.inbound", 0), offset: 3),
                content: true), count: 1)
    }

    @Test("dead-letters list, show")
    func deadLetters() throws {
        let letter = try #require(DeadLetterView(try record(inbound, dead: true)))
        check(report: DeadLetterText(.program).table([letter]), count: 2)
        for content in [true, false] {
            check(report: DeadLetterText(.program).details(letter, content: content))
        }
        let json = VisibleText.json(try DeadLetterText(.program).json([letter], content: true))
        #expect(VisibleText.isPlain(json))
    }

    @Test("trace")
    func trace() {
        var node = TraceNode(
            kind: .record, name: Self.hostile, id: RecordID(Self.hostile), position: nil,
            at: Self.now, delay: 1, summary: Self.hostile,
            calls: [
                .init(
                    name: Self.hostile, answer: Self.hostile, began: Self.now, milliseconds: 1,
                    model: Self.hostile)
            ], children: [])
        check(report: TraceText.render([node]), count: 2)
        node.children = [node]
        check(report: TraceText.render([node]), count: 4)
    }

    @Test("ledger, topics, lag")
    func reports() {
        var ledger = LedgerReport()
        ledger.items = [
            .init(
                message: Self.hostile, tenant: Self.hostile, state: "awaiting",
                waiting: Self.hostile, accepted: "a", heard: "h", position: Self.hostile)
        ]
        ledger.tenants = [Self.hostile: ["delivered": 1], "b": [:]]
        check(report: ledger.text)
        check(report: Columns.table(["A", "B"], [["1", Self.hostile]]), count: 2)
    }

    @Test("replay: both sides of a difference")
    func replay() {
        var report = ReplayReport(stage: "handoff")
        report.different = 1
        report.first = ReplayDifference(
            input: "i", position: "p",
            lines: ReplayDifference.lines(
                for: .asksOtherwise(index: 0, recorded: "a", repeated: Self.hostile), content: true)
        )
        check(report: report.text)
    }

    @Test("in colour, only what we add is a command to the terminal")
    func colours() {
        let line: TerminalLine = "name: \(Self.hostile)"
        let shown = line.styled(.problem).rendered(inColour: true)
        #expect(shown.hasPrefix("\u{1b}[31m") && shown.hasSuffix("\u{1b}[0m"))
        #expect(VisibleText.isPlain(String(shown.dropFirst(5).dropLast(4))))
        #expect(VisibleText.isPlain(line.styled(.problem).rendered(inColour: false)))
        let terminal = ["TERM": "xterm"]
        #expect(Terminal.colours(isTerminal: true, terminal))
        #expect(!Terminal.colours(isTerminal: false, terminal))
        #expect(!Terminal.colours(isTerminal: true, terminal.merging(["NO_COLOR": "1"]) { $1 }))
        #expect(Terminal.colours(isTerminal: true, terminal.merging(["NO_COLOR": ""]) { $1 }))
        #expect(!Terminal.colours(isTerminal: true, ["TERM": "dumb"]))
    }
}

/// The JSON of a tenant as the console lists it.
private struct TenantFixture: Encodable {
    struct Number: Encodable {
        var id: String
        var display: String
    }
    var id = "sol"
    var name: String
    var about: String
    var account: String
    var numbers: [Number]
    var secrets = ["appSecret": true, "verifyToken": true, "accessToken": true, "modelKey": true]
    var graphURL: String
    var graphVersion: String
    var unknownOutcome: String
    var groups: String
    var updatedAt = Timestamp(seconds: 1_800_000_000)

    init(name: String, number: String) {
        self.name = name
        about = name
        account = name
        numbers = [Number(id: number, display: number)]
        graphURL = name
        graphVersion = name
        unknownOutcome = name
        groups = name
    }
}

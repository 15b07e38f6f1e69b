import Foundation
import JSON
import Testing

@testable import Conversation

/// The log keeps records for long and a replay compares them byte by byte: they stay as they were.
@Suite("The bytes of a turn's records")
struct TurnRecordBytesTests {
    private static let at = Timestamp(milliseconds: 1_700_000_000_123)
    private static let words = "Ünïcode \"quoted\"\n\\ {\"json\":[1]} 👋\u{1}"

    private static let bare = Citation(
        passage: "p", document: "d", documentName: "hours.md", page: nil, sheet: nil,
        headings: [], contentHash: "h")
    private static let whole = Citation(
        passage: "p2", document: "d2", documentName: words, page: 3, sheet: "Prices",
        headings: ["A", words], contentHash: "h2", quote: words)

    private static let provenances = [
        Provenance(passages: [], model: "built-in"),
        Provenance(
            passages: [bare, whole], citations: [whole], prompt: "answer", promptHash: "ab",
            model: words, promptTokens: 12, completionTokens: 0, search: .vectorsAndText,
            positions: ["questions.grounded-1@2", "x"]),
        Provenance(
            passages: [bare], citations: [], model: "m", search: GroundedQuestion.Search.none),
    ]

    private static func message(_ content: MessageContent) -> InboundMessage {
        InboundMessage(
            tenant: "velo", conversation: "c", number: "1", message: "wamid.1",
            contact: Contact(userID: "u", name: words), sentAt: at, receivedAt: at,
            content: content)
    }

    private static func passage(_ number: Double?, _ page: Int?) -> RankedPassage {
        RankedPassage(
            id: "p", document: "d", documentName: "n", headings: [words], page: page,
            sheet: page.map { "S\($0)" }, text: words, contentHash: "h", score: number ?? 1e-7,
            similarity: number, overlap: number)
    }

    private static let questions = [
        GroundedQuestion(message: message(.text("hi")), query: "", search: .none, passages: []),
        GroundedQuestion(
            message: message(.contacts(RawJSON(#"[{"name":"x"}]"#))),
            query: words, search: .textOnly, searchProblem: words,
            passages: [passage(nil, nil), passage(0.1, 2), passage(-3, 0), passage(1e21, 1)],
            background: 0.75, vector: QuestionVector([0.6, -0.8], model: words)),
    ]

    private static let proposals: [ProposedReply.Proposal] = [
        .answer(text: words, citations: [bare, whole]), .answer(text: "", citations: []),
        .courtesy(text: words), .handoff(reason: .asked, summary: words, notice: ""),
        .silence(because: words),
    ]

    private static let authors: [OutboundMessage.Author] =
        provenances.map { .bot($0) } + [.agent("ann", name: words), .system]
    private static let contents: [OutboundMessage.Content] = [
        .text(words), .typing(for: "wamid.1"), .read("wamid.2"),
    ]

    private static let exchange = Decision.Exchange(
        call: NestedJSON(#"{"search":"a \" b"}"#), answer: NestedJSON("null"), began: at,
        resumed: at)
    private static let decisions: [Decision.Outcome] = [
        .finished(outputs: ["a", "b"]), .finished(outputs: []), .ignored(because: words),
        .repeated, .dead(because: words), .committed(outputs: ["a"]),
    ]

    private static let outcomes: [Delivery.Outcome] = [
        .accepted("wamid.1"), .progressed("wamid.1", .read),
        .failed(nil, PlatformError(code: 131000)), .unknown(because: words), .dropped(.staleEpoch),
        .held(because: words, until: at),
    ]

    private static let contact = Contact(
        userID: "US.1", parentUserID: "US.ENT.1", phone: "1", name: "N", username: "@n")

    private static func webhook(isFull: Bool) -> [any Payload] {
        [
            InboundMessage(
                tenant: "t", conversation: "c", number: "n", message: "m",
                contact: isFull ? contact : Contact(), sentAt: Timestamp(milliseconds: -1),
                receivedAt: at, content: .text("x"),
                context: isFull ? MessageContext(message: "w", forwarded: true) : nil,
                referral: isFull ? RawJSON(#"{"a":"\/"}"#) : nil, group: isFull ? "g" : nil,
                errors: isFull ? [PlatformError(code: 1, title: "T", isTransient: true)] : nil),
            MessageStatus(
                tenant: "t", conversation: "c", number: "n", message: "m", progress: .read,
                at: Timestamp(milliseconds: 0), receivedAt: Timestamp(milliseconds: 1),
                callbackData: isFull ? "p1.c.o.1" : nil, recipient: isFull ? contact : nil,
                errors: isFull ? [PlatformError(code: 1)] : nil,
                pricing: isFull ? RawJSON("{}") : nil),
        ]
    }

    /// What a turn asks another stage, and what comes of it.
    private static let tools: [any Payload] = [
        ToolRequest(
            request: "r", tenant: "velo", conversation: "c", tool: "book",
            arguments: ["day": .string(words), "people": 2, "notes": [.null, true, .number(1.5)]],
            message: "wamid.1", confirmedBy: "wamid.2", deadline: at, at: at),
        ToolRequest(
            request: "r", tenant: "velo", conversation: "c", tool: "stock", arguments: [:],
            message: "wamid.1", deadline: at, at: at),
        ToolResult(
            request: "r", tenant: "velo", conversation: "c", tool: "book",
            outcome: .done(text: words), at: at),
        ToolResult(
            request: "r", tenant: "velo", conversation: "c", tool: "book",
            outcome: .notDone(because: words), at: at),
        ToolConfirmation(
            request: "r", tenant: "velo", conversation: "c", standing: .asked, at: at),
        ToolConfirmation(
            request: "r", tenant: "velo", conversation: "c", standing: .withdrawn, at: at),
        ProposedReply(
            tenant: "velo", conversation: "c", answers: ["a"], proposal: .courtesy(text: words),
            language: "en", provenance: provenances[0], at: at, asks: "r"),
    ]

    private static var payloads: [any Payload] {
        var all: [any Payload] = questions + webhook(isFull: true) + webhook(isFull: false)
        for (proposal, language) in zip(proposals, ["en", nil, "es", nil, words]) {
            for provenance in provenances {
                all.append(
                    ProposedReply(
                        tenant: "velo", conversation: "c", answers: ["a", "b"], proposal: proposal,
                        language: language, provenance: provenance, at: at))
            }
        }
        for author in authors {
            for content in contents {
                all.append(
                    OutboundMessage(
                        tenant: "velo", conversation: "c", number: "1",
                        recipient: Contact(userID: "u", phone: "34"), epoch: 3, content: content,
                        author: author, answers: [], windowAnchor: at, at: at))
            }
        }
        for (outcome, exchanges) in zip(
            decisions, [[], [exchange], [], [exchange, exchange], [], []])
        {
            all.append(
                Decision(
                    stage: "handoff", tenant: "velo", key: "c", input: "r", position: "t-0@1",
                    began: at, exchanges: exchanges, outcome: outcome,
                    part: exchanges.isEmpty ? nil : 3))
        }
        for outcome in outcomes {
            all.append(
                Delivery(
                    tenant: "velo", conversation: "c", outbound: "o", epoch: 1, attempt: 2,
                    outcome: outcome, answers: ["w"], at: at))
        }
        all += tools
        return all
    }

    /// What each of them was when records were still written by hand, a line each.
    private static func recorded() throws -> [[UInt8]] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Recorded/records.jsonl")
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    @Test("each case of each record, with every field and with none, is written as it was")
    func sameBytes() throws {
        let recorded = try Self.recorded()
        #expect(recorded.count == Self.payloads.count)
        for (payload, line) in zip(Self.payloads, recorded) {
            let bytes = try payload.json()
            #expect(bytes == line, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test("a decision, which is written by hand, has the bytes that the general encoder writes")
    func decisions() throws {
        for settings in [nil, NestedJSON(#"{"a":[1,null]}"#)] {
            for case var decision as Decision in Self.payloads {
                decision.settings = settings
                let bytes = try decision.json()
                #expect(
                    try bytes == RecordCodec.encode(decision),
                    "\(String(decoding: bytes, as: UTF8.self))")
                #expect(try Decision.read(bytes) == decision)
            }
        }
    }

    @Test("what was written is read as what it was")
    func sameValues() throws {
        func check<P: Payload>(_ payload: P, _ line: [UInt8]) throws {
            #expect(try P.read(line) == payload)
        }
        for (payload, line) in zip(Self.payloads, try Self.recorded()) { try check(payload, line) }
    }

    @Test("a number that JSON has no word for is refused")
    func refuses() {
        var question = Self.questions[1]
        question.background = .nan
        #expect(throws: RecordError.self) { try question.json() }
    }
}

import JSON
import Testing

@testable import Conversation

/// Records of turns are written by hand, for speed; they are the bytes that the codec gives.
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

    private static var payloads: [any Payload] {
        var all: [any Payload] = questions
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
                    stage: "handoff", tenant: "velo", key: "c", input: "r", place: "t-0@1",
                    began: at, exchanges: exchanges, outcome: outcome,
                    part: exchanges.isEmpty ? nil : 3))
        }
        for outcome in outcomes {
            all.append(
                Delivery(
                    tenant: "velo", conversation: "c", outbound: "o", epoch: 1, attempt: 2,
                    outcome: outcome, answers: ["w"], at: at))
        }
        return all
    }

    @Test("each case of each record, with every field and with none")
    func sameBytes() throws {
        func same(_ payload: some Payload) throws {
            let own = try payload.json()
            #expect(
                own == (try RecordCodec.encode(payload)), "\(String(decoding: own, as: UTF8.self))")
        }
        for payload in Self.payloads { try same(payload) }
    }

    private func expectReadAlike(_ type: (some JSONFieldReadable).Type, _ bytes: [UInt8]) {
        func result<P: JSONFieldReadable>(_ type: P.Type) {
            let own = Result { () throws(RecordError) in
                try P.read(bytes)
            }
            let codec = Result { () throws(RecordError) in
                try RecordCodec.decode(P.self, from: bytes)
            }
            #expect(own == codec, "\(String(decoding: bytes, as: UTF8.self))")
        }
        result(type)
    }

    @Test("each record is read as the codec reads it, and without its help if it is ours")
    func sameValues() throws {
        func check<P: JSONFieldReadable>(_ payload: P) throws {
            let bytes = try payload.json()
            #expect(try P(JSONTape(bytes).root) == payload)
            expectReadAlike(P.self, bytes)
        }
        for payload in Self.payloads {
            if let readable = payload as? any JSONFieldReadable { try check(readable) }
        }
        try check(Self.message(.text(Self.words)))
    }

    @Test("a record that somebody changed is read, or refused, as the codec does")
    func changed() throws {
        var generator = SystemRandomNumberGenerator()
        let pieces = ["null", "1", "-1.5", "\"x\"", "{}", "[]", "[1]", "true", "9e99", "\"bot\":1"]
        func check<P: JSONFieldReadable>(_ payload: P) throws {
            for _ in 0..<60 {
                var bytes = try payload.json()
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0x20..<0x7f, using: &generator)
                case 1: bytes.remove(at: place)
                default:
                    // Another value for a field.
                    guard let colon = bytes[place...].firstIndex(of: UInt8(ascii: ":")) else {
                        break
                    }
                    let end =
                        bytes[(colon + 1)...].firstIndex { ",}".utf8.contains($0) } ?? bytes.count
                    let piece = pieces.randomElement(using: &generator) ?? "0"
                    bytes.replaceSubrange((colon + 1)..<end, with: piece.utf8)
                }
                expectReadAlike(P.self, bytes)
            }
        }
        for payload in Self.payloads {
            if let readable = payload as? any JSONFieldReadable { try check(readable) }
        }
    }

    @Test("a number that JSON has no word for is refused")
    func refuses() {
        var question = Self.questions[1]
        question.background = .nan
        #expect(throws: RecordError.self) { try question.json() }
    }
}

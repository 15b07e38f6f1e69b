import Conversation
import HTTPClient
import JSON
import Records
import RoutingRecords
import Testing
import WebSocket

@testable import Console
@testable import ConversationView

@Suite("The document of the agents' socket", .timeLimit(.minutes(5)))
struct AgentProtocolTests {
    private static func json(_ value: some Encodable) throws -> JSONValue {
        try RecordCodec.decode(JSONValue.self, from: RecordCodec.encode(value))
    }

    private static let requests: [AgentRequest] = [
        .init(type: .claim, ref: "r", conversation: "c"),
        .init(type: .release, ref: "r", conversation: "c"),
        .init(type: .close, ref: "r", conversation: "c", outcome: "solved", note: "n"),
        .init(
            type: .send, ref: "r", conversation: "c", text: "hi", epoch: 2, basedOn: "l",
            confirmed: true),
        .init(
            type: .send, ref: "r", conversation: "c",
            content: OutboundContent(.text("x", preview: false), quoting: "wamid.1")),
        .init(type: .send, ref: "r", conversation: "c", text: "hi", suggestion: "s"),
        .init(type: .dismiss, ref: "r", conversation: "c", suggestion: "s"),
        .init(type: .resend, ref: "r", conversation: "c", line: "l", epoch: 2),
        .init(type: .renew, ref: "r", conversation: "c"),
        .init(type: .takeOver, ref: "r", conversation: "c", agent: "ana", note: "why"),
        .init(type: .returnTo, ref: "r", conversation: "c"),
        .init(type: .transfer, ref: "r", conversation: "c", to: .agent, agent: "ben", note: "n"),
        .init(type: .transfer, ref: "r", conversation: "c", to: .bot),
        .init(type: .reopen, ref: "r", conversation: "c", note: "why"),
        .init(type: .note, ref: "r", conversation: "c", text: "words"),
        .init(
            type: .run, ref: "r", conversation: "c", epoch: 2,
            steps: [
                HandoffStep(.reply, text: "Bye"), HandoffStep(.label, label: "l"),
                HandoffStep(.close, text: "solved"),
            ]), .init(type: .agents, ref: "r"), .init(type: .read, ref: "r", conversation: "c"),
        .init(type: .list, ref: "r", cursor: "x"),
        .init(type: .setStatus, ref: "r", status: .busy),
        .init(type: .answerOffer, ref: "r", offer: "o", accept: true),
        .init(type: .next, ref: "r"),
        .init(type: .park, ref: "r", conversation: "c", until: Timestamp(seconds: 9)),
        .init(type: .resume, ref: "r", conversation: "c"),
        .init(type: .transfer, ref: "r", conversation: "c", to: .team, queue: "q", from: "ben"),
    ]

    private static func messages() throws -> [AgentMessage] {
        let event = HandoffEvent(
            tenant: "sol", conversation: "c", contact: Contact(userID: "u", phone: "34600"),
            epoch: 2, mode: .claimed(by: "ana", name: "Ana"),
            change: .transferred(
                by: "ben", to: "ana", name: "Ana", note: nil, until: Timestamp(seconds: 9)),
            reference: nil, at: Timestamp(seconds: 1))
        var handoff = Handoff(event)
        handoff.apply(event)
        handoff.returnsTo = .init(id: "ben", name: "Ben")
        var line = Handoff.Line(
            TranscriptEntry(
                id: "l", speaker: .customer, text: "hi", at: Timestamp(seconds: 1),
                content: TranscriptContent(kind: "image")))
        line.delivery = "failed"
        line.choices = [.again]
        handoff.parkedUntil = Timestamp(seconds: 9)
        handoff.queue = "q"
        let offer = RoutingOffer(
            id: "o", conversation: "c", agent: "ana", queue: "q", epoch: 2,
            madeAt: Timestamp(seconds: 1), expires: Timestamp(seconds: 31))
        let report = Handoff.DeliveryReport(of: "l", .unknown(because: "no answer"))
        let suggestion = Handoff.Suggestion(id: "s", text: "s", citations: [])
        let ended = SuggestionEnd(
            of: "s", .edited, agent: "ana",
            edit: SuggestionEdit(distance: 1, words: 9, changesFacts: false), messages: ["l"])
        return [
            .welcome("ana", name: "Ana", "sol"),
            .queue(HandoffList(handoffs: [handoff], next: "n", waiting: 1, claimed: 0), ref: "r"),
            .updated(handoff), .ended("c", by: "ana"), .line("c", line),
            .suggestion("c", suggestion), .suggestionEnded("c", ended),
            .suggestionEnded("c", SuggestionEnd(of: "s", .ignored, because: .closed)),
            .delivery("c", report),
            .clockChanged(
                ClockNews(
                    conversation: "c",
                    clocks: [
                        .init(
                            clock: .firstResponse, startedAt: Timestamp(seconds: 1),
                            isRunning: true, due: Timestamp(seconds: 9), level: "warned")
                    ])),
            .clockChanged(ClockNews(conversation: "c", clocks: [])),
            .transcript(
                ref: "r",
                HandoffTranscript(handoff: handoff, lines: [line], suggestion: suggestion)),
            .done(ref: "r", "c"), .refused(ref: "r", "c", because: "no", holder: "Ben"),
            .overtaken(ref: "r", "c", because: "new", [line]),
            .agents(ref: "r", [.init(id: "ben", name: "Ben", isHere: true)]),
            .routing(
                RoutingState(
                    status: .available, queues: [.init(id: "q", name: "Sales", isMine: true)],
                    offers: [AgentOffer(offer, at: Timestamp(seconds: 1))])),
            .offerMade(AgentOffer(offer, at: Timestamp(seconds: 1))),
            .offerEnded("o", "c", .missed),
            .agentChanged(
                AgentStanding(
                    agent: "ana", name: "Ana", status: .away, isReachable: true,
                    because: .missedOffers)),
            .error(ref: nil, code: "bad_request", message: "what?"),
            .reset(because: "too much"),
            .opened(HandoffTranscript(handoff: handoff, lines: [line], suggestion: suggestion)),
            .sign(
                AgentSign(
                    conversation: "c", agent: "ben", name: "Ben", doing: .typing, seconds: 10)),
            .probe, .pong, .goodbye(code: "slow", retryAfter: 5),
        ]
    }

    /// What stands in the frame of a message besides its own words.
    private static func news(_ message: AgentMessage) -> AgentNews {
        var news = AgentNews(message)
        switch message {
        case .welcome:
            news.cursor = "run.1"
            news.features = ["resume"]
            news.isResumed = true
            news.version = AgentNotice.spoken
            news.serverTime = 5
        case .done: news.position = "run.2"
        case .refused: news.code = "held"
        case .pong, .reset: news.cursor = "run.3"
        default: break
        }
        return news
    }

    private static let notices: [AgentNotice] = [
        .hello(after: "run.7", features: ["probe"], showing: "c"), .hello(), .init(.ping),
        .init(.here), .init(.sign, conversation: "c", doing: .typing),
    ]

    @Test("every notice is as the document says, and every kind is in it")
    func notices() throws {
        #expect(Set(Self.notices.map(\.type)) == Set(AgentNotice.Kind.allCases))
        for notice in Self.notices {
            let json = try Self.json(notice)
            let findings = AgentNotice.schema(of: notice.type).findings(in: json)
            #expect(findings.isEmpty, "\(notice.type): \(findings)")
            #expect(
                try RecordCodec.decode(AgentNotice.self, from: RecordCodec.encode(notice))
                    == notice)
        }
    }

    @Test("a frame of changes is as the document says, and each change in it")
    func frames() throws {
        var feed = AgentFeed(run: "run", limits: AgentLimits())
        let changes = try Self.messages().filter {
            AgentMessage.changes.contains(try Self.json($0)["type"]?.string ?? "")
        }
        let kinds = try changes.map { try Self.json($0)["type"]?.string ?? "" }
        #expect(Set(kinds) == Set(AgentMessage.changes))
        for change in changes {
            feed.append(try #require(change.bytes), row: nil, at: Timestamp(seconds: 1))
        }
        let events = try #require(feed.events(after: 0))
        let frames = AgentFrames(events, after: 0, of: feed, AgentLimits()).frames
        #expect(frames.count == 1)
        // The frame's header is two or four bytes long.
        let bytes = Array(try #require(frames.first).shared.bytes.drop { $0 != UInt8(ascii: "{") })
        let json = try RecordCodec.decode(JSONValue.self, from: bytes)
        let schemas = Dictionary(
            uniqueKeysWithValues: AgentMessage.schemas.map { ($0.name, $0.schema) })
        let whole = schemas["events"]?.findings(in: json) ?? []
        #expect(whole.isEmpty, "\(whole)")
        let frame = try RecordCodec.decode(AgentFrame.self, from: bytes)
        #expect(frame.messages == changes && frame.cursor == "run.\(changes.count)")
        guard case .array(let list)? = json["events"] else { return }
        for each in list {
            let name = each["type"]?.string ?? ""
            let findings = schemas[name]?.findings(in: each) ?? []
            #expect(findings.isEmpty, "\(name): \(findings)")
        }
    }

    @Test("every request is as the document says, and every kind is in it")
    func requests() throws {
        #expect(Set(Self.requests.map(\.type)) == Set(AgentRequest.Kind.allCases))
        for request in Self.requests {
            guard case .object(var members) = try Self.json(request) else { return }
            if request.conversation == "" { members["conversation"] = nil }
            let findings = AgentRequest.schema(of: request.type).findings(in: .object(members))
            #expect(findings.isEmpty, "\(request.type): \(findings)")
            #expect(
                try RecordCodec.decode(
                    AgentRequest.self, from: RecordCodec.encode(JSONValue.object(members)))
                    == request)
        }
    }

    @Test("every message is as the document says, and every kind is in it")
    func messages() throws {
        var seen: Set<String> = []
        let schemas = Dictionary(
            uniqueKeysWithValues: AgentMessage.schemas.map { ($0.name, $0.schema) })
        for message in try Self.messages() {
            let json = try Self.json(Self.news(message))
            let name = json["type"]?.string ?? ""
            seen.insert(name)
            let findings = schemas[name]?.findings(in: json) ?? []
            #expect(schemas[name] != nil && findings.isEmpty, "\(name): \(findings)")
            #expect(
                try RecordCodec.decode(AgentMessage.self, from: RecordCodec.encode(message))
                    == message)
        }
        #expect(seen == Set(schemas.keys).subtracting([AgentFrame.events]))
    }

    @Test("it is served as AsyncAPI 3, and a client that knows nothing else can work by it")
    func served() async throws {
        try await Office.open(handingOff: true) { office in
            let answer = try await office.ask(.get, AgentProtocol.path, key: nil)
            #expect(answer.status == 200)
            let document = try answer.value(JSONValue.self)
            #expect(document["asyncapi"]?.string == "3.0.0")
            let messages = document["components"]?["messages"]
            // Every reference leads somewhere.
            for part in answer.text.split(separator: #""$ref":"#).dropFirst() {
                let path = part.dropFirst().prefix { $0 != "\"" }.replacing("\\/", with: "/")
                let found = path.split(separator: "/").dropFirst().reduce(document as JSONValue?) {
                    $0?[String($1)]
                }
                #expect(found != nil, "\(path)")
            }
            let address = try #require(
                document["channels"]?["agent"]?["address"]?.string)
            try await office.addTenant()
            let ticket = try await office.ticket("ana", "Ana", tenant: "sol")
            let client = try await WebSocketClient.connect(
                host: "127.0.0.1", port: office.port, target: address,
                protocols: ticket.protocols)
            let socket = Socket(client: client)
            try await office.handOff("c1")
            _ = try await socket.next { message -> Bool? in
                if case .updated = message { true } else { nil }
            }
            // Requests made of the document's words alone, in an order that makes sense.
            for (number, kind) in ["claim", "note", "send", "read", "transfer"].enumerated() {
                let payload = messages?["ask-\(kind)"]?["payload"]?["$ref"]?.string ?? ""
                let name = String(payload.split(separator: "/").last ?? "")
                let schema = try #require(document["components"]?["schemas"]?[name])
                var members: [String: JSONValue] = [:]
                for case .string(let field) in Self.list(schema["required"]) {
                    let words = Self.list(schema["properties"]?[field]?["enum"])
                    members[field] = words.last ?? (field == "conversation" ? "c1" : "words")
                }
                members["cmdId"] = .string("r\(number)")
                if kind == "send" { members["text"] = "hello" }
                let text = String(
                    decoding: try RecordCodec.encode(JSONValue.object(members)), as: UTF8.self)
                try await client.send(.text(text))
                let reply = try await socket.next { message -> String? in
                    switch message {
                    case .done(let ref, _) where ref == "r\(number)": "done"
                    case .transcript(let ref, _) where ref == "r\(number)": "done"
                    case .refused(let ref, _, let why, _) where ref == "r\(number)": why
                    case .error(_, _, let why): why
                    default: nil
                    }
                }
                #expect(reply == "done", "\(kind)")
            }
        }
    }

    private static func list(_ value: JSONValue?) -> [JSONValue] {
        if case .array(let values)? = value { values } else { [] }
    }
}

import ChaosChecker
import FoundationEssentials
import WebSocket

/// An agent: claims what waits, reads, writes, and closes; one conversation after the other.
actor Agent {
    private struct Ticket: Decodable { var protocols: [String] }

    /// How long one answer is waited for before the request is sent again under the same `ref`.
    private static let patience = Duration.seconds(6)
    private static let tries = 4
    /// How everything that agents say ends.
    static let wordsEnd = ": it is being looked after."

    nonisolated let id: String
    nonisolated let tenant: String
    private let installation: Installation
    private let recorder: Recorder
    private var random: SeededRandom
    private var socket: WebSocketClient?
    private var open: [String: AgentTalk.Handoff] = [:]
    private var answers: [String: AgentTalk] = [:]
    /// Where the socket stood last; the next one goes on from there.
    private var cursor: String?
    /// The lines that were told since all was told anew.
    private var told: Set<String> = []
    private var requests = 0
    private var words = 0
    private var reader: Task<Void, Never>?

    init(
        _ id: String, of tenant: String, _ installation: Installation, _ recorder: Recorder,
        random: SeededRandom
    ) {
        self.id = id
        self.tenant = tenant
        self.installation = installation
        self.recorder = recorder
        self.random = random
    }

    /// The conversations that this agent takes for open.
    var known: [String] { open.keys.sorted() }

    /// Whether nothing waits that this agent knows of; `false` while it is not connected.
    var isIdle: Bool { socket != nil && open.isEmpty }

    /// Works until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            if socket == nil { await connect() }
            let mine = open.values.filter { $0.holder?.id == id }
            let queued = open.values.filter { $0.status == "queued" }
            if let next = mine.first ?? queued.min(by: { $0.waitingSince < $1.waitingSince }) {
                await serve(next)
            } else {
                await Time.sleep(.milliseconds(100))
            }
        }
        socket?.close()
        reader?.cancel()
    }

    private func connect() async {
        do {
            let body = ["agent": id, "name": "Agent \(id)"]
            let ticket = try await installation.console.post(
                "/api/v1/tenants/\(tenant)/tickets", body, as: Ticket.self)
            let socket = try await WebSocketClient.connect(
                host: "127.0.0.1", port: installation.base + 1, target: "/api/v1/agent",
                protocols: ticket.protocols)
            // What was missed follows, or all anew.
            let hello = AgentHello(cursor: cursor)
            let bytes = try JSONEncoder().encode(hello)
            try await socket.send(.text(String(decoding: bytes, as: UTF8.self)))
            self.socket = socket
            reader = Task { await listen(socket) }
        } catch {
            // The console is down: an agent tries again.
            await Time.sleep(.milliseconds(500))
        }
    }

    private func listen(_ socket: WebSocketClient) async {
        while let message = await socket.next() {
            guard case .text(let text) = message else { continue }
            do {
                let talk = try JSONDecoder().decode(AgentTalk.self, from: Data(text.utf8))
                guard self.socket === socket else { return }
                hear(talk)
                if talk.type == "probe" { try await socket.send(.text(#"{"type":"here"}"#)) }
                if talk.type == "queue", let next = talk.next {
                    await turnPage(to: next, of: socket)
                }
            } catch {
                Journal.say("the console said what agents do not understand: \(text.prefix(300))")
            }
        }
        if self.socket === socket { self.socket = nil }
    }

    /// Asks for the rest of the queue; a socket that is gone is told by its end.
    private func turnPage(to cursor: String, of socket: WebSocketClient) async {
        requests += 1
        let wish = AgentWish(type: "list", ref: "\(requests)", conversation: "", cursor: cursor)
        guard let body = try? JSONEncoder().encode(wish) else { return }
        try? await socket.send(.text(String(decoding: body, as: UTF8.self)))
    }

    private func hear(_ talk: AgentTalk) {
        if talk.type == "welcome", cursor != nil {
            recorder.came(back: talk.isResumed == true ? "resumed" : "begun anew")
        }
        for event in talk.events ?? [] { take(event) }
        take(talk)
        // Only what was taken in is not asked for again.
        cursor = talk.cursor ?? cursor
    }

    private func take(_ talk: AgentTalk) {
        // A page that comes unasked replaces all.
        if talk.type == "queue", talk.ref == nil {
            open = [:]
            told = []
        }
        if talk.type == "line", let line = talk.line, !told.insert(line.id).inserted {
            recorder.slipped(History.Slip(id, .twice, line.id))
        }
        if let ref = talk.ref, talk.type != "queue" { answers[ref] = talk }
        for handoff in (talk.handoffs ?? []) + (talk.handoff.map { [$0] } ?? []) { note(handoff) }
        if talk.type == "ended", let id = talk.conversation { open[id] = nil }
        if let line = talk.line, let id = talk.conversation { read([line], of: id) }
        if let transcript = talk.transcript, let handoff = answeredHandoff(talk) {
            read(transcript.lines, of: handoff)
        }
    }

    /// A transcript names its conversation by the request that it answers.
    private func answeredHandoff(_ talk: AgentTalk) -> String? {
        talk.ref.flatMap { $0.split(separator: " ").last.map(String.init) }
    }

    private func note(_ handoff: AgentTalk.Handoff) {
        // What was read may be ahead of what is told.
        let known = open[handoff.conversation]?.version ?? 0
        if handoff.version ?? .max >= known { open[handoff.conversation] = handoff }
        let customer =
            handoff.customer.phone.map { History.Conversation(tenant, $0) }
            ?? handoff.customer.userID.flatMap { recorder.customer($0, of: tenant) }
        guard let customer else { return }
        recorder.name(handoff.conversation, customer)
        if let reason = handoff.reason {
            recorder.handedOver(
                handoff.conversation, reason: reason, since: handoff.waitingSince)
        }
    }

    private func read(_ lines: [AgentTalk.Line], of conversation: String) {
        for line in lines where line.speaker == "customer" {
            // What stands under a picture comes after the picture's kind.
            let kind = "[image] "
            let words =
                line.text.hasPrefix(kind) ? String(line.text.dropFirst(kind.count)) : line.text
            recorder.read(words, of: conversation)
        }
    }
}

// MARK: - Serving

extension Agent {
    private func serve(_ handoff: AgentTalk.Handoff) async {
        let conversation = handoff.conversation
        if handoff.holder?.id != id {
            // Two agents may see it at the same moment: one wins.
            await Time.sleep(random.milliseconds(0...150))
            guard await act(.claim, conversation) == .done else {
                // Another has it, or the answer is lost: the queue tells.
                if open[conversation]?.status == "queued" { await Time.sleep(.milliseconds(300)) }
                return
            }
        } else if await act(.claim, conversation) != .done {
            return
        }
        await look(conversation)
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            words += 1
            let word = "\(id)-\(words)"
            // In words of its own, or by a template that says the same.
            _ = await act(
                .send("\(Words.agentMark)\(word)\(Self.wordsEnd)"), conversation,
                template: random.happens(0.3) ? TemplateWish(word) : nil)
        }
        if random.happens(0.4) {
            words += 1
            _ = await act(.note("\(Words.noteMark)\(id)-\(words): for us alone."), conversation)
        }
        // Lines break, and go on where they were.
        if random.happens(0.25) { drop() }
        await Time.sleep(random.milliseconds(200...1_500))
        if random.happens(0.1), await act(.release, conversation) == .done { return }
        await look(conversation)
        _ = await act(.close, conversation)
    }

    /// Loses the line, as a phone in a tunnel does.
    private func drop() {
        socket?.close()
        socket = nil
        reader?.cancel()
    }

    private func look(_ conversation: String) async {
        _ = await ask("read", conversation, text: nil)
    }

    /// Asks until there is an answer, and records what came of it.
    private func act(
        _ kind: History.Act.Kind, _ conversation: String, template: TemplateWish? = nil
    ) async -> History.Act.Outcome {
        let asked = Time.now
        let answer: AgentTalk?
        switch kind {
        case .claim: answer = await ask("claim", conversation, text: nil)
        case .release: answer = await ask("release", conversation, text: nil)
        case .close: answer = await ask("close", conversation, text: nil)
        case .note(let text): answer = await ask("note", conversation, text: text)
        case .send(let text):
            answer = await ask(
                "send", conversation, text: template == nil ? text : nil, content: template)
        }
        let outcome: History.Act.Outcome =
            switch answer?.type {
            case "accepted": .done
            case "refused": .refused
            default: .unknown
            }
        if let name = recorder.conversation(conversation) {
            recorder.did(
                History.Act(
                    id, name, kind, asked: asked, answered: Time.now, outcome))
        }
        // Notes are written whoever has it.
        if case .note = kind { return outcome }
        let isOver = outcome == .refused || kind == .close || kind == .release
        if isOver, open[conversation]?.holder?.id == id, outcome != .unknown {
            open[conversation] = nil
        }
        return outcome
    }

    /// Sends a request, again under the same `ref` where no answer comes.
    private func ask(
        _ type: String, _ conversation: String, text: String?, content: TemplateWish? = nil
    ) async -> AgentTalk? {
        requests += 1
        // The conversation's id ends the ref, so that a transcript finds it.
        let ref = "\(requests) \(conversation)"
        let wish = AgentWish(
            type: type, ref: ref, conversation: conversation, text: text, content: content)
        for attempt in 0..<Self.tries where !Task.isCancelled {
            if socket == nil { await connect() }
            if let socket {
                do {
                    let body = try JSONEncoder().encode(wish)
                    try await socket.send(.text(String(decoding: body, as: UTF8.self)))
                } catch {
                    self.socket = nil
                }
            }
            _ = await Time.wait(atMost: Self.patience, every: .milliseconds(20)) {
                answers[ref] != nil
            }
            if let answer = answers.removeValue(forKey: ref), answer.type != "error" {
                // What was asked twice may be refused because it was done the first time.
                return attempt > 0 && answer.type == "refused" ? nil : answer
            }
        }
        return nil
    }
}

import Conversation
import JSON
import StageRuntime

/// A turn that uses tools: it may ask another stage, and outlives the input that began it.
extension OrchestratorStage {
    static let toolTimer = "tool"

    /// Does what the model called for.
    func use(
        _ call: ToolCall, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard let tool = tools[call.name] else {
            return reply("There is no such tool.", &state, context)
        }
        let arguments = Self.value(of: call.arguments)
        state.turn?.used(tool.name)
        if tool.action == .handOff { return passOn(arguments, &state, context) }
        guard let arguments else {
            return correct(call, "The arguments are not JSON.", &state, context)
        }
        if case .request = tool.action, let strange = Self.strange(in: arguments, state) {
            return correct(
                call, "The customer did not write \(strange): ask them for it.", &state, context)
        }
        let findings = tool.arguments.findings(in: arguments)
        guard findings.isEmpty else {
            return correct(call, Self.problem(findings), &state, context)
        }
        switch tool.action {
        case .handOff: return passOn(arguments, &state, context)
        case .search: return search(arguments, &state, context)
        case .request(changes: false):
            guard let id = requestID(&state) else {
                return .ignore(because: "no turn is under way")
            }
            let request = OpenRequest(id: id, tool: tool.name, changes: false)
            return ask(for: request, arguments, after: nil, &state, context)
        case .request(changes: true): return ask(whether: tool, arguments, &state, context)
        }
    }

    private func search(
        _ arguments: JSONValue, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        let query = arguments["query"]?.string?.trimmingSpaces ?? ""
        guard !query.isEmpty, let first = state.pending.first else {
            return reply("The search needs a query.", &state, context)
        }
        return .call(.search(tenant: first.question.tenant, query: String(query.prefix(300))))
    }

    /// A person is asked, however the model worded its wish.
    private func passOn(
        _ arguments: JSONValue?, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        let words = ["reason", "summary"].compactMap { arguments?[$0]?.string }
        return handOff(
            .unanswered, because: words.joined(separator: " ").prefix(300).trimmingSpaces, &state,
            context)
    }

    // MARK: Arguments

    /// The first address, long number or code among a request's arguments that the customer never
    /// wrote: what a document or a model made up is done to nobody.
    private static func strange(in arguments: JSONValue, _ state: Dialogue) -> String? {
        let written = state.recent.filter(\.isCustomer).map(\.text) + [state.reading]
        let facts = SourceFacts(written.joined(separator: "\n"), in: state.language)
        return texts(in: arguments).lazy.compactMap { text -> String? in
            let own = AnswerFacts(text, in: state.language)
            if let address = own.addresses.first(where: { !facts.addresses.contains($0) }) {
                return address
            }
            return own.phones.first { !facts.holds(phone: $0) }
        }.first
    }

    private static func texts(in value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let values): values.flatMap(texts)
        case .object(let members): members.map(\.value).flatMap(texts)
        default: []
        }
    }

    private static func value(of text: String) -> JSONValue? {
        // A model's broken JSON is no error of ours: it is asked again.
        try? RecordCodec.decode(JSONValue.self, from: Array(text.utf8))
    }

    private static func problem(_ findings: [SchemaFinding]) -> String {
        let parts = findings.prefix(mostFindings).map {
            $0.path.isEmpty ? "they are no object" : $0.detail
        }
        return "The arguments are wrong: \(parts.joined(separator: "; "))."
    }

    /// More would not help a model.
    private static let mostFindings = 5

    /// Sends wrong arguments back once, with what is wrong; then a person is asked.
    private func correct(
        _ call: ToolCall, _ problem: String, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard state.turn?.isCallCorrected != true else {
            return handOff(
                .modelFailure, because: "The model cannot use the tool \(call.name). \(problem)",
                &state, context)
        }
        state.turn?.isCallCorrected = true
        return reply(problem, &state, context)
    }

    // MARK: Asking another stage

    /// The id of the turn's next request: the same work done twice gives the same.
    func requestID(_ state: inout Dialogue) -> RecordID? {
        guard let message = state.pending.first?.question.message.message, state.turn != nil else {
            return nil
        }
        let number = state.turn?.requests ?? 0
        state.turn?.requests = number + 1
        return .derived(
            from: RecordID(message.rawValue), by: "\(name)/\(Self.toolTimer)", index: number)
    }

    /// Makes a request, and lets the turn wait for its result.
    func ask(
        for request: OpenRequest, _ arguments: JSONValue, after confirmation: Confirmation?,
        _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard let turn = state.turn, let message = state.pending.first?.question.message else {
            return .ignore(because: "no turn is under way")
        }
        // What is left of the turn's time is the model's.
        let wait = min(settings.longestToolWait, turn.deadline.since(context.now) / 2)
        guard wait > .zero else {
            return handOff(.modelFailure, because: "The turn's time was over.", &state, context)
        }
        state.turn?.request = request
        var effects = context.effects
        effects.cancelTimer(Self.turnTimer)
        effects.setTimer(Self.toolTimer, at: context.now + wait, note: request.id.rawValue)
        effects.emit(
            ToolRequest(
                request: request.id, tenant: message.tenant, conversation: message.conversation,
                tool: request.tool, arguments: arguments,
                message: confirmation?.message ?? message.message,
                confirmedBy: confirmation == nil ? nil : confirming(state) ?? message.message,
                deadline: context.now + wait, at: context.now))
        return .finish(effects)
    }

    // MARK: The result

    /// Goes on with what came of a request.
    func receive(
        _ result: ToolResult, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard let turn = state.turn, turn.request?.id == result.request else {
            return .ignore(because: "no turn waits for this result any more")
        }
        state.turn?.request = nil
        let evidence = RankedPassage(result)
        state.turn?.passages.append(evidence)
        let text = Self.numbered([evidence], from: turn.passages.count + 1)
        return reply(
            prompts.tools.render("result", ["result": text]) ?? text, &state, context)
    }

    /// Goes on without a result that did not come in time.
    func missResult(
        of request: String, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard let open = state.turn?.request, open.id.rawValue == request else {
            return .ignore(because: "the result came in time")
        }
        state.turn?.request = nil
        guard !open.changes else {
            return handOff(
                .modelFailure,
                because: "'\(open.tool)' was asked for and gave no answer in time: "
                    + "it may have been done, or not.", &state, context)
        }
        return reply(
            prompts.tools.render("late", ["tool": open.tool]) ?? "", &state, context)
    }
}

extension RankedPassage {
    /// What came of a request, as evidence that an answer may cite.
    init(_ result: ToolResult) {
        let text =
            switch result.outcome {
            case .done(let text): text
            case .notDone(let reason): "Not done: \(reason)"
            }
        self.init(
            id: PassageID("\(Self.resultPrefix)\(result.request)"),
            document: DocumentID("\(Self.resultPrefix)\(result.tool)"), documentName: result.tool,
            headings: [result.tool], page: nil, sheet: nil,
            text: String(text.prefix(Self.longestResult)),
            contentHash: NameHash.hex("\(result.tool)\u{1f}\(text)"), score: 1, similarity: nil,
            overlap: nil)
    }

    /// Whether it is what came of a request, and stands in no document.
    var isResult: Bool { id.rawValue.hasPrefix(Self.resultPrefix) }

    static let resultPrefix = "tool:"
    /// The most characters of a result that a model reads.
    private static let longestResult = 4_000
}

import Conversation

@testable import StageRuntime

/// A stage that answers what turns ask of it: at once, a little later and in any order, too late,
/// twice, or never.
struct ToolStage: Stage {
    typealias Call = Never
    typealias Answer = Never

    struct State: StageState {
        /// What was done, a request each, in its order.
        var done: [RecordID] = []
    }

    /// When a request is answered; its id decides.
    enum Manner: Int, CaseIterable {
        case atOnce, soon, late, twice, never, refused

        init(_ request: RecordID) {
            let sum = request.rawValue.utf8.reduce(0) { $0 &+ Int($1) }
            self = Manner.allCases[sum % Manner.allCases.count]
        }

        /// How long after the request the answer comes, where it does not come at once.
        func wait(_ request: RecordID) -> Duration {
            let sum = request.rawValue.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) % 1_000 }
            return self == .late ? .seconds(40) : .milliseconds(500 + 10 * sum)
        }
    }

    let name = "tool"
    let reads: [any Payload.Type] = [ToolRequest.self]

    func begin(
        _ input: StageInput, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        var effects = context.effects
        switch input {
        case .record(let request as ToolRequest, _, _):
            // A capability acts once on each id, however often it is asked.
            if request.confirmedBy != nil, !state.done.contains(request.request) {
                state.done.append(request.request)
            }
            switch Manner(request.request) {
            case .atOnce, .refused: effects.emit(result(of: request.request, context))
            case .twice:
                effects.emit(result(of: request.request, context))
                effects.emit(result(of: request.request, context))
            case .soon, .late:
                let wait = Manner(request.request).wait(request.request)
                effects.setTimer(request.request.rawValue, at: context.now + wait)
            case .never: break
            }
        case .timer(let timer): effects.emit(result(of: RecordID(timer.name), context))
        default: throw context.noUse
        }
        return .finish(effects)
    }

    private func result(of request: RecordID, _ context: StageContext) -> ToolResult {
        ToolResult(
            request: request, tenant: context.input.tenant,
            conversation: ConversationID(context.key), tool: "any",
            outcome: Manner(request) == .refused
                ? .notDone(because: "It is taken.") : .done(text: "It is done."),
            at: context.now)
    }
}

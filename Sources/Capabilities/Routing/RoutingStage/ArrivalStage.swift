package import Conversation
import RoutingRecords
package import StageRuntime

/// Passes on to routing what happens to conversations that a person has to do with: what is keyed
/// by conversation comes to what is keyed by tenant, and only what changes who has it.
package struct ArrivalStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never
    /// It remembers nothing.
    package typealias State = NoState

    /// The stage's name.
    package let name = "arrivals"
    package let reads: [any Payload.Type] = [HandoffEvent.self, AgentNote.self]

    /// Makes the stage.
    package init() {}

    /// Passes on what routing has to know.
    package func begin(
        _ input: StageInput, _ state: inout NoState, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        guard case .record(let record, _, _) = input else { throw context.noUse }
        if record is AgentNote { return .ignore(because: "a note moves nothing") }
        guard let event = record as? HandoffEvent else { throw context.noUse }
        guard let change = Self.change(of: event) else {
            return .ignore(because: "who has it is the same")
        }
        var effects = context.effects
        effects.emit(
            RoutingNews(
                tenant: event.tenant, conversation: event.conversation, epoch: event.epoch,
                change: change, at: event.at))
        return .finish(effects)
    }

    private static func change(of event: HandoffEvent) -> RoutingNews.Change? {
        switch event.change {
        // Whoever takes a conversation over has it at once: it is offered to nobody.
        case .queued(.takenOver, _, _): return nil
        case .queued(let reason, _, let transcript):
            var facts = ArrivalFacts(event.routing)
            facts.reason = reason.rawValue
            facts.language = language(of: transcript)
            return .waits(facts)
        case .released(let agent, _):
            var facts = ArrivalFacts(event.routing)
            facts.isGivenBack = agent == nil ? nil : true
            return .waits(facts)
        // Sockets renew claims every few minutes: that is no change.
        case .claimed where event.reference?.hasPrefix("renew-") == true: return nil
        case .claimed, .relieved, .transferred:
            guard case .claimed(let agent, let name) = event.mode else { return nil }
            return .held(agent, name: name)
        case .parked(let agent, _): return .parked(agent)
        case .resumed:
            guard case .claimed(let agent, _) = event.mode else { return nil }
            return .resumed(agent)
        case .closed, .concluded, .moved: return .ended
        case .refused:
            guard let reference = event.reference, reference.hasPrefix("offer/") else {
                return nil
            }
            return .refused(reference: reference)
        // Each of the steps is told by itself.
        case .said, .suggested, .suggestionEnded, .delivery, .overdue, .overtaken, .ran:
            return nil
        }
    }

    /// The language in which the customer wrote lately, where it can be told.
    private static func language(of transcript: [TranscriptEntry]) -> String? {
        // What is no text stands in brackets, in English.
        let lines = transcript.filter { $0.speaker == .customer && !$0.text.hasPrefix("[") }
        return LanguageGuess.language(of: lines.suffix(4).map(\.text).joined(separator: "\n"))
    }
}

extension ArrivalFacts {
    init(_ routing: HandoffRouting?) {
        self.init(
            number: routing?.number, previous: routing?.previous, queue: routing?.queue)
    }
}

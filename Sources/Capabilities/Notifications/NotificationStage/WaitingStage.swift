package import Conversation
import NotificationRecords
package import StageRuntime

/// Tells teams of customers who wait for a person.
package struct WaitingStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never
    /// It remembers nothing.
    package typealias State = NoState

    /// The stage's name.
    package let name = "waiting"
    package let reads: [any Payload.Type] = [HandoffEvent.self, AgentNote.self]

    /// Makes the stage.
    package init() {}

    /// Passes on that a conversation begins to wait, waits no more, or has waited longer than the
    /// tenant promises.
    package func begin(
        _ input: StageInput, _ state: inout NoState, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        guard case .record(let record, _, _) = input else { throw context.noUse }
        if record is AgentNote { return .ignore(because: "a note is for those who look") }
        guard let event = record as? HandoffEvent else { throw context.noUse }
        let kind: NotificationKind
        switch event.change {
        case .queued: kind = "waiting"
        case .overdue: kind = "overdue"
        case .released: kind = .waitsAgain
        case .claimed, .closed, .concluded, .moved: kind = .served
        default: return .ignore(because: "nobody waits anew")
        }
        var effects = context.effects
        effects.emit(
            TeamNews(
                tenant: event.tenant, kind: kind,
                values: ["conversation": event.conversation.rawValue],
                about: event.routing?.number, at: event.at))
        return .finish(effects)
    }
}

extension NotificationKind {
    /// A customer waits no more: nobody is told, but those who wait are counted.
    static let served: Self = "served"
    /// A conversation that was given back waits again: it is counted, as it was told of before.
    static let waitsAgain: Self = "waitsAgain"
}

package import Conversation
import CustomerRecords
package import StageRuntime

/// The cases of a conversation that the stage remembers.
package struct CaseState: StageState {
    /// The latest, in the order in which they were opened.
    var cases: [ConversationCase] = []

    /// No case yet.
    package init() {}
}

/// Decides about the cases of each conversation: a handoff opens one where none is open, its end
/// closes it, and people open, edit, close, link and unlink them by hand.
package struct CaseStage: Stage {
    /// Cases of a conversation that can still be changed.
    static let mostCases = 50
    /// Characters of a title that comes from a summary.
    static let titleCharacters = 120

    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never
    /// What it remembers.
    package typealias State = CaseState

    /// The stage's name.
    package let name = "cases"
    package let reads: [any Payload.Type] = [CaseCommand.self, HandoffEvent.self, AgentNote.self]

    /// Makes the stage.
    package init() {}

    /// Does what is wished, or follows a handoff.
    package func begin(
        _ input: StageInput, _ state: inout CaseState, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        guard case .record(let record, let headers, _) = input else { throw context.noUse }
        var effects = context.effects
        func tell(
            _ change: CaseEvent.Change, _ tenant: TenantID, _ reference: String?
        ) {
            effects.emit(
                CaseEvent(
                    tenant: tenant, conversation: ConversationID(context.key), change: change,
                    reference: reference, at: context.now))
        }
        switch record {
        case is AgentNote: return .ignore(because: "a note changes no case")
        case let command as CaseCommand:
            tell(state.obey(command.action, at: context.now), command.tenant, command.reference)
        case let event as HandoffEvent:
            guard let change = state.follow(event, headers.id) else {
                return .ignore(because: "it opens no case and closes none")
            }
            tell(.now(change), event.tenant, nil)
        default: throw context.noUse
        }
        return .finish(effects)
    }
}

extension CaseState {
    private var openIndex: Int? { cases.lastIndex { $0.to == nil } }

    private mutating func add(_ new: ConversationCase) {
        cases.append(new)
        if cases.count > CaseStage.mostCases {
            cases.removeFirst(cases.count - CaseStage.mostCases)
        }
    }

    /// Follows a handoff; the case that changed, if one did.
    mutating func follow(_ event: HandoffEvent, _ id: RecordID) -> ConversationCase? {
        switch event.change {
        case .queued(_, let summary, let transcript):
            guard openIndex == nil else { return nil }
            // It begins with what was said since the case before it.
            let end = cases.compactMap(\.to).max()
            let first = transcript.first { entry in end.map { entry.at > $0 } ?? true }
            let new = ConversationCase(
                id: .derived(from: id, by: "case"),
                title: String(summary.prefix(CaseStage.titleCharacters)),
                from: min(first?.at ?? event.at, event.at))
            add(new)
            return new
        case .closed: return close(outcome: nil, at: event.at)
        case .concluded(_, let outcome): return close(outcome: outcome.word, at: event.at)
        default: return nil
        }
    }

    private mutating func close(outcome: String?, at moment: Timestamp) -> ConversationCase? {
        guard let index = openIndex else { return nil }
        cases[index].to = moment
        cases[index].outcome = outcome ?? cases[index].outcome
        cases[index].version += 1
        return cases[index]
    }

    mutating func obey(_ action: CaseCommand.Action, at now: Timestamp) -> CaseEvent.Change {
        do throws(Refused) {
            return .now(try act(action, at: now))
        } catch {
            return .refused(error.why)
        }
    }

    private struct Refused: Error {
        var why: CaseEvent.Refusal
    }

    private func index(of id: RecordID, seen version: Int) throws(Refused) -> Int {
        guard let index = cases.firstIndex(where: { $0.id == id }) else {
            throw Refused(why: .unknown)
        }
        guard cases[index].version == version else { throw Refused(why: .changed) }
        return index
    }

    private mutating func act(
        _ action: CaseCommand.Action, at now: Timestamp
    ) throws(Refused) -> ConversationCase {
        let changed: Int
        switch action {
        case .open(let id, let title, let since, let name):
            if let known = cases.first(where: { $0.id == id }) { return known }
            guard openIndex == nil else { throw Refused(why: .open) }
            let new = ConversationCase(
                id: id, title: title, from: min(since, now), openedBy: name)
            add(new)
            return new
        case .edit(let id, let title, let labels, let note, let version):
            changed = try index(of: id, seen: version)
            cases[changed].title = title
            cases[changed].labels = labels
            cases[changed].note = note
        case .close(let id, let outcome, let version):
            changed = try index(of: id, seen: version)
            guard cases[changed].to == nil else { throw Refused(why: .closed) }
            cases[changed].to = now
            cases[changed].outcome = outcome
        case .link(let id, let into, let version):
            changed = try index(of: id, seen: version)
            if let into {
                guard cases.contains(where: { $0.id == into }) else { throw Refused(why: .unknown) }
                guard !leads(into, to: id) else { throw Refused(why: .circle) }
            } else if cases[changed].into == nil {
                throw Refused(why: .unknown)
            }
            cases[changed].into = into
        }
        cases[changed].version += 1
        return cases[changed]
    }

    /// Whether a case is another one, or goes on as it, be it by others.
    private func leads(_ id: RecordID, to other: RecordID) -> Bool {
        var place = id
        // No circle was ever let in.
        while place != other {
            guard let next = cases.first(where: { $0.id == place })?.into else { return false }
            place = next
        }
        return true
    }
}

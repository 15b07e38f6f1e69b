package import Conversation
import DeskRecords
package import StageRuntime

/// The bounds of what a desk keeps.
package enum DeskLimits {
    /// Canned replies of one tenant, those that lie away included.
    package static let replies = 1_000
    /// Labels of one tenant, those that lie away included.
    package static let labels = 300
    /// Macros of one tenant, those that lie away included.
    package static let macros = 200
    /// Outcomes of one tenant.
    package static let outcomes = 20
}

/// What the stage remembers of a tenant's desk: names alone, as it is written at every change.
package struct DeskState: StageState {
    /// A reply or a label.
    struct Entry: Hashable, Sendable, Codable {
        /// What no other in use may be called.
        var name: String
        /// Whether it lies away; `nil` for no.
        var isAway: Bool?
        /// The label as which it goes on.
        var into: RecordID?

        var isInUse: Bool { isAway != true && into == nil }
    }

    var replies: [String: Entry] = [:]
    var labels: [String: Entry] = [:]
    var macros: [String: Entry]?

    /// An empty desk.
    package init() {}
}

/// Decides about a tenant's canned replies and labels: what they are called is unique, and nothing
/// is ever gone.
package struct DeskStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never
    /// What it remembers per tenant.
    package typealias State = DeskState

    /// The stage's name.
    package let name = "desk"
    package let reads: [any Payload.Type] = [DeskCommand.self]

    /// Makes the stage.
    package init() {}

    /// Does what is wished, or says why not.
    package func begin(
        _ input: StageInput, _ state: inout DeskState, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        guard case .record(let command as DeskCommand, _, _) = input else { throw context.noUse }
        var effects = context.effects
        effects.emit(
            DeskEvent(
                tenant: command.tenant, change: state.obey(command.action),
                reference: command.reference, at: context.now))
        return .finish(effects)
    }
}

extension DeskState {
    mutating func obey(_ action: DeskCommand.Action) -> DeskEvent.Change {
        switch action {
        case .saveReply(let reply):
            guard CannedText(reply.text).unknown.isEmpty else { return .refused(.variable) }
            let name = "\(reply.language)/\(reply.shortcut.lowercased())"
            let refusal = Self.save(reply.id, name, in: &replies, atMost: DeskLimits.replies)
            return refusal.map { .refused($0) } ?? .replySaved(reply)
        case .archiveReply(let id, let isAway):
            let refusal = Self.archive(id, isAway, in: &replies)
            return refusal.map { .refused($0) } ?? .replyArchived(id, isAway)
        case .saveLabel(let label):
            let name = TextFolding.fold(label.name)
            let refusal = Self.save(label.id, name, in: &labels, atMost: DeskLimits.labels)
            return refusal.map { .refused($0) } ?? .labelSaved(label)
        case .archiveLabel(let id, let isAway):
            let refusal = Self.archive(id, isAway, in: &labels)
            return refusal.map { .refused($0) } ?? .labelArchived(id, isAway)
        case .mergeLabel(let id, let target):
            guard id != target, let label = labels[id.rawValue], let other = labels[target.rawValue]
            else { return .refused(.unknown) }
            guard label.into == nil, other.isInUse else { return .refused(.away) }
            labels[id.rawValue]?.into = target
            // What went on as this one goes on as the other now: there are no chains.
            for (key, entry) in labels where entry.into == id { labels[key]?.into = target }
            return .labelMerged(id, into: target)
        case .label(let conversation, let id, let isOn):
            guard let label = labels[id.rawValue] else { return .refused(.unknown) }
            // What lies away can still be taken off.
            guard !isOn || label.isInUse else { return .refused(.away) }
            return .labelled(conversation, id, isOn)
        case .saveMacro(let macro):
            guard canDo(macro.steps) else { return .refused(.steps) }
            var known = macros ?? [:]
            let name = TextFolding.fold(macro.name)
            let refusal = Self.save(macro.id, name, in: &known, atMost: DeskLimits.macros)
            macros = known
            return refusal.map { .refused($0) } ?? .macroSaved(macro)
        case .archiveMacro(let id, let isAway):
            var known = macros ?? [:]
            let refusal = Self.archive(id, isAway, in: &known)
            macros = known
            return refusal.map { .refused($0) } ?? .macroArchived(id, isAway)
        case .saveOutcomes(let outcomes):
            guard outcomes.count <= DeskLimits.outcomes else { return .refused(.tooMany) }
            let names = Set(outcomes.map { TextFolding.fold($0) })
            guard names.count == outcomes.count else { return .refused(.taken) }
            return .outcomesSaved(outcomes)
        }
    }

    /// Whether a macro's steps are there and can be done one after another.
    private func canDo(_ steps: [DeskMacro.Step]) -> Bool {
        guard (1...DeskMacro.mostSteps).contains(steps.count),
            !steps.dropLast().contains(where: \.isEnd)
        else { return false }
        return steps.allSatisfy { step in
            switch step {
            case .reply(let id): replies[id.rawValue]?.isInUse == true
            case .label(let id, _): labels[id.rawValue]?.isInUse == true
            case .note(let text): !VisibleText.isBlank(text)
            case .close(let outcome):
                !VisibleText.isBlank(outcome)
                    && outcome.utf8.count <= HandoffOutcome.wordBytes
            case .queue, .bot: true
            }
        }
    }

    private static func save(
        _ id: RecordID, _ name: String, in entries: inout [String: Entry], atMost limit: Int
    ) -> DeskEvent.Refusal? {
        let known = entries[id.rawValue]
        if known == nil, entries.count >= limit { return .tooMany }
        if known?.into != nil { return .away }
        let isFree = !entries.contains {
            $0.key != id.rawValue && $0.value.isInUse && $0.value.name == name
        }
        guard isFree || known?.isAway == true else { return .taken }
        entries[id.rawValue] = Entry(name: name, isAway: known?.isAway)
        return nil
    }

    private static func archive(
        _ id: RecordID, _ isAway: Bool, in entries: inout [String: Entry]
    ) -> DeskEvent.Refusal? {
        guard let entry = entries[id.rawValue] else { return .unknown }
        guard entry.into == nil else { return .away }
        let isTaken = entries.contains {
            $0.key != id.rawValue && $0.value.isInUse && $0.value.name == entry.name
        }
        if !isAway, isTaken { return .taken }
        entries[id.rawValue]?.isAway = isAway ? true : nil
        return nil
    }
}

package import Conversation
import CustomerRecords
package import StageRuntime

/// What the stage remembers: of a customer what is kept about them, of a business its links.
package struct CustomerState: StageState {
    /// As whom somebody goes on.
    struct Link: Hashable, Sendable, Codable {
        var into: CustomerID?
        var version: Int
    }

    var profile: CustomerProfile?
    var version: Int?
    var links: [String: Link]?

    /// Nothing is kept.
    package init() {}
}

/// Decides what is kept about each customer, by the customer's key, and which customers are one
/// person, by the business's.
package struct CustomerStage: Stage {
    /// Links of one business, those that were undone included.
    package static let mostLinks = 5_000

    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never
    /// What it remembers.
    package typealias State = CustomerState

    /// The stage's name.
    package let name = "customers"
    package let reads: [any Payload.Type] = [CustomerCommand.self, CustomerLinkCommand.self]

    /// Makes the stage.
    package init() {}

    /// Does what is wished, or says why not.
    package func begin(
        _ input: StageInput, _ state: inout CustomerState, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        guard case .record(let record, _, _) = input else { throw context.noUse }
        var effects = context.effects
        switch record {
        case let command as CustomerCommand:
            let change = state.obey(command.action)
            var line: ImportLine?
            if case .take(_, let taken) = command.action { line = taken }
            effects.emit(
                CustomerEvent(
                    tenant: command.tenant, customer: command.customer, identity: command.identity,
                    version: state.version ?? 0, change: change, line: line,
                    reference: command.reference, at: context.now))
        case let command as CustomerLinkCommand:
            let refusal = state.link(command.from.id, command.into?.id, command.version)
            effects.emit(
                CustomerLinkEvent(
                    tenant: command.tenant, from: command.from, into: command.into,
                    version: state.links?[command.from.id.rawValue]?.version ?? 0,
                    refusal: refusal, reference: command.reference, at: context.now))
        default: throw context.noUse
        }
        return .finish(effects)
    }
}

extension CustomerState {
    mutating func obey(_ action: CustomerCommand.Action) -> CustomerEvent.Change {
        var next = profile ?? CustomerProfile()
        switch action {
        case .save(let wanted, let seen):
            guard seen == version ?? 0 else { return .refused(.changed) }
            next = wanted
            next.consent = profile?.consent
        case .consent(let said): next.consent = said
        case .take(let line, _): next = next.taking(line)
        }
        guard next != profile else { return .same }
        profile = next
        version = (version ?? 0) + 1
        return .saved(next)
    }

    /// Links one customer to another, or undoes that; says why nothing was done.
    mutating func link(
        _ from: CustomerID, _ into: CustomerID?, _ seen: Int
    ) -> LinkRefusal? {
        let known = links?[from.rawValue]
        guard seen == known?.version ?? 0 else { return .changed }
        if let into {
            guard !leads(into, to: from) else { return .circle }
            if known == nil, links?.count ?? 0 >= CustomerStage.mostLinks { return .tooMany }
        } else if known?.into == nil {
            return .unknown
        }
        links = links ?? [:]
        links?[from.rawValue] = Link(into: into, version: seen + 1)
        return nil
    }

    /// Whether a customer is another one, or goes on as them, be it by others.
    private func leads(_ customer: CustomerID, to other: CustomerID) -> Bool {
        var place = customer
        // No circle was ever let in.
        while place != other {
            guard let next = links?[place.rawValue]?.into else { return false }
            place = next
        }
        return true
    }
}

import AccountRecords
package import Conversation
import NotificationRecords
import Permissions
package import StageRuntime

/// Tells those who run the installation what concerns them.
package struct OperatorStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never
    /// What it remembers: who they are.
    package typealias State = OperatorState

    /// The stage's name.
    package let name = "operators"
    package let reads: [any Payload.Type] = [InstallationEvent.self, OperatorNews.self]

    /// Makes the stage.
    package init() {}

    /// Follows who runs the installation, and passes on what concerns them.
    package func begin(
        _ input: StageInput, _ state: inout OperatorState, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        switch input {
        case .record(let event as InstallationEvent, _, _):
            state.follow(event)
            return .ignore(because: "nobody is told of it")
        case .record(let news as OperatorNews, _, _):
            let accounts = state.accounts(who: .readInstallation).filter { $0 != news.besides }
            guard !accounts.isEmpty else { return .ignore(because: "it concerns nobody") }
            var effects = context.effects
            for account in accounts {
                effects.emit(
                    PersonalNews(
                        account: account, kind: news.kind, team: .installation,
                        values: news.values, at: news.at))
            }
            return .finish(effects)
        default: throw context.noUse
        }
    }
}

/// What the stage `operators` remembers.
package struct OperatorState: StageState {
    /// Their roles, by account.
    private var roles: [String: RoleName] = [:]
    /// The roles that were made.
    private var sets: [PermissionSet] = []

    /// Nobody.
    package init() {}

    mutating func follow(_ event: InstallationEvent) {
        sets = event.facts.sets
        switch event.change {
        case .setUp(let member), .joined(let member), .memberChanged(let member):
            roles[member.account.rawValue] = member.isAway ? nil : member.role
        case .left(let account): roles[account.rawValue] = nil
        default: break
        }
    }

    func accounts(who may: Permission) -> [AccountID] {
        let sets = Dictionary(sets.map { ($0.id, $0) }) { first, _ in first }
        return roles.filter {
            AccessMatrix.permissions(ofInstallationRole: $0.value, sets).contains(may)
        }.keys.sorted().map { AccountID($0) }
    }
}

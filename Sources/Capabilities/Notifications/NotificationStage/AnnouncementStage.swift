import AccountRecords
package import Conversation
import NotificationRecords
import Permissions
import RoutingRecords
package import StageRuntime

/// What the stage `announcements` remembers of a tenant's team.
package struct TeamState: StageState {
    /// Who belongs to it, by account.
    var members: [String: RoleName] = [:]
    /// The roles that the team made.
    var sets: [PermissionSet] = []
    /// What it is called.
    var organisation = ""
    /// The invitations that were told of: one that is sent again is no news.
    var invited: [String] = []
    /// The conversations of customers who wait for a person, as far as they are counted.
    var waiting: [String] = []
    /// The business numbers of those, as far as they are known.
    var waitingAt: [String: BusinessNumberID] = [:]
    /// Whom the tenant limits to which business numbers.
    var limits: [String: [BusinessNumberID]] = [:]

    /// No team.
    package init() {}

    /// Reads what was stored by this version or one before, which knew less.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        members = try box.decodeIfPresent([String: RoleName].self, forKey: .members) ?? [:]
        sets = try box.decodeIfPresent([PermissionSet].self, forKey: .sets) ?? []
        organisation = try box.decodeIfPresent(String.self, forKey: .organisation) ?? ""
        invited = try box.decodeIfPresent([String].self, forKey: .invited) ?? []
        waiting = try box.decodeIfPresent([String].self, forKey: .waiting) ?? []
        waitingAt =
            try box.decodeIfPresent([String: BusinessNumberID].self, forKey: .waitingAt) ?? [:]
        limits =
            try box.decodeIfPresent([String: [BusinessNumberID]].self, forKey: .limits) ?? [:]
    }

    /// Whether somebody of the team may see what is written to a number.
    func sees(_ number: BusinessNumberID?, _ account: AccountID) -> Bool {
        guard let numbers = limits[account.rawValue] else { return true }
        if let number, numbers.contains(number) { return true }
        return members(who: .writeMembers).contains(account)
    }

    /// Those who may something.
    func members(who may: Permission) -> [AccountID] {
        let sets = Dictionary(sets.map { ($0.id, $0) }) { first, _ in first }
        return members.filter {
            AccessMatrix.permissions(ofTenantRole: $0.value, sets).contains(may)
        }.keys.sorted().map { AccountID($0) }
    }

    /// All of them.
    var all: [AccountID] { members.keys.sorted().map { AccountID($0) } }
}

/// The bounds of the stage.
package enum AnnouncementLimits {
    /// Customers who wait, counted so far.
    package static let waiting = 500
    /// Invitations that are remembered.
    package static let invitations = 500
}

/// Tells each person of a team what concerns them.
package struct AnnouncementStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never
    /// What it remembers per tenant.
    package typealias State = TeamState

    /// The stage's name.
    package let name = "announcements"
    package let reads: [any Payload.Type] = [
        OrganisationEvent.self, TeamNews.self, RoutingSetting.self,
    ]

    /// Makes the stage.
    package init() {}

    /// Follows the team, and passes on what concerns it.
    package func begin(
        _ input: StageInput, _ state: inout TeamState, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        var announcement = Announcement(state: state, effects: context.effects)
        switch input {
        case .record(let event as OrganisationEvent, _, _): announcement.follow(event)
        case .record(let news as TeamNews, _, _): announcement.pass(news)
        case .record(let setting as RoutingSetting, _, _): announcement.follow(setting)
        default: throw context.noUse
        }
        state = announcement.state
        guard !announcement.effects.outputs.isEmpty else {
            return .ignore(because: "it concerns nobody")
        }
        return .finish(announcement.effects)
    }
}

/// One decision of the stage under way.
private struct Announcement {
    var state: TeamState
    var effects: Effects

    mutating func follow(_ setting: RoutingSetting) {
        guard case .profileSaved(let profile) = setting.change else { return }
        state.limits[profile.agent.rawValue] = profile.numbers
    }

    mutating func pass(_ news: TeamNews) {
        let conversation = news.values["conversation"] ?? ""
        let number = news.number ?? state.waitingAt[conversation]
        switch news.kind {
        case .served:
            state.waiting.removeAll { $0 == conversation }
            state.waitingAt[conversation] = nil
            return
        case .waitsAgain: return count(conversation, number)
        case "waiting": count(conversation, number)
        default: break
        }
        // The line to WhatsApp is for those who can mend it; agents see that messages wait.
        // What was missed is for those who can send somebody.
        let who: Permission =
            news.kind.isAboutChannel
            ? .writeSettings
            : news.kind == "missed" || news.kind == "queueAge"
                ? .superviseConversations : .answerConversations
        for account in state.members(who: who) {
            var values = news.values
            if !conversation.isEmpty {
                guard state.sees(number, account) else { continue }
                if news.kind == "waiting" { values["count"] = String(waiting(for: account)) }
            }
            tell(news.kind, to: [account], of: news.tenant, values, at: news.at)
        }
    }

    /// How many wait whom somebody may see.
    private func waiting(for account: AccountID) -> Int {
        guard state.limits[account.rawValue] != nil else { return state.waiting.count }
        return state.waiting.count { state.sees(state.waitingAt[$0], account) }
    }

    private mutating func count(_ conversation: String, _ number: BusinessNumberID?) {
        guard state.waiting.count < AnnouncementLimits.waiting,
            !state.waiting.contains(conversation)
        else { return }
        state.waiting.append(conversation)
        state.waitingAt[conversation] = number
    }

    /// Whoever is invited and has an account hears of it there, too.
    private mutating func invite(_ invitation: Invitation, _ event: OrganisationEvent) {
        guard !state.invited.contains(invitation.id.rawValue),
            state.invited.count < AnnouncementLimits.invitations
        else { return }
        state.invited.append(invitation.id.rawValue)
        effects.emit(
            AddressNews(
                address: invitation.address.key, kind: "invited", team: event.tenant,
                values: [
                    "organisation": state.organisation, "name": invitation.by,
                    "role": invitation.role.rawValue,
                ], at: event.at))
    }

    mutating func follow(_ event: OrganisationEvent) {
        state.organisation = event.facts.profile.name
        state.sets = event.facts.sets
        let heads = { [state] in state.members(who: .writeMembers) }
        func tell(
            _ kind: NotificationKind, _ accounts: [AccountID], _ values: [String: String] = [:]
        ) {
            self.tell(kind, to: accounts, of: event.tenant, values, at: event.at)
        }
        switch event.change {
        case .joined(let member):
            let others = heads()
            state.members[member.account.rawValue] = member.role
            tell(
                "joined", others,
                ["account": member.account.rawValue, "role": member.role.rawValue])
        case .memberChanged(let member):
            let former = state.members.updateValue(member.role, forKey: member.account.rawValue)
            guard former != member.role else { return }
            tell("role", [member.account], ["role": member.role.rawValue])
        case .left(let account):
            state.members[account.rawValue] = nil
            tell("removed", [account])
            tell("left", heads(), ["account": account.rawValue])
        case .ownershipMoved(let old, let new):
            for member in [old, new] { state.members[member.account.rawValue] = member.role }
            tell("owner", [old.account, new.account], ["account": new.account.rawValue])
        case .offerChanged:
            guard let offer = event.facts.offer else { return }
            tell("offer", [offer.to], ["account": offer.from.rawValue])
        case .invited(let invitation): invite(invitation, event)
        case .invitationEnded(let id, let end):
            state.invited.removeAll { $0 == id.rawValue }
            guard end == .declined || end == .expired else { return }
            tell("invitation", heads(), ["end": end.rawValue])
        case .changed(.security): tell("security", state.all)
        case .key(let key): tell("key", state.members(who: .writeKeys), ["name": key.name])
        case .keyRotated(let key, _):
            tell("key", state.members(who: .writeKeys), ["name": key.name])
        case .consentChanged:
            tell(
                "consent", state.members(who: .giveConsent),
                ["isGiven": event.facts.consentUntil == nil ? "no" : "yes"])
        case .impersonated(let impersonation):
            // Also whoever is acted as, though they may not let anybody in.
            tell(
                "impersonation",
                Set(state.members(who: .giveConsent) + [impersonation.account]).sorted(),
                ["name": impersonation.operatorName ?? "", "reason": impersonation.reason ?? ""])
        case .suspended: tell("suspended", heads())
        case .resumed: tell("resumed", heads())
        case .deleted: tell("deleted", heads())
        case .restored: tell("restored", heads())
        case .purgeRequested: state = TeamState()
        default: break
        }
    }

    private mutating func tell(
        _ kind: NotificationKind, to accounts: [AccountID], of tenant: TenantID,
        _ values: [String: String], at: Timestamp
    ) {
        var values = values
        values["organisation"] = state.organisation
        for account in accounts {
            // Nobody is told what they did not need to be told: that they came or went themselves.
            guard values["account"] != account.rawValue || kind == "owner" else { continue }
            effects.emit(
                PersonalNews(account: account, kind: kind, team: tenant, values: values, at: at))
        }
    }
}

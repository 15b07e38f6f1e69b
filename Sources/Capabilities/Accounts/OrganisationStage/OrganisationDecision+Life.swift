import AccountRecords
import AuditRecords
import Conversation
import Permissions
import StageRuntime

/// How an organisation comes, stands and goes, and its settings.
extension OrganisationDecision {
    /// Asks that the organisation stands so that this can be done: its own people do in a
    /// suspended one only what lets them pay or leave, and nothing in a deleted one.
    func requireStanding(for action: OrganisationCommand.Action) throws(Refusal) {
        if case .create = action { return }
        switch state.facts.standing {
        case .active: break
        case .none, .purged: throw .unknown
        case .deleted:
            guard isByOperator else { throw .unknown }
            switch action {
            case .restore, .purge, .appointOwner: break
            default: throw .standing
            }
        case .suspended: guard isByOperator || action.isForSuspended else { throw .standing }
        }
        if wish.by.impersonator != nil, !isImpersonated { throw .forbidden }
    }

    /// Whether an operator, the installation's key or Parley itself acts.
    private var isByOperator: Bool {
        switch wish.by.kind {
        case .operator, .operatorKey, .key, .system: true
        case .account, .agent, .apiKey, .link: false
        }
    }

    private func requireOperator() throws(Refusal) {
        guard isByOperator else { throw .forbidden }
    }

    // MARK: Coming

    mutating func create(_ new: NewOrganisation) throws(Refusal) {
        try requireOperator()
        try make(new)
        done(.created, changes: [AuditChange("name", nil, new.name)])
    }

    /// Makes it, once: an id that was given is never given again.
    mutating func make(_ new: NewOrganisation) throws(Refusal) {
        guard state.facts.standing == .none, tenant != .installation else { throw .exists }
        state.facts.standing = .active
        state.facts.plan = new.plan
        state.facts.profile = .init(name: new.name)
        state.facts.locale = new.locale
        state.facts.createdAt = now
        for part in OrganisationPart.Name.allCases { state.facts.versions[part.rawValue] = 1 }
    }

    /// Asks that no tenant is connected under this id: it belongs to somebody.
    func requireFree() throws(Refusal) {
        guard !context.settings(OrganisationSettings.self).isConnected else { throw .exists }
    }

    // MARK: Settings

    mutating func change(_ part: OrganisationPart, _ version: Int) throws(Refusal) {
        try require(part.name == .security ? .writeSecurity : .writeSettings)
        guard version == state.facts.version(part.name) else { throw .otherVersion }
        let before = state.facts
        switch part {
        case .profile(let profile): state.facts.profile = profile
        case .locale(let locale): state.facts.locale = locale
        case .security(let security): state.facts.security = security
        case .suspension(let suspension): state.facts.suspension = suspension
        case .hours(let hours): state.facts.hours = hours
        case .levels(let levels): state.facts.levels = levels
        }
        state.facts.versions[part.name.rawValue] = version + 1
        done(.changed(part.name), changes: state.facts.changes(since: before))
    }

    mutating func changePlan(_ plan: String) throws(Refusal) {
        try require(.writeBilling)
        let before = state.facts.plan
        state.facts.plan = plan
        done(.planChanged, changes: [AuditChange("plan", before, plan)])
    }

    mutating func consent(_ until: Timestamp?) throws(Refusal) {
        // Operators do not consent for those who are asked.
        guard !isByOperator, wish.by.impersonator == nil else { throw .forbidden }
        try require(.giveConsent)
        let before = state.facts.consentUntil
        state.facts.consentUntil = until
        done(.consentChanged, changes: [AuditChange("until", before?.rfc3339, until?.rfc3339)])
        guard let until, now < until else { return endImpersonations(because: "consent") }
        endOldImpersonations()
    }

    mutating func changeKey(_ action: APIKeyAction) throws(Refusal) {
        if case .noteUse = action {} else { try require(.writeKeys) }
        try change(action)
    }

    // MARK: Standing

    mutating func suspend(_ reason: String) throws(Refusal) {
        try requireOperator()
        guard state.facts.standing == .active else { throw .standing }
        state.facts.standing = .suspended(since: now, reason: reason)
        done(.suspended, changes: [AuditChange("reason", nil, reason)])
        endImpersonations(because: "standing")
    }

    mutating func resume() throws(Refusal) {
        try requireOperator()
        guard case .suspended = state.facts.standing else { throw .standing }
        state.facts.standing = .active
        done(.resumed)
    }

    mutating func delete() throws(Refusal) {
        if !isByOperator { try require(.deleteTenant) }
        let until = now + TeamLimits.retention
        state.facts.standing = .deleted(until: until)
        state.facts.offer = nil
        effects.setTimer(OrganisationStage.retention, at: until)
        done(.deleted, changes: [AuditChange("until", nil, until.rfc3339)])
        endImpersonations(because: "standing")
    }

    mutating func restore() throws(Refusal) {
        try requireOperator()
        guard case .deleted = state.facts.standing else { throw .standing }
        // While it was deleted, its owners may have left.
        guard team.hasHead(head) || team.members.isEmpty else { throw .lastOwner }
        state.facts.standing = .active
        effects.cancelTimer(OrganisationStage.retention)
        done(.restored)
    }

    mutating func purge() throws(Refusal) {
        try requireOperator()
        guard case .deleted = state.facts.standing else { throw .standing }
        effects.cancelTimer(OrganisationStage.retention)
        end()
    }

    mutating func endRetention() {
        guard case .deleted(let until) = state.facts.standing, until <= now else { return }
        wish.action = "tenant.purge"
        end()
    }

    /// Lets everybody go; nothing is left but that there was one.
    private mutating func end() {
        for id in team.members.keys.sorted() {
            guard let member = team.members[id] else { continue }
            notify(member.account, .ended(member.membership))
        }
        let createdAt = state.facts.createdAt
        let proposals = team.proposals
        state = OrganisationState()
        state.facts.standing = .purged
        state.facts.createdAt = createdAt
        done(.purgeRequested)
        for proposal in proposals {
            wish = proposal.wish
            refuse(.standing)
        }
    }
}

extension OrganisationCommand.Action {
    /// Whether a suspended organisation's people may do it.
    fileprivate var isForSuspended: Bool {
        switch self {
        case .changePlan, .delete, .consent: true
        case .key(.revoke), .key(.noteUse), .remove, .endImpersonation: true
        default: false
        }
    }
}

extension OrganisationFacts {
    /// What is other than before, field by field.
    fileprivate func changes(since before: Self) -> [AuditChange] {
        func words(_ facts: Self) -> [(String, String?)] {
            [
                ("name", facts.profile.name), ("address", facts.profile.address),
                ("logo", facts.profile.logo), ("language", facts.locale.language),
                ("timeZone", facts.locale.timeZone), ("dateFormat", facts.locale.dateFormat),
                ("secondFactorFrom", facts.security.secondFactorFrom?.rfc3339),
                ("passwordCharacters", facts.security.passwordCharacters.map(String.init)),
                ("idleMinutes", String(facts.security.idleMinutes)),
                ("longestMinutes", String(facts.security.longestMinutes)),
                ("networks", facts.security.networks.joined(separator: " ")),
                ("notice", facts.suspension.notice), ("hours", facts.hours?.words),
                ("levels", facts.levels?.words),
            ]
        }
        return zip(words(before), words(self)).compactMap { old, new in
            old.1 == new.1 ? nil : AuditChange(new.0, old.1, new.1)
        }
    }
}

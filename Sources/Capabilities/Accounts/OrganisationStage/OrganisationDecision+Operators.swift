import AccountRecords
import AuditRecords
import Conversation
import Permissions
import StageRuntime

/// Operators who act as people of the team, with its consent.
extension OrganisationDecision {
    /// Operators who act at once.
    private static let mostAtOnce = 50

    mutating func impersonate(
        _ account: AccountID, _ name: String?, _ session: NewSession, because reason: String?
    ) throws(Refusal) {
        guard wish.by.kind == .operator, wish.by.impersonator == nil,
            account.rawValue != wish.by.id
        else { throw .forbidden }
        guard state.facts.standing == .active else { throw .standing }
        guard let until = state.facts.consentUntil, now < until else { throw .noConsent }
        guard let member = team.member(account), !member.isAway else { throw .notMember }
        let now = now
        guard state.impersonations.filter({ now < $0.expires }).count < Self.mostAtOnce else {
            throw .tooMany
        }
        let expires = min(session.expires, until, now + Impersonation.longest)
        guard expires > now, !state.impersonations.contains(where: { $0.id == session.id })
        else { throw .unknown }
        let impersonation = Impersonation(
            id: session.id, tokenHash: session.tokenHash, account: account,
            operator: AccountID(wish.by.id), operatorName: wish.by.name,
            operatorSession: wish.by.session.map { SessionID($0) }, reason: reason, began: now,
            expires: expires)
        state.impersonations.append(impersonation)
        publish(.impersonated(impersonation))
        audit(
            on: AuditTarget("account", account.rawValue, name: name),
            changes: [
                AuditChange("reason", nil, reason), AuditChange("until", nil, expires.rfc3339),
            ])
        endOldImpersonations()
    }

    mutating func endImpersonation(_ id: SessionID) throws(Refusal) {
        let now = now
        guard
            let place = state.impersonations.firstIndex(where: { $0.id == id && now < $0.expires })
        else { throw .unknown }
        let impersonation = state.impersonations[place]
        let who = wish.by.kind == .operator ? wish.by.id : wish.by.impersonator
        if who != impersonation.operator.rawValue {
            switch wish.by.kind {
            case .account where wish.by.impersonator == nil, .key: try require(.giveConsent)
            // The console saw that the operator may no more.
            case .system: break
            default: throw .forbidden
            }
        }
        state.impersonations.remove(at: place)
        publish(.impersonationEnded(id))
        var changes = [impersonation.leaving]
        if wish.by.kind == .system { changes.append(AuditChange("cause", nil, "operator")) }
        audit(
            on: AuditTarget("account", impersonation.account.rawValue), changes: changes)
    }

    // MARK: Their ends

    /// Whether who acts in somebody's name does so by what goes on, and with the team's consent.
    var isImpersonated: Bool {
        guard let until = state.facts.consentUntil, now < until else { return false }
        let now = now
        return state.impersonations.contains {
            $0.id.rawValue == wish.by.session && $0.account.rawValue == wish.by.id
                && $0.operator.rawValue == wish.by.impersonator && now < $0.expires
        }
    }

    /// Ends all, or those as somebody, with what whoever acts has just done.
    mutating func endImpersonations(as account: AccountID? = nil, because cause: String) {
        guard !state.impersonations.isEmpty else { return }
        end(because: cause, by: wish) { account == nil || $0.account == account }
        if state.impersonations.isEmpty {
            effects.cancelTimer(OrganisationStage.impersonations)
        }
    }

    /// Ends those whose time is over, or the consent's, and wakes up for the next.
    mutating func endOldImpersonations() {
        let (now, consent) = (now, state.facts.consentUntil ?? now)
        end(because: "time", by: TeamWish(by: .system, action: "")) {
            min($0.expires, consent) <= now
        }
        guard let next = state.impersonations.map(\.expires).min() else { return }
        effects.setTimer(OrganisationStage.impersonations, at: min(next, consent))
    }

    private mutating func end(
        because cause: String, by ending: TeamWish, where fits: (Impersonation) -> Bool
    ) {
        let ended = state.impersonations.filter(fits)
        state.impersonations.removeAll(where: fits)
        // The wish itself is answered by what it asked for.
        let wish = wish
        self.wish = TeamWish(
            by: ending.by, origin: ending.origin, action: "impersonation.stop", reference: nil)
        for impersonation in ended {
            publish(.impersonationEnded(impersonation.id))
            audit(
                on: AuditTarget("account", impersonation.account.rawValue),
                changes: [impersonation.leaving, AuditChange("cause", nil, cause)])
        }
        self.wish = wish
    }

    /// Asks that an operator who acts as somebody wishes nothing about credentials, owners or the
    /// consent itself.
    func requireOwnWish(for action: OrganisationCommand.Action) throws(Refusal) {
        guard wish.by.impersonator != nil else { return }
        let isAllowed: Bool =
            switch action {
            case .change(let part, version: _): part.name != .security
            case .invite(let invitation): invitation.role != head
            case .resend, .cancelInvitation, .endImpersonation: true
            case .changeRole(let account, let role):
                role != head && team.member(account)?.role != head
            case .remove(let account):
                account.rawValue != wish.by.id && team.member(account)?.role != head
            default: false
            }
        guard isAllowed else { throw .forbidden }
    }
}

extension Impersonation {
    /// That its operator acts no more, as the audit log says it.
    fileprivate var leaving: AuditChange {
        AuditChange("operator", operatorName ?? self.operator.rawValue, nil)
    }
}

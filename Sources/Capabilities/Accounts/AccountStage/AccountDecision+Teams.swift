import AccountRecords
import AuditRecords
import Conversation
import StageRuntime

/// The teams that an account belongs to. It knows of a membership before the team does, and until
/// after, so that it can ask all that might count on it before it can sign in no more.
extension AccountDecision {
    @discardableResult
    private mutating func ask(_ wish: MembershipRequest.Wish, of team: TenantID) -> RecordID {
        let request = MembershipRequest(
            tenant: team, account: account, wish: wish, by: self.wish.by,
            origin: self.wish.origin, at: now)
        return team == .installation
            ? effects.emit(OperatorRequest(request)) : effects.emit(request)
    }

    // MARK: Joining

    mutating func join(_ tenant: TenantID, _ hash: String) throws(Refusal) {
        try requireOwn()
        let address = try provenAddress(for: tenant)
        let request = ask(.join(tokenHash: hash, address: address), of: tenant)
        state.memberships.append(.init(team: tenant, name: request))
        state.questions.append(.init(request: request, team: tenant, wish: wish))
    }

    mutating func found(_ tenant: TenantID, _ organisation: NewOrganisation) throws(Refusal) {
        try requireOwn()
        _ = try provenAddress(for: tenant)
        let request = ask(.found(organisation), of: tenant)
        state.memberships.append(.init(team: tenant, name: request))
        state.questions.append(.init(request: request, team: tenant, wish: wish))
    }

    mutating func decline(_ tenant: TenantID, _ hash: String) throws(Refusal) {
        try requireOwn()
        let address = try provenAddress(for: tenant)
        let request = ask(.decline(tokenHash: hash, address: address), of: tenant)
        state.questions.append(.init(request: request, team: tenant, wish: wish))
    }

    /// The address, where it is proven and the account may begin to belong somewhere.
    private func provenAddress(for tenant: TenantID) throws(Refusal) -> AddressKey {
        guard tenant != .installation else { throw .forbidden }
        guard let address = state.facts.address, state.facts.isVerified else {
            throw .notVerified
        }
        guard state.leaving == nil else { throw .busy }
        guard state.teams.count < AccountLimits.teams else { throw .tooMany }
        return address.key
    }

    // MARK: What teams say

    mutating func hear(_ notice: MembershipNotice) {
        let team = notice.team
        switch notice.word {
        case .joined(let name):
            takeQuestion(name, "account.join")
            guard state.memberships.contains(where: { $0.name == name }) else { return }
            tell(.joined(team))
        case .refused(let name, let refusal):
            state.memberships.removeAll { $0.name == name }
            if takeQuestion(name, "account.join") { refuse(refusal) }
        case .declined(let request):
            if takeQuestion(request, "account.declineInvitation") { tell(.declined(team)) }
        case .ended(let name):
            guard state.memberships.contains(where: { $0.name == name }) else { return }
            state.memberships.removeAll { $0.name == name }
            if !state.teams.contains(team) { tell(.left(team)) }
        case .proposed(let name, let new): consider(name, of: team, new)
        case .mayLeave(let request): goOn(leaving: request)
        case .mustStay(let request):
            if state.leaving?.waiting.contains(request) == true { stay(because: .lastOwner) }
        }
    }

    @discardableResult
    private mutating func takeQuestion(_ request: RecordID, _ action: String) -> Bool {
        guard let place = state.questions.firstIndex(where: { $0.request == request }) else {
            return false
        }
        wish = state.questions.remove(at: place).wish
        return true
    }

    private mutating func consider(_ name: RecordID, of team: TenantID, _ new: NewAccount?) {
        if let new {
            guard state.facts.standing == .none, state.creation == nil else {
                return answer(name, of: team, because: .exists)
            }
            return create(new, for: team, name)
        }
        if state.facts.standing != .active {
            answer(
                name, of: team,
                because: state.facts.standing == .disabled ? .disabled : .unknown)
        } else if !state.facts.canSignIn {
            answer(name, of: team, because: .noPassword)
        } else {
            answer(name, of: team, because: state.leaving == nil ? nil : .busy)
        }
    }

    /// Agrees to belong to a team, or says why not.
    mutating func answer(_ name: RecordID, of team: TenantID, because refusal: Refusal?) {
        if let refusal {
            ask(.disagree(name, because: refusal), of: team)
        } else {
            state.memberships.append(.init(team: team, name: name))
            ask(.agree(name), of: team)
        }
    }

    // MARK: Leaving

    mutating func leave(isDeletion: Bool) throws(Refusal) {
        if isDeletion {
            try requireOwnOrOperator(proven: true)
        } else {
            try requireOperator()
        }
        guard state.leaving == nil else { throw .busy }
        let teams = state.teams
        state.leaving = .init(isDeletion: isDeletion, wish: wish, asked: teams, waiting: [])
        guard !teams.isEmpty else { return finishLeaving() }
        let requests = teams.map { ask(.leave, of: $0) }
        state.leaving?.waiting = requests
        effects.setTimer(AccountTimer.leaving, at: now + AccountLimits.answer)
    }

    private mutating func goOn(leaving request: RecordID) {
        guard state.leaving?.waiting.contains(request) == true else { return }
        state.leaving?.waiting.removeAll { $0 == request }
        if state.leaving?.waiting.isEmpty == true { finishLeaving() }
    }

    /// Stays as it was; teams that let it go count on it again.
    mutating func stay(because refusal: Refusal) {
        guard let leaving = state.leaving else { return }
        wish = leaving.wish
        state.leaving = nil
        effects.cancelTimer(AccountTimer.leaving)
        // One that was disabled before, and should have been deleted, still cannot sign in.
        if state.facts.standing == .active {
            for team in leaving.asked { ask(.back, of: team) }
        }
        refuse(refusal)
    }

    private mutating func finishLeaving() {
        guard let leaving = state.leaving else { return }
        wish = leaving.wish
        state.leaving = nil
        effects.cancelTimer(AccountTimer.leaving)
        state.epoch += 1
        state.sessions = []
        state.reset = nil
        state.verification = nil
        guard leaving.isDeletion else {
            state.facts.standing = .disabled
            return done(.disabled)
        }
        for team in state.teams { ask(.gone, of: team) }
        releaseAddresses()
        let open = state.questions.map(\.wish) + (state.reservation.map { [$0.wish] } ?? [])
        let address = state.facts.address?.text
        let epoch = state.epoch
        let createdAt = state.facts.createdAt
        state = AccountState()
        state.epoch = epoch
        state.facts.standing = .deleted
        state.facts.createdAt = createdAt
        done(.deleted, changes: [AuditChange("address", address, nil)])
        // What was wished before, and waited, has its answer, too.
        for wish in open {
            self.wish = wish
            refuse(.unknown)
        }
    }

    mutating func enable() throws(Refusal) {
        try requireOperator()
        guard state.facts.standing == .disabled, state.leaving == nil else { throw .standing }
        state.facts.standing = .active
        for team in state.teams { ask(.back, of: team) }
        done(.enabled)
    }
}

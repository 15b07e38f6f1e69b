import AccountRecords
import AuditRecords
import Conversation
import Permissions
import StageRuntime

/// Invitations, members and owners.
extension OrganisationDecision {
    // MARK: Invitations

    mutating func invite(_ invitation: Invitation) throws(Refusal) {
        try require(.writeMembers)
        guard !permissions(of: invitation.role).isEmpty else { throw .badRole }
        try requireAll(of: invitation.role)
        guard state.invitations[invitation.id.rawValue] == nil else { throw .exists }
        // Another for the same address takes the place of the one before.
        let former = state.invitations.values.filter {
            $0.address.key == invitation.address.key || $0.token.expires <= now
        }.sorted { $0.id < $1.id }
        for one in former { state.invitations[one.id.rawValue] = nil }
        guard state.invitations.count < TeamLimits.invitations else { throw .tooMany }
        state.invitations[invitation.id.rawValue] = invitation
        publish(.invited(invitation))
        auditInvitation(
            invitation, changes: [AuditChange("role", nil, invitation.role.rawValue)])
        send(invitation)
        for one in former {
            publish(.invitationEnded(one.id, one.token.expires <= now ? .expired : .cancelled))
        }
    }

    mutating func resend(_ id: InvitationID, _ token: OneTimeToken) throws(Refusal) {
        try require(.writeMembers)
        guard var invitation = state.invitations[id.rawValue] else { throw .unknown }
        invitation.token = token
        state.invitations[id.rawValue] = invitation
        publish(.invited(invitation))
        auditInvitation(invitation)
        send(invitation)
    }

    mutating func cancelInvitation(_ id: InvitationID) throws(Refusal) {
        try require(.writeMembers)
        guard let invitation = state.invitations.removeValue(forKey: id.rawValue) else {
            throw .unknown
        }
        publish(.invitationEnded(id, .cancelled))
        auditInvitation(invitation)
    }

    private mutating func auditInvitation(
        _ invitation: Invitation, changes: [AuditChange] = []
    ) {
        audit(
            on: AuditTarget(
                "invitation", invitation.id.rawValue, name: invitation.address.text),
            changes: changes)
    }

    private mutating func send(_ invitation: Invitation) {
        effects.emit(
            MailRequest(
                tenant: tenant, kind: .invitation, about: invitation.id.rawValue,
                to: invitation.address.text, language: invitation.language,
                values: [
                    "organisation": state.facts.profile.name, "inviter": invitation.by,
                    "role": invitation.role.rawValue,
                ], token: invitation.token, askedBy: AccountID(person: wish.by), at: now))
    }

    // MARK: What accounts ask

    mutating func consider(_ request: MembershipRequest, id: RecordID) {
        wish = TeamWish(by: request.by, origin: request.origin, action: "member.join")
        let account = request.account
        switch request.wish {
        case .join(let hash, let address):
            answer(account, id) { decision throws(Refusal) in
                try decision.join(account, id, hash, address)
            }
        case .decline(let hash, let address):
            wish.action = "invitation.decline"
            answer(account, id) { decision throws(Refusal) in
                try decision.decline(account, id, hash, address)
            }
        case .found(let new):
            wish.action = "tenant.create"
            answer(account, id) { decision throws(Refusal) in
                try decision.requireFree()
                try decision.make(new)
                let member = decision.admit(account, .owner, id)
                decision.done(.created, changes: [AuditChange("name", nil, new.name)])
                decision.tell(.joined(member))
                decision.notify(account, .joined(id))
            }
        case .agree(let name): agree(account, name)
        case .disagree(let name, let refusal):
            guard let proposal = takeProposal(name, of: account) else { return }
            wish = proposal.wish
            refuse(refusal)
        case .leave, .back, .gone: answer(request, id: id)
        }
    }

    /// Does what an account asks, or refuses it to the account alone: it has the reference.
    private mutating func answer(
        _ account: AccountID, _ id: RecordID,
        _ act: (inout Self) throws(Refusal) -> Void
    ) {
        let before = state
        do throws(Refusal) {
            try act(&self)
        } catch {
            state = before
            notify(account, .refused(id, because: error))
        }
    }

    private mutating func join(
        _ account: AccountID, _ id: RecordID, _ hash: String, _ address: AddressKey
    ) throws(Refusal) {
        let invitation = try invitation(hash, address)
        guard state.facts.standing == .active else { throw .standing }
        guard team.member(account) == nil else { throw .member }
        guard !permissions(of: invitation.role).isEmpty else { throw .badRole }
        guard team.members.count < TeamLimits.members else { throw .tooMany }
        state.invitations[invitation.id.rawValue] = nil
        let member = admit(account, invitation.role, id)
        done(
            .joined(member), on: AuditTarget("account", account.rawValue),
            changes: [AuditChange("role", nil, member.role.rawValue)])
        publish(.invitationEnded(invitation.id, .accepted))
        notify(account, .joined(id))
    }

    private mutating func decline(
        _ account: AccountID, _ id: RecordID, _ hash: String, _ address: AddressKey
    ) throws(Refusal) {
        let invitation = try invitation(hash, address)
        state.invitations[invitation.id.rawValue] = nil
        publish(.invitationEnded(invitation.id, .declined))
        auditInvitation(invitation)
        notify(account, .declined(id))
    }

    /// The invitation of a token, where it is good and for this address.
    private func invitation(
        _ hash: String, _ address: AddressKey
    ) throws(Refusal) -> Invitation {
        guard let invitation = state.invitations.values.first(where: { $0.token.hash == hash }),
            now < invitation.token.expires
        else { throw .badToken }
        guard invitation.address.key == address else { throw .otherAddress }
        return invitation
    }

    // MARK: Members and owners

    mutating func removeMember(_ account: AccountID) throws(Refusal) {
        try remove(account, needing: .writeMembers)
    }

    mutating func offerOwnership(_ to: AccountID, _ until: Timestamp) throws(Refusal) {
        guard let owner = actingMember, owner.role == .owner, wish.by.impersonator == nil else {
            throw .forbidden
        }
        guard let member = team.member(to), to != owner.account else { throw .notMember }
        guard member.role != .owner else { throw .member }
        guard !member.isAway else { throw .disabled }
        state.facts.offer = .init(from: owner.account, to: to, until: until)
        done(.offerChanged, changes: [AuditChange("to", nil, to.rawValue)])
    }

    /// The one who takes it is an owner before the other is none: there is always one.
    mutating func acceptOwnership() throws(Refusal) {
        guard let offer = state.facts.offer, now < offer.until else { throw .unknown }
        guard wish.by.kind == .account, wish.by.id == offer.to.rawValue,
            wish.by.impersonator == nil
        else { throw .forbidden }
        guard var new = team.member(offer.to), !new.isAway,
            var old = team.member(offer.from), old.role == .owner
        else { throw .unknown }
        new.role = .owner
        old.role = .admin
        team.members[new.account.rawValue] = new
        team.members[old.account.rawValue] = old
        state.facts.offer = nil
        done(
            .ownershipMoved(from: old, to: new),
            changes: [AuditChange("owner", old.account.rawValue, new.account.rawValue)])
    }

    mutating func endOffer() throws(Refusal) {
        guard let offer = state.facts.offer else { throw .unknown }
        if let member = actingMember, [offer.from, offer.to].contains(member.account) {
            guard wish.by.impersonator == nil else { throw .forbidden }
        } else {
            try require(.transferOwnership)
        }
        state.facts.offer = nil
        done(.offerChanged, changes: [AuditChange("to", offer.to.rawValue, nil)])
    }

    mutating func appointOwner(_ account: AccountID) throws(Refusal) {
        guard wish.by.kind == .operator || wish.by.kind == .key else { throw .forbidden }
        if team.member(account) != nil {
            try changeRole(account, .owner)
        } else {
            propose(account, .owner)
        }
    }

    private mutating func agree(_ account: AccountID, _ name: RecordID) {
        guard let proposal = takeProposal(name, of: account) else {
            return notify(account, .ended(name))
        }
        wish = proposal.wish
        guard team.member(account) == nil else {
            // It joined by itself meanwhile.
            refuse(.member)
            return notify(account, .ended(name))
        }
        let member = admit(account, proposal.role, name)
        done(
            .joined(member), on: AuditTarget("account", account.rawValue),
            changes: [AuditChange("role", nil, member.role.rawValue)])
        notify(account, .joined(name))
    }
}

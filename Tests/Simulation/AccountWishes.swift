import AccountRecords
import AuditRecords
import Conversation
import Permissions

/// What people wish at random: few of them, with few addresses, so that they meet.
extension AccountWorld {
    private static let people: [AccountID] = ["p0", "p1", "p2", "p3", "p4"]
    private static let tenants: [TenantID] = ["t0", "t1"]
    private static let locale = OrganisationPart.Locale(
        language: "en", timeZone: "UTC", dateFormat: "y-M-d")
    private static let roles: [RoleName] = [.owner, .admin, .agent]

    private func address(_ dice: inout Dice) -> AddressClaim {
        let name = "a\(dice.below(8))"
        return AddressClaim(key: AddressKey(name), text: "\(name)@example.org")
    }

    private func newAccount(_ dice: inout Dice) -> NewAccount {
        NewAccount(
            address: address(&dice), name: "n", passwordHash: "h", isVerified: true)
    }

    private var reference: String { "r\(count)" }
    private var theOperator: AuditActor { AuditActor(.operator, "op") }

    /// A person in one of their sessions, if they have any.
    private func actor(_ account: AccountID) -> AuditActor {
        AuditActor(
            .account, account.rawValue, session: view.session(of: account)?.rawValue)
    }

    func wish(_ dice: inout Dice) -> String {
        switch dice.below(10) {
        case 0: wishInstallation(&dice)
        case 1...6: wishAccount(&dice)
        default: wishOrganisation(&dice)
        }
    }

    // MARK: The installation

    private func wishInstallation(_ dice: inout Dice) -> String {
        let action: InstallationCommand.Action =
            switch dice.below(4) {
            case 0, 1:
                .setUp(tokenHash: "set-up", AccountID("s\(dice.below(3))"), newAccount(&dice))
            case 2: .appoint(dice.pick(Self.people), .operator)
            default: .dismiss(dice.pick(Self.people + ["s0", "s1"]))
            }
        var by = AuditActor(.key, "k")
        if case .setUp = action { by = AuditActor(.link, "set-up") }
        give(InstallationCommand(by: by, action: action, reference: reference, at: log.now))
        return "installation: \(action)"
    }

    // MARK: Accounts

    private func wishAccount(_ dice: inout Dice) -> String {
        let account = dice.pick(Self.people)
        let (action, by): (AccountCommand.Action, AuditActor) =
            switch view.accounts[account]?.standing {
            case .active? where dice.once(in: 3): credentials(account, &dice)
            case .active?: life(account, &dice)
            case .disabled?: (dice.once(in: 6) ? .delete : .enable, theOperator)
            case nil, AccountFacts.Standing.none?, .deleted?:
                (.create(newAccount(&dice)), theOperator)
            }
        give(
            AccountCommand(
                account: account, by: by, action: action, reference: reference, at: log.now))
        return "\(account): \(action)"
    }

    private func credentials(
        _ account: AccountID, _ dice: inout Dice
    ) -> (AccountCommand.Action, AuditActor) {
        let own = actor(account)
        switch dice.below(6) {
        case 0: return (.changePassword(hash: "h\(count)"), own)
        case 1: return (.offerFactor(FactorID("f\(count)"), Sealed(keyID: "", box: "")), own)
        case 2:
            let id = view.accounts[account]?.factor?.id ?? "none"
            return (
                .confirmFactor(
                    id, step: 1 + Int64(dice.below(2)), backupCodes: ["b0-\(id)", "b1-\(id)"]), own
            )
        case 3: return (dice.once(in: 3) ? .removeFactor : .endSessions, own)
        case 4: return (.startReset(token("reset-\(account)")), AuditActor(.link, "l"))
        default:
            return (
                .reset(tokenHash: "reset-\(account)", passwordHash: "h\(count)"),
                AuditActor(.link, "l")
            )
        }
    }

    private func life(
        _ account: AccountID, _ dice: inout Dice
    ) -> (AccountCommand.Action, AuditActor) {
        let own = actor(account)
        if view.accounts[account]?.change != nil, dice.once(in: 2) {
            return (
                .confirmAddressChange(tokenHash: "\(dice.pick(["new", "old"]))-\(account)"),
                AuditActor(.link, "l")
            )
        }
        switch dice.below(12) {
        case 0...3: return (signIn(account, &dice), own)
        case 4, 5:
            let tenant = dice.pick(Self.tenants)
            let open = invitations(to: account, in: tenant, &dice)
            guard !open.isEmpty, !dice.once(in: 8) else {
                return (
                    .found(tenant, NewOrganisation(name: "t", plan: "p", locale: Self.locale)),
                    own
                )
            }
            return (.join(tenant, tokenHash: dice.pick(open)), own)
        case 6:
            return (
                .startAddressChange(
                    address(&dice), token: token("new-\(account)"),
                    oldToken: token("old-\(account)")), own
            )
        case 7: return (.cancelAddressChange(tokenHash: "old-\(account)"), AuditActor(.link, "l"))
        case 8, 9: return (.disable, theOperator)
        case 10:
            guard dice.once(in: 4) else { return (.rename(name: "n\(count)", language: nil), own) }
            return (.delete, dice.once(in: 2) ? own : theOperator)
        default: return (.endSession(view.session(of: account) ?? "none"), own)
        }
    }

    /// Tokens of open invitations, mostly of those that are the account's own.
    private func invitations(
        to account: AccountID, in tenant: TenantID, _ dice: inout Dice
    ) -> [String] {
        let open = view.invitations[tenant]?.values.sorted { $0.id < $1.id } ?? []
        let own = open.filter { $0.address.key == view.accounts[account]?.address?.key }
        return (dice.once(in: 4) || own.isEmpty ? open : own).map(\.token.hash)
    }

    /// Codes of few steps and few backup codes: many are used before, or at once elsewhere.
    private func signIn(_ account: AccountID, _ dice: inout Dice) -> AccountCommand.Action {
        let facts = view.accounts[account]
        let session = SessionID("session-\(count)")
        var second: Proof.Second?
        if let factor = facts?.factor, factor.isActive {
            if dice.once(in: 2) {
                let step = Int64(dice.below(6))
                second = .code(factor.id, step: step)
                spends[session] = "\(factor.id) \(step)"
            } else {
                let code = "b\(dice.below(2))-\(factor.id)"
                second = .backupCode(hash: code)
                spends[session] = code
            }
        }
        return .signIn(
            NewSession(id: session, tokenHash: "h", expires: log.now + .seconds(86_400)),
            Proof(passwordVersion: facts?.password?.version, second: second))
    }

    // MARK: Organisations

    fileprivate func owner(of tenant: TenantID) -> AccountID? {
        (view.teams[tenant] ?? [:]).filter { $0.value.role == .owner }.keys.sorted().first
    }

    /// Somebody of a team who does not own it.
    private func member(of tenant: TenantID) -> AccountID? {
        (view.teams[tenant] ?? [:]).filter { $0.value.role != .owner }.keys.sorted().first
    }

    private func wishOrganisation(_ dice: inout Dice) -> String {
        let tenant = dice.pick(Self.tenants)
        let own = actor(dice.pick(Self.people))
        let person = dice.pick(Self.people)
        // Most teams have one person: where there are two, an owner offers, and who is offered
        // something answers, or hardly any offer would ever be taken.
        let offered = view.organisations[tenant]?.offer?.to
        let canOffer = owner(of: tenant) != nil && member(of: tenant) != nil
        let wish =
            if offered != nil, dice.once(in: 2) { 7 } else if canOffer, dice.once(in: 3) {
                6
            } else { dice.below(14) }
        let (action, by): (OrganisationCommand.Action, AuditActor) =
            switch wish {
            case 12...13: impersonation(of: person, in: tenant, &dice)
            case 0...3:
                (
                    .invite(
                        Invitation(
                            id: InvitationID("i\(count)"), address: address(&dice),
                            role: dice.pick(Self.roles), token: token("i\(count)"), by: "b")),
                    dice.once(in: 2) ? own : theOperator
                )
            case 4: (.changeRole(person, dice.pick(Self.roles)), theOperator)
            case 5: (.remove(person), dice.once(in: 2) ? own : theOperator)
            case 6:
                (
                    .offerOwnership(
                        to: dice.once(in: 4) ? person : member(of: tenant) ?? person,
                        until: log.now + .seconds(600)),
                    actor(owner(of: tenant) ?? person)
                )
            case 7, 8: (.acceptOwnership, actor(offered ?? person))
            case 9: (.appointOwner(person), theOperator)
            case 10: (dice.once(in: 2) ? .delete : .suspend(reason: "r"), theOperator)
            default:
                (view.organisations[tenant]?.isDeleted == true ? .restore : .resume, theOperator)
            }
        give(
            OrganisationCommand(
                tenant: tenant, by: by, action: action, reference: reference, at: log.now))
        return "\(tenant): \(action)"
    }
}

// MARK: - Operators who act as somebody

extension AccountWorld {
    fileprivate func impersonation(
        of person: AccountID, in tenant: TenantID, _ dice: inout Dice
    ) -> (OrganisationCommand.Action, AuditActor) {
        switch dice.below(4) {
        case 0:
            let until = dice.once(in: 3) ? nil : log.now + .seconds(600)
            return (.consent(until: until), actor(owner(of: tenant) ?? person))
        case 1:
            let acting = view.acting[tenant]?.keys.sorted().first ?? "none"
            return (.endImpersonation(acting), dice.once(in: 2) ? .system : theOperator)
        default:
            let session = NewSession(
                id: SessionID("x\(count)"), tokenHash: "h", expires: log.now + .seconds(300))
            return (.impersonate(person, name: nil, session, reason: "r"), theOperator)
        }
    }
}

extension OrganisationFacts {
    var isDeleted: Bool {
        if case .deleted = standing { true } else { false }
    }
}

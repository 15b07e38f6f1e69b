import AccountRecords
import AuditRecords
import Conversation
import Permissions
import Testing

@Suite struct OrganisationTests {
    static let sol = TenantID("sol")

    /// A tenant with its owner.
    private func founded() throws -> (Office, Person) {
        var office = Office()
        let ana = try office.person("ana")
        try office.found(Self.sol, by: ana)
        return (office, ana)
    }

    @Test("whoever founds a tenant owns it; its id is given once, and never that of another's")
    func founding() throws {
        var (office, ana) = try founded()
        #expect(office.members(Self.sol).mapValues(\.role) == [ana.account: .owner])
        let ben = try office.person("ben")
        office.connected = ["luna"]
        for tenant in [Self.sol, "luna", .installation] {
            let answer = try office.wish(
                .found(tenant, NewOrganisation(name: "x", plan: "free", locale: Office.locale)),
                of: ben.account, by: ben.actor)
            #expect(answer == .refused(tenant == .installation ? .forbidden : .exists))
        }
        #expect(office.facts(ben.account)?.tenants == [])
        let adopted = try office.wish(
            .create(NewOrganisation(name: "Luna", plan: "free", locale: Office.locale)),
            of: "luna", by: .theOperator)
        #expect(adopted == .created)
    }

    @Test("an unverified address founds nothing and accepts nothing")
    func unverified() throws {
        var (office, ana) = try founded()
        let ben = Person("ben")
        var new = office.newAccount(ben.address)
        new.isVerified = false
        try office.wish(.create(new), of: ben.account, by: .aLink)
        try office.signIn(ben)
        try office.invite(ben.address, into: Self.sol, as: .agent, by: ana.actor, token: "t")
        let joined = try office.wish(
            .join(Self.sol, tokenHash: "hash of t"), of: ben.account, by: ben.actor)
        #expect(joined == .refused(.notVerified))
    }

    @Test("an invitation is accepted by its address alone, once, and within its time")
    func invitation() throws {
        var (office, ana) = try founded()
        let ben = try office.person("ben")
        let eve = try office.person("eve")
        try office.invite(ben.address, into: Self.sol, as: .agent, by: ana.actor, token: "t")
        #expect(office.mails(.invitation).map(\.to) == ["ben@example.org"])
        let join = AccountCommand.Action.join(Self.sol, tokenHash: "hash of t")
        #expect(
            try office.wish(join, of: eve.account, by: eve.actor) == .refused(.otherAddress))
        #expect(
            try office.wish(
                .join(Self.sol, tokenHash: "hash of x"), of: ben.account, by: ben.actor)
                == .refused(.badToken))
        #expect(try office.wish(join, of: ben.account, by: ben.actor) == .joined(Self.sol))
        #expect(try office.wish(join, of: ben.account, by: ben.actor) == .refused(.badToken))
        #expect(office.members(Self.sol)[ben.account]?.role == .agent)
        #expect(office.members(Self.sol)[eve.account] == nil)
        try office.invite(eve.address, into: Self.sol, as: .agent, by: ana.actor, token: "u")
        try office.wait(Invitation.life)
        try office.signIn(eve, "fresh")
        let late = try office.wish(
            .join(Self.sol, tokenHash: "hash of u"), of: eve.account,
            by: AuditActor(.account, "eve", session: "fresh"))
        #expect(late == .refused(.badToken))
    }

    @Test(
        "sent again, an invitation has another link; cancelled or declined, none, and can come anew"
    )
    func invitationAgain() throws {
        var (office, ana) = try founded()
        let ben = try office.person("ben")
        let id = InvitationID("invitation t")
        func accept(_ name: String) throws -> AccountEvent.Change? {
            try office.wish(
                .join(Self.sol, tokenHash: "hash of \(name)"), of: ben.account, by: ben.actor)
        }
        try office.invite(ben.address, into: Self.sol, as: .agent, by: ana.actor, token: "t")
        try office.wish(.resend(id, office.token("t2")), of: Self.sol, by: ana.actor)
        #expect(try accept("t") == .refused(.badToken))
        try office.wish(.cancelInvitation(id), of: Self.sol, by: ana.actor)
        #expect(try accept("t2") == .refused(.badToken))
        try office.invite(ben.address, into: Self.sol, as: .viewer, by: ana.actor, token: "t3")
        let declined = try office.wish(
            .declineInvitation(Self.sol, tokenHash: "hash of t3"), of: ben.account, by: ben.actor)
        #expect(declined == .declined(Self.sol))
        try office.invite(ben.address, into: Self.sol, as: .viewer, by: ana.actor, token: "t4")
        try office.invite(ben.address, into: Self.sol, as: .agent, by: ana.actor, token: "t5")
        #expect(try accept("t4") == .refused(.badToken))
        #expect(try accept("t5") == .joined(Self.sol))
        // Who was removed can come back.
        try office.wish(.remove(ben.account), of: Self.sol, by: ana.actor)
        #expect(office.facts(ben.account)?.tenants == [])
        try office.take(ben, into: Self.sol, as: .agent, by: ana.actor)
    }

    @Test(
        "the last owner who can sign in stays: not removed, not demoted, not disabled, not deleted")
    func lastOwner() throws {
        var (office, ana) = try founded()
        let ben = try office.person("ben")
        try office.take(ben, into: Self.sol, as: .admin, by: ana.actor)
        let last = OrganisationEvent.Change.refused(.lastOwner)
        #expect(try office.wish(.remove(ana.account), of: Self.sol, by: ana.actor) == last)
        #expect(
            try office.wish(.changeRole(ana.account, .admin), of: Self.sol, by: ana.actor) == last)
        #expect(
            try office.wish(.disable, of: ana.account, by: .theOperator) == .refused(.lastOwner))
        #expect(try office.wish(.delete, of: ana.account, by: ana.actor) == .refused(.lastOwner))
        #expect(office.facts(ana.account)?.standing == .active)
        #expect(office.sessions(ana.account) == [ana.session])
        // With another owner, one may go; then that one is the last.
        try office.wish(.changeRole(ben.account, .owner), of: Self.sol, by: ana.actor)
        #expect(try office.wish(.disable, of: ana.account, by: .theOperator) == .disabled)
        #expect(office.members(Self.sol)[ana.account]?.isAway == true)
        #expect(try office.wish(.remove(ben.account), of: Self.sol, by: ben.actor) == last)
        #expect(try office.wish(.delete, of: ben.account, by: ben.actor) == .refused(.lastOwner))
        #expect(try office.wish(.enable, of: ana.account, by: .theOperator) == .enabled)
        #expect(try office.wish(.delete, of: ben.account, by: ben.actor) == .deleted)
        #expect(office.members(Self.sol).keys.map(\.self) == [ana.account])
    }

    @Test("a disabling that a tenant does not answer is given up, and its owner counts again")
    func unanswered() throws {
        var (office, ana) = try founded()
        let ben = try office.person("ben")
        try office.take(ben, into: Self.sol, as: .owner, by: ana.actor)
        office.held = [MembershipRequest.type]
        let command = AccountCommand(
            account: ana.account, by: .theOperator, action: .disable, reference: "r",
            at: office.now)
        try office.put(command, id: command.id)
        try office.wait(.seconds(31))
        #expect(office.answer(to: command) == .refused(.timedOut))
        try office.letGo(MembershipRequest.self)
        #expect(office.facts(ana.account)?.standing == .active)
        #expect(office.members(Self.sol)[ana.account]?.isAway == false)
        #expect(try office.wish(.disable, of: ben.account, by: .theOperator) == .disabled)
    }

    @Test("an ownership goes over by offer and acceptance, and by nobody else's")
    func transfer() throws {
        var (office, ana) = try founded()
        let ben = try office.person("ben")
        let eve = try office.person("eve")
        try office.take(ben, into: Self.sol, as: .agent, by: ana.actor)
        try office.take(eve, into: Self.sol, as: .admin, by: ana.actor)
        let offer = OrganisationCommand.Action.offerOwnership(
            to: ben.account, until: office.now + .seconds(3_600))
        #expect(try office.wish(offer, of: Self.sol, by: eve.actor) == .refused(.forbidden))
        #expect(try office.wish(offer, of: Self.sol, by: ana.actor) == .offerChanged)
        #expect(
            try office.wish(.acceptOwnership, of: Self.sol, by: eve.actor) == .refused(.forbidden))
        try office.wish(.acceptOwnership, of: Self.sol, by: ben.actor)
        #expect(office.members(Self.sol)[ben.account]?.role == .owner)
        #expect(office.members(Self.sol)[ana.account]?.role == .admin)
        #expect(
            try office.wish(.acceptOwnership, of: Self.sol, by: ben.actor) == .refused(.unknown))
        try office.wish(
            .offerOwnership(to: eve.account, until: office.now + .seconds(60)), of: Self.sol,
            by: ben.actor)
        try office.wait(.seconds(60))
        #expect(
            try office.wish(.acceptOwnership, of: Self.sol, by: eve.actor) == .refused(.unknown))
    }

    @Test("an operator makes somebody the owner, who agrees by being able to sign in")
    func appointed() throws {
        var (office, _) = try founded()
        let ben = try office.person("ben")
        let joined = try office.wish(
            .appointOwner(ben.account), of: Self.sol, by: .theOperator)
        guard case .joined(let member) = joined else {
            Issue.record("\(String(describing: joined))")
            return
        }
        #expect(member.role == .owner)
        #expect(office.facts(ben.account)?.tenants == [Self.sol])
        #expect(
            try office.wish(.appointOwner("nobody"), of: Self.sol, by: .theOperator)
                == .refused(.unknown))
    }

    @Test("nobody gives or takes more than they have, by roles, sets of permissions or keys")
    func noMoreThanOwn() throws {
        var (office, ana) = try founded()
        let ben = try office.person("ben")
        let eve = try office.person("eve")
        try office.take(ben, into: Self.sol, as: .admin, by: ana.actor)
        try office.take(eve, into: Self.sol, as: .agent, by: ana.actor)
        let forbidden = OrganisationEvent.Change.refused(.forbidden)
        func wish(_ action: OrganisationCommand.Action, _ person: Person) throws
            -> OrganisationEvent.Change?
        { try office.wish(action, of: Self.sol, by: person.actor) }
        #expect(try wish(.changeRole(ben.account, .owner), ben) == forbidden)
        #expect(try wish(.changeRole(ana.account, .agent), ben) == forbidden)
        #expect(try wish(.remove(ana.account), ben) == forbidden)
        #expect(try wish(.changeRole(eve.account, .viewer), eve) == forbidden)
        let front = PermissionSet(
            id: "front", name: "Front", permissions: [.readConversations, .writeBusiness])
        #expect(try wish(.define(front), eve) == forbidden)
        #expect(try wish(.define(front), ben) == .setDefined("front"))
        for bad in [
            PermissionSet(id: "owner", name: "", permissions: [.readAudit]),
            PermissionSet(id: "x", name: "", permissions: [.transferOwnership]),
            PermissionSet(id: "x", name: "", permissions: [.readTenants]),
            PermissionSet(id: "x", name: "", permissions: ["made:up"]),
            PermissionSet(id: "x", name: "", permissions: []),
        ] { #expect(try wish(.define(bad), ana) == .refused(.badRole), "\(bad)") }
        #expect(try wish(.changeRole(eve.account, "front"), ben) != forbidden)
        #expect(try wish(.removeSet("front"), ben) == .refused(.inUse))
        #expect(try wish(.changeRole(eve.account, "none"), ben) == .refused(.badRole))
    }

    @Test("a part of the settings is changed by whoever saw its last version")
    func versions() throws {
        var (office, ana) = try founded()
        func rename(_ name: String, _ version: Int) throws -> OrganisationEvent.Change? {
            try office.wish(
                .change(.profile(.init(name: name)), version: version), of: Self.sol,
                by: ana.actor)
        }
        #expect(try rename("Luna", 1) == .changed(.profile))
        #expect(office.all(AuditEntry.self).last?.changes == [AuditChange("name", "Sol", "Luna")])
        #expect(try rename("Mar", 1) == .refused(.otherVersion))
        #expect(try rename("Mar", 2) == .changed(.profile))
        // The other parts have versions of their own.
        let locale = try office.wish(
            .change(.locale(Office.locale), version: 1), of: Self.sol, by: ana.actor)
        #expect(locale == .changed(.locale))
    }

    @Test(
        "a suspended tenant's people only look, pay and leave; a deleted one is nobody's but operators'"
    )
    func standing() throws {
        var (office, ana) = try founded()
        let ben = try office.person("ben")
        try office.take(ben, into: Self.sol, as: .agent, by: ana.actor)
        func wish(_ action: OrganisationCommand.Action, by actor: AuditActor) throws
            -> OrganisationEvent.Change?
        { try office.wish(action, of: Self.sol, by: actor) }
        #expect(try wish(.suspend(reason: "unpaid"), by: ana.actor) == .refused(.forbidden))
        #expect(try wish(.suspend(reason: "unpaid"), by: .theOperator) == .suspended)
        #expect(
            try wish(.change(.profile(.init(name: "x")), version: 1), by: ana.actor)
                == .refused(.standing))
        #expect(try wish(.changePlan("pro"), by: ana.actor) == .planChanged)
        #expect(try wish(.remove(ben.account), by: ben.actor) == .left(ben.account))
        #expect(try wish(.resume, by: .theOperator) == .resumed)
        #expect(try wish(.delete, by: ana.actor) == .deleted)
        #expect(try wish(.changePlan("free"), by: ana.actor) == .refused(.unknown))
        #expect(try wish(.restore, by: ana.actor) == .refused(.unknown))
        #expect(try wish(.restore, by: .theOperator) == .restored)
        #expect(try wish(.purge, by: .theOperator) == .refused(.standing))
    }

    @Test("thirty days after its deletion a tenant is purged: its people are let go, its id is not")
    func purged() throws {
        var (office, ana) = try founded()
        try office.wish(.delete, of: Self.sol, by: ana.actor)
        try office.wait(TeamDays.retention - .seconds(1))
        #expect(office.facts(ana.account)?.tenants == [Self.sol])
        try office.wait(.seconds(1))
        #expect(office.all(OrganisationEvent.self).last?.change == .purgeRequested)
        #expect(office.facts(ana.account)?.tenants == [])
        #expect(
            try office.wish(
                .create(NewOrganisation(name: "x", plan: "free", locale: Office.locale)),
                of: Self.sol, by: .theOperator) == .refused(.exists))
    }

    @Test("the owner of a deleted tenant may be deleted; it is restored with another owner only")
    func deletedOwner() throws {
        var (office, ana) = try founded()
        let ben = try office.person("ben")
        try office.take(ben, into: Self.sol, as: .agent, by: ana.actor)
        try office.wish(.delete, of: Self.sol, by: ana.actor)
        #expect(try office.wish(.delete, of: ana.account, by: ana.actor) == .deleted)
        #expect(
            try office.wish(.restore, of: Self.sol, by: .theOperator) == .refused(.lastOwner))
        try office.wish(.appointOwner(ben.account), of: Self.sol, by: .theOperator)
        #expect(try office.wish(.restore, of: Self.sol, by: .theOperator) == .restored)
    }
}

enum TeamDays {
    static let retention = Duration.seconds(30 * 86_400)
}

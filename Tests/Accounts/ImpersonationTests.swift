import AccountRecords
import AuditRecords
import Conversation
import Permissions
import Testing

/// Operators who act as people of a tenant.
@Suite struct ImpersonationTests {
    private static let sol = TenantID("sol")
    private static let olga = AuditActor(.operator, "olga", name: "Olga", session: "olgas")

    private func session(_ office: Office, _ id: SessionID = "i1") -> NewSession {
        office.newSession(id)
    }

    /// A tenant with its owner and an agent.
    private func founded() throws -> (Office, ana: Person, ben: Person) {
        var office = Office()
        let ana = try office.person("ana")
        try office.found(Self.sol, by: ana)
        let ben = try office.person("ben")
        try office.invite(ben.address, into: Self.sol, as: .agent, by: ana.actor, token: "t")
        try office.wish(
            .join(Self.sol, tokenHash: "hash of t"), of: ben.account, by: ben.actor)
        return (office, ana, ben)
    }

    private func impersonated(_ person: Person, _ session: SessionID = "i1") -> AuditActor {
        AuditActor(
            .account, person.account.rawValue, session: session.rawValue, impersonator: "olga",
            impersonatorName: "Olga")
    }

    /// Lets operators in for a day, and Olga act as somebody.
    private func begin(
        _ office: inout Office, as person: Person, _ id: SessionID = "i1", with owner: Person
    ) throws {
        try office.wish(
            .consent(until: office.now + .seconds(86_400)), of: Self.sol, by: owner.actor)
        let answer = try office.wish(
            .impersonate(
                person.account, name: "Ben", session(office, id), reason: "a ticket"),
            of: Self.sol, by: Self.olga)
        guard case .impersonated? = answer else {
            Issue.record("\(String(describing: answer))")
            return
        }
    }

    /// The ids of those that ended, in their order.
    private func ended(_ office: Office) -> [SessionID] {
        office.all(OrganisationEvent.self).compactMap {
            if case .impersonationEnded(let id) = $0.change { id } else { nil }
        }
    }

    /// What the audit log says of ends: who ended them, and why.
    private func ends(_ office: Office) -> [String] {
        office.all(AuditEntry.self).filter {
            $0.action == "impersonation.stop" && $0.refusal == nil
        }.map { entry in
            let cause = entry.changes?.first { $0.field == "cause" }?.after ?? "-"
            return "\(entry.actor) \(cause)"
        }
    }

    @Test("act only while the tenant consents, for an hour at most, and both names are on record")
    func consent() throws {
        var (office, ana, ben) = try founded()
        let wish = OrganisationCommand.Action.impersonate(
            ben.account, name: "Ben", session(office), reason: "a ticket")
        #expect(
            try office.wish(wish, of: Self.sol, by: Self.olga) == .refused(.noConsent))
        try office.wish(
            .consent(until: office.now + .seconds(1_800)), of: Self.sol, by: ana.actor)
        let answer = try office.wish(wish, of: Self.sol, by: Self.olga)
        guard case .impersonated(let made)? = answer else {
            Issue.record("\(String(describing: answer))")
            return
        }
        #expect(made.account == ben.account && made.operator == "olga")
        #expect(made.expires == office.now + .seconds(1_800))
        let entry = try #require(
            office.written.compactMap { $0 as? AuditEntry }.last {
                $0.action == "impersonation.start" && $0.refusal == nil
            })
        #expect(entry.tenant == Self.sol && entry.who?.name == "Olga")
        #expect(entry.target?.name == "Ben")
        #expect(entry.changes?.first == AuditChange("reason", nil, "a ticket"))
        #expect(made.operatorSession == "olgas" && made.reason == "a ticket")
    }

    @Test("are operators as such, in person: no key, nobody of the team, nobody in another's name")
    func who() throws {
        var (office, ana, ben) = try founded()
        try office.wish(
            .consent(until: office.now + .seconds(86_400)), of: Self.sol, by: ana.actor)
        let wish = OrganisationCommand.Action.impersonate(
            ben.account, name: "Ben", session(office), reason: "a ticket")
        for actor in [ana.actor, .theKey, impersonated(ben)] {
            #expect(try office.wish(wish, of: Self.sol, by: actor) == .refused(.forbidden))
        }
        let nobody = OrganisationCommand.Action.impersonate(
            "eve", name: nil, session(office), reason: nil)
        #expect(try office.wish(nobody, of: Self.sol, by: Self.olga) == .refused(.notMember))
        // As oneself, one acts without.
        let herself = AuditActor(.operator, ben.account.rawValue, name: "Ben")
        #expect(try office.wish(wish, of: Self.sol, by: herself) == .refused(.forbidden))
    }

    @Test("wish nothing about credentials, owners or the consent")
    func bounds() throws {
        var (office, ana, ben) = try founded()
        try begin(&office, as: ana, with: ana)
        let actor = impersonated(ana)
        let security = OrganisationPart.security(.init(idleMinutes: 5))
        let wishes: [OrganisationCommand.Action] = [
            .consent(until: office.now + .seconds(900_000)), .consent(until: nil), .delete,
            .offerOwnership(to: ben.account, until: office.now + .seconds(60)),
            .change(security, version: 1), .changeRole(ben.account, .owner),
            .changeRole(ana.account, .admin), .remove(ana.account),
            .key(.revoke("k")), .changePlan("pro"),
            .define(PermissionSet(id: "set", name: "Set", permissions: [.readMembers])),
            .impersonate(ben.account, name: nil, session(office, "i2"), reason: "more"),
        ]
        for wish in wishes {
            #expect(
                try office.wish(wish, of: Self.sol, by: actor) == .refused(.forbidden), "\(wish)")
        }
        let profile = OrganisationPart.profile(.init(name: "Sol & Co"))
        #expect(
            try office.wish(.change(profile, version: 1), of: Self.sol, by: actor)
                == .changed(.profile))
        let entry = office.written.compactMap { $0 as? AuditEntry }.last
        #expect(entry?.who?.impersonatorName == "Olga" && entry?.who?.id == "ana")
        let rename = AccountCommand.Action.rename(name: "X", language: nil)
        #expect(
            try office.wish(rename, of: ana.account, by: actor) == .refused(.forbidden))
    }

    @Test("wish nothing by a session that is none, is another's, or has ended")
    func sessions() throws {
        var (office, ana, ben) = try founded()
        try begin(&office, as: ana, with: ana)
        func wish(_ office: inout Office, _ actor: AuditActor, _ version: Int) throws -> Bool {
            let part = OrganisationPart.profile(.init(name: "Sol \(version)"))
            return try office.wish(.change(part, version: version), of: Self.sol, by: actor)
                == .changed(.profile)
        }
        #expect(try wish(&office, impersonated(ana), 1))
        #expect(try !wish(&office, impersonated(ana, "i9"), 2))
        #expect(try !wish(&office, impersonated(ben), 2))
        var other = impersonated(ana)
        other.impersonator = "otto"
        #expect(try !wish(&office, other, 2))
        #expect(try wish(&office, impersonated(ana), 2))
        try office.wish(.endImpersonation("i1"), of: Self.sol, by: Self.olga)
        #expect(try !wish(&office, impersonated(ana), 3))
    }

    @Test("stop when they say so, when the team does, and when the consent is taken back")
    func ends() throws {
        var (office, ana, ben) = try founded()
        for id in ["i1", "i2", "i3"] as [SessionID] {
            try begin(&office, as: ben, id, with: ana)
        }
        #expect(
            try office.wish(.endImpersonation("i1"), of: Self.sol, by: impersonated(ben))
                == .impersonationEnded("i1"))
        #expect(
            try office.wish(.endImpersonation("i2"), of: Self.sol, by: ben.actor)
                == .refused(.forbidden))
        #expect(
            try office.wish(.endImpersonation("i2"), of: Self.sol, by: ana.actor)
                == .impersonationEnded("i2"))
        #expect(
            try office.wish(.endImpersonation("i2"), of: Self.sol, by: ana.actor)
                == .refused(.unknown))
        #expect(
            try office.wish(.consent(until: nil), of: Self.sol, by: ana.actor) == .consentChanged)
        #expect(ended(office) == ["i1", "i2", "i3"])
        #expect(ends(office) == ["account/ben -", "account/ana -", "account/ana consent"])
        #expect(
            try office.wish(
                .change(.profile(.init(name: "X")), version: 1), of: Self.sol,
                by: impersonated(ben, "i3")) == .refused(.forbidden))
    }

    @Test("stop when the operator may no more, as the console sees it, which is on record at once")
    func lost() throws {
        var (office, ana, ben) = try founded()
        try begin(&office, as: ben, "i1", with: ana)
        try begin(&office, as: ben, "i2", with: ana)
        let system = AuditActor.system
        #expect(
            try office.wish(.endImpersonation("i1"), of: Self.sol, by: system)
                == .impersonationEnded("i1"))
        #expect(
            try office.wish(.endImpersonation("i1"), of: Self.sol, by: system)
                == .refused(.unknown))
        #expect(ended(office) == ["i1"] && ends(office) == ["system operator"])
    }

    @Test("stop when their time is over, which is told once, and no later than the consent")
    func time() throws {
        var (office, ana, ben) = try founded()
        try begin(&office, as: ben, "i1", with: ana)
        try office.wait(.seconds(1_800))
        try begin(&office, as: ben, "i2", with: ana)
        try office.wait(.seconds(1_799))
        #expect(ended(office) == [])
        try office.wait(.seconds(1))
        #expect(ended(office) == ["i1"] && ends(office) == ["system time"])
        // A consent that is shorter than it was ends what would outlast it.
        try office.wish(
            .consent(until: office.now + .seconds(60)), of: Self.sol, by: ana.actor)
        try office.wait(.seconds(59))
        #expect(ended(office) == ["i1"])
        try office.wait(.seconds(1))
        #expect(ended(office) == ["i1", "i2"])
        try office.wait(.seconds(86_400))
        #expect(ends(office) == ["system time", "system time"])
    }

    @Test("stop with the member as whom they act, and with the tenant")
    func standing() throws {
        for suspends in [true, false] {
            var (office, ana, ben) = try founded()
            let eva = try office.person("eva")
            try office.take(eva, into: Self.sol, as: .agent, by: ana.actor)
            try begin(&office, as: ben, "i1", with: ana)
            try begin(&office, as: eva, "i2", with: ana)
            try begin(&office, as: ana, "i3", with: ana)
            try office.wish(.remove(ben.account), of: Self.sol, by: ana.actor)
            #expect(ended(office) == ["i1"])
            try office.wish(.disable, of: eva.account, by: .theOperator)
            #expect(ended(office) == ["i1", "i2"])
            let end = suspends ? OrganisationCommand.Action.suspend(reason: "unpaid") : .delete
            try office.wish(end, of: Self.sol, by: Self.olga)
            #expect(ended(office) == ["i1", "i2", "i3"])
            #expect(ends(office).last == "operator/olga standing")
            let none = ended(office)
            try office.wait(.seconds(7_200))
            #expect(ended(office) == none)
        }
    }
}

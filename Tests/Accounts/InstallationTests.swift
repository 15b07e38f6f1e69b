import AccountRecords
import AuditRecords
import Conversation
import Permissions
import Testing

@Suite struct InstallationTests {
    private func setUp(_ office: Office, _ name: String, token: String = "link")
        -> InstallationCommand.Action
    {
        .setUp(
            tokenHash: "hash of \(token)", AccountID(name),
            office.newAccount(Person.claim("\(name)@example.org")))
    }

    private func operators(_ office: Office) -> [AccountID] {
        office.all(InstallationEvent.self).compactMap { event in
            switch event.change {
            case .setUp(let member), .joined(let member): member.account
            default: nil
            }
        }
    }

    @Test("an installation is set up once, by its link, and has one owner")
    func once() throws {
        var office = Office()
        #expect(try office.wish(setUp(office, "ana"), by: .aLink) == .refused(.badToken))
        #expect(
            try office.wish(.offerSetUp(office.token("link")), by: .aLink)
                == .refused(.forbidden))
        try office.wish(.offerSetUp(office.token("link")), by: .theKey)
        try office.wish(setUp(office, "ana"), by: .aLink)
        #expect(operators(office) == ["ana"])
        #expect(office.facts("ana")?.tenants == [.installation])
        #expect(office.facts("ana")?.isVerified == true)
        #expect(try office.wish(setUp(office, "eve"), by: .aLink) == .refused(.setUp))
        #expect(
            try office.wish(.offerSetUp(office.token("l2")), by: .theKey) == .refused(.setUp))
        #expect(operators(office) == ["ana"])
    }

    @Test("two set-ups at once make one owner")
    func two() throws {
        var office = Office()
        try office.wish(.offerSetUp(office.token("link")), by: .theKey)
        office.held = [AddressRequest.type]
        _ = try office.wish(setUp(office, "ana"), by: .aLink)
        #expect(try office.wish(setUp(office, "eve"), by: .aLink) == .refused(.busy))
        try office.letGo(AddressRequest.self)
        #expect(operators(office) == ["ana"])
        #expect(office.facts("eve") == nil)
    }

    @Test("a set-up whose account does not come to be can be tried again, within the link's time")
    func again() throws {
        var office = Office()
        try office.wish(.offerSetUp(office.token("link")), by: .theKey)
        office.held = [AddressRequest.type]
        _ = try office.wish(setUp(office, "ana"), by: .aLink)
        try office.wait(.seconds(31))
        #expect(office.all(InstallationEvent.self).last?.change == .refused(.timedOut))
        try office.letGo(AddressRequest.self)
        try office.wish(setUp(office, "ben"), by: .aLink)
        #expect(operators(office) == ["ben"])
    }

    @Test("a link is good for its time")
    func late() throws {
        var office = Office()
        try office.wish(.offerSetUp(office.token("link", for: .seconds(1_800))), by: .theKey)
        try office.wait(.seconds(1_800))
        #expect(try office.wish(setUp(office, "ana"), by: .aLink) == .refused(.badToken))
    }

    @Test("the last operator who can sign in stays")
    func lastOperator() throws {
        var office = Office()
        try office.wish(.offerSetUp(office.token("link")), by: .theKey)
        try office.wish(setUp(office, "ana"), by: .aLink)
        let ana = AuditActor(.operator, "ana")
        #expect(
            try office.wish(.disable, of: "ana", by: .theKey) == .refused(.lastOwner))
        #expect(try office.wish(.dismiss("ana"), by: ana) == .refused(.lastOwner))
        let ben = try office.person("ben")
        guard case .joined = try office.wish(.appoint(ben.account, .operator), by: ana) else {
            Issue.record("ben was not appointed")
            return
        }
        #expect(try office.wish(.disable, of: "ana", by: .theKey) == .disabled)
        #expect(
            try office.wish(.dismiss(ben.account), by: AuditActor(.operator, "ben"))
                == .refused(.lastOwner))
        // Who cannot sign in decides nothing.
        #expect(try office.wish(.dismiss(ben.account), by: ana) == .refused(.forbidden))
    }

    @Test("who runs a part of the installation may that part alone")
    func sets() throws {
        var office = Office()
        try office.wish(.offerSetUp(office.token("link")), by: .theKey)
        try office.wish(setUp(office, "ana"), by: .aLink)
        let ana = AuditActor(.operator, "ana")
        let ben = try office.person("ben")
        let support = PermissionSet(
            id: "support", name: "Support", permissions: [.readTenants, .readUsers])
        #expect(try office.wish(.define(support), by: ana) == .setDefined("support"))
        try office.wish(.appoint(ben.account, "support"), by: ana)
        let byBen = AuditActor(.operator, "ben")
        for action in [
            InstallationCommand.Action.change(.signUp(.init(isOpen: true)), version: 0),
            .appoint("eve", .operator), .define(support), .changeRole("ben", .operator),
        ] { #expect(try office.wish(action, by: byBen) == .refused(.forbidden), "\(action)") }
        #expect(
            try office.wish(.change(.signUp(.init(isOpen: true)), version: 0), by: ana)
                == .changed(.signUp))
        #expect(
            try office.wish(.change(.signUp(.init(isOpen: false)), version: 0), by: ana)
                == .refused(.otherVersion))
        #expect(try office.wish(.dismiss(ben.account), by: ana) == .left(ben.account))
        #expect(office.facts(ben.account)?.tenants == [])
    }

    @Test("the mail server's password stands in no audit entry")
    func secrets() throws {
        var office = Office()
        try office.wish(
            .change(
                .mail(.init(host: "smtp", password: Sealed(keyID: "k", box: "boxed secret"))),
                version: 0), by: .theKey)
        let entry = try #require(office.all(AuditEntry.self).last)
        #expect(entry.changes == [AuditChange("host", nil, "smtp"), AuditChange("password")])
    }
}

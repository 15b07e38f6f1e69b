import AccountRecords
import AuditRecords
import Conversation
import Endpoints
import OrganisationView
import Permissions
import Records
import SQLite
import Testing
import Views

@Suite("The view of organisations")
struct OrganisationViewTests {
    /// A scope, as those who ask are given one.
    private func scope(_ tenant: TenantID) throws -> TenantScope {
        try Authorizer.scope(
            of: tenant, for: .key(Principal.KeyName("key/test")),
            needing: TenantPermission("test"))
    }

    /// Rows of what was written; `isReversed` takes accounts' events after all others.
    private func rows(_ office: Office, accountsFirst: Bool = false) throws -> Rows {
        let rows = try Rows(inMemory: OrganisationView.view)
        let accounts = office.written.filter { $0 is AccountEvent }
        let others = office.written.filter { $0 is OrganisationEvent }
        for (offset, payload) in (accountsFirst ? accounts + others : others + accounts)
            .enumerated()
        {
            try apply(payload, at: offset, to: rows)
        }
        return rows
    }

    private func apply(_ payload: any Payload, at offset: Int, to rows: Rows) throws {
        let id = RecordID("r\(offset)")
        let type = type(of: payload)
        try OrganisationView.view.apply(
            DecodedRecord(
                value: .payload(payload),
                headers: RecordHeaders(
                    id: id, type: type.type, source: "test", time: Timestamp(seconds: 0),
                    subject: payload.key, correlation: id, causation: id,
                    tenant: payload.tenant),
                position: RecordPosition(
                    topic: type.topic.rawValue, partition: 0, offset: Int64(offset))), rows)
    }

    /// A tenant with an owner, an admin and an agent, a guest, a role of its own and keys.
    private func sol() throws -> (Office, owner: Person, admin: Person, agent: Person) {
        var office = Office()
        let owner = try office.person("ana")
        let admin = try office.person("ben")
        let agent = try office.person("cleo")
        try office.found("sol", by: owner)
        try office.take(admin, into: "sol", as: .admin, by: owner.actor)
        try office.take(agent, into: "sol", as: .agent, by: owner.actor)
        try office.invite(
            Person.claim("Guest@Example.org"), into: "sol", as: .viewer, by: owner.actor,
            token: "guest")
        let set = PermissionSet(id: "desk", name: "Desk", permissions: [.readConversations])
        try office.wish(.define(set), of: "sol", by: owner.actor)
        let key = APIKeyFacts(
            id: "k1", name: "Shop", hash: "h1", permissions: [.readMembers, .readConversations],
            createdAt: office.now)
        try office.wish(.key(.add(key)), of: "sol", by: admin.actor)
        return (office, owner, admin, agent)
    }

    @Test("shows who belongs to a team as its decisions have it, by name and page by page")
    func members() throws {
        let (office, owner, _, agent) = try sol()
        let view = OrganisationRows(try rows(office), of: try scope("sol"))
        let all = try view.members(atMost: 10)
        #expect(
            Dictionary(uniqueKeysWithValues: all.map { ($0.member.account, $0.member) })
                == office.members("sol"))
        #expect(all.map(\.address).sorted().first == "ana@example.org")
        #expect(all.allSatisfy { $0.name == "Ana" && $0.isVerified })
        // All are called the same, so that ids alone tell where a page ends.
        let first = try view.members(atMost: 2)
        let second = try view.members(after: first.last?.cursor, atMost: 2)
        #expect(first + second == all)
        #expect(
            try view.members(MemberQuestion(text: "CLEO@"), atMost: 9).map(\.member.account)
                == [agent.account])
        #expect(try view.count(MemberQuestion(role: .owner)) == 1)
        #expect(
            try view.members(MemberQuestion(role: .owner), atMost: 9).map(\.member.account)
                == [owner.account])
        #expect(try view.countByRole() == [.owner: 1, .admin: 1, .agent: 1])
    }

    @Test("gives the same rows whichever topic is read first, and none of a tenant to another")
    func orders() throws {
        let (office, _, _, _) = try sol()
        let one = try rows(office)
        let other = try rows(office, accountsFirst: true)
        for table in ["organisations", "members", "people", "invitations", "api_keys"] {
            let select = "SELECT * FROM \(table) ORDER BY 1, 2"
            let found = try one.all(select) { $0.row }
            #expect(found == (try other.all(select) { $0.row }), "\(table)")
            #expect(!found.isEmpty, "\(table)")
        }
        let strange = OrganisationRows(one, of: try scope("luna"))
        #expect(try strange.organisation() == nil)
        #expect(try strange.members(atMost: 9).isEmpty)
        #expect(try strange.invitations(atMost: 9).isEmpty)
        #expect(try strange.keys().isEmpty)
        #expect(try strange.key("k1") == nil)
    }

    @Test("keeps open invitations alone, found by address and by their link")
    func invitations() throws {
        var (office, owner, _, _) = try sol()
        let before = try rows(office)
        let view = OrganisationRows(before, of: try scope("sol"))
        let listed = try view.invitations(text: "GUEST", atMost: 9)
        #expect(listed.map(\.invitation.address.text) == ["Guest@Example.org"])
        #expect(try view.countInvitations() == 1)
        let found = try OrganisationLookup(before).invitation(tokenHash: "hash of guest")
        #expect(found?.tenant == "sol")
        #expect(found?.account == nil)
        let id = try #require(listed.first).invitation.id
        try office.wish(
            .resend(id, office.token("guest again")), of: "sol", by: owner.actor)
        let again = OrganisationLookup(try rows(office))
        #expect(try again.invitation(tokenHash: "hash of guest") == nil)
        #expect(try again.invitation(tokenHash: "hash of guest again") != nil)
        try office.wish(.cancelInvitation(id), of: "sol", by: owner.actor)
        #expect(try OrganisationRows(try rows(office), of: scope("sol")).countInvitations() == 0)
    }

    @Test("says what roles may in each tenant, and a key no more than its maker")
    func access() throws {
        var (office, owner, admin, agent) = try sol()
        let lookup = OrganisationLookup(try rows(office))
        let own = try #require(try lookup.memberships(of: owner.account).first)
        #expect(own.tenant == "sol")
        #expect(own.permissions.contains(.deleteTenant))
        #expect(try lookup.memberships(of: "nobody").isEmpty)
        let key = try #require(try lookup.key(hash: "h1"))
        #expect(key.permissions == [.readMembers, .readConversations])
        #expect(try lookup.key(hash: "h2") == nil)
        try office.wish(.changeRole(admin.account, "desk"), of: "sol", by: owner.actor)
        let later = OrganisationLookup(try rows(office))
        #expect(try later.key(hash: "h1")?.permissions == [.readConversations])
        #expect(
            try later.memberships(of: admin.account).first?.permissions == [.readConversations])
        try office.wish(.disable, of: agent.account, by: .theOperator)
        let last = OrganisationLookup(try rows(office))
        #expect(try last.memberships(of: agent.account).first?.permissions == [])
    }

    @Test("says how a tenant stands, and whether operators are let in at that time")
    func standing() throws {
        var (office, owner, _, _) = try sol()
        func place() throws -> Access.Place? {
            try OrganisationLookup(try rows(office)).organisation("sol")?
                .place(of: "sol", at: office.now)
        }
        #expect(try place() == .tenant("sol", .open, consents: false))
        let until = office.now + .seconds(60)
        try office.wish(.consent(until: until), of: "sol", by: owner.actor)
        #expect(try place() == .tenant("sol", .open, consents: true))
        try office.wait(.seconds(61))
        #expect(try place() == .tenant("sol", .open, consents: false))
        try office.wish(.suspend(reason: "unpaid"), of: "sol", by: .theOperator)
        #expect(try place() == .tenant("sol", .readOnly, consents: false))
        try office.wish(OrganisationCommand.Action.delete, of: "sol", by: owner.actor)
        #expect(try place() == .tenant("sol", .closed, consents: false))
    }

    @Test("finds operators who act as somebody by token and id until they stop")
    func impersonations() throws {
        var (office, owner, _, agent) = try sol()
        try office.wish(
            .consent(until: office.now + .seconds(86_400)), of: "sol", by: owner.actor)
        for id in ["i1", "i2"] as [SessionID] {
            try office.wish(
                .impersonate(
                    agent.account, name: nil, office.newSession(id), reason: "a ticket"),
                of: "sol", by: .theOperator)
            try office.wait(.seconds(1))
        }
        let lookup = OrganisationLookup(try rows(office))
        #expect(try lookup.impersonations(in: "sol").map(\.id) == ["i2", "i1"])
        #expect(try lookup.impersonation(hash: "hash of i1")?.tenant == "sol")
        #expect(try lookup.impersonation("i1")?.impersonation.account == agent.account)
        #expect(try lookup.impersonation("i3") == nil)
        try office.wish(.endImpersonation("i1"), of: "sol", by: .theOperator)
        let later = OrganisationLookup(try rows(office))
        #expect(try later.impersonation("i1") == nil)
        #expect(try later.impersonation(hash: "hash of i1") == nil)
        #expect(try later.impersonations(in: "sol").map(\.id) == ["i2"])
    }

    @Test("shows nothing of a tenant whose data is destroyed")
    func purge() throws {
        var (office, owner, _, _) = try sol()
        try office.wish(OrganisationCommand.Action.delete, of: "sol", by: owner.actor)
        try office.wait(.seconds(31 * 86_400))
        let rows = try rows(office)
        let view = OrganisationRows(rows, of: try scope("sol"))
        #expect(try view.members(atMost: 9).isEmpty)
        #expect(try view.invitations(atMost: 9).isEmpty)
        #expect(try view.keys().isEmpty)
        #expect(try view.organisation()?.profile.name == "")
        #expect(try view.organisation()?.standing == .purged)
    }

    @Test("announces each answer once its rows can be read, refusals and unknown tenants included")
    func answers() throws {
        var (office, owner, _, _) = try sol()
        try office.wish(.resume, of: "sol", by: owner.actor)
        try office.wish(.resume, of: "luna", by: owner.actor)
        let rows = try rows(office)
        let answered = rows.takeAnnounced().compactMap { $0 as? Answered<OrganisationEvent> }
        #expect(
            Set(answered.map(\.reference))
                == Set(office.all(OrganisationEvent.self).compactMap(\.reference)))
        #expect(answered.last?.event.change == .refused(.unknown))
        #expect(answered.last?.event.tenant == "luna")
        #expect(try OrganisationLookup(rows).organisation("luna") == nil)
    }
}

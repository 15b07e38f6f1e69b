import Conversation
import Permissions
import Testing

@Suite struct AccessTests {
    private static let sol = TenantID("sol")

    private func member(_ role: RoleName, proven: Bool = true) -> Access {
        Access(
            tenants: [Self.sol: AccessMatrix.permissions(ofTenantRole: role, [:])],
            isProven: proven)
    }

    private func `operator`(proven: Bool = true) -> Access {
        Access(
            everywhere: AccessMatrix.permissions(ofInstallationRole: .operator, [:]),
            isProven: proven)
    }

    private func place(
        _ tenant: TenantID = sol, _ openness: Access.Openness = .open, consents: Bool = false
    ) -> Access.Place { .tenant(tenant, openness, consents: consents) }

    /// The platform's matrix, spelled out anew: which of owner, admin, agent, viewer have what.
    static let matrix: [(Permission, String)] = [
        (.readMembers, "yy--"), (.writeMembers, "yy--"), (.writeRoles, "yy--"),
        (.readSettings, "yy--"), (.writeSettings, "yy--"), (.writeSecurity, "yy--"),
        (.transferOwnership, "y---"), (.giveConsent, "yy--"), (.exportTenant, "yy--"),
        (.deleteTenant, "y---"), (.readBilling, "yyyy"), (.writeBilling, "yy--"),
        (.writePaymentMethods, "y---"), (.readAudit, "yy--"), (.readKeys, "yy--"),
        (.writeKeys, "yy--"), (.readAnalytics, "yyyy"), (.readConversations, "yyyy"),
        (.readHandoffs, "yyyy"), (.answerConversations, "yyy-"), (.issueTickets, "yy--"),
        (.superviseConversations, "yy--"),
        (.readDocuments, "yyyy"), (.suggestDocuments, "yyy-"), (.writeDocuments, "yy--"),
        (.readBusiness, "yyyy"), (.writeBusiness, "yy--"), (.writeWorkflows, "yy--"),
        // Operators alone, with consent.
        (.actAsMember, "----"),
    ]

    @Test(
        "each role may what the platform's matrix says, and the rest is refused", arguments: matrix)
    func roles(_ permission: Permission, _ roles: String) {
        for (role, mark) in zip(RoleName.ofTenants, roles) {
            let verdict = member(role).may(permission, in: place())
            #expect(verdict == (mark == "y" ? .allowed : .refused(.lacking)), "\(role)")
        }
    }

    @Test("the matrix above names every permission of tenants")
    func complete() {
        let rows = AccessMatrix.rows.filter { $0.level == .tenant }.map(\.permission)
        #expect(Set(rows) == Set(Self.matrix.map(\.0)))
        #expect(rows.count == Self.matrix.count)
    }

    @Test("nobody learns of another tenant, whatever they ask", arguments: AccessMatrix.rows)
    func others(_ row: AccessMatrix.Row) {
        for role in RoleName.ofTenants {
            let verdict = member(role).may(row.permission, in: place("luna", consents: true))
            #expect(verdict == .refused(.unknownTenant))
            #expect(
                member(role).may(row.permission, in: .installation) == .refused(.lacking))
        }
    }

    @Test("operators look into a tenant's conversations with its consent only, and audited")
    func consent() {
        let op = `operator`()
        #expect(op.may(.readConversations, in: place()) == .refused(.noConsent))
        #expect(op.may(.readConversations, in: place(consents: true)) == .audited)
        #expect(op.may(.readAudit, in: place()) == .audited)
        #expect(op.may(.writeMembers, in: place()) == .allowed)
        #expect(op.may(.writePaymentMethods, in: place(consents: true)) == .refused(.lacking))
        #expect(op.may(.readBusiness, in: place(consents: true)) == .refused(.lacking))
        #expect(op.may(.giveConsent, in: place()) == .refused(.lacking))
        #expect(op.may(.writeInstallation, in: .installation) == .allowed)
    }

    @Test("what is dangerous wants a fresh proof, from operators too", arguments: AccessMatrix.rows)
    func proofs(_ row: AccessMatrix.Row) {
        let place = row.level == .installation ? Access.Place.installation : place(consents: true)
        let isOwners = row.level == .tenant && row.roles.contains(.owner)
        let stale = isOwners ? member(.owner, proven: false) : `operator`(proven: false)
        let refused = Access.Verdict.refused(.unproven)
        #expect((stale.may(row.permission, in: place) == refused) == (row.kind == .danger))
    }

    @Test("in a suspended tenant its people look, pay and leave; in a deleted one they are nobody")
    func standing() {
        let owner = member(.owner)
        #expect(owner.may(.readConversations, in: place(Self.sol, .readOnly)) == .allowed)
        #expect(owner.may(.writeBilling, in: place(Self.sol, .readOnly)) == .allowed)
        #expect(owner.may(.deleteTenant, in: place(Self.sol, .readOnly)) == .allowed)
        #expect(
            owner.may(.writeSettings, in: place(Self.sol, .readOnly)) == .refused(.readOnly))
        #expect(
            owner.may(.readSettings, in: place(Self.sol, .closed)) == .refused(.unknownTenant))
        #expect(`operator`().may(.writeSettings, in: place(Self.sol, .readOnly)) == .allowed)
        #expect(`operator`().may(.deleteTenant, in: place(Self.sol, .closed)) == .allowed)
    }

    @Test("in another's name nobody does what asks for a proof, or lets somebody in for longer")
    func inAnothersName() {
        let may = AccessMatrix.inAnothersName
        for row in AccessMatrix.rows {
            let isLeftOut =
                row.level == .installation || row.kind == .danger
                || row.permission == .issueTickets
            #expect(may.contains(row.permission) == !isLeftOut, "\(row.permission)")
        }
        #expect(may.isDisjoint(with: [.writeKeys, .giveConsent, .writeSecurity, .actAsMember]))
    }

    @Test("a key may what it names, and no more than its maker")
    func bound() {
        var key = member(.admin)
        key.bound = [.readAudit, .deleteTenant]
        #expect(key.may(.readAudit, in: place()) == .allowed)
        #expect(key.may(.readKeys, in: place()) == .refused(.lacking))
        #expect(key.may(.deleteTenant, in: place()) == .refused(.lacking))
    }

    @Test("the installation's key opens everything, and all of it is audited")
    func breakGlass() {
        let key = Access(isBreakGlass: true)
        for row in AccessMatrix.rows {
            #expect(key.may(row.permission, in: place()) == .audited)
        }
    }

    @Test("a set of permissions is a role like any other, and holds what it may hold only")
    func sets() {
        let set = PermissionSet(
            id: "front", name: "Front",
            permissions: [.writeBusiness, .deleteTenant, .readTenants, .readConversations])
        let permissions = AccessMatrix.permissions(ofTenantRole: "front", ["front": set])
        #expect(permissions == [.writeBusiness, .readConversations])
        #expect(AccessMatrix.permissions(ofTenantRole: "front", [:]).isEmpty)
        #expect(Set(AccessMatrix.unfit(set, at: .tenant)) == [.deleteTenant, .readTenants])
        #expect(AccessMatrix.permissions(ofTenantRole: .operator, [:]).isEmpty)
        #expect(AccessMatrix.permissions(ofInstallationRole: .owner, [:]).isEmpty)
    }
}

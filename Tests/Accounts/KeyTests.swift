import AccountRecords
import AuditRecords
import Conversation
import Permissions
import Testing

@Suite struct KeyTests {
    private static let sol = TenantID("sol")

    private func key(
        _ id: APIKeyID, _ permissions: [Permission], at now: Timestamp
    ) -> OrganisationCommand.Action {
        .key(
            .add(
                APIKeyFacts(
                    id: id, name: "Shop", hash: "hash of \(id)", permissions: permissions,
                    createdAt: now)))
    }

    /// What a view knows of the keys.
    private func keys(_ office: Office) -> [APIKeyID: APIKeyFacts] {
        var keys: [APIKeyID: APIKeyFacts] = [:]
        for event in office.all(OrganisationEvent.self) {
            switch event.change {
            case .key(let key): keys[key.id] = key
            case .keyRotated(let key, let former):
                keys[key.id] = key
                keys[former.id] = former
            default: break
            }
        }
        return keys
    }

    @Test("a rotated key works on for its grace, a revoked one not a moment")
    func rotation() throws {
        var office = Office()
        let ana = try office.person("ana")
        try office.found(Self.sol, by: ana)
        try office.wish(key("k1", [.readAudit], at: office.now), of: Self.sol, by: ana.actor)
        #expect(keys(office)["k1"]?.maker == ana.account)
        try office.wish(
            .key(.rotate("k1", id: "k2", hash: "h2", graceSeconds: 3_600)), of: Self.sol,
            by: ana.actor)
        let both = keys(office)
        #expect(both["k1"]?.isLive(at: office.now + .seconds(3_599)) == true)
        #expect(both["k1"]?.isLive(at: office.now + .seconds(3_600)) == false)
        #expect(both["k2"]?.permissions == [.readAudit])
        #expect(both["k2"]?.replaces == "k1")
        try office.wish(.key(.revoke("k2")), of: Self.sol, by: ana.actor)
        #expect(keys(office)["k2"]?.isLive(at: office.now) == false)
        #expect(
            try office.wish(.key(.revoke("k2")), of: Self.sol, by: ana.actor)
                == .refused(.unknown))
        try office.wait(.seconds(3_600))
        #expect(
            try office.wish(
                .key(.rotate("k1", id: "k3", hash: "h3", graceSeconds: 0)), of: Self.sol,
                by: ana.actor) == .refused(.unknown))
    }

    @Test("a key may what its maker may, as long as they belong to the team")
    func bound() throws {
        var office = Office()
        let ana = try office.person("ana")
        let ben = try office.person("ben")
        try office.found(Self.sol, by: ana)
        try office.take(ben, into: Self.sol, as: .admin, by: ana.actor)
        let forbidden = OrganisationEvent.Change.refused(.forbidden)
        #expect(
            try office.wish(
                key("k0", [.deleteTenant], at: office.now), of: Self.sol, by: ben.actor)
                == .refused(.badRole))
        try office.wish(
            key("k1", [.writeSettings, .writeMembers], at: office.now), of: Self.sol,
            by: ben.actor)
        let byKey = AuditActor(.apiKey, "k1")
        func rename(_ version: Int) throws -> OrganisationEvent.Change? {
            try office.wish(
                .change(.profile(.init(name: "x")), version: version), of: Self.sol, by: byKey)
        }
        #expect(try rename(1) == .changed(.profile))
        // It gives nobody a role that may more than it.
        #expect(
            try office.wish(.changeRole(ben.account, .viewer), of: Self.sol, by: byKey)
                == forbidden)
        try office.wish(.changeRole(ben.account, .viewer), of: Self.sol, by: ana.actor)
        #expect(try rename(2) == forbidden)
        try office.wish(.remove(ben.account), of: Self.sol, by: ana.actor)
        #expect(try rename(2) == .changed(.profile))
        try office.wish(.key(.revoke("k1")), of: Self.sol, by: ana.actor)
        #expect(try rename(3) == forbidden)
    }

    @Test("a key's use is noted once an hour at most")
    func uses() throws {
        var office = Office()
        let ana = try office.person("ana")
        try office.found(Self.sol, by: ana)
        try office.wish(key("k1", [.readAudit], at: office.now), of: Self.sol, by: ana.actor)
        let entries = office.all(AuditEntry.self).count
        let byKey = AuditActor(.apiKey, "k1")
        _ = try office.wish(.key(.noteUse("k1")), of: Self.sol, by: byKey)
        #expect(keys(office)["k1"]?.usedAt == office.now)
        #expect(
            try office.wish(.key(.noteUse("k1")), of: Self.sol, by: byKey) == .refused(.tooSoon))
        #expect(office.all(AuditEntry.self).count == entries)
    }
}

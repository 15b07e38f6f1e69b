import AccountRecords
import AccountView
import Conversation
import HTTPServer
import Permissions
import Records
import SQLite
import Testing
import Views

@testable import Endpoints

/// The view of accounts, fed with events one by one.
struct House {
    let rows: Rows
    var now = Timestamp(seconds: 1_800_000_000)
    private var offset: Int64 = 0

    init() throws { rows = try Rows(inMemory: AccountView.view) }

    mutating func put(
        _ account: AccountID, _ change: AccountEvent.Change, epoch: Int = 0,
        kept: SessionID? = nil, reference: String? = nil,
        _ facts: (inout AccountFacts) -> Void = { _ in }
    ) throws {
        var known = try AccountRows(rows).account(account)?.facts ?? Self.facts(account)
        facts(&known)
        let event = AccountEvent(
            account: account, epoch: epoch, kept: kept, facts: known, change: change,
            reference: reference, at: now)
        offset += 1
        let position = RecordPosition(topic: "accounts.events", partition: 0, offset: offset)
        let id = RecordID("e\(offset)")
        try AccountView.view.apply(
            DecodedRecord(
                value: .payload(event),
                headers: RecordHeaders(
                    id: id, type: AccountEvent.type, source: "test", time: now,
                    subject: event.key, correlation: id, causation: id, tenant: event.tenant),
                position: position), rows)
    }

    static func facts(_ account: AccountID) -> AccountFacts {
        var facts = AccountFacts()
        facts.standing = .active
        facts.name = "Ana"
        facts.address = AddressClaim(
            key: AddressKey("key of \(account)"), text: "\(account)@example.org")
        facts.createdAt = Timestamp(seconds: 1_700_000_000)
        return facts
    }

    func session(_ id: SessionID, for time: Duration = .seconds(3_600)) -> NewSession {
        NewSession(id: id, tokenHash: "hash of \(id)", expires: now + time)
    }

    func has(_ token: String) throws -> Bool {
        try AccountRows(rows).session(token: "hash of \(token)") != nil
    }
}

@Suite("Accounts in their view") struct AccountViewTests {
    @Test("a session is found by its token until it ends, by itself or with the epoch")
    func sessions() throws {
        var house = try House()
        for name in ["s1", "s2", "s3"] {
            try house.put("ana", .signedIn(house.session(SessionID(name))))
        }
        try house.put("ben", .signedIn(house.session("b1")))
        let found = try #require(try AccountRows(house.rows).session(token: "hash of s1"))
        #expect(found.account.account == "ana" && found.session.began == house.now)
        try house.put("ana", .sessionEnded("s1"))
        #expect(try !house.has("s1"))
        try house.put("ana", .passwordChanged, epoch: 1, kept: "s2")
        #expect(try house.has("s2") && !house.has("s3"))
        // The one that was kept goes with the next epoch.
        try house.put("ana", .disabled, epoch: 2)
        #expect(try !house.has("s2") && house.has("b1"))
    }

    @Test("a proof gives a session another token, and the former is nobody's")
    func proof() throws {
        var house = try House()
        try house.put("ana", .signedIn(house.session("s1")))
        house.now = house.now + .seconds(60)
        try house.put("ana", .proven("s1", tokenHash: "hash of other"))
        #expect(try !house.has("s1"))
        let found = try #require(try AccountRows(house.rows).session(token: "hash of other"))
        #expect(found.session.id == "s1" && found.session.proven == house.now)
    }

    @Test("what answers a command is announced, and what is quiet tells nobody to look again")
    func announced() throws {
        var house = try House()
        try house.put("ana", .signedIn(house.session("s1")), reference: "r1")
        var changes = house.rows.takeAnnounced()
        #expect(changes.contains { ($0 as? Answered<AccountEvent>)?.reference == "r1" })
        #expect(changes.contains { ($0 as? AccountChanged)?.account == "ana" })
        try house.put("ana", .used("s1"))
        #expect(house.rows.takeAnnounced().isEmpty)
        try house.put("ana", .refused(.unproven), reference: "r2")
        changes = house.rows.takeAnnounced()
        #expect(changes.count == 1 && changes.first is Answered<AccountEvent>)
    }

    @Test("accounts are found by the beginnings of names and addresses, and no deleted one")
    func found() async throws {
        let scope = try await House.scope()
        var house = try House()
        for (id, name) in [
            ("a1", "Ána García"), ("a2", "Ana Anaya"), ("a3", "Bea Garcés"), ("a4", "Óscar"),
        ] { try house.put(AccountID(id), .created) { $0.name = name } }
        func names(_ words: String) throws -> [String] {
            var question = AccountQuestion()
            question.words = words
            return try house.list(question, scope).map(\.id.rawValue)
        }
        #expect(try Set(names("garc")) == ["a1", "a3"])
        #expect(try names("gar an") == ["a1"])
        #expect(try names("ANA") == ["a2", "a1"] || names("ANA") == ["a1", "a2"])
        #expect(try names("a4@exam") == ["a4"])
        #expect(try names("example.org").count == 4)
        #expect(try names("oscar") == ["a4"] && names("arcía").isEmpty)
        try house.put("a4", .deleted, epoch: 1) { facts in
            facts = AccountFacts()
            facts.standing = .deleted
        }
        #expect(try names("oscar").isEmpty && names("").count == 3)
    }

    @Test(
        "each row of a list comes once, whatever its order, also where all are equal",
        arguments: AccountOrder.allCases)
    func pages(order: AccountOrder) async throws {
        let scope = try await House.scope()
        var house = try House()
        for number in 0..<57 {
            try house.put(AccountID("a\(number)"), .created) {
                $0.address?.text = "same@example.org"
            }
        }
        for words in [nil, "ana"] {
            var question = AccountQuestion()
            question.words = words
            var seen: [AccountID] = []
            var cursor: AccountCursor?
            repeat {
                let page = try AccountList(house.rows, of: scope).page(
                    question, by: order, after: cursor, atMost: 10)
                seen += page.map(\.listing.id)
                cursor = page.last.flatMap {
                    AccountList.cursor($0.position.text, of: question, by: order)
                }
            } while cursor != nil
            #expect(seen.count == 57 && Set(seen).count == 57)
            #expect(try AccountList(house.rows, of: scope).count(question) == 57)
            // Of use for its own question alone.
            let text = try #require(
                try AccountList(house.rows, of: scope).page(
                    question, by: order, after: nil, atMost: 1
                ).first?.position.text)
            var other = question
            other.hasFactor = true
            #expect(AccountList.cursor(text, of: other, by: order) == nil)
        }
    }

    @Test("filters narrow a list, and tenants name theirs")
    func filters() async throws {
        let scope = try await House.scope()
        var house = try House()
        try house.put("a1", .created)
        try house.put("a2", .joined("sol")) { $0.tenants = ["sol"] }
        try house.put("a3", .disabled, epoch: 1) { $0.standing = .disabled }
        func count(_ set: (inout AccountQuestion) -> Void) throws -> [AccountID] {
            var question = AccountQuestion()
            set(&question)
            return try house.list(question, scope).map(\.id)
        }
        #expect(try count { $0.standing = "disabled" } == ["a3"])
        #expect(try count { $0.tenant = "sol" } == ["a2"])
        #expect(try count { $0.hasPassword = true } == [])
        #expect(try count { $0.isVerified = false }.count == 3)
    }
}

extension House {
    /// Every account of the installation.
    static func scope() async throws -> InstallationScope {
        let request = try HTTPRequest(method: .get, target: "/")
        return try await Authorizer(KeyHolder()).installation(
            request, needing: InstallationPermission("users:read")
        ).1
    }

    func list(
        _ question: AccountQuestion, _ scope: InstallationScope
    ) throws -> [AccountListing] {
        try AccountList(rows, of: scope).page(question, by: .name, after: nil, atMost: 100)
            .map(\.listing)
    }
}

/// Everybody is whoever has the installation's key.
private struct KeyHolder: AccessRules {
    func principal(of request: HTTPRequest) -> Principal { .key(Principal.KeyName("key/test")) }

    func agent(opening request: HTTPRequest) throws(Problem) -> Principal.Agent {
        throw Problem(401, "ticket", "there are no sockets")
    }

    func checkReadiness() {}

    func checkTenant(_ tenant: TenantID) {}

    func place(of tenant: TenantID) -> Access.Place { .tenant(tenant, .open, consents: false) }
}

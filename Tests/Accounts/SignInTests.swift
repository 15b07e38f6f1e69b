import AccountRecords
import AuditRecords
import Conversation
import Testing

@Suite struct SignInTests {
    @Test("one e-mail address is one account's, whoever asks first, until it is let go")
    func oneAddress() throws {
        var office = Office()
        let ana = try office.person("ana")
        let refused = try office.wish(
            .create(office.newAccount(ana.address)), of: "other", by: .theOperator)
        #expect(refused == .refused(.addressTaken))
        #expect(office.facts("other")?.standing == AccountFacts.Standing.none)
        try office.wish(.delete, of: ana.account, by: .theOperator)
        let made = try office.wish(
            .create(office.newAccount(ana.address)), of: "other", by: .theOperator)
        #expect(made == .created)
    }

    @Test("an account whose address is not answered for is given up, and the address let go")
    func givenUp() throws {
        var office = Office()
        office.held = [AddressRequest.type]
        let ana = Person("ana")
        let command = AccountCommand(
            account: ana.account, by: .theOperator, action: .create(office.newAccount(ana.address)),
            reference: "r", at: office.now)
        try office.put(command, id: command.id)
        #expect(office.answer(to: command) == nil)
        try office.wait(.seconds(31))
        #expect(office.answer(to: command) == .refused(.timedOut))
        try office.letGo(AddressRequest.self)
        #expect(office.facts(ana.account)?.standing == AccountFacts.Standing.none)
        _ = try office.person("ana")
    }

    @Test("an account is made once")
    func madeOnce() throws {
        var office = Office()
        let ana = try office.person("ana")
        let again = try office.wish(
            .create(office.newAccount(Person.claim("b@example.org"))), of: ana.account,
            by: .theOperator)
        #expect(again == .refused(.exists))
        let nobody = try office.wish(.disable, of: "nobody", by: .theOperator)
        #expect(nobody == .refused(.unknown))
    }

    @Test("a password that was changed since it was checked signs nobody in")
    func stalePassword() throws {
        var office = Office()
        let ana = try office.person("ana")
        try office.wish(.changePassword(hash: "new"), of: ana.account, by: ana.actor)
        let late = try office.wish(
            .signIn(office.newSession("s2"), Proof(passwordVersion: 1)), of: ana.account,
            by: .aLink)
        #expect(late == .refused(.stalePassword))
    }

    @Test("a second factor is asked for, and each of its codes is good once")
    func codesOnce() throws {
        var office = Office()
        let ana = try office.person("ana")
        try office.addFactor(ana, step: 100)
        #expect(try office.signIn(ana, "s2") == .refused(.secondFactor))
        // The code that set it up is spent, too.
        #expect(
            try office.signIn(ana, "s2", .code("phone", step: 100)) == .refused(.usedCode))
        let session = office.newSession("s2")
        #expect(try office.signIn(ana, "s2", .code("phone", step: 101)) == .signedIn(session))
        for step in [Int64(101), 100, 1] {
            #expect(
                try office.signIn(ana, "s3", .code("phone", step: step)) == .refused(.usedCode))
        }
        #expect(
            try office.signIn(ana, "s3", .code("other", step: 200)) == .refused(.secondFactor))
        #expect(office.sessions(ana.account) == [ana.session, "s2"])
    }

    @Test("a backup code is good once, and another's never")
    func backupCodesOnce() throws {
        var office = Office()
        let ana = try office.person("ana")
        try office.addFactor(ana, codes: ["c1", "c2"])
        #expect(
            try office.signIn(ana, "s2", .backupCode(hash: "c1"))
                == .signedIn(office.newSession("s2")))
        #expect(office.facts(ana.account)?.backupCodes == 1)
        #expect(try office.signIn(ana, "s3", .backupCode(hash: "c1")) == .refused(.usedCode))
        #expect(try office.signIn(ana, "s3", .backupCode(hash: "x")) == .refused(.usedCode))
        try office.wish(.renewBackupCodes(["d1"]), of: ana.account, by: ana.actor)
        #expect(try office.signIn(ana, "s3", .backupCode(hash: "c2")) == .refused(.usedCode))
    }

    @Test(
        "another password ends the other sessions; a reset, a disabling and an end of all end all")
    func epochs() throws {
        var office = Office()
        let ana = try office.person("ana")
        try office.signIn(ana, "s2")
        try office.wish(.changePassword(hash: "new"), of: ana.account, by: ana.actor)
        #expect(office.sessions(ana.account) == [ana.session])
        try office.signIn(ana, "s3")
        try office.wish(.startReset(office.token("r")), of: ana.account, by: .aLink)
        #expect(office.sessions(ana.account) == [ana.session, "s3"])
        let reset = try office.wish(
            .reset(tokenHash: "hash of r", passwordHash: "newer"), of: ana.account, by: .aLink)
        #expect(reset == .passwordReset)
        #expect(office.sessions(ana.account).isEmpty)
        try office.signIn(ana, "s4")
        try office.wish(.endSessions, of: ana.account, by: .theOperator)
        #expect(office.sessions(ana.account).isEmpty)
        try office.signIn(ana, "s5")
        try office.wish(.disable, of: ana.account, by: .theOperator)
        #expect(office.sessions(ana.account).isEmpty)
        #expect(try office.signIn(ana, "s6") == .refused(.disabled))
        let epochs = office.all(AccountEvent.self).map(\.epoch)
        #expect(epochs == epochs.sorted())
        #expect(epochs.last == 4)
    }

    @Test("an ended session does nothing more, and a session of another account never did")
    func endedSession() throws {
        var office = Office()
        let ana = try office.person("ana")
        let ben = try office.person("ben")
        try office.wish(.endSession(ana.session), of: ana.account, by: ana.actor)
        let late = try office.wish(.changePassword(hash: "x"), of: ana.account, by: ana.actor)
        #expect(late == .refused(.unknown))
        let other = try office.wish(.changePassword(hash: "x"), of: ana.account, by: ben.actor)
        #expect(other == .refused(.forbidden))
    }

    @Test("what is dangerous wants a proof of the last ten minutes, by the strongest factor")
    func proofs() throws {
        var office = Office()
        let ana = try office.person("ana")
        try office.addFactor(ana)
        try office.wait(.seconds(601))
        for action in [
            AccountCommand.Action.changePassword(hash: "x"), .removeFactor, .renewBackupCodes([]),
            .startAddressChange(
                Person.claim("new@example.org"), token: office.token("n"),
                oldToken: office.token("o")), .delete,
        ] {
            let late = try office.wish(action, of: ana.account, by: ana.actor)
            #expect(late == .refused(.unproven), "\(action)")
        }
        let weak = try office.wish(
            .prove(ana.session, tokenHash: "h2", Proof(passwordVersion: 1)), of: ana.account,
            by: ana.actor)
        #expect(weak == .refused(.secondFactor))
        let strong = try office.wish(
            .prove(
                ana.session, tokenHash: "h2", Proof(second: .code("phone", step: 200))),
            of: ana.account, by: ana.actor)
        #expect(strong == .proven(ana.session, tokenHash: "h2"))
        let removed = try office.wish(.removeFactor, of: ana.account, by: ana.actor)
        #expect(removed == .factorRemoved)
    }

    @Test("an account has fifty sessions at most: the oldest ends")
    func mostSessions() throws {
        var office = Office()
        let ana = try office.person("ana")
        for number in 1...50 { try office.signIn(ana, SessionID("s\(number)")) }
        #expect(office.sessions(ana.account).count == 50)
        #expect(!office.sessions(ana.account).contains(ana.session))
    }

    @Test("a use is noted once an hour at most, and not in the audit log")
    func uses() throws {
        var office = Office()
        let ana = try office.person("ana")
        let before = office.all(AuditEntry.self).count
        #expect(
            try office.wish(.noteUse(ana.session), of: ana.account, by: ana.actor)
                == .refused(.tooSoon))
        try office.wait(.seconds(3_600))
        #expect(
            try office.wish(.noteUse(ana.session), of: ana.account, by: ana.actor)
                == .used(ana.session))
        #expect(office.all(AuditEntry.self).count == before)
    }

    @Test("who did what stands in the audit log with each act, refusals too, and no secret with it")
    func audited() throws {
        var office = Office()
        let ana = try office.person("ana")
        try office.wish(.rename(name: "Ana Sol", language: nil), of: ana.account, by: ana.actor)
        let last = try #require(office.all(AuditEntry.self).last)
        #expect(last.action == "account.rename")
        #expect(last.actor == "account/ana")
        #expect(last.who?.session == ana.session.rawValue)
        #expect(last.changes == [AuditChange("name", "Ana", "Ana Sol")])
        try office.wish(.changePassword(hash: "secret hash"), of: ana.account, by: ana.actor)
        try office.wish(.removeFactor, of: ana.account, by: ana.actor)
        #expect(office.all(AuditEntry.self).last?.refusal == "unknown")
        let text = try office.all(AuditEntry.self).map {
            String(decoding: try $0.json(), as: UTF8.self)
        }.joined()
        #expect(!text.contains("secret hash") && !text.contains("hash of"))
    }
}

import AccountRecords
import AuditRecords
import Conversation
import Testing

@Suite struct LinkTests {
    @Test("a reset is good once, and for its time, and the last one sent alone")
    func resetOnce() throws {
        var office = Office()
        let ana = try office.person("ana")
        func reset(_ name: String) -> AccountCommand.Action {
            .reset(tokenHash: "hash of \(name)", passwordHash: "new")
        }
        try office.wish(.startReset(office.token("r1")), of: ana.account, by: .aLink)
        let soon = try office.wish(
            .startReset(office.token("r2")), of: ana.account, by: .aLink)
        #expect(soon == .refused(.tooSoon))
        try office.wait(.seconds(60))
        try office.wish(.startReset(office.token("r3")), of: ana.account, by: .aLink)
        #expect(try office.wish(reset("r1"), of: ana.account, by: .aLink) == .refused(.badToken))
        #expect(try office.wish(reset("r3"), of: ana.account, by: .aLink) == .passwordReset)
        #expect(try office.wish(reset("r3"), of: ana.account, by: .aLink) == .refused(.badToken))
        try office.wish(
            .startReset(office.token("r4", for: .seconds(900))), of: ana.account, by: .aLink)
        try office.wait(.seconds(900))
        #expect(try office.wish(reset("r4"), of: ana.account, by: .aLink) == .refused(.badToken))
        #expect(office.mails(.reset).count == 3)
        #expect(office.mails(.passwordChanged).count == 1)
    }

    @Test("a reset keeps the second factor")
    func resetKeepsFactor() throws {
        var office = Office()
        let ana = try office.person("ana")
        try office.addFactor(ana, step: 5)
        try office.wish(.startReset(office.token("r")), of: ana.account, by: .aLink)
        try office.wish(
            .reset(tokenHash: "hash of r", passwordHash: "new"), of: ana.account, by: .aLink)
        #expect(office.facts(ana.account)?.hasFactor == true)
        #expect(try office.signIn(ana, "s2") == .refused(.secondFactor))
        #expect(
            try office.signIn(ana, "s2", .code("phone", step: 5)) == .refused(.usedCode))
    }

    @Test("an account without a password gets one by the link of its welcome")
    func welcome() throws {
        var office = Office()
        let ana = Person("ana")
        var new = office.newAccount(ana.address, password: nil)
        new.isVerified = false
        new.token = office.token("w")
        try office.wish(.create(new), of: ana.account, by: .theOperator)
        #expect(office.mails(.welcome).map(\.to) == ["ana@example.org"])
        #expect(try office.signIn(ana) == .refused(.noPassword))
        try office.wish(
            .reset(tokenHash: "hash of w", passwordHash: "h"), of: ana.account, by: .aLink)
        #expect(office.facts(ana.account)?.isVerified == true)
        #expect(try office.signIn(ana) == .signedIn(office.newSession(ana.session)))
    }

    @Test("an address is verified by the link that it got, once")
    func verification() throws {
        var office = Office()
        let ana = Person("ana")
        var new = office.newAccount(ana.address)
        new.isVerified = false
        new.token = office.token("v")
        try office.wish(.create(new), of: ana.account, by: .aLink)
        #expect(office.mails(.verification).count == 1)
        let again = try office.wish(
            .startVerification(office.token("v2")), of: ana.account, by: .aLink)
        #expect(again == .refused(.tooSoon))
        let wrong = try office.wish(.verify(tokenHash: "x"), of: ana.account, by: .aLink)
        #expect(wrong == .refused(.badToken))
        let right = try office.wish(
            .verify(tokenHash: "hash of v"), of: ana.account, by: .aLink)
        #expect(right == .verified)
        let twice = try office.wish(
            .verify(tokenHash: "hash of v"), of: ana.account, by: .aLink)
        #expect(twice == .refused(.badToken))
    }

    private func startChange(_ office: inout Office, _ ana: Person, to address: String) throws
        -> AccountEvent.Change?
    {
        try office.wish(
            .startAddressChange(
                Person.claim(address), token: office.token("new"), oldToken: office.token("old")),
            of: ana.account, by: ana.actor)
    }

    @Test("no address changes before it is confirmed from both sides, or from one with a factor")
    func confirmedFirst() throws {
        for hasFactor in [false, true] {
            var office = Office()
            let ana = try office.person("ana")
            if hasFactor { try office.addFactor(ana) }
            #expect(try startChange(&office, ana, to: "new@example.org") == .addressChanging)
            #expect(office.facts(ana.account)?.address == ana.address)
            #expect(office.mails(.addressConfirmation).map(\.to) == ["new@example.org"])
            #expect(office.mails(.addressNotice).map(\.to) == ["ana@example.org"])
            let new = try office.wish(
                .confirmAddressChange(tokenHash: "hash of new"), of: ana.account, by: .aLink)
            #expect(new == (hasFactor ? .addressChanged : .addressChanging))
            if !hasFactor {
                #expect(office.facts(ana.account)?.address == ana.address)
                let old = try office.wish(
                    .confirmAddressChange(tokenHash: "hash of old"), of: ana.account, by: .aLink)
                #expect(old == .addressChanged)
            }
            #expect(office.facts(ana.account)?.address == Person.claim("new@example.org"))
            #expect(office.mails(.addressChanged).map(\.to) == ["ana@example.org"])
            // The old one is free, the new one is not.
            var other = office.newAccount(Person.claim("new@example.org"))
            #expect(
                try office.wish(.create(other), of: "o1", by: .theOperator)
                    == .refused(.addressTaken))
            other.address = ana.address
            #expect(try office.wish(.create(other), of: "o1", by: .theOperator) == .created)
        }
    }

    @Test("the old address says no: the change ends, and the new one is free")
    func notMe() throws {
        var office = Office()
        let ana = try office.person("ana")
        _ = try startChange(&office, ana, to: "new@example.org")
        let ended = try office.wish(
            .cancelAddressChange(tokenHash: "hash of old"), of: ana.account, by: .aLink)
        #expect(ended == .addressChangeEnded)
        let late = try office.wish(
            .confirmAddressChange(tokenHash: "hash of new"), of: ana.account, by: .aLink)
        #expect(late == .refused(.unknown))
        let other = office.newAccount(Person.claim("new@example.org"))
        #expect(try office.wish(.create(other), of: "o1", by: .theOperator) == .created)
    }

    @Test("a change that nobody confirms ends by itself, and lets the new address go")
    func changeEnds() throws {
        var office = Office()
        let ana = try office.person("ana")
        _ = try startChange(&office, ana, to: "new@example.org")
        try office.wait(.seconds(3_600))
        #expect(office.all(AccountEvent.self).last?.change == .addressChangeEnded)
        let other = office.newAccount(Person.claim("new@example.org"))
        #expect(try office.wish(.create(other), of: "o1", by: .theOperator) == .created)
    }

    @Test("of a taken address nobody is told so: no link goes there, and it stays its person's")
    func taken() throws {
        var office = Office()
        let ana = try office.person("ana")
        let ben = try office.person("ben")
        #expect(try startChange(&office, ana, to: "BEN@example.org") == .addressChanging)
        #expect(office.mails(.addressConfirmation).isEmpty)
        let guessed = try office.wish(
            .confirmAddressChange(tokenHash: "hash of new"), of: ana.account, by: .aLink)
        #expect(guessed == .refused(.badToken))
        try office.wait(.seconds(3_600))
        #expect(office.all(AccountEvent.self).last?.change == .addressChangeEnded)
        #expect(office.facts(ana.account)?.address == ana.address)
        #expect(office.facts(ben.account)?.address == ben.address)
        let other = office.newAccount(ben.address)
        #expect(
            try office.wish(.create(other), of: "o1", by: .theOperator) == .refused(.addressTaken))
    }

    @Test("a change of address voids resets sent to the old one")
    func voidsResets() throws {
        var office = Office()
        let ana = try office.person("ana")
        try office.wish(.startReset(office.token("r")), of: ana.account, by: .aLink)
        _ = try startChange(&office, ana, to: "new@example.org")
        for name in ["new", "old"] {
            try office.wish(
                .confirmAddressChange(tokenHash: "hash of \(name)"), of: ana.account, by: .aLink)
        }
        let reset = try office.wish(
            .reset(tokenHash: "hash of r", passwordHash: "x"), of: ana.account, by: .aLink)
        #expect(reset == .refused(.badToken))
    }
}

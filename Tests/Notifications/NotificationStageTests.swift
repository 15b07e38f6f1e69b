import AccountRecords
import Conversation
import NotificationRecords
import NotificationStage
import Permissions
import Records
import RoutingRecords
import StageRuntime
import Testing

/// The stages of notifications, each with its states by key; what they write is read as stored.
struct Room {
    var now = Timestamp(seconds: 1_800_000_000)
    private(set) var written: [any Payload] = []
    private var people: [String: NotificationState] = [:]
    private var teams: [String: TeamState] = [:]
    private var operators: OperatorState?
    private var timers: [String: FiredTimer] = [:]
    private var count = 0

    mutating func put(_ payload: any Payload) throws {
        count += 1
        let id = RecordID("input-\(count)")
        let stored = try type(of: payload).read(payload.json())
        let headers = RecordHeaders(
            id: id, type: type(of: payload).type, source: "test", time: now,
            subject: payload.key, correlation: id, causation: id, tenant: payload.tenant)
        let input = StageInput.record(
            stored, headers,
            position: RecordPosition(topic: "t", partition: 0, offset: Int64(count)))
        switch payload {
        case is OrganisationEvent, is TeamNews, is RoutingSetting:
            let key = payload.key
            teams[key] = try step(AnnouncementStage(), teams[key], key, input)
        case is InstallationEvent, is OperatorNews:
            operators = try step(OperatorStage(), operators, payload.key, input)
        case is AddressNews: break
        case is HandoffEvent: _ = try step(WaitingStage(), nil, payload.key, input)
        default:
            people[payload.key] = try step(
                NotificationStage(), people[payload.key], payload.key, input)
        }
    }

    mutating func wait(_ time: Duration) throws {
        now = now + time
        for (key, timer) in timers.sorted(by: { $0.key < $1.key }) where timer.due <= now {
            timers[key] = nil
            people[key] = try step(NotificationStage(), people[key], key, .timer(timer))
        }
    }

    private mutating func step<S: Stage>(
        _ stage: S, _ before: S.State?, _ key: String, _ input: StageInput
    ) throws -> S.State where S.Call == Never {
        let context = StageContext(
            stage: stage.name, input: input, key: key, now: now, step: 0)
        var state = before ?? S.State()
        let plan = try stage.begin(input, &state, context)
        state = try RecordCodec.decode(S.State.self, from: RecordCodec.encode(state))
        guard case .finish(let effects) = plan else { return state }
        for change in effects.timers {
            switch change {
            case .set(let timer): timers[key] = timer
            case .cancel: timers[key] = nil
            }
        }
        for payload in effects.outputs.compactMap(\.payload) {
            written.append(payload)
            if payload is PersonalNews || payload is TeamNews { try put(payload) }
        }
        return state
    }

    func told(_ account: AccountID) -> [String] {
        written.compactMap { payload in
            guard let event = payload as? NotificationEvent, event.account == account,
                case .raised(let notification) = event.change
            else { return nil }
            return notification.kind.rawValue
        }
    }

    var mails: [MailRequest] { written.compactMap { $0 as? MailRequest } }

    // MARK: What happens

    mutating func account(
        _ id: AccountID, _ change: AccountEvent.Change, language: String = "en"
    ) throws {
        var facts = AccountFacts()
        facts.standing = change == .deleted ? .deleted : .active
        facts.isVerified = true
        facts.name = "Ana"
        facts.language = language
        facts.address = AddressClaim(
            key: AddressKey("key \(id)"), text: "\(id)@example.org")
        try put(AccountEvent(account: id, epoch: 1, facts: facts, change: change, at: now))
    }

    mutating func signIn(
        _ id: AccountID, _ name: String, seen browser: String? = nil
    ) throws {
        try account(
            id,
            .signedIn(
                NewSession(
                    id: "s", tokenHash: "h", expires: now + .seconds(60),
                    kind: browser == nil ? "cli" : "browser", userAgent: name, browser: browser)))
    }

    mutating func team(_ change: OrganisationEvent.Change) throws {
        var facts = OrganisationFacts()
        facts.profile.name = "Sol"
        try put(OrganisationEvent(tenant: "sol", facts: facts, change: change, at: now))
    }

    func member(_ account: AccountID, _ role: RoleName) -> TeamMember {
        TeamMember(account: account, role: role, membership: "m", since: now)
    }

    /// A team of an owner, an admin, an agent and a viewer.
    mutating func found() throws {
        for (account, role) in [
            ("o", RoleName.owner), ("a", .admin), ("g", .agent), ("v", .viewer),
        ] {
            try self.account(AccountID(account), .created)
            try team(.joined(member(AccountID(account), role)))
        }
        written = []
    }

    mutating func installation(_ change: InstallationEvent.Change) throws {
        try put(InstallationEvent(facts: InstallationFacts(), change: change, at: now))
    }

    mutating func waits(
        _ change: HandoffEvent.Change, _ name: ConversationID = "c1", number: String? = nil
    ) throws {
        try put(
            HandoffEvent(
                tenant: "sol", conversation: name, contact: Contact(phone: "1", name: nil),
                epoch: 1, mode: .bot, change: change, reference: nil,
                routing: number.map { HandoffRouting(number: BusinessNumberID($0)) }, at: now))
    }
}

@Suite("What people are told")
struct NotificationStageTests {
    @Test("of a sign-in in a browser that was not seen before, at once and by mail")
    func newBrowser() throws {
        var room = Room()
        try room.signIn("ana", "Firefox", seen: "h1")
        // After an update it calls itself otherwise, and is the same.
        try room.signIn("ana", "Firefox 2", seen: "h1")
        #expect(room.told("ana").isEmpty)
        try room.signIn("ana", "Chrome", seen: "h2")
        #expect(room.told("ana") == ["signIn"])
        #expect(room.mails.map(\.to) == ["ana@example.org"])
        #expect(room.mails.first?.kind == .notification)
        #expect(room.mails.first?.values["subject"]?.contains("Chrome") == true)
        try room.signIn("ana", "Chrome", seen: "h2")
        #expect(room.told("ana") == ["signIn"])
        // Another one that calls itself the same is another one; so is a program.
        try room.signIn("ana", "Chrome", seen: "h3")
        #expect(room.told("ana") == ["signIn", "signIn"])
        for _ in 0..<2 { try room.signIn("ana", "parley") }
        #expect(room.told("ana") == ["signIn", "signIn", "signIn"])
    }

    @Test("of an invitation once, where the address is proven to be theirs")
    func invited() throws {
        var room = Room()
        try room.account("ana", .created)
        try room.account("eve", .created)
        var invitation = Invitation(
            id: "i1", address: AddressClaim(key: "key ana", text: "ana@example.org"),
            role: .agent, token: OneTimeToken(hash: "h", expires: room.now + .seconds(60)),
            by: "Olga")
        try room.team(.invited(invitation))
        invitation.token.hash = "another"
        try room.team(.invited(invitation))
        let news = room.written.compactMap { $0 as? AddressNews }
        #expect(news.map(\.address) == ["key ana"])
        #expect(news.first?.values["name"] == "Olga")
        for (account, isTold) in [("ana", true), ("eve", false)] {
            try room.put(
                PersonalNews(
                    account: AccountID(account), kind: "invited", team: "sol",
                    address: "key ana", values: ["organisation": "Sol"], at: room.now))
            #expect(room.told(AccountID(account)) == (isTold ? ["invited"] : []), "\(account)")
        }
        #expect(room.mails.isEmpty)
    }

    @Test("as operators, of what concerns those who run the installation")
    func operators() throws {
        var room = Room()
        for account in ["o", "p", "q"] { try room.account(AccountID(account), .created) }
        try room.installation(.setUp(room.member("o", .operator)))
        try room.installation(.joined(room.member("p", .operator)))
        try room.installation(.joined(room.member("q", "auditor")))
        try room.put(OperatorNews(kind: "mailFailed", at: room.now))
        #expect(room.told("o") == ["mailFailed"] && room.told("p") == ["mailFailed"])
        #expect(room.told("q").isEmpty && room.mails.isEmpty)
        try room.installation(.left("p"))
        try room.put(OperatorNews(kind: "mailFailed", at: room.now))
        #expect(room.told("o").count == 2 && room.told("p").count == 1)
        // Whoever hears of it as who had it done hears of it once.
        try room.put(OperatorNews(kind: "mailFailed", besides: "o", at: room.now))
        #expect(room.told("o").count == 2)
    }

    @Test("of a waiting customer only once as many wait as they said")
    func threshold() throws {
        var room = Room()
        try room.found()
        try room.put(
            NotificationCommand(
                account: "g", action: .prefer(NotificationPreferences(waitingFrom: 2)),
                reference: "r1", at: room.now))
        let queued = HandoffEvent.Change.queued(reason: .asked, summary: "", transcript: [])
        try room.waits(queued)
        #expect(room.told("g").isEmpty && room.told("a") == ["waiting"])
        try room.waits(queued, "c2")
        #expect(room.told("g") == ["waiting"])
        // One is spoken with, so that two wait again with the next.
        try room.waits(.claimed(by: "g", name: "Gus"), "c2")
        try room.waits(queued, "c3")
        #expect(room.told("g").count == 2)
        for name in ["c1", "c3"] as [ConversationID] { try room.waits(.closed(by: "g"), name) }
        try room.waits(queued, "c4")
        #expect(room.told("g").count == 2 && room.told("a").count == 4)
        try room.waits(.claimed(by: "g", name: "Gus"), "c4")
        try room.waits(.released(by: "g", because: "left"), "c4")
        try room.waits(queued, "c5")
        #expect(room.told("g").count == 3)
    }

    @Test("of password, factor and address, without a second mail beside the stage's own")
    func credentials() throws {
        var room = Room()
        for change in [
            AccountEvent.Change.passwordChanged, .passwordReset, .factorActivated, .factorRemoved,
            .addressChanged, .renamed, .verified,
        ] { try room.account("ana", change) }
        #expect(room.told("ana") == ["password", "password", "factor", "factor", "address"])
        #expect(room.mails.isEmpty)
    }

    @Test("of what happens in their team, each what concerns them")
    func team() throws {
        var room = Room()
        try room.found()
        try room.team(.memberChanged(room.member("g", .admin)))
        #expect(room.told("g") == ["role"])
        #expect(room.told("o").isEmpty)
        try room.team(.left("g"))
        #expect(room.told("g") == ["role", "removed"])
        #expect(room.told("o") == ["left"] && room.told("a") == ["left"])
        #expect(room.told("v").isEmpty)
        try room.team(.suspended)
        #expect(room.told("o") == ["left", "suspended"])
        #expect(room.told("v").isEmpty && room.told("g").count == 2)
        try room.team(.changed(.security))
        #expect(room.told("v") == ["security"])
        try room.team(.purgeRequested)
        try room.team(.deleted)
        #expect(room.told("o").last == "security")
    }

    @Test("of an operator who acts as somebody, that one and those who let operators in, by mail")
    func impersonation() throws {
        var room = Room()
        try room.found()
        try room.team(
            .impersonated(
                Impersonation(
                    id: "i", tokenHash: "h", account: "g", operator: "op", operatorName: "Olga",
                    reason: "a ticket", began: room.now, expires: room.now + .seconds(60))))
        for account in ["o", "a", "g"] as [AccountID] {
            #expect(room.told(account) == ["impersonation"])
        }
        #expect(room.told("v").isEmpty)
        #expect(room.mails.count == 3)
        let subject = room.mails.first?.values["subject"] ?? ""
        #expect(subject.contains("Olga") && subject.contains("a ticket"), "\(subject)")
    }

    @Test("of customers who wait, those who may answer")
    func waiting() throws {
        var room = Room()
        try room.found()
        try room.waits(.queued(reason: .asked, summary: "", transcript: []))
        try room.waits(.overdue(waiting: room.now))
        try room.waits(.closed(by: "g"))
        #expect(room.told("g") == ["waiting", "overdue"])
        #expect(room.told("v").isEmpty)
        // By mail only of the second, unless somebody asks for more.
        #expect(room.mails.filter { $0.to == "g@example.org" }.count == 1)
    }

    @Test("as they wish, but for what is about who gets in")
    func preferences() throws {
        var room = Room()
        try room.found()
        var wishes = NotificationPreferences()
        wishes.choices = [
            "overdue": .init(isShown: false, isMailed: false),
            "suspended": .init(isShown: false, isMailed: false),
        ]
        try room.put(
            NotificationCommand(
                account: "o", action: .prefer(wishes), reference: "r1", at: room.now))
        let answer = room.written.compactMap { $0 as? NotificationEvent }.last
        #expect(answer?.reference == "r1" && answer?.change == .preferred(wishes))
        try room.waits(.overdue(waiting: room.now))
        try room.team(.suspended)
        #expect(room.told("o") == ["suspended"])
        #expect(room.mails.filter { $0.to == "o@example.org" }.count == 1)
    }

    @Test("by mail first at once, then together, and not of what they have read")
    func bundles() throws {
        var room = Room()
        try room.found()
        func mailed() -> [MailRequest] { room.mails.filter { $0.to == "g@example.org" } }
        for _ in 0..<4 { try room.waits(.overdue(waiting: room.now)) }
        #expect(mailed().count == 1)
        let third = room.written.compactMap { payload -> RecordID? in
            guard let event = payload as? NotificationEvent, event.account == "g",
                case .raised(let notification) = event.change
            else { return nil }
            return notification.id
        }[2]
        try room.put(
            NotificationCommand(
                account: "g", action: .read([third]), reference: "r", at: room.now))
        try room.wait(.seconds(14 * 60))
        #expect(mailed().count == 1)
        try room.wait(.seconds(60))
        #expect(mailed().count == 2)
        #expect(mailed().last?.values["subject"] == "2 new notifications")
        try room.waits(.overdue(waiting: room.now))
        try room.put(
            NotificationCommand(
                account: "g", action: .readAll(until: room.now), reference: "r2", at: room.now))
        try room.wait(.seconds(3_600))
        #expect(mailed().count == 2)
        #expect(Set(room.mails.map { "\($0.to) \($0.values)" }).count > 1)
    }

    @Test("by mail as they wish from now on, also of what waits for one already")
    func changedMind() throws {
        var room = Room()
        try room.found()
        func mailed() -> Int { room.mails.count { $0.to == "g@example.org" } }
        func prefer(_ wishes: NotificationPreferences, _ reference: String) throws {
            try room.put(
                NotificationCommand(
                    account: "g", action: .prefer(wishes), reference: reference, at: room.now))
        }
        for _ in 0..<2 { try room.waits(.overdue(waiting: room.now)) }
        #expect(mailed() == 1)
        try prefer(NotificationPreferences(mailPauseMinutes: 0), "r1")
        try room.wait(.zero)
        #expect(mailed() == 2)
        try prefer(NotificationPreferences(mailPauseMinutes: 60), "r2")
        try room.waits(.overdue(waiting: room.now))
        try prefer(
            NotificationPreferences(choices: ["overdue": .init(isShown: true, isMailed: false)]),
            "r3")
        try room.wait(.seconds(7_200))
        #expect(mailed() == 2)
        try prefer(NotificationPreferences(), "r4")
        try room.waits(.overdue(waiting: room.now))
        #expect(mailed() == 3)
    }

    @Test("no more once the account is gone")
    func gone() throws {
        var room = Room()
        try room.found()
        try room.account("g", .deleted)
        #expect(room.written.compactMap { $0 as? NotificationEvent }.last?.change == .ended)
        try room.waits(.overdue(waiting: room.now))
        #expect(room.mails.filter { $0.to == "g@example.org" }.isEmpty)
    }

    @Test("in their language, and of every kind in both")
    func words() throws {
        var room = Room()
        try room.account("ana", .created, language: "es")
        try room.put(
            PersonalNews(
                account: "ana", kind: "removed", team: "sol", values: ["organisation": "Sol"],
                at: room.now))
        #expect(room.mails.first?.values["subject"] == "Ya no formas parte de Sol")
    }
}

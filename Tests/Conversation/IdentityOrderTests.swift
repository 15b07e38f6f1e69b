import Conversation
import Testing

/// Random lives of customers, told in any order by several processes that crash.
@Suite("Identities in random orders")
struct IdentityOrderTests {
    /// A generator with a seed (SplitMix64).
    private struct Dice {
        var state: UInt64
        mutating func below(_ limit: Int) -> Int {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return Int((z ^ (z >> 31)) % UInt64(limit))
        }
    }

    /// What is told of a customer, and whose it truly is.
    private struct Told {
        var person: Int
        var sighting: IdentitySighting
        var identifiers: [String]
    }

    private static func name(_ identifier: String) -> ConversationID {
        IdentityTableTests.name(identifier)
    }

    /// Moments are apart, as people do not change numbers twice a second; and now and then months
    /// pass, after which another may have a number that was given up.
    private static func moment(_ step: Int, _ person: Int) -> Timestamp {
        Timestamp(seconds: 1_000_000 + Int64(step * 10 + person + step / 3 * months))
    }

    private static let months = 90 * 86_400
    private static let hour = Duration.seconds(3600)

    /// The lives of some people: what each wrote, under which names, and how those changed.
    private static func lives(_ dice: inout Dice) -> (told: [Told], last: [Int: [String]]) {
        var told: [Told] = []
        var last: [Int: [String]] = [:]
        // Numbers that somebody gave up, and when: another may get them.
        var free: [(phone: String, at: Timestamp)] = []
        for person in 0..<4 {
            // Of whoever has a number of another's, WhatsApp tells the user id as well.
            var isSecondOwner = false
            var (user, phone) = ("U\(person).0", "P\(person).0")
            for step in 0..<(3 + dice.below(6)) {
                let message = MessageID("m\(person).\(step)")
                let at = Self.moment(step, person)
                if dice.below(4) == 0, step > 0 {
                    let (oldUser, oldPhone) = (user, phone)
                    (user, phone) = ("U\(person).\(step)", "P\(person).\(step)")
                    if let index = free.firstIndex(where: {
                        $0.at + .seconds(Self.months / 2) < at
                    }) {
                        phone = free.remove(at: index).phone
                        isSecondOwner = true
                    }
                    free.append((oldPhone, at))
                    let namesOld = dice.below(2) == 0
                    let namesNew = isSecondOwner || dice.below(2) == 0
                    told.append(
                        Told(
                            person: person,
                            sighting: IdentitySighting(
                                tenant: "t", user: namesNew ? name(user) : nil,
                                phones: [name(phone)], formerUser: namesOld ? name(oldUser) : nil,
                                formerPhones: [name(oldPhone)], message: message, at: at),
                            identifiers: [oldPhone, phone] + (namesOld ? [oldUser] : [])
                                + (namesNew ? [user] : [])))
                } else {
                    let kind = isSecondOwner ? 1 + dice.below(2) : dice.below(3)
                    let identifiers = (kind != 0 ? [user] : []) + (kind != 1 ? [phone] : [])
                    told.append(
                        Told(
                            person: person,
                            sighting: IdentitySighting(
                                tenant: "t", user: kind != 0 ? name(user) : nil,
                                phones: kind != 1 ? [name(phone)] : [], message: message, at: at),
                            identifiers: identifiers))
                }
                last[person] = [user, phone]
            }
        }
        return (told, last)
    }

    @Test(
        "never two persons in one conversation, and never two of one person that could be known",
        arguments: 0..<400 as Range<UInt64>)
    func randomOrders(seed: UInt64) throws {
        var dice = Dice(state: seed &* 7919)
        var (toCome, last) = Self.lives(&dice)
        toCome.sort { $0.sighting.at < $1.sighting.at }
        let isComplete = seed.isMultiple(of: 2) ? true : nil
        for index in toCome.indices { toCome[index].sighting.isComplete = isComplete }
        var log: [IdentitySighting] = []
        var went: [MessageID: ConversationID] = [:]
        var tables = [IdentityTable(), IdentityTable()]
        var read = [0, 0]
        var routes: [ConversationID: Set<Int>] = [:]
        var seen: [Told] = []
        func readOn(_ reader: Int, to end: Int) {
            while read[reader] < end {
                tables[reader].follow(log[read[reader]])
                read[reader] += 1
            }
        }
        var newest = Timestamp(seconds: 0)
        while !toCome.isEmpty {
            let reader = dice.below(2)
            // A process lags by moments, not by months.
            if toCome[0].sighting.at > newest + Self.hour {
                for reader in 0..<2 { readOn(reader, to: log.count) }
            }
            newest = max(newest, toCome[0].sighting.at)
            switch dice.below(8) {
            case 0:
                // It crashed; it reads everything again before it takes anything.
                tables[reader] = IdentityTable()
                read[reader] = 0
                readOn(reader, to: log.count)
            case 1...3: readOn(reader, to: min(log.count, read[reader] + dice.below(4)))
            default:
                // What was sent at about the same time comes in any order; some of it twice.
                let first = toCome[0].sighting.at
                let near = toCome.prefix { $0.sighting.at < first + Self.hour }.count
                let index = dice.below(min(3, near))
                let told = dice.below(6) == 0 ? toCome[index] : toCome.remove(at: index)
                var route = tables[reader].route(told.sighting)
                if route.isNews {
                    log.append(told.sighting)
                    // It crashed before the message was stored: WhatsApp delivers it again.
                    if dice.below(10) == 0 {
                        toCome.insert(told, at: 0)
                        continue
                    }
                    readOn(reader, to: log.count)
                    route = tables[reader].route(told.sighting)
                    #expect(!route.isNews)
                }
                routes[route.conversation, default: []].insert(told.person)
                // A repeat goes where the message went, whoever takes it, where it told something.
                if log.contains(where: { $0.message == told.sighting.message }) {
                    let before = went.updateValue(
                        route.conversation, forKey: told.sighting.message)
                    #expect(before == nil || before == route.conversation)
                }
                seen.append(told)
            }
        }
        for reader in 0..<2 { readOn(reader, to: log.count) }
        for (conversation, people) in routes {
            #expect(people.count == 1, "\(conversation) is \(people)")
        }
        Self.expectOneConversationEach(last, seen, tables)
    }

    /// Whoever reads the log knows the same, and one conversation of each whose names of now were
    /// told to belong together.
    private static func expectOneConversationEach(
        _ last: [Int: [String]], _ seen: [Told], _ tables: [IdentityTable]
    ) {
        for (person, identifiers) in last
        where areLinked(
            identifiers, in: seen.filter { $0.person == person })
        {
            var ends: Set<ConversationID> = []
            for table in tables {
                for (index, identifier) in identifiers.enumerated() {
                    let route = table.route(
                        IdentitySighting(
                            tenant: "t", user: index == 0 ? name(identifier) : nil,
                            phones: index == 0 ? [] : [name(identifier)],
                            message: "later", at: Timestamp(seconds: 2_000_000_000)))
                    ends.insert(route.conversation)
                }
            }
            #expect(ends.count == 1, "\(person): \(ends)")
        }
    }

    /// Whether names were told to be one person's, step by step.
    private static func areLinked(_ identifiers: [String], in told: [Told]) -> Bool {
        var group: Set<String> = [identifiers[0]]
        var grew = true
        while grew {
            let before = group.count
            for told in told where !group.isDisjoint(with: told.identifiers) {
                group.formUnion(told.identifiers)
            }
            grew = group.count > before
        }
        return identifiers.allSatisfy(group.contains)
    }
}

/// One sighting's decision over what is known.
struct IdentityDecision {
    /// What it changes lies here.
    private(set) var top: IdentityLayer
    private(set) var isNews = false
    private let below: IdentityLayer
    private let user: IdentityName?
    private let phones: [IdentityName]
    private let formerUser: IdentityName?
    private let formerPhones: [IdentityName]
    private let apart: IdentityName?
    private let at: Int64
    /// Whether something may have been said under a name of which no sighting tells.
    private let mayHavePast: Bool
    /// What tells the message from others that were sent in the same second.
    private let mark: UInt64

    init(_ sighting: IdentitySighting, below: IdentityLayer, _ top: IdentityLayer) {
        self.below = below
        self.top = top
        user = sighting.user.flatMap { IdentityName($0) }
        phones = sighting.phones.compactMap { IdentityName($0) }
        formerUser = sighting.formerUser.flatMap { IdentityName($0) }
        formerPhones = (sighting.formerPhones ?? []).compactMap { IdentityName($0) }
        apart = sighting.apart.flatMap { IdentityName($0) }
        at = sighting.at.milliseconds
        mayHavePast = sighting.isComplete != true
        mark = Self.mark(of: sighting)
    }

    /// What stands for the message that a sighting is of.
    static func mark(of sighting: IdentitySighting) -> UInt64 {
        NameHash.hash(Array(sighting.message.rawValue.utf8)).0
    }

    /// Decides, and says where the message goes; `nil` if nobody is named.
    mutating func decide() -> IdentityName? {
        if let apart { return separate(from: root(apart)) }
        if formerUser != nil || !formerPhones.isEmpty { return change() }
        guard let first = user ?? phones.first else { return nil }
        see()
        for identifier in [user].compactMap(\.self) + phones {
            if let place = place(identifier) { return route(place) }
        }
        return route(first)
    }

    // MARK: What is known

    private func known(_ identifier: IdentityName) -> IdentityLayer.Place? {
        top.places[identifier] ?? below.places[identifier]
    }

    private func standing(_ conversation: IdentityName) -> IdentityLayer.Standing? {
        top.standings[conversation] ?? below.standings[conversation]
    }

    private func isApart(_ identifier: IdentityName?, _ conversation: IdentityName) -> Bool {
        guard let identifier else { return false }
        let pair = IdentityLayer.Apart(identifier: identifier, conversation: conversation)
        return top.apart.contains(pair) || below.apart.contains(pair)
    }

    /// Where an identifier belonged when the message was sent.
    private func place(_ identifier: IdentityName) -> IdentityName? {
        guard let place = known(identifier) else { return nil }
        if at > place.since || mark == place.mark { return place.conversation }
        return place.before ?? place.conversation
    }

    /// Where a conversation goes on in the end.
    private func root(_ conversation: IdentityName) -> IdentityName {
        var root = conversation
        while let next = standing(root)?.into { root = next }
        return root
    }

    /// Where a message of a conversation goes: to where it went before the conversation moved, if
    /// it was sent before that, as its repeat is known there and nowhere else.
    private func route(_ conversation: IdentityName) -> IdentityName {
        var route = conversation
        while let standing = standing(route), let next = standing.into,
            at > standing.movedAt || mark == standing.mark
        {
            route = next
        }
        return route
    }

    private func owner(_ identifier: IdentityName) -> IdentityName? {
        place(identifier).map { root($0) }
    }

    // MARK: Changes

    private mutating func set(_ standing: IdentityLayer.Standing, of name: IdentityName) {
        guard self.standing(name) != standing else { return }
        top.standings[name] = standing
        isNews = true
    }

    private mutating func set(_ place: IdentityLayer.Place, of name: IdentityName) {
        guard known(name) != place else { return }
        top.places[name] = place
        isNews = true
    }

    private mutating func establish(_ conversation: IdentityName) {
        guard standing(conversation) == nil else { return }
        set(IdentityLayer.Standing(born: at), of: conversation)
    }

    private mutating func setUser(_ user: IdentityName?, of conversation: IdentityName) {
        guard var standing = standing(conversation) else { return }
        standing.user = user
        set(standing, of: conversation)
    }

    /// Puts an identifier into a conversation, unless a later message put it elsewhere.
    ///
    /// What was said under the identifier alone, before it was known to be this customer's, goes on
    /// here too.
    private mutating func put(
        _ identifier: IdentityName, _ conversation: IdentityName, withPast: Bool = true
    ) {
        guard let old = known(identifier) else {
            set(
                IdentityLayer.Place(conversation: conversation, since: at, mark: mark),
                of: identifier)
            if withPast, mayHavePast, identifier != conversation, standing(identifier) == nil {
                set(
                    IdentityLayer.Standing(
                        born: at, into: conversation, movedAt: at, mark: mark), of: identifier)
            }
            return
        }
        guard root(old.conversation) != conversation, at > old.since else { return }
        set(
            IdentityLayer.Place(
                conversation: conversation, since: at, mark: mark, before: old.conversation),
            of: identifier)
    }

    /// Makes two conversations one: the older goes on.
    private mutating func merge(_ one: IdentityName, _ other: IdentityName) -> IdentityName {
        guard let first = standing(one), let second = standing(other), one != other
        else { return one }
        let isFirstOlder = first.born <= second.born
        let (older, newer) = isFirstOlder ? (one, other) : (other, one)
        var survivor = isFirstOlder ? first : second
        var absorbed = isFirstOlder ? second : first
        absorbed.into = older
        absorbed.movedAt = at
        absorbed.mark = mark
        if survivor.user == nil { survivor.user = absorbed.user }
        set(survivor, of: older)
        set(absorbed, of: newer)
        return older
    }

    // MARK: A message

    /// Takes in who wrote.
    private mutating func see() {
        let numbered = phones.lazy.compactMap { [self] in owner($0) }.first
        let conversation: IdentityName
        if let user {
            conversation = owner(user).map { join($0, user, numbered) } ?? begin(user, numbered)
            establish(conversation)
            if standing(conversation)?.user == nil { setUser(user, of: conversation) }
            put(user, conversation)
        } else if let first = phones.first {
            conversation = numbered ?? root(first)
            establish(conversation)
        } else {
            return
        }
        for phone in phones where !isApart(phone, conversation) {
            // Somebody said that the number's customer is not this one.
            if let owner = owner(phone), isApart(user, owner) { continue }
            put(phone, conversation)
        }
    }

    /// A user id that is known, with a number that may be known elsewhere: one customer, unless
    /// that is somebody else's, who has another user id.
    private mutating func join(
        _ conversation: IdentityName, _ user: IdentityName, _ numbered: IdentityName?
    ) -> IdentityName {
        guard let numbered, numbered != conversation, !isApart(user, numbered),
            !phones.contains(where: { isApart($0, conversation) })
        else { return conversation }
        let other = standing(numbered)?.user
        guard other == nil || other == user else { return conversation }
        return merge(conversation, numbered)
    }

    /// A user id that is new: it is the number's customer's, unless they have another one.
    private func begin(_ user: IdentityName, _ numbered: IdentityName?) -> IdentityName {
        guard let numbered, !isApart(user, numbered), standing(numbered)?.user == nil
        else { return root(user) }
        return numbered
    }

    // MARK: WhatsApp's word

    /// Takes in what WhatsApp says of a changed number or user id: the customer stays the same.
    private mutating func change() -> IdentityName {
        let former = [formerUser].compactMap(\.self) + formerPhones
        let known = former.lazy.compactMap { [self] in owner($0) }.first
        let newUser = user.flatMap { owner($0) }
        var conversation = known ?? newUser ?? former[0]
        establish(conversation)
        for identifier in former { put(identifier, conversation) }
        let spoken = conversation
        if let user {
            if let other = newUser, other != conversation, !isApart(user, conversation) {
                conversation = merge(conversation, other)
            }
            put(user, conversation)
            setUser(user, of: conversation)
        }
        let isNewNumber = !phones.isEmpty && phones.first != formerPhones.first
        // WhatsApp makes a new user id with a new number; it is not known yet.
        if user == nil, isNewNumber { setUser(nil, of: conversation) }
        for phone in phones { conversation = adopt(phone, conversation) }
        if isNewNumber { release(conversation) }
        return spoken
    }

    /// Puts a customer's new number into their conversation, with what they may have written from
    /// it already, but not what somebody wrote who had it long before.
    private mutating func adopt(
        _ phone: IdentityName, _ conversation: IdentityName
    ) -> IdentityName {
        var conversation = conversation
        if let other = owner(phone), other != conversation, let standing = standing(other),
            standing.user == nil || standing.user == user,
            standing.born >= at - IdentityTable.changeDelay.wholeMilliseconds,
            !isApart(phone, conversation)
        {
            conversation = merge(conversation, other)
        }
        put(phone, conversation, withPast: false)
        return conversation
    }

    /// Lets the former number go: who writes from it later is somebody else.
    private mutating func release(_ conversation: IdentityName) {
        for phone in formerPhones where !phones.contains(phone) {
            guard let place = known(phone), root(place.conversation) == conversation,
                at >= place.since
            else { continue }
            set(
                IdentityLayer.Place(
                    conversation: IdentityName(fresh: phone, because: mark), since: at, mark: 0,
                    before: place.conversation), of: phone)
        }
    }

    // MARK: A person's wish

    /// Takes identifiers out of a conversation, for good: what they say together later does not
    /// join them again.
    private mutating func separate(from conversation: IdentityName) -> IdentityName? {
        let identifiers = [user].compactMap(\.self) + phones
        // One under which a conversation began that had moved: it goes on by itself.
        let moved = identifiers.first { standing($0)?.into != nil && root($0) == conversation }
        guard let first = moved ?? identifiers.first else { return nil }
        var target = first
        if var own = standing(first), own.into != nil, root(first) == conversation {
            own.into = nil
            own.movedAt = at
            own.mark = mark
            set(own, of: first)
        } else if root(first) == conversation {
            target = IdentityName(fresh: first, because: mark)
        }
        establish(target)
        for identifier in identifiers {
            let before = known(identifier)?.conversation
            set(
                IdentityLayer.Place(
                    conversation: target, since: at, mark: mark, before: before), of: identifier)
            let pair = IdentityLayer.Apart(identifier: identifier, conversation: conversation)
            if !isApart(identifier, conversation) {
                top.apart.insert(pair)
                isNews = true
            }
        }
        if let user {
            if standing(conversation)?.user == user { setUser(nil, of: conversation) }
            setUser(user, of: target)
        }
        return target
    }

    // MARK: What it moved

    /// What stands moved because of this sighting.
    var moves: [IdentityTable.Move] {
        var seen: Set<IdentityName> = []
        var moves: [IdentityTable.Move] = []
        let identifiers = [user, formerUser].compactMap(\.self) + phones + formerPhones
        for identifier in identifiers {
            let place = known(identifier)
            for start in [identifier, place?.conversation, place?.before].compactMap(\.self) {
                var name: IdentityName? = start
                while let current = name, seen.insert(current).inserted {
                    guard let standing = standing(current) else { break }
                    if standing.mark == mark, standing.movedAt == at {
                        moves.append(
                            .init(
                                from: current.conversation, into: standing.into?.conversation))
                    }
                    name = standing.into
                }
            }
        }
        return moves
    }
}

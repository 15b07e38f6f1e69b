import Conversation
import Testing

/// Who is whom, by the order of what was seen of them.
@Suite("Identities of customers")
struct IdentityTableTests {
    static func name(_ identifier: String) -> ConversationID {
        ConversationID(NameHash.hex("n/\(identifier)"))
    }

    /// One reader of the log, with its own sightings.
    private struct Book {
        var table = IdentityTable()
        var log: [IdentitySighting] = []
        var count = 0
        /// Whether the log began with sightings.
        var isComplete = false

        /// Routes a message, and puts into the log what it tells anew.
        mutating func route(
            user: String? = nil, phone: String? = nil, at: Int64 = 0, _ message: String? = nil
        ) -> ConversationID {
            count += 1
            return route(
                IdentitySighting(
                    tenant: "t", user: user.map(name), phones: phone.map { [name($0)] } ?? [],
                    message: MessageID(message ?? "m\(count)"),
                    at: Timestamp(seconds: at == 0 ? Int64(count) : at)))
        }

        mutating func change(
            fromUser: String? = nil, fromPhone: String? = nil, toUser: String? = nil,
            toPhone: String? = nil
        ) -> ConversationID {
            count += 1
            return route(
                IdentitySighting(
                    tenant: "t", user: toUser.map(name), phones: toPhone.map { [name($0)] } ?? [],
                    formerUser: fromUser.map(name), formerPhones: fromPhone.map { [name($0)] },
                    message: MessageID("m\(count)"), at: Timestamp(seconds: Int64(count))))
        }

        mutating func apart(
            user: String? = nil, phone: String? = nil, from conversation: ConversationID
        ) -> ConversationID {
            count += 1
            return route(
                IdentitySighting(
                    tenant: "t", user: user.map(name), phones: phone.map { [name($0)] } ?? [],
                    apart: conversation, message: MessageID("m\(count)"),
                    at: Timestamp(seconds: Int64(count))))
        }

        private mutating func route(_ seen: IdentitySighting) -> ConversationID {
            var sighting = seen
            sighting.isComplete = isComplete ? true : nil
            let route = table.route(sighting)
            guard route.isNews else { return route.conversation }
            table.follow(sighting)
            log.append(sighting)
            return table.route(sighting).conversation
        }
    }

    @Test(
        "phone, both and user id are one conversation in whatever order they come",
        arguments: [
            ["p", "up", "u"], ["p", "u", "up", "u", "p"], ["u", "p", "up", "p", "u"],
            ["u", "up", "p"], ["up", "u", "p"], ["up", "p", "u"],
        ])
    func orders(kinds: [String]) {
        var book = Book()
        var routes: [ConversationID] = []
        for kind in kinds {
            routes.append(
                book.route(
                    user: kind.contains("u") ? "U" : nil, phone: kind.contains("p") ? "P" : nil))
        }
        let linked = kinds.firstIndex(of: "up") ?? 0
        #expect(Set(routes[linked...]).count == 1, "\(routes)")
        // And it is a conversation that there was, where there was one.
        if linked > 0 { #expect(routes[..<linked].contains(routes[linked])) }
    }

    @Test("what was said under one name goes on in the other's conversation, and only once")
    func moves() throws {
        var book = Book()
        let byPhone = book.route(phone: "P")
        let byUser = book.route(user: "U")
        #expect(byPhone != byUser)
        let both = book.route(user: "U", phone: "P")
        #expect(both == byPhone)
        let moves = book.table.moves(by: try #require(book.log.last))
        #expect(moves == [.init(from: byUser, into: byPhone)])
        #expect(book.table.moves(by: book.log[0]).isEmpty)
    }

    @Test("a repeat goes where the message went, though conversations were joined since")
    func repeats() {
        var book = Book()
        let first = book.route(user: "U", at: 10, "first")
        let other = book.route(phone: "P", at: 5, "other")
        let both = book.route(user: "U", phone: "P", at: 20, "both")
        #expect(both == other)
        #expect(book.route(user: "U", at: 10, "first") == first)
        #expect(book.route(phone: "P", at: 5, "other") == other)
        #expect(book.route(user: "U", phone: "P", at: 20, "both") == both)
        #expect(book.route(user: "U", at: 30) == both)
    }

    @Test(
        "a changed number goes on in the same conversation, whatever WhatsApp tells of it",
        arguments: [true, false], [true, false])
    func changedNumber(oldUser: Bool, newUser: Bool) {
        var book = Book()
        let before = book.route(user: "U1", phone: "P1")
        #expect(
            book.change(
                fromUser: oldUser ? "U1" : nil, fromPhone: "P1", toUser: newUser ? "U2" : nil,
                toPhone: "P2") == before)
        #expect(book.route(user: "U2", phone: "P2") == before)
        #expect(book.route(user: "U2") == before)
        #expect(book.route(phone: "P2") == before)
    }

    @Test("a changed user id goes on in the same conversation, with the old one named or not")
    func changedUser() {
        for named in [true, false] {
            var book = Book()
            let before = book.route(user: "U1", phone: "P")
            #expect(
                book.change(
                    fromUser: named ? "U1" : nil, fromPhone: named ? nil : "P", toUser: "U2")
                    == before)
            #expect(book.route(user: "U2") == before)
            #expect(book.route(user: "U2", phone: "P") == before)
        }
    }

    @Test("what the customer wrote from the new number before WhatsApp's word joins, too")
    func wordComesLate() {
        var book = Book()
        let old = book.route(phone: "P1")
        let new = book.route(phone: "P2")
        #expect(old != new)
        #expect(book.change(fromPhone: "P1", toPhone: "P2") == old)
        #expect(book.route(phone: "P2") == old)
    }

    @Test("a number that changed hands is not the former owner any more")
    func recycled() {
        var book = Book()
        let ana = book.route(user: "U1", phone: "P1")
        // Nobody said anything: another user id under the number is another person.
        let ben = book.route(user: "U9", phone: "P1")
        #expect(ben != ana)
        #expect(book.route(phone: "P1") == ben)
        #expect(book.route(user: "U1") == ana)
        // And where WhatsApp said that she left it, whoever has it is somebody else.
        var other = Book()
        let eva = other.route(user: "U1", phone: "P1")
        _ = other.change(fromPhone: "P1", toPhone: "P2")
        #expect(other.route(phone: "P1") != eva)
        #expect(other.route(phone: "P2") == eva)
    }

    @Test("a new number's long past is not the customer's")
    func longPast() {
        var book = Book()
        let stranger = book.route(phone: "P2")
        book.count += 8 * 86_400
        let ana = book.route(user: "U1", phone: "P1")
        _ = book.change(fromPhone: "P1", toPhone: "P2")
        #expect(book.route(phone: "P2") == ana)
        #expect(stranger != ana)
        #expect(book.table.moves(by: book.log[book.log.count - 1]).isEmpty)
    }

    @Test("a link is undone for good, and its conversation goes on by itself")
    func undone() throws {
        var book = Book()
        let byPhone = book.route(phone: "P")
        let byUser = book.route(user: "U")
        _ = book.route(user: "U", phone: "P")
        #expect(book.apart(user: "U", from: byPhone) == byUser)
        let undo = try #require(book.log.last)
        #expect(book.table.moves(by: undo) == [.init(from: byUser, into: nil)])
        #expect(book.route(user: "U") == byUser)
        #expect(book.route(user: "U", phone: "P") == byUser)
        #expect(book.route(phone: "P") == byPhone)
    }

    @Test("a new customer's names move nothing in a log that began with sightings, else all others")
    func nothingBefore() throws {
        for isComplete in [false, true] {
            var book = Book(isComplete: isComplete)
            let conversation = book.route(user: "U", phone: "P")
            let moves = book.table.moves(by: try #require(book.log.last))
            let before = IdentityTable.Move(from: Self.name("P"), into: conversation)
            #expect(moves == (isComplete ? [] : [before]))
            // Sent before, and told later: it is the same customer all the same.
            #expect(book.route(phone: "P", at: -5) == conversation)
            #expect(book.route(phone: "P") == conversation)
            #expect(book.route(user: "U") == conversation)
            // Apart, the number goes on by itself.
            let apart = book.apart(phone: "P", from: conversation)
            #expect(apart != conversation)
            #expect(book.route(phone: "P") == apart)
            #expect(book.route(user: "U", phone: "P") == conversation)
        }
    }

    @Test("two conversations that were both held become one in a log that began with sightings")
    func joined() throws {
        var book = Book(isComplete: true)
        let byPhone = book.route(phone: "P")
        let byUser = book.route(user: "U")
        #expect(byPhone != byUser)
        #expect(book.route(user: "U", phone: "P") == byPhone)
        let moves = book.table.moves(by: try #require(book.log.last))
        #expect(moves == [.init(from: byUser, into: byPhone)])
    }
}

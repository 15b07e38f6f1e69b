import Console
import Conversation
import ConversationView
import HTTPClient
import PipelineTesting
import Records
import TenantKeys
import Testing

@Suite("Who is whom over HTTP", .timeLimit(.minutes(5)))
struct LinkTests {
    private static let path = "/api/v1/tenants/sol/conversations"

    private static func name(
        _ identity: String, at number: BusinessNumberID = "101"
    ) throws -> ConversationID {
        try TestKeys.key(of: "sol").conversation(number: number, identity: identity)
    }

    /// A customer writes something in a conversation.
    private static func write(
        _ id: String, _ conversation: ConversationID, as contact: Contact,
        to number: BusinessNumberID = "101", in office: Office
    ) async throws {
        try await office.append(
            InboundMessage(
                tenant: "sol", conversation: conversation, number: number, message: MessageID(id),
                contact: contact, sentAt: office.now, receivedAt: office.now, content: .text(id)),
            id: RecordID("in-\(id)"))
    }

    private static func links(
        _ conversation: ConversationID, _ office: Office
    ) async throws -> CustomerLinks? {
        let answer = try await office.ask(.get, path + "/\(conversation)/links")
        return answer.status == 200 ? try answer.value(CustomerLinks.self) : nil
    }

    /// A customer who wrote by number and by user id, which turned out to be one, and who wrote to
    /// the business's other number as well.
    private static func joined(
        _ office: Office
    ) async throws -> (phone: ConversationID, user: ConversationID) {
        let (phone, user) = (try name("34600"), try name("ES.1"))
        try await write("a", phone, as: Contact(phone: "34600"), in: office)
        try await write("b", user, as: Contact(userID: "ES.1"), in: office)
        try await write(
            "c", try name("ES.1", at: "102"), as: Contact(userID: "ES.1"), to: "102", in: office)
        try await write("d", phone, as: Contact(userID: "ES.1", phone: "34600"), in: office)
        try await office.append(
            ConversationMove(
                tenant: "sol", conversation: user, into: phone, order: 1, at: office.now),
            id: "move")
        try await office.eventually("all is known") {
            guard let links = try await links(user, office) else { return false }
            return links.conversation == phone && links.elsewhere.count == 1
                && links.links.allSatisfy { $0.kind != .userID || $0.since != nil }
        }
        return (phone, user)
    }

    @Test("names, what was joined and other numbers' conversations are told, by either name")
    func list() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let (phone, user) = try await Self.joined(office)
            for name in [phone, user] {
                let links = try #require(try await Self.links(name, office))
                #expect(links.conversation == phone)
                #expect(links.links.map(\.id) == [user, phone])
                #expect(links.links.map(\.value) == ["ES.1", "34600"])
                #expect(links.links.map(\.kind) == [.userID, .phone])
                #expect(links.links[1].since == nil)
                #expect(links.elsewhere.map(\.number) == ["102"])
            }
            let unknown = try await office.ask(.get, Self.path + "/nobody/links")
            #expect(unknown.status == 404 && unknown.text.contains("no_conversation"))
        }
    }

    @Test("a link that is undone is told to whoever routes messages, which part from then on")
    func undo() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let (phone, user) = try await Self.joined(office)
            var table = IdentityTable()
            func route(_ user: ConversationID?, _ phones: [ConversationID], at seconds: Int64)
                -> ConversationID
            {
                let sighting = IdentitySighting(
                    tenant: "sol", user: user, phones: phones, message: MessageID("m\(seconds)"),
                    at: Timestamp(seconds: seconds))
                table.follow(sighting)
                return table.route(sighting).conversation
            }
            #expect(route(nil, [phone], at: 1) == phone)
            #expect(route(user, [], at: 2) == user)
            #expect(route(user, [phone], at: 3) == phone)

            let answer = try await office.ask(
                .delete, Self.path + "/\(user)/links/\(user)")
            #expect(answer.status == 202)
            #expect(try answer.value(UndoneLink.self).conversation == phone)
            let wishes = try await office.payloads(in: .identitySightings).compactMap { value in
                if case .payload(let wish as IdentitySighting) = value { wish } else { nil }
            }
            let wish = try #require(wishes.first)
            #expect(wish.apart == phone && wish.user == user && wish.phones.isEmpty)
            table.follow(wish)
            let later = office.now.milliseconds / 1000 + 10
            #expect(route(user, [], at: later) == user)
            #expect(route(nil, [phone], at: later + 1) == phone)
            #expect(route(user, [phone], at: later + 2) == user, "not joined again")
            #expect(route(nil, [phone], at: later + 3) == phone)
        }
    }

    @Test("no other tenant's, no unknown one and not the only name can be undone")
    func refusals() async throws {
        try await Office.open { office in
            try await office.addTenant()
            try await office.addTenant("luna", number: "201")
            let phone = try Self.name("34600")
            try await Self.write("a", phone, as: Contact(phone: "34600"), in: office)
            try await office.eventually("it is known") {
                try await Self.links(phone, office) != nil
            }
            let attempts = [
                (Self.path + "/\(phone)/links/\(phone)", 409, "only_link"),
                (Self.path + "/\(phone)/links/other", 404, "no_link"),
                (
                    "/api/v1/tenants/luna/conversations/\(phone)/links/\(phone)", 404,
                    "no_conversation"
                ),
            ]
            for (target, status, code) in attempts {
                let answer = try await office.ask(.delete, target)
                #expect(answer.status == status && answer.text.contains(code), "\(target)")
            }
            #expect(try await office.payloads(in: .identitySightings).isEmpty)
        }
    }
}

import HTTPClient
import PipelineTesting
import Synchronization
import Testing

/// A message that a customer saw.
struct Seen: Sendable, Hashable {
    var wamid: String
    var text: String
    var replyTo: String?
    var statuses: [String]

    init(_ json: JSON) {
        wamid = json["wamid"].string ?? ""
        text = json["text"].string ?? ""
        replyTo = json["reply_to"].string
        statuses = json["statuses"].elements.compactMap(\.string)
    }
}

/// A simulated customer of a business, with a phone of its own.
struct Customer: Sendable {
    private static let phones = Mutex(600_000_000)

    let simulator: LocalAPI
    let business: String
    let phone: String

    init(of business: String = RunningInstallation.demo, in installation: RunningInstallation) {
        let number = Self.phones.withLock { number in
            number += 1
            return number
        }
        self.init(of: business, phone: "34\(number)", in: installation)
    }

    /// A customer who has written before.
    init(of business: String, phone: String, in installation: RunningInstallation) {
        simulator = installation.simulator
        self.business = business
        self.phone = phone
    }

    /// Writes; answers the message's id.
    @discardableResult
    func write(_ text: String) async throws -> String {
        let written = try await simulator.call(
            .post, "/api/v1/messages",
            try jsonBytes(["business": business, "from": phone, "text": text]))
        return try #require(written["wamid"].string)
    }

    /// Writes under the name of a profile.
    func write(_ text: String, named name: String) async throws {
        try await simulator.call(
            .post, "/api/v1/messages",
            try jsonBytes(["business": business, "from": phone, "text": text, "name": name]))
    }

    /// Sends a message of another kind than words, as WhatsApp's webhook holds it.
    @discardableResult
    func send(_ type: String, _ content: String) async throws -> String {
        let json =
            #"{"business":"\#(business)","from":"\#(phone)","#
            + #""message":{"type":"\#(type)","\#(type)":\#(content)}}"#
        let written = try await simulator.call(.post, "/api/v1/messages", Array(json.utf8))
        return try #require(written["wamid"].string)
    }

    /// Reacts to a message of the business's.
    func react(_ emoji: String, to wamid: String) async throws {
        try await send("reaction", #"{"message_id":"\#(wamid)","emoji":"\#(emoji)"}"#)
    }

    /// What webhooks name a customer by.
    enum Naming {
        case phone, userID, both
    }

    /// Writes under a name; answers the customer's user id.
    @discardableResult
    func write(_ text: String, named naming: Naming) async throws -> String {
        let written = try await simulator.call(
            .post, "/api/v1/messages",
            try jsonBytes(
                Named(
                    business: business, from: phone, text: text, hides_phone: naming == .userID,
                    hides_user_id: naming == .phone)))
        return try #require(written["user_id"].string)
    }

    private struct Named: Encodable {
        var business: String
        var from: String
        var text: String
        var hides_phone: Bool
        var hides_user_id: Bool
    }

    /// Writes, and waits until the business has taken it: WhatsApp promises no order among webhooks
    /// that are under way together.
    func writeInOrder(_ text: String) async throws {
        let wamid = try await write(text)
        try await eventually("the webhook of \(text) is answered with 200") {
            try await view()["written"].elements.contains { written in
                written["wamid"].string == wamid && written["acknowledged_at"].int != nil
            }
        }
    }

    /// What the simulator knows of the conversation.
    func view(after: Int = 0, wait: Int = 0) async throws -> JSON {
        try await simulator.call(
            .get, "/api/v1/conversations/\(business)/\(phone)?after=\(after)&wait=\(wait)")
    }

    /// All that was seen so far.
    func seen() async throws -> [Seen] {
        try await view()["messages"].elements.map(Seen.init)
    }

    /// Waits until so many messages were seen in all; answers all.
    @discardableResult
    func seen(atLeast count: Int, within limit: Duration = .seconds(100)) async throws -> [Seen] {
        let deadline = ContinuousClock.now + limit
        while true {
            let all = try await seen()
            if all.count >= count { return all }
            guard ContinuousClock.now < deadline else {
                throw NeverHappened(
                    description: "\(count) messages for \(phone) of \(business); saw \(all)")
            }
            _ = try await view(after: all.count, wait: 2)
        }
    }

    /// Writes and waits for the next message.
    func ask(_ text: String, within limit: Duration = .seconds(100)) async throws -> Seen {
        let before = try await seen().count
        try await write(text)
        return try #require(try await seen(atLeast: before + 1, within: limit).last)
    }
}

/// Which conversation each identifier of a customer belongs to.
///
/// A fold of the tenants' sightings: the same order of them makes the same table, in whichever
/// process. A message that tells something is routed only once what it tells stands in the table,
/// so that a repeat of it, which another process may take, goes the same way.
package struct IdentityTable: Sendable {
    /// Where a message goes, and whether that is to be written down.
    package struct Route: Hashable, Sendable {
        /// The conversation.
        package var conversation: ConversationID
        /// Whether the sighting says what was not known.
        package var isNews: Bool
    }

    /// What a sighting moved.
    package struct Move: Hashable, Sendable, Codable {
        /// The conversation that moves.
        package var from: ConversationID
        /// Where it goes on; `nil` where it goes on by itself.
        package var into: ConversationID?

        /// Describes a move.
        package init(from: ConversationID, into: ConversationID?) {
            self.from = from
            self.into = into
        }
    }

    /// Conversations that began within this time before a number changed hands are still the new
    /// owner's: the word of the change may come after the first message.
    static let changeDelay = Duration.seconds(7 * 86_400)

    private var decided = IdentityLayer()
    /// Where messages went that told something, by their marks.
    private var routed: [UInt64: IdentityName] = [:]

    /// Knows nobody yet.
    package init() {}

    /// Where a message goes by all that is known here; if it brings news, that has to be followed
    /// first.
    package func route(_ sighting: IdentitySighting) -> Route {
        if let known = routed[IdentityDecision.mark(of: sighting)] {
            return Route(conversation: known.conversation, isNews: false)
        }
        var decision = IdentityDecision(sighting, below: decided, IdentityLayer())
        guard let conversation = decision.decide() else {
            // Names that are none of ours: they are their own conversation.
            let own = sighting.user ?? sighting.phones.first ?? sighting.formerUser
            return Route(conversation: own ?? "unknown", isNews: false)
        }
        return Route(conversation: conversation.conversation, isNews: decision.isNews)
    }

    /// Follows a sighting as it stands in the log.
    package mutating func follow(_ sighting: IdentitySighting) {
        var decision = IdentityDecision(sighting, below: IdentityLayer(), Self.take(&decided))
        let conversation = decision.decide()
        decided = decision.top
        let mark = IdentityDecision.mark(of: sighting)
        // The first that stood in the log decided, should two processes have sighted it.
        if let conversation, routed[mark] == nil { routed[mark] = conversation }
    }

    /// What a sighting that stands in the log moved, as far as no later one changed it.
    package func moves(by sighting: IdentitySighting) -> [Move] {
        IdentityDecision(sighting, below: IdentityLayer(), decided).moves
    }

    /// The layer, which nobody else holds then: it is changed in place, not copied.
    private static func take(_ layer: inout IdentityLayer) -> IdentityLayer {
        let taken = layer
        layer = IdentityLayer()
        return taken
    }
}

/// An identifier or a conversation by 128 bits of its name: there are many of them.
struct IdentityName: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// Reads a name of ours, 32 hexadecimal digits; `nil` for any other.
    init?(_ name: ConversationID) {
        let digits = name.rawValue.utf8
        guard digits.count == 32,
            digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
            let high = UInt64(name.rawValue.prefix(16), radix: 16),
            let low = UInt64(name.rawValue.suffix(16), radix: 16)
        else { return nil }
        self.high = high
        self.low = low
    }

    /// A conversation of its own for an identifier that changed hands because of a message.
    init(fresh identifier: Self, because mark: UInt64) {
        (high, low) = NameHash.hash(
            Array("\(identifier.high) \(identifier.low) \(mark)".utf8))
    }

    var conversation: ConversationID {
        func digits(_ half: UInt64) -> String {
            let text = String(half, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        return ConversationID(digits(high) + digits(low))
    }
}

/// What is known, or is reckoned on top of that.
struct IdentityLayer: Sendable {
    /// Where an identifier belongs.
    struct Place: Hashable, Sendable {
        var conversation: IdentityName
        /// Since when, in milliseconds; the message that said so counts as later.
        var since: Int64
        var mark: UInt64
        /// Where it belonged before.
        var before: IdentityName?
    }

    /// What is known of a conversation.
    struct Standing: Hashable, Sendable {
        /// The customer's user id of now.
        var user: IdentityName?
        /// When it was first heard of.
        var born: Int64
        /// Where it goes on.
        var into: IdentityName?
        var movedAt: Int64 = .min
        var mark: UInt64 = 0
    }

    struct Apart: Hashable, Sendable {
        var identifier: IdentityName
        var conversation: IdentityName
    }

    var places: [IdentityName: Place] = [:]
    var standings: [IdentityName: Standing] = [:]
    var apart: Set<Apart> = []
}

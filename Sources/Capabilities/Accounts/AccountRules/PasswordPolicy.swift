import Foundation

/// What a password must be: long, and none that is guessed first.
///
/// No kind of character is asked for and no change is ever due (NIST SP 800-63B-4; OWASP ASVS 5.0,
/// 6.2): both make passwords worse. Pasting and every character work. Length counts code points
/// after normalisation (NFKC), so that it does not depend on how a keyboard composes letters.
package struct PasswordPolicy: Sendable {
    /// Code points where the password stands alone (NIST SP 800-63B-4).
    package static let leastAlone = 15
    /// Code points where a second factor stands beside it.
    package static let leastWithSecondFactor = 8
    /// Code points at most: more than any manager makes, and far less than a request may carry.
    package static let most = 256
    /// The most that a tenant may ask for.
    package static let highestLeast = 64

    /// Why a password is not taken.
    package enum Refusal: Hashable, Sendable, CustomStringConvertible {
        /// It has too few code points.
        case tooShort(least: Int)
        /// It has too many code points.
        case tooLong(most: Int)
        /// It would be guessed.
        case guessable(GuessReason)

        /// One sentence for whoever chose it.
        package var description: String {
            switch self {
            case .tooShort(let least): "use at least \(least) characters; a sentence is good"
            case .tooLong(let most): "use at most \(most) characters"
            case .guessable(let reason): reason.description
            }
        }

        /// A stable word for programs, in snake case.
        package var code: String {
            switch self {
            case .tooShort: "too_short"
            case .tooLong: "too_long"
            case .guessable(let reason): reason.rawValue
            }
        }
    }

    private let least: Int

    /// The policy for whoever has a second factor or not, where a tenant asks for at least so many
    /// code points (0: no more than everywhere).
    package init(hasSecondFactor: Bool, tenantLeast: Int = 0) {
        let own = hasSecondFactor ? Self.leastWithSecondFactor : Self.leastAlone
        least = max(own, min(tenantLeast, Self.highestLeast))
    }

    /// The fewest code points that it takes; pages show it.
    package var shortest: Int { least }

    /// The form in which a password is hashed and checked: the same for each way to type it.
    package static func normalised(_ password: String) -> String {
        password.precomposedStringWithCompatibilityMapping
    }

    /// Why a password is not taken, or nil when it is.
    ///
    /// `names` are those around the person: their own, the address's parts, the tenant's, the
    /// product's.
    package func refusal(of password: String, names: [String]) -> Refusal? {
        // Normalisation makes a text longer, by eighteen times at most (UAX #15).
        guard password.unicodeScalars.count <= Self.most else { return .tooLong(most: Self.most) }
        let normal = Self.normalised(password)
        let count = normal.unicodeScalars.count
        guard count >= least else { return .tooShort(least: least) }
        guard count <= Self.most else { return .tooLong(most: Self.most) }
        return Guessing.reason(for: normal, names: names).map(Refusal.guessable)
    }
}

/// How a password would be guessed.
package enum GuessReason: String, Hashable, Sendable, CustomStringConvertible {
    /// Few characters, again and again.
    case repeated
    /// Letters or digits in their order.
    case sequence
    /// Neighbours on a keyboard.
    case keyboard
    /// Words that very many people use.
    case common
    /// Little more than a name of the person or the organisation.
    case name

    /// One sentence for whoever chose it.
    package var description: String {
        switch self {
        case .repeated: "it repeats itself; whoever guesses tries that first"
        case .sequence: "it is a sequence such as abcd or 1234; whoever guesses tries that first"
        case .keyboard: "it follows the keys of a keyboard; whoever guesses tries that first"
        case .common: "it is made of words that very many people use as their password"
        case .name: "it is little more than your name or that of your organisation"
        }
    }
}

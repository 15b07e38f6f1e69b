/// An API key as its holder has it: `ply_live_ID_SECRETCHECK`.
///
/// The form follows GitHub's tokens: a prefix that nobody else uses, by which scanners find keys
/// that leaked, 30 base62 characters of secret (178 bits), and 6 of a CRC-32 over all before them,
/// which tells a key that was mistyped from one that was never given out. A key is found by its id;
/// its SHA-256 is what is stored, which for so long a secret is enough. As a rule for scanners:
/// `ply_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{36}`.
package struct APIKeyText: Sendable, Equatable {
    /// Why a text is no key.
    package enum Flaw: Error, Equatable, CustomStringConvertible {
        /// It has another form, and was never meant as a key of Parley.
        case foreign
        /// It has the form of a key, and its checksum is wrong: a character is, or some are
        /// missing.
        case mistyped

        /// One sentence for whoever sent it.
        package var description: String {
            switch self {
            case .foreign: "this is no API key of Parley: those begin with \(APIKeyText.prefix)"
            case .mistyped: "the API key is mistyped or cut short: its check characters are wrong"
            }
        }
    }

    /// What all keys begin with.
    package static let prefix = "ply_live_"
    private static let idLength = 12
    private static let secretLength = 30
    private static let checkLength = 6

    /// The public part, by which the key is found and shown in lists.
    package let id: String
    /// The whole key, to show once.
    package let text: String

    /// Makes a fresh key.
    package static func make() throws(CryptographyError) -> APIKeyText {
        let id = try Base62.random(count: idLength)
        let body = "\(prefix)\(id)_\(try Base62.random(count: secretLength))"
        return APIKeyText(id: id, text: body + check(of: body))
    }

    private init(id: String, text: String) {
        self.id = id
        self.text = text
    }

    /// Reads what a caller sent; white space around it does not matter.
    package init(_ sent: String) throws(Flaw) {
        guard sent.utf8.count <= 200 else { throw .foreign }
        let text = sent.filter { !$0.isWhitespace }
        guard text.hasPrefix(Self.prefix) else { throw .foreign }
        let parts = text.dropFirst(Self.prefix.count).split(
            separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == Self.idLength,
            parts[1].utf8.count == Self.secretLength + Self.checkLength,
            text.hasSuffix(Self.check(of: String(text.dropLast(Self.checkLength))))
        else { throw .mistyped }
        id = String(parts[0])
        self.text = text
    }

    /// The SHA-256 of the key, in hexadecimal: what is stored.
    package var hash: String { SHA256.hex(text) }

    /// Whether this is the key of a stored hash, compared in constant time.
    package func matches(hash stored: String) -> Bool { ConstantTime.equal(hash, stored) }

    private static func check(of body: String) -> String {
        Base62.encode(CRC32.checksum(body.utf8), width: checkLength)
    }
}

/// Numbers and chance in the digits and letters of ASCII.
enum Base62 {
    private static let alphabet = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// A number with zeros before it; six characters hold all of 32 bits.
    static func encode(_ number: UInt32, width: Int) -> String {
        var rest = number
        var digits: [UInt8] = []
        for _ in 0..<width {
            digits.append(alphabet[Int(rest % 62)])
            rest /= 62
        }
        return String(decoding: digits.reversed(), as: UTF8.self)
    }

    /// So many characters, each as likely as the others.
    static func random(count: Int) throws(CryptographyError) -> String {
        var characters: [UInt8] = []
        while characters.count < count {
            // 248 is four times 62: of what is above, some characters would come more often.
            for byte in try RandomBytes.make(count: count)
            where byte < 248 && characters.count < count {
                characters.append(alphabet[Int(byte % 62)])
            }
        }
        return String(decoding: characters, as: UTF8.self)
    }
}

/// A code for whoever has lost the second factor: works once, is shown once.
///
/// 24 base32 characters are 120 bits, so a plain hash is enough to store (OWASP ASVS 5.0, 6.5: 112
/// bits; fewer would want a slow, salted one).
package struct BackupCode: Sendable, Equatable {
    /// How many a person gets.
    package static let count = 10
    private static let byteLength = 15
    private static let groupLength = 4

    /// The code to show, in groups of four: `ABCD-EFGH-…`.
    package let text: String
    /// The SHA-256 of the code, in hexadecimal: what is stored and looked for.
    package let hash: String

    /// Makes a fresh set.
    package static func makeSet() throws(CryptographyError) -> [BackupCode] {
        var codes: [BackupCode] = []
        for _ in 0..<count {
            let plain = Base32.encode(try RandomBytes.make(count: byteLength))
            codes.append(BackupCode(plain))
        }
        return codes
    }

    /// Reads what was typed, in either case, with or without hyphens and spaces; nil when it has
    /// not the form of a code.
    package init?(typed: String) {
        guard typed.utf8.count <= 100 else { return nil }
        let plain = typed.filter { !$0.isWhitespace && $0 != "-" }.uppercased()
        guard Base32.decode(plain)?.count == Self.byteLength else { return nil }
        self.init(plain)
    }

    private init(_ plain: String) {
        var groups = ""
        for (index, character) in plain.enumerated() {
            if index > 0, index % Self.groupLength == 0 { groups.append("-") }
            groups.append(character)
        }
        text = groups
        hash = SHA256.hex("parley backup code \(plain)")
    }
}

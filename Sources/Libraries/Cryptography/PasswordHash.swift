import CLibcrypto

/// A password kept as its scrypt hash (RFC 7914) with the salt and the cost it was made with.
///
/// Text form (PHC string format): `$scrypt$ln=15,r=8,p=3$SALT$HASH`, both in base64 without
/// padding. Making and verifying take 32 MiB and about a third of a second of one core: servers let
/// a `PasswordHasher` do it, which limits how many run at a time.
package struct PasswordHash: Sendable, Equatable {
    /// What scrypt costs: memory is 128 · 2^logN · r bytes, time grows with p as well.
    package struct Cost: Sendable, Equatable {
        /// The binary logarithm of N.
        package var logN: Int
        /// The block size.
        package var r: Int
        /// The parallelisation, which is done in sequence here.
        package var p: Int

        /// Takes the three parameters of scrypt.
        package init(logN: Int, r: Int, p: Int) {
            self.logN = logN
            self.r = r
            self.p = p
        }

        /// OWASP's password storage cheat sheet: N = 2^15, r = 8, p = 3 (32 MiB).
        package static let standard = Cost(logN: 15, r: 8, p: 3)

        /// Beyond these a stored hash is refused: 2^20 with r = 8 takes 1 GiB, the most that one
        /// attempt to sign in may ever cost.
        fileprivate var isAcceptable: Bool {
            (1...20).contains(logN) && (1...16).contains(r) && (1...16).contains(p)
        }
    }

    private static let saltLength = 16
    private static let hashLength = 32

    /// The text to store.
    package let text: String

    /// Hashes a password with a fresh salt; throws `libraryFailure` when memory is exhausted.
    package init(
        of password: String, cost: Cost = .standard
    ) throws(CryptographyError) {
        precondition(cost.isAcceptable, "scrypt's cost must be within the accepted limits")
        let salt = try RandomBytes.make(count: Self.saltLength)
        let hash = try Self.scrypt(
            Array(password.utf8), salt: salt, cost: cost, length: Self.hashLength)
        self.init(cost, salt: salt, hash: hash)
    }

    /// A hash that no password is known to have, and that costs as much to verify as any other:
    /// for accounts that there are not, so that the time an answer takes tells nothing.
    package static func decoy(
        cost: Cost = .standard
    ) throws(CryptographyError) -> PasswordHash {
        precondition(cost.isAcceptable, "scrypt's cost must be within the accepted limits")
        return PasswordHash(
            cost, salt: try RandomBytes.make(count: saltLength),
            hash: try RandomBytes.make(count: hashLength))
    }

    private init(_ cost: Cost, salt: [UInt8], hash: [UInt8]) {
        let parameters = "ln=\(cost.logN),r=\(cost.r),p=\(cost.p)"
        text = "$scrypt$\(parameters)$\(Self.encode(salt))$\(Self.encode(hash))"
    }

    /// Takes a stored text, which `verify` checks.
    package init(stored text: String) {
        self.text = text
    }

    /// Whether this is the password, compared in constant time; throws `malformedPasswordHash`
    /// when the stored text is not one.
    package func verify(_ password: String) throws(CryptographyError) -> Bool {
        let stored = try parse()
        let hash = try Self.scrypt(
            Array(password.utf8), salt: stored.salt, cost: stored.cost, length: stored.hash.count)
        return ConstantTime.equal(hash, stored.hash)
    }

    /// Whether it was made with another cost than today's and should be made anew at sign-in.
    package func needsRehash(
        cost: Cost = .standard
    ) throws(CryptographyError) -> Bool {
        try parse().cost != cost
    }

    /// scrypt itself; not for callers, but for the published vectors.
    static func scrypt(
        _ password: [UInt8], salt: [UInt8], cost: Cost, length: Int
    ) throws(CryptographyError) -> [UInt8] {
        // libcrypto refuses more than this; twice what the algorithm needs, and a little.
        let memory = (UInt64(256 * cost.r) << UInt64(cost.logN)) + (1 << 20)
        var out = [UInt8](repeating: 0, count: length)
        let done = unsafe password.withUnsafeBytes { bytes in
            unsafe EVP_PBE_scrypt(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, salt,
                salt.count, 1 << UInt64(cost.logN), UInt64(cost.r), UInt64(cost.p), memory, &out,
                length)
        }
        guard done == 1 else { throw .libraryFailure(operation: "scrypt") }
        return out
    }

    private func parse() throws(CryptographyError) -> (cost: Cost, salt: [UInt8], hash: [UInt8]) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let cost = Self.cost(from: parts[2]), cost.isAcceptable,
            let salt = Base64.decode(parts[3]), (8...64).contains(salt.count),
            let hash = Base64.decode(parts[4]), (16...64).contains(hash.count)
        else { throw .malformedPasswordHash }
        return (cost, salt, hash)
    }

    private static func cost(from text: Substring) -> Cost? {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0].hasPrefix("ln="), fields[1].hasPrefix("r="),
            fields[2].hasPrefix("p="), let logN = Int(fields[0].dropFirst(3)),
            let r = Int(fields[1].dropFirst(2)), let p = Int(fields[2].dropFirst(2))
        else { return nil }
        return Cost(logN: logN, r: r, p: p)
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        let text = Base64.encode(bytes)
        return String(text.prefix { $0 != "=" })
    }
}

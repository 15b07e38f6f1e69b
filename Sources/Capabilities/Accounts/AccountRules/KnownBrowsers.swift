package import Conversation
package import Cryptography

/// Tells browsers in which an account was signed in to before, by a cookie that only we can make.
///
/// It gives no access at all; whoever has it is merely not held up by the guesses of strangers (see
/// ``SignInThrottle``), and has as many attempts of their own.
package struct KnownBrowsers: Sendable {
    /// A cookie to set.
    package struct Cookie: Sendable, Hashable {
        /// Its name, one for each account; prefixes such as `__Host-` are the caller's.
        package var name: String
        /// Its value.
        package var value: String
        /// How long browsers keep it, in seconds.
        package var maxAgeSeconds: Int64
        /// The id of the browser that will have it.
        package var browser: String
    }

    /// As long as browsers keep cookies at most (RFC 6265bis, 5.5: 400 days), and a little less.
    private static let maxAgeSeconds: Int64 = 390 * 86_400

    private let key: HMACKey

    /// Signs with a key of 32 bytes that is for nothing else.
    ///
    /// - Throws: `CryptographyError` where the key is shorter, or memory is exhausted.
    package init(key: [UInt8]) throws(CryptographyError) {
        guard key.count >= 32 else { throw .wrongKeyLength(expected: 32, actual: key.count) }
        self.key = try HMACKey(key)
    }

    /// The name of an account's cookie, which tells nothing of it.
    package func cookieName(of account: String) throws(CryptographyError) -> String {
        "seen-\(Hex.encode(try mac(["name", account]).prefix(6)))"
    }

    /// Makes a cookie for a browser in which an account was signed in to.
    package func cookie(
        of account: String, at now: Timestamp
    ) throws(CryptographyError) -> Cookie {
        let id = try RandomBytes.token(bytes: 12)
        let end = String(now.milliseconds / 1000 + Self.maxAgeSeconds)
        let signature = Cryptography.Base64.encodeURLSafe(try mac(["browser", account, id, end]))
        return Cookie(
            name: try cookieName(of: account), value: "\(id).\(end).\(signature)",
            maxAgeSeconds: Self.maxAgeSeconds, browser: id)
    }

    /// The browser's id in a cookie's value, or nil where it is not ours, another account's or too
    /// old.
    package func browser(
        in value: String, of account: String, at now: Timestamp
    ) throws(CryptographyError) -> String? {
        guard value.utf8.count <= 200 else { return nil }
        // Named with its module: that of `Conversation` reads the standard alphabet alone.
        let parts = value.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let signature = Cryptography.Base64.decode(parts[2]),
            ConstantTime.equal(signature, try mac(["browser", account, parts[0], parts[1]])),
            let end = Int64(parts[1]), now.milliseconds / 1000 <= end
        else { return nil }
        return parts[0]
    }

    /// The code over parts that cannot run into each other.
    private func mac(_ parts: [String]) throws(CryptographyError) -> [UInt8] {
        let text = parts.map { "\($0.utf8.count):\($0)" }.joined()
        return try key.authenticate(Array("parley known browser 1 \(text)".utf8))
    }
}

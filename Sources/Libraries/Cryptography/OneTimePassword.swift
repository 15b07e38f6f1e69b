/// The second factor of an authenticator app: a code of six digits that changes every 30 seconds
/// (TOTP, RFC 6238, over HOTP, RFC 4226).
///
/// SHA-1, six digits and 30 seconds are the defaults, and the only values that many apps know.
package struct OneTimePassword: Sendable {
    /// Digits of a code.
    package static let digits = 6
    /// Seconds for which a code is the current one.
    package static let stepSeconds: Int64 = 30
    /// Steps before and after the current one that are taken: clocks differ, and people are slow
    /// (RFC 6238, 5.2 and 6).
    private static let tolerance: Int64 = 1
    /// Bytes of a secret: 160 bits, as RFC 4226 (section 4, R6) advises.
    private static let secretLength = 20

    /// What the app and the server share; seal it where it is stored.
    package let secret: [UInt8]

    /// Takes a stored secret.
    package init(secret: [UInt8]) {
        self.secret = secret
    }

    /// Makes a fresh secret.
    package static func make() throws(CryptographyError) -> OneTimePassword {
        OneTimePassword(secret: try RandomBytes.make(count: secretLength))
    }

    /// The secret as people type it into an app that cannot read a QR code.
    package var secretText: String { Base32.encode(secret) }

    /// The step that a moment falls into; `seconds` since 1970-01-01 UTC.
    package static func step(at seconds: Int64) -> Int64 {
        // Rounded down for moments before 1970, too.
        (seconds - ((seconds % stepSeconds) + stepSeconds) % stepSeconds) / stepSeconds
    }

    /// The code of a step: what the app shows.
    package func code(ofStep step: Int64) throws(CryptographyError) -> String {
        let bits = UInt64(bitPattern: step)
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) }
        let mac = try HMAC.sha1(key: secret, counter)
        // RFC 4226, 5.3: the last four bits say where to read 31 bits.
        let offset = Int(mac[19] & 0x0F)
        let number =
            UInt32(mac[offset] & 0x7F) << 24 | UInt32(mac[offset + 1]) << 16
            | UInt32(mac[offset + 2]) << 8 | UInt32(mac[offset + 3])
        let text = String(number % 1_000_000)
        return String(repeating: "0", count: Self.digits - text.count) + text
    }

    /// The step whose code this is, or nil when it is none of now.
    ///
    /// A code must work once only: whoever decides keeps the last accepted step, and refuses one
    /// that is not greater (RFC 6238, 5.2). Where two steps have the same code, the later is told.
    package func step(
        of typed: String, at seconds: Int64
    ) throws(CryptographyError) -> Int64? {
        guard let code = Self.normalised(typed) else { return nil }
        let now = Self.step(at: seconds)
        var found: Int64?
        // All of them, always: how long it takes says nothing about which.
        for step in (now - Self.tolerance)...(now + Self.tolerance)
        where ConstantTime.equal(code, try self.code(ofStep: step)) {
            found = step
        }
        return found
    }

    /// The six digits of what was typed: apps show them in groups, and keyboards have digits of
    /// several scripts.
    private static func normalised(_ typed: String) -> String? {
        guard typed.utf8.count <= 64 else { return nil }
        var code = ""
        for character in typed where !character.isWhitespace && character != "-" {
            guard let digit = character.wholeNumberValue, (0...9).contains(digit) else {
                return nil
            }
            code += String(digit)
        }
        return code.count == digits ? code : nil
    }

    /// The `otpauth` URI that a QR code carries (Google Authenticator's Key URI Format).
    ///
    /// It names neither algorithm, digits nor period: apps that know only the defaults would
    /// ignore them, or refuse.
    package func uri(issuer: String, account: String) -> String {
        // A colon divides issuer and account, so neither may hold one.
        let issuer = Self.escaped(issuer.filter { $0 != ":" })
        let account = Self.escaped(account.filter { $0 != ":" })
        return "otpauth://totp/\(issuer):\(account)?secret=\(secretText)&issuer=\(issuer)"
    }

    /// Percent-encoded but for unreserved characters (RFC 3986, 2.3).
    private static func escaped(_ text: String) -> String {
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                escaped.append(byte)
            default:
                escaped.append(UInt8(ascii: "%"))
                escaped.append(contentsOf: Hex.encode([byte]).uppercased().utf8)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}

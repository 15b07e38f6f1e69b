package import Cryptography
package import HTTPServer

/// What a caller names one act by, so that asking again for it does it once.
///
/// The header field `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a string of
/// structured fields, so in quotes; callers that know other services send it bare, which is taken.
package struct IdempotencyKey: Hashable, Sendable {
    /// Characters at most, as Stripe takes them.
    package static let most = 255

    /// The key without quotes.
    package let text: String

    /// The key of a request.
    ///
    /// - Throws: 400 where there is none, several, or one that cannot be.
    package init(of request: HTTPRequest) throws(Problem) {
        let lines = request.headers.all(named: "Idempotency-Key")
        guard let line = lines.first else {
            throw Problem(
                .idempotencyKeyMissing,
                "send an Idempotency-Key of your own, such as a UUID, which names this act: with "
                    + "the same one you can ask again without doing it twice")
        }
        guard lines.count == 1, let text = Self.text(of: line) else {
            throw Problem(
                .idempotencyKeyInvalid,
                "send one Idempotency-Key of 1 to \(Self.most) visible ASCII characters")
        }
        self.text = text
    }

    /// The text of a value: what stands in the quotes, or the whole of a bare one.
    private static func text(of line: String) -> String? {
        let bytes = Array(line.utf8)
        guard let first = bytes.first, bytes.count <= 2 * most + 2 else { return nil }
        let text = first == UInt8(ascii: "\"") ? unquoted(bytes) : bytes
        guard let text, (1...most).contains(text.count),
            text.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    /// A string of structured fields (RFC 9651, 4.2.5), without parameters behind it.
    private static func unquoted(_ bytes: [UInt8]) -> [UInt8]? {
        let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        guard bytes.count >= 2, bytes.last == quote else { return nil }
        var text: [UInt8] = []
        var rest = bytes.dropFirst().dropLast()
        while let byte = rest.popFirst() {
            switch byte {
            case quote: return nil
            case backslash:
                guard let next = rest.popFirst(), next == quote || next == backslash else {
                    return nil
                }
                text.append(next)
            default: text.append(byte)
            }
        }
        return text
    }
}

/// One act of one caller: a key means nothing to others, nor at another endpoint.
package struct IdempotencyScope: Hashable, Sendable {
    /// The SHA-256 of tenant, caller, method, path and key, in hexadecimal.
    ///
    /// It is under this name that an answer is kept, and it serves as the reference of the act's
    /// command: a fold that has seen it does nothing again, so that the act is done once even by
    /// two processes that do not share a file.
    package let reference: String
    /// What only whoever knows the key can make: it opens the answer that is kept.
    let secret: [UInt8]

    /// The scope of a request; `tenant` is empty for the installation's own, `caller` names an
    /// account or API key.
    ///
    /// - Throws: `libraryFailure` where memory is exhausted.
    package init(
        tenant: String, caller: String, _ request: HTTPRequest, _ key: IdempotencyKey
    ) throws(CryptographyError) {
        let path = String(request.target.prefix { $0 != "?" })
        var bytes: [UInt8] = []
        for part in [tenant, caller, request.method.rawValue, path, key.text] {
            // With lengths before them, parts cannot run into each other.
            bytes += Array("\(part.utf8.count):\(part)".utf8)
        }
        reference = SHA256.hex(bytes)
        secret = try HMAC.sha256(
            key: Array(key.text.utf8), Array("parley idempotent answer 1".utf8) + bytes)
    }
}

extension IdempotencyScope {
    /// What the act is called once it was refused so often: nothing was done by the names before,
    /// and nobody would look at them again.
    func reference(afterRefusals count: Int64) -> String {
        count == 0 ? reference : SHA256.hex("\(reference)/\(count)")
    }
}

extension Problem {
    /// That something was done, and its answer held a secret that was shown then.
    package static let secretWasShown = Problem(
        .idempotencySecret,
        "this was done, and its answer held a secret that is shown once; if it is lost, make or "
            + "rotate another")
}

extension Problem.Kind {
    /// There is no `Idempotency-Key`.
    package static let idempotencyKeyMissing = Self(400, "idempotency_key_missing")
    /// The `Idempotency-Key` cannot be read.
    package static let idempotencyKeyInvalid = Self(400, "idempotency_key_invalid")
    /// The same request runs at this moment.
    package static let idempotencyRunning = Self(409, "idempotency_running")
    /// It was done, and its answer held a secret that is shown once.
    package static let idempotencySecret = Self(409, "idempotency_secret_shown")
    /// The key was used for another body.
    package static let idempotencyReused = Self(422, "idempotency_key_reused")
}

/// The keys of an installation, under which secrets lie encrypted at rest.
///
/// Text form, of a file and of an environment variable: one key a line (or separated by commas),
/// `ID BASE64` with 32 bytes, the newest first; `#` begins a comment. New secrets are sealed under
/// the first key; all keys open. To rotate: `rotate(fileAt:)`, `reseal` what is stored (whoever
/// runs meanwhile has a ``KeyRingStore``), then remove the old line.
package struct KeyRing: Sendable {
    private struct Key: Sendable {
        var id: String
        var bytes: [UInt8]
    }

    /// More keys than any rotation needs; a longer text is not a key ring.
    private static let mostKeys = 64

    private let keys: [Key]
    private let newest: Key

    /// Reads the text form; throws `malformed` with the line, `noKeys`.
    package init(text: String, source: String) throws(KeyRingError) {
        var keys: [Key] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            for entry in line.prefix(while: { $0 != "#" }).split(separator: ",") {
                let fields = entry.split(whereSeparator: \.isWhitespace)
                guard !fields.isEmpty else { continue }
                guard let key = Self.key(from: fields), keys.count < Self.mostKeys,
                    !keys.contains(where: { $0.id == key.id })
                else { throw .malformed(source: source, line: index + 1) }
                keys.append(key)
            }
        }
        guard let newest = keys.first else { throw .noKeys(source: source) }
        self.keys = keys
        self.newest = newest
    }

    /// The id of the key that seals.
    package var newestKeyID: String { newest.id }

    /// The ids of all keys, the newest first.
    package var keyIDs: [String] { keys.map(\.id) }

    /// Seals a secret for one purpose, such as `tenant/42/access-token`: only the same context
    /// opens it, so a sealed secret cannot be moved to another place.
    package func seal(_ secret: String, context: String) throws(KeyRingError) -> SealedSecret {
        do {
            let payload = try AuthenticatedEncryption.seal(
                Array(secret.utf8), key: newest.bytes,
                authenticating: Self.bound(to: context, keyID: newest.id))
            return SealedSecret(keyID: newest.id, payload: Base64.encode(payload))
        } catch {
            throw .cryptography(error)
        }
    }

    /// Opens a sealed secret; throws `unknownKey` or `damaged`.
    package func open(_ sealed: SealedSecret, context: String) throws(KeyRingError) -> String {
        guard let key = keys.first(where: { $0.id == sealed.keyID }) else {
            throw .unknownKey(id: sealed.keyID, known: keyIDs)
        }
        guard let payload = Base64.decode(sealed.payload) else {
            throw .damaged(context: context, keyID: key.id)
        }
        let plain: [UInt8]
        do {
            plain = try AuthenticatedEncryption.open(
                payload, key: key.bytes, authenticating: Self.bound(to: context, keyID: key.id))
        } catch {
            throw .damaged(context: context, keyID: key.id)
        }
        return String(decoding: plain, as: UTF8.self)
    }

    /// The same secret under the newest key, or the same value when it already is; throws as
    /// `open` does.
    package func reseal(
        _ sealed: SealedSecret, context: String
    ) throws(KeyRingError) -> SealedSecret {
        guard sealed.keyID != newest.id else { return sealed }
        return try seal(open(sealed, context: context), context: context)
    }

    /// A line of the text form with a fresh random key and id.
    static func freshLine() throws(KeyRingError) -> String {
        do {
            let id = Hex.encode(try RandomBytes.make(count: 4))
            let key = Base64.encode(
                try RandomBytes.make(count: AuthenticatedEncryption.keyLength))
            return "k\(id) \(key)"
        } catch {
            throw .cryptography(error)
        }
    }

    private static func bound(to context: String, keyID: String) -> [UInt8] {
        // The zero byte cannot occur in an id, so no two pairs give the same bytes.
        Array("sealed-secret/1/\(keyID)\0\(context)".utf8)
    }

    private static func key(from fields: [Substring]) -> Key? {
        guard fields.count == 2, isID(fields[0]), let bytes = Base64.decode(fields[1]),
            bytes.count == AuthenticatedEncryption.keyLength
        else { return nil }
        return Key(id: String(fields[0]), bytes: bytes)
    }

    private static func isID(_ text: Substring) -> Bool {
        text.utf8.count <= 64
            && text.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == ".")
            }
    }
}

/// Why a key ring could not be read or a secret not be opened; never holds keys or secrets.
package enum KeyRingError: Error, Equatable, CustomStringConvertible {
    /// A line is not `ID BASE64` with 32 bytes, or repeats an id.
    case malformed(source: String, line: Int)
    /// The text holds no key.
    case noKeys(source: String)
    /// A file of table keys, which a ring seals, has another form from that line on.
    case noTableKeys(source: String, line: Int)
    /// The file can be read by other users; `mode` holds the permission bits.
    case readableByOthers(path: String, mode: UInt32)
    /// The system refused to read or write the file.
    case file(path: String, operation: String, reason: String)
    /// Another rotation holds the temporary file.
    case rotationInProgress(temporaryPath: String)
    /// The command that gives the ring failed.
    case command(reason: String)
    /// The key that sealed a secret is not in the ring.
    case unknownKey(id: String, known: [String])
    /// The sealed secret was changed or belongs elsewhere.
    case damaged(context: String, keyID: String)
    /// libcrypto failed.
    case cryptography(CryptographyError)

    /// One sentence that says what to do.
    package var description: String {
        switch self {
        case .malformed(let source, let line):
            "line \(line) of the key ring in \(source) is not `ID BASE64` "
                + "with a new id and 32 bytes"
        case .noKeys(let source):
            "the key ring in \(source) holds no key"
        case .noTableKeys(let source, let line):
            "\(source) is damaged at line \(line): it is no file of table keys; put its newest "
                + "copy back, or what tenants wrote cannot be read"
        case .readableByOthers(let path, let mode):
            "other users may read the key file \(path) (mode \(String(mode, radix: 8))); "
                + "run `chmod 600 \(path)` and consider rotating its keys"
        case .file(let path, let operation, let reason):
            "cannot \(operation) the key file \(path): \(reason)"
        case .rotationInProgress(let path):
            "another rotation is under way: it holds \(path)"
        case .command(let reason):
            "the command of the key ring, $PARLEY_SECRET_KEYS_COMMAND, \(reason)"
        case .unknownKey(let id, let known):
            "the secret was sealed with key \(id), which is not in the ring "
                + "(\(known.joined(separator: ", "))); put its line back into the key file"
        case .damaged(let context, let keyID):
            "the secret for \(context) cannot be opened with key \(keyID): "
                + "it was changed or copied from elsewhere"
        case .cryptography(let error):
            error.description
        }
    }
}

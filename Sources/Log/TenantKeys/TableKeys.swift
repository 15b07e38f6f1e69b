package import Cryptography

/// The table keys of an installation as they lie in their file: one of each epoch, sealed by the
/// key ring.
///
/// Tenants' keys in the log are wrapped by the newest. Once all are, the older ones are dropped:
/// whatever else still holds older copies, a backup, a freed page or a segment, holds noise then.
///
/// Text form: one epoch a line, `EPOCH RINGKEYID BASE64`, the oldest first; `#` begins a comment.
package struct TableKeys: Sendable, Equatable {
    private struct Entry: Sendable, Equatable {
        var epoch: Int
        var sealed: SealedSecret
    }

    private static let heading =
        "# Table keys, sealed by the key ring: they wrap the keys of tenants' words in the log.\n"
        + "# Keep a copy of this folder apart from copies of the data; without it the words of\n"
        + "# all tenants are lost. Copies older than a week should be destroyed.\n"

    private var entries: [Entry]

    /// No table key yet.
    package init() { entries = [] }

    /// Reads the text form.
    ///
    /// - Throws: `KeyRingError.noTableKeys` with the line.
    package init(text: String, source: String) throws(KeyRingError) {
        var entries: [Entry] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let fields = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard !fields.isEmpty else { continue }
            guard fields.count == 3, let epoch = Int(fields[0]), epoch > 0,
                epoch > entries.last?.epoch ?? 0
            else { throw .noTableKeys(source: source, line: index + 1) }
            entries.append(
                Entry(
                    epoch: epoch,
                    sealed: SealedSecret(keyID: String(fields[1]), payload: String(fields[2]))))
        }
        guard !entries.isEmpty else { throw .noTableKeys(source: source, line: lines.count) }
        self.entries = entries
    }

    /// The text form.
    package var text: String {
        Self.heading
            + entries.map { "\($0.epoch) \($0.sealed.keyID) \($0.sealed.payload)\n" }.joined()
    }

    /// The epochs, the oldest first.
    package var epochs: [Int] { entries.map(\.epoch) }

    /// The epoch whose key wraps; 0 where there is none.
    package var newest: Int { entries.last?.epoch ?? 0 }

    /// The ids of the key ring's keys that sealed them.
    package var ringKeyIDs: Set<String> { Set(entries.map(\.sealed.keyID)) }

    /// These and a fresh key of the next epoch.
    ///
    /// - Throws: `KeyRingError.cryptography`.
    package func adding(sealedBy ring: KeyRing) throws(KeyRingError) -> TableKeys {
        var grown = self
        let epoch = newest + 1
        let key: [UInt8]
        do {
            key = try RandomBytes.make(count: AuthenticatedEncryption.keyLength)
        } catch {
            throw .cryptography(error)
        }
        grown.entries.append(
            Entry(
                epoch: epoch,
                sealed: try ring.seal(Base64.encode(key), context: Self.context(epoch))))
        return grown
    }

    /// The same keys, all sealed by the ring's newest key.
    ///
    /// - Throws: As opening does.
    package func resealed(by ring: KeyRing) throws(KeyRingError) -> TableKeys {
        var resealed = self
        for index in entries.indices {
            resealed.entries[index].sealed = try ring.reseal(
                entries[index].sealed, context: Self.context(entries[index].epoch))
        }
        return resealed
    }

    /// The newest alone.
    package var onlyNewest: TableKeys {
        var short = self
        short.entries = Array(entries.suffix(1))
        return short
    }

    /// The keys themselves.
    ///
    /// - Throws: `KeyRingError.unknownKey` or `.damaged`.
    package func opened(by ring: KeyRing) throws(KeyRingError) -> OpenTableKeys {
        var keys: [Int: [UInt8]] = [:]
        for entry in entries {
            let context = Self.context(entry.epoch)
            guard let key = Base64.decode(try ring.open(entry.sealed, context: context)),
                key.count == AuthenticatedEncryption.keyLength
            else { throw .damaged(context: context, keyID: entry.sealed.keyID) }
            keys[entry.epoch] = key
        }
        return OpenTableKeys(keys: keys, newest: newest)
    }

    private static func context(_ epoch: Int) -> String { "table-key/\(epoch)" }
}

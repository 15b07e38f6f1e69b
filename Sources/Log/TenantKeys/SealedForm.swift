import Conversation
import Cryptography
import JSON

/// How the log keeps a sealed value.
///
/// Of a record's value the members that are not personal stay as they are; after them, last, stands
/// `"personal":{"~":"1.KEY.SEALED"}`: the version, the key's id, and in the URL-safe alphabet of
/// Base64 what was sealed: the JSON object of the personal members. Instead of a text there may be
/// a list of texts, under a key each.
///
/// Of what a stage remembers all is sealed: a byte 1 for the version, the 8 bytes of the key's id,
/// what was sealed.
enum SealedForm {
    /// The version that is written.
    static let version: UInt8 = 1
    /// The name of the member that holds what is sealed; no field of a record is called so.
    static let member = Array("personal".utf8)
    /// The name of the only member within that.
    static let mark = Array("~".utf8)

    private static let opening = Array("\"personal\":{\"~\":\"".utf8)
    private static let closing = Array("\"}}".utf8)

    /// The length that a text is filled up to: what is short does not tell "yes" from "no", and
    /// what is long tells its order of magnitude and four to eight steps within (Padmé, arXiv
    /// 1806.03160: 12 % longer at the most).
    static func paddedLength(_ length: Int) -> Int {
        guard length >= 256 else { return max(32, (length + 31) & ~31) }
        let exponent = Int.bitWidth - 1 - length.leadingZeroBitCount
        let significant = Int.bitWidth - exponent.leadingZeroBitCount
        let step = max(1 << (exponent - significant), 32)
        return (length + step - 1) & ~(step - 1)
    }

    /// Fills JSON up with white space, which readers of JSON pass over.
    static func pad(_ json: inout [UInt8]) {
        let length = paddedLength(json.count)
        json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: length - json.count))
    }

    /// Takes the white space away.
    static func trim(_ json: inout [UInt8]) {
        var end = json.count
        while end > 0, json[end - 1] == UInt8(ascii: " ") { end -= 1 }
        json.removeLast(json.count - end)
    }

    // MARK: Records

    /// Where the sealed member of a record stands, if it is the last one and was written here.
    struct LastMember {
        /// Where the comma or brace before it stands.
        var before: Int
        /// The sealed text, within its quotes.
        var text: Range<Int>
    }

    /// Finds the sealed member from the end, without looking at what stands before it.
    ///
    /// That it is none of what a customer wrote: the last two bytes of a JSON object that ends so
    /// close it and an object within; so the quote before them ends a string. Between it and the
    /// nearest quote before stands no quote, and as that one has a colon before it and no
    /// backslash, it opens the string: inside of one a quote has a backslash before it. In the
    /// same way `"~"` is a name, for a brace stands before its first quote, and `"personal"` is
    /// one, for a comma or a brace does. So the string is the only value of the object that is the
    /// last member of the whole, and that member is called `personal`.
    static func lastMember(of bytes: [UInt8]) -> LastMember? {
        guard bytes.count > opening.count + closing.count, bytes.span.ends(with: closing) else {
            return nil
        }
        let end = bytes.count - closing.count
        guard let quote = JSONFields(bytes: bytes).lastQuote(before: end) else { return nil }
        let start = quote + 1 - opening.count
        guard start > 0, bytes.span.has(opening, at: start) else { return nil }
        let byte = bytes[start - 1]
        guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "{") else { return nil }
        return LastMember(before: start - 1, text: quote + 1..<end)
    }

    /// Closes the object of what is not personal, with the sealed member as its last.
    static func close(_ object: inout [UInt8], with sealed: [UInt8], by key: KeyID) {
        object.append(object.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
        object.append(contentsOf: opening)
        object.append(contentsOf: [UInt8(ascii: "1"), UInt8(ascii: ".")])
        object.append(contentsOf: key.rawValue.utf8)
        object.append(UInt8(ascii: "."))
        Base64.append(urlSafe: sealed, to: &object)
        object.append(contentsOf: closing)
    }

    /// The parts of a sealed text.
    struct SealedText {
        /// Where the key's id stands.
        var keyRange: Range<Int>
        /// The Base64 text.
        var sealed: Range<Int>

        /// Takes a text apart; `nil` if its version is none that is known here.
        init?(_ text: Range<Int>, in bytes: [UInt8]) {
            let full = UInt8(ascii: ".")
            guard text.count > 2, bytes[text.lowerBound] == UInt8(ascii: "1"),
                bytes[text.lowerBound + 1] == full
            else { return nil }
            let start = text.lowerBound + 2
            guard let end = bytes[start..<text.upperBound].firstIndex(of: full) else { return nil }
            keyRange = start..<end
            sealed = end + 1..<text.upperBound
        }

        /// The key's id.
        func key(in bytes: [UInt8]) -> KeyID {
            KeyID(String(decoding: bytes[keyRange], as: UTF8.self))
        }
    }
}

// MARK: Records that other tools wrote anew

extension SealedForm {
    /// A record's members that are not sealed, as an object without the brace that closes it, and
    /// its sealed texts.
    struct Parts {
        /// The object; empty if there are no such members.
        var others: [UInt8] = []
        /// The texts.
        var texts: [[UInt8]] = []
    }

    /// Takes a record apart, wherever its sealed member stands; `nil` if it has none.
    ///
    /// - Throws: ``RecordError`` if the member holds something else.
    static func parts(of bytes: [UInt8], type: String) throws(RecordError) -> Parts? {
        guard bytes.contains(UInt8(ascii: "~")) else { return nil }
        let json = JSONFields(bytes: bytes)
        var parts = Parts()
        var sealed: Range<Int>?
        json.visit(json.whole) { name, value in
            if json.matches(name, member) {
                sealed = value
            } else {
                parts.others.append(
                    parts.others.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
                parts.others += bytes[name.lowerBound - 1..<value.upperBound]
            }
            return true
        }
        guard let sealed else { return nil }
        guard let texts = texts(of: sealed, json) else {
            throw RecordError(type: type, problem: "its sealed member is none of ours")
        }
        parts.texts = texts
        return parts
    }

    private static func texts(of sealed: Range<Int>, _ json: JSONFields) -> [[UInt8]]? {
        guard let value = json.value(of: "~", in: sealed) else { return nil }
        if let text = json.string(value) { return [Array(text.utf8)] }
        let texts = json.strings(in: value)
        return texts.isEmpty ? nil : texts.map { Array($0.utf8) }
    }

    // MARK: Keys

    /// How many bytes stand before what is sealed of what a stage remembers.
    static let wholeStart = 9

    /// Adds the ids of the keys that a value of the log needs to those of other values.
    static func addKeys(of value: [UInt8], to keys: inout KeysNeeded) {
        if value.first == version {
            guard value.count > wholeStart else { return }
            keys.insert(value[1..<wholeStart]) { Hex.encode($0) }
        } else if let last = lastMember(of: value) {
            guard let text = SealedText(last.text, in: value) else { return }
            keys.insert(value[text.keyRange]) { String(decoding: $0, as: UTF8.self) }
            // A broken record tells its reader so.
        } else if let parts = try? parts(of: value, type: "") {
            for text in parts.texts {
                guard let sealed = SealedText(0..<text.count, in: text) else { continue }
                keys.ids.insert(sealed.key(in: text))
            }
        }
    }

    /// The ids of the keys that some values need.
    struct KeysNeeded {
        /// The ids.
        var ids: Set<KeyID> = []
        /// What the id before looked like: most values of a time need the same key.
        private var latest: [UInt8] = []

        /// Adds the id that these bytes stand for.
        fileprivate mutating func insert(
            _ bytes: ArraySlice<UInt8>, text: (ArraySlice<UInt8>) -> String
        ) {
            guard latest[...] != bytes else { return }
            latest = Array(bytes)
            ids.insert(KeyID(text(bytes)))
        }
    }

    /// Whether JSON may have this byte before its value.
    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
    }
}

extension Span<UInt8> {
    /// Whether these bytes stand at an index.
    fileprivate func has(_ bytes: [UInt8], at start: Int) -> Bool {
        let other = bytes.span
        guard start >= 0, start + other.count <= count else { return false }
        for offset in other.indices where self[start + offset] != other[offset] { return false }
        return true
    }

    fileprivate func ends(with bytes: [UInt8]) -> Bool { has(bytes, at: count - bytes.count) }
}

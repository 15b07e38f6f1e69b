import CharacterEncoding

/// An encoding that documents of shops come in, and how much rather than others.
struct EncodingCandidate: Sendable {
    /// The encoding.
    var charset: Charset
    /// What it is ahead of an equally plausible one: Western Windows before the rest, Windows'
    /// encodings before ISO's, those before DOS's and the Macintosh's.
    var prior: Double
    /// Bytes of its smallest character.
    var unitBytes: Int { charset.name.hasPrefix("UTF-16") ? 2 : 1 }

    /// All of them.
    static let all: [EncodingCandidate] = [
        ("CP1252", 0.12), ("UTF-16LE", -0.05), ("UTF-16BE", -0.05),
        ("CP932", 0), ("EUC-JP-MS", 0), ("GB18030", 0.02), ("BIG5-HKSCS", 0), ("UHC", 0),
        ("CP1251", 0.05), ("KOI8-U", 0.02), ("CP1250", 0.02), ("CP1253", 0.02), ("CP1254", 0),
        ("CP1255", 0.02), ("CP1256", 0.02), ("CP1257", -0.05), ("CP1258", -0.08),
        ("CP874", -0.08), ("ISO-8859-2", -0.02), ("ISO-8859-5", -0.05), ("ISO-8859-6", -0.03),
        ("ISO-8859-7", 0), ("ISO-8859-8", -0.03), ("ISO-8859-13", -0.06), ("ISO-8859-15", -0.02),
        ("ISO-8859-16", -0.06), ("MACINTOSH", -0.05), ("MAC-CYRILLIC", -0.12), ("CP866", -0.05),
        ("CP850", -0.12), ("CP852", -0.12), ("CP437", -0.15),
    ].map { EncodingCandidate(charset: Charset($0.0), prior: $0.1) }
}

/// The part of a document that shows its encoding: lines with bytes beyond ASCII, without tags.
struct EncodingSample {
    /// Whole lines of one document, one after the other.
    private(set) var bytes: [UInt8] = []
    private let start: ArraySlice<UInt8>

    /// Some paragraphs: with more of them no encoding becomes likelier.
    private static let mostBytes = 6_000

    /// Takes lines until there is enough.
    init(_ all: [UInt8]) {
        start = all.prefix(Self.mostBytes)
        // In no encoding but UTF-16 is a line feed part of another character.
        for line in all.split(separator: 0x0A) where line.contains(where: { $0 >= 0x80 }) {
            bytes += Self.withoutTags(line) + [0x0A]
            if bytes.count > Self.mostBytes { break }
        }
    }

    /// The beginning in units of so many bytes, and without the half of a surrogate pair.
    func units(_ width: Int) -> [UInt8] {
        guard start.count == Self.mostBytes else { return Array(start) }
        return Array(start.prefix(Self.mostBytes - 2 * width))
    }

    /// In no encoding of one or two bytes are `<` and `>` a second byte.
    private static func withoutTags(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        var rest = line
        while let open = rest.firstIndex(of: UInt8(ascii: "<")),
            let close = rest[open...].firstIndex(of: UInt8(ascii: ">"))
        {
            text += rest[..<open] + [0x20]
            rest = rest[(close + 1)...]
        }
        return text + rest
    }
}

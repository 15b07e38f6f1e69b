import CharacterEncoding
import Testing

/// A text as bytes of a charset.
///
/// The other way than the product's: each character's bytes are looked for among all that the
/// charset has, so no second converter has to be right.
func encoded(_ text: String, as charset: String) throws -> [UInt8] {
    if charset.hasPrefix("UTF-16") {
        return text.utf16.flatMap { unit in
            let bytes = [UInt8(unit >> 8), UInt8(unit & 255)]
            return charset.hasSuffix("BE") ? bytes : bytes.reversed()
        }
    }
    let table = try #require(EncodingTable.shared(of: charset))
    return try text.unicodeScalars.flatMap { scalar -> [UInt8] in
        if scalar.isASCII { return [UInt8(scalar.value)] }
        return try #require(table[scalar], "\(charset) has no \(scalar)")
    }
}

/// The characters of the charsets that the tests write.
enum EncodingTable {
    private static let names = [
        "CP1250", "CP1251", "CP1252", "CP1253", "CP1254", "CP1255", "CP1256", "CP1257", "CP874",
        "KOI8-U", "CP866", "ISO-8859-2", "ISO-8859-5", "MACINTOSH", "CP932", "EUC-JP-MS",
        "GB18030", "BIG5-HKSCS", "UHC",
    ]
    private static let tables: [String: [Unicode.Scalar: [UInt8]]] = Dictionary(
        uniqueKeysWithValues: names.map { ($0, table(of: Charset($0))) })

    static func shared(of name: String) -> [Unicode.Scalar: [UInt8]]? { tables[name] }

    private static func table(of charset: Charset) -> [Unicode.Scalar: [UInt8]] {
        var table: [Unicode.Scalar: [UInt8]] = [:]
        for first in UInt8(0x80)...0xFF {
            if let scalar = scalar([first], in: charset) {
                table[scalar] = [first]
                continue
            }
            for second in UInt8(0x40)...0xFE {
                guard let scalar = scalar([first, second], in: charset) else { continue }
                table[scalar] = table[scalar] ?? [first, second]
            }
        }
        return table
    }

    private static func scalar(_ bytes: [UInt8], in charset: Charset) -> Unicode.Scalar? {
        guard let text = try? charset.decode(bytes), text.unicodeScalars.count == 1 else {
            return nil
        }
        return text.unicodeScalars.first
    }
}

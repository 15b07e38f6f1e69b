import CharacterEncoding

/// The encoding that a page or an XML text says it has, which may be wrong: what pages say is
/// often what their template said.
enum DeclaredCharset {
    /// Browsers look at the first 1,024 bytes (WHATWG HTML, 13.2.3.2); pages have long heads.
    private static let searchBytes = 4_096

    /// `<meta charset=…>`, `<meta http-equiv content="…; charset=…">` or `<?xml encoding=…?>`.
    static func find(in bytes: [UInt8]) -> Charset? {
        let start = String(decoding: bytes.prefix(searchBytes).map { $0 & 0x7F }, as: UTF8.self)
            .lowercased()
        for tag in start.split(separator: "<") {
            let word: String
            if tag.hasPrefix("meta") {
                word = "charset"
            } else if tag.hasPrefix("?xml") {
                word = "encoding"
            } else {
                continue
            }
            guard let position = tag.firstRange(of: word) else { continue }
            let value = tag[position.upperBound...].drop { " =\"'".contains($0) }
                .prefix { $0.isLetter || $0.isNumber || "-_.:".contains($0) }
            if let charset = Charset(label: String(value)) { return charset }
        }
        return nil
    }
}

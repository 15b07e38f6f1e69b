import Cryptography

/// Text in header fields (RFC 5322, 2.2; RFC 2047).
enum HeaderText {
    /// The longest line of a header (RFC 2047, 2).
    private static let longestLine = 76
    /// The most bytes of text in one encoded word: with its frame it has 75 characters at most.
    private static let mostEncodedBytes = 39

    /// A subject: as it is where it is short and ASCII, else as encoded words.
    static func unstructured(_ text: String, after start: String) -> String {
        let fits = start.utf8.count + text.utf8.count <= longestLine
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        // A text that looks like an encoded word would be decoded.
        if fits, isPlain, !text.contains("=?"), text.first != " ", text.last != " " { return text }
        return encodedWords(text)
    }

    /// A name before an address: quoted where it is short and ASCII, else as encoded words.
    static func phrase(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        guard isPlain, text.utf8.count <= 50, !text.contains("=?") else {
            return encodedWords(text)
        }
        let escaped = text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
        return "\"\(escaped)\""
    }

    /// Base64 words of whole characters, each on a line of its own.
    private static func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            let next = Array(String(scalar).utf8)
            if bytes.count + next.count > mostEncodedBytes {
                words.append("=?utf-8?B?\(Base64.encode(bytes))?=")
                bytes = []
            }
            bytes += next
        }
        words.append("=?utf-8?B?\(Base64.encode(bytes))?=")
        return words.joined(separator: "\r\n ")
    }
}

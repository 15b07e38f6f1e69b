/// A word of WhatsApp's own that stands readable in the log: the name of a field, a status.
enum WhatsAppWord {
    /// Bytes: longer than any that is documented.
    private static let longest = 64

    /// The word, if it has the form of one; what comes in its place may be anything, a number or a
    /// name, and is `unknown`.
    static func known(_ text: String) -> String {
        let isWord = text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        }
        return isWord && !text.isEmpty && text.utf8.count <= longest ? text : "unknown"
    }
}

/// A word of WhatsApp's own that may be read by all: the name of a field, a status.
///
/// What comes in its place may be anything, a number or a name.
package enum WhatsAppWord {
    /// Bytes: longer than any that is documented.
    private static let longest = 64

    /// Whether a text has the form of one.
    package static func isOne(_ text: String) -> Bool {
        text.utf8.count <= longest
            && text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            }
    }

    /// Whether a text has the form of one of the words in WhatsApp's values: `FLAGGED`, `TIER_10K`,
    /// `en-US`.
    package static func isTerm(_ text: String) -> Bool {
        text.utf8.count <= longest
            && text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }

    /// Whether a text has the form of a template's name: lower-case letters, digits and `_`.
    package static func isName(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
    }

    /// The word, if it has the form of one and is not empty, else `unknown`.
    package static func known(_ text: String) -> String {
        !text.isEmpty && isOne(text) ? text : "unknown"
    }
}

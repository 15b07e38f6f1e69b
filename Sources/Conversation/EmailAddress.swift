/// An e-mail address in its one normal form: lower case, ASCII.
///
/// Two spellings of one mailbox are equal, so an account is found however its address is typed.
/// The part before the `@` may matter in its case by RFC 5321, 2.4, and does nowhere; whoever
/// treats it so loses people who type a capital letter. Letters beyond ASCII are refused:
/// look-alikes that fold to another's address have let strangers reset passwords, and SMTP needs an
/// extension for them that many servers lack. Quoted names and addresses of machines
/// (`[192.0.2.1]`) are refused, too. So an address can stand in a header line and an SMTP command
/// as it is: it has no space, line break, quote, comma, colon, bracket or backslash.
package struct EmailAddress: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    /// Why a text is no address that mail is sent to.
    package enum Flaw: String, Error, Sendable, CustomStringConvertible {
        /// Nothing was typed.
        case empty
        /// There is not exactly one `@`, or nothing on one side of it.
        case form
        /// The part before the `@` has a character or a dot that it may not have.
        case name
        /// The domain is no name of the internet.
        case domain
        /// A part is longer than RFC 5321, 4.5.3.1, allows.
        case length
        /// It has letters beyond ASCII.
        case beyondASCII = "beyond_ascii"

        /// One sentence for whoever typed it.
        package var description: String {
            switch self {
            case .empty: "type an e-mail address"
            case .form: "an e-mail address has the form name@example.com"
            case .name: "the part before the @ may have letters, digits and single dots and signs"
            case .domain: "the part after the @ is no domain such as example.com"
            case .length: "the e-mail address is too long"
            case .beyondASCII:
                "only letters from a to z are taken in e-mail addresses; for a domain with others, "
                    + "use its form that begins with xn--"
            }
        }
    }

    /// Octets of a path without its brackets (RFC 5321, 4.5.3.1.3).
    private static let longest = 254
    /// Octets before the `@` (RFC 5321, 4.5.3.1.1).
    private static let longestName = 64
    /// Octets of one label of a domain (RFC 1035, 2.3.4).
    private static let longestLabel = 63

    /// The address.
    package let text: String

    /// Reads what was typed; white space around it does not matter.
    package init(_ typed: String) throws(Flaw) {
        // Far more than any, white space included: the rest need not be looked at.
        guard typed.utf8.count <= 4 * Self.longest else { throw .length }
        var bytes = Array(typed.utf8)
        while let last = bytes.last, Self.isSpace(last) { bytes.removeLast() }
        bytes = Array(bytes.drop(while: Self.isSpace)).map(Self.lowercased)
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.allSatisfy({ $0 < 0x80 }) else { throw .beyondASCII }
        let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { throw .form }
        guard bytes.count <= Self.longest, parts[0].count <= Self.longestName else {
            throw .length
        }
        guard Self.isName(parts[0]) else { throw .name }
        guard Self.isDomain(parts[1]) else { throw .domain }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// What stands before the `@`.
    package var name: String { String(text.prefix { $0 != "@" }) }

    /// What stands after the `@`.
    package var domain: String { String(text.drop { $0 != "@" }.dropFirst()) }

    /// Enough for its owner to know it by, such as `a…@example.com`.
    package var masked: String { "\(text.prefix(1))…@\(domain)" }

    /// The address.
    package var description: String { text }

    /// Reads bare text.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do throws(Flaw) {
            try self.init(text)
        } catch {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: error.description)
        }
    }

    /// Writes bare text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// Orders by the text.
    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    /// A dot-atom of RFC 5322, 3.2.3.
    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && $0.allSatisfy { isLetterOrDigit($0) || signs.contains($0) }
        }
    }

    /// Labels of letters, digits and inner hyphens (RFC 1123, 2.1), two at least, the last no
    /// number.
    private static func isDomain(_ bytes: ArraySlice<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, let last = labels.last, !last.allSatisfy(isDigit) else {
            return false
        }
        return labels.allSatisfy { label in
            (1...longestLabel).contains(label.count) && label.first != hyphen
                && label.last != hyphen && label.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
        }
    }

    private static let signs = Set("!#$%&'*+-/=?^_`{|}~".utf8)

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

/// An e-mail address that a mail can be sent to, and no more: no line break, no second recipient.
///
/// Of ASCII only, a domain of other letters in its `xn--` form: letters that look alike would make
/// two addresses of one, or one of two.
package struct EmailAddress: Hashable, Sendable {
    /// As it was written, without spaces around it.
    package let text: String

    /// What is the same for two spellings of one address: small letters.
    package var normalForm: String { text.lowercased() }

    /// The address with its middle hidden, such as `a…a@example.org`.
    package var masked: String {
        let parts = text.split(separator: "@")
        guard parts.count == 2, let first = parts[0].first, let last = parts[0].last else {
            return "…"
        }
        return parts[0].count > 2 ? "\(first)…\(last)@\(parts[1])" : "\(first)…@\(parts[1])"
    }

    private static let longest = 254
    private static let longestLocalPart = 64

    /// Takes an address; `nil` if it is none.
    package init?(_ written: String) {
        let text = written.trimmingSpaces
        guard text.utf8.count <= Self.longest else { return nil }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isLocalPart(parts[0]), Self.isDomain(parts[1]) else {
            return nil
        }
        self.text = text
    }

    private static func isLocalPart(_ part: Substring) -> Bool {
        // RFC 5321's dot-string; quoted strings are nobody's address.
        (1...longestLocalPart).contains(part.utf8.count)
            && part.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
                !atom.isEmpty
                    && atom.utf8.allSatisfy { isLetterOrDigit($0) || marks.contains($0) }
            }
    }

    private static let marks = Set("!#$%&'*+-/=?^_`{|}~".utf8)

    private static func isDomain(_ domain: Substring) -> Bool {
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count > 1
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
            }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var rest = self[...]
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}

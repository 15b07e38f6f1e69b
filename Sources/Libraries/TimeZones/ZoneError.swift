/// Why a zone's rules cannot be had.
package enum ZoneError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No zone has such a name: it is not even looked for.
    case badName(String)
    /// The system knows no zone of that name.
    case unknown(String)
    /// The file of the zone cannot be read.
    case unreadable(String, because: String)
    /// The file is none of RFC 9636's: what was expected, and at which byte.
    case damaged(String, byte: Int, expected: String)

    /// A sentence for people.
    package var description: String {
        switch self {
        case .badName(let name): "'\(name.prefix(64))' is no time zone's name"
        case .unknown(let name): "the system knows no time zone '\(name)'"
        case .unreadable(let name, let why): "the file of time zone '\(name)' is unreadable: \(why)"
        case .damaged(let name, let byte, let expected):
            "the file of time zone '\(name)' is damaged at byte \(byte): expected \(expected)"
        }
    }
}

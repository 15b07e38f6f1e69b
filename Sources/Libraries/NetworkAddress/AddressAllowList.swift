/// From which addresses something may be used; without any, from all.
package struct AddressAllowList: Sendable, Hashable {
    /// Why a list cannot be taken.
    package enum Flaw: Error, Hashable, CustomStringConvertible {
        /// An entry is neither an address nor a range.
        case unreadable(String)
        /// An entry's address has bits beyond its length: a typing error in one or the other.
        case misplaced(String, meant: String)
        /// There are more entries than are taken.
        case tooMany(most: Int)
        /// The list would shut out the address that it is set from.
        case shutsOut(String)

        /// One sentence for whoever set it.
        package var description: String {
            switch self {
            case .unreadable(let text):
                "\(text) is neither an address nor a range such as 192.0.2.0/24"
            case .misplaced(let text, let meant):
                "\(text) is not the beginning of a range: \(meant) is, or leave the length out"
            case .tooMany(let most): "at most \(most) addresses and ranges are taken"
            case .shutsOut(let address):
                "the list does not hold \(address), from where it is being set: you would be "
                    + "shut out"
            }
        }
    }

    /// The most entries: each request looks through all of them.
    package static let mostEntries = 100

    /// What may be used from, in the order given.
    package let ranges: [AddressRange]

    /// Everywhere.
    package static let everywhere = AddressAllowList(ranges: [])

    private init(ranges: [AddressRange]) {
        self.ranges = ranges
    }

    /// Reads entries, as they are typed or stored.
    package init(_ entries: [String]) throws(Flaw) {
        guard entries.count <= Self.mostEntries else { throw .tooMany(most: Self.mostEntries) }
        var ranges: [AddressRange] = []
        for entry in entries {
            let text = String(entry.filter { !$0.isWhitespace }.prefix(100))
            guard let range = AddressRange(text), !text.contains("%") else {
                throw .unreadable(text)
            }
            guard IPAddress(text.prefix { $0 != "/" }) == range.first else {
                throw .misplaced(text, meant: range.description)
            }
            if !ranges.contains(range) { ranges.append(range) }
        }
        self.ranges = ranges
    }

    /// Whether it may be used from an address.
    package func allows(_ address: IPAddress) -> Bool {
        ranges.isEmpty || ranges.contains { $0.contains(address) }
    }

    /// Refuses a list that shuts out whoever sets it.
    package func check(settingFrom author: IPAddress) throws(Flaw) {
        guard allows(author) else { throw .shutsOut(author.unmapped.description) }
    }
}

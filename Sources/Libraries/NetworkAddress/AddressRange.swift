/// All addresses that begin with the same bits, such as `10.0.0.0/8`.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    /// The first address of the range.
    package let first: IPAddress
    /// How many bits are the same.
    package let bits: Int

    /// Reads `ADDRESS/BITS` or one `ADDRESS`; nil when it is neither.
    ///
    /// Bits of the address beyond those that count are taken as zero.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = IPAddress(parts[0]) else { return nil }
        let most = address.bytes.count * 8
        guard parts.count == 2 else {
            self.init(around: address, bits: most)
            return
        }
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let bits = Int(parts[1]),
            bits <= most
        else { return nil }
        self.init(around: address, bits: bits)
    }

    /// The range of an address and so many bits; at most the address's own.
    init(around address: IPAddress, bits: Int) {
        var bytes = address.bytes
        for index in bytes.indices {
            let kept = min(8, max(0, bits - index * 8))
            bytes[index] &= kept == 0 ? 0 : 0xFF << UInt8(8 - kept)
        }
        first = IPAddress(bytes: bytes) ?? address
        self.bits = bits
    }

    /// The notation that it is read from.
    package var description: String { "\(first)/\(bits)" }

    /// Whether the address is one of them; a mapped IPv4 address counts as itself.
    package func contains(_ address: IPAddress) -> Bool {
        if let embedded = address.embedded, contains(embedded) { return true }
        guard address.bytes.count == first.bytes.count else { return false }
        return AddressRange(around: address, bits: bits).first == first
    }
}

import Glibc

/// An IPv4 or IPv6 address as its 4 or 16 bytes.
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// In network order.
    package let bytes: [UInt8]

    /// Takes 4 or 16 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads the usual notations of inet_pton(3); a zone after `%` is ignored.
    package init?(_ text: some StringProtocol) {
        let address = String(text.prefix { $0 != "%" })
        // inet_pton(3) would stop at the zero byte, and read what stands before it.
        guard !address.utf8.contains(0) else { return nil }
        var buffer = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET, address, &buffer) == 1 {
            bytes = Array(buffer.prefix(4))
        } else if unsafe inet_pton(AF_INET6, address, &buffer) == 1 {
            bytes = buffer
        } else {
            return nil
        }
    }

    /// The IPv4 address that this IPv6 address stands for: mapped (RFC 4291, section 2.5.5.2) or
    /// translated (RFC 6052).
    package var embedded: IPAddress? {
        let translated: [UInt8] = [0, 0x64, 0xff, 0x9b] + Array(repeating: 0, count: 8)
        if let mapped { return mapped }
        guard bytes.count == 16, Array(bytes.prefix(12)) == translated else { return nil }
        return IPAddress(bytes: Array(bytes.suffix(4)))
    }

    /// The address itself, or the IPv4 address that it is when a socket for both families tells it
    /// as `::ffff:…`.
    package var unmapped: IPAddress { mapped ?? self }

    private var mapped: IPAddress? {
        let prefix: [UInt8] = Array(repeating: 0, count: 10) + [0xff, 0xff]
        guard bytes.count == 16, Array(bytes.prefix(12)) == prefix else { return nil }
        return IPAddress(bytes: Array(bytes.suffix(4)))
    }

    /// The network that one holder of addresses is taken to have: an IPv4 /24 or an IPv6 /64, so
    /// that whoever has many addresses does not count as many.
    package var network: AddressRange {
        let address = unmapped
        return AddressRange(around: address, bits: address.bytes.count == 4 ? 24 : 64)
    }

    /// The usual notation of inet_ntop(3).
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard unsafe inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else {
            return "?"
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

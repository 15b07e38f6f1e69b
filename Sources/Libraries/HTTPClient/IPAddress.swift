import Glibc

/// An IPv4 or IPv6 address as its 4 or 16 bytes.
struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// In network order.
    let bytes: [UInt8]

    /// Takes 4 or 16 bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads the usual notations of inet_pton(3); a zone after `%` is ignored.
    init?(_ text: some StringProtocol) {
        let address = String(text.prefix { $0 != "%" })
        var buffer = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET, address, &buffer) == 1 {
            bytes = Array(buffer.prefix(4))
        } else if unsafe inet_pton(AF_INET6, address, &buffer) == 1 {
            bytes = buffer
        } else {
            return nil
        }
    }

    /// The address in a socket address of either family, or nil for another family.
    init?(_ socketAddress: UnsafePointer<sockaddr>) {
        let raw = unsafe UnsafeRawPointer(socketAddress)
        // The family comes first (POSIX, <sys/socket.h>). The field itself counts as Glibc's or as
        // CLibcurl's, whichever module a clean build happens to read first.
        switch Int32(unsafe raw.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET:
            let address = unsafe raw.loadUnaligned(as: sockaddr_in.self).sin_addr
            bytes = unsafe Swift.withUnsafeBytes(of: address) { unsafe Array($0) }
        case AF_INET6:
            let address = unsafe raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            bytes = unsafe Swift.withUnsafeBytes(of: address) { unsafe Array($0) }
        default:
            return nil
        }
    }

    /// The IPv4 address that this IPv6 address stands for: mapped (RFC 4291, section 2.5.5.2) or
    /// translated (RFC 6052).
    var embedded: IPAddress? {
        guard bytes.count == 16 else { return nil }
        let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xff, 0xff]
        let translated: [UInt8] = [0, 0x64, 0xff, 0x9b] + Array(repeating: 0, count: 8)
        let prefix = Array(bytes.prefix(12))
        guard prefix == mapped || prefix == translated else { return nil }
        return IPAddress(bytes: Array(bytes.suffix(4)))
    }

    /// The usual notation of inet_ntop(3).
    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard unsafe inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else {
            return "?"
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// All addresses that begin with the same bits, such as `10.0.0.0/8`.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    private let first: IPAddress
    private let bits: Int

    /// Reads `ADDRESS/BITS` or one `ADDRESS`; nil when it is neither.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = IPAddress(parts[0]) else { return nil }
        let most = address.bytes.count * 8
        guard let bits = parts.count == 1 ? most : Int(parts[1]), (0...most).contains(bits)
        else { return nil }
        first = address
        self.bits = bits
    }

    /// The notation that it is read from.
    package var description: String { "\(first)/\(bits)" }

    /// Whether the address is one of them; a mapped IPv4 address counts as itself.
    func contains(_ address: IPAddress) -> Bool {
        if let embedded = address.embedded, contains(embedded) { return true }
        guard address.bytes.count == first.bytes.count else { return false }
        let whole = bits / 8
        guard address.bytes.prefix(whole) == first.bytes.prefix(whole) else { return false }
        guard bits % 8 != 0 else { return true }
        return (address.bytes[whole] ^ first.bytes[whole]) >> UInt8(8 - bits % 8) == 0
    }
}

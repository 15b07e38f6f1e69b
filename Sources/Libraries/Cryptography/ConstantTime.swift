import CLibcrypto

/// Comparisons whose duration says nothing about the bytes compared.
package enum ConstantTime {
    /// Whether both are the same bytes; only the lengths influence the time it takes.
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBytes { leftBytes in
            unsafe right.withUnsafeBytes { rightBytes in
                guard let first = leftBytes.baseAddress, let second = rightBytes.baseAddress
                else { return true }
                return unsafe CRYPTO_memcmp(first, second, leftBytes.count) == 0
            }
        }
    }

    /// Whether both are the same UTF-8 text; only the lengths influence the time it takes.
    package static func equal(_ left: String, _ right: String) -> Bool {
        equal(Array(left.utf8), Array(right.utf8))
    }
}

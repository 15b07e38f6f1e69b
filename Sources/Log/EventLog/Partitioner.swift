/// Chooses the partition of a key as Kafka's Java client does (murmur2), so that any tool agrees.
package enum Partitioner {
    /// The partition of a key among `count` partitions (count > 0).
    package static func partition(of key: [UInt8], count: Int32) -> Int32 {
        precondition(count > 0, "a topic has at least one partition")
        return Int32(bitPattern: murmur2(key) & 0x7fff_ffff) % count
    }

    /// MurmurHash2, 32 bits, seed 0x9747b28c: the hash of Kafka's default partitioner.
    package static func murmur2(_ bytes: [UInt8]) -> UInt32 {
        let m: UInt32 = 0x5bd1_e995
        var hash = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
        var index = 0
        while index + 4 <= bytes.count {
            var k =
                UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8
                | UInt32(bytes[index + 2]) << 16 | UInt32(bytes[index + 3]) << 24
            k = k &* m
            k ^= k >> 24
            hash = (hash &* m) ^ (k &* m)
            index += 4
        }
        let rest = bytes.count - index
        if rest == 3 { hash ^= UInt32(bytes[index + 2]) << 16 }
        if rest >= 2 { hash ^= UInt32(bytes[index + 1]) << 8 }
        if rest >= 1 {
            hash ^= UInt32(bytes[index])
            hash = hash &* m
        }
        hash ^= hash >> 13
        hash = hash &* m
        return hash ^ (hash >> 15)
    }
}

/// The central directory of a zip file: what it says to hold, before anything is unpacked.
///
/// Layout: PKWARE APPNOTE 6.3.9, sections 4.3.12 (directory) and 4.3.16 (its end).
struct ZipDirectory {
    /// One file of the archive as declared.
    struct Entry: Equatable {
        var name: String
        var packedBytes: Int
        var unpackedBytes: Int
        var isEncrypted: Bool
    }

    /// The declared files.
    private(set) var entries: [Entry] = []

    /// Office files have some dozens of parts; more is an attack on the reader.
    private static let maximumEntries = 10_000
    /// The longest comment after the end record plus the record itself, in bytes.
    private static let endSearchBytes = 65_535 + 22

    /// Reads the directory; throws `.broken` if there is none or it is cut off.
    init(_ bytes: [UInt8]) throws(DocumentTextError) {
        guard let end = Self.endRecord(in: bytes) else {
            throw .broken(detail: "the archive's directory is missing: the file is cut off")
        }
        let count = Int(Self.number(bytes, end + 10, 2) ?? 0)
        var position = Int(Self.number(bytes, end + 16, 4) ?? 0)
        guard count <= Self.maximumEntries else {
            throw .broken(detail: "the archive has \(count) parts")
        }
        for _ in 0..<count {
            guard Self.number(bytes, position, 4) == 0x0201_4B50,
                let flags = Self.number(bytes, position + 8, 2),
                let packed = Self.number(bytes, position + 20, 4),
                let unpacked = Self.number(bytes, position + 24, 4),
                let nameLength = Self.number(bytes, position + 28, 2),
                let extraLength = Self.number(bytes, position + 30, 2),
                let commentLength = Self.number(bytes, position + 32, 2),
                position + 46 + Int(nameLength) <= bytes.count
            else {
                throw .broken(detail: "the archive's directory is damaged")
            }
            let name = bytes[(position + 46)..<(position + 46 + Int(nameLength))]
            // A size of 0xFFFFFFFF says "see the zip64 field": 4 GiB or more, far over any limit.
            entries.append(
                Entry(
                    name: String(decoding: name, as: UTF8.self), packedBytes: Int(packed),
                    unpackedBytes: Int(unpacked), isEncrypted: flags & 1 == 1))
            position += 46 + Int(nameLength) + Int(extraLength) + Int(commentLength)
        }
    }

    /// Throws `.outputTooLarge` for what only a zip bomb declares and `.encrypted` for a password.
    func check(_ limits: ExtractionLimits) throws(DocumentTextError) {
        if entries.contains(where: \.isEncrypted) { throw .encrypted }
        let packed = entries.reduce(0) { $0 + $1.packedBytes }
        let unpacked = entries.reduce(0) { $0 + $1.unpackedBytes }
        if unpacked > limits.unpackedBytes {
            throw .outputTooLarge(limitBytes: limits.unpackedBytes)
        }
        if unpacked > limits.harmlessUnpackedBytes
            && unpacked > limits.compressionRatio * max(packed, 1)
        {
            throw .outputTooLarge(limitBytes: limits.harmlessUnpackedBytes)
        }
    }

    /// Whether the archive has a part whose name begins so.
    func hasPart(_ prefix: String) -> Bool {
        entries.contains { $0.name.hasPrefix(prefix) }
    }

    private static func endRecord(in bytes: [UInt8]) -> Int? {
        guard bytes.count >= 22 else { return nil }
        let earliest = max(0, bytes.count - endSearchBytes)
        return stride(from: bytes.count - 22, through: earliest, by: -1).first {
            number(bytes, $0, 4) == 0x0605_4B50
        }
    }

    private static func number(_ bytes: [UInt8], _ position: Int, _ width: Int) -> UInt32? {
        guard position >= 0, position + width <= bytes.count else { return nil }
        return bytes[position..<(position + width)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}

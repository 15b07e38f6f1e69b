/// Reads TZif files (RFC 9636, and RFC 8536 before it), versions 1 to 4.
///
/// Whatever the bytes are, it ends with rules or a ``ZoneError``. Files with leap seconds are
/// refused: their instants are not those that everybody else here reckons with.
package struct ZoneFile {
    /// The most bytes of a file; the largest there are have some four thousand.
    package static let mostBytes = 262_144

    private let bytes: [UInt8]
    private let name: String
    private var index = 0

    /// The rules that a file holds, under the name and version that they are to bear.
    package static func rules(
        in bytes: [UInt8], name: String, version: String
    ) throws(ZoneError) -> ZoneRules {
        var file = Self(bytes: bytes, name: name)
        return try file.read(version)
    }

    private init(bytes: [UInt8], name: String) {
        self.bytes = bytes
        self.name = name
    }

    private struct Header {
        var version: UInt8
        var universal, standard, leaps, times, types, characters: Int

        /// The bytes of the data behind it, where times have so many.
        func bytes(timesOf width: Int) -> Int {
            times * (width + 1) + types * 6 + characters + leaps * (width + 4) + standard
                + universal
        }
    }

    private mutating func read(_ version: String) throws(ZoneError) -> ZoneRules {
        guard bytes.count <= Self.mostBytes else {
            throw damaged("at most \(Self.mostBytes) bytes")
        }
        let first = try header()
        guard first.version != 0 else {
            let block = try data(first, width: 4)
            try require(index == bytes.count, "the end of the file")
            return ZoneRules(
                name: name, version: version, first: block.first, changes: block.changes, rule: nil)
        }
        try skip(first.bytes(timesOf: 4))
        let second = try header()
        try require(second.version == first.version, "the version of the first header")
        let block = try data(second, width: 8)
        let rule = try footer()
        return ZoneRules(
            name: name, version: version, first: block.first, changes: block.changes, rule: rule)
    }

    private mutating func header() throws(ZoneError) -> Header {
        try require(index + 44 <= bytes.count, "a header of 44 bytes")
        try require(bytes[index..<index + 4].elementsEqual("TZif".utf8), "'TZif'")
        let version = bytes[index + 4]
        try require(version == 0 || (0x32...0x34).contains(version), "version 1 to 4")
        index += 20
        var counts: [Int] = []
        for _ in 0..<6 { counts.append(Int(try unsigned32())) }
        let header = Header(
            version: version, universal: counts[0], standard: counts[1], leaps: counts[2],
            times: counts[3], types: counts[4], characters: counts[5])
        try require(counts.allSatisfy { $0 <= Self.mostBytes }, "counts that fit into a file")
        try require((1...256).contains(header.types), "1 to 256 kinds of local time")
        try require(header.characters > 0, "characters of names")
        try require(
            [0, header.types].contains(header.standard)
                && [0, header.types].contains(header.universal),
            "as many indicators as kinds of local time, or none")
        return header
    }

    private mutating func data(
        _ header: Header, width: Int
    ) throws(ZoneError) -> (first: Int, changes: [ZoneRules.Change]) {
        try require(
            index + header.bytes(timesOf: width) <= bytes.count, "as much data as is announced")
        try require(header.leaps == 0, "no leap seconds")
        var times: [Int64] = []
        for _ in 0..<header.times {
            let time = width == 4 ? Int64(Int32(bitPattern: try unsigned32())) : try signed64()
            if let last = times.last { try require(last < time, "a later time than before") }
            times.append(time)
        }
        var kinds: [Int] = []
        for _ in 0..<header.times {
            let kind = Int(try byte())
            try require(kind < header.types, "a kind of local time that there is")
            kinds.append(kind)
        }
        let offsets = try offsets(header)
        try require(
            header.characters > 0 && bytes[index + header.characters - 1] == 0,
            "names that end with a zero")
        index += header.characters
        try indicators(header)
        let changes = zip(times, kinds).map {
            ZoneRules.Change(at: $0, offset: offsets[$1])
        }
        return (offsets[0], changes)
    }

    private mutating func offsets(_ header: Header) throws(ZoneError) -> [Int] {
        var offsets: [Int] = []
        for _ in 0..<header.types {
            let offset = Int(Int32(bitPattern: try unsigned32()))
            try require(ZoneRules.offsets.contains(offset), "an offset of about a day at most")
            offsets.append(offset)
            try require(try byte() <= 1, "whether it is summer: 0 or 1")
            try require(Int(try byte()) < header.characters, "where the name begins")
        }
        return offsets
    }

    private mutating func indicators(_ header: Header) throws(ZoneError) {
        var standard: [UInt8] = []
        for _ in 0..<header.standard { standard.append(try byte()) }
        var universal: [UInt8] = []
        for _ in 0..<header.universal { universal.append(try byte()) }
        try require((standard + universal).allSatisfy { $0 <= 1 }, "indicators of 0 or 1")
        for (index, mark) in universal.enumerated() where mark == 1 {
            try require(
                standard.indices.contains(index) && standard[index] == 1,
                "no universal time that is not standard time")
        }
    }

    /// The rule between two line feeds that end the file; `nil` where there is none.
    private mutating func footer() throws(ZoneError) -> PosixRule? {
        try require(try byte() == UInt8(ascii: "\n"), "a line feed before the rule")
        guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) else {
            throw damaged("a line feed behind the rule")
        }
        let text = String(decoding: bytes[index..<end], as: UTF8.self)
        let rule = text.isEmpty ? nil : PosixRule(text)
        try require(text.isEmpty || rule != nil, "a rule as POSIX writes it")
        index = end + 1
        try require(index == bytes.count, "the end of the file")
        return rule
    }

    // MARK: Bytes

    private func damaged(_ expected: String) -> ZoneError {
        .damaged(name, byte: index, expected: expected)
    }

    private func require(_ isSo: Bool, _ expected: String) throws(ZoneError) {
        guard isSo else { throw damaged(expected) }
    }

    private mutating func skip(_ count: Int) throws(ZoneError) {
        try require(index + count <= bytes.count, "as much data as is announced")
        index += count
    }

    private mutating func byte() throws(ZoneError) -> UInt8 {
        try require(index < bytes.count, "another byte")
        defer { index += 1 }
        return bytes[index]
    }

    private mutating func unsigned32() throws(ZoneError) -> UInt32 {
        try require(index + 4 <= bytes.count, "four bytes")
        defer { index += 4 }
        return bytes[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private mutating func signed64() throws(ZoneError) -> Int64 {
        try require(index + 8 <= bytes.count, "eight bytes")
        defer { index += 8 }
        let bits = bytes[index..<index + 8].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        return Int64(bitPattern: bits)
    }
}

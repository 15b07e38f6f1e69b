/// A part of the program that takes bytes from outside, with what must hold for any bytes.
package struct FuzzTarget: Sendable {
    /// Its name, also that of its folder of seeds.
    package let name: String
    /// The most bytes worth trying.
    package let maximumLength: Int
    /// Tries one input; throws ``PropertyViolation`` where something does not hold.
    package let check: @Sendable ([UInt8]) throws(PropertyViolation) -> Void

    /// All of them.
    package static let all = [
        FuzzTarget(name: "http-requests", maximumLength: 2_048, check: RequestProperties.check),
        FuzzTarget(name: "chunked-bodies", maximumLength: 1_024, check: ChunkProperties.check),
        FuzzTarget(name: "websocket-frames", maximumLength: 2_048, check: FrameProperties.check),
        FuzzTarget(name: "webhook-json", maximumLength: 4_096, check: WebhookProperties.check),
        FuzzTarget(
            name: "webhook-splitting", maximumLength: 256, check: SplittingProperties.check),
        FuzzTarget(name: "record-values", maximumLength: 4_096, check: RecordProperties.check),
        FuzzTarget(name: "sealed-values", maximumLength: 2_048, check: SealingProperties.check),
        FuzzTarget(name: "word-parts", maximumLength: 2_048, check: DocumentProperties.word),
        FuzzTarget(name: "sheets", maximumLength: 2_048, check: DocumentProperties.workbook),
        FuzzTarget(name: "web-pages", maximumLength: 2_048, check: DocumentProperties.page),
        FuzzTarget(name: "page-boxes", maximumLength: 2_048, check: DocumentProperties.boxes),
        FuzzTarget(name: "tables", maximumLength: 1_024, check: DocumentProperties.table),
        FuzzTarget(name: "pipeline-files", maximumLength: 2_048, check: PipelineProperties.check),
    ]

    /// The one of that name.
    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Something that should hold for every input, and did not.
package struct PropertyViolation: Error, CustomStringConvertible {
    /// What did not hold, with the values.
    package let description: String
}

/// Throws unless a property holds.
func hold(_ holds: Bool, _ words: @autoclosure () -> String) throws(PropertyViolation) {
    guard holds else { throw PropertyViolation(description: words()) }
}

/// Ways to cut bytes into pieces; the same for the same bytes, so that a finding comes again.
enum Cuts {
    /// Byte by byte, in two halves, and at two chance sets of places.
    static func all(_ bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
        var source = ByteSource(seed: bytes)
        return [
            bytes.indices.map { bytes[$0...$0] },
            [bytes[..<(bytes.count / 2)], bytes[(bytes.count / 2)...]],
            pieces(bytes, atMost: 7, &source), pieces(bytes, atMost: 90, &source),
        ]
    }

    private static func pieces(
        _ bytes: [UInt8], atMost most: Int, _ source: inout ByteSource
    ) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Int.random(in: 1...most, using: &source))
            pieces.append(bytes[start..<end])
            start = end
        }
        return pieces
    }
}

/// Chance that follows from bytes (SplitMix64 from an FNV-1a hash).
struct ByteSource: RandomNumberGenerator {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    init(seed: [UInt8]) {
        for byte in seed { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

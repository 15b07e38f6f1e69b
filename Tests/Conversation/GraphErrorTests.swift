import Conversation
import Testing

@Suite("Errors of the Graph API, as data") struct GraphErrorTests {
    /// WhatsApp's codes of the messages endpoint, by what a sender has to do about them.
    private static let treatments: [(GraphErrorEntry.Treatment, [Int])] = [
        (.holdPair, [131_056]), (.holdNumber, [130_429, 131_048, 131_057]),
        (.holdAccount, [80_007, 131_064]), (.holdApp, [4]),
        (.retry, [131_016, 133_004, 2]), (.retryLittle, [131_000, 1]),
        (
            .stopTenant,
            [
                190, 0, 10, 3, 200, 250, 299, 131_005, 131_042, 131_031, 368, 131_037, 131_045,
                133_010, 33,
            ]
        ),
        (
            .stopRecipient,
            [
                131_049, 131_026, 131_050, 130_403, 130_472, 131_021, 131_030, 131_062, 137_000,
                130_497,
            ]
        ),
        (.needsTemplate, [131_047]),
        (
            .badTemplate,
            [
                132_000, 132_001, 132_005, 132_007, 132_012, 132_018, 132_015, 132_016, 132_068,
                132_069, 131_063,
            ]
        ),
        (
            .giveUp,
            [
                135_000, 131_051, 131_052, 131_053, 131_008, 131_009, 100, 131_060, 133_015,
                133_016, 133_005, 133_006, 133_008, 133_009, 2_494_191,
            ]
        ),
    ]

    @Test("each documented code says what it means, what becomes of it, and what to do")
    func documented() {
        for (treatment, codes) in Self.treatments {
            for code in codes {
                let entry = GraphErrorEntry.of(code)
                #expect(GraphErrorEntry.isKnown(code), "\(code)")
                #expect(entry.treatment == treatment, "\(code)")
                #expect(entry.code == code)
                #expect(entry.meaning.count > 10, "\(code)")
                #expect(entry.remedy.hasSuffix("."), "\(code): \(entry.remedy)")
            }
        }
        let listed = Set(Self.treatments.flatMap(\.1))
        #expect(Set(GraphErrorEntry.table.keys).subtracting(listed).isEmpty)
    }

    @Test("a code that is not known is given up, and where to look it up is said")
    func unknown() {
        #expect(!GraphErrorEntry.isKnown(999_999))
        #expect(GraphErrorEntry.of(999_999).treatment == .giveUp)
        #expect(GraphErrorEntry.of(999_999).remedy.contains("list of error codes"))
    }
}

import CharacterEncoding
import Testing

@Suite struct CharsetTests {
    @Test("labels of pages mean the superset that Windows writes, whatever their case and dashes")
    func labels() {
        #expect(Charset(label: "Shift_JIS")?.name == "CP932")
        #expect(Charset(label: "gb2312")?.name == "GB18030")
        #expect(Charset(label: "ISO-8859-1")?.name == "CP1252")
        #expect(Charset(label: "euc-kr")?.name == "UHC")
        #expect(Charset(label: "no-such-thing") == nil)
    }

    @Test("characters that only the superset holds are decoded, over any length")
    func supersets() throws {
        // 髙, which NEC added to Shift-JIS and all use.
        #expect(try Charset("CP932").decode([0xFB, 0xFC]) == "髙")
        let long = Array(repeating: [0xC4, 0xEA] as [UInt8], count: 100_000).flatMap { $0 }
        let text = try Charset("CP1251").decode(long)
        #expect(text == String(repeating: "Дк", count: 100_000))
        #expect(try Charset("CP1252").decode([]) == "")
    }

    @Test("bytes that a charset has no character for are told by their offset, not replaced")
    func invalidBytes() {
        #expect(throws: CharsetError.invalid(offset: 2)) {
            try Charset("UTF-8").decode([0x61, 0x62, 0xFF, 0x63])
        }
        #expect(throws: CharsetError.invalid(offset: 1)) {
            try Charset("CP932").decode([0x61, 0x88])
        }
        #expect(throws: CharsetError.unknown) { try Charset("NO-SUCH-CHARSET").decode([0x61]) }
    }

    @Test("the detector knows sentences, and says nothing of what it does not know")
    func guesses() {
        let russian: [UInt8] = [
            0xCC, 0xFB, 0x20, 0xF0, 0xE0, 0xE1, 0xEE, 0xF2, 0xE0, 0xE5, 0xEC, 0x20, 0xEA, 0xE0,
            0xE6, 0xE4, 0xFB, 0xE9, 0x20, 0xE4, 0xE5, 0xED, 0xFC, 0x20, 0xE1, 0xE5, 0xE7, 0x20,
            0xE2, 0xFB, 0xF5, 0xEE, 0xE4, 0xED, 0xFB, 0xF5,
        ]
        #expect(Charset.guess(russian)?.name == "CP1251")
        #expect(Charset.guess([]) == nil)
    }
}

import EventLog
import Testing

@testable import SQLiteEventLog

@Suite("Header coding")
struct HeaderCodingTests {
    @Test(
        "headers come back as they were",
        arguments: [0, 1, 127, 128, 129, 16_383, 16_384, 70_000])
    func lengths(_ length: Int) {
        let headers = [
            RecordHeader(String(repeating: "n", count: length), "v"),
            RecordHeader("b", bytes: Array(repeating: 0xff, count: length)),
        ]
        #expect(HeaderCoding.unpack(HeaderCoding.pack(headers)) == headers)
    }

    @Test("headers come back as they were, whatever the record before had")
    func likeAnother() {
        let headers = [RecordHeader("a", "1"), RecordHeader("b", "2"), RecordHeader("c", "3")]
        let others = [
            [], headers, [RecordHeader("a", "1")],
            [RecordHeader("a", "2"), RecordHeader("x", "2")],
            headers + headers, [RecordHeader("aa", "1"), RecordHeader("b", "")],
        ]
        for other in others {
            #expect(HeaderCoding.unpack(HeaderCoding.pack(headers), like: other) == headers)
        }
    }

    @Test("no headers take no room")
    func none() {
        #expect(HeaderCoding.pack([]) == nil)
        #expect(HeaderCoding.unpack(nil) == [])
    }

    @Test("damaged bytes end the list instead of the process")
    func damaged() throws {
        let packed = try #require(HeaderCoding.pack([RecordHeader("name", "value")]))
        for cut in 0..<packed.count {
            #expect(HeaderCoding.unpack(Array(packed.prefix(cut))) == [])
        }
        #expect(HeaderCoding.unpack(Array(repeating: 0xff, count: 20)) == [])
    }
}
